#!/usr/bin/python3
"""Articles that kill their worker: each costs as many workers as it has attempts, lands in the quarantine with its reason, and
stops nobody else."""

import time
import unittest
import urllib.request

from faults import LONG, FaultDaemon, Socket, eventually, pack, unpack
import zmq
from harness import PATIENCE, TestCase

TEXT = "Norway condemned Russia on Monday."
DEADLINE_MS = 8000  # far more than a healthy article needs on a busy machine: each worker that is killed counts here


class Poison(TestCase):
    def fault_daemon(self, count, **workers):
        d = FaultDaemon().workers(count, **workers)
        self.addCleanup(d.clean)
        self.addCleanup(self.show_log, d)
        return d

    @staticmethod
    def metric(d, name):
        with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % d.port, timeout=PATIENCE) as r:
            return int(next(line.split()[1] for line in r.read().decode().splitlines() if line.startswith("stanced_%s " % name)))

    def test_each_kind_costs_its_attempts_and_is_done_after_the_repair(self):
        d = self.fault_daemon(2, attempts=2, deadline_ms=DEADLINE_MS).start()
        kinds = {"crash": "signal 11", "exit": "code 3", "hang": "no result within %d ms" % DEADLINE_MS, "exhaust": "code 71"}
        for kind in kinds:
            self.accept(d, {"id": kind, "body": "fault=%s\n%s" % (kind, TEXT)}, {"id": "good-" + kind, "body": TEXT})
        eventually(lambda: d.status()["dead"] == len(kinds) and d.status()["waiting"] == 0, "the quarantine has them")
        for e in d.ask("dead_list")["dead"]:
            # a slow machine may need longer than the deadline to use up its memory
            expected = (kinds[e["id"]], kinds["hang"]) if e["id"] == "exhaust" else (kinds[e["id"]],)
            self.assertTrue(any(words in e["reason"] for words in expected), e)
            self.assertEqual((e["attempts"], e["worker"][:12]), (2, "stance-worke"))
        self.assertEqual(self.metric(d, "worker_exits_total"), 2 * len(kinds), "each attempt costs one worker")
        done = {e["article"]["id"] for e in self.follower(d).watermark(d.status()["log_last"])}
        self.assertEqual(done, {"good-" + kind for kind in kinds})
        # Repaired workers: what was quarantined is done after all.
        self.assertEqual(d.stop(), 0)
        d.more["STANCED_FAULT_FIXED"] = "1"
        d.start()
        retry = self.stance("dead", "retry", "--all", "-c", d.config_path)
        self.assertEqual(retry.returncode, 0, retry.stderr)
        eventually(lambda: d.status()["waiting"] == 0 and d.status()["in_work"] == 0, "they are tried again")
        self.assertEqual(d.status()["dead"], 0)
        done = {e["article"]["id"] for e in self.follower(d).watermark(d.status()["log_last"])}
        self.assertEqual(done, {"good-" + kind for kind in kinds} | set(kinds))

    def test_one_poison_a_second_does_not_stop_the_stream(self):
        seconds, rate = (60, 40) if LONG else (4, 40)
        d = self.fault_daemon(2).start()
        sent, delays, poison = {}, [], 0
        follower = self.follower(d)
        with Socket(zmq.DEALER, d.endpoint("intake")) as s:
            began = time.monotonic()
            for n in range(seconds * rate):
                bad = n % rate == 0
                poison += bad
                body = "fault=crash %d\n%s" % (n, TEXT) if bad else "%s Again %d." % (TEXT, n)
                s.send_multipart([b"", pack({"v": 1, "id": "%s-%d" % ("bad" if bad else "a", n), "body": body})])
                sent["a-%d" % n] = time.monotonic()
                while time.monotonic() - began < n / rate:
                    self.hear(follower, sent, delays)
            for _ in range(seconds * rate):
                self.assertTrue(s.poll(PATIENCE * 1000), "all are answered")
                self.assertEqual(unpack(s.recv_multipart()[-1])["status"], "accepted")
        eventually(lambda: d.status()["waiting"] == 0 and d.status()["dead"] == poison, "all are done, the poison is out")
        while len(delays) < seconds * (rate - 1):
            self.assertTrue(self.hear(follower, sent, delays, PATIENCE), "all healthy articles have their event")
        delays.sort()
        self.assertEqual(self.metric(d, "worker_exits_total"), 3 * poison)
        print("poison: %d in %d s, 3 workers each; %d healthy articles, feed to event p50 %.0f ms, p99 %.0f ms"
              % (poison, seconds, len(delays), 1000 * delays[len(delays) // 2], 1000 * delays[len(delays) * 99 // 100]), flush=True)

    @staticmethod
    def hear(follower, sent, delays, limit=0.002):
        message = follower.next(limit)
        if message is not None and message["op"] == "event":
            at = sent.pop(message["event"]["article"]["id"], None)
            if at is not None:
                delays.append(time.monotonic() - at)
        return message


if __name__ == "__main__":
    unittest.main()
