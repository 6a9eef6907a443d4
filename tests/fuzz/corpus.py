#!/usr/bin/python3
"""Writes the seeds of the fuzz targets into a folder: tests/fuzz/corpus.py FOLDER. Made from what the tests have anyway: the
examples of the protocol's page, the golden configs, our articles, a few requests. What was found lies in tests/fuzz/found."""

import glob
import os
import re
import shutil
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHANNELS = {"work-up": 0, "work-down": 1, "stream-up": 2, "stream-down": 3, "control-up": 4, "control-down": 5}
REQUESTS = ["GET / HTTP/1.0\r\n\r\n", "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD /readyz HTTP/1.1\r\n\r\n",
            "GET /events?after=0&act=REJECT,ACCUSE&confidence=0.5 HTTP/1.1\r\nLast-Event-ID: 3\r\n\r\n",
            "POST /events HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "GET /events?after=%zz&source=%00 HTTP/1.1\r\n\r\n"]
TEXTS = ["Norway urged both sides to talk.", "\"We reject this,\" said the U.S. envoy, who met Mr. Kim.", "\u201cNo.\u201d \u2014 a\u0301\u200b\ufeff",
         "According to Reuters, the prime minister said that he would not rule out sanctions if Russia invaded. " * 3, "((((\"'\"'\n\n\t- 1,5%"]
TSV = ["NOR\tname\tNorway\t\t2001-01-01\t2010\n", "European Union\tEU\tIGO\tIGO\tNOR\n", "say\tv\t010\ty\tto\tthat,obj\t0\n",
       "president\tGOV\tperson\tpresident\n", "Astrid Holm\tHolm\tNOR\tGOV\tprime minister\t2015-01-01\t\t\tf\n"]


def write(folder, n, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "seed-%d" % n), "wb") as f:
        f.write(data)


def main():
    out = sys.argv[1]
    with open(os.path.join(ROOT, "proto", "PROTOCOL.md"), encoding="utf-8") as f:
        examples = re.findall(r"```example (\S+)\n.*\n((?:[0-9a-f]{2}[ \n])+)```", f.read())
    for n, (name, data) in enumerate(examples):
        data = bytes.fromhex(data)
        if name in CHANNELS:
            write(os.path.join(out, "message"), n, bytes([CHANNELS[name]]) + data)
        else:
            write(os.path.join(out, "article"), n, data)
    for n, path in enumerate(glob.glob(os.path.join(ROOT, "tests/process/golden/*.conf")) + [os.path.join(ROOT, "config/stanced.conf")]):
        with open(path, "rb") as f:
            write(os.path.join(out, "config"), n, f.read())
    for n, path in enumerate(sorted(glob.glob(os.path.join(ROOT, "tests/data/*")))):
        with open(path, "rb") as f:
            data = f.read()[:4000]
        write(os.path.join(out, "files"), n, bytes([n]) + data)
        write(os.path.join(out, "text"), n, data)
    for n, text in enumerate(TEXTS):
        write(os.path.join(out, "text"), 100 + n, text.encode())
    for n, text in enumerate(TSV):
        for which in range(7):
            write(os.path.join(out, "lexicon"), n * 7 + which, bytes([which]) + text.encode())
    for n, text in enumerate(REQUESTS):
        write(os.path.join(out, "http"), n, text.encode())
    entry = lambda name, kind, dims, at, size: (name.ljust(40, b"\0") + bytes([kind, len(dims), 0, 0]) +
        b"".join(d.to_bytes(4, "little") for d in (dims + [1, 1, 1, 1])[:4]) + bytes(4) + at.to_bytes(8, "little") + size.to_bytes(8, "little"))
    write(os.path.join(out, "model"), 0, b"meta.name".ljust(40, b"\0")[:0] + entry(b"\x01eta", 2, [4], 192, 4) + bytes(48) + b"name")
    for folder in glob.glob(os.path.join(ROOT, "tests/fuzz/found/*")):
        shutil.copytree(folder, os.path.join(out, os.path.basename(folder)), dirs_exist_ok=True)


if __name__ == "__main__":
    main()
