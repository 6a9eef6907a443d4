"""Accuracy of events: whole articles, attributions in news, five classes of sentences."""
import json, os, re


def articles(q):
    events, _ = q.run("articles.events", "--json", q.data("articles", "articles.jsonl"))
    with open(q.data("articles", "gold.jsonl"), encoding="utf-8") as f:
        gold = [json.loads(line) for line in f]
    for label, keep in (("seed", lambda g: g["article"] == "seed"), ("others", lambda g: g["article"] != "seed"), ("all eight", lambda g: True)):
        with open(q.path("gold"), "w", encoding="utf-8") as out:
            out.writelines(json.dumps(g) + "\n" for g in gold if keep(g))
        text = q.scorer("score_articles.py", q.path("gold"), events)
        for figure, value in re.findall(r"([a-z-]+) (\d+/\d+=[\d.]+)", text):
            q.row("article " + label, figure, value)


def statements(q):
    docs = q.unpack(q.data("statements", "polnear-dev.jsonl.xz"), "docs.jsonl")
    with open(q.path("docs.articles"), "w", encoding="utf-8") as out:
        out.write(q.scorer("articles.py", "docs", docs))
    events, seconds = q.run("docs.events", "--json", q.path("docs.articles"))
    with open(q.path("docs.pred"), "w", encoding="utf-8") as out:
        out.write(q.scorer("events_to_attributions.py", docs, events))
    result = json.loads(q.scorer("score_statements.py", docs, q.path("docs.pred"), "--bytes", "--json"))
    for level, figures in result["attribution"].items():
        q.row("statements", level, "P %.3f R %.3f F1 %.3f" % (figures["p"], figures["r"], figures["f1"]))
    q.row("statements", "token F1", " ".join("%s %.2f" % (k, result["token"][k]["f1"]) for k in ("source", "cue", "content")))
    q.row("statements", "A3 recall by kind", " ".join("%s %.2f" % (k, v["A3"]) for k, v in result["recall_by_kind"].items()))
    size = os.path.getsize(q.path("docs.articles"))
    q.row("speed", "one core", "%.1f MB/s" % (size / seconds / 1e6))


def classes(q):
    gold = q.data("stances", "cameo-class-train.tsv")
    with open(q.path("class.articles"), "w", encoding="utf-8") as out:
        out.write(q.scorer("articles.py", "lines", gold))
    events, _ = q.run("class.events", "--json", q.path("class.articles"))
    q.row("class", "five classes", q.scorer("score_class.py", gold, events).strip())


PARTS = (articles, statements, classes)
