"""What the process tests share: a real daemon in a temporary directory, and an independent client of it.

The client is pyzmq and msgpack and not our library, so that the protocol is what its page says. Nothing here sleeps and
hopes: eventually() waits for a condition, with a limit that only a failure reaches.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import msgpack
import zmq

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("STANCED_BUILD", os.path.join(ROOT, "build")))
SANITIZED = "asan" in os.path.basename(BUILD)
PATIENCE = 120 if SANITIZED else 60  # seconds, which only a failure takes
STANDIN = os.path.join(ROOT, "tests", "process", "standin.py")
STORIES = os.path.join(ROOT, "tests", "data", "stories.jsonl")

CONFIG = os.environ.setdefault("STANCED_CONFIG_DIR", os.path.join(ROOT, "config"))


def eventually(condition, what, limit=PATIENCE):
    """Waits until condition() is true and returns what it gave."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("waited %d s in vain: %s" % (limit, what))
        time.sleep(0.01)


def while_it_moves(condition, measure, what, limit=PATIENCE):
    """The same for work that may take long: waits on as long as measure() changes within the limit."""
    last, end = None, 0
    while True:
        value = condition()
        if value:
            return value
        now, at = measure(), time.monotonic()
        if now != last:
            last, end = now, at + limit
        if at > end:
            raise AssertionError("waited %d s in vain: %s; it stands at %s" % (limit, what, now))
        time.sleep(0.01)


def whole_lines(path):
    """The lines of a file that another process is writing. Read at once: a loop over the file would take a line that was
    half written for one line and its rest for the next."""
    if not os.path.exists(path):
        return []
    with open(path, "rb") as f:
        return f.read().decode().split("\n")[:-1]


def patiently(run, enough):
    """run(seconds) with a time limit that has to pass before anything is seen: a longer one where a busy machine needs it."""
    for seconds in (1, 4, 16, PATIENCE):
        done = run(seconds)
        if enough(done):
            break
    return done


