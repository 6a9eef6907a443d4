#!/usr/bin/python3
"""Everything dies at random: the daemon, workers, followers, connections; the disk fills, clocks jump, processes freeze. The
checker then compares what feeders were told with what the log holds, and that with an undisturbed run."""

import os
import random
import signal
import subprocess
import time
import unittest

from faults import BUILD, LONG, ROOT, SEED, WORKER, FaultDaemon, Findings, bare, check_articles, check_log, read_log, send_signal, while_it_moves
from harness import PATIENCE, TestCase
from peers import Feeder, Watcher
from relay import Relay
from standin import key_of
import zmq

KILLS = int(os.environ.get("STANCED_KILLS", 1000 if LONG else 20))
PACE = 0.04  # seconds between two articles of a feeder
DEADLINE_MS = 1000  # for an article: poison hangs so long
PEERS = {"intake": "feeder", "work": "worker", "stream": "follower"}


class World:
    """A daemon with workers, feeders and followers, and somebody who breaks things. `keys`: all but the daemon's own workers
    come by tcp and show keys."""

    def __init__(self, seed, keys=False):
        self.chance = random.Random(seed)
        self.d = d = FaultDaemon(store={"map_size": "512M"})
        self.disk = self.mount(os.path.join(d.dir, "store"))
        d.workers(2, attempts=3, deadline_ms=DEADLINE_MS)
        self.keys = keys
        if keys:
            self.make_keys()
        self.relays = {name: Relay(os.path.join(d.dir, "r-" + name), d.endpoint(name), seed) for name in PEERS}
        self.counts = dict.fromkeys(("daemon", "worker", "follower", "stopped", "frozen", "skewed", "filled"), 0)
        self.remote = None
        d.start()
        self.feeders = [Feeder(self.relays["intake"].endpoint, n, seed, PACE, self.curve("intake")) for n in range(3)]
        self.watchers = [Watcher(os.path.join(d.dir, "watch-%d" % n), self.relays["stream"].endpoint, self.key_files("stream"))
                         for n in range(2)]
        self.start_remote()

    # ---- keys ----

    def make_keys(self):
        d = self.d
        d.sections["endpoints"].update({name: "tcp://127.0.0.1:%d" % d.free_port() for name in PEERS})
        d.sections["keys"] = {"secret": os.path.join(d.dir, "stanced.key"), "allow": os.path.join(d.dir, "allow")}
        d.write_config()
        for arguments in [("new", "stanced", "--dir", d.dir)] + [("new", name, "--dir", d.dir) for name in PEERS] + [
                ("allow", role, os.path.join(d.dir, name + ".pub")) for name, role in PEERS.items()]:
            subprocess.run([os.path.join(BUILD, "stance"), "keys", *arguments, "-c", d.config_path], check=True, cwd=ROOT,
                           stdout=subprocess.DEVNULL)

    def curve(self, name):
        """Options of a socket of who comes to this endpoint."""
        path = os.path.join(self.d.dir, name)
        return {zmq.CURVE_PUBLICKEY: key_of(path + ".pub"), zmq.CURVE_SECRETKEY: key_of(path + ".key"),
                zmq.CURVE_SERVERKEY: key_of(os.path.join(self.d.dir, "stanced.pub"))} if self.keys else {}

    def key_files(self, name):
        """The same as arguments."""
        return ["--key", os.path.join(self.d.dir, name + ".key"), "--server-key", os.path.join(self.d.dir, "stanced.pub")] if self.keys else []

    def read_log(self):
        return read_log(self.d, self.d.status()["log_last"], **{zmq.SocketOption(k).name: v for k, v in self.curve("stream").items()})

    @staticmethod
    def mount(path):
        """A small disk of its own; False where we may not have one."""
        os.makedirs(path, exist_ok=True)
        return os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "stanced-test", path], check=False,
                                                    capture_output=True).returncode == 0

    def start_remote(self):
        with open(os.path.join(self.d.dir, "remote.log"), "ab") as log:
            self.remote = subprocess.Popen([WORKER, "--connect", self.relays["work"].endpoint, "--name", "remote", "--model", "none",
                                            *self.key_files("work")],
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kills(self):
        return self.counts["daemon"] + self.counts["worker"] + self.counts["follower"]

    # ---- what may happen ----

    def kill_daemon(self):
        self.d.kill()
        self.counts["daemon"] += 1

    def kill_worker(self):
        pids = self.d.worker_pids()
        if pids and send_signal(self.chance.choice(pids), signal.SIGKILL):
            self.counts["worker"] += 1

    def kill_remote(self):
        self.remote.kill()
        self.remote.wait()
        self.start_remote()
        self.counts["worker"] += 1

    def kill_follower(self):
        w = self.chance.choice(self.watchers)
        w.kill()
        w.start()
        self.counts["follower"] += 1

    def stop_daemon(self):
        self.d.process.terminate()
        self.d.process.wait(PATIENCE)
        self.counts["stopped"] += 1

    def freeze(self):
        pids = self.d.worker_pids() + [self.d.process.pid, self.remote.pid]
        pid = self.chance.choice(pids)
        if send_signal(pid, signal.SIGSTOP):
            time.sleep(self.chance.uniform(0.05, 0.4))
            send_signal(pid, signal.SIGCONT)
            self.counts["frozen"] += 1

    def cut(self):
        self.chance.choice(list(self.relays.values())).cut()

    def delay(self):
        self.chance.choice(list(self.relays.values())).delay = self.chance.choice((0, 0, 0.002, 0.01))

    def skew(self):
        self.d.skew(self.chance.randint(-90, 90) * 86400000)
        self.counts["skewed"] += 1

    def fill(self):
        if not self.disk:
            return
        path = os.path.join(self.d.dir, "store", "filler")
        try:
            with open(path, "wb") as f:
                while True:
                    f.write(bytes(1 << 20))
        except OSError:
            pass
        self.counts["filled"] += 1
        time.sleep(self.chance.uniform(0.05, 0.3))
        os.unlink(path)

    def step(self):
        what = self.chance.choices((self.kill_daemon, self.kill_worker, self.kill_remote, self.kill_follower, self.stop_daemon,
                                    self.freeze, self.cut, self.delay, self.skew, self.fill), (30, 28, 5, 14, 1, 3, 8, 5, 4, 2))[0]
        what()
        if self.d.process is None or self.d.process.poll() is not None:
            self.d.launch()
        time.sleep(self.chance.uniform(0.0, 0.25))

    # ---- afterwards ----

    def calm(self):
        """Nothing is broken any more; all feeders are answered and all articles dealt with."""
        for relay in self.relays.values():
            relay.delay = 0
        self.d.skew(0)
        if self.d.process.poll() is not None:
            self.d.launch()
        self.d.wait_ready()
        for f in self.feeders:
            f.stop = True
        for f in self.feeders:
            f.join(2 * PATIENCE)
        assert not any(f.is_alive() for f in self.feeders), "a feeder is not answered"
        self.settle()

    def settle(self):
        """Poison may have left much to do: each article that hangs costs a worker three deadlines."""
        def status():
            s = self.d.ask("status", patience=1)
            return s if s and s["op"] == "status" else None

        def left():
            s = status()
            return s and (s["waiting"] + s["in_work"], s["dead"])

        while_it_moves(lambda: (left() or (1,))[0] == 0, left, "all articles are dealt with")

    def quarantined(self):
        dead = {}
        while page := self.d.ask("dead_list", after=max(dead, default=0), limit=1000)["dead"]:
            dead.update({e["article"]: e for e in page})
        return dead.values()

    def retry_the_innocent(self, poison):
        """Articles that were in hand at too many kills are in the quarantine, not lost: they are tried again, and once more
        where a busy machine was too slow for the deadline. Returns the poison that is left there, and how many were not."""
        names = set()
        for _ in range(5):
            dead = self.quarantined()
            innocent = [e["id"] for e in dead if e["id"] not in poison]
            if not innocent:
                break
            names.update(innocent)
            assert self.d.ask("dead_retry", ids=innocent)["n"] == len(innocent)
            self.settle()
        return {e["id"]: e for e in dead if e["id"] in poison}, len(names)

    def close(self):
        for w in self.watchers:
            w.kill()
        self.remote.kill()
        self.remote.wait()
        for relay in self.relays.values():
            relay.close()
        if self.d.process is not None:
            self.d.kill()
        if self.disk:
            subprocess.run(["umount", os.path.join(self.d.dir, "store")], check=False)
        self.d.clean()


class Chaos(TestCase):
    def undisturbed(self, stories):
        """Article id -> its events where nothing goes wrong."""
        d = FaultDaemon(store={"map_size": "512M"}).workers(2).start()
        self.addCleanup(d.clean)
        expected = {s.id: [] for s in stories}
        final = [a for a in (s.final() for s in stories) if a is not None]
        for at in range(0, len(final), 500):
            self.accept(d, *final[at:at + 500])
        while_it_moves(lambda: d.status()["classified"] == len(final), lambda: d.status()["classified"], "all are classified")
        for event in read_log(d, d.status()["log_last"]):
            expected[event["article"]["id"]].append(bare(event))
        d.stop()
        return expected

    def check(self, w, found):
        stories = [s for f in w.feeders for s in f.stories]
        poison = {s.id for s in stories if s.fate == "poison"}
        dead, innocent = w.retry_the_innocent(poison)
        log = w.read_log()
        check_log(log, found)
        check_articles(log, self.undisturbed(stories), found)
        for f in w.feeders:
            f.acks.check(found)
            found.other += ["%s was rejected: %s" % r for r in f.rejected]
        found.lost += ["poison %s is not in the quarantine" % name for name in poison - set(dead)]
        found.other += ["%s is in the quarantine without a reason" % e["id"] for e in dead.values() if not e["reason"]]
        known = [(e["seq"], e["id"]) for e in log]
        for watcher in w.watchers:
            try:
                while_it_moves(lambda one=watcher: one.ended() or one.last() >= log[-1]["seq"], watcher.last, "the follower has all")
            except AssertionError:
                raise AssertionError("a follower has events up to %d of %d; %s" % (watcher.last(), log[-1]["seq"], w.d.status()))
            if watcher.ended():
                found.other.append(watcher.ended())
            if watcher.seen() != known:
                found.other.append("a follower saw another story than the log tells")
        return len(stories), len(log), len(dead), innocent

    def test_nothing_is_lost_and_nothing_comes_twice(self):
        self.run_in(World(SEED))

    def test_nor_with_keys(self):
        self.run_in(World(SEED + 1, keys=True))

    def run_in(self, w):
        self.addCleanup(w.close)
        self.addCleanup(self.show_log, w.d)
        for f in w.feeders:
            f.start()
        began = time.monotonic()
        while w.kills() < KILLS:
            w.step()
        took = time.monotonic() - began
        w.calm()
        found = Findings()
        articles, events, dead, innocent = self.check(w, found)
        cuts = sum(relay.cuts for relay in w.relays.values())
        print("chaos%s, seed %d, %d s: kills %d (daemon %d, workers %d, followers %d), cut %d, frozen %d, clock set %d, disk filled %d"
              % (" with keys" if w.keys else "", SEED + w.keys, took, w.kills(), w.counts["daemon"], w.counts["worker"], w.counts["follower"], cuts, w.counts["frozen"],
                 w.counts["skewed"], w.counts["filled"]))
        print("chaos: articles %d, events %d, poison %d, quarantined by kills and retried %d, busy %d, sent again %d; lost %d, twice %d, "
              "wrong %d" % (articles, events, dead, innocent, sum(f.busy for f in w.feeders), sum(f.resends for f in w.feeders),
                            len(found.lost), len(found.twice), len(found.other)), flush=True)
        self.assertFalse(found, found)


if __name__ == "__main__":
    unittest.main()
