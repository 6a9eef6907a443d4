"""roles.py: who said what, learned: which words are anchors of cues, and what each word around an anchor is to it.

A recurrent layer over the words of a stretch reads the encoder's states; each anchor then scores each word of its stretch as
nothing, source, cue or content, by both words' states and by the features of the pair (roles_data.py).
workers/statements/roles.c does the same.
"""
import os
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import common
import export
import net
import roles_data as rd

sys.path.insert(0, os.path.join(common.SHARED, "eval"))

CLASSES = 4
PAIR_SHARE = 1 / 8  # of the loss: an anchor has some 45 words


class Words:
    """Articles as rows, with the encoder's states x of them."""

    def __init__(self, articles, x):
        sizes = [a.n for a in articles]
        self.first = np.r_[0, np.cumsum(sizes)[:-1]]
        self.x = x
        self.extra = torch.from_numpy(np.concatenate([np.stack([a.quote, a.cue, a.mention], 1) for a in articles]))
        start, end = np.zeros(sum(sizes), np.uint8), np.zeros(sum(sizes), np.uint8)
        for a, o in zip(articles, self.first):
            cut = np.flatnonzero(np.diff(a.stretch)) + 1
            start[o + np.r_[0, cut]], end[o + np.r_[cut, a.n] - 1] = 1, 1
        self.start, self.end = torch.from_numpy(start), torch.from_numpy(end)
        self.stretch = torch.from_numpy(np.cumsum(start, dtype=np.int64) - 1)

    def mask(self, width, drop):
        m = (torch.rand(int(self.stretch[-1]) + 1, width) >= drop).float() / (1 - drop)
        return m[self.stretch]


class Roles(nn.Module):
    def __init__(self, width, key=64, pair=16, drop=0.3):
        super().__init__()
        self.key_size, self.pair_size, self.drop = key, pair, drop
        self.words = nn.Embedding(rd.WORD_ROWS, width)
        self.layer = net.Recurrent(width, drop, 1)
        self.anchor, self.key = nn.Linear(width, 1), nn.Linear(width, key)
        self.query, self.path = nn.Linear(width, CLASSES * key), nn.Linear(width, CLASSES * pair)
        self.pairs, self.pair_bias = nn.Embedding(rd.PAIR_ROWS, pair), nn.Embedding(rd.PAIR_ROWS, CLASSES)
        nn.init.normal_(self.words.weight, std=0.05)
        nn.init.normal_(self.pairs.weight, std=0.1)
        nn.init.zeros_(self.pair_bias.weight)

    def read(self, words):
        y = self.layer(words.x + self.words(words.extra).sum(1), words)
        return F.dropout(y, self.drop) if self.training else y

    def score(self, y, anchors, others, features):
        """[pairs, CLASSES] of rows of y."""
        rows, which = torch.unique(anchors, return_inverse=True)
        q = self.query(y[rows]).view(-1, CLASSES, self.key_size)[which]
        p = self.path(y[rows]).view(-1, CLASSES, self.pair_size)[which]
        k, e = F.relu(self.key(y))[others], self.pairs(features).sum(1)
        return torch.einsum("pcd,pd->pc", q, k) + torch.einsum("pce,pe->pc", p, e) + self.pair_bias(features).sum(1)

    def loss(self, words, articles):
        y = self.read(words)
        z = self.anchor(y).squeeze(1)
        gold, weight = torch.zeros(len(z)), torch.ones(len(z))
        anchors, others, features, classes = [], [], [], []
        for a, o in zip(articles, words.first):
            weight[[o + t for t in a.ignored]] = 0
            for i, first, last, f, c in a.pairs:
                gold[o + i] = 1
                anchors.append(np.full(last - first, o + i))
                others.append(np.arange(o + first, o + last))
                features.append(f)
                classes.append(c)
        n = gold.sum() + 1
        total = (F.binary_cross_entropy_with_logits(z, gold, reduction="none") * weight).sum() / n
        if anchors:
            s = self.score(y, *(torch.from_numpy(np.concatenate(v)) for v in (anchors, others, features)))
            total = total + PAIR_SHARE * F.cross_entropy(s, torch.from_numpy(np.concatenate(classes)), reduction="sum") / n
        return total

    @torch.no_grad()
    def attributions(self, article, x, least):
        """Yields (anchor, its probability, first word, probabilities of the classes [words, CLASSES])."""
        y = self.read(Words([article], x))
        p = torch.sigmoid(self.anchor(y)).squeeze(1).numpy()
        for i in np.flatnonzero(p >= least):
            first, last, f = article.features(int(i)) if hasattr(article, "features") else rd.pair_features(article, int(i))
            s = self.score(y, torch.full((last - first,), int(i)), torch.arange(first, last), torch.from_numpy(f))
            yield int(i), float(p[i]), first, s.softmax(1).numpy()


