#!/usr/bin/python3
"""stance-code --conllu: text in, CoNLL-U in, what comes out of both, and bodies that nobody writes."""

import json
import os
import random
import subprocess
import tempfile
import threading
import time
import unittest

from harness import BUILD, PATIENCE, ROOT, SANITIZED, STORIES, TestCase

CODE = os.path.join(BUILD, "stance-code")
STORY = os.path.join(ROOT, "tests", "data", "story.txt")
MIB = 1 << 20


def run(*arguments, **options):
    return subprocess.run([CODE, *arguments], capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False, **options)


def sentences(text):
    """[(comments, rows)] of CoNLL-U, rows as lists of columns."""
    result = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line]
        if lines:
            result.append(([line for line in lines if line[0] == "#"], [line.split("\t") for line in lines if line[0] != "#"]))
    return result


def text_of(rows):
    """The text that words and ranges with their SpaceAfter stand for."""
    out, hidden = "", 0
    for row in rows:
        if "-" in row[0]:
            hidden = int(row[0].split("-")[1])
        elif int(row[0]) <= hidden:
            continue
        out += row[1] + ("" if "SpaceAfter=No" in row[9] else " ")
    return out.strip()


class Conllu(TestCase):
    def check(self, text):
        """Every sentence is well-formed and its words are its text."""
        found = sentences(text)
        for comments, rows in found:
            words = [row for row in rows if "-" not in row[0]]
            self.assertTrue(all(len(row) == 10 and all(row) for row in rows), rows)
            self.assertEqual([row[0] for row in words], [str(n) for n in range(1, len(words) + 1)])
            heads = [int(row[6]) for row in words]
            self.assertEqual(heads.count(0), 1, words)
            for n in range(1, len(words) + 1):
                steps = 0
                while n and steps <= len(words):
                    n, steps = heads[n - 1], steps + 1
                self.assertEqual(n, 0, "a circle: %s" % heads)
            for row in words:
                self.assertEqual((row[6] == "0"), (row[7] == "root"), row)
                self.assertEqual((row[4], row[8]), ("_", "_"))
            told = [c[len("# text = "):] for c in comments if c.startswith("# text = ")]
            self.assertEqual(told, [text_of(rows)])
        return found

    def test_text(self):
        done = run("--conllu", STORY)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        found = self.check(done.stdout)
        self.assertEqual(found[0][0][:2], ["# newdoc id = " + STORY, "# newpar"])
        self.assertEqual(len({c for comments, _ in found for c in comments if c.startswith("# sent_id")}), len(found))
        with open(STORY, encoding="utf-8") as f:
            self.assertEqual(" ".join(text_of(rows) for _, rows in found).split(), f.read().split())
        with open(STORY, encoding="utf-8") as f:
            self.assertEqual(run("--conllu", stdin=f).stdout.replace("-", ""), done.stdout.replace(STORY, "").replace("-", ""))

    def test_articles(self):
        with open(STORIES, encoding="utf-8") as f:
            ids = [json.loads(line)["id"] for line in f]
        done = run("--conllu", STORIES)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.check(done.stdout)
        self.assertEqual([line[len("# newdoc id = "):] for line in done.stdout.split("\n") if line.startswith("# newdoc")], ids)
        done = run("--conllu", "-", input='{"id":"a","body":"One."}\n{"id":"b"}\n{"id":"c","body":"Two."}\n')
        self.assertEqual(done.returncode, 65)
        self.assertIn("-:2: article.body", done.stderr)
        self.assertEqual(done.stdout.count("# newdoc"), 2)

    def test_pretokenized_keeps_the_words_and_what_belongs_to_them(self):
        first = run("--conllu", STORY).stdout
        marked = first.replace("\t_\n", "\tMine=yes\n").replace("SpaceAfter=No", "Before=1|SpaceAfter=No")
        marked = marked.replace("# text", "# my comment\n# text")
        done = run("--conllu", "--pretokenized", "-", input=marked)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        kept = [[(row[0], row[1], row[9]) for row in rows] for _, rows in sentences(marked)]
        self.assertEqual([[(row[0], row[1], row[9]) for row in rows] for _, rows in sentences(done.stdout)], kept)
        self.assertEqual([c for c, _ in sentences(done.stdout)], [c for c, _ in sentences(marked)])
        again = run("--conllu", "--pretokenized", "-", input=done.stdout)
        self.assertEqual(again.stdout, done.stdout)

    def test_tags_are_replaced(self):
        """Nothing of the input's own analysis is in the output: a score of it would be a lie."""
        line = "1\tNorway\tx\tVERB\tX\tOdd=Yes\t2\tvocative\t2:det\t_\n2\trejected\tx\tX\tX\tOdd=Yes\t0\troot\t_\tName=B-PER\n\n"
        done = run("--conllu", "--pretokenized", "--model", "none", "-", input=line)
        self.assertEqual(done.returncode, 0)
        rows = sentences(done.stdout)[0][1]
        self.assertEqual([row[3] for row in rows], ["PROPN", "VERB"])
        self.assertEqual([row[2] for row in rows], ["Norway", "reject"])
        self.assertEqual([row[4] + row[8] + row[9] for row in rows], ["___", "___"])
        self.assertFalse([row for row in rows if "Odd" in row[5] or row[7] == "vocative"])

    def test_bad_input_is_65_with_its_line(self):
        good = "1\tGood\t_\t_\t_\t_\t_\t_\t_\t_\n\n"
        with tempfile.NamedTemporaryFile("w", suffix=".conllu") as f:
            f.write(good + "1\tonly\tfour\tcolumns\n\n" + good + "2\tx\t_\t_\t_\t_\t_\t_\t_\t_\n\n")
            f.flush()
            done = run("--conllu", "--pretokenized", f.name)
        self.assertEqual(done.returncode, 65)
        self.assertEqual(done.stderr, "%s:3: expected 10 columns parted by tabs, found 4\n"
                                      "%s:7: the id is '2' where word 1 is expected\n" % (f.name, f.name))
        self.assertEqual(done.stdout.count("Good"), 2)
        self.assertEqual(run("--conllu", "--pretokenized", STORY).returncode, 65)
        self.assertEqual(run("--pretokenized", STORY).returncode, 64)
        self.assertEqual(run("--conllu", "--pretokenized", "/nowhere/at.all").returncode, 66)
        self.assertEqual(run("--conllu", "--pretokenized", "-", input="").stdout, "")


