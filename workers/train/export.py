"""export.py: writes a trained network as the model file that workers/engine/model.h describes.

Everything that is linear before the first layer is folded into one row a word; weights become int8 with a scale a row.
"""
import hashlib
import struct

import numpy as np
import torch

import data

TYPES = {"int8": 1, "uint8": 2, "int16": 3, "int32": 4, "float32": 5, "uint32": 6}
HEADER, ENTRY, ALIGN = 64, 80, 64


def write(path, tensors):
    """tensors: name -> numpy array of one of TYPES, at most four dimensions."""
    directory, blobs = b"", []
    offset = HEADER + ENTRY * len(tensors)
    for name, t in tensors.items():
        t = np.ascontiguousarray(t)
        offset += -offset % ALIGN
        dims = list(t.shape) + [1] * (4 - t.ndim)
        directory += struct.pack("<40sBBH4IIQQ", name.encode(), TYPES[t.dtype.name], t.ndim, 0, *dims, 0, offset, t.nbytes)
        blobs.append((offset, t.tobytes()))
        offset += t.nbytes
    body = bytearray(offset - HEADER)
    body[:len(directory)] = directory
    for at, blob in blobs:
        body[at - HEADER:at - HEADER + len(blob)] = blob
    digest = hashlib.blake2b(bytes(body), digest_size=32).digest()
    with open(path, "wb") as f:
        f.write(struct.pack("<8sIIQQ32s", b"STANCEM\n", 1, len(tensors), offset, 0, digest) + bytes(body))
    return offset


def read(path):
    """The tensors of a model file, for reference.py and the tests."""
    raw = open(path, "rb").read()
    kinds = {v: k for k, v in TYPES.items()}
    n, out = struct.unpack_from("<I", raw, 12)[0], {}
    for i in range(n):
        name, kind, rank, _, *rest = struct.unpack_from("<40sBBH4IIQQ", raw, HEADER + ENTRY * i)
        dims, offset, size = rest[:4], rest[5], rest[6]
        out[name.rstrip(b"\0").decode()] = np.frombuffer(raw[offset:offset + size], dtype=kinds[kind]).reshape(dims[:rank])
    return out


def quantised(rows):
    """int8 rows and their float scales."""
    rows = rows.astype(np.float32)
    scale = np.maximum(np.abs(rows).max(1), 1e-8) / np.float32(127)
    return np.rint(rows / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def put_linear(out, name, weight, bias):
    out[name + ".weight"], out[name + ".scale"] = quantised(weight)
    out[name + ".bias"] = bias.astype(np.float32)


def text(lines):
    return np.frombuffer("\n".join(lines).encode("utf-8"), np.uint8)


def vocabulary(out, keys):
    """Open addressing over the keys; slot = hash of kind 128, not folded."""
    size = 1 << int(np.ceil(np.log2(len(keys) * 2)))
    slots = np.zeros(size, np.uint32)
    for i, k in enumerate(keys):
        at = data.fnv32(128, k) & (size - 1)
        while slots[at]:
            at = (at + 1) & (size - 1)
        slots[at] = i + 1
    out["vocab.text"] = np.frombuffer(b"".join(keys), np.uint8)
    out["vocab.offset"] = np.cumsum([0] + [len(k) for k in keys]).astype(np.uint32)
    out["vocab.slots"] = slots


@torch.no_grad()
def embeddings(out, model):
    v = model.vocab
    keys = sorted(set(v.glove_row) | set(v.trained_row))
    e = model.word.weight.shape[1]
    g = model.glove.shape[1]
    w = model.project.weight
    wg, ww, wa, wt = w[:, :g], w[:, g:g + e], w[:, g + e:g + 2 * e], w[:, g + 2 * e:]
    affix, trigram = model.affix.weight @ wa.T, model.trigram.weight @ wt.T
    rows = []
    for at in range(0, len(keys), 4096):
        part = keys[at:at + 4096]
        gi = torch.tensor([v.glove_row.get(k, 0) for k in part])
        ti = torch.tensor([v.trained_row.get(k, 0) for k in part])
        a = torch.stack([affix[v.hashed(k)[0]].sum(0) for k in part])
        t = torch.stack([trigram[v.hashed(k)[1]].mean(0) for k in part])
        rows.append(model.glove[gi] @ wg.T + model.word.weight[ti] @ ww.T + a + t + model.project.bias)
    vocabulary(out, keys)
    out["embed.rows"], out["embed.scale"] = quantised(torch.cat(rows).numpy())
    out["affix.rows"], out["affix.scale"] = quantised(affix.numpy())
    out["trigram.rows"], out["trigram.scale"] = quantised(trigram.numpy())
    out["embed.base"] = model.project.bias.numpy().copy()
    out["shape.rows"] = model.shape.weight.numpy().copy()


@torch.no_grad()
def tensors(model, name):
    import net
    out = {"meta.name": text([name])}
    out["meta.layers"] = np.array([0 if isinstance(l, net.Window) else 1 for l in model.layers], np.uint8)
    for k in ("upos", "feats", "deprel", "name"):
        out["labels." + k] = text(model.labels[k])
    embeddings(out, model)
    for i, l in enumerate(model.layers):
        put_linear(out, "layer%d" % i, l.gates.weight.numpy(), l.gates.bias.numpy())
        if isinstance(l, net.Recurrent):
            out["layer%d.v" % i] = l.v.numpy().copy()
    heads = [model.arc_dep, model.arc_head, model.rel_dep, model.rel_head, model.tags["upos"], model.tags["feats"], model.tags["name"]]
    put_linear(out, "heads", np.concatenate([h.weight.numpy() for h in heads]), np.concatenate([h.bias.numpy() for h in heads]))
    out["heads.sizes"] = np.array([h.weight.shape[0] for h in heads], np.uint32)
    far = model.arc_far.weight.numpy()
    put_linear(out, "arc", np.concatenate([model.arc.numpy().T, far]), np.concatenate([model.arc_bias.weight.numpy()[0], np.zeros(len(far), np.float32)]))
    out["far.from"] = net.FAR_FROM.astype(np.uint32)
    out["root.arc"] = torch.relu(model.arc_head(model.root)).numpy()
    out["root.rel"] = model.rel_head(model.root).numpy()
    put_linear(out, "rel", model.rel.weight.numpy(), model.rel.bias.numpy())
    return out


def include(path, more):
    """The tensors of a model file, with `more` in place of those of the same groups ("pairs.": all that begin so)."""
    groups = {name.split(".")[0] for name in more}
    kept = {k: v for k, v in read(path).items() if k.split(".")[0] not in groups}
    return {**kept, **more}


if __name__ == "__main__":
    import common
    cfg = common.options(dict(student="final.pt", more="boundary.npz,final-roles.npz,acts.npz,confidence.npz", into="", name="en-news-1", out=common.work("model.stm")))
    heads = {}  # of other steps
    for part in cfg["more"].split(","):
        heads.update(np.load(common.work(part)))
    everything = include(cfg["into"], heads) if cfg["into"] else {**tensors(common.load(common.work(cfg["student"])), cfg["name"]), **heads}
    print("%d bytes" % write(cfg["out"], everything))
