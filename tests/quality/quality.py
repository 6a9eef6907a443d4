#!/usr/bin/env python3
"""quality.py SHARED STANCE_CODE DIR: runs the scorers of SHARED/eval over SHARED/data and prints one table.

DIR is for scratch files. Standard library only.
"""
import json, lzma, os, re, subprocess, sys, time

shared, code, scratch = sys.argv[1:4]
rows = []


def path(name):
    return os.path.join(scratch, name)


def scorer(name, *args):
    return subprocess.run([sys.executable, os.path.join(shared, "eval", name), *args], check=True, capture_output=True, text=True).stdout


def classify(articles, name):
    """Runs stance-code over a file of articles; returns the path of the events."""
    begin = time.monotonic()
    with open(path(name), "w") as out:
        subprocess.run([code, "--json", articles], check=True, stdout=out)
    return path(name), time.monotonic() - begin


def articles():
    base = os.path.join(shared, "data", "articles")
    events, _ = classify(os.path.join(base, "articles.jsonl"), "articles.events")
    gold = [json.loads(line) for line in open(os.path.join(base, "gold.jsonl"), encoding="utf-8")]
    for label, keep in (("seed", lambda g: g["article"] == "seed"), ("others", lambda g: g["article"] != "seed"), ("all eight", lambda g: True)):
        part = path("gold")
        with open(part, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(g) + "\n" for g in gold if keep(g))
        text = scorer("score_articles.py", part, events)
        for figure, value in re.findall(r"([a-z-]+) (\d+/\d+=[\d.]+)", text):
            rows.append(("article " + label, figure, value))


def unpack(name):
    with lzma.open(os.path.join(shared, "data", "statements", name), "rt", encoding="utf-8") as packed, \
            open(path("docs.jsonl"), "w", encoding="utf-8") as out:
        out.write(packed.read())
    return path("docs.jsonl")


def statements():
    docs = unpack("polnear-dev.jsonl.xz")
    with open(path("docs.articles"), "w") as out:
        out.write(scorer("articles.py", "docs", docs))
    events, seconds = classify(path("docs.articles"), "docs.events")
    with open(path("docs.pred"), "w") as out:
        out.write(scorer("events_to_attributions.py", docs, events))
    result = json.loads(scorer("score_statements.py", docs, path("docs.pred"), "--bytes", "--json"))
    for level, figures in result["attribution"].items():
        rows.append(("statements", level, "P %.3f R %.3f F1 %.3f" % (figures["p"], figures["r"], figures["f1"])))
    rows.append(("statements", "A3 recall by kind", " ".join("%s %.2f" % (k, v["A3"]) for k, v in result["recall_by_kind"].items())))
    size = os.path.getsize(path("docs.articles"))
    rows.append(("speed", "one core", "%.1f MB/s" % (size / seconds / 1e6)))


def classes():
    gold = os.path.join(shared, "data", "stances", "cameo-class-train.tsv")
    with open(path("class.articles"), "w") as out:
        out.write(scorer("articles.py", "lines", gold))
    events, _ = classify(path("class.articles"), "class.events")
    rows.append(("class", "five classes", scorer("score_class.py", gold, events).strip()))


for part in (articles, statements, classes):
    part()
for name, figure, value in rows:
    print("%-18s %-18s %s" % (name, figure, value))
