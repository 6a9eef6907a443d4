#!/usr/bin/python3
"""A daemon that is fed gently for long: the release build with a real worker that reads by rules, a follower that reads all,
one that comes anew every second, a live subscriber, retention that takes old events away. Nothing is lost or comes twice,
and neither memory nor files grow. STANCED_SOAK_SECONDS says how long; `make check` has some seconds of it."""

import os
import random
import time
import unittest

from faults import LONG, SEED, Follower, Socket, bare, eventually, pack, unpack, while_it_moves
from harness import SANITIZED, TestCase
from peers import sentence
import zmq

SECONDS = int(os.environ.get("STANCED_SOAK_SECONDS", 600 if LONG else 5))
PACE = 0.05  # seconds between two articles
BODIES = 100
# What the daemon remembers of stories (daemon/copies.h) fills in the warm-up, or it would look like a leak.
WARM_UP = 34000 if SECONDS >= 300 else 100
RETAIN = 20000
SLACK_KIB = 2048  # of private memory that may come and go


def process(pid):
    """(private KiB, resident KiB, open files)"""
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        rows = dict(line.split(":", 1) for line in f)
    return int(rows["RssAnon"].split()[0]), int(rows["VmRSS"].split()[0]), len(os.listdir("/proc/%d/fd" % pid))


def plain(event):
    """An event without what says which article it is of: the same for the same body."""
    event = bare(event)
    del event["article"]
    event.update({key: event[key].rsplit("#", 1)[1] for key in ("id", "reciprocal") if event.get(key)})
    return event


class Reader:
    """A follower that knows what each body's events are, and checks while it reads: a long run's log is kept nowhere."""

    def __init__(self, d, after, reference):
        self.f = Follower(d, after=after, credit=1000)
        self.after, self.reference, self.consumed = after, reference, 0
        self.article, self.events, self.done, self.wrong = None, [], {}, []

    def take(self):
        message = unpack(self.f.socket.recv())
        if message["op"] == "watermark":
            if message["first"] > self.after + 1:
                self.wrong.append("events %d to %d were taken before it got them" % (self.after + 1, message["first"] - 1))
                self.after = message["first"] - 1
            return
        event = message["event"]
        if event["seq"] != self.after + 1:
            self.wrong.append("event %d stands behind %d" % (event["seq"], self.after))
        self.after = event["seq"]
        self.consumed += 1
        if self.consumed == 500:
            self.f.send({"op": "credit", "n": self.consumed})
            self.consumed = 0
        if self.reference is not None:
            self.put(event)

    def put(self, event):
        name = event["article"]["id"]
        if name != self.article:
            self.article, self.events = name, []
        self.events.append(plain(event))
        expected = self.reference[int(name) % BODIES]
        if self.events != expected[:len(self.events)]:
            self.wrong.append("%s: other events than the first time" % name)
        if len(self.events) == len(expected):
            self.done[int(name)] = self.done.get(int(name), 0) + 1


