"""fit.py: trains a network on treebanks; used by the teachers and the student."""
import collections
import math
import random
import time

import torch
import torch.nn.functional as F

import data
import net

IGNORE = -1
TASKS = {"upos": 0.4, "xpos": 0.3, "feats": 0.3, "name": 0.6}


def collect_labels(sentences, least=3):
    labels = {}
    for k in ("upos", "xpos", "feats", "deprel"):
        c = collections.Counter(x for s in sentences for x in getattr(s, k))
        labels[k] = sorted(x for x in c if c[x] >= (1 if k == "upos" else least))
    labels["name"] = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
    return labels


def prepare(sentences, labels):
    """Adds keys, shapes and gold classes to sentences."""
    index = {k: {x: i for i, x in enumerate(v)} for k, v in labels.items()}
    out = []
    for s in sentences:
        p = Prepared()
        p.forms, p.doc = s.forms, s.doc
        p.keys = [data.normal(f) for f in s.forms]
        p.shapes = [data.shape(f, i == 0, b) for i, (f, b) in enumerate(zip(s.forms, s.space_before))]
        p.gold = {k: [index[k].get(x, IGNORE) for x in getattr(s, k)] for k in ("upos", "xpos", "feats", "deprel")}
        p.gold["name"] = [index["name"].get(x, IGNORE) for x in s.name]
        p.gold["head"] = list(s.head)
        p.soft, p.labelled = None, s.head[0] >= 0
        out.append(p)
    return out


class Prepared:
    __slots__ = ("forms", "doc", "keys", "shapes", "gold", "soft", "labelled")

    def copy(self):
        p = Prepared()
        for k in self.__slots__:
            setattr(p, k, getattr(self, k))
        return p

    def __len__(self):
        return len(self.forms)


def batches(sentences, size, rng):
    """Lists of sentences of similar length, about `size` words each, in random order."""
    order = sorted(sentences, key=lambda s: len(s) + rng.random() * 6)
    out, now, words = [], [], 0
    for s in order:
        now.append(s)
        words += len(s)
        if words >= size:
            out.append(now)
            now, words = [], 0
    if now:
        out.append(now)
    rng.shuffle(out)
    return out


def loss_of(model, batch):
    out, g = model(batch), batch.gold
    total = 0.0
    for k, weight in TASKS.items():
        if bool((g[k] != IGNORE).any()):
            total = total + weight * F.cross_entropy(out[k], g[k], ignore_index=IGNORE)
    arcs = out["arcs"][batch.inside]  # [n, t + 1], rows in order
    has = g["head"] >= 0
    if bool(has.any()):
        total = total + F.cross_entropy(arcs[has], g["head"][has])
        rel = model.relations(out, batch, batch.head_rows(g["head"].clamp(min=0)))
        total = total + F.cross_entropy(rel, g["deprel"], ignore_index=IGNORE)
    return total


@torch.no_grad()
def predict(model, sentences, size=4000):
    """Yields (sentence, heads, relations, {task: classes}) in order."""
    model.eval()
    for i in range(0, len(sentences), 64):
        part = sentences[i:i + 64]
        b = net.Batch(part, model.vocab, model.labels)
        out = model(b)
        heads = out["arcs"][b.inside].argmax(1)
        rel = model.relations(out, b, b.head_rows(heads)).argmax(1)
        tags = {k: out[k].argmax(1) for k in model.tags}
        for s, f in zip(part, b.first):
            r = slice(int(f), int(f) + len(s))
            yield s, heads[r].numpy(), rel[r].numpy(), {k: t[r].numpy() for k, t in tags.items()}


def score(model, sentences):
    base = [x.split(":")[0] for x in model.labels["deprel"]]
    n = upos = feats = uas = las = 0
    for s, heads, rel, tags in predict(model, sentences):
        g = s.gold
        for i in range(len(s)):
            n += 1
            upos += tags["upos"][i] == g["upos"][i]
            feats += tags["feats"][i] == g["feats"][i]
            if heads[i] == g["head"][i]:
                uas += 1
                las += g["deprel"][i] != IGNORE and base[rel[i]] == base[g["deprel"][i]]
    return {"upos": 100 * upos / n, "feats": 100 * feats / n, "uas": 100 * uas / n, "las": 100 * las / n}


class Alone:
    """How one process of several shares its gradients: this one has no others."""
    rank, world = 0, 1

    def share(self, params, elapsed):
        return elapsed


def rate_at(lr, step, done):
    """Warm-up over 200 steps, then half a cosine; done: 0 to 1."""
    return lr * min(1, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * min(1, done)))


class Average:
    """An exponential moving average of the weights, which is what is kept."""

    def __init__(self, params):
        self.params, self.now = params, None
        self.values = [p.detach().clone() for p in params]

    def add(self, step):
        decay = min(0.999, step / (step + 10))
        torch._foreach_mul_(self.values, decay)
        torch._foreach_add_(self.values, [p.detach() for p in self.params], alpha=1 - decay)

    @torch.no_grad()
    def swap(self):
        """Puts the average into the model, or back what was there."""
        values, self.now = (self.values, [p.detach().clone() for p in self.params]) if self.now is None else (self.now, None)
        for p, v in zip(self.params, values):
            p.copy_(v)


def train(model, sentences_of, devs, cfg, loss=loss_of, log=print, group=Alone()):
    """Adam until cfg["epochs"] or cfg["budget"] seconds are over; ends with the averaged weights.

    sentences_of(epoch) gives the sentences of an epoch. devs: name -> prepared sentences, scored every cfg["every"] epochs.
    """
    params = [p for p in model.parameters() if p.requires_grad]
    opt = torch.optim.Adam(params, lr=cfg["lr"], betas=(0.9, 0.95))
    average, step, begun, elapsed = Average(params), 0, time.time(), 0.0
    for epoch in range(cfg["epochs"]):
        model.train()
        sums, parts = 0.0, batches(sentences_of(epoch), cfg["batch"], random.Random(cfg["seed"] * 1000 + epoch))
        parts = parts[:len(parts) // group.world * group.world][group.rank::group.world]
        for part in parts:
            done = max((epoch + (step % len(parts)) / len(parts)) / cfg["epochs"], elapsed / cfg["budget"])
            for g in opt.param_groups:
                g["lr"] = rate_at(cfg["lr"], step, done)
            batch = net.Batch(part, model.vocab, model.labels)
            batch.sentences = part
            l = loss(model, batch)
            opt.zero_grad(set_to_none=True)
            l.backward()
            elapsed = group.share(params, time.time() - begun)
            torch.nn.utils.clip_grad_norm_(params, 5.0)
            opt.step()
            sums, step = sums + float(l), step + 1
            average.add(step)
            if elapsed > cfg["budget"]:
                break
        last = epoch == cfg["epochs"] - 1 or elapsed > cfg["budget"]
        if group.rank == 0 and ((epoch + 1) % cfg["every"] == 0 or last):
            average.swap()
            scores = "  ".join("%s %s" % (k, " ".join("%s %.2f" % kv for kv in score(model, d).items())) for k, d in devs.items())
            log("epoch %d, %.0f s, loss %.3f  %s" % (epoch + 1, elapsed, sums / len(parts), scores))
            average.swap()
        if last:
            break
    average.swap()
    return model