def state_of(pid):
    """The letter of a process's state, as proc(5) has it; "gone" when there is none."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as f:
            return f.read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "gone"


def pack(value):
    return msgpack.packb(value)


def unpack(data):
    return msgpack.unpackb(data, timestamp=3)


class Daemon:
    """A stanced of our own. Config sections as keyword arguments: workers={"count": 0}."""

    def __init__(self, **sections):
        self.dir = tempfile.mkdtemp(prefix="stanced-t")
        self.process = None
        self.prefix = []  # what to run it with, such as ip netns exec NAME
        self.log_path = os.path.join(self.dir, "log")
        self.config_path = os.path.join(self.dir, "stanced.conf")
        self.journal = os.path.join(self.dir, "journal")
        self.ports = []
        self.port = self.free_port()
        self.sections = {
            "store": {"path": os.path.join(self.dir, "store"), "map_size": "64M"},
            "workers": {"count": 0},
            "endpoints": {name: "ipc://%s/%s" % (self.dir, name) for name in ("intake", "work", "live", "stream", "control")},
            "lexicon": {"dir": os.path.join(CONFIG, "lexicon")},
        }
        self.sections["endpoints"]["http"] = "127.0.0.1:%d" % self.port
        for name, values in sections.items():
            self.sections.setdefault(name, {}).update(values)
        self.write_config()

    def standins(self, count=1, **more):
        """Supervised stand-in workers instead of the real ones."""
        self.sections["workers"].update({"count": count, "command": "%s %s --journal %s" % (sys.executable, STANDIN, self.journal)}, **more)
        self.write_config()
        return self

    def free_port(self):
        """A port that is the daemon's alone until clean(), also while it does not run: we keep a socket bound to it that does
        not listen, so that the system gives it to nobody who connects. The daemon may bind to it, by SO_REUSEADDR."""
        s = socket.socket()
        self.ports.append(s)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]

    def write_config(self):
        with open(self.config_path, "w", encoding="utf-8") as f:
            for section, values in self.sections.items():
                f.write("[%s]\n" % section)
                for key, value in values.items():
                    f.write("%s = %s\n" % (key, value))

    def endpoint(self, name):
        return self.sections["endpoints"][name]

    def launch(self):
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen([*self.prefix, os.path.join(BUILD, "stanced"), "-c", self.config_path], stdin=subprocess.DEVNULL,
                                        stdout=log, stderr=log, cwd=ROOT)
        log.close()

    def start(self):
        self.launch()
        self.wait_ready()
        return self

    def wait_ready(self):
        def answers():
            if self.process.poll() is not None:
                raise AssertionError("the daemon ended with %d\n%s" % (self.process.returncode, self.log()))
            return self.ask("status", patience=1)

        return eventually(answers, "the daemon answers on control\n" + self.log())

    def ask(self, op, patience=PATIENCE, **fields):
        """One question on control; None when no answer comes in time."""
        with Socket(zmq.REQ, self.endpoint("control")) as s:
            s.send(pack({"v": 1, "op": op, **fields}))
            return unpack(s.recv()) if s.poll(patience * 1000) else None

    def status(self):
        answer = self.ask("status")
        assert answer and answer["op"] == "status", answer
        return answer

    def stop(self, limit=PATIENCE):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(limit)
        self.process = None
        return code

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def worked(self):
        """What the stand-in workers noted: (task, attempt, id, pid) of each article that they took."""
        rows = [line.split() for line in whole_lines(self.journal)]
        return [(int(r[1]), int(r[2]), r[3], int(r[4])) for r in rows if r[0] == "work"]

    def rss_kib(self):
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))

    def grew_at_most(self, before_kib, most_kib):
        """Is the memory bounded? AddressSanitizer keeps what was freed for a while, so there it says nothing."""
        return SANITIZED or self.rss_kib() - before_kib <= most_kib

    def clean(self):
        if self.process is not None:
            self.kill()
        for s in self.ports:
            s.close()
        shutil.rmtree(self.dir, ignore_errors=True)


class Socket:
    """A ZeroMQ socket that is closed at the end of a with block."""

    def __init__(self, kind, endpoint, **options):
        self.s = zmq.Context.instance().socket(kind)
        self.s.setsockopt(zmq.LINGER, 0)
        for name, value in options.items():
            self.s.setsockopt(getattr(zmq, name), value)
        self.s.connect(endpoint)

    def __enter__(self):
        return self.s

    def __exit__(self, *_):
        self.s.close()


class Follower:
    """An independent follower: subscribes, reads, gives credit only when told to (so that one with little stands still in a
    longer log, and hears watermarks only)."""

    def __init__(self, daemon, after=0, where=None, credit=1 << 40, **options):
        self.socket = Socket(zmq.DEALER, daemon.endpoint("stream"), **options).s
        message = {"v": 1, "op": "subscribe", "after": after, "credit": credit}
        if where is not None:
            message["where"] = where
        self.send(message)
        self.watermarks = []
        self.firsts = []

    def send(self, message):
        self.socket.send(pack(message))

    def receive(self, limit):
        """The next message of any kind, or None; notes watermarks."""
        if not self.socket.poll(max(0, limit * 1000)):
            return None
        message = unpack(self.socket.recv())
        if message["op"] == "watermark":
            self.watermarks.append(message["seq"])
            self.firsts.append(message.get("first"))
        return message

    def next(self, limit=PATIENCE):
        """The next message but watermarks, or None."""
        end = time.monotonic() + limit
        while True:
            message = self.receive(end - time.monotonic())
            if message is None or message["op"] != "watermark":
                return message

    def events(self, n, limit=PATIENCE):
        out = []
        while len(out) < n:
            message = self.next(limit)
            assert message is not None, "%d of %d events came" % (len(out), n)
            assert message["op"] == "event", message
            out.append(message["event"])
        return out

    def watermark(self, seq, limit=PATIENCE):
        """Waits for a watermark of at least seq, at most `limit` seconds from message to message; events on the way are returned."""
        out, end = [], time.monotonic() + limit
        while not self.watermarks or self.watermarks[-1] < seq:
            assert time.monotonic() < end, "no watermark %d, only %r" % (seq, self.watermarks)
            message = self.receive(end - time.monotonic())
            assert message is None or message["op"] != "refused", message
            if message is not None and message["op"] == "event":
                out.append(message["event"])
                end = time.monotonic() + limit
        return out

    def close(self):
        self.socket.close()


class TestCase(unittest.TestCase):
    """Each test has its daemons; a failure shows their logs."""

    maxDiff = 2000

    def daemon(self, **sections):
        d = Daemon(**sections)
        self.addCleanup(d.clean)
        self.addCleanup(self.show_log, d)
        return d

    def show_log(self, d):
        failed = any(error for _, error in getattr(self._outcome, "errors", []) if error)
        failed = failed or any(t is self for t, _ in self._outcome.result.failures + self._outcome.result.errors)
        if failed and os.path.exists(d.log_path):
            sys.stderr.write("---- log of the daemon in %s\n%s----\n" % (self.id(), d.log()[-6000:]))

    def follower(self, d, **options):
        f = Follower(d, **options)
        self.addCleanup(f.close)
        return f

    def feed(self, d, *articles):
        """Over one DEALER; returns the replies in the order of the articles (by tag)."""
        with Socket(zmq.DEALER, d.endpoint("intake")) as s:
            for n, article in enumerate(articles):
                data = article if isinstance(article, bytes) else pack({"v": 1, **article})
                s.send_multipart([b"%d" % n, b"", data])
            replies = {}
            while len(replies) < len(articles):
                self.assertTrue(s.poll(PATIENCE * 1000), "%d of %d replies came" % (len(replies), len(articles)))
                tag, empty, reply = s.recv_multipart()
                self.assertEqual(empty, b"")
                replies[int(tag)] = unpack(reply)
            return [replies[n] for n in range(len(articles))]

    def accept(self, d, *articles):
        replies = self.feed(d, *articles)
        self.assertEqual([r["status"] for r in replies], ["accepted"] * len(articles), replies)
        return replies

    def stance(self, *arguments, **options):
        """Runs the command line; returns the finished process. Those that would give up after some seconds without an answer
        wait longer here: a slow machine is no silent daemon."""
        options.setdefault("timeout", 2 * PATIENCE)
        if arguments and arguments[0] in ("feed", "status", "dead"):
            arguments = (arguments[0], "--timeout", str(PATIENCE), *arguments[1:])
        return subprocess.run([os.path.join(BUILD, "stance"), *arguments], capture_output=True, text=True, cwd=ROOT,
                              check=False, **options)
