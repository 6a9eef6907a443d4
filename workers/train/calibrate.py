"""calibrate.py: fits the model's lines from raw scores to shares that are right (workers/confidence.h), by isotonic regression.

    calibrate.py PROGRAM MODEL [TEXTS]     MODEL: without such lines; writes confidence.npz into $STANCED_TRAIN

On every other sentence with annotated events, or on those of TEXTS (JSON Lines with their ids); `make quality` measures on the others.
"""
import json
import os
import subprocess
import sys

import numpy as np

import common

sys.path.insert(0, os.path.join(common.ROOT, "tests", "quality"))
LEAST = 40  # events a step of the line stands on


def events_of(program, model, articles, name):
    with open(common.work(name + ".articles"), "w", encoding="utf-8") as out:
        out.writelines(a + "\n" for a in articles)
    with open(common.work(name), "wb") as out:
        subprocess.run([program, "--model", model, "--json", common.work(name + ".articles")], check=True, stdout=out)
    return common.work(name)


def isotonic(points):
    """Blocks (mean score, share, size), the shares not falling: pool adjacent violators."""
    groups, blocks = {}, []
    for score, right in points:
        groups.setdefault(round(score, 3), []).append(right)
    for score, rights in sorted(groups.items()):
        blocks.append([score, sum(rights) / len(rights), len(rights)])
        while len(blocks) > 1 and (blocks[-2][1] >= blocks[-1][1] or blocks[-2][2] < LEAST):
            (s, r, n), (t, q, m) = blocks.pop(), blocks.pop()
            blocks.append([(s * n + t * m) / (n + m), (r * n + q * m) / (n + m), n + m])
    if len(blocks) > 1 and blocks[-1][2] < LEAST:
        (s, r, n), (t, q, m) = blocks.pop(), blocks.pop()
        blocks.append([(s * n + t * m) / (n + m), (r * n + q * m) / (n + m), n + m])
    return blocks


def line(points):
    """[2][knots]; shares are drawn in a little, as no share of some dozens is 0 or 1."""
    blocks = isotonic(points)
    scores, shares = (np.array([b[i] for b in blocks], np.float32) for i in (0, 1))
    sizes = np.array([b[2] for b in blocks])
    shares = ((shares * sizes + 1) / (sizes + 2)).astype(np.float32)
    keep = np.r_[True, np.diff(scores) > 1e-4]
    return np.stack([scores[keep], np.maximum.accumulate(shares[keep])])


if __name__ == "__main__":
    import confidence as quality  # tests/quality/confidence.py
    common.start()
    program, model = sys.argv[1:3]
    only = {json.loads(l)["id"] for l in open(sys.argv[3], encoding="utf-8")} if len(sys.argv) > 3 else None
    sentences, gold = quality.sentences(common.SHARED)
    judged = list(quality.judge(gold, events_of(program, model, sentences, "confidence")))
    lines = {}
    for kind in quality.KINDS:
        v = line([(c, right) for i, k, c, right in judged if k == kind and (gold[i]["id"] in only if only else i % 2 == 0)])
        lines["confidence." + kind.replace(" ", "-")] = v
        common.say("%s: %s" % (kind, " ".join("%.2f:%.2f" % tuple(p) for p in v.T)))
    np.savez(common.work("confidence.npz"), **lines)
