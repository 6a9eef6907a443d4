#!/usr/bin/env python3
"""engine.py STANCE_CODE [SHARED]: speed, linear time and memory of reading text: `stance-code --conllu` on one core; and the
language engine by itself (engine.c).

News is PolNeAR dev of SHARED when that is there, else the project's own articles, repeated. CPU time is what the kernel
says of the process; "without start-up" is less that of an empty input. Standard library only.
"""
import glob, json, lzma, os, random, statistics, subprocess, sys, tempfile, time

ROUNDS = int(os.environ.get("ROUNDS", 3))
KIB, MIB = 1 << 10, 1 << 20


def once(code, path, output=subprocess.DEVNULL):
    """CPU seconds, peak RSS and peak of private memory (sampled each millisecond) in bytes."""
    core = sorted(os.sched_getaffinity(0))[-1]
    p = subprocess.Popen([code, "--conllu", path], stdout=output, preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    private = 0
    while True:
        pid, status, usage = os.wait4(p.pid, os.WNOHANG)
        if pid:
            break
        try:
            with open("/proc/%d/status" % p.pid, encoding="ascii") as f:
                private = max([private] + [int(line.split()[1]) * KIB for line in f if line.startswith("RssAnon")])
        except OSError:
            pass
        time.sleep(0.001)
    p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode:
        sys.exit("%s --conllu %s: exit code %d" % (code, path, p.returncode))
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * KIB, private


def measure(code, path, rounds=ROUNDS):
    """Median of CPU seconds, peaks."""
    runs = [once(code, path) for _ in range(rounds)]
    return statistics.median(r[0] for r in runs), max(r[1] for r in runs), max(r[2] for r in runs)


def news(shared, path):
    """Articles as JSON Lines; where they are from."""
    source = os.path.join(shared, "data", "statements", "polnear-dev.jsonl.xz")
    if os.path.exists(source):
        with lzma.open(source, "rt", encoding="utf-8") as f:
            bodies = [json.loads(line)["text"] for line in f]
        told = "PolNeAR dev"
    else:
        with open("tests/data/stories.jsonl", encoding="utf-8") as f:
            bodies = [json.loads(line)["body"] for line in f]
        bodies *= 1 + 60000 // sum(len(b.split()) for b in bodies)
        told = "tests/data, repeated"
    with open(path, "w", encoding="utf-8") as out:
        out.writelines(json.dumps({"id": str(n), "body": body}) + "\n" for n, body in enumerate(bodies))
    return "%s, %d articles, %.1f MB" % (told, len(bodies), sum(len(b.encode()) for b in bodies) / 1e6)


def count_words(code, path):
    with tempfile.TemporaryFile() as out:
        once(code, path, out)
        out.seek(0)
        return sum(line[:1].isdigit() and line.split(b"\t", 1)[0].isdigit() for line in out)


def bodies(size):
    """Hard ones of `size` bytes."""
    chance = random.Random(size)
    words = [chance.choice(["talks", "border", "war", "said", "the", "Norway", "of", "rejected"]) for _ in range(size // 3)]
    text = " ".join(words).encode()
    sentence = " ".join((words * 4)[:100000 * size // MIB]).encode()[:size - 1] + b"."
    return {"one line of words without stops": text[:size], "quotation marks": b'"' * size,
            "one sentence (of 100,000 words at 1 MiB)": sentence, "random bytes": chance.randbytes(size)}


def main():
    code, shared = sys.argv[1], (sys.argv[2:] or ["../shared"])[0]
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "in")
        told = news(shared, path)
        words = count_words(code, path)
        empty = os.path.join(scratch, "empty")
        open(empty, "w").close()
        start, _, _ = measure(code, empty, ROUNDS * 3)
        cpu, rss, private = measure(code, path)
        print("Engine: stance-code --conllu, one core, CPU time, medians of %d rounds (short ones: three times as many)\n" % ROUNDS)
        print("| %-42s | %10s |" % ("news: " + told, "%d words" % words))
        print("| --- | ---: |")
        print("| %-42s | %10.0f |" % ("words a CPU second, start-up included", words / cpu))
        print("| %-42s | %10.0f |" % ("words a CPU second, without start-up", words / (cpu - start)))
        print("| %-42s | %10.1f |" % ("start-up, ms", start * 1000))
        print("| %-42s | %10.1f |" % ("peak RSS, MiB", rss / MIB))
        print("| %-42s | %10.1f |" % ("of that private, MiB", private / MIB))
        print("\n| %-42s | %7s | %7s | %7s | %9s | %12s |" % ("ns a byte without start-up; memory at 1 MiB", "64 KiB", "256 KiB", "1 MiB", "peak RSS", "private MiB"))
        print("| --- | ---: | ---: | ---: | ---: | ---: |")
        table = {}
        for size in (64 * KIB, 256 * KIB, MIB):
            for name, body in bodies(size).items():
                with open(path, "wb") as f:
                    f.write(body)
                cpu, rss, private = measure(code, path, ROUNDS * (3 if size < MIB else 1))
                table.setdefault(name, []).append(((cpu - start) / len(body) * 1e9, rss, private))
        for name, row in table.items():
            print("| %-42s | %7.0f | %7.0f | %7.0f | %9.1f | %12.1f |" % ((name,) + tuple(r[0] for r in row) + (row[-1][1] / MIB, row[-1][2] / MIB)))

        parts(code, path)


def parts(code, path):
    """Where a word's time goes within the language engine, on news of the project; nothing without a model."""
    tool = os.path.join(os.path.dirname(code), "bench", "engine")
    models = [os.environ["STANCED_MODEL"]] if os.environ.get("STANCED_MODEL") else sorted(glob.glob("workers/model/*.stm"))
    if not models or not os.path.exists(models[-1]) or not os.path.exists(tool):
        return
    with open("tests/data/stories.jsonl", encoding="utf-8") as f, open(path, "w", encoding="utf-8") as out:
        out.write("\n\n".join(json.loads(line)["body"] for line in f))
    print("\nThe language engine alone, wall time, each part's best round:\n", flush=True)
    subprocess.run([tool, models[-1], path], check=True)


main()
