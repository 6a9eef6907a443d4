"""label.py: parses the treebanks' training part and unlabelled text with the teachers, for the student to learn from.

    label.py [raw=raw.conllu]      reads teacher-*.pt and the raw file of $STANCED_TRAIN, writes labelled.pickle there
"""
import glob
import multiprocessing
import pickle

import common
import data
import distil
import fit

def label_half(half):
    part = everything[half::2]
    distil.label(teachers, part, common.say)
    return [(s.soft, s.gold["head"]) for s in part]


if __name__ == "__main__":
    cfg = common.options(dict(raw="raw.conllu", longest=80))
    common.start()
    teachers = [common.load(p) for p in sorted(glob.glob(common.work("teacher-*.pt")))]
    labels = teachers[0].labels
    prepared = fit.prepare(common.training_sentences(), labels)
    raw = [s for s in data.read_conllu(common.work(cfg["raw"])) if 3 <= len(s.forms) <= cfg["longest"]]
    for s in raw:
        s.head, s.name = [-1] * len(s.forms), ["?"] * len(s.forms)
        s.upos = s.xpos = s.feats = s.deprel = ["?"] * len(s.forms)
    raw = fit.prepare(raw, labels)
    common.say("%d teachers, %d sentences with trees, %d without" % (len(teachers), len(prepared), len(raw)))
    for name, dev in common.dev_sets(labels).items():
        common.say("teachers together, %s: %s" % (name, distil.score_together(teachers, dev)))
    everything = prepared + raw
    with multiprocessing.get_context("fork").Pool(2) as pool:  # the halves are taken over by fork, the results come back
        halves = pool.map(label_half, range(2))
    for s, (soft, head) in zip(everything[0::2] + everything[1::2], halves[0] + halves[1]):
        s.soft, s.gold["head"] = soft, head
    with open(common.work("labelled.pickle"), "wb") as out:
        pickle.dump((labels, prepared, raw), out, protocol=4)
