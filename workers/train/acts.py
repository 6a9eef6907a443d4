"""acts.py: trains the nets of workers/stances/scorer.h on frozen states of a model: what a source does to a target, how it stands to
it, whether its sentence is mostly about that, and who is meant by an act. Writes their tensors, for export.py; or, with cv=N, only says
how right they are on pairs of stories that they did not learn from (N of five folds).

    acts.py [model=FILE.stm] [code=build/stance-code] [cv=0] [nets=3] [stance_nets=1] [target_nets=1]
             [resume=0] [without=FOLD] [out=acts.npz]

With without=0 to 4, that fold's stories are left out of training and their texts written to $STANCED_TRAIN/without.jsonl (those with
one of five classes also to without.tsv): what the program as a whole says of them was not learned by heart.
"""
import collections
import json
import os
import re
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import common
import export
import pair_data

ACTS = "STATE AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE COERCE ASSAULT".split()
QUAD = {a: i for i, names in enumerate(("STATE", "AGREE CONSULT SUPPORT", "COOPERATE AID CONCEDE RETREAT YIELD", "ACCUSE REQUEST REJECT THREATEN",
                                        "PROTEST SANCTION MOBILIZE COERCE ASSAULT")) for a in names.split()}
SIZES = pair_data.SIZES
BEGIN = np.concatenate([[0], np.cumsum(SIZES)[:-1]])
NAMES, MARKED = 0, 10  # numbers: of source or target; of the pair's cue
# Outputs, as struct verdict has them; "toward" is only learned, because sentiment toward a person is of some help.
OUTS = {"acts": (0, 17), "stance": (17, 20), "event_stance": (20, 23), "main": (23, 24), "event": (24, 25), "toward": (25, 28), "meant": (28, 29)}
SHIPPED = 25        # of them in one table; "meant" has its own, which older model files lack
HEART = 0.3         # what slots are multiplied with, so that they learn as fast as they should
HEART_VOTES = 1.0   # of what is known by heart, beside 1 of each net


class Scorer(nn.Module):
    def __init__(self, width, channels=96, heeds=4, hidden=96, drop=0.3):
        super().__init__()
        self.take = nn.Linear(2 * width, channels)
        self.number = nn.Parameter(torch.randn(SIZES.sum(), channels) * 0.1)
        self.heed_number = nn.Parameter(torch.randn(SIZES.sum(), heeds) * 0.1)
        self.heed_word = nn.Linear(channels, heeds)
        self.none = nn.Parameter(torch.zeros(2, channels))
        self.inner = nn.Linear(channels * (heeds + 2), hidden)
        self.out = nn.Linear(hidden, max(end for _, end in OUTS.values()))
        self.drop = drop

    def forward(self, b):
        drop = lambda t: F.dropout(t, self.drop, self.training)
        h = drop(F.relu(self.take(drop(b.words)) + F.embedding_bag(b.numbers, self.number, mode="sum")))
        heed = self.heed_word(h) + F.embedding_bag(b.numbers, self.heed_number, mode="sum")
        heed = heed[b.rows].masked_fill(~b.inside[..., None], -1e9).softmax(1)
        summed = torch.einsum("btk,btd->bkd", heed, h[b.rows]).flatten(1)
        ends = [torch.where((at >= 0)[:, None], h[at.clamp(0)], self.none[i]) for i, at in enumerate((b.source, b.target))]
        return self.out(drop(F.relu(self.inner(torch.cat([summed] + ends, 1)))))


class Batch:
    def __init__(self, rows, cue_drop=0.0, states=None, inputs=None):
        """Of the rows' own states and inputs, or of those given (tensors of all their words)."""
        lengths = np.array([len(r["words"]) for r in rows])
        first, col = np.cumsum(lengths) - lengths, np.arange(lengths.max())
        join = lambda k: np.concatenate([r[k] for r in rows])
        numbers = join("words").astype(np.int64)
        if states is None:
            states, inputs = (torch.from_numpy(join(a).astype(np.float32) * join(b)[:, None]) for a, b in (("states", "state_scale"), ("inputs", "input_scale")))
        inputs = inputs * torch.from_numpy(numbers[:, NAMES] == 0)[:, None]
        unmarked = np.array(["meant" not in r for r in rows]) & (np.random.rand(len(rows)) < cue_drop)  # who is meant, only the cue tells
        numbers[np.repeat(unmarked, lengths), MARKED] = 0
        self.words, self.numbers = torch.cat([states, inputs], 1), torch.from_numpy(numbers + BEGIN)
        self.inside = torch.from_numpy(col[None] < lengths[:, None])
        self.rows = torch.from_numpy(np.where(col[None] < lengths[:, None], first[:, None] + col, 0))
        self.source, self.target = (torch.tensor([f + r[k] if r[k] >= 0 else -1 for f, r in zip(first, rows)]) for k in ("source_word", "target_word"))


