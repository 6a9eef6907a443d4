#!/usr/bin/python3
"""The language model: which one is taken, what becomes of a bad one. The file is written here from its description in
workers/engine/model.h; its numbers are random, so nothing is asked about what it says of words."""

import hashlib
import json
import os
import random
import signal
import struct
import subprocess
import unittest

from harness import BUILD, PATIENCE, ROOT, TestCase, eventually

TEXT = "Norway condemned Russia on Monday. \"We will not wait,\" Prime Minister Ola Hansen said in Oslo."
WIDTH, TABLE, SHAPES, ARC, REL, FAR = 64, 8192, 240, 16, 8, 2


def fnv(kind, data):
    h = (2166136261 ^ kind) * 16777619 & 0xFFFFFFFF
    for b in data:
        h = (h ^ b) * 16777619 & 0xFFFFFFFF
    return h ^ h >> 15


class Model:
    def __init__(self, name):
        self.random = random.Random(5)
        self.tensors = []
        labels = {"upos": b"NOUN\nVERB\nPUNCT", "feats": b"_\nNumber=Sing", "deprel": b"root\nnsubj\nobj", "name": b"O\nB-PER\nI-PER"}
        self.add("meta.name", 2, [len(name)], name.encode())
        self.add("meta.layers", 2, [2], bytes([0, 1]))
        for kind, text in labels.items():
            self.add("labels." + kind, 2, [len(text)], text)
        word = b"norway"
        slots = [0, 0]
        slots[fnv(128, word) & 1] = 1
        self.add("vocab.text", 2, [len(word)], word)
        self.add("vocab.offset", 6, [2], struct.pack("<2I", 0, len(word)))
        self.add("vocab.slots", 6, [2], struct.pack("<2I", *slots))
        for table, rows in (("embed", 1), ("affix", TABLE), ("trigram", TABLE)):
            self.add(table + ".rows", 1, [rows, WIDTH], self.random.randbytes(rows * WIDTH))
            self.floats(table + ".scale", rows, by=0.01)
        self.floats("embed.base", WIDTH)
        self.floats("shape.rows", SHAPES, WIDTH)
        self.matrix("layer0", 2 * WIDTH, 3 * WIDTH)
        self.matrix("layer1", 3 * WIDTH, WIDTH)
        self.floats("layer1.v", 2, WIDTH)
        sizes = [ARC, ARC, REL, REL, 3, 2, 3]
        self.matrix("heads", sum(sizes), WIDTH)
        self.add("heads.sizes", 6, [7], struct.pack("<7I", *sizes))
        self.matrix("arc", ARC + 2 * FAR, ARC)
        self.add("far.from", 6, [FAR], struct.pack("<2I", 1, 5))
        self.floats("root.arc", ARC)
        self.floats("root.rel", REL)
        self.matrix("rel", 3, REL)

    def add(self, name, kind, dims, data):
        self.tensors.append((name, kind, dims, data))

    def floats(self, name, *dims, by=0.3):
        count = dims[0] * (dims[1] if len(dims) > 1 else 1)
        self.add(name, 5, list(dims), struct.pack("<%df" % count, *(self.random.uniform(0, by) for _ in range(count))))

    def matrix(self, name, outs, ins):
        self.add(name + ".weight", 1, [outs, ins], self.random.randbytes(outs * ins))
        self.floats(name + ".scale", outs, by=0.002)
        self.floats(name + ".bias", outs)

    def bytes(self):
        directory, data, at = b"", b"", 64 + 80 * len(self.tensors)
        for name, kind, dims, raw in self.tensors:
            pad = -at % 64
            data += bytes(pad) + raw
            at += pad
            directory += struct.pack("<40sBBH4IIQQ", name.encode(), kind, len(dims), 0, *(dims + [1] * (4 - len(dims))), 0, at, len(raw))
            at += len(raw)
        digest = hashlib.blake2b(directory + data, digest_size=32).digest()
        return struct.pack("<8sIIQQ32s", b"STANCEM\n", 1, len(self.tensors), at, 0, digest) + directory + data

    def write(self, path):
        with open(path, "wb") as f:
            f.write(self.bytes())
        return path


