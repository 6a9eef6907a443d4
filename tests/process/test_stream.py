#!/usr/bin/python3
"""Events out: in order, none lost, none twice, whatever restarts; and nobody waits for a slow one."""

import json
import os
import signal
import subprocess
import sys
import threading
import unittest
import urllib.request

import zmq
from harness import BUILD, PATIENCE, ROOT, Socket, TestCase, eventually, unpack, while_it_moves, whole_lines


def articles(n, words="act=STATE", prefix="a"):
    return [{"id": "%s-%d" % (prefix, i), "title": "Story %d" % i, "body": "%s\nBody %d." % (words, i)} for i in range(n)]


class Stream(TestCase):
    def setUp(self):
        self.d = self.daemon().standins(2).start()

    def log_has(self, n):
        while_it_moves(lambda: self.d.status()["log_last"] == n, lambda: self.d.status()["log_last"], "%d events in the log" % n)

    def test_events_come_as_they_happen_and_in_order(self):
        f = self.follower(self.d)
        self.accept(self.d, *articles(50, "events=2"))
        events = f.events(100)
        self.assertEqual([e["seq"] for e in events], list(range(1, 101)))
        for article in {e["article"]["id"] for e in events}:
            ids = [e["id"] for e in events if e["article"]["id"] == article]
            self.assertEqual(ids, [article + "#0", article + "#1"])

    def test_a_second_reading_and_every_resume_give_the_same(self):
        self.accept(self.d, *articles(20, "events=2"))
        all_events = self.follower(self.d).events(40)
        self.assertEqual(self.follower(self.d).events(40), all_events)
        for after in (1, 7, 39):
            self.assertEqual(self.follower(self.d, after=after).events(40 - after), all_events[after:])

    def test_resume_after_a_clean_restart_and_after_a_kill(self):
        self.accept(self.d, *articles(10))
        self.log_has(10)
        before = self.follower(self.d).events(10)
        self.assertEqual(self.d.stop(), 0)
        self.d.start()
        self.assertEqual(self.follower(self.d, after=4).events(6), before[4:])
        self.accept(self.d, *articles(10, prefix="b"))
        self.log_has(20)
        self.d.kill()
        self.d.start()
        events = self.follower(self.d, after=4).events(16)
        self.assertEqual([e["seq"] for e in events], list(range(5, 21)))
        self.assertEqual(events[:6], before[4:])

    def test_killed_in_full_flight_every_accepted_article_has_its_event_once(self):
        ids = ["a-%d" % n for n in range(300)]
        self.accept(self.d, *articles(300))
        self.d.kill()  # some done, some in work, some waiting
        self.d.start()
        self.log_has(300)
        events = self.follower(self.d).events(300)
        self.assertEqual(sorted(e["article"]["id"] for e in events), sorted(ids))
        self.assertEqual([e["seq"] for e in events], list(range(1, 301)))

    def test_filter(self):
        self.accept(self.d, {"id": "1", "body": "act=REJECT source=RUS target=UKR\n"},
                    {"id": "2", "body": "act=REJECT source=NOR\n"}, {"id": "3", "body": "act=AID source=RUS confidence=0.3\n"},
                    {"id": "4", "body": "act=ACCUSE source=RUS target=USA\n"})
        self.log_has(4)
        cases = [({"act": ["REJECT"]}, {"1", "2"}), ({"act": "REJECT", "source": ["RUS"]}, {"1"}),
                 ({"act": ["REJECT", "ACCUSE"], "source": ["RUS"]}, {"1", "4"}), ({"target": ["USA", "UKR"]}, {"1", "4"}),
                 ({"quad": ["material-cooperation"]}, {"3"}), ({"confidence": 0.5}, {"1", "2", "4"}),
                 ({"source_role": ["GOV"]}, {"1", "2", "3", "4"}), ({"source_role": ["MIL"]}, set()),
                 ({"stance": ["support"]}, set()), ({}, {"1", "2", "3", "4"})]
        for where, expected in cases:
            with self.subTest(where=where):
                f = self.follower(self.d, where=where)
                events = f.watermark(4)
                self.assertEqual({e["article"]["id"] for e in events}, expected)

    def test_those_who_went_away_take_nobodys_place(self):
        d = self.daemon(limits={"max_followers": 3}).start()

        def let_in():
            """A follower; None while the daemon could not yet see that others have gone."""
            f = self.follower(d)
            if f.receive(PATIENCE)["op"] == "watermark":
                return f
            f.close()
            return None

        for _ in range(20):  # as fast as they come
            eventually(let_in, "somebody's place is free").close()
        held = [eventually(let_in, "a place is free") for _ in range(3)]
        self.assertEqual(len(held), 3)
        self.assertEqual(self.follower(d).next()["op"], "refused", "those who are there keep theirs")

    def test_wrong_subscriptions_are_refused_with_a_reason(self):
        f = self.follower(self.d, where={"colour": ["red"]})
        message = f.next()
        self.assertEqual(message["op"], "refused")
        self.assertIn("colour", message["reason"])
        f = self.follower(self.d)
        f.watermark(0)
        f.send({"op": "hello"})
        self.assertEqual(f.next()["op"], "refused")
        with Socket(zmq.DEALER, self.d.endpoint("stream")) as s:
            s.send(b"\xdd\xff\xff\xff\xff")
            self.assertTrue(s.poll(PATIENCE * 1000))
            self.assertEqual(unpack(s.recv())["op"], "refused")

    def test_watermark_comes_at_once_and_follows_the_log(self):
        f = self.follower(self.d, where={"act": ["SANCTION"]})
        f.watermark(0)
        self.accept(self.d, *articles(5))
        self.assertEqual(f.watermark(5), [])
        self.assertEqual(f.watermarks, sorted(f.watermarks))

    def test_no_credit_no_events_and_the_others_do_not_wait(self):
        stalled = self.follower(self.d, credit=3)
        deaf = self.follower(self.d, credit=100000, RCVHWM=1)  # has credit, but never reads
        good = self.follower(self.d)
        self.accept(self.d, *articles(200, "events=10"))
        self.assertEqual(len(good.events(2000)), 2000)
        self.assertEqual(len(stalled.events(3)), 3)
        self.assertIsNone(stalled.next(0.2))
        stalled.send({"op": "credit", "n": 1997})
        events = stalled.events(1997)
        self.assertEqual([e["seq"] for e in events], list(range(4, 2001)))
        self.assertEqual([e["seq"] for e in deaf.events(2000)], list(range(1, 2001)))

    def test_live_by_prefix(self):
        with Socket(zmq.SUB, self.d.endpoint("live"), SUBSCRIBE=b"REJECT/RUS/") as rus, \
                Socket(zmq.SUB, self.d.endpoint("live"), SUBSCRIBE=b"") as everything:
            # A subscription takes its time on the way: probe until both are served.
            count = iter(range(100000))

            def served():
                self.accept(self.d, {"id": "probe-%d" % next(count), "body": "act=REJECT source=RUS target=UKR\n"})
                return rus.poll(100) and everything.poll(100)

            eventually(served, "live subscriptions are served")
            self.accept(self.d, {"id": "x", "body": "act=AID source=FRA\n"}, {"id": "y", "body": "act=REJECT source=RUS\n"})

            def until(s, article):
                out = []
                while not out or out[-1][1]["article"]["id"] != article:
                    self.assertTrue(s.poll(PATIENCE * 1000), "no event of %s" % article)
                    topic, event = s.recv_multipart()
                    out.append((topic.decode(), unpack(event)))
                return out

            heard = until(rus, "y")
            self.assertEqual(heard[-1][0], "REJECT/RUS/-/")
            self.assertTrue(all(topic.startswith("REJECT/RUS/") for topic, _ in heard))
            self.assertEqual(heard[0][0], "REJECT/RUS/UKR/")
            topics = {event["article"]["id"]: topic for topic, event in until(everything, "y" )}
            self.assertEqual(topics.get("x", "AID/FRA/-/"), "AID/FRA/-/")

    def test_a_live_subscriber_that_never_reads_stops_nobody(self):
        with Socket(zmq.SUB, self.d.endpoint("live"), SUBSCRIBE=b"", RCVHWM=1):
            f = self.follower(self.d)
            self.accept(self.d, *articles(100, "events=50"))
            self.assertEqual(len(f.events(5000)), 5000)


