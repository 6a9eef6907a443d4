#!/usr/bin/python3
"""Articles in: accepted, duplicate, rejected, and what bad input does not do to the daemon."""

import struct
import unittest

import msgpack
import zmq
from harness import PATIENCE, Socket, TestCase, eventually, pack, unpack

MAX_BODY = 20000


class Accepted(TestCase):
    def test_req_in_three_lines(self):
        d = self.daemon().start()
        with Socket(zmq.REQ, d.endpoint("intake")) as s:
            s.send(msgpack.packb({"v": 1, "id": "a-1", "body": "Norway urged both sides to talk."}))
            self.assertTrue(s.poll(PATIENCE * 1000))
            reply = msgpack.unpackb(s.recv())
        self.assertEqual(reply, {"v": 1, "id": "a-1", "seq": 1, "status": "accepted"})
        self.assertEqual(d.status()["waiting"], 1)

    def test_dealer_without_envelope_gets_its_reply_without_one(self):
        d = self.daemon().start()
        with Socket(zmq.DEALER, d.endpoint("intake")) as s:
            s.send(pack({"id": "a-1", "body": "x"}))
            self.assertTrue(s.poll(PATIENCE * 1000))
            frames = s.recv_multipart()
        self.assertEqual(len(frames), 1)
        self.assertEqual(unpack(frames[0])["status"], "accepted")

    def test_windowed_dealer_all_accepted_each_with_a_number(self):
        d = self.daemon().start()
        replies = self.accept(d, *({"id": "w-%d" % n, "body": "Body %d." % n} for n in range(500)))
        self.assertEqual([r["id"] for r in replies], ["w-%d" % n for n in range(500)])
        self.assertEqual(sorted(r["seq"] for r in replies), list(range(1, 501)))
        self.assertEqual(d.status()["accepted"], 500)

    def test_without_id_the_digest_is_the_id(self):
        d = self.daemon().start()
        first, again, other = self.feed(d, {"body": "The same."}, {"body": "The same."}, {"body": "The same.", "url": "http://x"})
        self.assertEqual((first["status"], again["status"], other["status"]), ("accepted", "duplicate", "accepted"))
        self.assertEqual(first["id"], again["id"])
        self.assertNotEqual(first["id"], other["id"])
        self.assertRegex(first["id"], "^[0-9a-f]{32}$")

    def test_all_fields_reach_the_worker(self):
        import standin
        d = self.daemon().start()
        article = {"v": 1, "id": "full", "source": "Wire", "url": "http://x/1", "title": "T", "lang": "en-GB",
                   "published": "2026-03-04T10:00:00Z", "revision": 3, "status": "usable", "body": "Body é.",
                   "meta": {"desk": ["a", 1, None]}}
        self.accept(d, article)
        worker = standin.Worker(d.endpoint("work"), "w")
        self.addCleanup(worker.close)
        got = worker.work()["article"]
        for key in article:
            if key != "published":
                self.assertEqual(got[key], article[key], key)
        worker.done({"task": 1, "article": got})


class Duplicate(TestCase):
    def test_the_same_again_is_a_duplicate_with_the_first_number(self):
        d = self.daemon().start()
        article = {"id": "a", "body": "Once."}
        self.accept(d, {"id": "before", "body": "b"})
        first = self.accept(d, article)[0]
        again = self.feed(d, article)[0]
        self.assertEqual((again["status"], again["seq"], again["id"]), ("duplicate", first["seq"], "a"))
        self.assertEqual(d.status()["waiting"], 2)
        self.assertEqual(d.status()["duplicates"], 1)

    def test_twice_in_one_turn(self):
        d = self.daemon().start()
        statuses = [r["status"] for r in self.feed(d, *[{"id": "a", "body": "Once."}] * 20)]
        self.assertEqual(sorted(statuses), ["accepted"] + ["duplicate"] * 19)
        self.assertEqual(d.status()["waiting"], 1)

    def test_after_a_restart_and_after_it_was_classified(self):
        d = self.daemon().standins().start()
        article = {"id": "a", "body": "act=REJECT\nOnce."}
        self.accept(d, article)
        eventually(lambda: d.status()["log_last"] == 1, "the event is in the log")
        self.assertEqual(d.stop(), 0)
        d.start()
        self.assertEqual(self.feed(d, article)[0]["status"], "duplicate")
        d.kill()
        d.start()
        self.assertEqual(self.feed(d, article)[0]["status"], "duplicate")
        self.assertEqual(d.status()["log_last"], 1)

    def test_other_content_under_the_same_revision_is_rejected(self):
        d = self.daemon().start()
        self.accept(d, {"id": "a", "body": "One thing."})
        reply = self.feed(d, {"id": "a", "body": "Another thing."})[0]
        self.assertEqual(reply["status"], "rejected")
        self.assertIn("revision", reply["reason"])


