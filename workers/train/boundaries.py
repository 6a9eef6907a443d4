#!/usr/bin/env python3
"""boundaries.py [--out FILE.npz] --train GOLD.conllu[.xz]... [--news NEWS.conllu[.xz]] --dev GOLD.conllu[.xz]...

Trains where sentences end: for each token, from a window of nine, whether a sentence ends behind it. Writes the arrays
that workers/text/boundary.h describes, as integers, and prints the F1 of sentences on each dev file by threshold, with
gold tokens and the same integer arithmetic as boundary.c. One thread, seeded, about a minute.

The treebanks are mostly mail and web pages, where a sentence often ends without a stop; edited news is no such. --news is
what `stance-code --conllu` makes of it by rules: within its sentences no word is followed by a sentence's end. Nothing
else is taken from it, so its sentences need not be right.

boundaries.py --features TEXT    prints the rows of each token of a text whose tokens are parted by spaces, to compare
with boundary_rows() in C.
"""
import argparse, os, re, sys
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "tests", "quality"))
import raw_text

WORDS, SUFFIXES, SHAPES = 8192, 1024, 41
DIM, HIDDEN, WINDOW = 16, 32, 9
OUTSIDE = SHAPES - 1
NOT_WORDS = (6, 7, 9)  # kinds: abbreviations, signs
HASH_WORD, HASH_SUFFIX = 2166136261, 0x1234567
SIGNS = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "''": '"', "``": '"', "`": "'", "–": "--", "—": "--", "―": "--"}


# -- features: the same as in boundary.c --

def fnv(data, h):
    for byte in data:
        h = (h ^ byte) * 16777619 & 0xFFFFFFFF
    return h


def kind_of(form):
    up = sum("A" <= c <= "Z" for c in form) + (form[0] >= "\x80" and form[0].isupper())
    letters = sum(c.isalpha() if c < "\x80" else c.isalnum() for c in form)
    if not letters:
        return 8 if any("0" <= c <= "9" for c in form) else 9
    if any("0" <= c <= "9" for c in form):
        return 5
    if form[-1] == ".":
        return 6 if form[0].isupper() else 7
    if up == 0:
        return 0
    if up == letters:
        return 3 if up == 1 else 2
    return 1 if form[0].isupper() else 4


def same_sign(word):
    if word in SIGNS:
        return SIGNS[word]
    kinds = set(word)
    if len(word) > 1 or word == "…":
        if kinds <= set(".…"):
            return "..."
        if kinds <= set(".…!?"):
            return word[0] if len(kinds) == 1 else "?!"
    return word[:3] if len(kinds) == 1 and len(word) > 3 else word


def rows(form, before, behind):
    kind = kind_of(form)
    word = form.lower().replace("’", "'").replace("‘", "'")
    word = same_sign(word) if kind == 9 else re.sub("[0-9]", "0", word)
    key = word.encode()[:64]
    return 1 + fnv(key, HASH_WORD) % (WORDS - 1), 1 + fnv(key[-3:], HASH_SUFFIX) % (SUFFIXES - 1), kind * 4 + before * 2 + behind


# -- data --

def abbreviations():
    path = os.path.join(here, "..", "..", "config", "lexicon", "abbreviations.tsv")
    with open(path, encoding="utf-8") as f:
        found = {line.split("\t")[0].lower() for line in f if "\t" in line and line[0] != "#"}
    return found - {"no.", "art.", "al.", "sun.", "sat.", "mar.", "jun."}


def paragraphs(path, known):
    """Lists of [form, space behind, ends a sentence], with the words of contractions apart, as tokens_run() has them."""
    found = []
    for new, tokens in raw_text.sentences(raw_text.lines(path)):
        words = []
        for form, space, parts, _ in tokens:
            whole = "".join(parts).replace("’", "'").lower() == form.replace("’", "'").lower()
            at = 0
            for part in parts if whole else [form]:
                words.append([form[at:at + len(part)], False, False])
                at += len(part)
            words[-1][1] = space
        # The stop that the treebank parts from an abbreviation at a sentence's end is still one with it here.
        for i in range(len(words) - 1, 0, -1):
            last, stop = words[i - 1], words[i]
            if stop[0] == "." and not last[1] and (re.fullmatch(r"([A-Za-z]\.)+[A-Za-z]", last[0]) or last[0].lower() + "." in known):
                words[i - 1:i + 1] = [[last[0] + ".", stop[1], False]]
        words[-1][2] = True
        if new or not found:
            found.append([])
        found[-1] += words
    return found