class Copies(TestCase):
    def test_copies_of_a_story_have_its_cluster_in_every_reading(self):
        d = self.daemon().standins(1).start()
        text = " ".join("Word%d of the story." % n for n in range(30))
        self.accept(d, {"id": "first", "body": text}, {"id": "copy", "body": "Seen by us: " + text[:400]},
                    {"id": "other", "body": " ".join("Another%d thing was told." % n for n in range(30))})
        clusters = {e["article"]["id"]: e["article"]["cluster"] for e in self.follower(d).events(3)}
        self.assertEqual(clusters, {"first": "first", "copy": "first", "other": "other"})
        self.assertEqual(d.stop(), 0)
        d.start()
        self.accept(d, {"id": "late", "body": text})
        events = self.follower(d).events(4)
        self.assertEqual(events[3]["article"]["cluster"], "first")
        self.assertEqual({e["article"]["id"]: e["article"]["cluster"] for e in events[:3]}, clusters)


class Whole(TestCase):
    """The live feed drops when a subscriber does not read; the clients notice and fill the gap."""

    def setUp(self):
        self.d = self.daemon(store={"map_size": "256M"}).standins(2).start()

    def flood(self, n):
        self.accept(self.d, *articles(n, "events=50", prefix="flood"))
        while_it_moves(lambda: self.d.status()["waiting"] == 0, lambda: self.d.status()["waiting"], "all are done")
        return self.d.status()["log_last"]

    def begin(self, first):
        """Feeds single articles until one is heard live."""
        count = iter(range(10000))

        def heard():
            self.accept(self.d, {"id": "probe-%d" % next(count), "body": "a"})
            return first()

        return eventually(heard, "live is served")

    def test_the_command_line(self):
        path = os.path.join(self.d.dir, "out")
        with open(path, "wb") as out:
            p = subprocess.Popen([os.path.join(BUILD, "stance"), "watch", "--live", "--json", "-c", self.d.config_path], stdout=out)
        self.addCleanup(p.wait)
        self.addCleanup(p.kill)

        def seqs():
            return [json.loads(line)["seq"] for line in whole_lines(path)]

        self.begin(lambda: os.path.getsize(path))
        p.send_signal(signal.SIGSTOP)
        last = self.flood(200)
        p.send_signal(signal.SIGCONT)
        got = eventually(lambda: seqs() if seqs() and seqs()[-1] == last else None, "all are there")
        self.assertEqual(got, list(range(got[0], last + 1)))
        self.d.kill()  # a restart: what comes before the subscription stands again is filled, too
        self.d.start()
        last = self.d.status()["log_last"]
        self.accept(self.d, {"id": "after", "body": "a"})
        eventually(lambda: seqs()[-1] == last + 1, "the event behind the restart")
        self.assertEqual(seqs(), list(range(got[0], last + 2)))

    def test_the_python_client(self):
        sys.path.insert(0, os.path.join(ROOT, "clients", "python"))
        import stance
        events = stance.live(endpoint=self.d.endpoint("live"), stream=self.d.endpoint("stream"), quiet=0.2)
        got, started = [], threading.Event()

        def read():
            got.append(next(events)["seq"])
            started.wait()  # meanwhile it does not read
            for event in events:
                got.append(event["seq"])
                if event["article"]["id"] == "end":
                    break
            events.close()

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        self.begin(lambda: got)
        self.flood(200)
        started.set()
        self.accept(self.d, {"id": "end", "body": "a"})
        reader.join(PATIENCE)
        self.assertFalse(reader.is_alive())
        self.assertEqual(got, list(range(got[0], self.d.status()["log_last"] + 1)))


