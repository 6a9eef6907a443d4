"""The peers of the fault tests: feeders and followers that survive what is done to them and to the daemon, and remember."""

import collections
import json
import os
import random
import subprocess
import threading
import time

import zmq
from faults import BUILD, Acks, pack, unpack

ACTORS = ("Norway", "France", "Russia", "Ukraine", "Japan", "Armenia", "Kenya", "Brazil", "Canada", "Egypt")
ACTS = ("condemned", "praised", "urged", "accused", "thanked", "rejected an offer by", "signed an agreement with",
        "imposed sanctions on", "offered aid to", "criticised", "held talks with")
POISONS = ("crash", "exit", "hang")


def sentence(chance):
    a, b = chance.sample(ACTORS, 2)
    return "%s %s %s on %s." % (a, chance.choice(ACTS), b, chance.choice(("Monday", "Tuesday", "Friday")))


class Story:
    """One article's life: the versions that are sent one after the other, and what is to become of it."""

    def __init__(self, feeder, n, seed):
        chance = random.Random("%s/%s/%d" % (seed, feeder, n))
        self.id = "f%s-%d" % (feeder, n)
        self.fate = chance.choices(("plain", "twice", "revised", "canceled", "poison"), (84, 5, 5, 3, 3))[0]
        base = {"id": self.id, "title": "Story %d" % n, "published": "2026-03-04T10:00:00Z"}
        text = [" ".join(sentence(chance) for _ in range(chance.randint(1, 8))) for _ in range(2)]
        first = {**base, "body": text[0]}
        if self.fate == "poison":
            first["body"] = "fault=%s\n%s" % (chance.choice(POISONS), text[0])
        self.versions = {"twice": [first, first], "revised": [first, {**base, "revision": 1, "body": text[1]}],
                         "canceled": [first, {"id": self.id, "status": "canceled"}]}.get(self.fate, [first])

    def final(self):
        """The article whose events are to stand in the end; None: none are."""
        return None if self.fate in ("canceled", "poison") else self.versions[-1]


class Feeder(threading.Thread):
    """Feeds stories until told to stop, then until all is answered. A version goes out when the one before was answered."""

    WINDOW, SILENCE = 16, 0.7  # articles under way; seconds without an answer after which it begins anew

    def __init__(self, endpoint, name, seed, pace, options=None):
        """`options`: of its sockets, as {zmq.CURVE_SERVERKEY: key}."""
        super().__init__(daemon=True)
        self.endpoint, self.name_, self.seed, self.pace = endpoint, name, seed, pace
        self.options = options or {}
        self.stories, self.acks = [], Acks()
        self.rejected, self.stop, self.busy, self.resends = [], False, 0, 0

    def run(self):
        under_way = collections.OrderedDict()  # tag -> [story, version, when to send, 0: under way]
        tag, next_at, patience = 0, time.monotonic(), self.SILENCE
        while under_way or not self.stop:
            with zmq.Context.instance().socket(zmq.DEALER) as s:
                for option, value in {zmq.LINGER: 0, **self.options}.items():
                    s.setsockopt(option, value)
                s.connect(self.endpoint)
                heard, answered = time.monotonic(), False
                for slot in under_way.values():
                    slot[2] = heard
                    self.resends += 1
                while (under_way or not self.stop) and time.monotonic() - heard < patience:
                    now = time.monotonic()
                    if not self.stop and len(under_way) < self.WINDOW and now >= next_at:
                        next_at = max(next_at + self.pace, now - 1)
                        story = Story(self.name_, len(self.stories), self.seed)
                        self.stories.append(story)
                        tag += 1
                        under_way[tag] = [story, 0, now]
                    self.send_due(s, under_way, now)
                    if not under_way:
                        heard = now
                    if s.poll(5):
                        heard, answered = time.monotonic(), True
                        self.take(s.recv_multipart(), under_way)
                # a slow machine would never answer in time
                patience = self.SILENCE if answered else min(2 * patience, 10)

    @staticmethod
    def send_due(s, under_way, now):
        for tag, slot in under_way.items():
            if slot[2] and slot[2] <= now:
                slot[2] = 0
                s.send_multipart([b"%d" % tag, b"", pack({"v": 1, **slot[0].versions[slot[1]]})])

    def take(self, frames, under_way):
        tag, answer = int(frames[0]), unpack(frames[-1])
        slot = under_way.get(tag)
        if slot is None:
            return
        if answer["status"] == "busy":
            self.busy += 1
            slot[2] = time.monotonic() + min(answer["retry_ms"] / 1000, 0.2)
            return
        story, version = slot[0], slot[1]
        same = story.fate == "twice"
        self.acks.note((story.id, 0 if same else version), answer)
        if answer["status"] == "rejected":
            self.rejected.append((story.id, answer["reason"]))
        if version + 1 < len(story.versions):
            slot[1:] = [version + 1, time.monotonic()]
        else:
            del under_way[tag]


class Watcher:
    """`stance watch --json` into a file; killed with -9 it goes on behind its last whole line."""

    def __init__(self, path, endpoint, more=()):
        """`more`: arguments, as for keys."""
        self.path, self.endpoint, self.more, self.process = path, endpoint, more, None
        self.start()

    def lines(self):
        if not os.path.exists(self.path):
            return []
        with open(self.path, "rb") as f:
            return f.read().splitlines(keepends=True)

    def start(self):
        whole = [line for line in self.lines() if line.endswith(b"\n")]
        with open(self.path, "wb") as f:
            f.writelines(whole)
        begin = json.loads(whole[-1])["seq"] + 1 if whole else 1
        with open(self.path, "ab") as out, open(self.path + ".err", "ab") as err:
            self.process = subprocess.Popen([os.path.join(BUILD, "stance"), "watch", "--json", "--from", str(begin), "--endpoint",
                                             self.endpoint, *self.more], stdin=subprocess.DEVNULL, stdout=out, stderr=err)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def last(self):
        whole = [line for line in self.lines() if line.endswith(b"\n")]
        return json.loads(whole[-1])["seq"] if whole else 0

    def ended(self):
        """It never ends by itself: whatever the daemon does, it goes on. Else: what it said."""
        if self.process.poll() is None:
            return None
        with open(self.path + ".err", encoding="utf-8") as f:
            return "a follower ended with %d: %s" % (self.process.returncode, f.read()[-300:])

    def seen(self):
        return [(e["seq"], e["id"]) for e in map(json.loads, self.lines())]