def encode(path, known, news=False):
    """Arrays: word, suffix and shape of each token, whether it ends a sentence, whether that is asked (not outside, not at
    a paragraph's end; of news only behind words). Four tokens from outside part the paragraphs."""
    outside = [(0, 0, OUTSIDE, 0, 0)] * (WINDOW // 2)
    data = list(outside)
    for words in paragraphs(path, known):
        before = True
        for i, (form, behind, ends) in enumerate(words):
            row = rows(form, before, behind)
            asked = i + 1 < len(words) and not (news and (ends or row[2] // 4 in NOT_WORDS))
            data.append(row + (ends, asked))
            before = behind
        data += outside
    return np.array(data, dtype=np.int64).T


# -- scoring: in integers, as boundary.c does --

def scores(arrays, data):
    x = arrays["words"][data[0]].astype(np.int64) + arrays["suffixes"][data[1]] + arrays["shapes"][data[2]]
    w = arrays["hidden"].astype(np.int64)  # [window][pair][hidden][2]
    w = w.transpose(0, 1, 3, 2).reshape(WINDOW, DIM, HIDDEN)
    unit = np.zeros((len(x), HIDDEN), dtype=np.int64) + arrays["bias"][:HIDDEN].astype(np.int64)
    for k in range(WINDOW):
        shift = k - WINDOW // 2
        part = x @ w[k]
        if shift > 0:
            unit[:-shift] += part[shift:]
        elif shift < 0:
            unit[-shift:] += part[:shift]
        else:
            unit += part
    assert np.abs(unit).max() < 2**31
    return np.maximum(unit, 0) @ arrays["out"].astype(np.int64) + int(arrays["bias"][HIDDEN])


def f1(ends, data):
    """F1 of sentences: both ends right."""
    inside = data[2] != OUTSIDE
    last = inside & (data[4] == 0)
    marks = [np.flatnonzero((np.where(data[4] == 1, e, False) | last)[inside]) for e in (ends, data[3] == 1)]
    spans = [set(zip(np.concatenate([[-1], m[:-1]]), m)) for m in marks]
    return 200.0 * len(spans[0] & spans[1]) / (len(spans[0]) + len(spans[1]))


# -- training --

def train(data, options):
    import torch
    from torch import nn
    from torch.nn import functional as F
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.tables = nn.ModuleList(nn.Embedding(n, DIM) for n in (WORDS, SUFFIXES, SHAPES))
            for table in self.tables:
                nn.init.normal_(table.weight, 0, 0.3)
            self.hidden = nn.Conv1d(DIM, HIDDEN, WINDOW, padding=WINDOW // 2)
            self.out = nn.Conv1d(HIDDEN, 1, 1)

        def forward(self, rows):
            if self.training:  # unknown words: the suffix and the shape have to do
                rows = [torch.where(torch.rand(rows[0].shape) < options.unknown, torch.zeros_like(rows[0]), rows[0]), *rows[1:]]
            x = sum(table(row) for table, row in zip(self.tables, rows))
            x = F.dropout(x, options.dropout, self.training).transpose(1, 2)
            x = F.dropout(F.relu(self.hidden(x)), options.dropout, self.training)
            return self.out(x)[:, 0]

    net, mean = Net(), Net()
    mean.load_state_dict(net.state_dict())
    length, batch = 256, 32
    tensors = [torch.from_numpy(row) for row in data]
    steps = options.epochs * (len(tensors[0]) // length // batch)
    optimizer = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, total_steps=steps + 1, pct_start=0.1)
    random = np.random.RandomState(options.seed)
    for epoch in range(options.epochs):
        net.train()
        offset = random.randint(length)
        n = (len(tensors[0]) - offset) // length
        chunks = [t[offset:offset + n * length].view(n, length) for t in tensors]
        order, total = torch.from_numpy(random.permutation(n)), 0.0
        for at in range(0, n - batch + 1, batch):
            *part, ends, asked = [c[order[at:at + batch]] for c in chunks]
            loss = F.binary_cross_entropy_with_logits(net(part)[asked == 1], ends[asked == 1].float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if schedule.last_epoch < steps:
                schedule.step()
            total += loss.item()
            with torch.no_grad():  # a running mean of the weights is better than the last ones
                for a, b in zip(mean.parameters(), net.parameters()):
                    a.lerp_(b, 0.005)
        print("epoch %d: loss %.4f" % (epoch, total * batch / n), flush=True)
    return {name: value.numpy() for name, value in mean.state_dict().items()}


def integers(weights):
    """The arrays of boundary.h, but for the threshold, and the scale of the output."""
    tables = [weights["tables.%d.weight" % i] for i in range(3)]
    a = 127 / max(np.abs(t).max() for t in tables)
    hidden = weights["hidden.weight"].transpose(2, 1, 0)  # [window][dim][hidden]
    b, c = 32767 / np.abs(hidden).max(), 32767 / np.abs(weights["out.weight"]).max()
    pairs = np.round(hidden * b).reshape(WINDOW, DIM // 2, 2, HIDDEN).transpose(0, 1, 3, 2)
    bias = np.concatenate([weights["hidden.bias"] * a * b, weights["out.bias"] * a * b * c])
    arrays = {name: np.round(t * a).astype(np.int8) for name, t in zip(("words", "suffixes", "shapes"), tables)}
    arrays.update(hidden=np.ascontiguousarray(pairs.astype(np.int16)),
                  out=np.round(weights["out.weight"].reshape(-1) * c).astype(np.int16), bias=np.round(bias).astype(np.float32))
    return arrays, a * b * c


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--train", nargs="+", default=[])
    parser.add_argument("--dev", nargs="+", default=[])
    parser.add_argument("--news", nargs="+", default=[])
    parser.add_argument("--out")
    parser.add_argument("--features")
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--dropout", type=float, default=0.25)
    parser.add_argument("--unknown", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threshold", type=float, default=-0.25, help="log odds above which a sentence ends")
    options = parser.parse_args()
    if options.features:
        for form in options.features.split(" "):
            print(form, *rows(form, True, True))
        return
    known = abbreviations()
    dev = [encode(path, known) for path in options.dev]
    data = [encode(path, known) for path in options.train] + [encode(path, known, news=True) for path in options.news]
    arrays, scale = integers(train(np.concatenate(data, axis=1), options))
    for data, path in zip(dev, options.dev):
        z = scores(arrays, data) / scale
        print(os.path.basename(path), " ".join("%+.2f:%.2f" % (t, f1(z > t, data)) for t in np.arange(-1.0, 1.01, 0.25)))
    arrays["bias"][HIDDEN] -= options.threshold * scale
    if options.out:
        np.savez(options.out, **{"boundary." + name: value for name, value in arrays.items()})
    print("%d kB" % (sum(value.nbytes for value in arrays.values()) // 1000))


main()
