"""pair_data.py: what the nets of workers/stances/scorer.h learn from: pairs of a source and a target in a sentence, with what is
known of each, and what stance-code --pairs --numbers sees of them.

A row is a dict: doc (id of its text), source, target, cue (byte spans), and as far as known: acts (names that are right), main (1:
what its sentence is mostly about, 0: not), event (0: somebody does something that is none), meant (1: the target is whom the cue's act
is done to, or there is none and nobody is meant; 0: not), stance (-1, 0, 1) and kind, which says of which of the nets' outputs."""
import collections
import json
import lzma
import os
import re
import struct
import subprocess

import numpy as np

import common

SIZES = np.array([4, 16, 12, 52, 17, 44, 4, 4, 3, 7, 2, 6])  # of the numbers of a word: pair_sizes of workers/stances/pair.c
SIGN = {"support": 1, "oppose": -1, "neutral": 0}
CLASS = {0: "STATE", 1: "AGREE CONSULT SUPPORT", 2: "CONCEDE COOPERATE AID RETREAT", 3: "REQUEST ACCUSE REJECT THREATEN SANCTION",
         4: "PROTEST MOBILIZE COERCE ASSAULT"}  # five classes of sentences
CLASS_OF = {act: c for c, acts in CLASS.items() for act in acts.split()}


def of_class(act, c):
    """An appeal is a statement to some, a demand is none."""
    return CLASS_OF[act] == c or act == "REQUEST" and c == 0


def lines(name):
    path = os.path.join(common.SHARED, "data", "stances", name)
    with (lzma.open if name.endswith(".xz") else open)(path, "rt", encoding="utf-8") as f:
        return [line.rstrip("\n") for line in f if line.strip()]


def records(name):
    return [json.loads(line) for line in lines(name)]


def span(m):
    return [[m["begin"], m["end"]]] if m else []


def plover():
    """Given pairs with their act."""
    yields = {"YIELD": ["CONCEDE", "RETREAT"]}
    for r in records("plover-pairs-train.jsonl"):
        yield r["text"], [dict(kind="plover", doc=r["id"], source=r["source"], target=r["target"], cue=[], acts=yields.get(r["act"], [r["act"]]))]


def annotated():
    """Sentences with all their events. The first event is what a sentence is about; where its class is known, the first one of that."""
    known = dict(line.rsplit("\t", 1) for line in lines("cameo-class-train.tsv"))
    for name in ("acts-annotated.jsonl.xz", "acts-written.jsonl"):
        for r in records(name):
            right = [i for i, e in enumerate(r["events"]) if of_class(e["act"], int(known.get(r["text"], CLASS_OF[r["events"][0]["act"]])))]
            rows = [dict(kind="event", doc=r["id"], source=span(e["source"]), target=span(e["target"]), cue=span(e["cue"]), acts=[e["act"]],
                         stance=SIGN.get(e["stance"]), main=int(right[:1] == [i]), event=1) for i, e in enumerate(r["events"])]
            yield r["text"], rows


def directed(name):
    """Two entities of a sentence and the sentiment of one toward the other; where there is none, both directions have none."""
    for i, r in enumerate(records(name + ".jsonl.xz")):
        parts = re.split(r"([\[\]])", r["marked"])
        text, spans = b"", []
        for p in parts:
            if p in ("[", "]"):
                spans.append(len(text))
            else:
                text += p.encode()
        if len(spans) != 4 or not spans[0] < spans[1] <= spans[2] < spans[3]:
            continue
        p, q, label = [spans[:2]], [spans[2:]], r["label"]
        forward = dict(kind=name, doc="%s-%d" % (name, i), source=p, target=q, cue=[], stance={1: 1, 3: -1}.get(label, 0))
        back = dict(forward, source=q, target=p, stance={2: 1, 4: -1}.get(label, 0))
        yield text.decode(), [back, forward] if back["stance"] else [forward, back]


