#!/usr/bin/python3
"""Several machines: network namespaces, each with a link of its own to the daemon's; everything by tcp with keys.

The daemon's machine is "hub"; "one" and "two" have workers and feeders. They share files, so that control is by ipc."""

import json
import os
import subprocess
import sys
import time
import unittest

import test_keys
from harness import BUILD, PATIENCE, STANDIN, eventually


def ip(*arguments):
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)


def hinders():
    """Why there can be no namespaces here; "" when there can."""
    if os.geteuid() != 0:
        return "network namespaces want root"
    try:
        done = ip("netns", "add", "stanced-try")
        if done.returncode == 0:
            done = ip("-n", "stanced-try", "link", "add", "name", "try0", "type", "veth", "peer", "name", "try1")
        ip("netns", "del", "stanced-try")
    except FileNotFoundError:
        return "there is no ip (iproute2)"
    return done.stderr.strip()


HINDERS = hinders()


@unittest.skipIf(HINDERS, "no network namespaces here: " + HINDERS)
class Machines(test_keys.KeyCase):
    HOSTS = ("hub", "one", "two")

    def setUp(self):
        self.up("hub")
        for n, host in enumerate(self.HOSTS[1:], 1):
            self.up(host)
            self.must("-n", self.ns("hub"), "link", "add", "name", host, "type", "veth", "peer", "name", "hub", "netns", self.ns(host))
            for here, link, address in (("hub", host, 1), (host, "hub", 2)):
                self.must("-n", self.ns(here), "address", "add", "10.71.%d.%d/24" % (n, address), "dev", link)
                self.must("-n", self.ns(here), "link", "set", link, "up")
        self.d = self.guarded(workers={"attempts": 5})
        for name, role in (("oslo", "worker"),):
            self.keys(self.d, "new", name, "--dir", self.d.dir)
            self.keys(self.d, "allow", role, self.path(self.d, name + ".pub"))
        for name in test_keys.TCP:
            self.d.sections["endpoints"][name] = self.d.endpoint(name).replace("127.0.0.1", "0.0.0.0")
        self.d.write_config()
        self.d.prefix = self.on("hub")
        self.d.start()

    def ns(self, host):
        return "stanced-%d-%s" % (os.getpid(), host)

    def on(self, host):
        return ["ip", "netns", "exec", self.ns(host)]

    def must(self, *arguments):
        done = ip(*arguments)
        self.assertEqual(done.returncode, 0, "%r: %s" % (arguments, done.stderr))

    def up(self, host):
        self.must("netns", "add", self.ns(host))
        self.addCleanup(ip, "netns", "del", self.ns(host))
        self.must("-n", self.ns(host), "link", "set", "lo", "up")

    def link(self, host, state):
        """The hub's end of the link: both then see nothing of each other, and neither is told."""
        self.must("-n", self.ns("hub"), "link", "set", host, state)

    def reach(self, host, name):
        return self.d.endpoint(name).replace("0.0.0.0", "10.71.%d.1" % self.HOSTS.index(host))

    def with_keys(self, name):
        return ["--key", self.path(self.d, name + ".key"), "--server-key", self.path(self.d, "stanced.pub")]

    def begin(self, host, *command):
        with open(os.path.join(self.d.dir, "log-" + host), "ab") as log:
            p = subprocess.Popen([*self.on(host), *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(p.wait)
        self.addCleanup(p.kill)
        return p

    def said(self, host):
        with open(os.path.join(self.d.dir, "log-" + host), encoding="utf-8") as f:
            return f.read()

    def standin(self, host, name):
        journal = os.path.join(self.d.dir, "journal-" + host)
        self.begin(host, sys.executable, STANDIN, "--connect", self.reach(host, "work"), "--name", host, "--journal", journal,
                   "--capacity", "1", *self.with_keys(name))
        return lambda: os.path.exists(journal) and "work " in open(journal, encoding="utf-8").read()

    def worker(self, host, name):
        return self.begin(host, os.path.join(BUILD, "stance-worker"), "--connect", self.reach(host, "work"), "--name", host, *self.with_keys(name))

    def feeder(self, host, articles, name="press"):
        path = os.path.join(self.d.dir, "articles.jsonl")
        with open(path, "wb") as f:
            f.write(b"".join(json.dumps(a).encode() + b"\n" for a in articles))
        return self.begin(host, os.path.join(BUILD, "stance"), "feed", "--format", "jsonl", "--timeout", "0", "--endpoint",
                          self.reach(host, "intake"), *self.with_keys(name), path)

    def names(self):
        return {w["name"] for w in self.ready(self.d)}

    def all_events(self):
        done = subprocess.run([*self.on("hub"), os.path.join(BUILD, "stance"), "watch", "--json", "--until-idle", "--endpoint",
                               self.reach("one", "stream"), "--control", self.d.endpoint("control"), *self.with_keys("paul")],
                              capture_output=True, text=True, check=False, timeout=4 * PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_work_of_a_machine_that_is_cut_off_is_finished_elsewhere(self):
        gate = os.path.join(self.d.dir, "gate")
        holds = self.standin("one", "vienna")
        self.assertEqual(self.feeder("two", [{"id": "a", "body": "hold=%s\n" % gate}]).wait(PATIENCE), 0)
        eventually(holds, "the first machine works on it")
        self.link("one", "down")
        takes = self.standin("two", "oslo")
        open(gate, "w", encoding="ascii").close()  # both get on with it now: one of them in vain
        eventually(takes, "the article is taken back and given to the second machine")
        eventually(lambda: self.d.status()["log_last"] == 1, "which finishes it")
        self.link("one", "up")
        eventually(lambda: self.names() == {"one", "two"}, "the first machine comes again")
        self.assertEqual(self.feeder("one", [{"id": "b", "body": "text\n"}]).wait(PATIENCE), 0)
        events = self.all_events()
        self.assertEqual([e["article"]["id"] for e in events], ["a", "b"], "what it did in vain is not there")
        self.assertEqual(self.d.status()["dead"], 0)

    def test_a_machine_with_a_wrong_key_gets_nothing(self):
        for host, name in (("one", "stranger"), ("two", "press")):  # a key that nobody knows; one that is for feeding
            self.worker(host, name)
            eventually(lambda h=host: "does not allow our key" in self.said(h), host + " is refused")
        self.assertIn("is refused", self.d.log())
        self.assertEqual(self.names(), set())
        self.assertEqual(self.feeder("two", [{"id": "a", "body": "Norway rejected the plan of Russia."}]).wait(PATIENCE), 0)
        self.worker("two", "oslo")
        self.assertEqual([e["source"]["country"] for e in self.all_events()], ["NOR"])
        self.assertEqual(self.names(), {"two"})

    def rush(self):
        """Articles from one machine, worked on by the other; each has its event, once."""
        self.worker("one", "vienna")
        self.worker("two", "oslo")
        eventually(lambda: self.names() == {"one", "two"}, "both workers")
        articles = [{"id": "n-%d" % n, "body": "France supported plan number %d." % n} for n in range(500)]
        return articles, self.feeder("one", articles)

    def finish(self, articles, feeder):
        self.assertEqual(feeder.wait(4 * PATIENCE), 0)
        ids = [e["article"]["id"] for e in self.all_events()]
        self.assertEqual(len(ids), len(articles))
        self.assertEqual(set(ids), {a["id"] for a in articles})

    def test_a_link_that_comes_and_goes(self):
        articles, feeder = self.rush()
        for _ in range(5):
            for host in ("one", "two"):
                self.link(host, "down")
                time.sleep(0.2)  # how long it is gone: nothing is waited for
                self.link(host, "up")
        self.finish(articles, feeder)

    def impair(self):
        """Both links of the hub lose a packet of twenty, and where the kernel can they are slow."""
        for host in self.HOSTS[1:]:
            done = subprocess.run([*self.on("hub"), "tc", "qdisc", "add", "dev", host, "root", "netem", "delay", "40ms", "10ms", "loss", "5%"],
                                  capture_output=True, text=True, check=False)
            if done.returncode != 0:
                break
        if done.returncode != 0:
            rules = "table inet loss {\nchain out {\ntype filter hook output priority 0\nnumgen random mod 100 < 5 drop\n}\n}\n"
            try:
                done = subprocess.run([*self.on("hub"), "nft", rules], capture_output=True, text=True, check=False)
            except FileNotFoundError:
                self.skipTest("neither netem nor nft here")
            if done.returncode != 0:
                self.skipTest("the kernel has neither netem nor numgen of nft: " + done.stderr.strip())

    def test_latency_and_loss(self):
        self.impair()
        self.finish(*self.rush())


if __name__ == "__main__":
    unittest.main()