def part(out, name):
    return out[:, OUTS[name][0]:OUTS[name][1]]


def loss_of(out, rows, sign_weight):
    """Of each row what is known of it. Several acts may be right."""
    total, one_of = 0.0, torch.zeros(len(rows), len(ACTS), dtype=torch.bool)
    for i, r in enumerate(rows):
        for a in r.get("acts", ()):
            one_of[i, ACTS.index(a)] = True
    some = one_of.any(1)
    if some.any():
        weight = torch.tensor([1.0 if r["kind"] == "plover" else 0.5 for r in rows])[some]
        right = part(out, "acts").log_softmax(1).masked_fill(~one_of, -1e9).logsumexp(1)[some]
        total = total - (right * weight).sum()
    for name, kinds, weight in (("event_stance", ("event", "found", "guess"), 0.3), ("stance", ("dse-train",), 1.0), ("toward", ("toward",), 0.5)):
        at = [i for i, r in enumerate(rows) if r["kind"] in kinds and r.get("stance") is not None]
        if at:
            signs = torch.tensor([rows[i]["stance"] + 1 for i in at])
            total = total + weight * F.cross_entropy(part(out, name)[at], signs, torch.tensor([sign_weight, 1.0, sign_weight]), reduction="sum")
    for name, weight in (("main", 0.3), ("event", 0.3), ("meant", 1.0)):
        at = [i for i, r in enumerate(rows) if name in r]
        if at:
            is_so = torch.tensor([float(rows[i][name]) for i in at])
            total = total + weight * F.binary_cross_entropy_with_logits(part(out, name)[at, 0], is_so, reduction="sum")
    return total / len(rows)


def batches(rows, size, epochs):
    """Rows of about one length together."""
    for _ in range(epochs):
        order = np.random.permutation(len(rows))
        groups = [sorted(order[k:k + 16 * size], key=lambda i: len(rows[i]["words"])) for k in range(0, len(order), 16 * size)]
        parts = [g[k:k + size] for g in groups for k in range(0, len(g), size)]
        np.random.shuffle(parts)
        yield from parts


def train(rows, epochs, size=32, rate=2e-3, sign_weight=1.0):
    model = Scorer(rows[0]["states"].shape[1])
    opt = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=1e-2)
    steps = epochs * len(rows) / size
    for step, at in enumerate(batches(rows, size, epochs)):
        some = [rows[i] for i in at]
        loss = loss_of(model(Batch(some, 0.6)), some, sign_weight)
        for g in opt.param_groups:
            g["lr"] = rate * min(1, step / 200) * max(0.02, 1 - step / steps)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        opt.step()
    return model.eval()


def probabilities(out):
    """Of all outputs, in their places."""
    one_of = ("acts", "stance", "event_stance", "toward")
    return torch.cat([part(out, n).softmax(1) if n in one_of else part(out, n).sigmoid() for n in OUTS], 1)


@torch.no_grad()
def ask(models, rows, with_cue):
    """Averaged probabilities."""
    total = 0
    for m in models:
        outs = []
        for k in range(0, len(rows), 64):
            outs.append(probabilities(m(Batch(rows[k:k + 64], 0.0 if with_cue else 2.0))))
        total = total + torch.cat(outs)
    return (total / len(models)).numpy()


def macro(gold, said):
    f = []
    for c in sorted(set(gold)):
        tp = sum(g == c == s for g, s in zip(gold, said))
        f.append(2 * tp / (sum(g == c for g in gold) + sum(s == c for s in said)))
    return sum(f) / len(f)


def fifteen(p):
    """Acts as the PLOVER pairs have them, from probabilities of all."""
    p = p[:, :17].copy()
    p[:, 0] *= p[:, 0] > 0.5
    p[:, 7] += p[:, 4]
    p[:, 4] = 0
    return ["YIELD" if ACTS[i] == "RETREAT" else ACTS[i] for i in p.argmax(1)]