class Soak(TestCase):
    def reference(self, d, bodies):
        """The events of each body, from the articles 0, 1, ..."""
        self.accept(d, *({"id": str(n), "body": body} for n, body in enumerate(bodies)))
        eventually(lambda: d.status()["classified"] == len(bodies), "all are classified")
        out = [[] for _ in bodies]
        f = Follower(d)
        for event in f.watermark(d.status()["log_last"]):
            n = int(event["article"]["id"])
            out[n].append(plain(event))
        f.close()
        self.assertTrue(all(out), "each body has events")
        return out

    def one_turn(self, wait):
        """Everything that can be read is."""
        for socket, _ in self.poller.poll(wait):
            for _ in range(1000):
                if not socket.poll(0):
                    break
                self.readers[socket]()

    def answered(self):
        tag, _, data = self.feeder.recv_multipart()
        answer = unpack(data)
        self.under_way.discard(int(tag))
        if answer["status"] == "busy":
            self.again.append(int(tag))
        else:
            self.assertEqual(answer["status"], "accepted", answer)
            self.accepted += 1

    def lively(self):
        seq = unpack(self.live.recv_multipart()[1])["seq"]
        self.gaps += self.live_last and seq - self.live_last - 1
        self.live_last = seq
        self.live_seen += 1

    def send(self):
        if self.again:
            n = self.again.pop()
        else:
            n, self.n = self.n, self.n + 1
        self.under_way.add(n)
        self.feeder.send_multipart([b"%d" % n, b"", pack({"v": 1, "id": str(n), "body": self.bodies[n % BODIES]})])

    def watch(self, socket, call):
        self.readers[socket] = call
        self.poller.register(socket, zmq.POLLIN)

    def come_anew(self):
        """The guest leaves, every second time without a word, and comes again where it was."""
        socket = self.guest.f.socket
        self.poller.unregister(socket)
        del self.readers[socket]
        if self.visits % 2:
            self.guest.f.send({"op": "bye"})
        self.guest.f.close()
        self.visits += 1
        wrong = self.guest.wrong
        self.guest = Reader(self.d, self.guest.after, None)
        self.guest.wrong = wrong
        self.watch(self.guest.f.socket, self.guest.take)

    def sample(self, what):
        daemon, worker = process(self.d.process.pid), process(self.worker)
        print("soak %6d s, %-7s: daemon private %6d KiB, resident %6d, files %3d; worker private %6d KiB, resident %6d, files %3d"
              % (time.monotonic() - self.began, what, *daemon, *worker), flush=True)
        return daemon, worker

    def run_for(self, seconds):
        now = time.monotonic()
        end, send_at, anew_at, sample_at = now + seconds, now, now, now + max(10, seconds / 30)
        while now < end:
            if now >= send_at:
                self.send()
                send_at += PACE
            if now >= anew_at:
                self.come_anew()
                anew_at = now + 1
            if now >= sample_at:
                self.sample("")
                sample_at += max(10, seconds / 30)
            self.one_turn(max(0, int((send_at - time.monotonic()) * 1000)))
            now = time.monotonic()

    def settle(self):
        """All that was sent is answered, and its events have been read."""
        def settled():
            if self.again:
                self.send()
            self.one_turn(20)
            return len(self.reader.done) == self.n - BODIES and not self.again and not self.under_way

        while_it_moves(settled, lambda: (len(self.reader.done), self.accepted), "all is done")

    def test_nothing_is_lost_and_nothing_grows(self):
        chance = random.Random(SEED)
        self.bodies = [" ".join(sentence(chance) for _ in range(chance.randint(4, 10))) for _ in range(BODIES)]
        self.d = d = self.daemon(store={"map_size": "512M", "retain_events": RETAIN}, workers={"count": 1}, model={"file": "none"}).start()
        self.worker = eventually(lambda: [w["pid"] for w in d.status()["workers"] if w["state"] == "ready"], "its worker")[0]
        reference = self.reference(d, self.bodies)
        self.n, self.accepted, self.under_way, self.again, self.visits = BODIES, 0, set(), [], 0
        self.live_last = self.live_seen = self.gaps = 0
        self.began = time.monotonic()
        last = d.status()["log_last"]
        self.poller, self.readers = zmq.Poller(), {}
        self.reader, self.guest = Reader(d, last, reference), Reader(d, last, None)
        with Socket(zmq.DEALER, d.endpoint("intake")) as self.feeder, Socket(zmq.SUB, d.endpoint("live"), SUBSCRIBE=b"") as self.live:
            for socket, call in ((self.feeder, self.answered), (self.reader.f.socket, self.reader.take),
                                 (self.guest.f.socket, self.guest.take), (self.live, self.lively)):
                self.watch(socket, call)
            while self.n < BODIES + WARM_UP:
                if self.n - BODIES - len(self.reader.done) < 200:
                    self.send()
                self.one_turn(0 if self.n - BODIES - len(self.reader.done) < 200 else 10)
            self.settle()
            self.run_for(min(60, SECONDS / 5))
            before = self.sample("warm")
            self.run_for(SECONDS)
            self.settle()
            after = self.sample("end")
        done = self.reader.done
        lost = self.n - BODIES - len(done)
        twice = sum(count > 1 for count in done.values())
        print("soak, %d s, seed %d: articles %d, events %d, lost %d, twice %d, wrong %d; a follower came anew %d times; live: %d events, %d left out"
              % (SECONDS, SEED, self.accepted, self.reader.after - last, lost, twice, len(self.reader.wrong) + len(self.guest.wrong),
                 self.visits, self.live_seen, self.gaps), flush=True)
        self.assertEqual((lost, twice, self.reader.wrong[:5], self.guest.wrong[:5]), (0, 0, [], []))
        self.assertEqual(self.accepted, self.n - BODIES)
        self.assertEqual(d.status()["log_last"], self.reader.after)
        for name, (private, _, files), (private_now, _, files_now) in zip(("daemon", "worker"), before, after):
            if files_now > files + 2:  # the guest's last connections may not be closed yet
                pid = {"daemon": d.process.pid, "worker": self.worker}[name]
                eventually(lambda pid=pid, most=files + 2: process(pid)[2] <= most, "open files of the " + name)
            if not SANITIZED and SECONDS >= 300:
                self.assertLessEqual(private_now, private + SLACK_KIB, "private memory of the " + name)
        self.reader.f.close()
        self.guest.f.close()


if __name__ == "__main__":
    unittest.main()
