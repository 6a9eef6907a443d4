"""net.py: the language engine as PyTorch has it: features -> encoder -> tags, features, names, tree.

Everything is packed: the words of a batch's sentences lie behind one another as rows of one matrix, so that no
padding is computed; only the arc scorer pads.
"""
import ctypes
import os
import subprocess

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import data

HERE = os.path.dirname(os.path.abspath(__file__))


def load_cell(folder):
    """Compiles cell.c into `folder`, once."""
    path = os.path.join(folder, "cell.so")
    source = os.path.join(HERE, "cell.c")
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(source):
        subprocess.run(["gcc", "-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-shared", "-fPIC", "-o", path, source, "-lm"], check=True)
    return ctypes.CDLL(path)


def pointer(t):
    return ctypes.c_void_p(t.data_ptr())


class Cell(torch.autograd.Function):
    lib = None

    @staticmethod
    def forward(ctx, u, s, v, start, end):
        u, s, v = u.detach().float().contiguous().clone(), s.detach().contiguous(), v.detach().contiguous()
        n, d = s.shape
        h, y = torch.empty_like(s), torch.empty_like(s)
        Cell.lib.cell_forward(ctypes.c_long(n), ctypes.c_long(d), pointer(u), pointer(s), pointer(v), pointer(start), pointer(end), pointer(h), pointer(y))
        ctx.save_for_backward(u, s, v, start, end, h)
        return y

    @staticmethod
    def backward(ctx, gy):
        u, s, v, start, end, h = ctx.saved_tensors
        gy = gy.contiguous()
        n, d = s.shape
        gu, gs, gv = torch.empty_like(u), torch.empty_like(s), torch.zeros_like(v)
        Cell.lib.cell_backward(ctypes.c_long(n), ctypes.c_long(d), pointer(u), pointer(s), pointer(v), pointer(start), pointer(end), pointer(h), pointer(gy),
                               pointer(gu), pointer(gs), pointer(gv))
        return gu, gs, gv, None, None


def linear(layer, x, fast):
    """x W + b, the product in bfloat16 where `fast` says so (AMX)."""
    if not fast:
        return layer(x)
    return F.linear(x.bfloat16(), layer.weight.bfloat16(), layer.bias.bfloat16() if layer.bias is not None else None).float()


FAR_FROM = np.array([1, 2, 3, 4, 5, 7, 10, 15, 22, 32])  # where the buckets of distance begin
FAR = len(FAR_FROM)


class Recurrent(nn.Module):
    """One layer of the encoder: see cell.c."""

    def __init__(self, width, drop, fast):
        super().__init__()
        self.gates = nn.Linear(width, 3 * width)
        self.v = nn.Parameter(torch.zeros(2, width))
        self.drop, self.fast = drop, fast
        nn.init.xavier_uniform_(self.gates.weight[:width])
        nn.init.xavier_uniform_(self.gates.weight[width:2 * width])
        nn.init.xavier_uniform_(self.gates.weight[2 * width:])
        nn.init.zeros_(self.gates.bias)

    def forward(self, x, batch):
        inp = x
        if self.training and self.drop:
            inp = x * batch.mask(x.shape[1], self.drop)
        return Cell.apply(linear(self.gates, inp, self.fast), x, self.v, batch.start, batch.end)


class Window(nn.Module):
    """A gated convolution over three words, with a skip."""

    def __init__(self, width, drop, fast):
        super().__init__()
        self.gates = nn.Linear(3 * width, 2 * width)
        self.drop, self.fast = drop, fast

    def forward(self, x, batch):
        inp = x * batch.mask(x.shape[1], self.drop) if self.training and self.drop else x
        left = F.pad(inp[:-1], (0, 0, 1, 0)) * (1 - batch.start.float())[:, None]
        right = F.pad(inp[1:], (0, 0, 0, 1)) * (1 - batch.end.float())[:, None]
        a, b = linear(self.gates, torch.cat([left, inp, right], 1), self.fast).chunk(2, 1)
        return x + a * torch.sigmoid(b)


