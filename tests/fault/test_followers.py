#!/usr/bin/python3
"""A flood of events and many followers: some read as fast as they can, some slowly, some are stopped for a while, cut off,
killed, or want little. None keeps waiting while the log grows, and in the end each has seen the whole log, in order."""

import os
import random
import re
import selectors
import signal
import subprocess
import time
import unittest

from faults import BUILD, LONG, ROOT, SEED, Daemon, Follower, Socket, eventually, pack, unpack, while_it_moves
import zmq
from harness import SANITIZED, TestCase
from relay import Relay

SECONDS = int(os.environ.get("STANCED_FOLLOW_SECONDS", 300 if LONG else 5))
EACH = 4 if LONG else 2  # followers of each kind
RATE = 300  # articles a second, one event each
NUMBER = re.compile(rb'^\{"v":1,"seq":(\d+),', re.M)
PIECE = 1 << 16
SLOW_PIECE = 4096  # what a slow one gets rid of at a time


class Tail:
    """`stance watch --json` into a pipe, and how far it got. What is done to it: nothing, or "slow", "stopped", "cut", "killed"."""

    def __init__(self, kind, endpoint, chance, selector):
        self.kind, self.endpoint, self.chance, self.selector = kind, endpoint, chance, selector
        self.seq, self.wrong, self.rest = 0, [], b""
        self.held = False  # by us: it cannot get on
        self.next_at = time.monotonic()
        self.longest, self.moved_at = 0.0, self.next_at
        self.start()

    def start(self):
        self.rest = b""
        self.process = subprocess.Popen([os.path.join(BUILD, "stance"), "watch", "--json", "--from", str(self.seq + 1), "--endpoint",
                                         self.endpoint], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=ROOT,
                                        bufsize=0)  # what Python had read ahead, select() would not tell of
        os.set_blocking(self.process.stdout.fileno(), False)
        self.selector.register(self.process.stdout, selectors.EVENT_READ, self)

    def end(self):
        self.selector.unregister(self.process.stdout)
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def read(self, size=PIECE):
        data = self.process.stdout.read(size)
        if data is None:  # nothing there
            return
        if not data:
            self.wrong.append("it ended with %s" % self.process.wait())
            self.selector.unregister(self.process.stdout)
            return
        lines, _, self.rest = (self.rest + data).rpartition(b"\n")
        for seq in map(int, NUMBER.findall(lines)):
            if seq != self.seq + 1:
                self.wrong.append("%d behind %d" % (seq, self.seq))
            self.seq = seq

    def watch(self, before, last, now):
        """Notes how long it stood still though there was more, and nothing that we did held it."""
        if self.seq != before or self.seq >= last or self.held or self.kind == "slow":
            self.moved_at = now
        self.longest = max(self.longest, now - self.moved_at)

    def disturb(self, now):
        if now < self.next_at:
            return
        if self.kind == "stopped":
            self.held = not self.held
            self.process.send_signal(signal.SIGSTOP if self.held else signal.SIGCONT)
            # now and then for longer than ZeroMQ's heartbeats put up with
            self.next_at = now + self.chance.choice((0.05, 0.3, 1, 2, 18 if LONG and self.held else 1))
        elif self.kind == "killed":
            self.end()
            self.start()
            self.next_at = now + self.chance.uniform(0.2, 3)

    def let_go(self):
        if self.held:
            self.process.send_signal(signal.SIGCONT)
        self.kind, self.held = self.kind + " ", False


class Raw:
    """A follower of the bare protocol. `credit` small: it asks for every few events; `where`: gets none, only watermarks."""

    def __init__(self, d, credit, where=None, **options):
        self.f, self.credit, self.seq, self.seen, self.taken, self.wrong = Follower(d, credit=credit, where=where, **options), credit, 0, 0, 0, []

    def read(self):
        for _ in range(2000):
            message = self.f.receive(0)
            if message is None:
                return
            if message["op"] == "refused":
                self.wrong.append(message)
            elif message["op"] == "event":
                if message["event"]["seq"] != self.seq + 1:
                    self.wrong.append("%d behind %d" % (message["event"]["seq"], self.seq))
                self.seq = message["event"]["seq"]
                self.taken += 1
                if self.taken * 2 >= self.credit:
                    self.f.send({"op": "credit", "n": self.taken})
                    self.taken = 0
            else:
                self.seq = max(self.seq, message["seq"])


