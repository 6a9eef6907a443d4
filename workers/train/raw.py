"""raw.py: unlabelled news text as CoNLL-U, cut into sentences and words by the program itself.

    raw.py PROGRAM      PROGRAM: build/stance-code; writes raw.conllu into $STANCED_TRAIN
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


if __name__ == "__main__":
    common.start()
    seen, articles = set(), common.work("raw.jsonl")
    with open(articles, "w", encoding="utf-8") as out:
        for text in texts():
            if text.strip() and text not in seen:
                seen.add(text)
                out.write(json.dumps({"id": "r%d" % len(seen), "body": text}) + "\n")
    with open(common.work("raw.conllu"), "wb") as out:
        subprocess.run([sys.argv[1], "--conllu", articles], check=True, stdout=out)
    common.say("%d texts" % len(seen))
