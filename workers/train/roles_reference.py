"""roles_reference.py: who said what once more, in numpy, as reference.py does the encoder: independent of workers/statements.

    roles_reference.py MODEL TEXT ROWS > tests/data/golden.roles      ROWS: stance-code --model MODEL --roles TEXT

A line an anchor with a probability of 0.4 or more: its first byte, its probability, and the byte ranges of its cue, source and
content ("-": none).
"""
import sys

import numpy as np

import roles
import roles_data
from reference import Reference, sigmoid


class Sentence:
    def __init__(self, forms, space_before):
        self.forms, self.space_before = forms, space_before


class RolesReference(Reference):
    def states(self, article, body):
        forms = [body[b:e].decode() for b, e in zip(article.begin, article.end)]
        spaces = [i == 0 or article.begin[i] > article.end[i - 1] for i in range(article.n)]
        out = []
        for s in np.unique(article.sentence):
            at = np.flatnonzero(article.sentence == s)
            out.append(self.encode(Sentence([forms[i] for i in at], [k == 0 or spaces[i] for k, i in enumerate(at)])))
        x = np.concatenate(out)
        scale = np.maximum(np.abs(x).max(1), 1e-8) / np.float32(127)
        return np.rint(x / scale[:, None]) * scale[:, None]

    def attributions(self, article, body, least):
        t, x = self.t, self.states(article, body).astype(np.float32)
        x = x + t["roles.words"][np.stack([article.quote, article.cue, article.mention], 1)].sum(1)
        for s in np.unique(article.stretch):
            at = np.flatnonzero(article.stretch == s)
            y = self.recurrent(x[at], self.product("roles.gates", x[at]), t["roles.v"])
            key = self.product("roles.word", y)
            asked = self.product("roles.anchor", y)
            for k in np.flatnonzero(sigmoid(key[:, -1]) >= least):
                first, _, f = roles_data.pair_features(article, int(at[k]))
                size = key.shape[1] - 1
                pairs = t["roles.pairs"][f].sum(1)
                query, path = np.split(asked[k], [roles.CLASSES * size])
                score = np.maximum(key[:, :size], 0) @ query.reshape(roles.CLASSES, size).T
                depth = len(path) // roles.CLASSES
                score = score + pairs[:, :depth] @ path.reshape(roles.CLASSES, depth).T + pairs[:, depth:]
                p = np.exp(score - score.max(1, keepdims=True))
                yield int(at[k]), float(sigmoid(key[k, -1])), first, p / p.sum(1, keepdims=True)


if __name__ == "__main__":
    ref, body = RolesReference(sys.argv[1]), open(sys.argv[2], "rb").read()
    for name, rows in roles_data.read_rows(sys.argv[3]):
        a = roles_data.article_of(name, rows, {"text": body.decode()})
        show = lambda ranges: ",".join("%d-%d" % (a.begin[f], a.end[l - 1]) for f, l in ranges) or "-"
        for i, p, first, probabilities in ref.attributions(a, body, 0.4):
            source, cue, content = roles.decode(a, i, first, probabilities)
            print("\t".join(["%d" % a.begin[i], "%.3f" % p, show(cue), show(source), show(content)]))