def damage(path):
    with open(path, "r+b") as f:
        f.seek(-100, os.SEEK_END)
        f.write(b"?")


class WhichModel(TestCase):
    def code(self, *arguments, **environment):
        return subprocess.run([os.path.join(BUILD, "stance-code"), *arguments, "-"], input=TEXT, capture_output=True, text=True,
                              cwd=ROOT, timeout=PATIENCE, check=False, env={**os.environ, **environment})

    def model_of(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)
        return {json.loads(line)["model"] for line in done.stdout.splitlines()}

    def setUp(self):
        self.path = Model("random-1").write(os.path.join(self.daemon().dir, "random.stm"))

    def words(self, *arguments, **environment):
        done = self.code("--conllu", *arguments, **environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_option_before_environment_and_none_is_rules(self):
        rules = self.words("--model", "none")
        model = self.words("--model", self.path)
        self.assertNotEqual(rules, model)
        self.assertEqual(self.words("--model", "none", STANCED_MODEL=self.path), rules)
        self.assertEqual(self.words(STANCED_MODEL=self.path), model)
        self.assertEqual(self.words(STANCED_MODEL="none"), rules)
        self.assertEqual(self.model_of(self.code("--model", "none")), {"rules-1"})

    def test_all_processors_say_the_same(self):
        plain = self.words("--model", self.path, STANCED_KERNELS="plain")
        for kernels in ("avx2", "avx512"):
            done = self.code("--conllu", "--model", self.path, STANCED_KERNELS=kernels)
            if done.returncode == 78 and "this machine cannot run" in done.stderr:
                continue
            self.assertEqual(done.stdout, plain)
        done = self.code("--model", self.path, STANCED_KERNELS="mmx")
        self.assertEqual(done.returncode, 78)
        self.assertIn("'mmx'", done.stderr)

    def test_a_bad_file_is_78_and_says_why(self):
        for path, reason in (("/nowhere/at-all.stm", "No such file"), (os.path.join(ROOT, "README.md"), "no model file")):
            for done in (self.code("--model", path), self.code(STANCED_MODEL=path)):
                self.assertEqual((done.returncode, done.stdout), (78, ""))
                self.assertIn(path, done.stderr)
                self.assertIn(reason, done.stderr)
        damage(self.path)
        done = self.code("--model", self.path)
        self.assertEqual(done.returncode, 78)
        self.assertIn("damaged", done.stderr)


class InTheDaemon(TestCase):
    def setUp(self):
        self.d = self.daemon(workers={"count": 1})
        self.path = Model("random-2").write(os.path.join(self.d.dir, "random.stm"))
        self.d.sections["model"] = {"file": self.path}
        self.d.write_config()

    def model_at_work(self):
        workers = self.d.status()["workers"]
        return {w["model"] for w in workers if w.get("model")}

    def test_the_configured_one_is_at_work(self):
        self.d.start()
        eventually(lambda: self.model_at_work() == {"random-2"}, "the worker runs the model")

    def test_a_bad_one_at_start_is_fatal_and_says_why(self):
        damage(self.path)
        self.d.launch()
        code = self.d.process.wait(PATIENCE)
        self.d.process = None
        self.assertEqual(code, 78, self.d.log())
        self.assertIn(self.path + ": damaged", self.d.log())

    def test_reload_takes_a_new_one_and_leaves_the_old_one_for_a_bad_one(self):
        self.d.start()
        eventually(lambda: self.model_at_work() == {"random-2"}, "the worker runs the model")
        fresh = Model("random-3").write(self.path + ".new")
        os.rename(fresh, self.path)
        self.d.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.model_at_work() == {"random-3"}, "the worker runs the new model")
        bad = Model("random-4").write(self.path + ".new")
        damage(bad)
        os.rename(bad, self.path)
        self.d.process.send_signal(signal.SIGHUP)
        eventually(lambda: "damaged" in self.d.log(), "the log says that the file is damaged")
        self.assertEqual(self.model_at_work(), {"random-3"})


if __name__ == "__main__":
    unittest.main()
