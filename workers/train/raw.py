"""raw.py: unlabelled news text as CoNLL-U, cut into sentences and words by the program itself, without a model.

    raw.py PROGRAM      PROGRAM: build/stance-code; writes into $STANCED_TRAIN raw.conllu, and news.conllu: some of the
                        articles in it, which boundaries.py learns from, too
"""
import json
import lzma
import os
import subprocess
import sys

import common


def lines(name):
    path = os.path.join(common.SHARED, "data", name)
    with (lzma.open if path.endswith(".xz") else open)(path, "rt", encoding="utf-8") as f:
        yield from f


def texts():
    """The texts of the training parts of ../shared/data that have no trees."""
    for line in lines("statements/polnear-train.jsonl.xz"):
        yield json.loads(line)["text"]
    for line in lines("stances/dse-train.jsonl.xz"):
        yield json.loads(line)["marked"].replace("[", "").replace("]", "")
    for line in lines("stances/newsmtsc-train.jsonl.xz"):
        yield json.loads(line)["sentence_normalized"]
    for line in lines("stances/cameo-class-train.tsv"):
        yield line.split("\t")[0]
    for name in ("stances/plover-pairs-train.jsonl", "stances/acts-written.jsonl"):
        for line in lines(name):
            yield json.loads(line)["text"]


NEWS = 600  # articles


def parse(program, bodies, name):
    articles = common.work(name + ".jsonl")
    with open(articles, "w", encoding="utf-8") as out:
        for i, body in enumerate(bodies):
            out.write(json.dumps({"id": "r%d" % i, "body": body}) + "\n")
    with open(common.work(name + ".conllu"), "wb") as out:
        subprocess.run([program, "--model", "none", "--conllu", articles], check=True, stdout=out)


if __name__ == "__main__":
    common.start()
    bodies = list(dict.fromkeys(t for t in texts() if t.strip()))
    parse(sys.argv[1], bodies, "raw")
    parse(sys.argv[1], bodies[:NEWS], "news")
    common.say("%d texts" % len(bodies))
