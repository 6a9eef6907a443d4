#!/usr/bin/python3
"""Power loss: what a daemon wrote to its store is recorded, write by write, with what it said in between; then the power is
cut at every place of the record. What is synced by then is there; of what came behind, any part may be, torn at any sector.
Whatever had been said has to be true of every such disk."""

import os
import random
import shutil
import struct
import subprocess
import tempfile
import unittest

from faults import BUILD, LONG, SEED, eventually, unpack
from harness import SANITIZED, Daemon, TestCase
from standin import Worker

SHIM = os.path.join(BUILD, "fault", "shim.so")
PEEK = os.path.join(BUILD, "fault", "peek")
SECTOR = 512


class Recorded(Daemon):
    """A daemon whose writes are recorded."""

    @property
    def record(self):
        return os.path.join(self.dir, "record")

    def launch(self):
        before = os.environ.get("LD_PRELOAD")
        os.environ.update(LD_PRELOAD=SHIM, STANCED_SHIM_LOG=self.record)
        try:
            super().launch()
        finally:
            del os.environ["STANCED_SHIM_LOG"], os.environ["LD_PRELOAD"]
            if before:
                os.environ["LD_PRELOAD"] = before


def read_record(path):
    """[(kind, offset, bytes or length)]"""
    out, at = [], 0
    with open(path, "rb") as f:
        data = f.read()
    while at < len(data):
        kind, offset, length = data[at:at + 1].decode(), *struct.unpack("=qQ", data[at + 1:at + 17])
        at += 17
        if kind in "wm":
            out.append((kind, offset, data[at:at + length]))
            at += length
        else:
            out.append((kind, offset, length))
    return out


class Disk:
    """What a disk holds for sure, and what was written but not synced."""

    def __init__(self):
        self.safe, self.pending = bytearray(), []

    @staticmethod
    def apply(image, entry):
        kind, offset, value = entry
        if kind == "t":
            del image[value:]
            image.extend(bytes(value - len(image)))
        else:
            image.extend(bytes(max(0, offset + len(value) - len(image))))
            image[offset:offset + len(value)] = value

    def sync(self, one=False):
        """All that is pending is on disk; or only the last write, as with O_DSYNC."""
        for entry in self.pending[-1:] if one else self.pending:
            self.apply(self.safe, entry)
        self.pending = self.pending[:-1] if one else []

    def after_a_cut(self, chance):
        """The disks that may be found: without, with all, and with a random part of what was not synced."""
        yield bytes(self.safe)
        if not self.pending:
            return
        whole, part = bytearray(self.safe), bytearray(self.safe)
        for entry in self.pending:
            self.apply(whole, entry)
            kind, offset, value = entry
            if kind == "t":
                continue
            first = offset // SECTOR * SECTOR
            for at in range(first, offset + len(value), SECTOR):
                begin, end = max(at, offset), min(at + SECTOR, offset + len(value))
                if chance.random() < 0.5:
                    self.apply(part, ("w", begin, value[begin - offset:end - offset]))
        yield bytes(whole)
        yield bytes(part)


class Promises:
    """What was said so far."""

    def __init__(self):
        self.accepted, self.events = {}, {}  # number -> article id; seq -> event id

    def hear(self, data):
        message = unpack(data)
        if message.get("status") == "accepted":
            self.accepted[message["seq"]] = message["id"]
        elif message.get("op") == "event":
            self.events[message["event"]["seq"]] = message["event"]["id"]

    def broken(self, lines, digests):
        """What a peek at the disk does not bear out, in words."""
        if not lines or lines[0].split()[1] != "ok":
            return ["the store does not open: %s" % lines]
        waiting, events, dead = set(), {}, set()
        wrong = []
        for line in lines[1:]:
            words = line.split()
            if words[0] == "event":
                events[int(words[1])] = words[3]
                if digests.setdefault(words[1], words[2]) != words[2]:
                    wrong.append("event %s has other bytes than elsewhere" % words[1])
            elif words[0] in ("waiting", "dead"):
                (waiting if words[0] == "waiting" else dead).add(int(words[1]))
            else:
                wrong.append(line)
        done = {name.rsplit("#", 1)[0] for name in events.values()}
        wrong += ["article %s (%d) is gone" % (name, number) for number, name in self.accepted.items()
                  if number not in waiting and number not in dead and name not in done]
        wrong += ["event %d %s is gone" % (seq, name) for seq, name in self.events.items() if events.get(seq) != name]
        ids = list(events.values())
        wrong += ["event %s stands twice" % name for name in {i for i in ids if ids.count(i) > 1}]
        if events and sorted(events) != list(range(1, max(events) + 1)):
            wrong.append("the log has a hole")
        return wrong


