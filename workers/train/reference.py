"""reference.py: the engine's arithmetic once more, in numpy: int8 products, float for the rest. Independent of workers/engine:
the golden test compares the two. Slow; for a handful of sentences, and to see what quantisation costs.

    reference.py MODEL FILE.conllu > tests/data/golden.conllu      FILE: tests/data/golden.txt, parted into words

writes the file's words with the model's tags and trees, and in MISC the score of the best arc (ArcScore) and the class of the
name (Name). A sentence whose best heads are no tree is left out: what to do then is the engine's business.
"""
import sys

import numpy as np

import data
import export


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Reference:
    def __init__(self, path):
        self.t = export.read(path)
        self.labels = {k: bytes(self.t["labels." + k]).decode().split("\n") for k in ("upos", "feats", "deprel", "name")}
        raw, at = bytes(self.t["vocab.text"]), self.t["vocab.offset"]
        self.vocab = {raw[at[i]:at[i + 1]]: i for i in range(len(at) - 1)}

    def product(self, name, x):
        """x W + b as the kernels compute it: rows of x in int8, each with a scale of its own."""
        w, s, b = (self.t[name + "." + k] for k in ("weight", "scale", "bias"))
        scale = np.maximum(np.abs(x).max(1), 1e-30).astype(np.float32) / np.float32(127)
        q = np.rint(x / scale[:, None]).astype(np.int32)
        return (q @ w.T.astype(np.int32)).astype(np.float32) * (scale[:, None] * s[None]) + b

    def word(self, form):
        t, key = self.t, data.normal(form)
        if key in self.vocab:
            i = self.vocab[key]
            return t["embed.rows"][i] * t["embed.scale"][i]
        a, g = data.affixes(key), data.trigrams(key)
        return t["embed.base"] + (t["affix.rows"][a] * t["affix.scale"][a][:, None]).sum(0) + \
            (t["trigram.rows"][g] * t["trigram.scale"][g][:, None]).mean(0)

    def encode(self, s):
        x = np.stack([self.word(f) + self.t["shape.rows"][data.shape(f, i == 0, b)] for i, (f, b) in enumerate(zip(s.forms, s.space_before))])
        d = x.shape[1]
        for i, kind in enumerate(self.t["meta.layers"]):
            if kind == 0:
                p = np.pad(x, ((1, 1), (0, 0)))
                g = self.product("layer%d" % i, np.concatenate([p[:-2], x, p[2:]], 1))
                x = x + g[:, :d] * sigmoid(g[:, d:])
            else:
                x = self.recurrent(x, self.product("layer%d" % i, x), self.t["layer%d.v" % i])
        return x

    def recurrent(self, x, u, v):
        n, d = x.shape
        y, half = np.empty_like(x), d // 2
        for c, order in ((slice(0, half), range(n)), (slice(half, d), range(n - 1, -1, -1))):
            uz, uc, ur = u[:, :d][:, c], u[:, d:2 * d][:, c], u[:, 2 * d:][:, c]
            h = np.zeros(half, np.float32)
            for t in order:
                z, r = sigmoid(uz[t] + v[0, c] * h), sigmoid(ur[t] + v[1, c] * h)
                h = h + z * (uc[t] - h)
                y[t, c] = x[t, c] + r * (h - x[t, c])
        return y

    def run(self, s):
        """heads (0: root), relation, upos, feats, name classes, arc scores [n][n + 1] and tag scores; heads greedily."""
        import net
        n, t = len(s.forms), self.t
        parts = np.split(self.product("heads", self.encode(s)), np.cumsum(t["heads.sizes"])[:-1], 1)
        d, h = np.maximum(parts[0], 0), np.maximum(parts[1], 0)
        u = self.product("arc", d)
        a = h.shape[1]
        arcs = u[:, :a] @ np.concatenate([t["root.arc"][None], h]).T
        arcs[:, 1:] += np.take_along_axis(u[:, a:], net.distance(n), 1)
        arcs[np.arange(n), np.arange(n) + 1] = -1e9
        heads = arcs.argmax(1)
        rel = self.product("rel", np.maximum(parts[2] + np.concatenate([t["root.rel"][None], parts[3]])[heads], 0))
        root = self.labels["deprel"].index("root")
        rel[heads > 0, root] = -1e9
        rel = np.where(heads == 0, root, rel.argmax(1))
        return heads, rel, parts[4].argmax(1), parts[5].argmax(1), parts[6].argmax(1), arcs, parts[4:]


def is_tree(heads):
    def root_of(i, steps):
        return steps > len(heads) or heads[i] != 0 and root_of(heads[i] - 1, steps + 1)
    return (heads == 0).sum() == 1 and not any(root_of(i, 0) for i in range(len(heads)))


def lines(ref, s):
    heads, rel, upos, feats, name, arcs, _ = ref.run(s)
    if not is_tree(heads):
        return
    for i, form in enumerate(s.forms):
        glued = i + 1 < len(s.forms) and not s.space_before[i + 1]
        yield "\t".join([str(i + 1), form, "_", ref.labels["upos"][upos[i]], "_", ref.labels["feats"][feats[i]], str(heads[i]), ref.labels["deprel"][rel[i]],
                         "_", "ArcScore=%.3f|Name=%s%s" % (arcs[i].max(), ref.labels["name"][name[i]], "|SpaceAfter=No" if glued else "")])
    yield ""


if __name__ == "__main__":
    ref = Reference(sys.argv[1])
    for s in data.read_conllu(sys.argv[2]):
        for line in lines(ref, s):
            print(line)
