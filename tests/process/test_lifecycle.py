#!/usr/bin/python3
"""Starting, checking, reloading, stopping, HTTP."""

import json
import os
import queue
import re
import signal
import socket
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request

from harness import BUILD, CONFIG, PATIENCE, ROOT, STORIES, TestCase, eventually, state_of, while_it_moves

STANCED = os.path.join(BUILD, "stanced")
GOLDEN = os.path.join(ROOT, "tests", "process", "golden")


class Stopping(TestCase):
    def test_sigterm_drains_what_is_in_work_and_ends_with_0(self):
        for _ in range(5):
            d = self.daemon().standins(1).start()
            gate = os.path.join(d.dir, "gate")
            self.accept(d, {"id": "a", "body": "hold=%s\nText." % gate})
            eventually(d.worked, "a worker holds it")
            begun = time.monotonic()
            d.process.send_signal(signal.SIGTERM)
            eventually(lambda d=d: "stopping: 1 article" in d.log(), "the daemon says that it stops")
            open(gate, "w").close()
            self.assertEqual(d.process.wait(PATIENCE), 0)
            d.process = None
            if time.monotonic() - begun < 5:  # else the machine may have been too slow: the daemon waits no longer
                break
        d.standins(0)
        d.start()
        self.assertEqual(d.status()["log_last"], 1, "the article in hand was finished and kept")

    def test_sigterm_ends_within_its_limit_even_if_a_worker_hangs(self):
        d = self.daemon().standins(1).start()
        self.accept(d, {"id": "a", "body": "hang\n"})
        pid = eventually(d.worked, "a worker holds it")[0][3]
        with open(os.path.join(ROOT, "systemd", "stanced.service"), encoding="utf-8") as f:
            limit = int(re.search(r"^TimeoutStopSec=(\d+)$", f.read(), re.M)[1])
        self.assertEqual(d.stop(limit), 0, "or systemd would kill it")
        self.assertFalse(os.path.exists("/proc/%d" % pid), "the worker is gone")
        d.standins(0)
        d.start()
        self.assertEqual(d.status()["waiting"], 1, "its article is not")

    def test_killed_daemon_leaves_no_workers(self):
        d = self.daemon(workers={"count": 1}).start()
        pid = eventually(lambda: [w["pid"] for w in d.status()["workers"] if w.get("pid", 0) > 0 and w["version"]], "a worker is up")[0]
        d.kill()
        eventually(lambda: state_of(pid) in ("gone", "Z"), "the worker ends too")

    def test_second_daemon_on_the_same_store_is_refused(self):
        d = self.daemon().start()
        other = self.daemon(store={"path": d.sections["store"]["path"]})
        other.launch()
        code = other.process.wait(PATIENCE)
        other.process = None
        self.assertNotEqual(code, 0)
        self.assertIn(d.sections["store"]["path"], other.log())
        self.accept(d, {"id": "a", "body": "The first one lives."})

    def test_an_endpoint_in_use_is_fatal_and_named(self):
        d = self.daemon().start()
        port = "127.0.0.1:%d" % d.port
        other = self.daemon(endpoints={"http": port})
        other.launch()
        code = other.process.wait(PATIENCE)
        other.process = None
        self.assertNotEqual(code, 0)
        self.assertIn(str(d.port), other.log())


