#!/usr/bin/python3
"""Peers that mean harm, from raw sockets: half handshakes, frames of 1 GiB, nested headers, wrong frame counts, silence. The
daemon serves the others meanwhile, and what the hostile ones held is free again."""

import os
import random
import resource
import socket
import struct
import unittest

from faults import LONG, SEED, Socket, eventually, pack, unpack
import zmq
from harness import PATIENCE, TestCase

SILENT = 10000 if LONG else 1000  # connections
GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + b"\0" + bytes(31)


def ready(kind):
    properties = b"".join(bytes([len(name)]) + name + struct.pack("!I", len(value)) + value
                          for name, value in ((b"Socket-Type", kind), (b"Identity", b"")))
    body = b"\x05READY" + properties
    return bytes([4, len(body)]) + body


class Hostile(TestCase):
    def setUp(self):
        self.may_open(2 * SILENT)
        self.d = self.daemon().standins(1).start()
        self.sent = 0

    def may_open(self, n):
        """Files, for us and the daemon; root may have as many as it wants."""
        old = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, old)
        hard = max(old[1], n) if os.geteuid() == 0 and old[1] != resource.RLIM_INFINITY else old[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def raw(self, name, *pieces):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(s.close)
        s.connect(self.d.endpoint(name)[len("ipc://"):])  # without a time limit it waits for its turn
        s.settimeout(PATIENCE)
        for piece in pieces:
            s.sendall(piece)
        return s

    def served(self):
        """The others are: an article in, its event out."""
        self.sent += 1
        name = "good-%d" % self.sent
        self.accept(self.d, {"id": name, "body": "Text."})
        eventually(lambda: self.d.status()["log_last"] == self.sent, "its event")

    def open_files(self):
        return len(os.listdir("/proc/%d/fd" % self.d.process.pid))

    def test_half_and_wrong_handshakes(self):
        chance = random.Random(SEED)
        before = self.open_files()
        whole = GREETING + ready(b"DEALER")
        for name in ("intake", "work", "stream", "live", "control"):
            for _ in range(40):
                piece = bytearray(whole[:chance.randint(0, len(whole))])
                for _ in range(chance.randint(0, 3)):
                    if piece:
                        piece[chance.randrange(len(piece))] = chance.randrange(256)
                try:
                    self.raw(name, bytes(piece), os.urandom(chance.randint(0, 40))).close()
                except (BrokenPipeError, ConnectionResetError):
                    pass  # it is shown the door already
        self.served()
        eventually(lambda: self.open_files() <= before + 4, "their connections are closed")

    def test_a_frame_of_1_gib_closes_the_connection_and_costs_no_memory(self):
        before = self.d.rss_kib()
        for name in ("intake", "work", "stream", "control"):
            s = self.raw(name, GREETING, ready(b"DEALER"))
            head = b"\x02" + struct.pack("!Q", 1 << 30)
            with self.subTest(name):
                try:
                    s.sendall(head)
                    while True:
                        if not s.recv(65536):
                            break
                        s.sendall(bytes(65536))
                except (BrokenPipeError, ConnectionResetError):
                    pass
        self.assertTrue(self.d.grew_at_most(before, 65536))
        self.served()

    def test_nested_headers_and_wrong_frame_counts(self):
        before = self.d.rss_kib()
        nested = [b"\xdd\xff\xff\xff\xff" * 31, b"\xdf\xff\xff\xff\xff" * 31, b"\xdc\xff\xff" * 31 + bytes(100), b"\x91" * 100000,
                  b"\xc6\xff\xff\xff\xff", b"\x81\xa4body\xdb\x7f\xff\xff\xffx", b"\xc1", b""]
        for name in ("intake", "work", "stream", "control"):
            with Socket(zmq.DEALER, self.d.endpoint(name)) as s:
                for data in nested:
                    s.send_multipart([b"", data] if name in ("intake", "control") else [data])
                for _ in nested:
                    self.assertTrue(s.poll(PATIENCE * 1000), "%s answers" % name)
                    answer = unpack(s.recv_multipart()[-1])
                    self.assertTrue(answer["reason"], answer)
                for count in (5, 6, 20, 1000):
                    s.send_multipart([b"x" * 10] * count)
                s.send_multipart([b"x" * 65, b"y" * 200, b""])
        self.assertTrue(self.d.grew_at_most(before, 65536))
        self.served()

    def test_silent_connections_are_let_go(self):
        n = min(SILENT, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 300)
        before, rss = self.open_files(), self.d.rss_kib()
        held = [self.raw("intake" if i % 2 else "stream") for i in range(n)]
        eventually(lambda: self.open_files() > before + n // 2, "they are connected")
        most, rss_now = self.open_files() - before, self.d.rss_kib()
        self.served()
        self.assertTrue(self.d.grew_at_most(rss, 64 * 1024 + 40 * n), "%d KiB before, %d now" % (rss, self.d.rss_kib()))
        if not LONG:  # a handshake has ten seconds: the short run ends them itself
            for s in held:
                s.close()
        eventually(lambda: self.open_files() <= before + 8, "they are let go", 90)
        self.served()
        print("hostile: %d silent connections, %d of them at once, %d KiB before, %d with them, %d at the end"
              % (n, most, rss, rss_now, self.d.rss_kib()), flush=True)

    def test_more_connections_than_files(self):
        d = self.daemon().standins(1)
        d.prefix = ["prlimit", "--nofile=200:200"]
        self.d = d.start()
        eventually(lambda: [w for w in d.status()["workers"] if w["state"] == "ready"], "its worker is there")
        with Socket(zmq.DEALER, d.endpoint("intake")) as s:

            def accepted(name):
                s.send_multipart([b"", pack({"v": 1, "id": name, "body": "Text."})])
                self.assertTrue(s.poll(PATIENCE * 1000), "those who are there are served")
                self.assertEqual(unpack(s.recv_multipart()[-1])["status"], "accepted")

            accepted("before")
            held = [self.raw("intake" if i % 2 else "stream") for i in range(400)]
            held += [socket.create_connection(("127.0.0.1", d.port), PATIENCE) for _ in range(100)]
            eventually(lambda: "too many connections" in d.log(), "it says so")
            accepted("meanwhile")
        for one in held:
            one.close()
        self.sent = 2
        self.served()
        self.assertEqual(d.stop(), 0)


if __name__ == "__main__":
    unittest.main()
