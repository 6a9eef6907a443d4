"""pairs_reference.py: the nets of workers/stances/scorer.c once more, in numpy, as reference.py does the encoder.

    pairs_reference.py MODEL FILE.conllu > tests/data/golden.pairs

A line a sentence: probabilities of the acts, the stances, the event's stances, that it is what the
sentence is about, that it is an event, and that the target is meant, by the nets that know it. Source is
the second word, target the last but one; the other numbers of a word follow from its place (number()), so that no lexicon matters.
"""
import sys

import numpy as np

import acts
import data
import pair_data
from reference import Reference, sigmoid


def number(word, feature, words):
    if feature == acts.NAMES:
        return 1 if word == 1 else 2 if word == words - 2 else 0
    return (7 * word + 3 * feature + word * feature % 5) % acts.SIZES[feature]


def softmax(x):
    e = np.exp(x - x.max(0))
    return e / e.sum(0)


class PairsReference(Reference):
    def inputs(self, s):
        return np.stack([self.word(f) + self.t["shape.rows"][data.shape(f, i == 0, b)] for i, (f, b) in enumerate(zip(s.forms, s.space_before))])

    def net(self, k, s, state, word):
        t, n = {name[6:]: v[k] for name, v in self.t.items() if name.startswith("pairs.") and v.shape[0] == len(self.t["pairs.votes"])}, len(s.forms)
        at = np.array([[number(i, f, n) for f in range(len(acts.SIZES))] for i in range(n)]) + acts.BEGIN
        names = np.array([number(i, acts.NAMES, n) > 0 for i in range(n)])
        h = np.maximum(state + np.where(names[:, None], 0, word) + t["number"][at].sum(1), 0)
        heed = softmax(h @ t["heed_word"] + t["heed_number"][at].sum(1))
        joined = np.concatenate([(heed.T @ h).ravel(), h[1], h[n - 2]])
        hidden = np.maximum(joined @ t["in"] + t["in_bias"], 0)
        out = hidden @ t["out"] + t["out_bias"]
        meant = [sigmoid(hidden[None] @ t["meant"] + t["meant_bias"])] if "meant" in t else []
        return [softmax(out[:17]), softmax(out[17:20]), softmax(out[20:23]), sigmoid(out[23:24]), sigmoid(out[24:])] + meant

    def verdict(self, s):
        votes = self.t["pairs.votes"]
        x = self.encode(s)
        scale = np.abs(x).max(1, keepdims=True) / 127
        states, words = self.product("pairs.state", np.rint(x / scale) * scale), self.product("pairs.word", self.inputs(s))
        d = states.shape[1] // len(votes)
        said = [self.net(k, s, states[:, k * d:(k + 1) * d], words[:, k * d:(k + 1) * d]) for k in range(len(votes))]
        n = len(s.forms)
        words = np.array([[number(i, f, n) for f in range(len(acts.SIZES))] for i in range(n)], np.uint8)
        at = pair_data.slots({"words": words, "lemmas": np.array([1000 * i + 7 for i in range(n)], np.uint32)})
        known = softmax(self.t["pairs.slots"][at].astype(np.int32).sum(0) * self.t["pairs.slot_scale"][0] + self.t["pairs.slot_bias"])
        said.append([0, known, 0, 0, 0])
        votes = np.concatenate([votes, [[0, self.t["pairs.slot_votes"][0], 0, 0, 0]]])
        mean = lambda kind, votes: sum(v * one[kind] for v, one in zip(votes, said) if v) / max(sum(votes), 1e-9)
        return [np.atleast_1d(mean(kind, votes[:, kind])) for kind in range(5)] + ([mean(5, self.t["pairs.meant_votes"])] if "pairs.meant_votes" in self.t else [])


if __name__ == "__main__":
    ref = PairsReference(sys.argv[1])
    for s in data.read_conllu(sys.argv[2]):
        if len(s.forms) > 3:
            print(" ".join("%.4f" % p for p in np.concatenate(ref.verdict(s))))