class Service(TestCase):
    """What systemd is told: a socket of ours in its place."""

    def listen(self, d, watchdog_ms):
        """A queue of what the daemon says, each message as its lines. It is read all the time: the kernel keeps ten messages,
        and with one more the daemon would wait for us, who may be waiting for it."""
        path = os.path.join(d.dir, "notify")
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind(path)
        said = queue.SimpleQueue()

        def read():
            while (message := s.recv(4096)) != b"":
                said.put(message.decode().splitlines())

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        self.addCleanup(s.close)
        self.addCleanup(reader.join)
        self.addCleanup(self.say, d, b"")
        os.environ.update({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": str(watchdog_ms * 1000)})
        for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC"):
            self.addCleanup(os.environ.pop, name, None)
        return said

    def say(self, d, message):
        """A message of ours, behind all that the daemon said so far."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.sendto(message, os.path.join(d.dir, "notify"))

    def told(self, said, what, limit=PATIENCE):
        """Waits for a message with this line; returns its lines."""
        seen = []
        while True:
            try:
                lines = said.get(timeout=limit)
            except queue.Empty:
                raise AssertionError("no %s among %r" % (what, seen)) from None
            if any(line == what or line.startswith(what + "=") for line in lines):
                return lines
            seen += lines

    def test_systemd_hears_of_each_state(self):
        d = self.daemon()
        said = self.listen(d, 200)
        d.start()
        self.assertIn("STATUS=serving", self.told(said, "READY=1"))
        self.told(said, "WATCHDOG=1")
        self.told(said, "WATCHDOG=1")
        self.accept(d, {"id": "a", "body": "Text."})
        eventually(lambda: "1 articles wait" in self.told(said, "STATUS")[0], "the status says what waits")
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        d.process.send_signal(signal.SIGHUP)
        lines = self.told(said, "RELOADING=1")
        at = int(next(line for line in lines if line.startswith("MONOTONIC_USEC=")).split("=")[1])
        self.assertLessEqual(before, at)
        self.assertLessEqual(at, time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000)
        self.told(said, "READY=1")
        self.assertEqual(d.stop(), 0)
        self.told(said, "STOPPING=1")

    def test_a_loop_that_is_stuck_feeds_no_watchdog(self):
        d = self.daemon()
        said = self.listen(d, 200)
        d.start()
        self.told(said, "WATCHDOG=1")
        d.process.send_signal(signal.SIGSTOP)
        eventually(lambda: state_of(d.process.pid) == "T", "it is frozen")
        self.say(d, b"FROZEN=1")
        self.told(said, "FROZEN=1")
        with self.assertRaises(AssertionError):
            self.told(said, "WATCHDOG=1", limit=1)
        d.process.send_signal(signal.SIGCONT)
        self.told(said, "WATCHDOG=1")


class Checking(TestCase):
    def check(self, path):
        return subprocess.run([STANCED, "-c", path, "--check"], capture_output=True, text=True, cwd=GOLDEN, timeout=PATIENCE,
                              check=False)

    def test_golden_files(self):
        names = sorted(n for n in os.listdir(GOLDEN) if n.endswith(".conf"))
        self.assertGreater(len(names), 5)
        for name in names:
            with self.subTest(name):
                done = self.check(name)
                with open(os.path.join(GOLDEN, name[:-5] + ".ok"), encoding="utf-8") as f:
                    expected = f.read().splitlines()
                self.assertEqual(done.returncode, 0 if not expected else 78, done.stderr)
                for part in expected:
                    self.assertIn(part, done.stderr)

    def test_the_configuration_that_we_ship_is_right(self):
        done = self.check(os.path.join(ROOT, "config", "stanced.conf"))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_check_starts_nothing(self):
        d = self.daemon()
        self.assertEqual(self.check(d.config_path).returncode, 0)
        self.assertFalse(os.path.exists(d.sections["store"]["path"]))

    def test_missing_configuration_says_which(self):
        done = self.check("/nowhere/at-all.conf")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("/nowhere/at-all.conf", done.stderr)


class BadLexicon(TestCase):
    def lexicon(self, d):
        """A copy of the lexicon that may be broken."""
        import shutil
        path = os.path.join(d.dir, "lexicon")
        shutil.copytree(os.path.join(CONFIG, "lexicon"), path)
        d.sections["lexicon"]["dir"] = path
        d.sections["workers"]["count"] = 1
        d.write_config()
        return path

    def spoil(self, path):
        name = os.path.join(path, "countries.tsv")
        with open(name, "a", encoding="utf-8") as f:
            f.write("no columns at all\n")
        with open(name, encoding="utf-8") as f:
            return "countries.tsv:%d" % len(f.readlines())

    def test_at_start_it_is_fatal_and_says_where(self):
        d = self.daemon()
        where = self.spoil(self.lexicon(d))
        done = subprocess.run([os.path.join(BUILD, "stance-code"), "-"], input="Text.", capture_output=True, text=True,
                              cwd=ROOT, timeout=PATIENCE, check=False,
                              env={**os.environ, "STANCED_CONFIG_DIR": self.config_dir(d)})
        self.assertEqual(done.returncode, 78, done.stderr)
        self.assertIn(where, done.stderr)
        d.launch()
        code = d.process.wait(PATIENCE)
        d.process = None
        self.assertEqual(code, 78, d.log())
        self.assertIn(where, d.log())

    def config_dir(self, d):
        path = os.path.join(d.dir, "config")
        os.makedirs(path)
        for name in ("ontology.tsv", "issues.tsv"):
            os.symlink(os.path.join(CONFIG, name), os.path.join(path, name))
        os.symlink(d.sections["lexicon"]["dir"], os.path.join(path, "lexicon"))
        return path

    def test_on_reload_the_old_one_stays(self):
        d = self.daemon()
        path = self.lexicon(d)
        d.start()
        self.accept(d, {"id": "a", "body": "Norway condemned Russia on Monday."})
        first = self.follower(d).events(1)[0]
        where = self.spoil(path)
        d.process.send_signal(signal.SIGHUP)
        eventually(lambda: where in d.log(), "the log says file:line")
        last = d.status()["log_last"]
        self.accept(d, {"id": "b", "body": "Norway condemned Russia on Monday."})
        second = self.follower(d, after=last).events(1)[0]
        self.assertEqual(second["lexicon"], first["lexicon"])


class OwnLexicon(TestCase):
    def write(self, directory, line):
        os.makedirs(directory, exist_ok=True)
        with open(os.path.join(directory, "people.tsv"), "w", encoding="utf-8") as f:
            f.write(line)

    def test_lines_of_the_users_win_from_the_start_and_after_a_reload(self):
        d = self.daemon(workers={"count": 1})
        own = os.path.join(d.dir, "own")
        d.sections["lexicon"]["own_dir"] = own
        d.write_config()
        self.write(own, "Liv Strand\t\tNOR\tGOV\tprime minister\t2021-01-01\n")
        d.start()
        story = {"body": "Norway's prime minister condemned Russia.", "published": "2024-05-01T12:00:00Z"}
        self.accept(d, {"id": "a", **story})
        follower = self.follower(d)
        self.assertEqual(follower.events(1)[0]["source"]["name"], "Liv Strand")
        self.write(own, "Knut Berge\t\tNOR\tGOV\tprime minister\t2021-01-01\n")
        d.process.send_signal(signal.SIGHUP)
        eventually(lambda: "reloaded, lexicon" in d.log(), "the worker has read it again")
        self.accept(d, {"id": "b", **story})
        self.assertEqual(follower.events(1)[0]["source"]["name"], "Knut Berge")


class Reloading(TestCase):
    def test_good_takes_effect_and_bad_leaves_the_old_one(self):
        d = self.daemon(limits={"max_body": 100}).start()
        long = {"id": "long", "body": "x" * 500}
        self.assertEqual(self.feed(d, long)[0]["status"], "rejected")
        d.sections["limits"]["max_body"] = 1000
        d.write_config()
        d.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.feed(d, long)[0]["status"] != "rejected", "the new limit")
        with open(d.config_path, "a", encoding="utf-8") as f:
            f.write("nonsense = 1\n")
        with open(d.config_path, encoding="utf-8") as f:
            line = len(f.readlines())
        d.process.send_signal(signal.SIGHUP)
        eventually(lambda: "stanced.conf:%d" % line in d.log(), "the log says file:line")
        self.assertEqual(self.feed(d, {"id": "longer", "body": "y" * 900})[0]["status"], "accepted")


class Http(TestCase):
    def get(self, d, path, **headers):
        request = urllib.request.Request("http://127.0.0.1:%d%s" % (d.port, path), headers=headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return response.status, response.headers, response.read().decode()

    def test_pages(self):
        d = self.daemon().standins(1).start()
        self.accept(d, {"id": "a", "body": "Text."})
        eventually(lambda: d.status()["log_last"] == 1, "classified")
        status, headers, metrics = self.get(d, "/metrics")
        self.assertEqual(status, 200)
        self.assertIn("text/plain", headers["Content-Type"])
        values = dict(line.rsplit(" ", 1) for line in metrics.splitlines() if line and not line.startswith("#"))
        self.assertTrue(any(k.startswith("stanced_") and "accepted" in k and float(v) == 1 for k, v in values.items()), metrics)
        self.assertEqual(self.get(d, "/healthz")[0], 200)
        self.assertEqual(self.get(d, "/readyz")[0], 200)
        self.assertIn("stanced", self.get(d, "/")[2])
        with self.assertRaises(urllib.error.HTTPError) as caught:
            self.get(d, "/nowhere")
        self.assertEqual(caught.exception.code, 404)
        caught.exception.close()

    def test_server_sent_events_resume(self):
        d = self.daemon().standins(1).start()
        self.accept(d, *({"id": "a-%d" % n, "body": "Text %d." % n} for n in range(5)))
        expected = self.follower(d).events(5)
        request = urllib.request.Request("http://127.0.0.1:%d/events" % d.port, headers={"Last-Event-ID": "2"})
        got = []
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            self.assertIn("text/event-stream", response.headers["Content-Type"])
            for raw in response:
                line = raw.decode().rstrip("\n")
                if line.startswith("data:"):
                    got.append(json.loads(line[5:]))
                if len(got) == 3:
                    break
        self.assertEqual([e["seq"] for e in got], [3, 4, 5])
        self.assertEqual(got[0]["id"], expected[2]["id"])


class TheWholePath(TestCase):
    def test_our_own_stories_through_the_real_workers(self):
        with open(STORIES, encoding="utf-8") as f:
            stories = [json.loads(line) for line in f]
        d = self.daemon(workers={"count": 2}).start()
        self.accept(d, *stories)
        while_it_moves(lambda: d.status()["classified"] == len(stories), lambda: d.status()["classified"], "all are classified")
        status = d.status()
        self.assertEqual((status["waiting"], status["in_work"], status["dead"]), (0, 0, 0))
        events = self.follower(d).events(status["log_last"])
        bodies = {s["id"]: s["body"].encode() for s in stories}
        self.assertEqual({e["article"]["id"] for e in events}, set(bodies))
        for event in events:
            body = bodies[event["article"]["id"]]
            text = b" ".join(body[begin:end] for begin, end in event["source"]["spans"])
            self.assertEqual(text.decode(), event["source"]["text"])


if __name__ == "__main__":
    unittest.main()