def gold_fifteen(r):
    return "YIELD" if r["acts"][0] in ("CONCEDE", "RETREAT") else r["acts"][0]


def learn_by_heart(rows, sign_weight, epochs=8, drop=0.3, rate=3e-3, size=64):
    """A table of stances by slot [SLOTS][3] and a bias: what single words in certain places say, without any net. It remembers rare
    words and whole sentences, which nets on frozen states do not."""
    rows = [r for r in rows if r["kind"] == "dse-train"]
    slots, signs = [pair_data.slots(r) for r in rows], torch.tensor([r["stance"] + 1 for r in rows])
    table, bias = nn.EmbeddingBag(pair_data.SLOTS, 3, mode="sum"), nn.Parameter(torch.zeros(3))
    nn.init.zeros_(table.weight)
    opt = torch.optim.Adam([table.weight, bias], lr=rate)
    for _ in range(epochs):
        order = np.random.permutation(len(rows))
        for at in range(0, len(rows), size):
            some = order[at:at + size]
            bags = [s[np.random.rand(len(s)) >= drop] for s in (slots[i] for i in some)]
            starts = np.cumsum([0] + [len(b) for b in bags[:-1]])
            out = table(torch.from_numpy(np.concatenate(bags)), torch.from_numpy(starts)) * HEART + bias
            loss = F.cross_entropy(out, signs[some], torch.tensor([sign_weight, 1.0, sign_weight])) + 1e-5 * (table.weight ** 2).sum()
            opt.zero_grad()
            loss.backward()
            opt.step()
    return table.weight.detach().numpy() * HEART * (1 - drop), bias.detach().numpy()