class Revisions(TestCase):
    def setUp(self):
        self.d = self.daemon().standins().start()

    def log_grows_to(self, n):
        eventually(lambda: self.d.status()["log_last"] == n, "event %d in the log" % n)

    def test_a_later_revision_takes_the_earlier_events_back(self):
        self.accept(self.d, {"id": "a", "body": "events=2\nFirst."})
        self.log_grows_to(2)
        self.accept(self.d, {"id": "a", "revision": 1, "body": "events=1\nSecond."})
        self.log_grows_to(4)
        events = self.follower(self.d).events(4)
        retractions = [e for e in events if e.get("retracts")]
        self.assertEqual([e["retracts"] for e in retractions], [{"first": 1, "last": 2}])
        self.assertEqual([e["seq"] for e in events], [1, 2, 3, 4])

    def test_canceled_needs_no_body_and_retracts(self):
        self.accept(self.d, {"id": "a", "body": "events=2\nFirst."})
        self.log_grows_to(2)
        self.accept(self.d, {"id": "a", "revision": 1, "status": "canceled"})
        self.log_grows_to(3)
        last = self.follower(self.d, after=2).events(1)[0]
        self.assertEqual(last["retracts"], {"first": 1, "last": 2})
        self.assertIsNone(last.get("source"))


class Rejected(TestCase):
    """Each kind of bad input: a reason in words, and a daemon as if nothing had been."""

    BAD = [
        ("not MessagePack", b"<html>hello</html>", "MessagePack|map"),
        ("never used byte", b"\xc1", "MessagePack"),
        ("nothing", b"", "empty"),
        ("a list", pack([1, 2]), "map"),
        ("cut off", pack({"body": "A body that is long enough."})[:-3], "MessagePack"),
        ("bytes behind it", pack({"body": "x"}) + b"\x00", "behind"),
        ("body a number", pack({"id": "a", "body": 7}), r"article\.body"),
        ("id a list", pack({"id": ["a"], "body": "x"}), r"article\.id"),
        ("revision text", pack({"id": "a", "body": "x", "revision": "2"}), r"article\.revision"),
        ("revision negative", pack({"id": "a", "body": "x", "revision": -2}), r"article\.revision"),
        ("published no time", pack({"id": "a", "body": "x", "published": "yesterday"}), r"article\.published"),
        ("status unknown", pack({"id": "a", "body": "x", "status": "maybe"}), r"article\.status"),
        ("no body", pack({"id": "a", "title": "T"}), r"article\.body.*missing"),
        ("body null", pack({"id": "a", "body": None}), r"article\.body.*missing"),
        ("empty body", pack({"id": "a", "body": ""}), r"article\.body.*empty"),
        ("body over the limit", pack({"id": "a", "body": "x" * (MAX_BODY + 1)}), r"article\.body.*%d" % MAX_BODY),
        ("invalid UTF-8", b"\x81\xa4body\xa4ab\xff\xfe", "UTF-8"),
        ("surrogate in UTF-8", b"\x81\xa4body\xa3\xed\xa0\x80", "UTF-8"),
        ("unknown version", pack({"v": 2, "id": "a", "body": "x"}), r"version 2"),
        ("version no number", pack({"v": "one", "body": "x"}), r"article\.v"),
        ("id too long", pack({"id": "i" * 257, "body": "x"}), r"article\.id.*256"),
        ("id empty", pack({"id": "", "body": "x"}), r"article\.id.*empty"),
        ("control character in id", pack({"id": "a\nb", "body": "x"}), r"article\.id.*control"),
        ("title too long", pack({"title": "t" * 8193, "body": "x"}), r"article\.title"),
        ("key twice", b"\x82\xa4body\xa1x\xa4body\xa1y", "twice"),
        ("key no string", b"\x81\x01\xa1x", "key"),
        ("nested bomb of lists", b"\x81\xa4meta" + b"\xdd\xff\xff\xff\xff" * 40, "elements"),
        ("nested too deep", b"\x82\xa4body\xa1x\xa4meta" + b"\x91" * 64 + b"\xc0", "deep"),
        ("list of 2^32 claimed", b"\x82\xa4body\xa1x\xa4meta\xdd\xff\xff\xff\xff\x01", "elements"),
        ("string of 4 GiB claimed", b"\x81\xa4body\xdb\xff\xff\xff\xffabc", "MessagePack"),
        ("foreign ext type", b"\x82\xa4body\xa1x\xa4meta\xd4\x05\x00", "ext"),
        ("canceled but unknown", pack({"id": "nobody-knows", "status": "canceled"}), "."),
    ]

    def test_each_has_its_reason_and_leaves_no_trace(self):
        d = self.daemon(limits={"max_body": MAX_BODY}).start()
        self.feed(d, *[data for _, data, _ in self.BAD])  # buffers have their size now
        before = d.status()
        rss = d.rss_kib()
        replies = self.feed(d, *[data for _, data, _ in self.BAD])
        for (name, _, pattern), reply in zip(self.BAD, replies):
            with self.subTest(name):
                self.assertEqual(reply["status"], "rejected", reply)
                self.assertRegex(reply["reason"], pattern)
                self.assertNotIn("seq", reply)
        for _ in range(20):
            self.feed(d, *[data for _, data, _ in self.BAD])
        after = d.status()
        self.assertEqual(after["rejected"], 22 * len(self.BAD))
        for key in ("waiting", "in_work", "dead", "accepted", "log_last", "store_bytes"):
            self.assertEqual(after[key], before[key], key)
        self.assertTrue(d.grew_at_most(rss, 8192))
        self.accept(d, {"id": "good", "body": "x" * MAX_BODY})

    def test_a_message_over_the_limit_of_the_socket_ends_the_connection_only(self):
        d = self.daemon(limits={"max_body": MAX_BODY}).start()
        rss = d.rss_kib()
        with Socket(zmq.DEALER, d.endpoint("intake")) as s:
            s.send(b"x" * (64 << 20))
            self.accept(d, {"id": "good", "body": "Still here."})
            self.assertFalse(s.poll(50), "no reply to what was never read")
        self.assertTrue(d.grew_at_most(rss, 32768))

    def test_a_frame_that_claims_one_gib_is_not_believed(self):
        """Raw ZMTP 3.0: greeting, NULL handshake, then a long frame's header."""
        import socket
        d = self.daemon().start()
        rss = d.rss_kib()
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(PATIENCE)
            s.connect(d.endpoint("intake")[len("ipc://"):])
            s.sendall(b"\xff" + b"\0" * 8 + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + b"\0" * 32)
            ready = b"\x05READY\x0bSocket-Type" + struct.pack("!I", 6) + b"DEALER" + b"\x08Identity" + struct.pack("!I", 0)
            s.sendall(b"\x04" + bytes([len(ready)]) + ready)
            s.sendall(b"\x02" + struct.pack("!Q", 1 << 30) + b"x" * 1000)
            while True:  # the daemon's side of the handshake, then the end
                try:
                    if not s.recv(4096):
                        break
                except ConnectionResetError:
                    break
        self.accept(d, {"id": "good", "body": "Still here."})
        self.assertTrue(d.grew_at_most(rss, 16384))

    def test_too_many_envelope_frames_are_ignored(self):
        d = self.daemon().start()
        with Socket(zmq.DEALER, d.endpoint("intake")) as s:
            s.send_multipart([b"x"] * 200 + [pack({"id": "a", "body": "x"})])
            s.send_multipart([b"last", pack({"id": "b", "body": "x"})])
            self.assertTrue(s.poll(PATIENCE * 1000))
            frames = s.recv_multipart()
        self.assertEqual((frames[0], unpack(frames[-1])["id"]), (b"last", "b"))
        self.assertEqual(d.status()["accepted"], 1)


class Busy(TestCase):
    def test_a_full_store_says_busy_and_lives(self):
        d = self.daemon(store={"map_size": "4M"}).start()
        replies = self.feed(d, *({"id": "f-%d" % n, "body": "%d " % n + "x" * 20000} for n in range(300)))
        statuses = [r["status"] for r in replies]
        self.assertIn("accepted", statuses)
        self.assertIn("busy", statuses)
        busy = next(r for r in replies if r["status"] == "busy")
        self.assertGreater(busy["retry_ms"], 0)
        self.assertTrue(busy["reason"])
        status = d.status()
        self.assertEqual(status["waiting"], statuses.count("accepted"))
        self.assertEqual(d.stop(), 0)
        d.start()
        self.assertEqual(d.status()["waiting"], statuses.count("accepted"))


if __name__ == "__main__":
    unittest.main()