class Size(TestCase):
    """A body of 1 MiB of anything is read in bounded memory."""

    LIMIT = 64 * MIB  # private memory; the sanitizers' own is not ours

    def peak(self, body):
        """Peak of anonymous memory as far as it can be seen from outside, and the number of bytes written."""
        with tempfile.TemporaryFile() as f:
            f.write(body)
            f.seek(0)
            p = subprocess.Popen([CODE, "--conllu", "-"], stdin=f, stdout=subprocess.PIPE, cwd=ROOT)
            seen, written = [0], [0]

            def drain():
                for block in iter(lambda: p.stdout.read1(MIB), b""):
                    written[0] += len(block)

            reader = threading.Thread(target=drain)
            reader.start()
            while p.poll() is None:
                try:
                    with open("/proc/%d/status" % p.pid, encoding="ascii") as status:
                        kib = [int(line.split()[1]) for line in status if line.startswith("RssAnon")]
                    seen.extend(k * 1024 for k in kib)
                except OSError:
                    pass
                time.sleep(0.005)
            reader.join()
            p.stdout.close()
            self.assertEqual(p.returncode, 0)
            return max(seen), written[0]

    def test_bodies(self):
        chance, size = random.Random(7), MIB // 8 if SANITIZED else MIB  # sanitizers are slow: several parts still
        words = [chance.choice(["talks", "border", "war", "said", "the", "Norway", "of"]).encode() for _ in range(size // 4)]
        bodies = {"words without a stop": b" ".join(words)[:size], "quotation marks": b'"' * size,
                  "a sentence of 100,000 words": b" ".join(words[:size // 10]) + b".", "random bytes": chance.randbytes(size),
                  "signs": bytes(chance.choice(b"\"',;:()!?") for _ in range(size)), "one word": b"x" * size,
                  "stops": b"a. " * (size // 3), "lines": b"a\n\n" * (size // 3)}
        for name, body in bodies.items():
            with self.subTest(name):
                peak, written = self.peak(body)
                self.assertGreater(written, 1000)
                if not SANITIZED:
                    self.assertLess(peak, self.LIMIT, "%s: %.1f MiB" % (name, peak / MIB))


if __name__ == "__main__":
    unittest.main()
