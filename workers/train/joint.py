"""joint.py: goes on with the student's training, now together with who said what: the encoder learns both.

    joint.py [processes=2] [budget=2600] [start=student.pt]     reads student.pt, labelled.pickle and the rows of roles
        (stance-code --roles: roles-train.tsv, roles-dev.tsv) of $STANCED_TRAIN, writes joint.pt and roles.npz there

Each step has a batch of the parser's sentences beside some articles with attributions: without them the trees fall apart.
"""
import os
import pickle
import random
import tempfile
import time

import numpy as np
import torch
import torch.multiprocessing

import common
import distil
import fit
import net
import roles
import roles_data
from student import Together


def attributions(part):
    gold = os.path.join(common.SHARED, "data", "statements", "polnear-%s.jsonl.xz" % part)
    return roles_data.load(common.work("roles-%s.tsv" % part), gold)


class Groups:
    """Endless articles, `size` at a time, in random order."""

    def __init__(self, articles, size, rng):
        self.articles, self.size, self.rng, self.queue = articles, size, rng, []

    def next(self):
        if len(self.queue) < self.size:
            self.queue = self.rng.sample(self.articles, len(self.articles))
        out, self.queue = self.queue[:self.size], self.queue[self.size:]
        return out


class Batches:
    """Endless batches of the parser's sentences."""

    def __init__(self, prepared, raw, cfg, group):
        self.prepared, self.raw, self.cfg, self.group, self.epoch, self.queue = prepared, raw, cfg, group, 0, []

    def next(self):
        if not self.queue:
            rng = random.Random(self.cfg["seed"] * 77 + self.epoch)
            sentences = self.prepared + rng.sample(self.raw, int(self.cfg["raw_share"] * len(self.raw)))
            self.queue = fit.batches(sentences, self.cfg["batch"], rng)[self.group.rank::self.group.world]
            self.epoch += 1
        return self.queue.pop()


def report(cfg, model, head, dev, labels, elapsed, losses):
    model.eval(), head.eval()
    trees = "  ".join("%s %.2f %.2f" % (k, s["upos"], s["las"]) for k, s in ((k, fit.score(model, d)) for k, d in common.dev_sets(labels).items()))
    common.say("%.0f s, losses %.3f %.3f  %s  %s" % (elapsed, *losses, roles.summary(roles.evaluate(model, head, dev, cfg["least"])), trees))


def run(rank, cfg, store):
    common.start()
    group = Together(rank, cfg["processes"], store)
    with open(common.work("labelled.pickle"), "rb") as f:
        labels, prepared, raw = pickle.load(f)
    model = common.load(common.work(cfg["start"]))
    torch.manual_seed(cfg["seed"])
    head = roles.Roles(model.cfg["width"], drop=cfg["role_drop"])
    torch.manual_seed(cfg["seed"] * 100 + rank)
    train, dev = attributions("train"), attributions("dev") if rank == 0 else []
    common.say("%d articles with %d attributions" % (len(train), sum(len(a.pairs) for a in train)))
    groups, batches = Groups(train, cfg["articles"], random.Random(cfg["seed"] * 10 + rank)), Batches(prepared, raw, cfg, group)
    parts = [{"params": [p for p in model.parameters() if p.requires_grad], "rate": cfg["lr"]},
             {"params": list(head.parameters()), "rate": cfg["role_lr"], "weight_decay": 1e-4}]
    params = [p for g in parts for p in g["params"]]
    opt = torch.optim.AdamW(parts, weight_decay=0, betas=(0.9, 0.97))
    average, step, begun, elapsed, told, losses = fit.Average(params), 0, time.time(), 0.0, 0.0, np.zeros(2)
    while elapsed <= cfg["budget"]:
        model.train(), head.train()
        for g in opt.param_groups:
            g["lr"] = fit.rate_at(g["rate"], step, elapsed / cfg["budget"])
        sentences = batches.next()
        batch = net.Batch(sentences, model.vocab, model.labels)
        batch.sentences = sentences
        trees = distil.mixed_loss(model, batch)
        articles = groups.next()
        x = model.encode(net.Batch([s for a in articles for s in a.sentences], model.vocab, model.labels))
        said = head.loss(roles.Words(articles, x), articles)
        opt.zero_grad(set_to_none=True)
        (trees + cfg["role_weight"] * said).backward()
        elapsed = group.share(params, time.time() - begun)
        torch.nn.utils.clip_grad_norm_(params, 5.0)
        opt.step()
        step += 1
        average.add(step)
        losses = 0.99 * losses + 0.01 * np.array([float(trees), float(said)])
        if rank == 0 and (elapsed - told > cfg["every"] or elapsed > cfg["budget"]):
            told = elapsed
            average.swap()
            report(cfg, model, head, dev, labels, elapsed, losses)
            model.cfg["joint_minutes"] = elapsed / 60
            common.save(model, common.work(cfg["out"]))
            np.savez(common.work("roles.npz"), **roles.tensors(head))
            torch.save(head.state_dict(), common.work("roles.pt"))
            average.swap()


if __name__ == "__main__":
    cfg = common.options(dict(processes=2, budget=2600.0, start="student.pt", lr=1.5e-3, role_lr=3e-3, batch=900, articles=1, role_weight=0.25,
                              role_drop=0.35, raw_share=0.33, least=0.4, every=300.0, seed=1, out="joint.pt"))
    os.environ["OMP_NUM_THREADS"] = "1"
    store = os.path.join(tempfile.mkdtemp(), "store")
    torch.multiprocessing.spawn(run, args=(cfg, store), nprocs=cfg["processes"])