@unittest.skipIf(SANITIZED, "the recorder is for plain builds")
class PowerLoss(TestCase):
    def work(self, d):
        worker = Worker(d.endpoint("work"), "remote")
        try:
            eventually(lambda: self.one(d, worker), "all work is done")
        finally:
            worker.close()

    @staticmethod
    def one(d, worker):
        message = worker.receive(0.05)
        if message is not None and message["op"] == "work":
            if message["article"]["body"].startswith("fail"):
                worker.send("failed", task=message["task"], reason="the article says so")
            else:
                worker.done(message)
        status = d.status()
        return status["waiting"] == 0 and status["in_work"] == 0

    def record(self, rounds):
        d = Recorded()
        self.addCleanup(d.clean)
        self.addCleanup(self.show_log, d)
        d.start()
        follower = self.follower(d)
        for n in range(rounds):
            self.accept(d, *({"id": "a-%d-%d" % (n, i), "body": "events=%d\n%s" % (1 + i % 3, "Text. " * (1 + 700 * (i % 2)))} for i in range(4)))
            self.accept(d, {"id": "bad-%d" % n, "body": "fail\n"})
            self.work(d)
            follower.watermark(d.status()["log_last"])
            if n % 4 == 3:
                d.kill()
                d.start()
                follower = self.follower(d)
        self.assertEqual(d.stop(), 0)
        return read_record(d.record)

    def cuts(self, record, wanted, ignore=""):
        """Cuts the power at the places of the record that `wanted` takes; returns (cuts, images, what was wrong)."""
        chance = random.Random(SEED)
        disk, promises, digests = Disk(), Promises(), {}
        counts, wrong, batch = [0, 0], [], []
        folder = tempfile.mkdtemp(prefix="stanced-p", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.addCleanup(shutil.rmtree, folder, True)

        def look():
            done = subprocess.run([PEEK] + [path for path, _, _ in batch], capture_output=True, text=True, check=False, timeout=120)
            blocks, name = {}, None
            for line in done.stdout.splitlines():
                if line.startswith(folder):
                    name = line.split()[0]
                    blocks[name] = []
                blocks[name].append(line)
            for path, where, said in batch:
                wrong.extend("cut %d: %s" % (where, w) for w in said.broken(blocks.get(path), digests))
                shutil.rmtree(path)
            batch.clear()

        for where, entry in enumerate(record):
            kind = entry[0]
            if kind == "m":
                promises.hear(entry[2])
            elif kind in "sS":
                if kind not in ignore:
                    disk.sync(one=kind == "s")
            else:
                disk.pending.append(entry)
            if not promises.accepted or not wanted(kind):
                continue  # nothing was promised yet
            counts[0] += 1
            said = Promises()
            said.accepted, said.events = dict(promises.accepted), dict(promises.events)
            for image in disk.after_a_cut(chance):
                path = os.path.join(folder, "%d" % counts[1])
                os.makedirs(path)
                with open(os.path.join(path, "data.mdb"), "wb") as f:
                    f.write(image)
                batch.append((path, where, said))
                counts[1] += 1
            if len(batch) >= 40:
                look()
        look()
        return counts[0], counts[1], wrong

    def test_every_cut(self):
        record = self.record(20 if LONG else 5)
        chance = random.Random(SEED)
        cuts, images, wrong = self.cuts(record, lambda kind: LONG or kind in "sS" or chance.random() < 0.2)
        print("power: cut at %d places, %d disks, %d of them wrong" % (cuts, images, len(wrong)), flush=True)
        self.assertGreater(cuts, 50)
        self.assertEqual(wrong[:5], [])
        # The test would see it: if fdatasync() did nothing, promises were broken.
        _, _, wrong = self.cuts(record[:len(record) // (4 if LONG else 1)], lambda kind: kind == "s", ignore="S")
        self.assertNotEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
