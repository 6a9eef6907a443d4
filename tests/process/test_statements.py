#!/usr/bin/python3
"""Our own texts and the statements in them: a row of tests/quality/statements.jsonl that fails has to be known to."""

import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

from harness import BUILD, PATIENCE, ROOT, TestCase

sys.path.insert(0, os.path.join(ROOT, "tests", "quality"))
import actors  # noqa: E402
import statements  # noqa: E402

RUNNER = os.path.join(ROOT, "tests", "quality", "statements.py")
CODE = os.path.join(BUILD, "stance-code")


def other_word(text, *taken):
    """A word of the text that stands in none of the phrases and is no function word."""
    spoken = {w.lower() for phrase in taken for w in re.findall(r"\w+", phrase)}
    return next(w for w in re.findall(r"\w+", text) if w.lower() not in spoken | statements.FUNCTION)


def broken(row):
    """Copies of a row, each with one wrong value in one expectation."""
    for n, want in enumerate(row["expect"]):
        for key, value in want.items():
            bad = copy.deepcopy(row)
            said = row["text"]
            if key == "content":
                bad["expect"][n][key] = value[:-1] or ["%s#1" % re.findall(r"\w+", value[0])[0]] * (len(value[0].split()) > 1)
            elif key in ("source", "cue"):
                bad["expect"][n][key] = other_word(said, value)
            elif key == "reported_by" and value:
                bad["expect"][n][key] = None
            else:
                bad["expect"][n][key] = "nonsense" if key != "reported_by" else other_word(said, "")
            if bad["expect"][n][key] != []:
                yield key, bad


class Silence(TestCase):
    def test_where_nothing_is_done_no_act_is_told(self):
        rows = actors.read_negatives()
        said = subprocess.run([CODE, "--json", "-"], input="".join(json.dumps({"id": text, "body": text}) + "\n" for _, text, _ in rows),
                              capture_output=True, text=True, check=True, cwd=ROOT).stdout
        acts = {e["article"]["id"]: e["act"] for e in map(json.loads, said.splitlines()) if e["act"]["type"] != "STATE"}
        print("silence: %d of %d" % (len(rows) - len(acts), len(rows)))
        self.assertEqual({text: acts[text] for _, text, known in rows if text in acts and not known}, {})