def runs(classes, c, first, gap=1):
    """Stretches [f, l) of class c, over gaps of at most `gap` words."""
    out = []
    for t in np.flatnonzero(classes == c):
        if out and t - out[-1][1] <= gap:
            out[-1][1] = int(t) + 1
        else:
            out.append([int(t), int(t) + 1])
    return [(f + first, l + first) for f, l in out]


def decode(article, i, first, p):
    """source, cue, content as lists of token ranges."""
    best = p.argmax(1)
    best[i - first] = rd.CUE
    cue = [r for r in runs(best, rd.CUE, first) if r[0] <= i < r[1]]
    source = runs(best, rd.SOURCE, first)
    if len(source) > 1:
        source = [max(source, key=lambda r: p[r[0] - first:r[1] - first, rd.SOURCE].sum())]
    content = [r for r in runs(best, rd.CONTENT, first) if any(article.upos[t] != rd.PUNCT for t in range(*r))]
    longest = max((l - f for f, l in content), default=0)
    return source, cue, [r for r in content if r[1] - r[0] >= 3 or r[1] - r[0] == longest]


def evaluate(model, roles, articles, least):
    """The scores of eval/score_statements.py."""
    import score_statements
    gold, said = {}, {}
    for a in articles:
        with torch.no_grad():
            x = model.encode(net.Batch(a.sentences, model.vocab, model.labels))
        spans = lambda ranges: [[int(a.begin[f]), int(a.end[l - 1])] for f, l in ranges]
        found = [decode(a, i, first, p) for i, _, first, p in roles.attributions(a, x, least)]
        gold[a.doc] = a.gold
        said[a.doc] = {"attributions": [dict(source=spans(s), cue=spans(q), content=spans(c)) for s, q, c in found if c]}
    return score_statements.score(gold, said, use_bytes=True)


def summary(r):
    a, k = r["attribution"], r["recall_by_kind"]
    return "A1 %.3f A2 %.3f A3 %.3f token %s recall %s" % (
        a["A1 cue"]["f1"], a["A2 +source"]["f1"], a["A3 +content"]["f1"], " ".join("%.3f" % r["token"][x]["f1"] for x in ("source", "cue", "content")),
        " ".join("%.2f" % k[x]["A3"] for x in ("direct", "mixed", "indirect")))


@torch.no_grad()
def tensors(roles):
    """For the model file: see workers/statements/roles.h."""
    out = {"roles.words": roles.words.weight.numpy().copy(), "roles.v": roles.layer.v.numpy().copy()}
    export.put_linear(out, "roles.gates", roles.layer.gates.weight.numpy(), roles.layer.gates.bias.numpy())
    for name, parts in (("roles.word", (roles.key, roles.anchor)), ("roles.anchor", (roles.query, roles.path))):
        export.put_linear(out, name, np.concatenate([p.weight.numpy() for p in parts]), np.concatenate([p.bias.numpy() for p in parts]))
    out["roles.pairs"] = np.concatenate([roles.pairs.weight.numpy(), roles.pair_bias.weight.numpy()], 1)
    return out
