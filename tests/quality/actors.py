"""Who is meant: the countries and roles of the spans that annotators marked as source or target, and of the event that
speaks for its sentence. And silence: sentences in which nobody acts."""
import collections, json, lzma, os

ROLES = {"REB": "REB UAF", "UAF": "REB UAF", "OTH": "", "CVL": "CVL MED EDU REL LAB NGO BUS"}  # what else is right


def sentences(q):
    """(set, id, text, events) of both sets of annotated sentences."""
    for name, opened in (("annotated", lzma.open(q.data("stances", "acts-annotated.jsonl.xz"), "rt", encoding="utf-8")),
                         ("written", open(q.data("stances", "acts-written.jsonl"), encoding="utf-8"))):
        with opened as f:
            for line in f:
                s = json.loads(line)
                yield name, s["id"], s["text"], s["events"]


def best(mentions, span):
    """The mention that shares most with a span; None: none touches it."""
    def shared(m):
        both = min(m["end"], span["end"]) - max(m["begin"], span["begin"])
        return both / (max(m["end"], span["end"]) - min(m["begin"], span["begin"])), m["begin"]
    touching = [m for m in mentions if m["begin"] < span["end"] and span["begin"] < m["end"]]
    return max(touching, key=shared, default=None)


def role_right(ours, gold):
    return not gold or ours == gold or ours in ROLES.get(gold, "").split()


class Tally:
    def __init__(self):
        self.counts, self.misses = collections.Counter(), collections.Counter()

    def count(self, key, right, miss=None):
        self.counts[key, bool(right)] += 1
        if not right and miss:
            self.misses[(key[-1],) + miss] += 1

    def figure(self, *key):
        right, wrong = self.counts[key, True], self.counts[key, False]
        return "%d/%d=%.3f" % (right, right + wrong, right / max(1, right + wrong))


def inputs(q, all_sentences):
    path = q.path("actors.articles")
    with open(path, "w", encoding="utf-8") as out:
        for name, number, text, _ in all_sentences:
            dated = {"published": "2018-06-01T00:00:00Z"} if name == "annotated" else {}  # when they were written
            out.write(json.dumps({"id": name + " " + number, "body": text, **dated}) + "\n")
    return path


def by_article(path, key):
    found = collections.defaultdict(list)
    with open(path, encoding="utf-8") as f:
        for line in f:
            item = json.loads(line)
            found[key(item)].append(item)
    return found


def actors(q):
    given = list(sentences(q))
    articles = inputs(q, given)
    with open(articles, "rb") as source, open(q.path("mentions"), "wb") as out:
        q.pipe([os.path.join(q.tools, "quality", "mentions")], source, out)
    mentions = by_article(q.path("mentions"), lambda m: m["id"])
    events = by_article(q.run("actors.events", "--json", articles)[0], lambda e: e["article"]["id"])
    tally = Tally()
    for name, number, text, gold in given:
        spans(tally, name, text, gold, mentions[name + " " + number])
        if gold and events[name + " " + number]:
            first(tally, name, gold[0], max(events[name + " " + number], key=lambda e: e["confidence"]))
    for name in ("annotated", "written"):
        for side in ("source", "target"):
            q.row("actors " + name, side + " spans", "country %s, role %s, silent %s" % tuple(
                tally.figure(name, side, what) for what in ("country", "role", "silent")))
        q.row("actors " + name, "first of the sentence", "source country %s, target country %s, no target %s" % (
            tally.figure(name, "first source"), tally.figure(name, "first target"), tally.figure(name, "first target", "silent")))
    if q.misses:
        for miss, n in tally.misses.most_common(q.misses):
            print("%3d  %s" % (n, " | ".join(miss)))


def spans(tally, name, text, gold, mentions):
    """Each annotated span once. Where the annotator gives no country, ours should give none: `silent`."""
    seen = set()
    for event in gold:
        for side in ("source", "target"):
            span = event[side]
            if not span or (side, span["begin"]) in seen:
                continue
            seen.add((side, span["begin"]))
            ours = best(mentions, span) or {"country": "", "role": "", "kind": "none"}
            words = text.encode()[span["begin"]:span["end"]].decode()
            country, role = span["country"] or "", span["role"] or ""
            if country:
                tally.count((name, side, "country"), ours["country"] == country, (words, country, "ours " + ours["country"] + " " + ours["kind"]))
            else:
                tally.count((name, side, "silent"), not ours["country"], (words, "ours " + ours["country"] + " " + ours["kind"]))
            if ours["kind"] != "none":
                tally.count((name, side, "role"), role_right(ours["role"], role), (words, role, "ours " + ours["role"]))


def first(tally, name, gold, event):
    for side in ("source", "target"):
        if gold[side] and gold[side]["country"]:
            tally.count((name, "first " + side), (event.get(side) or {}).get("country") == gold[side]["country"])
        elif not gold[side]:
            tally.count((name, "first " + side, "silent"), not (event.get(side) or {}).get("country"))


def read_negatives():
    """(what it is about, the sentence, whether it is known to fail) of negatives.tsv."""
    here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "negatives.tsv")
    with open(here, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f if line.strip() and line[0] != "#"]
    return [(kind, text, more == ["known"]) for kind, text, *more in rows]


def negatives(q):
    """Of the sentences in which nobody takes a stance toward anybody, how many give no act but a plain statement."""
    lines = read_negatives()
    articles = q.path("negatives.articles")
    with open(articles, "w", encoding="utf-8") as out:
        out.writelines(json.dumps({"id": str(i), "body": text}) + "\n" for i, (_, text, _) in enumerate(lines))
    events = by_article(q.run("negatives.events", "--json", articles)[0], lambda e: e["article"]["id"])
    kinds = collections.defaultdict(list)
    for i, (kind, text, _) in enumerate(lines):
        acts = [e for e in events[str(i)] if e["act"]["type"] != "STATE"]
        kinds[kind].append(not acts)
        if acts and q.misses:
            print("%s: %s: %s" % (kind, " ".join("%s(%s)" % (e["act"]["type"], e["act"]["cue"]["text"]) for e in acts), text))
    silent = [s for of_kind in kinds.values() for s in of_kind]
    q.row("negatives", "no act", "%d/%d=%.3f" % (sum(silent), len(silent), sum(silent) / len(silent)))
    q.row("negatives", "by kind", ", ".join("%s %d/%d" % (k, sum(v), len(v)) for k, v in kinds.items()))


PARTS = (actors, negatives)
