#!/usr/bin/python3
"""More than the daemon can take: a flood of feeders, peers that stall, a disk that fills, peers that come and go. Each slows
itself alone; memory stays within its bound; nothing that was accepted is lost."""

import os
import signal
import subprocess
import threading
import time
import unittest
import urllib.request

from faults import BUILD, LONG, FaultDaemon, Findings, Follower, Socket, check_log, eventually, pack, read_log, send_signal, unpack, while_it_moves
import zmq
from harness import PATIENCE, SANITIZED, TestCase
from standin import Worker

FLOOD_S = int(os.environ.get("STANCED_FLOOD", 600 if LONG else 4))
RECONNECTS = 10000 if LONG else 300
BOUND_KIB = 256 * 1024


def anonymous_kib(d):
    """Private memory of the daemon: the store's map is the system's to take back."""
    with open("/proc/%d/status" % d.process.pid, encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("RssAnon:"))


def open_files(d):
    return len(os.listdir("/proc/%d/fd" % d.process.pid))


class Flooder(threading.Thread):
    """Feeds as fast as it is let, a window under way; busy articles come again later."""

    def __init__(self, d, name, size, window):
        super().__init__(daemon=True)
        self.d, self.name_, self.size, self.window = d, name, size, window
        self.accepted, self.busy, self.stop = 0, 0, False

    def run(self):
        body = b"Norway urged both sides to talk. ".decode() * (self.size // 33)
        with Socket(zmq.DEALER, self.d.endpoint("intake")) as s:
            n = under_way = 0
            again = []
            while not self.stop or under_way:
                while not self.stop and under_way < self.window:
                    if again and again[0][0] > time.monotonic():
                        break
                    number = again.pop(0)[1] if again else n
                    n += number == n
                    s.send_multipart([b"%d" % number, b"", pack({"v": 1, "id": "%s-%d" % (self.name_, number), "body": body})])
                    under_way += 1
                while s.poll(10):
                    tag, _, data = s.recv_multipart()
                    answer = unpack(data)
                    under_way -= 1
                    if answer["status"] == "busy":
                        self.busy += 1
                        again.append((time.monotonic() + answer["retry_ms"] / 1000, int(tag)))
                    else:
                        assert answer["status"] == "accepted", answer
                        self.accepted += 1


class Pressure(TestCase):
    def fault_daemon(self, **sections):
        d = FaultDaemon(**sections)
        self.addCleanup(d.clean)
        self.addCleanup(self.show_log, d)
        return d

    @unittest.skipIf(SANITIZED, "sanitizers have memory of their own")
    def test_a_flood_with_stalled_peers_stays_within_its_memory(self):
        d = self.fault_daemon(store={"map_size": "256M", "retain_events": 20000}).start()
        workers = [Worker(d.endpoint("work"), "w%d" % n, capacity=64) for n in range(3)]
        stalled = Worker(d.endpoint("work"), "stalled", capacity=1024)
        deaf = [self.follower(d, credit=10000000, RCVHWM=1) for _ in range(20)]
        live = [Socket(zmq.SUB, d.endpoint("live"), SUBSCRIBE=b"", RCVHWM=1) for _ in range(20)]
        floods = [Flooder(d, "f%d" % n, size, 64) for n, size in enumerate((300, 300, 3000, 3000, 30000) + (1000000,) * 4)]
        for f in floods:
            f.start()
        most, done, end, first = 0, 0, time.monotonic() + FLOOD_S, 0
        # on until each was served: four seconds may be too little for a slow machine
        while (now := time.monotonic()) < end or (now < end + PATIENCE and not (done and all(f.accepted for f in floods))):
            for w in workers:
                message = w.receive(0.01)
                if message is not None and message["op"] == "work":
                    w.done(message, [])
                    done += 1
            kib = anonymous_kib(d)
            first, most = first or kib, max(most, kib)
        for f in floods:
            f.stop = True
        accepted = sum(f.accepted for f in floods)
        print("flood, %d s: accepted %d, busy %d, classified meanwhile %d; private memory at most %d MiB, %d MiB at the end"
              % (FLOOD_S, accepted, sum(f.busy for f in floods), done, most >> 10, anonymous_kib(d) >> 10), flush=True)
        self.assertLess(most, BOUND_KIB)
        self.assertGreater(done, 0, "the work goes on beside the flood")
        self.assertTrue(all(f.accepted for f in floods), "nobody is starved: %s" % [f.accepted for f in floods])
        for f in floods:  # or they would ask on, beside the tests behind this one
            f.join(PATIENCE)
        for one in live:
            one.__exit__()
        for w in workers + [stalled]:
            w.close()
        del deaf

    def test_a_full_disk_is_busy_and_then_goes_on(self):
        # the map has room for the events of all that a slow worker lets in before the disk is full
        d = self.fault_daemon(store={"map_size": "1G"})
        disk = d.sections["store"]["path"]
        os.makedirs(disk)
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "stanced-test", disk], check=False,
                                               capture_output=True).returncode != 0:
            self.skipTest("no small disk: mounting is not allowed here")
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=False)
        d.workers(1).start()
        text = "Norway condemned Russia on Monday. " * 300
        accepted, statuses = [], set()
        for n in range(2000):
            answer = self.feed(d, {"id": "a-%d" % n, "body": text + str(n)})[0]
            statuses.add(answer["status"])
            if answer["status"] == "busy":
                self.assertGreater(answer["retry_ms"], 0)
                break
            accepted.append("a-%d" % n)
        self.assertEqual(statuses, {"accepted", "busy"})
        self.assertTrue(d.ask("status"), "operators are served while the disk is full")
        subprocess.run(["mount", "-o", "remount,size=1g", disk], check=True)
        late = {"id": "late", "body": "Norway condemned Russia on Monday."}
        eventually(lambda: self.feed(d, late)[0]["status"] in ("accepted", "duplicate"), "there is room again")
        while_it_moves(lambda: d.status()["waiting"] == 0 and d.status()["in_work"] == 0, lambda: d.status()["classified"], "all is done")
        log, found = read_log(d, d.status()["log_last"]), Findings()
        check_log(log, found)
        self.assertFalse(found, found)
        self.assertEqual({e["article"]["id"] for e in log} | {e["id"] for e in d.ask("dead_list")["dead"]}, set(accepted) | {"late"})
        print("full disk: %d articles accepted before it was full, all delivered" % len(accepted), flush=True)

    def test_a_frozen_worker_and_a_frozen_follower_hold_up_nobody(self):
        d = self.fault_daemon(workers={"deadline_ms": 60000}).workers(2, deadline_ms=60000).start()
        pids = eventually(lambda: [w["pid"] for w in d.status()["workers"] if w["state"] == "ready"][1:] and d.worker_pids(), "two are up")
        os.kill(pids[0], signal.SIGSTOP)
        self.addCleanup(send_signal, pids[0], signal.SIGCONT)
        watch = subprocess.Popen([os.path.join(BUILD, "stance"), "watch", "--json", "-c", d.config_path], stdout=subprocess.DEVNULL)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        eventually(lambda: d.status()["followers"] == 1, "it follows")
        watch.send_signal(signal.SIGSTOP)
        self.accept(d, *({"id": "a-%d" % n, "body": "Norway condemned Russia on Monday. %d" % n} for n in range(200)))
        eventually(lambda: d.status()["classified"] >= 196, "all but the four that the frozen one holds are done")
        follower = Follower(d)
        self.addCleanup(follower.close)
        self.assertGreaterEqual(len(follower.watermark(d.status()["log_last"])), 196)

    @unittest.skipIf(SANITIZED, "sanitizers have memory of their own")
    def test_memory_is_flat_over_reconnects(self):
        d = self.fault_daemon().standins(0).start()
        self.accept(d, {"id": "a", "body": "Text."})

        def feeder(n):
            with Socket(zmq.REQ, d.endpoint("intake")) as s:
                s.send(pack({"v": 1, "id": "a", "body": "Text."}))
                self.assertEqual(unpack(s.recv())["status"], "duplicate")

        def follower(n):
            f = Follower(d)
            f.watermark(0)
            f.close()

        def worker(n):
            w = Worker(d.endpoint("work"), "w", capacity=1)
            self.assertEqual(w.receive(PATIENCE)["op"], "work")
            w.close()

        def live(n):
            with Socket(zmq.SUB, d.endpoint("live"), SUBSCRIBE=b"") as s:
                s.poll(0 if n % 50 else 5)

        def browser(n):
            with urllib.request.urlopen("http://127.0.0.1:%d/events?after=0" % d.port, timeout=PATIENCE) as r:
                self.assertEqual(r.status, 200)

        alone = open_files(d)

        def many(peer, count):
            """Private memory after so many have come and all of them, as the daemon sees it, are gone."""
            for n in range(count):
                peer(n)
                if n % 500 == 0:  # ZeroMQ closes later: ours, too, on a busy machine
                    eventually(lambda: len(os.listdir("/proc/self/fd")) < 500, "our own are closed")
            while_it_moves(lambda: open_files(d) <= alone + 4, lambda: open_files(d), "they are gone")
            return anonymous_kib(d)

        for peer in (feeder, follower, worker, live, browser):
            count = RECONNECTS
            before = many(peer, count)  # what is set up once, and the most that comes together
            after = many(peer, count)
            print("reconnects: %5d of a %-8s private memory %d KiB before, %d after" % (count, peer.__name__, before, after), flush=True)
            self.assertLess(after - before, 1024 + count // 8, peer.__name__)


if __name__ == "__main__":
    unittest.main()
