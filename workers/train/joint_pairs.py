"""joint_pairs.py: pairs (pair_data.py) with their words as the encoder reads them, and the nets of acts.py on its states while it learns."""
import os
import pickle

import numpy as np
import torch

import acts
import common
import net
import roles_data

STATES = ("states", "inputs", "state_scale", "input_scale")  # of the model that found the pairs: not those of the one that learns
KINDS = ("acts", "stance", "target")


def read(text, r):
    """The words of a row as sentences."""
    body = text.encode()
    at = r["at"]
    forms = [body[b:e].decode("utf-8", "replace") for b, e, _ in at]
    spaces = [i == 0 or at[i][0] > at[i - 1][1] for i in range(len(at))]
    cut = np.flatnonzero(np.diff(at[:, 2])) + 1
    return [roles_data.prepared(r["doc"], forms[f:l], spaces[f:l]) for f, l in zip(np.r_[0, cut], np.r_[cut, len(at)])]


def with_sentences(rows, texts):
    cache = {}
    for r in rows:
        key = (r["doc"], int(r["at"][0][0]), len(r["at"]))
        if key not in cache:
            cache[key] = read(texts[r["doc"]], r)
        r["sentences"] = cache[key]
        for k in STATES:
            r.pop(k)
    return rows


def prepare(cfg):
    """Finds the pairs of each kind, once for all processes: what is learned on, and what is not."""
    out = {kind: ([], []) for kind in KINDS}
    if cfg["pairs"]:
        np.random.seed(cfg["seed"])
        model, without = cfg["pairs"], cfg["without"]
        for kind, (rows, fold, texts), told in (("acts", acts.load_acts(cfg["code"], model), ("plover", "event")),
                                                ("target", acts.load_targets(cfg["code"], model), ("candidate",))):
            with_sentences(rows, texts)
            out[kind] = [r for r in rows if fold[r["doc"]] != without], [r for r in rows if fold[r["doc"]] == without and r["kind"] in told]
        rows, dev, texts = acts.load_stances(cfg["code"], model)
        with_sentences(rows + dev, texts)
        out["stance"] = rows, dev
        common.say(", ".join("%d pairs for %s" % (len(rows), kind) for kind, (rows, _) in out.items()))
    with open(common.work("joint-pairs.pickle"), "wb") as f:
        pickle.dump(out, f)


class Pairs(torch.nn.ModuleDict):
    """The nets of each kind, those that acts.py left if it did, with what they learn on. All empty where no pairs are learned."""

    def __init__(self, width, cfg):
        nets = lambda kind: range(cfg["nets"] if kind == "acts" else 1) if cfg["pairs"] else ()
        super().__init__({kind: torch.nn.ModuleList([acts.Scorer(width) for _ in nets(kind)]) for kind in KINDS})
        with open(common.work("joint-pairs.pickle"), "rb") as f:
            both = pickle.load(f)
        self.rows, self.held = ({kind: both[kind][i] for kind in KINDS} for i in (0, 1))
        self.without, self.sign_weight = cfg["without"], cfg["sign"]
        for path, net in self.paths():
            if os.path.exists(path):
                net.load_state_dict(torch.load(path))

    def paths(self):
        """Where acts.py keeps each net."""
        of_fold = "-without-%d" % self.without if self.without >= 0 else ""
        return [(common.work("%s-%d%s.pt" % (kind, i, of_fold if kind != "stance" else "")), net) for kind in KINDS for i, net in enumerate(self[kind])]

    def loss(self, model, rows):
        """`rows`: some of each kind."""
        if not any(rows.values()):
            return torch.zeros(())
        x, inputs = see(model, [r for kind in KINDS for r in rows[kind]])
        total, at = 0, 0
        for kind in KINDS:
            n = sum(len(r["words"]) for r in rows[kind])
            for h in self[kind]:
                said = h(acts.Batch(rows[kind], 0.6, x[at:at + n], inputs[at:at + n]))
                total = total + acts.loss_of(said, rows[kind], self.sign_weight if kind == "stance" else 1.0) / len(self[kind])
            at += n
        return total

    @torch.no_grad()
    def report(self, model):
        held = self.held
        if not any(held.values()):
            return ""
        said = {kind: [p for k in range(0, len(rows), 64) for p in self.ask(model, kind, rows[k:k + 64])] for kind, rows in held.items()}
        out, sign, likeliest = [], lambda p, name: int(of(p, name).argmax()) - 1, lambda p: acts.ACTS[of(p, "acts").argmax()]
        pairs, events = ([(r, p) for r, p in zip(held["acts"], said["acts"]) if r["kind"] == kind] for kind in ("plover", "event"))
        if pairs:
            gold, best = [acts.gold_fifteen(r) for r, _ in pairs], acts.fifteen(np.stack([p for _, p in pairs]))
            quads = lambda names: [acts.QUAD[a] for a in names]
            out.append("pairs %d acts %.3f quads %.3f" % (len(pairs), acts.macro(gold, best), acts.macro(quads(gold), quads(best))))
            gold, best = [r["acts"][0] for r, _ in events], [likeliest(p) for _, p in events]
            out.append("events acts %.3f" % acts.macro(gold, best))
            signs = [(r["stance"], sign(p, "event_stance")) for r, p in events if r.get("stance") is not None]
            out.append("event stance %.3f" % acts.macro(*zip(*signs)))
        stances = list(zip(held["stance"], said["stance"]))
        for name, some in (("all", stances), ("new", [x for x in stances if not x[0]["seen"]])):
            out.append("stance %s %.3f" % (name, acts.macro([r["stance"] for r, _ in some], [sign(p, "stance") for _, p in some])))
        out.append(acts.targets_right(held["target"], [of(p, "meant")[0] for p in said["target"]]))
        return "  ".join(out)

    def save(self):
        for path, net in self.paths():
            torch.save(net.state_dict(), path)

    def ask(self, model, kind, rows):
        x, inputs = see(model, rows)
        return (sum(acts.probabilities(h(acts.Batch(rows, 2.0, x, inputs))) for h in self[kind]) / len(self[kind])).numpy()


def of(p, name):
    """The outputs of one name among those of a row."""
    begin, end = acts.OUTS[name]
    return p[begin:end]


def see(model, rows):
    """States and inputs of the words of rows, one behind another. Rows of one sentence share it."""
    order, first, at = [], {}, 0
    for r in rows:
        for s in r["sentences"]:
            if id(s) not in first:
                first[id(s)] = at
                at += len(s)
                order.append(s)
    batch = net.Batch(order, model.vocab, model.labels)
    inputs = model.inputs(batch)
    x = model.encode(batch, inputs)
    take = torch.from_numpy(np.concatenate([np.arange(first[id(s)], first[id(s)] + len(s)) for r in rows for s in r["sentences"]]))
    return x[take], inputs[take]