def ask_heart(heart, rows):
    out = np.stack([heart[0][pair_data.slots(r)].sum(0) + heart[1] for r in rows])
    e = np.exp(out - out.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def net(cfg, name, rows, epochs, *how):
    """A trained net; with resume=1 the one that an earlier run left, if it did."""
    path = common.work(name + ".pt")
    if cfg["resume"] and os.path.exists(path):
        model = Scorer(rows[0]["states"].shape[1])
        model.load_state_dict(torch.load(path))
        return model.eval()
    model = train(rows, epochs, *how)
    torch.save(model.state_dict(), path)
    common.say(name)
    return model


def folds_of(story):
    """Five folds of stories."""
    names = sorted(set(story.values()))
    number = dict(zip(names, np.random.RandomState(0).randint(0, 5, len(names))))
    return {doc: number[s] for doc, s in story.items()}


def leave_out(rows, fold, which, texts):
    """The rows of the other folds; writes the annotated texts of this one."""
    left = {d: t for d, t in texts.items() if fold[d] == which}
    known = [line.rsplit("\t", 1) for line in pair_data.lines("cameo-class-train.tsv")]
    with open(common.work("without.tsv"), "w", encoding="utf-8") as f:
        f.writelines("%s\t%s\n" % (t, c) for t, c in known if t in set(left.values()))
    with open(common.work("without.jsonl"), "w", encoding="utf-8") as f:
        f.writelines(json.dumps({"id": d, "body": t}) + "\n" for d, t in left.items())
    return [r for r in rows if fold[r["doc"]] != which]


def load_acts(code, model):
    texts, rows = {}, []
    for source in (pair_data.plover, pair_data.annotated):
        for text, some in source():
            for r in some:
                texts[r["doc"]] = text
                rows.append(r)
    events = [r for r in rows if r["kind"] == "event"]
    rows += pair_data.found(code, model, {r["doc"]: texts[r["doc"]] for r in events}, events)
    rows = [r for r in rows if r["source"] or r["target"]]
    return [r for r in pair_data.see(code, model, texts, rows) if "words" in r], folds_of(pair_data.stories(texts)), texts


def load_targets(code, model):
    """Who is meant, of all events that annotators have; folds; texts."""
    texts, events = {}, []
    for text, some in pair_data.annotated():
        for r in some:
            texts[r["doc"]] = text
            events.append(r)
    rows = [r for r in pair_data.candidates(code, model, texts, events) if r["source"] or r["target"]]
    more = {r["doc"]: text for text, some in pair_data.plover() for r in some}  # stories as load_acts() has them
    return [r for r in pair_data.see(code, model, texts, rows) if "words" in r], folds_of(pair_data.stories({**more, **texts})), texts


def load_stances(code, model, reverse=0.3):
    """Of sentences with two directions the one that is asked for, and some of the others."""
    texts, rows, rest, dev = {}, [], [], []
    for name in ("dse-train", "dse-valid"):
        for text, (first, second) in pair_data.directed(name):
            texts[first["doc"]] = text
            (dev if name == "dse-valid" else rows).append(first)
            if name == "dse-train" and np.random.rand() < reverse:
                rest.append(second)
    for text, some in pair_data.toward():
        for r in some:
            texts[r["doc"]] = text
            rest.append(r)
    known = {re.sub(r"\W+", "", texts[r["doc"]].lower()) for r in rows}
    for r in dev:
        r["seen"] = re.sub(r"\W+", "", texts[r["doc"]].lower()) in known
    pair_data.see(code, model, texts, rows + rest + dev)
    return [r for r in rows + rest if "words" in r], [r for r in dev if "words" in r], texts


def cross_validate(rows, fold, folds, nets, epochs, keep):
    gold, said, of_events, said_events, said_cue = [], [], [], [], []
    for k in range(folds):
        begun = time.time()
        test = [r for r in rows if fold[r["doc"]] == k]
        models = [train([r for r in rows if fold[r["doc"]] != k], epochs) for _ in range(nets)]
        for r, p, q in zip(test, ask(models, test, False), ask(models, test, True)):
            r["said"], r["said_cue"] = p, q
        pairs, events = ([r for r in test if r["kind"] == kind] for kind in ("plover", "event"))
        gold += [gold_fifteen(r) for r in pairs]
        said += fifteen(np.array([r["said"] for r in pairs]))
        of_events += [r["acts"][0] for r in events]
        said_events += [ACTS[r["said"][:17].argmax()] for r in events]
        said_cue += [ACTS[r["said_cue"][:17].argmax()] for r in events]
        quads = lambda acts: [QUAD[a] for a in acts]
        common.say("fold %d: pairs acts %.3f quads %.3f; events acts %.3f with cue %.3f; %d s" % (
            k, macro(gold, said), macro(quads(gold), quads(said)), macro(of_events, said_events), macro(of_events, said_cue), time.time() - begun))
    if keep:
        import pickle
        pickle.dump([{k: v for k, v in r.items() if k not in ("words", "states", "inputs", "state_scale", "input_scale")} for r in rows], open(keep, "wb"))


def targets_right(rows, meant):
    """Of the events that rules find, whose target is known: how often the likeliest of all candidates is right. meant: how likely each row is."""
    events = collections.defaultdict(list)
    for r, p in zip(rows, meant):
        if r["kind"] == "candidate":
            events[json.dumps((r["doc"], r["source"], r["cue"]))].append((float(p), r["meant"], bool(r["target"])))
    known = [e for e in events.values() if any(right for _, right, _ in e)]
    kinds = (("somebody", [e for e in known if any(t for _, right, t in e if right)]), ("nobody", [e for e in known if any(not t for _, right, t in e if right)]))
    return "who is meant: " + ", ".join("%s %d of %d" % (name, sum(max(e)[1] for e in some), len(some)) for name, some in kinds)


@torch.no_grad()
def ask_meant(models, rows):
    return np.concatenate([sum(part(m(Batch(rows[k:k + 64])), "meant")[:, 0].sigmoid() for m in models).numpy() for k in range(0, len(rows), 64)])


def stance_dev(models, heart, dev):
    """On sentences that are new, and on those that training has, too (with other pairs)."""
    nets, known = ask(models, dev, False)[:, 17:20], ask_heart(heart, dev)
    seen = np.array([r["seen"] for r in dev])
    gold = np.array([r["stance"] for r in dev])
    for name, p in (("nets", nets), ("by heart", known), ("both", nets * len(models) + HEART_VOTES * known)):
        said = p.argmax(1) - 1
        common.say("directed stance, dev, %s: %.3f of three; new sentences %.3f, others %.3f" % (
            (name, macro(list(gold), list(said))) + tuple(macro(list(gold[at]), list(said[at])) for at in (~seen, seen))))


def tensors(models, votes, heart):
    """As scorer.c reads them. Of votes the last one is what a net counts when it is asked who is meant."""
    stack = lambda f: np.stack([f(m).detach().numpy() for m in models]).astype(np.float32)
    width, out = models[0].take.in_features // 2, {}
    wide = np.concatenate(stack(lambda m: m.take.weight))
    export.put_linear(out, "pairs.state", wide[:, :width], np.concatenate(stack(lambda m: m.take.bias)))
    export.put_linear(out, "pairs.word", wide[:, width:], np.zeros(len(wide)))
    votes = np.array(votes, np.float32)
    out["pairs.votes"], out["pairs.meant_votes"] = votes[:, :5], votes[:, 5]
    for name, f in (("number", lambda m: m.number), ("heed_number", lambda m: m.heed_number), ("heed_word", lambda m: m.heed_word.weight.T), ("none", lambda m: m.none),
                    ("in", lambda m: m.inner.weight.T), ("in_bias", lambda m: m.inner.bias), ("out", lambda m: m.out.weight.T[:, :SHIPPED]),
                    ("out_bias", lambda m: m.out.bias[:SHIPPED])):
        out["pairs." + name] = stack(f)
    meant = OUTS["meant"][0]
    out["pairs.meant"], out["pairs.meant_bias"] = stack(lambda m: m.out.weight[meant]), stack(lambda m: m.out.bias[meant])
    scale = np.abs(heart[0]).max() / 127
    out["pairs.slots"] = np.rint(heart[0] / scale).astype(np.int8)
    out["pairs.slot_scale"], out["pairs.slot_votes"] = np.array([scale], np.float32), np.array([HEART_VOTES], np.float32)
    out["pairs.slot_bias"] = heart[1].astype(np.float32)
    # Attention's bias is the same for all words: softmax takes no notice of it.
    return out


if __name__ == "__main__":
    cfg = common.options(dict(model=os.path.join(common.ROOT, "workers/model/en-news-1.stm"), code=os.path.join(common.ROOT, "build/stance-code"), cv=0, nets=3,
                              stance_nets=1, target_nets=1, epochs=25, stance_epochs=5, target_epochs=12, sign=1.8, seed=1, keep="", without=-1, resume=0, out=common.work("acts.npz")))
    torch.set_num_threads(1)
    np.random.seed(cfg["seed"])
    torch.manual_seed(cfg["seed"])
    models, votes, heart = [], [], (np.zeros((pair_data.SLOTS, 3), np.float32) + 1e-6, np.zeros(3))
    if cfg["nets"]:
        rows, fold, texts = load_acts(cfg["code"], cfg["model"])
        common.say("%d pairs with acts" % len(rows))
        if cfg["cv"]:
            cross_validate(rows, fold, cfg["cv"], cfg["nets"], cfg["epochs"], cfg["keep"])
        else:
            if cfg["without"] >= 0:
                rows = leave_out(rows, fold, cfg["without"], texts)
            models += [net(cfg, "acts-%d%s" % (i, "-without-%d" % cfg["without"] if cfg["without"] >= 0 else ""), rows, cfg["epochs"]) for i in range(cfg["nets"])]
            votes += [(1, 0, 1, 1, 1, 0)] * cfg["nets"]
    if cfg["stance_nets"]:
        rows, dev, _ = load_stances(cfg["code"], cfg["model"])
        common.say("%d pairs with a stance" % len(rows))
        more = []
        for i in range(cfg["stance_nets"]):
            more.append(net(cfg, "stance-%d" % i, rows, cfg["stance_epochs"], 48, 2e-3, cfg["sign"]))
        heart = learn_by_heart(rows, cfg["sign"])
        stance_dev(more, heart, dev)
        models += more
        votes += [(0, 1, 0, 0, 0, 0)] * len(more)
    if cfg["target_nets"] and not cfg["cv"]:
        rows, fold, _ = load_targets(cfg["code"], cfg["model"])
        common.say("%d pairs of an event and who is meant" % len(rows))
        test, name = [r for r in rows if fold[r["doc"]] == cfg["without"]], "-without-%d" % cfg["without"] if cfg["without"] >= 0 else ""
        rows = [r for r in rows if fold[r["doc"]] != cfg["without"]]
        more = [net(cfg, "target-%d%s" % (i, name), rows, cfg["target_epochs"]) for i in range(cfg["target_nets"])]
        common.say(targets_right(test or rows, ask_meant(more, test or rows)))
        models += more
        votes += [(0, 0, 0, 0, 0, 1)] * len(more)
    if not cfg["cv"]:
        np.savez(cfg["out"], **tensors(models, votes, heart))
