"""What the fault tests share: daemons of the fault build, and the checker, which trusts nobody's word but the log's.

STANCED_FAULTS=long (`make check-faults`) makes the tests exhaustive; without it they are a sample of a fixed seed, which
`make check` runs.
"""

import collections
import os
import signal
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "process"))

from harness import BUILD, ROOT, Daemon, Follower, Socket, eventually, pack, unpack, while_it_moves  # noqa: E402
import zmq  # noqa: E402

LONG = os.environ.get("STANCED_FAULTS") == "long"
STANCED = os.path.join(BUILD, "fault", "stanced")
WORKER = os.path.join(BUILD, "fault", "stance-worker")
SEED = int(os.environ.get("STANCED_SEED", "1"))


class FaultDaemon(Daemon):
    """A daemon of the fault build; its workers, where it has any, are of the fault build too and read by rules."""

    def __init__(self, **sections):
        super().__init__(**sections)
        self.fault = None  # as STANCED_FAULT has it
        self.more = {}  # of the environment
        self.skew_path = os.path.join(self.dir, "skew")
        self.skew(0)

    def workers(self, count, **more):
        self.sections["workers"].update({"count": count, "command": WORKER}, **more)
        self.sections["model"] = {"file": "none"}
        self.write_config()
        return self

    def skew(self, ms):
        """Sets the daemon's wall clock off by so much, while it runs."""
        with open(self.skew_path, "r+b" if os.path.exists(self.skew_path) else "wb") as f:
            f.write(struct.pack("=q", ms))

    def launch(self):
        env = {**os.environ, **self.more, "STANCED_FAULT_SKEW": self.skew_path}
        env.pop("STANCED_FAULT", None)
        if self.fault:
            env["STANCED_FAULT"] = self.fault
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([STANCED, "-c", self.config_path], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            cwd=ROOT, env=env)

    def worker_pids(self):
        """Of the daemon's children, from the kernel: also while the daemon does not answer."""
        try:
            with open("/proc/%d/task/%d/children" % (self.process.pid, self.process.pid), encoding="ascii") as f:
                return [int(p) for p in f.read().split()]
        except OSError:
            return []


def send_signal(pid, number):
    """True when the process was there to get it."""
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


def read_log(daemon, last, limit=60, **options):
    """The whole log, by a follower that has seen nothing before."""
    f = Follower(daemon, **options)
    try:
        return f.watermark(last, limit)
    finally:
        f.close()


class Findings:
    """What the checker found wrong, in words; empty: nothing."""

    def __init__(self):
        self.lost, self.twice, self.other = [], [], []

    def __bool__(self):
        return bool(self.lost or self.twice or self.other)

    def __str__(self):
        parts = [("lost", self.lost), ("twice", self.twice), ("wrong", self.other)]
        return "; ".join("%s %d: %s" % (name, len(found), found[:5]) for name, found in parts if found) or "nothing"


def bare(event):
    """An event without what depends on when it came, and on which article was the first of its story."""
    event = {key: value for key, value in event.items() if key != "seq"}
    event["article"] = {key: value for key, value in event["article"].items() if key != "cluster"}
    return event


def check_log(log, found):
    """Numbers without a gap; no event that was written twice."""
    for before, event in zip(log, log[1:]):
        if event["seq"] != before["seq"] + 1:
            found.other.append("event %d stands behind %d" % (event["seq"], before["seq"]))
    standing = collections.Counter()
    for event in log:
        if "retracts" not in event:
            standing[(event["article"]["id"], event["article"].get("revision", 0), event["id"])] += 1
    found.twice += ["%s revision %d event %s" % key for key, n in standing.items() if n > 1]


def check_articles(log, expected, found):
    """`expected`: article id -> its events of the undisturbed run, bare. What stands in the log after all retractions has to
    be that: each article's events together, in order, once."""
    standing = collections.OrderedDict((event["seq"], event) for event in log if "retracts" not in event)
    for event in log:
        if "retracts" in event:
            first, last = event["retracts"]["first"], event["retracts"]["last"]
            if last >= event["seq"]:
                found.other.append("event %d retracts what comes behind it" % event["seq"])
            for seq in range(first, last + 1):
                gone = standing.pop(seq, None)
                if gone is None:
                    found.other.append("event %d retracts %d, which did not stand" % (event["seq"], seq))
                elif gone["article"]["id"] != event["article"]["id"]:
                    found.other.append("event %d retracts an event of another article" % event["seq"])
    articles = collections.defaultdict(list)
    for event in standing.values():
        articles[event["article"]["id"]].append(event)
    for name, events in expected.items():
        got = articles.pop(name, [])
        if [bare(e) for e in got] == events:
            if got and got[-1]["seq"] - got[0]["seq"] != len(got) - 1:
                found.other.append("the events of %s do not stand together" % name)
        elif len(got) > len(events):
            found.twice.append("%s: %d events instead of %d" % (name, len(got), len(events)))
        elif len(got) < len(events):
            found.lost.append("%s: %d events instead of %d" % (name, len(got), len(events)))
        else:
            found.other.append("%s: other events than undisturbed" % name)
    found.other += ["%s was never sent, or not to stand" % name for name in articles]


class Acks:
    """What feeders were told: article (id, revision) -> the answers, in the order in which they came."""

    def __init__(self):
        self.answers = collections.defaultdict(list)

    def note(self, key, answer):
        self.answers[key].append((answer["status"], answer.get("seq")))

    def check(self, found):
        """Accepted at most once; every later answer is duplicate, with the number of the first."""
        for key, answers in self.answers.items():
            good = [a for a in answers if a[0] in ("accepted", "duplicate")]
            accepted = [i for i, a in enumerate(good) if a[0] == "accepted"]
            if len(accepted) > 1:
                found.twice.append("%s was accepted %d times" % (key, len(accepted)))
            if accepted and accepted[0] != 0:
                found.other.append("%s was a duplicate before it was accepted" % (key,))
            if len({seq for _, seq in good}) > 1:
                found.other.append("%s has the numbers %s" % (key, {seq for _, seq in good}))
