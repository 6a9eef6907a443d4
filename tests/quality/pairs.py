"""Given pairs of a source and a target: the stance of one toward the other, on sentences that no model learned from."""
import json, lzma, re


def requests(path, name):
    """Of each sentence the direction that its label speaks of: (request, label of -1, 0, 1)."""
    with lzma.open(path, "rt", encoding="utf-8") as f:
        for i, line in enumerate(f):
            r = json.loads(line)
            text, at = b"", []
            for part in re.split(r"([\[\]])", r["marked"]):
                if part in ("[", "]"):
                    at.append(len(text))
                else:
                    text += part.encode()
            if len(at) != 4 or not at[0] < at[1] <= at[2] < at[3]:
                continue
            p, q = [at[:2]], [at[2:]]
            if r["label"] in (2, 4):
                p, q = q, p
            yield {"id": "%s-%d" % (name, i), "text": text.decode(), "source": p, "target": q}, {1: 1, 2: 1, 3: -1, 4: -1}.get(r["label"], 0)


def pairs(q):
    asked = list(requests(q.data("stances", "dse-valid.jsonl.xz"), "v"))
    with open(q.path("pairs"), "w", encoding="utf-8") as out:
        out.writelines(json.dumps(r) + "\n" for r, _ in asked)
    with open(q.path("pairs.gold"), "w", encoding="utf-8") as out:
        out.writelines(json.dumps({"id": r["id"], "label": label}) + "\n" for r, label in asked)
    said, seconds = q.run("pairs.said", "--pairs", q.path("pairs"))
    q.row("pairs", "directed stance, dev", q.scorer("score_pairs.py", q.path("pairs.gold"), said).strip())
    q.row("pairs", "speed, one core", "%.0f pairs/s" % (len(asked) / seconds))


PARTS = (pairs,)
