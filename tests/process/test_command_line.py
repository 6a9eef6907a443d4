#!/usr/bin/python3
"""The command lines, as users and scripts meet them: output, exit codes, help."""

import json
import os
import pty
import re
import signal
import subprocess
import tempfile
import unittest

from harness import BUILD, PATIENCE, ROOT, STORIES, TestCase, eventually, while_it_moves

COMMANDS = ["feed", "watch", "status", "dead", "keys"]
DATA = os.path.join(ROOT, "tests", "data")


def run(*arguments, **options):
    options.setdefault("timeout", PATIENCE)
    return subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, check=False, **options)


class Help(TestCase):
    def test_every_program_and_command_explains_itself(self):
        for arguments in (["stance"], *(["stance", c] for c in COMMANDS), ["stanced"], ["stance-worker"], ["stance-code"]):
            with self.subTest(arguments):
                done = run(os.path.join(BUILD, arguments[0]), *arguments[1:], "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertGreater(len(done.stdout.splitlines()), 4)
                wrong = run(os.path.join(BUILD, arguments[0]), *arguments[1:], "--nonsense")
                self.assertEqual((wrong.returncode, wrong.stdout), (64, ""))
                self.assertTrue(wrong.stderr)

    def test_usage_errors_name_what_there_is(self):
        for arguments, words in ((["feed"], "no file"), (["feed", "--format", "rss", "x"], "jsonl"),
                                 (["feed", "--window", "0", "x"], "65536"), (["watch", "--where", "colour=red"], "source_role"),
                                 (["watch", "--where", "act=SHOUT"], "ASSAULT"), (["watch", "--from", "zero"], "zero"),
                                 (["watch", "--live", "--from", "3"], "--live"), (["dead", "bury", "x"], "retry"),
                                 (["dead", "retry"], "--all"), (["dead", "show"], "one ID"), (["sing"], "sing"), ([], "watch")):
            with self.subTest(arguments):
                done = self.stance(*arguments)
                self.assertEqual((done.returncode, done.stdout), (64, ""))
                self.assertIn(words, done.stderr)

    @staticmethod
    def help_options(*arguments):
        done = run(os.path.join(BUILD, arguments[0]), *arguments[1:], "--help")
        return set(re.findall(r"--[a-z][a-z-]*", done.stdout))

    def test_man_pages_and_completion_name_the_same_options(self):
        with open(os.path.join(ROOT, "clients", "stance.bash"), encoding="utf-8") as f:
            completion = set(re.findall(r"--[a-z][a-z-]*", f.read()))
        commands = set().union(*(self.help_options("stance", c) for c in COMMANDS), {"--help", "--version"})
        self.assertEqual(completion, commands)
        for page, told in (("stance.1", commands), ("stance-code.1", self.help_options("stance-code")),
                           ("stance-worker.8", self.help_options("stance-worker")), ("stanced.8", self.help_options("stanced"))):
            with self.subTest(page), open(os.path.join(ROOT, "man", page), encoding="utf-8") as f:
                self.assertEqual({"-" + o for o in re.findall(r"Fl (-[a-z][a-z-]*)", f.read())}, told)


class Nobody(TestCase):
    def test_no_daemon_is_69_and_says_where_it_looked(self):
        where = "ipc:///tmp/stanced-nobody-here.sock"
        for arguments in (["feed", "--timeout", "1", "--endpoint", where, STORIES], ["status", "--timeout", "1", "--endpoint", where],
                          ["dead", "list", "--timeout", "1", "--endpoint", where]):
            with self.subTest(arguments):
                done = self.stance(*arguments)
                self.assertEqual(done.returncode, 69, done.stderr)
                self.assertIn(where, done.stderr)


class Feed(TestCase):
    def setUp(self):
        self.d = self.daemon().standins(1).start()
        self.c = ["-c", self.d.config_path]

    def file(self, name, content):
        path = os.path.join(self.d.dir, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(content)
        return path

    def test_accepted_then_duplicate(self):
        n = sum(1 for _ in open(STORIES, encoding="utf-8"))
        done = self.stance("feed", *self.c, STORIES)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", "%d accepted, 0 duplicate, 0 rejected\n" % n))
        done = self.stance("feed", *self.c, STORIES)
        self.assertEqual((done.returncode, done.stderr), (0, "0 accepted, %d duplicate, 0 rejected\n" % n))

    def test_all_formats(self):
        done = self.stance("feed", *self.c, os.path.join(DATA, "ninjs.json"), os.path.join(DATA, "story.txt"))
        self.assertEqual((done.returncode, done.stderr), (0, "2 accepted, 0 duplicate, 0 rejected\n"))
        done = self.stance("feed", *self.c, "--format", "jsonl", "-", input='{"body":"One."}\n{"body":"Two."}\n')
        self.assertEqual((done.returncode, done.stderr), (0, "2 accepted, 0 duplicate, 0 rejected\n"))
        done = self.stance("feed", *self.c, "-", input="Just text.\n")
        self.assertEqual((done.returncode, done.stderr), (0, "1 accepted, 0 duplicate, 0 rejected\n"))
        self.assertEqual(self.d.status()["accepted"], 5)

    def test_rejected_with_file_line_and_reason(self):
        path = self.file("mixed.jsonl", '{"id":"a","body":"Good."}\n{"id":"b"}\n{"id":"c","body":""}\nnot json\n{"id":"d","body":"Good."}\n')
        done = self.stance("feed", *self.c, path)
        self.assertEqual(done.returncode, 65)
        lines = done.stderr.splitlines()
        self.assertEqual(lines[-1], "2 accepted, 0 duplicate, 3 rejected")
        for n, words in ((2, "article.body"), (3, "empty"), (4, "")):
            self.assertTrue(any(line.startswith("%s:%d: rejected: " % (path, n)) and words in line for line in lines), lines)

    def test_no_input_is_66_and_the_rest_is_fed(self):
        good = self.file("good.jsonl", '{"id":"a","body":"Good."}\n')
        done = self.stance("feed", *self.c, "/nowhere/at.all", good)
        self.assertEqual(done.returncode, 66)
        self.assertIn("/nowhere/at.all", done.stderr)
        self.assertIn("1 accepted", done.stderr)

    def test_progress_bar_on_a_terminal_only(self):
        path = self.file("many.jsonl", "".join('{"id":"m-%d","body":"Text %d."}\n' % (n, n) for n in range(3000)))
        try:
            master, slave = pty.openpty()
        except OSError as e:
            self.skipTest("no pseudo-terminals: %s" % e)
        p = subprocess.Popen([os.path.join(BUILD, "stance"), "feed", *self.c, path], stderr=slave, cwd=ROOT)
        os.close(slave)
        seen = b""
        try:
            while True:
                piece = os.read(master, 65536)
                if not piece:
                    break
                seen += piece
        except OSError:  # EIO: the other side is closed
            pass
        os.close(master)
        self.assertEqual(p.wait(PATIENCE), 0)
        self.assertIn(b"%  ", seen)
        self.assertIn(b"articles, ", seen)
        self.assertIn(b"3000 accepted, 0 duplicate, 0 rejected", seen)
        again = self.stance("feed", *self.c, path)
        self.assertEqual(again.stderr, "0 accepted, 3000 duplicate, 0 rejected\n")

    def test_the_daemon_restarts_in_the_middle(self):
        path = self.file("many.jsonl", "".join('{"id":"m-%d","body":"%s %d."}\n' % (n, "Text" * 500, n) for n in range(3000)))
        p = subprocess.Popen([os.path.join(BUILD, "stance"), "feed", "--timeout", str(PATIENCE), *self.c, path], stderr=subprocess.PIPE, text=True, cwd=ROOT)
        eventually(lambda: self.d.status()["accepted"] > 100, "it has begun")
        self.d.kill()
        self.d.start()
        _, err = p.communicate(timeout=2 * PATIENCE)
        self.assertEqual((p.returncode, err), (0, "3000 accepted, 0 duplicate, 0 rejected\n"))
        while_it_moves(lambda: self.d.status()["log_last"] == 3000, lambda: self.d.status()["log_last"], "each was classified once")


class Watch(TestCase):
    def setUp(self):
        self.d = self.daemon().standins(1).start()
        self.c = ["-c", self.d.config_path]
        self.accept(self.d, {"id": "1", "title": "First", "body": "act=REJECT source=RUS target=UKR\n"},
                    {"id": "2", "title": "Second", "body": "act=AID source=FRA events=2\n"})

    def test_until_idle_as_table_and_as_json(self):
        table = self.stance("watch", "--until-idle", *self.c)
        self.assertEqual((table.returncode, table.stderr), (0, ""))
        for words in ("First", "Second", "REJECT", "RUS", "AID", "FRA"):
            self.assertIn(words, table.stdout)
        self.assertNotIn("\033", table.stdout, "no colour in a pipe")
        done = self.stance("watch", "--until-idle", "--json", *self.c)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(events, self.follower(self.d).events(3))

    def test_from_where_and_count(self):
        def seqs(*arguments):
            done = self.stance("watch", "--json", *arguments, *self.c)
            self.assertEqual(done.returncode, 0, done.stderr)
            return [json.loads(line)["seq"] for line in done.stdout.splitlines()]

        self.assertEqual(seqs("--until-idle"), [1, 2, 3])
        self.assertEqual(seqs("--until-idle", "--from", "3"), [3])
        self.assertEqual(seqs("--until-idle", "--where", "act=aid source=fra"), [2, 3])
        self.assertEqual(seqs("--count", "2"), [1, 2])

    def test_ctrl_c_ends_with_0(self):
        p = subprocess.Popen([os.path.join(BUILD, "stance"), "watch", "--json", *self.c], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(3):
            self.assertTrue(p.stdout.readline())
        p.send_signal(signal.SIGINT)
        out, _ = p.communicate(timeout=PATIENCE)
        self.assertEqual((p.returncode, out), (0, ""))

    def test_live(self):
        eventually(lambda: self.d.status()["workers"][0]["done"] == 2, "the first two are over")
        self.d.status()  # and said: this is answered in a later turn
        p = subprocess.Popen([os.path.join(BUILD, "stance"), "watch", "--live", "--json", "--count", "1", *self.c],
                             stdout=subprocess.PIPE, text=True, cwd=ROOT)
        count = iter(range(1000000))

        def ended():
            self.accept(self.d, {"id": "live-%d" % next(count), "body": "act=REJECT\n"})
            return p.poll() is not None

        eventually(ended, "a live event came")
        out, _ = p.communicate()
        self.assertEqual((p.returncode, json.loads(out)["act"]["type"]), (0, "REJECT"))

    def test_python_client(self):
        import sys
        sys.path.insert(0, os.path.join(ROOT, "clients", "python"))
        import stance
        answers = list(stance.feed([{"id": "p", "body": "act=AID source=FRA\n"}, {"body": ""}], endpoint=self.d.endpoint("intake"),
                                   timeout=PATIENCE))
        self.assertEqual(sorted(a["status"] for a in answers), ["accepted", "rejected"])
        events = stance.follow(after=1, where={"act": ["AID"]}, endpoint=self.d.endpoint("stream"))
        self.assertEqual([next(events)["article"]["id"] for _ in range(3)], ["2", "2", "p"])
        events.close()


class Operator(TestCase):
    def setUp(self):
        self.d = self.daemon(workers={"attempts": 1}).standins(1).start()
        self.c = ["-c", self.d.config_path]

    def test_status(self):
        self.accept(self.d, {"id": "a", "body": "Text."})
        eventually(lambda: self.d.status()["log_last"] == 1, "classified")
        done = self.stance("status", *self.c)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for words in ("stanced ", "1 accepted", "1 to 1 in the log", "local-0", "stand-in"):
            self.assertIn(words, done.stdout)
        status = json.loads(self.stance("status", "--json", *self.c).stdout)
        self.assertEqual((status["op"], status["accepted"], status["workers"][0]["done"]), ("status", 1, 1))

    def test_dead(self):
        self.assertEqual(self.stance("dead", "list", *self.c).stdout, "the quarantine is empty\n")
        self.accept(self.d, {"id": "bad-1", "title": "Poison", "body": "fail\n"}, {"id": "bad-2", "body": "fail 2\n"})
        eventually(lambda: self.d.status()["dead"] == 2, "both are in the quarantine")
        listed = self.stance("dead", "list", *self.c)
        self.assertEqual(listed.returncode, 0)
        for words in ("bad-1", "bad-2", "Poison", "the article says so"):
            self.assertIn(words, listed.stdout)
        entries = [json.loads(line) for line in self.stance("dead", "list", "--json", *self.c).stdout.splitlines()]
        self.assertEqual([e["id"] for e in entries], ["bad-1", "bad-2"])
        shown = json.loads(self.stance("dead", "show", "bad-1", *self.c).stdout)
        self.assertEqual((shown["entry"]["id"], shown["article"]["body"]), ("bad-1", "fail\n"))
        self.assertEqual(self.stance("dead", "show", "nobody", *self.c).returncode, 65)
        retried = self.stance("dead", "retry", "bad-1", *self.c)
        self.assertEqual((retried.returncode, retried.stdout), (0, "1 article back in the queue\n"))
        eventually(lambda: len(self.d.worked()) == 3, "it is tried again")
        eventually(lambda: self.d.status()["dead"] == 2, "and is back")
        dropped = self.stance("dead", "drop", "bad-1", "nobody", *self.c)
        self.assertEqual((dropped.returncode, dropped.stdout), (65, "1 article dropped\n"))
        dropped = self.stance("dead", "drop", "--all", *self.c)
        self.assertEqual((dropped.returncode, dropped.stdout), (0, "1 article dropped\n"))
        self.assertEqual(self.d.status()["dead"], 0)


class StanceCode(TestCase):
    CODE = os.path.join(BUILD, "stance-code")

    def test_json_lines_in_order_with_valid_spans(self):
        done = run(self.CODE, STORIES)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        events = [json.loads(line) for line in done.stdout.splitlines()]
        with open(STORIES, encoding="utf-8") as f:
            bodies = {story["id"]: story["body"].encode() for story in map(json.loads, f)}
        order = list(dict.fromkeys(e["article"]["id"] for e in events))
        self.assertEqual(order, list(bodies))
        for event in events:
            body = bodies[event["article"]["id"]]
            mentions = [event["source"], event["act"]["cue"], event["target"]]
            mentions += [(event["statement"] or {}).get("content"), (event["stance"] or {}).get("toward")]
            for mention in filter(None, mentions):
                text = b" ".join(body[begin:end] for begin, end in mention["spans"])
                self.assertEqual(text.decode(), mention["text"], event["id"])

    def test_a_long_article_is_one_article(self):
        """It is read in parts: offsets, numbers and ids go on from part to part."""
        sentence, padding = "Norway rejected the offer of Iran.", "The wind blew over the fjord and nobody was there. " * 60
        body = "\n\n".join([padding + "\u00f8 " + sentence] * 80)
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as f:
            f.write(json.dumps({"id": "long", "body": body}) + "\n")
            f.flush()
            done = run(self.CODE, f.name)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([e["id"] for e in events], ["long#%d" % i for i in range(len(events))])
        raw = body.encode()
        begins = [e["act"]["cue"]["spans"][0][0] for e in events if e["act"]["type"] == "REJECT"]
        self.assertEqual(begins, [m.start() for m in re.finditer(b"rejected", raw)])
        numbers = [e["sentence"]["index"] for e in events]
        self.assertEqual(numbers, sorted(numbers))
        self.assertGreater(len(set(numbers)), 70)
        for e in events:
            self.assertEqual(raw[e["sentence"]["begin"]:e["sentence"]["end"]].decode().count(sentence), 1)

    def test_the_same_again_is_the_same(self):
        self.assertEqual(run(self.CODE, STORIES).stdout, run(self.CODE, STORIES).stdout)

    def test_plain_text_and_standard_input(self):
        story = os.path.join(DATA, "story.txt")
        from_file = run(self.CODE, story)
        with open(story, encoding="utf-8") as f:
            from_pipe = run(self.CODE, "-", input=f.read())
        self.assertEqual(from_file.returncode, 0)
        self.assertTrue(from_file.stdout)
        texts = [[(e["source"]["text"], e["act"]["type"]) for e in map(json.loads, done.stdout.splitlines())] for done in (from_file, from_pipe)]
        self.assertEqual(texts[0], texts[1])

    def test_table(self):
        done = run(self.CODE, "--table", STORIES)
        self.assertEqual(done.returncode, 0)
        self.assertIn("Halvorsen", done.stdout)

    def test_any_bytes_and_none(self):
        self.assertEqual(run(self.CODE, "-", input="").returncode, 0)
        done = subprocess.run([self.CODE, "-"], input=bytes(range(256)) * 50, capture_output=True, timeout=PATIENCE, check=False)
        self.assertIn(done.returncode, (0, 65), done.stderr)

    def test_missing_file_is_66(self):
        done = run(self.CODE, "/nowhere/at.all")
        self.assertEqual(done.returncode, 66)
        self.assertIn("/nowhere/at.all", done.stderr)


if __name__ == "__main__":
    unittest.main()
