#!/usr/bin/python3
"""A worker that an article has taken over, with the rights of a worker, gets nothing (tests/process/taken_over.c)."""

import os
import subprocess
import unittest

from harness import BUILD, PATIENCE, SANITIZED, TestCase, eventually

TAKEN_OVER = os.path.join(BUILD, "process", "taken_over")


@unittest.skipIf(SANITIZED, "AddressSanitizer needs what a confined worker gives up")
class Confined(TestCase):
    def attacked(self, log, extra=()):
        lines = [line.split("taken over: ")[1] for line in log.splitlines() if "taken over: " in line]
        got = {line.replace(" SUCCEEDED", "") for line in lines if line.endswith("SUCCEEDED")}
        self.assertEqual(got, set(extra))
        self.assertGreater(len(lines), 20)
        for line in lines[:-1]:
            if not line.endswith("SUCCEEDED"):
                self.assertRegex(line, "Operation not permitted|Permission denied")

    def test_a_supervised_worker(self):
        d = self.daemon()
        d.sections["workers"] = {"count": 1, "command": TAKEN_OVER}
        d.write_config()
        secret = os.path.join(d.dir, "secret")
        with open(secret, "w", encoding="ascii") as f:
            f.write("secret\n")
        d.start()
        self.accept(d, {"id": "a", "body": secret})
        eventually(lambda: "that was all" in d.log(), "the worker has tried everything")
        self.attacked(d.log())
        eventually(lambda: d.status()["waiting"] == 0, "and the daemon has its answer")
        self.assertTrue(os.path.exists(secret))

    def test_a_worker_on_its_own_may_connect_again_but_no_more(self):
        d = self.daemon()
        d.sections["endpoints"].update({"work": "tcp://127.0.0.1:%d" % d.free_port(), "insecure": "yes"})
        d.write_config()
        d.start()
        log = os.path.join(d.dir, "worker-log")
        with open(log, "ab") as f:
            worker = subprocess.Popen([TAKEN_OVER, "--connect", d.endpoint("work")], stdout=f, stderr=f)
        self.addCleanup(worker.wait)
        self.addCleanup(worker.kill)

        def said():
            with open(log, encoding="utf-8") as f:
                return f.read()

        self.accept(d, {"id": "a", "body": d.config_path})
        eventually(lambda: "that was all" in said(), "the worker has tried everything")
        self.attacked(said(), {"socket tcp"})
        d.kill()
        d.start()
        self.accept(d, {"id": "b", "body": d.config_path})
        eventually(lambda: d.status()["waiting"] == 0, "it came again after a restart of the daemon")

    def test_a_strict_worker_ends_with_its_connection(self):
        d = self.daemon().start()
        worker = subprocess.Popen([TAKEN_OVER, "--strict", "--connect", d.endpoint("work")], stderr=subprocess.PIPE, text=True)
        self.addCleanup(worker.kill)
        eventually(lambda: [w for w in d.status()["workers"] if w.get("version")], "it is there")
        d.kill()
        self.assertEqual(worker.wait(PATIENCE), 69)
        self.assertIn("the daemon is gone", worker.stderr.read())
        worker.stderr.close()


if __name__ == "__main__":
    unittest.main()
