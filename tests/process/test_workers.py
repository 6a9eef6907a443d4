#!/usr/bin/python3
"""Workers that die, hang and fail: no article is lost, and only the guilty one is blamed."""

import os
import signal
import subprocess
import unittest

import zmq
from harness import BUILD, PATIENCE, Socket, TestCase, eventually, pack, state_of
from standin import Worker


class Supervised(TestCase):
    def test_killed_mid_article_the_article_is_done_by_the_next(self):
        d = self.daemon().standins(1).start()
        gate = os.path.join(d.dir, "gate")
        self.accept(d, {"id": "held", "body": "hold=%s\nText." % gate})
        first = eventually(d.worked, "a worker took it")[0]
        os.kill(first[3], signal.SIGKILL)
        eventually(lambda: len(d.worked()) == 2, "another one took it")
        second = d.worked()[1]
        self.assertEqual((second[0], second[1], second[2]), (first[0], 2, "held"))
        self.assertNotEqual(second[3], first[3])
        open(gate, "w").close()
        self.assertEqual(self.follower(d).events(1)[0]["article"]["id"], "held")
        status = d.status()
        self.assertEqual((status["waiting"], status["in_work"], status["dead"], status["log_last"]), (0, 0, 0, 1))
        self.assertEqual(sum(w["restarts"] for w in status["workers"]), 1)

    def test_only_the_oldest_article_of_a_dying_worker_is_blamed(self):
        d = self.daemon().standins(1).start()
        gate = os.path.join(d.dir, "gate")
        self.accept(d, {"id": "first", "body": "hold=%s\nText." % gate}, {"id": "second", "body": "a"}, {"id": "third", "body": "b"})
        held = eventually(lambda: [w for w in d.status()["workers"] if w["held"] == 3], "one worker holds all three")[0]
        os.kill(held["pid"], signal.SIGKILL)
        open(gate, "w").close()
        self.follower(d).events(3)
        attempts = {}
        for _, attempt, name, _ in d.worked():
            attempts[name] = attempt
        self.assertEqual(attempts, {"first": 2, "second": 1, "third": 1})

    def test_an_answer_lost_with_its_worker_blames_nobody(self):
        """What kills a worker at once may keep the answer before it from leaving: that article is done again, and blamed is the other."""
        d = self.daemon(workers={"attempts": 2}).standins(1).start()
        gate, kept = os.path.join(d.dir, "gate"), os.path.join(d.dir, "kept")
        self.accept(d, {"id": "held", "body": "hold=%s\n" % gate}, {"id": "good", "body": "lose=%s\n" % kept}, {"id": "poison", "body": "die\n"})
        eventually(lambda: [w for w in d.status()["workers"] if w["held"] == 3], "one worker holds all three")
        open(gate, "w").close()
        eventually(lambda: d.status()["dead"] == 1, "the quarantine has the poison")
        self.assertEqual([w[1] for w in d.worked() if w[2] == "poison"], [1, 2])
        again = eventually(lambda: [w for w in d.worked() if w[2] == "good"][2:], "the good one is done again")[0]
        self.assertEqual([w[1] for w in d.worked() if w[2] == "good"], [1, 1, 1])
        open(kept, "w").close()
        os.kill(again[3], signal.SIGKILL)
        self.assertEqual({e["article"]["id"] for e in self.follower(d).events(2)}, {"held", "good"})

    def test_poison_moves_to_the_quarantine_and_the_rest_goes_on(self):
        d = self.daemon(workers={"attempts": 2}).standins(1).start()
        self.accept(d, {"id": "poison", "title": "Bad", "body": "die\n"}, {"id": "good", "body": "Text."})
        self.assertEqual(self.follower(d).events(1)[0]["article"]["id"], "good")
        eventually(lambda: d.status()["dead"] == 1, "the quarantine has it")
        self.assertEqual([w[1] for w in d.worked() if w[2] == "poison"], [1, 2])
        answer = d.ask("dead_list")
        self.assertEqual((answer["total"], len(answer["dead"])), (1, 1))
        entry = answer["dead"][0]
        self.assertEqual((entry["id"], entry["title"], entry["attempts"]), ("poison", "Bad", 2))
        self.assertTrue(entry["reason"])
        self.assertIn("stand-in", entry["worker"])
        shown = d.ask("dead_show", ids=["poison"])
        self.assertEqual(shown["article"]["body"], "die\n")
        self.assertEqual(shown["entry"], entry)
        self.assertEqual(d.stop(), 0)
        d.start()
        self.assertEqual(d.status()["dead"], 1, "a restart keeps it")

    def test_failed_counts_as_attempt_with_the_workers_reason(self):
        d = self.daemon(workers={"attempts": 3}).standins(1).start()
        self.accept(d, {"id": "bad", "body": "fail\n"})
        eventually(lambda: d.status()["dead"] == 1, "the quarantine has it")
        self.assertEqual([w[1] for w in d.worked()], [1, 2, 3])
        self.assertEqual(len({w[3] for w in d.worked()}), 1, "the worker need not die for it")
        self.assertIn("the article says so", d.ask("dead_list")["dead"][0]["reason"])

    def test_past_its_deadline(self):
        # the deadline is far more than the good one needs on a busy machine
        d = self.daemon(workers={"attempts": 1, "deadline_ms": 3000}).standins(1).start()
        self.accept(d, {"id": "slow", "body": "hang\n"}, {"id": "good", "body": "Text."})
        self.assertEqual(self.follower(d).events(1)[0]["article"]["id"], "good")
        entry = eventually(lambda: d.ask("dead_list")["dead"], "the quarantine has it")[0]
        self.assertEqual(entry["id"], "slow")
        self.assertIn("no result within 3000 ms", entry["reason"])

    def test_retry_and_drop(self):
        d = self.daemon(workers={"attempts": 1}).standins(1).start()
        marks = [os.path.join(d.dir, "gate-%d" % n) for n in range(3)]
        self.accept(d, *({"id": "p-%d" % n, "body": "fail hold=%s\n" % marks[n]} for n in range(3)))
        for mark in marks:
            open(mark, "w").close()
        eventually(lambda: d.status()["dead"] == 3, "three in the quarantine")
        self.assertEqual(d.ask("dead_retry", ids=["p-0"])["n"], 1)
        eventually(lambda: [w[2] for w in d.worked()].count("p-0") == 2, "it is tried again")
        eventually(lambda: d.status()["dead"] == 3, "and comes back")
        self.assertEqual(d.ask("dead_drop", ids=["p-1"])["n"], 1)
        self.assertEqual(d.ask("dead_drop", ids=["p-1", "nobody"])["n"], 0)
        self.assertEqual({e["id"] for e in d.ask("dead_list")["dead"]}, {"p-0", "p-2"})
        self.assertEqual(d.ask("dead_drop")["n"], 2)
        self.assertEqual((d.ask("dead_list")["dead"], d.status()["dead"]), ([], 0))
        self.assertEqual(d.ask("dead_show", ids=["p-0"])["op"], "refused")

    def test_dead_list_in_pages(self):
        d = self.daemon(workers={"attempts": 1}).standins(1).start()
        self.accept(d, *({"id": "p-%02d" % n, "body": "fail %d\n" % n} for n in range(25)))
        eventually(lambda: d.status()["dead"] == 25, "all in the quarantine")
        seen, after = [], 0
        while True:
            page = d.ask("dead_list", after=after, limit=10)["dead"]
            if not page:
                break
            self.assertLessEqual(len(page), 10)
            seen += [e["id"] for e in page]
            after = page[-1]["article"]
        self.assertEqual(sorted(seen), ["p-%02d" % n for n in range(25)])

    def test_a_worker_that_cannot_start_does_not_take_the_daemon_along(self):
        d = self.daemon()
        d.sections["workers"].update({"count": 1, "command": "/bin/false"})
        d.write_config()
        d.start()
        self.accept(d, {"id": "a", "body": "Text."})
        eventually(lambda: "false" in d.log() or "exit" in d.log(), "the log says so")
        self.assertEqual(d.status()["waiting"] + d.status()["in_work"], 1)
        self.assertEqual(d.stop(), 0)

    def test_a_worker_whose_daemon_died_before_it_could_ask_to_be_told_ends(self):
        d = self.daemon().start()
        # a shell for the daemon that dies: its child stops before it is a worker
        script = """sh -c 'kill -STOP $$; exec "$@"' child "$@" --supervised $$ & echo $!; wait"""
        parent = subprocess.Popen(["sh", "-c", script, "parent", os.path.join(BUILD, "stance-worker"), "--connect", d.endpoint("work"),
                                   "--model", "none"], stdout=subprocess.PIPE)
        self.addCleanup(parent.stdout.close)
        pid = int(parent.stdout.readline())

        self.addCleanup(lambda: state_of(pid) in ("gone", "Z") or os.kill(pid, signal.SIGKILL))
        eventually(lambda: state_of(pid) == "T", "it is stopped")
        parent.kill()
        parent.wait()
        os.kill(pid, signal.SIGCONT)
        eventually(lambda: state_of(pid) in ("gone", "Z"), "it ends")


