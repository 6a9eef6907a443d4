"""student.py: trains the network that ships, on the treebanks and on what the teachers say of them and of unlabelled text.

    student.py [processes=2] [budget=3000]      reads labelled.pickle of $STANCED_TRAIN, writes student.pt there
"""
import os
import pickle
import random
import tempfile

import torch
import torch.distributed as dist
import torch.multiprocessing

import common
import distil
import fit


class Together:
    """Processes that share their gradients, so that they train one network."""

    def __init__(self, rank, world, store):
        self.rank, self.world = rank, world
        if world > 1:
            dist.init_process_group("gloo", init_method="file://" + store, rank=rank, world_size=world)

    def share(self, params, elapsed):
        if self.world == 1:
            return elapsed
        for p in params:
            if p.grad is None:
                p.grad = torch.zeros_like(p)
        flat = torch.cat([p.grad.reshape(-1) for p in params] + [torch.tensor([elapsed])])
        dist.all_reduce(flat)
        flat /= self.world
        at = 0
        for p in params:
            p.grad.copy_(flat[at:at + p.numel()].view_as(p))
            at += p.numel()
        return float(flat[-1])


def run(rank, cfg, store):
    common.start()
    group = Together(rank, cfg["processes"], store)
    torch.manual_seed(cfg["seed"])
    with open(common.work("labelled.pickle"), "rb") as f:
        labels, prepared, raw = pickle.load(f)
    model = common.build(cfg, labels, common.count(prepared))
    if cfg["start"]:
        model.load_state_dict(torch.load(common.work(cfg["start"]))["state"], strict=False)
    torch.manual_seed(cfg["seed"] * 100 + rank)  # dropout differs, the weights do not

    def sentences_of(epoch):
        rng = random.Random(cfg["seed"] * 77 + epoch)
        return prepared + rng.sample(raw, int(cfg["raw_share"] * len(raw)))

    if rank == 0:
        common.say("parameters: %d" % sum(p.numel() for p in model.parameters() if p.requires_grad))
    fit.train(model, sentences_of, common.dev_sets(labels) if rank == 0 else {}, cfg, loss=distil.mixed_loss, log=common.say, group=group)
    if rank == 0:
        common.save(model, common.work(cfg["out"]))


if __name__ == "__main__":
    cfg = common.options(dict(width=192, windows=1, layers=5, arc=128, rel=96, embed=64, kept=60000, trained_from=2, drop=0.1, embed_drop=0.05,
                              word_drop=0.25, fast=1, lr=4e-3, batch=600, epochs=200, budget=3000.0, every=2, seed=5, raw_share=0.33,
                              processes=2, start="", out="student.pt"))
    os.environ["OMP_NUM_THREADS"] = "1"
    store = os.path.join(tempfile.mkdtemp(), "store")
    torch.multiprocessing.spawn(run, args=(cfg, store), nprocs=cfg["processes"])