class Net(nn.Module):
    def __init__(self, cfg, labels, vocab, vectors):
        """cfg: width, layers, arc, drop, ...; labels: name -> list of classes; vocab: word -> row of vectors and of the trained rows."""
        super().__init__()
        self.cfg, self.labels, self.vocab = cfg, labels, vocab
        w, e = cfg["width"], cfg["embed"]
        self.glove = nn.Parameter(torch.from_numpy(vectors.astype(np.float32)), requires_grad=False)
        self.word = nn.Embedding(cfg["trained"], e)  # row 0: words that are not trained
        self.affix = nn.EmbeddingBag(data.AFFIX_ROWS, e, mode="sum")
        self.trigram = nn.EmbeddingBag(data.AFFIX_ROWS, e, mode="mean")
        self.shape = nn.Embedding(data.SHAPES, w)
        self.project = nn.Linear(vectors.shape[1] + 3 * e, w)
        for m, std in ((self.word, 0.1), (self.affix, 0.1), (self.trigram, 0.2), (self.shape, 0.1)):
            nn.init.normal_(m.weight, std=std)
        with torch.no_grad():
            self.word.weight[0] = 0
        fast = cfg["fast"]
        self.layers = nn.ModuleList([Window(w, cfg["drop"], fast) for _ in range(cfg["windows"])] +
                                    [Recurrent(w, cfg["drop"], fast) for _ in range(cfg["layers"])])
        a, l = cfg["arc"], cfg["rel"]
        self.arc_dep, self.arc_head = nn.Linear(w, a), nn.Linear(w, a)
        self.arc = nn.Parameter(torch.eye(a) * 0.1)
        self.arc_bias = nn.Linear(a, 1, bias=False)  # how likely a word is a head at all
        self.arc_far = nn.Linear(a, 2 * FAR, bias=False)  # by how far left or right the head is
        nn.init.zeros_(self.arc_far.weight)
        self.rel_dep, self.rel_head = nn.Linear(w, l), nn.Linear(w, l)
        self.rel = nn.Linear(l, len(labels["deprel"]))
        self.root = nn.Parameter(torch.randn(w) * 0.1)
        self.tags = nn.ModuleDict({k: nn.Linear(w, len(labels[k])) for k in ("upos", "xpos", "feats", "name")})

    def encode(self, batch, inputs=None):
        x = self.inputs(batch) if inputs is None else inputs
        for layer in self.layers:
            x = layer(x, batch)
        return x

    def inputs(self, batch):
        c = self.cfg
        glove, word = self.glove[batch.glove], self.word(batch.word)
        affix, trigram = self.affix(batch.affix, batch.affix_at), self.trigram(batch.trigram, batch.trigram_at)
        if self.training:  # a word dropped is a word not known
            keep = (torch.rand(len(glove), 1) >= batch.word_drop[:, None]).float()
            glove, word = glove * keep, word * keep
            m = lambda t: F.dropout(t, c["embed_drop"])
            glove, word, affix, trigram = m(glove), m(word), m(affix), m(trigram)
        types = linear(self.project, torch.cat([glove, word, affix, trigram], 1), c["fast"])
        x = types[batch.type] + self.shape(batch.shape)
        if self.training:
            x = x * batch.mask(x.shape[1], c["drop"])
        return x

    def forward(self, batch):
        """Scores: a dict of tags [n, classes], arcs [b, t, t + 1] (head 0: root), rel_dep, rel_head [n, l], [b + n, l]."""
        x, fast, drop = self.encode(batch), self.cfg["fast"], self.cfg["drop"]
        if self.training:
            x = x * batch.mask(x.shape[1], drop)
        out = {k: linear(f, x, fast) for k, f in self.tags.items()}
        d, h = F.relu(linear(self.arc_dep, x, fast)), F.relu(linear(self.arc_head, torch.cat([self.root[None], x]), fast))
        if self.training:
            d = d * batch.mask(d.shape[1], drop)
            h = torch.cat([h[:1], h[1:] * batch.mask(h.shape[1], drop)])
        pad_d = d[batch.rows]                                # [b, t, a]
        pad_h = h[batch.rows_root]                           # [b, t + 1, a]
        arcs = torch.einsum("bta,bsa->bts", pad_d @ self.arc, pad_h) + self.arc_bias(pad_h).transpose(1, 2)
        far = self.arc_far(pad_d).gather(2, batch.far[None].expand(batch.b, -1, -1))
        arcs = arcs + F.pad(far, (1, 0))
        out["arcs"] = arcs.masked_fill(batch.no_head[:, None, :], -1e9)
        out["rel_dep"], out["rel_head"] = linear(self.rel_dep, x, fast), linear(self.rel_head, torch.cat([self.root[None], x]), fast)
        return out

    def relations(self, out, batch, heads):
        """Relation scores [n, classes] given the heads: row of [root; x]."""
        x = F.relu(out["rel_dep"] + out["rel_head"][heads])
        if self.training:
            x = x * batch.mask(x.shape[1], self.cfg["drop"])
        return self.rel(x)


