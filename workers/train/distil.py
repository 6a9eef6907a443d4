"""distil.py: what teachers think of sentences, and a student that learns it beside the gold trees.

Soft targets are sparse: for each word the MOST likely classes and their probabilities, averaged over the teachers.
"""
import numpy as np
import torch
import torch.nn.functional as F

import fit
import net

MOST = {"upos": 3, "feats": 3, "name": 3, "deprel": 3, "head": 4}


@torch.no_grad()
def label(teachers, sentences, log=print):
    """Sets s.soft of prepared sentences, and gold head and relation where they have none (the teachers' best)."""
    for t in teachers:
        t.eval()
    labels = teachers[0].labels
    order = sorted(range(len(sentences)), key=lambda i: len(sentences[i]))
    for at in range(0, len(order), 96):
        part = [sentences[i] for i in order[at:at + 96]]
        sums = {}
        batches = [net.Batch(part, t.vocab, labels) for t in teachers]
        outs = [t(b) for t, b in zip(teachers, batches)]
        for b, out in zip(batches, outs):
            p = {k: out[k].softmax(1) for k in ("upos", "feats", "name")}
            p["head"] = out["arcs"][b.inside].softmax(1)
            for k, v in p.items():
                sums[k] = sums.get(k, 0) + v / len(teachers)
        gold = batches[0].gold["head"]
        heads = torch.where(gold >= 0, gold, sums["head"].argmax(1))
        for t, b, out in zip(teachers, batches, outs):
            p = t.relations(out, b, b.head_rows(heads)).softmax(1)
            sums["deprel"] = sums.get("deprel", 0) + p / len(teachers)
        best = {k: v.topk(min(MOST[k], v.shape[1]), 1) for k, v in sums.items()}
        at_word = 0
        for s in part:
            r = slice(at_word, at_word + len(s))
            at_word += len(s)
            s.soft = {k: (v.indices[r].numpy().astype(np.int16), v.values[r].numpy().astype(np.float16)) for k, v in best.items()}
            if s.gold["head"][0] < 0:
                s.gold["head"] = heads[r].tolist()
        if log and at // 96 % 50 == 0:
            log("labelled %d of %d sentences" % (at + len(part), len(order)))


@torch.no_grad()
def score_together(teachers, sentences):
    """UPOS and LAS of the averaged teachers."""
    base = [x.split(":")[0] for x in teachers[0].labels["deprel"]]
    copies = [s.copy() for s in sentences]
    for s in copies:
        s.gold = dict(s.gold, head=[fit.IGNORE] * len(s))
    label(teachers, copies, None)
    n = upos = las = 0
    for s, c in zip(sentences, copies):
        for i in range(len(s)):
            n += 1
            upos += c.soft["upos"][0][i][0] == s.gold["upos"][i]
            rel = s.gold["deprel"][i]
            las += c.gold["head"][i] == s.gold["head"][i] and rel != fit.IGNORE and base[c.soft["deprel"][0][i][0]] == base[rel]
    return "upos %.2f las %.2f" % (100 * upos / n, 100 * las / n)


def soft_loss(scores, sentences, task):
    """Cross-entropy against the teachers' distribution over their MOST likely classes."""
    idx = torch.from_numpy(np.concatenate([pad(s.soft[task][0], MOST[task]) for s in sentences]).astype(np.int64))
    p = torch.from_numpy(np.concatenate([pad(s.soft[task][1], MOST[task]) for s in sentences]).astype(np.float32))
    p = p / p.sum(1, keepdim=True)
    return -(p * F.log_softmax(scores, 1).gather(1, idx.clamp(max=scores.shape[1] - 1))).sum(1)


def pad(a, width):
    return a if a.shape[1] == width else np.pad(a, ((0, 0), (0, width - a.shape[1])))


def mixed_loss(model, batch, gold_share=0.5, weights=(("upos", 0.5), ("feats", 0.4), ("name", 0.6))):
    """Gold classes where there are any, the teachers' beside them, and theirs alone elsewhere."""
    out, g, part = model(batch), batch.gold, batch.sentences
    total = 0.0

    def both(scores, task):
        soft = soft_loss(scores, part, task)
        has = g[task] != fit.IGNORE
        if task == "head":  # of unlabelled sentences it is the teachers' own
            has = torch.from_numpy(np.repeat([s.labelled for s in part], batch.lengths))
        hard = F.cross_entropy(scores, g[task], ignore_index=fit.IGNORE, reduction="none")
        return torch.where(has, gold_share * hard + (1 - gold_share) * soft, soft).mean()

    for task, weight in weights:
        total = total + weight * both(out[task], task)
    xpos = g["xpos"]
    if bool((xpos != fit.IGNORE).any()):
        total = total + 0.2 * F.cross_entropy(out["xpos"], xpos, ignore_index=fit.IGNORE)
    total = total + both(out["arcs"][batch.inside], "head")
    return total + both(model.relations(out, batch, batch.head_rows(g["head"])), "deprel")