class Remote(TestCase):
    def setUp(self):
        self.d = self.daemon(workers={"deadline_ms": 60000}).start()
        self.worker = Worker(self.d.endpoint("work"), "remote", capacity=2)
        self.addCleanup(self.worker.close)

    def test_capacity_is_never_exceeded(self):
        self.accept(self.d, *({"id": "a-%d" % n, "body": "Text %d." % n} for n in range(5)))
        taken = [self.worker.work(), self.worker.work()]
        self.assertIsNone(self.worker.receive(0.2))
        self.assertEqual(self.d.status()["in_work"], 2)
        self.worker.done(taken[0])
        taken.append(self.worker.work())
        self.assertEqual([m["article"]["id"] for m in taken], ["a-0", "a-1", "a-2"])
        self.assertEqual([m["attempt"] for m in taken], [1, 1, 1])
        self.assertIsNone(self.worker.receive(0.2))

    def test_bye_gives_back_without_blame(self):
        self.accept(self.d, {"id": "a", "body": "Text."})
        self.worker.work()
        self.worker.send("bye")
        other = Worker(self.d.endpoint("work"), "other")
        self.addCleanup(other.close)
        again = other.work()
        self.assertEqual((again["article"]["id"], again["attempt"]), ("a", 1))
        other.done(again)
        self.assertEqual(len(self.follower(self.d).events(1)), 1)

    def test_hello_again_says_new_facts_and_keeps_the_work(self):
        """As after a reload."""
        self.accept(self.d, {"id": "a", "body": "Text."})
        message = self.worker.work()
        self.worker.send("hello", v=1, name="remote", version="stand-in 2", model="other", capacity=2)
        eventually(lambda: [w["version"] for w in self.d.status()["workers"]] == ["stand-in 2"], "the new facts")
        self.assertEqual(self.d.status()["in_work"], 1)
        self.worker.done(message)
        self.assertEqual(len(self.follower(self.d).events(1)), 1)

    def test_a_remote_worker_outlives_the_daemon(self):
        self.d.kill()
        self.d.start()
        self.accept(self.d, {"id": "a", "body": "Text."})
        self.worker.done(self.worker.work())
        self.assertEqual(len(self.follower(self.d).events(1)), 1)

    def test_a_silent_worker_is_taken_for_dead(self):
        other = Worker(self.d.endpoint("work"), "quiet")
        eventually(lambda: len(self.d.status()["workers"]) == 2, "both are known")
        other.close()

        def only_one_left():
            self.worker.send("heartbeat")
            self.worker.receive(0)  # if it was too quiet itself it says hello again
            return [w["name"] for w in self.d.status()["workers"]] == ["remote"]

        eventually(only_one_left, "the quiet one is forgotten")

    def test_wrong_events_are_a_failure_of_the_worker_and_never_reach_the_log(self):
        self.accept(self.d, {"id": "a", "body": "Text."})
        message = self.worker.work()
        bad = {"v": 1, "id": "a#0", "article": {"id": "a"}, "sentence": None,
               "source": {"spans": [[0, 99]], "text": "x", "name": None, "country": None, "role": None},
               "act": {"type": "STATE", "cameo": "01", "quad": "statement", "score": 0.0, "cue": {"spans": [[0, 1]], "text": "T"}},
               "confidence": 0.5}
        self.worker.done(message, [bad])
        again = self.worker.work()
        self.assertEqual((again["article"]["id"], again["attempt"]), ("a", 2))
        self.worker.done(again)
        self.assertEqual(self.follower(self.d).events(1)[0]["model"], "stand-in")
        self.assertEqual(self.d.status()["log_last"], 1)

    def test_done_for_what_it_does_not_hold_changes_nothing(self):
        self.accept(self.d, {"id": "a", "body": "Text."})
        message = self.worker.work()
        other = Worker(self.d.endpoint("work"), "other")
        self.addCleanup(other.close)
        other.done(message)
        other.done({"task": 4711, "article": message["article"]})
        self.worker.done(message)
        f = self.follower(self.d)
        f.events(1)
        self.accept(self.d, {"id": "b", "body": "Text."})
        eventually(lambda: self.d.status()["in_work"] == 1, "b was handed out")
        self.assertEqual(self.d.status()["log_last"], 1)
        self.assertIsNone(f.next(0.1))

    def test_garbage_on_work_and_control(self):
        for endpoint in ("work", "control"):
            with Socket(zmq.DEALER, self.d.endpoint(endpoint)) as s:
                for data in (b"", b"\xc1", b"\xdd\xff\xff\xff\xff" * 50, pack({"op": "nonsense"}), pack({"op": "hello"}), pack([])):
                    s.send(data)
                self.assertTrue(s.poll(PATIENCE * 1000), "a refusal on " + endpoint)
        self.accept(self.d, {"id": "a", "body": "Text."})
        self.worker.done(self.worker.work())
        self.follower(self.d).events(1)


if __name__ == "__main__":
    unittest.main()
