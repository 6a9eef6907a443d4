#!/usr/bin/python3
"""A stand-in for stance-worker: speaks the work protocol, classifies nothing, and does what the article says.

SIGTERM ends it after the article in hand, as it does the real one.
The first line of a body is a list of words: "hang" never answers, "die" ends without a word, "fail" answers failed,
"hold=FILE" waits until FILE is there, "lose=FILE" keeps the answer to itself until then, "act=REJECT source=RUS target=UKR confidence=0.5 events=3" say what the events are.
Each article taken and each end is noted in the file --journal: "work TASK ATTEMPT ID PID", one line each.
"""

import argparse
import ctypes
import os
import signal
import sys
import time

import msgpack
import zmq

QUADS = {"REJECT": "verbal-conflict", "ACCUSE": "verbal-conflict", "AGREE": "verbal-cooperation",
         "SANCTION": "material-conflict", "AID": "material-cooperation"}


def directives(body):
    words = {}
    for word in body.split("\n", 1)[0].split():
        key, _, value = word.partition("=")
        words[key] = value
    return words


def actor(text, country, at):
    return {"spans": [[at, at + len(text)]], "text": text, "name": None, "country": country, "role": "GOV"}


def events(article):
    """What the body's first line asks for: plain, valid events, the same for the same article."""
    words = directives(article["body"])
    first = article["body"].encode()[:4].decode("utf-8", "ignore")
    act = words.get("act", "STATE")
    out = []
    for n in range(int(words.get("events", "1"))):
        out.append({
            "v": 1, "id": "%s#%d" % (article["id"], n),
            "article": {key: article[key] for key in ("id", "title", "source", "published", "revision") if key in article},
            "sentence": {"index": 0, "begin": 0, "end": len(article["body"].encode())},
            "source": actor(first, words.get("source", "NOR"), 0),
            "act": {"type": act, "cameo": "01", "quad": QUADS.get(act, "statement"), "score": 0.0,
                    "cue": {"spans": [[0, len(first)]], "text": first}},
            "target": actor(first, words["target"], 0) if "target" in words else None,
            "statement": None, "stance": None, "qualifiers": None, "reported_by": None,
            "confidence": float(words.get("confidence", "0.9")), "model": "stand-in", "lexicon": "00",
        })
    return out


def key_of(path):
    with open(path, encoding="ascii") as f:
        return f.read().split()[2].encode()


class Worker:
    """One DEALER that speaks the work protocol; the caller decides what happens when."""

    def __init__(self, endpoint, name, capacity=4, context=None, curve=None):
        """`curve`: our public key, our secret one, the daemon's public one."""
        self.socket = (context or zmq.Context.instance()).socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 2000)
        if curve:
            self.socket.curve_publickey, self.socket.curve_secretkey, self.socket.curve_serverkey = curve
        self.socket.connect(endpoint)
        self.name, self.capacity = name, capacity
        self.stop = False  # set it (from a signal handler): receive() gives None soon
        self.hello()

    def send(self, op, **fields):
        self.socket.send(msgpack.packb({"op": op, **fields}))

    def hello(self):
        self.send("hello", v=1, name=self.name, version="stand-in 1", model="stand-in", capacity=self.capacity,
                  pid=os.getpid())

    def receive(self, seconds):
        """The next message but heartbeats, or None when the time is over. Says hello again when refused."""
        end, beat = time.monotonic() + seconds, time.monotonic() + 1
        while not self.stop:
            if not self.socket.poll(50):
                if time.monotonic() > end:
                    return None
                if time.monotonic() > beat:
                    self.send("heartbeat")
                    beat = time.monotonic() + 1
                continue
            message = msgpack.unpackb(self.socket.recv(), timestamp=3)
            if message["op"] == "refused":
                time.sleep(0.05)
                self.hello()
            elif message["op"] != "heartbeat":
                return message
        return None

    def work(self, seconds=60):
        message = self.receive(seconds)
        assert message is not None, "no work came"
        assert message["op"] == "work", message
        return message

    def done(self, message, out=None):
        self.send("done", task=message["task"], events=events(message["article"]) if out is None else out)

    def close(self):
        self.socket.close()


def in_hand(task):
    """Says to the daemon what we are at, as stance-worker does (proto/in_hand.h)."""
    try:
        os.pwrite(3, task.to_bytes(8, sys.byteorder), 0)
    except OSError:
        pass  # started by somebody else


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--connect", required=True)
    parser.add_argument("--name", default="stand-in-%d" % os.getpid())
    parser.add_argument("--journal", required=True)
    parser.add_argument("--capacity", type=int, default=4)
    parser.add_argument("--supervised", type=int)
    parser.add_argument("--key")
    parser.add_argument("--server-key")
    options, _ = parser.parse_known_args()
    if options.supervised:  # a killed daemon cannot stop us
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != options.supervised:
            return

    def note(text):
        with open(options.journal, "a", encoding="utf-8") as journal:
            journal.write(text + "\n")

    curve = None
    if options.key:
        secret = key_of(options.key)
        curve = (zmq.curve_public(secret), secret, key_of(options.server_key))
    worker = Worker(options.connect, options.name, options.capacity, curve=curve)

    def on_sigterm(*_):
        worker.stop = True

    signal.signal(signal.SIGTERM, on_sigterm)
    while True:
        message = worker.receive(3600)
        if message is None or message["op"] == "bye":
            worker.send("bye")
            worker.close()
            zmq.Context.instance().term()
            return
        if message["op"] != "work":
            note(message["op"])
            continue
        article = message["article"]
        words = directives(article["body"])
        note("work %d %d %s %d" % (message["task"], message["attempt"], article["id"], os.getpid()))
        if options.supervised:
            in_hand(message["task"])
        while "hang" in words:
            time.sleep(1)
        while "hold" in words and not os.path.exists(words["hold"]):
            time.sleep(0.01)
        if "die" in words:
            os._exit(3)
        if "fail" in words:
            worker.send("failed", task=message["task"], reason="the article says so")
        elif "lose" not in words or os.path.exists(words["lose"]):
            worker.done(message)


if __name__ == "__main__":
    main()