@unittest.skipIf(SANITIZED, "it is about speed")
class Followers(TestCase):
    def flood(self, s, now):
        """Feeds what is due."""
        while s.poll(0):
            answer = unpack(s.recv_multipart()[-1])
            self.under_way -= 1
            self.accepted += answer["status"] == "accepted"
            self.seq = max(self.seq, answer.get("seq", 0))
        while self.next_at <= now and self.under_way < 1000:
            s.send_multipart([b"", pack({"v": 1, "id": "a-%d" % self.n, "body": "Norway urged both sides to talk."})])
            self.n += 1
            self.under_way += 1
            self.next_at += 1 / RATE

    def turn(self, last, now, slow=True):
        before = {t: t.seq for t in self.tails}
        for key, _ in self.selector.select(0.02):
            if not slow or not key.data.kind == "slow":
                key.data.read()
            elif now >= key.data.next_at:
                key.data.read(SLOW_PIECE)
                key.data.next_at = now + 0.1
        for raw in self.raws:
            raw.read()
        for tail in self.tails:
            tail.watch(before[tail], last, now)

    def test_all_get_to_the_end(self):
        chance = random.Random(SEED)
        d = Daemon(store={"map_size": "512M"}, workers={"count": 2, "command": os.path.join(BUILD, "bench", "null_worker")})
        self.addCleanup(d.clean)
        self.addCleanup(self.show_log, d)
        d.start()
        relay = Relay(os.path.join(d.dir, "relay"), d.endpoint("stream"), SEED)
        self.addCleanup(relay.close)
        self.selector = selectors.DefaultSelector()
        self.tails = [Tail(kind, relay.endpoint if kind == "cut" else d.endpoint("stream"), chance, self.selector)
                      for kind in ("fast", "slow", "stopped", "cut", "killed") for _ in range(EACH)]
        for tail in self.tails:
            self.addCleanup(lambda t=tail: (t.process.kill(), t.process.wait(), t.process.stdout.close()))
        self.raws = [Raw(d, 8), Raw(d, 64, RCVHWM=1), Raw(d, 1000), Raw(d, 1000, {"act": ["SANCTION"]})]
        self.n = self.under_way = self.accepted = self.seq = 0
        began = self.next_at = time.monotonic()
        cut_at, asked_at, last = began, began, 0
        with Socket(zmq.DEALER, d.endpoint("intake")) as s:
            while (now := time.monotonic()) < began + SECONDS or self.under_way:
                if now < began + SECONDS:
                    self.flood(s, now)
                    for tail in self.tails:
                        tail.disturb(now)
                    if now >= cut_at:
                        relay.cut()
                        cut_at = now + chance.uniform(0.2, 2)
                else:
                    self.next_at = now + 1
                    self.flood(s, now)
                if now >= asked_at:  # a little late: who is behind by then really is
                    last, asked_at = d.status()["log_last"], now + 0.2
                self.turn(last, now)
        eventually(lambda: d.status()["waiting"] == 0 and d.status()["in_work"] == 0, "all is classified")
        last = d.status()["log_last"]
        for tail in self.tails:
            tail.let_go()
        everybody = self.tails + self.raws

        def there():
            self.turn(last, time.monotonic(), slow=False)
            return all(f.seq >= last or f.wrong for f in everybody)

        try:
            while_it_moves(there, lambda: [f.seq for f in everybody], "all have the whole log")
        finally:
            waits = {}
            for tail in self.tails:
                waits[tail.kind.strip()] = max(waits.get(tail.kind.strip(), 0), tail.longest)
            print("followers, %d s, seed %d: %d events, %d followers, %d cuts; behind at the end: %s; longest stand in s: %s"
                  % (SECONDS, SEED, last, len(everybody), relay.cuts, [last - f.seq for f in everybody if f.seq < last],
                     ", ".join("%s %.1f" % w for w in waits.items())), flush=True)
        self.assertEqual([f.wrong[:3] for f in everybody if f.wrong], [])
        self.assertEqual(last, self.accepted)
        for raw in self.raws:
            raw.f.close()


if __name__ == "__main__":
    unittest.main()
