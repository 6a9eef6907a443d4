#!/usr/bin/python3
"""Fail the Nth call of each fail point, for every N until a run passes without a fault: the daemon says why and ends at its
start, or lives; and whatever it accepted is delivered once."""

import os
import concurrent.futures
import random
import sys
import time
import unittest

from faults import LONG, SEED, FaultDaemon, Findings, Follower, Socket, check_articles, check_log, eventually, pack, unpack
import zmq
from harness import PATIENCE, TestCase
from standin import Worker, events

POINTS = ("begin", "put", "put_full", "commit", "send_full", "send_gone", "send_memory", "spawn", "alloc")
ENDS = {69: "endpoint", 71: "memory", 73: "store", 78: "config"}  # what a start that fails may end with
N_ARTICLES = 6


def article(n):
    return {"id": "a-%d" % n, "title": "Story %d" % n, "body": "events=%d\nNorway condemned Russia on Monday. Body %d." % (1 + n % 3, n)}


class Nth(TestCase):
    def feed_all(self, d):
        """Feeds until all are accepted, coming again when told to, or when nothing is said, or when the daemon ended."""
        left = {n: article(n) for n in range(N_ARTICLES)}
        end, patience = time.monotonic() + PATIENCE, 400
        while left:
            self.assertLess(time.monotonic(), end, "the feeder is not served\n" + d.log()[-3000:])
            self.alive(d)
            answered = False
            with Socket(zmq.DEALER, d.endpoint("intake")) as s:
                for n, a in left.items():
                    s.send_multipart([b"%d" % n, b"", pack({"v": 1, **a})])
                while left and s.poll(patience):
                    tag, _, data = s.recv_multipart()
                    answer, answered = unpack(data), True
                    self.assertIn(answer["status"], ("accepted", "duplicate", "busy"), answer)
                    if answer["status"] != "busy":
                        left.pop(int(tag), None)
            # a slow machine would never answer in time
            patience = 400 if answered else min(2 * patience, 10000)

    def alive(self, d):
        """The daemon runs. If it could not start it said why, and starts without the fault."""
        code = d.process.poll()
        if code is None:
            return
        self.assertIn(code, ENDS, "%s: ended with %d\n%s" % (d.fault, code, d.log()[-2000:]))
        self.assertIn("error: ", d.log(), "it said why")
        d.fault = None
        d.start()

    def classify(self, d, worker):
        """Does all work; says hello again when it was forgotten."""
        beat = 0
        while not self.done(d):
            self.alive(d)
            message = worker.receive(0.1)
            if message is not None and message["op"] == "work":
                worker.done(message)
            elif time.monotonic() - beat > 0.5:
                beat = time.monotonic()
                worker.send("heartbeat")  # a daemon of a new life answers: say hello

    def done(self, d):
        status = d.ask("status", patience=1)
        return status and status["op"] == "status" and status["waiting"] == 0 and status["log_last"] > 0

    def read(self, d):
        """The log; a follower that hears nothing asks again, as our clients do."""
        last = eventually(lambda: self.done(d) and d.ask("status", patience=1), "status")["log_last"]
        for seconds in range(1, 20):
            f = Follower(d)
            try:
                return f.watermark(last, seconds)
            except AssertionError:
                self.alive(d)
            finally:
                f.close()
        raise AssertionError("the log cannot be read\n" + d.log()[-2000:])

    def once(self, point, n):
        """One run. True: the fault happened."""
        d = FaultDaemon()
        try:
            d.fault = "%s:%d" % (point, n)
            if point == "spawn":
                d.workers(1)
            d.launch()
            self.feed_all(d)
            worker = Worker(d.endpoint("work"), "remote")
            try:
                if point == "spawn":
                    worker.send("bye")
                    eventually(lambda: self.done(d), "the worker that was started later does the work")
                else:
                    self.classify(d, worker)
            finally:
                worker.close()
            fired = "fault: " + point in d.log()
            got = self.read(d)
            found = Findings()
            check_log(got, found)
            if point != "spawn":
                check_articles(got, {a["id"]: events(a) for a in map(article, range(N_ARTICLES))}, found)
            self.assertFalse(found, "%s:%d: %s" % (point, n, found))
            self.assertEqual(d.stop(), 0, "%s:%d\n%s" % (point, n, d.log()[-2000:]))
            return fired
        except AssertionError:
            sys.stderr.write("---- %s:%d\n%s----\n" % (point, n, d.log()[-3000:]))
            raise
        finally:
            d.clean()

    def point(self, pool, point):
        """The long run tries every N, the short one some of them. Runs mostly wait, so many go at once."""
        chance = random.Random(SEED)
        step = 1 if LONG or point in ("commit", "spawn") else {"begin": 11, "alloc": 45}.get(point, 15)
        n = places = 0
        while True:
            batch = []
            for _ in range(8 if LONG else 3):
                n += chance.randint(1, step)
                batch.append(n)
            fired = list(pool.map(lambda i: self.once(point, i), batch))
            places += sum(fired)
            if not all(fired):
                return places, n

    def test_every_point(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool, concurrent.futures.ThreadPoolExecutor(len(POINTS)) as many:
            runs = {point: many.submit(self.point, pool, point) for point in POINTS}
            for point, run in runs.items():
                with self.subTest(point):
                    places, n = run.result()
                    print("fault point %-9s failed at %3d places, none was left at call %d" % (point, places, n), flush=True)
                    self.assertGreater(places, 0, "the point was never met")


if __name__ == "__main__":
    unittest.main()
