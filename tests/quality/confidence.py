"""Does an event's confidence mean something? Of the events said with 0.8, about 80 % should be right.

A statement is right when an attribution of PolNeAR has its cue, its source and half of its content (A3 of
score_statements.py); another event when an annotated one of its sentence has its cue, its source and its act. The model's lines (workers/train/calibrate.py) are fitted on every other document; what is told here is measured on the rest.
"""
import collections, json, lzma, os, sys

BINS = 10


def read(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def judge_statements(shared, docs, events):
    """(document's number, confidence, is it right) of each event with attributed words."""
    sys.path.insert(0, os.path.join(shared, "eval"))
    import score_statements as s
    said = collections.defaultdict(list)
    for e in read(events):
        if (e.get("statement") or {}).get("content"):
            said[e["article"]["id"]].append(e)
    for number, g in enumerate(docs):
        text, body = g["text"], g["text"].encode()
        words = s.tokens(text, s.WORDP)
        soft = frozenset(i for i, (b, _) in enumerate(words) if not text[b].isalnum())
        drop = s.tokset(g.get("discard"), words, ())
        chars = lambda m: [[len(body[:x].decode("utf-8", "ignore")) for x in span] for span in (m or {}).get("spans", [])]
        gold = [[s.tokset(a.get(k), words, drop, soft) for k in s.ROLES] for a in g["attributions"]]
        for e in said[g["doc"]]:
            who, cue, content = (s.tokset(chars(m), words, drop, soft) for m in (e["source"], e["act"]["cue"], e["statement"]["content"]))
            if cue or content:
                yield number, e["confidence"], any(cue & q and (who & w or not who | w) and s.iou(content, c) >= 0.5 for w, q, c in gold)


def sentences(shared):
    """The sentences with annotated events, as articles and as they are."""
    folder = os.path.join(shared, "data", "stances")
    with lzma.open(os.path.join(folder, "acts-annotated.jsonl.xz"), "rt", encoding="utf-8") as f:
        gold = [json.loads(line) for line in f]
    gold += read(os.path.join(folder, "acts-written.jsonl"))
    return [json.dumps({"id": g["id"], "body": g["text"]}) for g in gold], gold


def judge_acts(gold, events):
    """The same of events without attributed words, in annotated sentences."""
    numbers = {g["id"]: i for i, g in enumerate(gold)}
    overlap = lambda m, g: bool(g) and any(b < g["end"] and g["begin"] < e for b, e in (m or {}).get("spans", []))
    for e in read(events):
        if not (e.get("statement") or {}).get("content"):
            i = numbers[e["article"]["id"]]
            yield i, e["confidence"], any(overlap(e["act"]["cue"], g["cue"]) and overlap(e["source"], g["source"]) and e["act"]["type"] == g["act"]
                                          for g in gold[i]["events"])


def calibration_error(judged):
    """Expected calibration error: how far share and confidence are apart, averaged over events; and the curve."""
    bins = collections.defaultdict(list)
    for _, confidence, right in judged:
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    curve = [(len(v), sum(c for c, _ in v) / len(v), sum(r for _, r in v) / len(v)) for _, v in sorted(bins.items())]
    return sum(n * abs(c - r) for n, c, r in curve) / max(1, len(judged)), curve


def confidence(q):
    docs = q.unpack(q.data("statements", "polnear-dev.jsonl.xz"), "docs.jsonl")
    with open(q.path("docs.articles"), "w", encoding="utf-8") as out:
        out.write(q.scorer("articles.py", "docs", docs))
    statements = judge_statements(q.shared, read(docs), q.run("docs.events", "--json", q.path("docs.articles"))[0])
    articles, gold = sentences(q.shared)
    with open(q.path("acts.articles"), "w", encoding="utf-8") as out:
        out.writelines(a + "\n" for a in articles)
    acts = judge_acts(gold, q.run("acts.events", "--json", q.path("acts.articles"))[0])
    for name, judged in (("statements", statements), ("acts", acts)):
        error, curve = calibration_error([j for j in judged if j[0] % 2])
        q.row("confidence", name, "calibration error %.3f; said/right %s" % (error, " ".join("%.2f/%.2f(%d)" % (c, r, n) for n, c, r in curve)))


PARTS = (confidence,)
