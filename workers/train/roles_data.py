"""roles_data.py: attributions of the data (source, cue, content) on the tokens of `stance-code --roles`.

An attribution's anchor is the word of its cue that is highest in the tree; the roles of the words of its stretch are
learned for that anchor. Pairs of an anchor and a word have the features of workers/statements/role_input.h.
"""
import json
import lzma

import numpy as np

import data
import fit

COLUMNS = ("begin", "end", "sentence", "stretch", "upos", "rel", "head", "quote", "cue", "mention", "quote_id")
NONE, SOURCE, CUE, CONTENT = range(4)
PUNCT = 13  # enum upos
FAR_FROM = np.array([1, 2, 3, 4, 5, 7, 10, 15, 22, 32])
RELATIONS, SELF, NOWHERE, DEEP, UP_MOST, SENTENCES = 60, 58, 59, 5, 64, 4
WORD_ROWS = 38
SIZES = (6 * RELATIONS * 2, 6 * RELATIONS, 2 * len(FAR_FROM) + 1, (2 * SENTENCES + 1) * 5 * 2)
OFFSETS = np.cumsum((0,) + SIZES)[:-1]
PAIR_ROWS = sum(SIZES)


class Article:
    pass


def read_rows(path):
    """(id, array [tokens, columns]) of each part."""
    name, rows = None, []
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("# newdoc = "):
                if rows:
                    yield name, np.array(rows)
                name, rows = line[11:].rstrip("\n"), []
            else:
                rows.append([int(x) for x in line.split("\t")])
    if rows:
        yield name, np.array(rows)


def bodies(path):
    """Lines for stance-code."""
    for line in lzma.open(path, "rt", encoding="utf-8"):
        d = json.loads(line)
        yield json.dumps({"id": d["doc"], "body": d["text"]})


def covered(spans, begin, end):
    """Tokens that spans of bytes touch."""
    return [t for b, e in spans or () for t in range(np.searchsorted(end, b, "right"), np.searchsorted(begin, e, "left"))]


def depths(head):
    depth = np.full(len(head), -1)
    for i in range(len(head)):
        path, j = [], i
        while j >= 0 and depth[j] < 0:
            path.append(j)
            j = head[j]
        d = depth[j] if j >= 0 else -1
        for k in reversed(path):
            d += 1
            depth[k] = d
    return depth


def article_of(name, rows, gold):
    a = Article()
    a.doc, a.gold, a.n = name, gold, len(rows)
    for k, c in enumerate(COLUMNS):
        setattr(a, c, rows[:, k])
    a.depth = depths(a.head)
    body = gold["text"].encode()
    forms = [body[b:e].decode("utf-8", "replace").replace("\n", " ") for b, e in zip(a.begin, a.end)]
    spaces = [i == 0 or a.begin[i] > a.end[i - 1] for i in range(a.n)]
    cut = np.flatnonzero(np.diff(a.sentence)) + 1
    a.sentences = [prepared(name, forms[f:l], spaces[f:l]) for f, l in zip(np.r_[0, cut], np.r_[cut, a.n])]
    return a


def prepared(doc, forms, spaces):
    p = fit.Prepared()
    p.forms, p.doc = forms, doc
    p.keys = [data.normal(x) for x in forms]
    p.shapes = [data.shape(x, i == 0, i == 0 or s) for i, (x, s) in enumerate(zip(forms, spaces))]
    p.gold = {k: [fit.IGNORE] * len(forms) for k in ("upos", "xpos", "feats", "deprel", "name", "head")}
    p.soft, p.labelled = None, False
    return p


def load(rows, gold):
    """Articles with .pairs [(anchor, first, last, features [last - first, 4], classes)] and .ignored tokens."""
    golds = {d["doc"]: d for d in map(json.loads, lzma.open(gold, "rt", encoding="utf-8"))}
    out = []
    for name, table in read_rows(rows):
        a = article_of(name, table, golds[name])
        text = a.gold["text"]
        a.ignored = covered([[len(text[:x].encode()) for x in s] for s in a.gold.get("discard") or ()], a.begin, a.end)
        a.pairs, seen = [], set()
        for g in a.gold["attributions"]:
            spans = g.get("bytes", g)
            cue = covered(spans["cue"], a.begin, a.end)
            words = [t for t in cue if a.upos[t] != PUNCT] or cue
            if not words:
                continue
            anchor = min(words, key=lambda t: (a.depth[t], t))
            if anchor in seen:
                continue
            seen.add(anchor)
            first, last, features = pair_features(a, anchor)
            classes = np.zeros(last - first, np.int64)
            for c, k in ((CONTENT, "content"), (SOURCE, "source"), (CUE, "cue")):
                for t in covered(spans[k], a.begin, a.end):
                    if first <= t < last:
                        classes[t - first] = c
            a.pairs.append((anchor, first, last, features, classes))
        out.append(a)
    return out


def pair_features(a, i):
    """Of the anchor i and each word of its stretch [first, last): rows of the table of pairs."""
    first, last = (int(np.searchsorted(a.stretch, a.stretch[i], side)) for side in ("left", "right"))
    above, t = {}, i
    while t >= 0 and len(above) < UP_MOST:
        above[t] = min(len(above), 4)
        t = a.head[t]
    f = np.zeros((last - first, 4), np.int64)
    quoted = int(a.quote[i] in (1, 3))
    for j in range(first, last):
        if a.sentence[j] != a.sentence[i]:
            up, relation, right = 5, min(int(a.depth[j]), DEEP), j > i
        else:
            t, below, steps = j, -1, 0
            while t >= 0 and t not in above and steps < UP_MOST:
                below, t, steps = t, a.head[t], steps + 1
            joined = t >= 0 and t in above
            up = above[t] if joined else 4
            relation = NOWHERE if not joined else SELF if below < 0 else a.rel[below]
            right = below > t if joined and below >= 0 else j > i
        way = abs(j - i)
        far = 2 * len(FAR_FROM) if way == 0 else int(np.searchsorted(FAR_FROM, way, "right")) - 1 + (len(FAR_FROM) if j > i else 0)
        sentences = int(np.clip(a.sentence[j] - a.sentence[i], -SENTENCES, SENTENCES)) + SENTENCES
        q = int(a.quote[j])
        state = 1 if q == 1 and a.quote_id[j] == a.quote_id[i] else (0, 2, 3, 4, 4)[q]
        f[j - first] = ((up * RELATIONS + relation) * 2 + right, up * RELATIONS + a.rel[i], far, (sentences * 5 + state) * 2 + quoted)
    return first, last, f + OFFSETS


if __name__ == "__main__":
    for article in bodies(sys.argv[1]):
        print(article)