class Retention(TestCase):
    def test_old_events_go_and_the_follower_is_told(self):
        d = self.daemon(store={"retain_events": 100}).standins().start()
        self.accept(d, *articles(40, "events=10"))
        eventually(lambda: d.status()["log_last"] == 400, "all events in the log")
        eventually(lambda: d.status()["log_first"] > 200, "old ones are gone")
        first = d.status()["log_first"]
        f = self.follower(d)
        events = f.watermark(400)
        self.assertGreaterEqual(events[0]["seq"], first)
        self.assertGreater(max(f.firsts), 1)

    def test_a_replay_that_falls_behind_is_told_before_it_goes_on(self):
        d = self.daemon(store={"retain_events": 100}).standins().start()
        f = self.follower(d, credit=5)
        f.watermark(0)  # it is known before anything can be gone
        self.accept(d, *articles(40, "events=10"))
        self.assertEqual([e["seq"] for e in f.events(5)], [1, 2, 3, 4, 5])
        eventually(lambda: d.status()["log_last"] == 400 and d.status()["log_first"] == 301, "old ones are gone")
        f.send({"op": "credit", "n": 1000})
        message = f.receive(PATIENCE)
        while message["op"] != "event":  # from here on the log is whole, it says before the next event
            told, message = message, f.receive(PATIENCE)
        self.assertEqual((told["seq"], told["first"]), (300, 301))
        self.assertEqual([message["event"]["seq"]] + [e["seq"] for e in f.events(99)], list(range(301, 401)))
        watch = self.stance("watch", "-c", d.config_path, "--from", "7", "--until-idle", "--json")
        self.assertEqual(watch.stderr, "stance watch: events 7 to 300 are gone, the log begins with event 301 now\n")
        sys.path.insert(0, os.path.join(ROOT, "clients", "python"))
        import stance
        gone = []
        events = stance.follow(after=10, endpoint=d.endpoint("stream"), gone=lambda *span: gone.append(span))
        self.assertEqual(next(events)["seq"], 301)
        events.close()
        self.assertEqual(gone, [(11, 300)])
        with urllib.request.urlopen("http://127.0.0.1:%d/events?after=10" % d.port, timeout=PATIENCE) as response:
            self.assertEqual([response.readline() for _ in range(4)],
                             [b"event: gap\n", b'data: {"after":10,"first":301}\n', b"\n", b"id: 301\n"])


if __name__ == "__main__":
    unittest.main()
