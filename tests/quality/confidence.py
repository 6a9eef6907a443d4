"""Does an event's confidence mean something? Of the events said with 0.8, about 80 % should be right.

An event is right when an annotated one of its sentence has its cue, its source and its act. The sentences are the annotated ones of
shared/data/stances; the model's lines (workers/train/calibrate.py) are fitted on every other one, what is told here is measured on
the rest.
"""
import collections, json, lzma, os

BINS = 10


def read(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def sentences(shared):
    """The sentences with annotated events, as articles and as they are."""
    folder = os.path.join(shared, "data", "stances")
    with lzma.open(os.path.join(folder, "acts-annotated.jsonl.xz"), "rt", encoding="utf-8") as f:
        gold = [json.loads(line) for line in f]
    gold += read(os.path.join(folder, "acts-written.jsonl"))
    return [json.dumps({"id": g["id"], "body": g["text"]}) for g in gold], gold


KINDS = ("words", "words and act", "act")


def kind_of(event):
    """A plain statement, a statement that does something ("threatened to"), or an act without attributed words."""
    said = (event.get("statement") or {}).get("content")
    return KINDS[2] if not said else KINDS[0] if event["act"]["type"] == "STATE" else KINDS[1]


def judge(gold, events):
    """(the sentence's number, kind, confidence, is it right) of each event."""
    numbers = {g["id"]: i for i, g in enumerate(gold)}
    overlap = lambda m, g: any(b < g["end"] and g["begin"] < e for b, e in m["spans"]) if g else not m["spans"]
    for e in read(events):
        i = numbers[e["article"]["id"]]
        yield i, kind_of(e), e["confidence"], any(overlap(e["act"]["cue"], g["cue"]) and overlap(e["source"], g["source"]) and e["act"]["type"] == g["act"]
                                                  for g in gold[i]["events"])


def calibration_error(judged):
    """Expected calibration error: how far share and confidence are apart, averaged over events; and the curve."""
    bins = collections.defaultdict(list)
    for _, _, confidence, right in judged:
        bins[min(BINS - 1, int(confidence * BINS))].append((confidence, right))
    curve = [(len(v), sum(c for c, _ in v) / len(v), sum(r for _, r in v) / len(v)) for _, v in sorted(bins.items())]
    return sum(n * abs(c - r) for n, c, r in curve) / max(1, len(judged)), curve


def confidence(q):
    articles, gold = sentences(q.shared)
    with open(q.path("acts.articles"), "w", encoding="utf-8") as out:
        out.writelines(a + "\n" for a in articles)
    judged = [j for j in judge(gold, q.run("acts.events", "--json", q.path("acts.articles"))[0]) if j[0] % 2]
    for kind in KINDS + ("all",):
        error, curve = calibration_error([j for j in judged if kind in (j[1], "all")])
        q.row("confidence", kind, "calibration error %.3f; said/right %s" % (error, " ".join("%.2f/%.2f(%d)" % (c, r, n) for n, c, r in curve)))


PARTS = (confidence,)