class Table(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = statements.load()
        cls.events = statements.run(CODE, cls.rows)
        cls.verdicts = statements.judge(cls.rows, cls.events)

    def test_what_fails_is_known_to(self):
        known = [row["id"] for row, bad in self.verdicts if bad and "known" in row]
        print("statements: %d of %d rows right, known to fail: %s" % (statements.by_group(self.verdicts)[-1][1:] + (" ".join(known),)))
        passing = [row["id"] for row, bad in self.verdicts if not bad and "known" in row]
        if passing:
            print("statements: right now, the mark `known` can go: %s" % " ".join(passing))
        new = ["%s %s\n    %s" % (row["id"], row["text"], "\n    ".join(bad)) for row, bad in self.verdicts if bad and "known" not in row]
        self.assertEqual(new, [], "\n" + "\n".join(new))

    def test_every_group_is_large_enough_to_mean_something(self):
        for group, _, total in statements.by_group(self.verdicts):
            with self.subTest(group):
                self.assertGreaterEqual(total, 15)

    def test_a_wrong_expectation_is_missed(self):
        tried = 0
        for row, bad in self.verdicts:
            if bad or "expect" not in row:
                continue
            for key, wrong in broken(row):
                tried += 1
                with self.subTest(row["id"], key=key):
                    self.assertTrue(statements.misses(wrong, self.events[row["id"]]))
        self.assertGreater(tried, 100)

    def test_what_is_forbidden_is_found(self):
        for row, bad in self.verdicts:
            if not bad and "expect" in row:
                with self.subTest(row["id"]):
                    spoken = any(e["statement"] or e["act"]["type"] == "STATE" for e in self.events[row["id"]])
                    self.assertEqual(spoken, bool(statements.misses({**row, "forbid": [{}]}, self.events[row["id"]])))


class Runner(TestCase):
    def table(self, *rows):
        f = tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8")
        self.addCleanup(f.close)
        f.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        f.flush()
        return f.name

    def run_table(self, *rows, options=()):
        return subprocess.run([sys.executable, RUNNER, *options, self.table(*rows)], capture_output=True, text=True, check=False,
                              timeout=PATIENCE, env={**os.environ, "STANCE_CODE": CODE, "PYTHONDONTWRITEBYTECODE": "1"})

    def test_a_failing_row_fails_the_run_unless_it_is_known(self):
        row = {"id": "a", "group": "g", "text": "Norway said it would sign.",
               "expect": [{"source": "Norway", "cue": "said", "content": ["it would sign"]}]}
        done = self.run_table(row)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("1 of 1 rows right", done.stdout)
        done = self.run_table({**row, "known": "reason"})
        self.assertEqual(done.returncode, 0)
        self.assertIn("can go: a", done.stdout)
        wrong = {**row, "expect": [{"source": "Norway", "cue": "said", "content": ["Norway"]}]}
        done = self.run_table(wrong)
        self.assertEqual(done.returncode, 1)
        self.assertIn("a (NEW)", done.stdout)
        self.assertIn('"content": "it would sign"', done.stdout)
        done = self.run_table({**wrong, "known": "a reason"})
        self.assertEqual((done.returncode, "a reason" in done.stdout), (0, False))
        self.assertIn("known: a reason", self.run_table({**wrong, "known": "a reason"}, options=["--failing"]).stdout)

    def test_a_wrong_table_is_refused_with_its_line(self):
        row = {"id": "a", "group": "g", "text": "Norway said it would sign.", "expect": [{"source": "Norway"}]}
        for bad, words in (({**row, "id": "b", "expect": [{"source": "Sweden"}]}, "not in the text: 'Sweden'"),
                           ({**row, "id": "b", "expect": [{"source": "Nor"}]}, "not in the text: 'Nor'"),
                           ({**row, "id": "b", "expect": [{"cue": "said#2"}]}, "not in the text: 'said'"),
                           ({**row, "id": "b", "expect": [{"sauce": "Norway"}]}, "unknown key sauce"),
                           ({**row, "id": "b", "expect": []}, "neither expect nor forbid"), (row, "id a is there already")):
            with self.subTest(words):
                done = self.run_table(row, bad)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertRegex(done.stderr, r"\.jsonl:2: .*" + re.escape(words))


class Spans(unittest.TestCase):
    """Comparing is by bytes and words, so letters of more than a byte come first in these."""

    TEXT = "Élysée officials said the “corridor” will, they said, open."

    def mention(self, *phrases):
        return {"spans": [list(statements.find(self.TEXT, p)) for p in phrases]}

    def test_second_occurrences_and_bytes(self):
        begin, end = statements.find(self.TEXT, "said#2")
        self.assertEqual(self.TEXT.encode()[begin:end], b"said")
        self.assertEqual(self.TEXT.encode().rindex(b"said"), begin)

    def test_a_mention_may_have_function_words_more(self):
        self.assertTrue(statements.near(self.TEXT, self.mention("the “corridor” will"), "corridor"))
        self.assertFalse(statements.near(self.TEXT, self.mention("Élysée officials"), "officials"))
        self.assertFalse(statements.near(self.TEXT, self.mention("the"), "the “corridor”"))

    def test_contents_with_gaps(self):
        want = ["the “corridor” will", "open"]
        self.assertTrue(statements.same_content(self.TEXT, self.mention("the “corridor” will", "open."), want, True))
        self.assertFalse(statements.same_content(self.TEXT, self.mention("the “corridor” will"), want, True))
        self.assertFalse(statements.same_content(self.TEXT, self.mention("“corridor” will", "open"), want, True))
        self.assertFalse(statements.same_content(self.TEXT, self.mention("the “corridor” will, they said, open"), want, False))
        self.assertFalse(statements.same_content(self.TEXT, None, want, False))


if __name__ == "__main__":
    unittest.main()