def toward():
    """Sentiment toward one named person, of nobody in particular."""
    for i, r in enumerate(records("newsmtsc-train.jsonl.xz")):
        text = r["sentence_normalized"]
        at = lambda k: len(text[:k].encode())
        yield text, [dict(kind="toward", doc="toward-%d" % i, source=[], target=[[at(t["from"]), at(t["to"])]], cue=[], stance=int(t["polarity"] - 4) // 2)
                     for t in r["targets"]]


def meets(a, b):
    """Whether spans overlap."""
    return any(x[0] < y[1] and y[0] < x[1] for x in a for y in b)


def same_event(gold, r):
    return meets(gold["cue"], r["cue"]) and (meets(gold["source"], r["source"]) or not gold["source"])


def of_documents(rows):
    by = collections.defaultdict(list)
    for r in rows:
        by[r["doc"]].append(r)
    return by


def sayer(code, model, texts):
    """What the program prints about the texts in some mode, each line read."""
    path = common.work("pair-texts.jsonl")
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(json.dumps({"id": d, "body": t}) + "\n" for d, t in texts.items())
    return lambda *mode: map(json.loads, subprocess.run([code, "--model", model, *mode, path], check=True, capture_output=True, text=True).stdout.splitlines())


def found(code, model, texts, rows):
    """What the rules find in the annotated texts, and the clauses where they find nothing: each is one of their events, or none."""
    said = sayer(code, model, texts)
    gold = of_documents(rows)
    some = [dict(kind="found", doc=e["article"]["id"], source=e["source"]["spans"], target=e["target"]["spans"] if e["target"] else [],
                 cue=e["act"]["cue"]["spans"], rule=e["act"]["type"], rule_stance=e["stance"]["label"], confidence=e["confidence"]) for e in said("--json")]
    some += [dict(kind="guess", doc=e["id"], source=e["source"], target=e["target"], cue=e["cue"], rule="") for e in said("--guesses")]
    for r in some:
        same = [g for g in gold[r["doc"]] if same_event(g, r)]
        r.update(main=0, event=int(bool(same)))
        if same:
            best = max(same, key=lambda g: meets(g["target"], r["target"]) + (g["acts"] == [r["rule"]]))
            r.update(acts=best["acts"], stance=best["stance"], main=best["main"])
        yield r


def candidates(code, model, texts, rows):
    """Who is meant: for the events of the rules that annotators have, too, each actor of the sentence, and nobody; and for those of the
    annotators each span that they marked. Where the annotated target is nobody that was found, nothing is known of nobody."""
    gold = of_documents(rows)
    groups = collections.defaultdict(list)
    for e in sayer(code, model, texts)("--candidates"):
        r = dict(kind="candidate", doc=e["id"], source=e["source"], target=e["target"], cue=e["cue"])
        groups[json.dumps((r["doc"], r["source"], r["cue"]))].append(r)
    for r in rows:
        spans = {json.dumps(s): s for g in gold[r["doc"]] for s in (g["source"], g["target"]) if not meets(s, r["source"])}
        groups[id(r)] = [dict(r, kind="marked", target=s) for s in list(spans.values()) + ([[]] if [] not in spans.values() else [])]
    for some in groups.values():
        same = [g for g in gold[some[0]["doc"]] if (same_event(g, some[0]) if some[0]["kind"] == "candidate" else g["cue"] == some[0]["cue"] and g["source"] == some[0]["source"])]
        if not same:
            continue
        right = [bool(r["target"]) and any(meets(g["target"], r["target"]) for g in same) for r in some]
        nobody = any(not g["target"] for g in same)
        for r, meant in zip(some, right):
            if r["target"] or nobody or any(right):
                for known in ("acts", "stance", "main", "event"):
                    r.pop(known, None)
                yield dict(r, meant=int(meant if r["target"] else nobody and not any(right)))


def see(code, model, texts, rows):
    """Adds to each row what the nets see: words [n][numbers], at [n][begin, end, sentence], states and inputs as int8 with scales, source
    and target word."""
    asked = common.work("pairs.jsonl")
    with open(asked, "w", encoding="utf-8") as f:
        for i, r in enumerate(rows):
            f.write(json.dumps({"id": str(i), "text": texts[r["doc"]], "source": r["source"], "target": r["target"], "cue": r["cue"]}) + "\n")
    seen = common.work("pairs.bin")
    with open(seen, "wb") as out:
        subprocess.run([code, "--model", model, "--pairs", "--numbers", asked], stdout=out, check=True)
    raw, at = open(seen, "rb").read(), 0

    def take(kind, *shape):
        nonlocal at
        n = int(np.prod(shape)) * np.dtype(kind).itemsize
        at += n
        return np.frombuffer(raw[at - n:at], kind).reshape(shape)

    while at < len(raw):
        name = take("u1", take("<u4", 1)[0]).tobytes().decode()
        n, source, target, width = (int(x) for x in struct.unpack("<IiiI", take("u1", 16).tobytes()))
        if not (take("u1", len(SIZES)) == SIZES).all():
            raise ValueError("pair_sizes of pair.c are others than SIZES here")
        r = rows[int(name)]
        r.update(words=take("u1", n, len(SIZES)), lemmas=take("<u4", n), at=take("<u4", n, 3), source_word=source, target_word=target, states=take("i1", n, width), state_scale=take("<f4", n),
                 inputs=take("i1", n, width), input_scale=take("<f4", n))
    return rows


SLOTS = 65536


def slots(r):
    """Slots of the table of words known by heart: pair_slots() of pair.c."""
    words, lemmas = r["words"], r["lemmas"].astype(np.uint64)

    def of(at, kind, lemmas=lemmas):
        h = (lemmas[at] ^ (kind * np.uint64(2654435761) & np.uint64(0xFFFFFFFF))) * np.uint64(16777619) & np.uint64(0xFFFFFFFF)
        return ((h ^ h >> np.uint64(15)) & np.uint64(SLOTS - 1)).astype(np.int64)

    free = words[:, 0] == 0
    near = free & (words[:, 2] != 0) & (words[:, 2] != 11)
    after, before = free & np.r_[False, free[:-1]], np.r_[np.uint64(0), lemmas[:-1]]
    kinds = lambda at, column, add: words[at, column].astype(np.uint64) + np.uint64(add)
    same = lambda at, kind: np.full(at.sum(), kind, np.uint64)
    return np.concatenate([of(free, same(free, 1)), of(free, kinds(free, 1, 2)), of(near, same(near, 32)), of(near, kinds(near, 2, 33)),
                           of(after, same(after, 64), lemmas ^ before * np.uint64(31) & np.uint64(0xFFFFFFFF))])


def stories(texts):
    """doc -> story: texts that share half of their longer words are one, so that none is in training and test."""
    parent = {d: d for d in texts}

    def root(d):
        while parent[d] != d:
            d = parent[d]
        return d

    words = {d: {w for w in re.findall(r"\w+", t.lower()) if len(w) > 3} for d, t in texts.items()}
    where = collections.defaultdict(list)
    for d, ws in words.items():
        for w in ws:
            where[w].append(d)
    for d, ws in words.items():
        shared = collections.Counter(o for w in ws if len(where[w]) < 150 for o in where[w])
        for o, n in shared.items():
            if o != d and n >= max(4, 0.5 * min(len(ws), len(words[o]))):
                parent[root(o)] = root(d)
    return {d: root(d) for d in texts}
