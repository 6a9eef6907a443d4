#!/usr/bin/python3
"""Our clients against a daemon that misbehaves at chosen moments: a stand-in on plain ROUTER sockets."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest

import zmq
from harness import BUILD, PATIENCE, ROOT, STORIES, eventually, pack, patiently, unpack

STANCE = os.path.join(BUILD, "stance")
sys.path.insert(0, os.path.join(ROOT, "clients", "python"))


class FakeDaemon:
    """A ROUTER; on_message(frames, payload) returns the payloads to answer with."""

    def __init__(self, endpoint, on_message):
        self.endpoint, self.on_message = endpoint, on_message
        self.seen = []
        self.open()

    def open(self):
        self.stopping = threading.Event()
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        self.ready.wait()

    def run(self):
        context = zmq.Context()
        socket = context.socket(zmq.ROUTER)
        socket.setsockopt(zmq.LINGER, 1000)
        socket.bind(self.endpoint)
        self.ready.set()
        while not self.stopping.is_set():
            if socket.poll(20):
                frames = socket.recv_multipart()
                message = unpack(frames[-1])
                self.seen.append(message)
                for reply in self.on_message(message) or []:
                    socket.send_multipart(frames[:-1] + [pack(reply)])
        socket.close()
        context.term()

    def close(self):
        self.stopping.set()
        self.thread.join()


def event(seq):
    mention = {"spans": [[0, 1]], "text": "x\x1b[31m"}
    return {"v": 1, "seq": seq, "id": "a#%d" % seq, "article": {"id": "a", "title": "T"}, "sentence": None,
            "source": {**mention, "name": "Norway", "country": "NOR", "role": "GOV"},
            "act": {"type": "REJECT", "cameo": "12", "quad": "verbal-conflict", "score": -4.0, "cue": mention},
            "target": None, "statement": None, "stance": None, "qualifiers": None, "reported_by": None, "confidence": 0.5}


class Case(unittest.TestCase):
    def fake(self, on_message):
        directory = tempfile.TemporaryDirectory(prefix="stanced-f")
        self.addCleanup(directory.cleanup)
        d = FakeDaemon("ipc://%s/s" % directory.name, on_message)
        self.addCleanup(lambda: d.close())
        return d

    def run_stance(self, *arguments, **options):
        return subprocess.run([STANCE, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False, **options)

    def start_stance(self, *arguments):
        p = subprocess.Popen([STANCE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(p.communicate)
        self.addCleanup(lambda: p.poll() is None and p.kill())
        return p


class Feed(Case):
    def lines(self, n):
        return "".join(json.dumps({"id": "a-%d" % i, "body": "Text."}) + "\n" for i in range(n))

    def test_busy_is_sent_again_until_it_is_in(self):
        times = {}

        def answer(article):
            times[article["id"]] = times.get(article["id"], 0) + 1
            if times[article["id"]] < 3:
                return [{"v": 1, "id": article["id"], "status": "busy", "reason": "full", "retry_ms": 20}]
            return [{"v": 1, "id": article["id"], "seq": 1, "status": "accepted"}]

        d = self.fake(answer)
        done = self.run_stance("feed", "--endpoint", d.endpoint, "-", input=self.lines(10))
        self.assertEqual((done.returncode, done.stderr), (0, "10 accepted, 0 duplicate, 0 rejected\n"))
        self.assertEqual(set(times.values()), {3})

    def test_answers_in_any_order_belong_to_their_articles(self):
        held = []

        def answer(article):
            held.append(article)
            return [{"v": 1, "id": article["id"], "status": "rejected", "reason": "is odd"}
                    if article["id"][-1] in "13579" else {"v": 1, "id": article["id"], "seq": 1, "status": "accepted"}]

        d = self.fake(answer)
        done = self.run_stance("feed", "--endpoint", d.endpoint, "-", input=self.lines(6))
        self.assertEqual(done.returncode, 65)
        self.assertEqual(sorted(done.stderr.splitlines()),
                         ["3 accepted, 0 duplicate, 3 rejected"] + ["<stdin>:%d: rejected: is odd" % n for n in (2, 4, 6)])

    def test_a_daemon_that_restarts_gets_what_it_had_not_acknowledged(self):
        mute = threading.Event()
        mute.set()

        def answer(article):
            if mute.is_set():
                return []
            return [{"v": 1, "id": article["id"], "seq": 1, "status": "accepted"}]

        d = self.fake(answer)
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as f:
            f.write(self.lines(5))
            f.flush()
            p = self.start_stance("feed", "--timeout", "0", "--endpoint", d.endpoint, f.name)
            eventually(lambda: len(d.seen) >= 5, "all are sent")
            d.close()
            before = len(d.seen)  # more than five where it was silent for long
            mute.clear()
            d.open()
            self.assertEqual(p.wait(PATIENCE), 0)
        self.assertEqual([a["id"] for a in d.seen[before:]], ["a-%d" % n for n in range(5)])

    def test_no_more_than_the_window_is_under_way(self):
        d = self.fake(lambda article: [])
        done = patiently(lambda s: self.run_stance("feed", "--window", "3", "--timeout", str(s), "--endpoint", d.endpoint, "-",
                                                   input=self.lines(50)), lambda _: len(d.seen) >= 3)
        self.assertEqual(done.returncode, 69)
        self.assertIn("no answer", done.stderr)
        self.assertEqual({a["id"] for a in d.seen}, {"a-0", "a-1", "a-2"})

    def test_python_client_feeds_and_resends(self):
        import stance
        times = {}

        def answer(article):
            times[article["id"]] = times.get(article["id"], 0) + 1
            busy = {"v": 1, "id": article["id"], "status": "busy", "retry_ms": 10}
            return [busy if times[article["id"]] == 1 else {"v": 1, "id": article["id"], "seq": 1, "status": "accepted"}]

        d = self.fake(answer)
        answers = list(stance.feed(({"id": "p-%d" % n, "body": "x"} for n in range(100)), endpoint=d.endpoint, timeout=PATIENCE))
        self.assertEqual(sorted(a["article"]["id"] for a in answers), sorted("p-%d" % n for n in range(100)))
        with self.assertRaises(stance.Silent):
            list(stance.feed([{"id": "p", "body": "x"}], endpoint=d.endpoint + "-nobody", timeout=0.3))


class Follow(Case):
    def test_resume_behind_the_last_event_after_a_restart(self):
        def answer(message):
            if message["op"] != "subscribe":
                return []
            after = message["after"]
            return [{"op": "event", "event": event(n)} for n in range(after + 1, after + 4)] + \
                   [{"op": "watermark", "seq": after + 3, "first": 1}]

        d = self.fake(answer)
        p = self.start_stance("watch", "--json", "--count", "6", "--endpoint", d.endpoint)
        eventually(lambda: d.seen, "it subscribed")
        for _ in range(3):
            self.assertTrue(p.stdout.readline())
        d.close()
        d.open()
        self.assertEqual(p.wait(PATIENCE), 0)
        self.assertEqual([json.loads(line)["seq"] for line in p.stdout], [4, 5, 6])
        self.assertEqual([m["after"] for m in d.seen if m["op"] == "subscribe"], [0, 3])

    def test_forgotten_by_the_daemon_it_subscribes_again(self):
        said = []

        def answer(message):
            if message["op"] != "subscribe":
                return []
            said.append(message["after"])
            if len(said) == 1:
                return [{"op": "event", "event": event(1)}, {"v": 1, "op": "refused", "reason": "who are you?"}]
            return [{"op": "event", "event": event(2)}]

        d = self.fake(answer)
        done = self.run_stance("watch", "--json", "--count", "2", "--endpoint", d.endpoint)
        self.assertEqual((done.returncode, said), (0, [0, 1]))

    def test_live_fills_its_gaps_from_the_stream(self):
        def answer(message):
            if message["op"] != "subscribe":
                return []
            return [{"op": "event", "event": event(n)} for n in range(message["after"] + 1, 6)] + \
                   [{"op": "watermark", "seq": 5, "first": 1}]

        d = self.fake(answer)
        with zmq.Context() as context, context.socket(zmq.XPUB) as live:
            live.setsockopt(zmq.LINGER, 1000)
            live.bind(d.endpoint + "-live")
            p = self.start_stance("watch", "--live", "--json", "--count", "7", "--endpoint", d.endpoint + "-live", "--stream", d.endpoint)
            self.assertTrue(live.poll(PATIENCE * 1000), "it subscribed")
            for n in (1, 2, 5, 6, 7):
                live.send_multipart([b"REJECT/NOR/-/", pack(event(n))])
            self.assertEqual(p.wait(PATIENCE), 0)
        self.assertEqual([json.loads(line)["seq"] for line in p.stdout], [1, 2, 3, 4, 5, 6, 7])
        # behind 2, where the gap is; or earlier, where so little came for so long that it asked before
        self.assertIn([m["after"] for m in d.seen if m["op"] == "subscribe"][0], (1, 2))

    def test_refused_is_final_and_the_reason_is_shown(self):
        d = self.fake(lambda message: [{"v": 1, "op": "refused", "reason": "no such thing"}])
        done = self.run_stance("watch", "--endpoint", d.endpoint)
        self.assertEqual((done.returncode, done.stderr), (65, "stance watch: no such thing\n"))

    def test_credit_is_refilled_and_never_more_than_was_used(self):
        state = {"credit": 0, "seq": 0}

        def answer(message):
            state["credit"] += message.get("credit", message.get("n", 0))
            out = []
            while state["credit"] > 0 and state["seq"] < 5000:
                state["seq"] += 1
                state["credit"] -= 1
                out.append({"op": "event", "event": event(state["seq"])})
            return out

        d = self.fake(answer)
        done = self.run_stance("watch", "--json", "--count", "5000", "--endpoint", d.endpoint)
        self.assertEqual(len(done.stdout.splitlines()), 5000)
        self.assertEqual(d.seen[0]["credit"], 1000)
        self.assertLessEqual(sum(m.get("n", 0) for m in d.seen[1:]), 5000)

    def test_the_table_shows_no_control_characters_of_peers(self):
        d = self.fake(lambda message: [{"op": "event", "event": event(1)}])
        done = self.run_stance("watch", "--count", "1", "--endpoint", d.endpoint)
        self.assertNotIn("\x1b", done.stdout)
        self.assertIn("Norway NOR/GOV", done.stdout)
        self.assertIn("REJECT", done.stdout)

    def test_the_filter_goes_to_the_daemon(self):
        d = self.fake(lambda message: [{"op": "event", "event": event(1)}])
        self.run_stance("watch", "--count", "1", "--endpoint", d.endpoint, "--where", "act=reject,ACCUSE source=rus confidence=0.5")
        self.assertEqual(d.seen[0]["where"], {"act": ["REJECT", "ACCUSE"], "source": ["RUS"], "confidence": 0.5})

    def test_python_client_resumes(self):
        import stance

        def answer(message):
            if message["op"] != "subscribe":
                return []
            return [{"op": "event", "event": event(message["after"] + 1)}, {"op": "watermark", "seq": message["after"] + 1}]

        d = self.fake(answer)
        marks = []
        events = stance.follow(endpoint=d.endpoint, watermark=marks.append)
        self.assertEqual(next(events)["seq"], 1)
        d.close()
        d.open()
        self.assertEqual([next(events)["seq"] for _ in range(1)], [2])
        self.assertEqual(marks[:1], [1])
        events.close()
        d2 = self.fake(lambda message: [{"v": 1, "op": "refused", "reason": "no"}])
        with self.assertRaises(stance.Refused):
            next(stance.follow(endpoint=d2.endpoint))


if __name__ == "__main__":
    unittest.main()
