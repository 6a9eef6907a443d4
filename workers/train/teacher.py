"""teacher.py: trains one teacher: the student's kind of network, wider, with all word vectors, on EWT and GUM.

    teacher.py seed=1 layers=4      writes teacher-SEED.pt into $STANCED_TRAIN
"""
import torch

import common
import fit

if __name__ == "__main__":
    cfg = common.options(dict(width=400, windows=1, layers=4, arc=256, rel=192, embed=80, kept=341479, trained_from=2, drop=0.3, embed_drop=0.2,
                              word_drop=0.25, fast=1, lr=3e-3, batch=1200, epochs=40, budget=1800.0, every=2, seed=1, start=""))
    common.start()
    torch.manual_seed(cfg["seed"])
    sentences = common.training_sentences()
    labels = fit.collect_labels(sentences)
    prepared = fit.prepare(sentences, labels)
    model = common.build(cfg, labels, common.count(prepared))
    if cfg["start"]:  # goes on with an earlier one of the same sizes
        model.load_state_dict(torch.load(common.work(cfg["start"]))["state"], strict=False)
    fit.train(model, lambda epoch: prepared, common.dev_sets(labels), cfg, log=common.say)
    common.save(model, common.work("teacher-%d.pt" % cfg["seed"]))
