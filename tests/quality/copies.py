#!/usr/bin/python3
"""How well copies of one story are recognised: tests/quality/copies.py [BUILD]. Makes copies of the stories in copies.txt as
newsrooms do (cut, headed, edited, set into text of their own), feeds all of them to a daemon in random order, and compares
the clusters that it gives with the truth, pair by pair. A story told in other words is no copy."""

import itertools
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
os.environ["STANCED_BUILD"] = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build")
sys.path.insert(0, os.path.join(ROOT, "tests", "process"))

from harness import Daemon, Follower, Socket, eventually, pack, unpack  # noqa: E402
from standin import Worker  # noqa: E402
import zmq  # noqa: E402

OTHER_WORDS = {"said": "stated", "told": "informed", "government": "cabinet", "expected": "foreseen", "country": "nation", "new": "fresh",
               "people": "persons", "agreed": "consented", "called": "named", "after": "following", "would": "will", "called for": "urged",
               "officials": "sources", "which": "that", "because": "since", "before": "ahead of", "first": "initial", "big": "large"}
OWN = ["Our correspondent was there and sends this report from the square in front of the building.",
       "Readers of this paper had been told of it in an earlier edition, when nothing was certain yet.",
       "What it means for this region will be the subject of a debate in the town hall next Wednesday evening."]


def stories():
    with open(os.path.join(HERE, "copies.txt"), encoding="utf-8") as f:
        text = "".join(line for line in f if not line.startswith("#"))
    return [[part.strip() for part in pair.split("\n--\n")] for pair in text.split("\n==\n")]


def sentences(text):
    return [s.strip() + "." for s in text.rstrip(".").split(". ")]


def reword(text):
    return " ".join(OTHER_WORDS.get(word, word) for word in text.split(" "))


def copies(text, chance):
    """What becomes of an agency's text: kind -> text."""
    s = sentences(text)
    swapped = s[:1] + [s[2], s[1]] + s[3:]
    return {"whole": text, "headed": "WIRE REPORT - " + text, "cut to two thirds": " ".join(s[:4]), "cut to a half": " ".join(s[:3]),
            "reworded": reword(text), "two sentences swapped": " ".join(swapped), "one sentence dropped": " ".join(s[:2] + s[3:]),
            "set into own text": " ".join([chance.choice(OWN)] + s[:5] + [chance.choice(OWN)]),
            "reworded and cut to a half": reword(" ".join(s[:3])), "a third between own text": " ".join(OWN[:1] + s[:2] + OWN[1:])}


def clusters(articles):
    """Feeds them; article id -> cluster."""
    d = Daemon().start()
    try:
        with Socket(zmq.DEALER, d.endpoint("intake")) as s:
            worker = Worker(d.endpoint("work"), "w", capacity=1)
            for name, body in articles:
                s.send_multipart([b"", pack({"v": 1, "id": name, "body": body})])
                assert s.poll(30000) and unpack(s.recv_multipart()[-1])["status"] == "accepted"
                worker.done(worker.work())
            eventually(lambda: d.status()["log_last"] == len(articles), "all are done")
            worker.close()
        f = Follower(d)
        events = f.events(len(articles))
        f.close()
        return {e["article"]["id"]: e["article"]["cluster"] for e in events}
    finally:
        d.clean()


def main():
    chance = random.Random(1)
    truth, articles, kinds = {}, [], {}
    for n, (text, other) in enumerate(stories()):
        for kind, body in copies(text, chance).items():
            name = "s%d-%s" % (n, kind.replace(" ", "-"))
            truth[name], kinds[name] = "s%d" % n, kind
            articles.append((name, body))
        truth["other%d" % n] = "other%d" % n
        articles.append(("other%d" % n, other))
    chance.shuffle(articles)
    got = clusters(articles)
    right = found = true = 0
    for a, b in itertools.combinations(truth, 2):
        same, said = truth[a] == truth[b], got[a] == got[b]
        true += same
        found += said
        right += same and said
    print("copies             pairs                  P %.3f R %.3f of %d pairs, %d articles, %d stories"
          % (right / found if found else 0, right / true, true, len(articles), len(set(truth.values()))))
    for kind in dict.fromkeys(kinds.values()):
        names = [n for n in kinds if kinds[n] == kind]
        alone = sum(got[n] not in [got[m] for m in truth if truth[m] == truth[n] and m != n] for n in names)
        print("copies             %-26s with the rest of its story %d/%d" % (kind, len(names) - alone, len(names)))


if __name__ == "__main__":
    main()
