#!/usr/bin/python3
"""Runs the process tests: one line a file, then for tests/check.sh a line 'result PASSED FAILED SKIPPED'.

    tests/process/run.py [--slow] [--in FOLDER] [FILE or NAME...]
NAME as unittest knows it: test_stream.Stream.test_filter. FOLDER: tests/process, or tests/fault for the fault tests.
STANCED_BUILD chooses the build (build, build/asan)."""

import glob
import os
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)


class Result(unittest.TextTestResult):
    """Counts tests that passed and notes how long each took; a test with failed subtests counts once."""

    def startTest(self, test):
        super().startTest(test)
        self.begun = time.monotonic()

    def stopTest(self, test):
        super().stopTest(test)
        self.times = getattr(self, "times", []) + [(time.monotonic() - self.begun, test.id())]


def run(name):
    suite = unittest.defaultTestLoader.loadTestsFromName(name)
    begun = time.monotonic()
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=0, resultclass=Result).run(suite)
    bad = {getattr(t, "test_case", t).id() for t, _ in result.failures + result.errors}
    skipped = len(result.skipped)
    passed = max(0, result.testsRun - len(bad) - skipped)
    print("%-28s %3d passed, %d failed%s  (%.0f s)" % (name, passed, len(bad), ", %d skipped" % skipped if skipped else "",
                                                    time.monotonic() - begun), flush=True)
    return passed, len(bad), skipped, getattr(result, "times", [])


def main():
    arguments = sys.argv[1:]
    folder = HERE
    if "--in" in arguments:
        at = arguments.index("--in")
        folder = os.path.abspath(arguments[at + 1])
        del arguments[at:at + 2]
        sys.path.insert(0, folder)
    names = [a for a in arguments if not a.startswith("-")]
    names = [os.path.basename(n)[:-3] if n.endswith(".py") else n for n in names]
    names = names or sorted(os.path.basename(p)[:-3] for p in glob.glob(os.path.join(folder, "test_*.py")))
    results = [run(name) for name in names]
    if "--slow" in sys.argv:
        for seconds, test in sorted((t for r in results for t in r[3]), reverse=True)[:15]:
            print("%6.1f s  %s" % (seconds, test))
    totals = [sum(r[i] for r in results) for i in range(3)]
    print("result %d %d %d" % tuple(totals))
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