class Batch:
    """Sentences as index arrays. glove, word, affix, trigram are by type (distinct word), the others by token."""

    def __init__(self, sentences, net_vocab, labels):
        types, of_token = {}, []
        for s in sentences:
            for key in s.keys:
                of_token.append(types.setdefault(key, len(types)))
        keys = list(types)
        known = [net_vocab.get(k) for k in keys]
        self.glove = torch.tensor([k[0] for k in known])
        self.word = torch.tensor([k[1] for k in known])
        self.word_drop = torch.tensor([k[2] for k in known])
        self.affix, self.affix_at = bags([net_vocab.hashed(k)[0] for k in keys])
        self.trigram, self.trigram_at = bags([net_vocab.hashed(k)[1] for k in keys])
        self.type = torch.tensor(of_token)
        self.shape = torch.tensor([x for s in sentences for x in s.shapes])
        lengths = np.array([len(s) for s in sentences])
        n, b, t = int(lengths.sum()), len(sentences), int(lengths.max())
        first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self.n, self.lengths, self.first = n, lengths, first
        start, end = np.zeros(n, np.uint8), np.zeros(n, np.uint8)
        start[first], end[first + lengths - 1] = 1, 1
        self.start, self.end = torch.from_numpy(start), torch.from_numpy(end)
        col = np.arange(t)
        inside = col[None] < lengths[:, None]
        rows = np.where(inside, first[:, None] + col[None], 0)
        self.rows = torch.from_numpy(rows)
        self.rows_root = torch.from_numpy(np.concatenate([np.zeros((b, 1), np.int64), rows + 1], 1))
        self.no_head = torch.from_numpy(np.concatenate([np.zeros((b, 1), bool), ~inside], 1))
        self.inside = torch.from_numpy(inside)
        self.far = torch.from_numpy(distance(t))
        self.sentence = torch.from_numpy(np.repeat(np.arange(b), lengths))
        self.first_of = torch.from_numpy(np.repeat(first, lengths))
        self.b = b
        self.gold = {}
        for k in ("upos", "xpos", "feats", "name", "deprel", "head"):
            self.gold[k] = torch.tensor([x for s in sentences for x in s.gold[k]])

    def mask(self, width, drop):
        """Dropout that is the same for all words of a sentence."""
        m = (torch.rand(self.b, width) >= drop).float() / (1 - drop)
        return m[self.sentence]

    def head_rows(self, heads):
        """Heads within the sentence (0: root) as rows of [root; x]."""
        return torch.where(heads > 0, self.first_of + heads, torch.zeros_like(heads))


def distance(t):
    """[t, t]: bucket of the way from a word (row) to its head (column): 0 to FAR - 1 to the left, the others to the right."""
    way = np.arange(t)[None] - np.arange(t)[:, None]
    size = np.minimum(FAR - 1, np.searchsorted(FAR_FROM, np.abs(way), side="right") - 1).clip(0)
    return np.where(way < 0, size, FAR + size)


def bags(lists):
    at = np.cumsum([0] + [len(l) for l in lists])[:-1]
    return torch.tensor([i for l in lists for i in l]), torch.from_numpy(at)


class Vocab:
    """Words with vectors or trained rows. get(key) -> (row of glove, trained row, probability to drop it in training)."""

    def __init__(self, words, counts, trained_from, word_drop):
        self.glove_row, self.trained_row, self.counts = {}, {}, counts
        self.word_drop = word_drop
        for i, w in enumerate(words):
            self.glove_row.setdefault(data.normal(w), i + 1)  # row 0: none
        for k, c in sorted(counts.items()):
            if c >= trained_from:
                self.trained_row[k] = len(self.trained_row) + 1
        self.cache, self.hashes = {}, {}

    def get(self, key):
        if key not in self.cache:
            c = self.counts.get(key, 0)
            self.cache[key] = (self.glove_row.get(key, 0), self.trained_row.get(key, 0), self.word_drop / (1 + c / 4))
        return self.cache[key]

    def hashed(self, key):
        if key not in self.hashes:
            self.hashes[key] = (data.affixes(key), data.trigrams(key))
        return self.hashes[key]
