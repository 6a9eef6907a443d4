"""joint.py: goes on with training, now together with who said what and, in a second run, with who does what to whom: the encoder
learns all of it.

    joint.py [start=student.pt] [roles=FILE.pt] [pairs=FILE.stm] [without=FOLD] [out=joint] [processes=2] [budget=2600] [lr=1.5e-3] ...
        reads the network `start`, labelled.pickle and the rows of roles (stance-code --roles: roles-train.tsv, roles-dev.tsv) of
        $STANCED_TRAIN, writes OUT.pt, OUT-roles.pt and OUT-roles.npz there.
        roles=: goes on with these instead of new ones.
        pairs=: also learns pairs, as this model finds them, with the nets that acts.py left (or new ones), and leaves them for its
        resume=1. Of those of without=0 to 4 the stories are left out, as acts.py leaves them out, and it is said how right they are.

Each step has a batch of the parser's sentences beside some articles with attributions and some pairs: without them the trees fall apart.
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
import joint_pairs
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


def report(cfg, model, head, pairs, dev, labels, elapsed, step, losses):
    for part in (model, head, pairs):
        part.eval()
    trees = "  ".join("%s %.2f %.2f" % (k, s["upos"], s["las"]) for k, s in ((k, fit.score(model, d)) for k, d in common.dev_sets(labels).items()))
    common.say("%.0f s, %d steps, losses %.3f %.3f %.3f  %s  %s  %s" % (elapsed, step, *losses, roles.summary(roles.evaluate(model, head, dev, cfg["least"])), trees,
                                                                       pairs.report(model)))


def run(rank, cfg, store):
    common.start()
    group = Together(rank, cfg["processes"], store)
    with open(common.work("labelled.pickle"), "rb") as f:
        labels, prepared, raw = pickle.load(f)
    model = common.load(common.work(cfg["start"]))
    torch.manual_seed(cfg["seed"])
    head, pairs = roles.Roles(model.cfg["width"], drop=cfg["role_drop"]), joint_pairs.Pairs(model.cfg["width"], cfg)
    if cfg["roles"]:
        head.load_state_dict(torch.load(common.work(cfg["roles"])))
    torch.manual_seed(cfg["seed"] * 100 + rank)
    train, dev = attributions("train"), attributions("dev") if rank == 0 else []
    common.say("%d articles with %d attributions" % (len(train), sum(len(a.pairs) for a in train)))
    rng = random.Random(cfg["seed"] * 10 + rank)
    groups, batches = Groups(train, cfg["articles"], rng), Batches(prepared, raw, cfg, group)
    pair_groups = {kind: Groups(rows, cfg[kind], rng) for kind, rows in pairs.rows.items()}
    parts = [{"params": [p for p in model.parameters() if p.requires_grad], "rate": cfg["lr"]},
             {"params": list(head.parameters()), "rate": cfg["role_lr"], "weight_decay": 1e-4},
             {"params": list(pairs.parameters()), "rate": cfg["pair_lr"], "weight_decay": 1e-2}]
    params = [p for g in parts for p in g["params"]]
    opt = torch.optim.AdamW(parts, weight_decay=0, betas=(0.9, 0.97))
    average, step, begun, elapsed, told, losses = fit.Average(params), 0, time.time(), 0.0, 0.0, np.zeros(3)
    while elapsed <= cfg["budget"]:
        for part in (model, head, pairs):
            part.train()
        for g in opt.param_groups:
            g["lr"] = fit.rate_at(g["rate"], step, elapsed / cfg["budget"])
        sentences = batches.next()
        batch = net.Batch(sentences, model.vocab, model.labels)
        batch.sentences = sentences
        trees = distil.mixed_loss(model, batch)
        articles = groups.next()
        x = model.encode(net.Batch([s for a in articles for s in a.sentences], model.vocab, model.labels))
        said = head.loss(roles.Words(articles, x), articles)
        done = pairs.loss(model, {kind: g.next() for kind, g in pair_groups.items()})
        opt.zero_grad(set_to_none=True)
        (trees + cfg["role_weight"] * said + cfg["pair_weight"] * done).backward()
        elapsed = group.share(params, time.time() - begun)
        torch.nn.utils.clip_grad_norm_(params, 5.0)
        opt.step()
        step += 1
        average.add(step)
        losses = 0.99 * losses + 0.01 * np.array([float(trees), float(said), float(done)])
        if rank == 0 and (elapsed - told > cfg["every"] or elapsed > cfg["budget"]):
            told = elapsed
            average.swap()
            report(cfg, model, head, pairs, dev, labels, elapsed, step, losses)
            model.cfg.update({"pair_minutes": elapsed / 60 * cfg["processes"]} if cfg["pairs"] else {"joint_minutes": elapsed / 60})
            common.save(model, common.work(cfg["out"] + ".pt"))
            np.savez(common.work(cfg["out"] + "-roles.npz"), **roles.tensors(head))
            torch.save(head.state_dict(), common.work(cfg["out"] + "-roles.pt"))
            pairs.save()
            average.swap()


if __name__ == "__main__":
    cfg = common.options(dict(processes=2, budget=2600.0, start="student.pt", lr=1.5e-3, role_lr=3e-3, batch=900, articles=1, role_weight=0.25,
                              role_drop=0.35, raw_share=0.33, least=0.4, every=300.0, seed=1, out="joint", roles="", pairs="", without=-1,
                              code=os.path.join(common.ROOT, "build/stance-code"), pair_weight=0.5, pair_lr=1.5e-3, acts=48, stance=48, target=32, nets=3, sign=1.8))
    os.environ["OMP_NUM_THREADS"] = "1"
    joint_pairs.prepare(cfg)
    store = os.path.join(tempfile.mkdtemp(), "store")
    torch.multiprocessing.spawn(run, args=(cfg, store), nprocs=cfg["processes"])
