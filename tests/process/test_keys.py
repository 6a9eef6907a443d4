#!/usr/bin/python3
"""Keys: who may connect by tcp, who may not, and what becomes of it while they are connected.

The peers are pyzmq's, with the keys as ZeroMQ itself reads them."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import unittest

import zmq
import zmq.utils.monitor
import zmq.utils.z85

from harness import BUILD, CONFIG, PATIENCE, ROOT, TestCase, eventually, pack, patiently, state_of, unpack

from standin import key_of

sys.path.insert(0, os.path.join(ROOT, "clients", "python"))
import stance as library  # noqa: E402

PEOPLE = {"press": "feeder", "vienna": "worker", "paul": "follower"}
TCP = ("intake", "work", "live", "stream")


class Peer:
    """A socket with keys that watches its handshake."""

    def __init__(self, kind, endpoint, curve=None, topic=None):
        self.socket = zmq.Context.instance().socket(kind)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.SNDTIMEO, PATIENCE * 1000)
        if curve:
            self.socket.curve_publickey, self.socket.curve_secretkey, self.socket.curve_serverkey = curve
        self.monitor = self.socket.get_monitor_socket()
        self.seen = []
        if topic is not None:
            self.socket.setsockopt(zmq.SUBSCRIBE, topic)
        self.socket.connect(endpoint)

    def saw(self, event):
        while self.monitor.poll(0):
            self.seen.append(zmq.utils.monitor.recv_monitor_message(self.monitor)["event"])
        return event in self.seen

    def ask(self, message, limit=PATIENCE):
        self.socket.send(pack(message))
        return unpack(self.socket.recv()) if self.socket.poll(limit * 1000) else None

    def close(self):
        self.socket.disable_monitor()
        self.monitor.close(linger=0)
        self.socket.close()


class KeyCase(TestCase):
    def path(self, d, name):
        return os.path.join(d.dir, name)

    def keys(self, d, *arguments):
        done = self.stance("keys", *arguments, "-c", d.config_path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def guarded(self, **sections):
        """A daemon, not started, whose endpoints but control are on tcp; everybody's keys, and a stranger's."""
        d = self.daemon(**sections)
        d.sections["endpoints"].update({name: "tcp://127.0.0.1:%d" % d.free_port() for name in TCP})
        d.sections["keys"] = {"secret": self.path(d, "stanced.key"), "allow": self.path(d, "allow")}
        d.write_config()
        for name in ["stanced", "stranger", *PEOPLE]:
            self.keys(d, "new", name, "--dir", d.dir)
        for name, role in PEOPLE.items():
            self.keys(d, "allow", role, self.path(d, name + ".pub"))
        return d

    def curve(self, d, name, server="stanced"):
        return (key_of(self.path(d, name + ".pub")), key_of(self.path(d, name + ".key")),
                key_of(self.path(d, server + ".pub")))

    def peer(self, d, name, kind=zmq.REQ, endpoint="intake", server="stanced", **more):
        p = Peer(kind, d.endpoint(endpoint), name and self.curve(d, name, server), **more)
        self.addCleanup(p.close)
        return p

    def worker(self, d, name):
        arguments = ["--key", self.path(d, name + ".key"), "--server-key", self.path(d, "stanced.pub")] if name else []
        with open(os.path.join(d.dir, "worker-log"), "ab") as log:
            p = subprocess.Popen([os.path.join(BUILD, "stance-worker"), "--connect", d.endpoint("work"), "--lexicon",
                                  os.path.join(CONFIG, "lexicon"), "--model", "none", *arguments],
                                 stdout=log, stderr=log)
        self.addCleanup(p.wait)
        self.addCleanup(p.kill)
        return p

    def worker_log(self, d):
        with open(os.path.join(d.dir, "worker-log"), encoding="utf-8") as f:
            return f.read()

    def ready(self, d):
        return [w for w in d.status()["workers"] if w.get("version")]


class Admission(KeyCase):
    def test_each_role_is_let_in_where_it_belongs(self):
        d = self.guarded().start()
        live = self.peer(d, "paul", zmq.SUB, "live", topic=b"")
        eventually(lambda: live.saw(zmq.EVENT_HANDSHAKE_SUCCEEDED), "live lets a follower in")
        self.worker(d, "vienna")
        eventually(lambda: self.ready(d), "the worker is there")
        feeder = self.peer(d, "press")
        answer = feeder.ask({"v": 1, "id": "a", "body": "Norway urged both sides to talk."})
        self.assertEqual(answer["status"], "accepted")
        public, secret, server = self.curve(d, "paul")
        follower = self.follower(d, CURVE_PUBLICKEY=public, CURVE_SECRETKEY=secret, CURVE_SERVERKEY=server)
        event = follower.events(1)[0]
        self.assertEqual(event["source"]["country"], "NOR")
        self.assertTrue(live.socket.poll(PATIENCE * 1000))
        self.assertEqual(unpack(live.socket.recv_multipart()[1])["id"], event["id"])

    def test_local_workers_need_no_key(self):
        d = self.guarded().standins(1).start()
        self.assertEqual(self.peer(d, "press").ask({"v": 1, "id": "a", "body": "text"})["status"], "accepted")
        eventually(lambda: d.status()["log_last"] == 1, "the local worker did it")
        self.assertEqual(os.stat(os.path.join(d.sections["store"]["path"], "work.sock")).st_mode & 0o007, 0)

    def test_whoever_is_not_allowed_is_not_let_in(self):
        d = self.guarded().start()
        refused, failed = zmq.EVENT_HANDSHAKE_FAILED_AUTH, zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
        plain = zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
        cases = [("stranger", zmq.REQ, e, "stanced", refused) for e in TCP if e != "live"]
        cases += [("stranger", zmq.SUB, "live", "stanced", refused)]
        cases += [(name, zmq.DEALER, endpoint, "stanced", refused)
                  for name, role in PEOPLE.items()
                  for endpoint, wants in (("intake", "feeder"), ("work", "worker"), ("stream", "follower")) if role != wants]
        cases += [("press", zmq.REQ, "intake", "stranger", failed), (None, zmq.REQ, "intake", None, plain)]
        for name, kind, endpoint, server, event in cases:
            with self.subTest(name=name, endpoint=endpoint, server=server):
                p = self.peer(d, name, kind, endpoint, server=server)
                if kind != zmq.SUB:
                    p.socket.send(pack({"v": 1, "id": "x", "body": "smuggled"}))
                eventually(lambda p=p, event=event: p.saw(event), "the handshake ends with a no")
                self.assertFalse(p.saw(zmq.EVENT_HANDSHAKE_SUCCEEDED))
        self.assertEqual(d.status()["waiting"], 0)
        self.assertIn("is not allowed", d.log())
        self.assertIn("is refused", d.log())

    def test_a_worker_that_is_allowed_later_begins_by_itself(self):
        d = self.guarded().start()
        self.worker(d, "stranger")
        eventually(lambda: "does not allow our key" in self.worker_log(d), "the worker says that it was refused")
        self.assertEqual(self.ready(d), [])
        self.keys(d, "allow", "worker", self.path(d, "stranger.pub"))
        eventually(lambda: self.ready(d), "it came in")

    def test_a_worker_without_keys_says_so(self):
        d = self.guarded().start()
        self.worker(d, None)
        eventually(lambda: "may want keys" in self.worker_log(d), "the worker says what is wrong")

    def test_tcp_without_keys_wants_insecure_and_warns(self):
        d = self.daemon()
        d.sections["endpoints"]["intake"] = "tcp://127.0.0.1:%d" % d.free_port()
        d.write_config()
        d.launch()
        self.assertEqual(d.process.wait(PATIENCE), 78)
        self.assertIn("tcp needs a key", d.log())
        d.sections["endpoints"]["insecure"] = "yes"
        d.write_config()
        d.start()
        self.assertIn("warning: intake is neither encrypted nor guarded", d.log())
        self.assertEqual(self.peer(d, None).ask({"v": 1, "id": "a", "body": "text"})["status"], "accepted")


class Change(KeyCase):
    def test_a_revoked_peer_is_cut_off_while_connected(self):
        d = self.guarded().start()
        self.keys(d, "allow", "feeder", self.path(d, "stranger.pub"))
        press, other = self.peer(d, "press"), self.peer(d, "stranger")
        for n, p in enumerate((press, other)):
            self.assertEqual(p.ask({"v": 1, "id": "n%d" % n, "body": "text"})["status"], "accepted")
        live = self.peer(d, "paul", zmq.SUB, "live", topic=b"")
        eventually(lambda: live.saw(zmq.EVENT_HANDSHAKE_SUCCEEDED), "live lets a follower in")
        self.keys(d, "revoke", "press")
        eventually(lambda: press.saw(zmq.EVENT_DISCONNECTED), "the connection is ended")
        eventually(lambda: press.saw(zmq.EVENT_HANDSHAKE_FAILED_AUTH), "and does not come again")
        with contextlib.suppress(zmq.Again):  # there may be nobody to queue it for
            press.socket.send(pack({"v": 1, "id": "late", "body": "text"}), zmq.DONTWAIT)
        self.assertEqual(other.ask({"v": 1, "id": "n2", "body": "text"})["status"], "accepted")
        self.assertFalse(other.saw(zmq.EVENT_DISCONNECTED), "the others stay connected")
        self.assertFalse(live.saw(zmq.EVENT_DISCONNECTED), "at other endpoints too")
        self.assertEqual(d.status()["waiting"], 3)
        self.keys(d, "revoke", "follower", "paul")
        eventually(lambda: live.saw(zmq.EVENT_DISCONNECTED), "a live subscriber is cut off too")

    def test_a_revoked_worker_holds_nothing_for_long(self):
        d = self.guarded(workers={"attempts": 5}).start()
        worker = self.peer(d, "vienna", zmq.DEALER, "work")
        worker.socket.send(pack({"v": 1, "op": "hello", "name": "far", "version": "t", "model": "t", "capacity": 1, "pid": 1}))
        self.assertEqual(self.peer(d, "press").ask({"v": 1, "id": "a", "body": "text"})["status"], "accepted")
        eventually(lambda: d.status()["in_work"] == 1, "the far worker has it")
        self.keys(d, "revoke", "vienna")
        eventually(lambda: worker.saw(zmq.EVENT_DISCONNECTED), "it is cut off")
        eventually(lambda: d.status()["in_work"] == 0, "its article is taken back")
        self.assertEqual(d.status()["waiting"], 1)

    def test_sighup_takes_another_folder(self):
        d = self.guarded().start()
        press = self.peer(d, "press")
        self.assertEqual(press.ask({"v": 1, "id": "a", "body": "text"})["status"], "accepted")
        d.sections["keys"]["allow"] = self.path(d, "other")
        d.write_config()
        self.keys(d, "allow", "feeder", self.path(d, "stranger.pub"))
        d.process.send_signal(signal.SIGHUP)
        eventually(lambda: press.saw(zmq.EVENT_DISCONNECTED), "who is in the old folder only has to go")
        self.assertEqual(self.peer(d, "stranger").ask({"v": 1, "id": "b", "body": "text"})["status"], "accepted")

    def test_a_wrong_list_changes_nothing_and_is_named(self):
        d = self.guarded().start()
        lists = self.path(d, "allow")
        with open(os.path.join(lists, "feeder"), "a", encoding="ascii") as f:
            f.write("let me in\n")
        eventually(lambda: "feeder:2: expected: public NAME KEY" in d.log(), "the log names the line")
        self.assertEqual(self.peer(d, "press").ask({"v": 1, "id": "a", "body": "text"})["status"], "accepted")
        self.assertEqual(d.log().count("feeder:2:"), 1, "once, not each second")


class Secrets(KeyCase):
    def start_fails(self, d, *said):
        for arguments in ([], ["--check"]):
            done = subprocess.run([os.path.join(BUILD, "stanced"), "-c", d.config_path, *arguments], capture_output=True,
                                  text=True, timeout=PATIENCE, check=False)
            self.assertEqual(done.returncode, 78, done.stderr)
            for words in said:
                self.assertIn(words, done.stderr)

    def test_bad_key_files_are_refused_at_start(self):
        d = self.guarded()
        secret = self.path(d, "stanced.key")
        os.chmod(secret, 0o640)
        self.start_fails(d, "stanced.key: has mode 0640", "expected 0600")
        os.chmod(secret, 0o600)
        with open(os.path.join(self.path(d, "allow"), "worker"), "a", encoding="ascii") as f:
            f.write("public vienna2\n")
        self.start_fails(d, "worker:2: expected: public NAME KEY")
        os.remove(os.path.join(self.path(d, "allow"), "worker"))
        os.rename(self.path(d, "stanced.pub"), secret)
        os.chmod(secret, 0o600)
        self.start_fails(d, "this is a public key")
        os.remove(secret)
        self.start_fails(d, "stanced.key: No such file")

    def test_a_credential_comes_before_the_config(self):
        d = self.guarded()
        d.sections["keys"]["secret"] = "/nowhere/at/all"
        d.write_config()
        os.mkdir(self.path(d, "credentials"))
        os.rename(self.path(d, "stanced.key"), self.path(d, "credentials/stanced.key"))
        os.environ["CREDENTIALS_DIRECTORY"] = self.path(d, "credentials")
        self.addCleanup(os.environ.pop, "CREDENTIALS_DIRECTORY", None)
        d.start()
        self.assertEqual(self.peer(d, "press").ask({"v": 1, "id": "a", "body": "text"})["status"], "accepted")

    def test_no_secret_gets_out(self):
        d = self.guarded(log={"level": "debug"}).standins(1).start()
        self.assertEqual(self.peer(d, "press").ask({"v": 1, "id": "a", "body": "text"})["status"], "accepted")
        self.stance("status", "-c", d.config_path)
        secrets = [key_of(self.path(d, name + ".key")) for name in ("stanced", "press")]
        with open("/proc/%d/cmdline" % d.process.pid, "rb") as f:
            shown = f.read() + d.log().encode()
        for secret in secrets:
            self.assertNotIn(secret, shown)
        try:
            environ, memory = self.look_into(d.process.pid)
        except PermissionError:
            self.skipTest("only who may trace every process may look into the daemon")
        self.assertIn(self.path(d, "allow").encode(), memory, "this is the daemon's memory")
        for secret in secrets:
            self.assertNotIn(secret, environ)
            self.assertNotIn(secret, memory, "the file's text is wiped")

    @staticmethod
    def look_into(pid):
        """The environment and the private memory of a process, which is frozen from here on: else a part that the map
        tells of may be gone when it is to be read."""
        with open("/proc/%d/environ" % pid, "rb") as f:
            environ = f.read()
        os.kill(pid, signal.SIGSTOP)
        eventually(lambda: state_of(pid) == "T", "it is frozen")
        memory = b""
        with open("/proc/%d/maps" % pid, encoding="utf-8") as maps, open("/proc/%d/mem" % pid, "rb", buffering=0) as mem:
            for line in maps:
                if line.split()[1].startswith("rw-p"):
                    begin, end = (int(x, 16) for x in line.split()[0].split("-"))
                    if end - begin < 1 << 28:
                        mem.seek(begin)
                        memory += mem.read(end - begin)
        return environ, memory

    def dumps_core(self, process):
        with contextlib.suppress(PermissionError, ValueError):  # not everybody may raise it
            resource.prlimit(process.pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        process.send_signal(signal.SIGABRT)
        return os.WCOREDUMP(os.waitpid(process.pid, 0)[1])

    def test_no_core(self):
        d = self.guarded()
        other = subprocess.Popen(["/bin/sleep", "100"], cwd=d.dir)
        if not self.dumps_core(other):
            self.skipTest("this machine leaves no cores at all")
        d.prefix = ["env", "--chdir=" + d.dir]  # where a core would be
        d.start()
        core = self.dumps_core(d.process)
        d.process = None
        self.assertFalse(core)


class CommandLine(KeyCase):
    def fails(self, code, words, *arguments):
        done = self.stance("keys", *arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIn(words, done.stderr)

    def test_a_life_of_keys(self):
        d = self.daemon(keys={"allow": "/nowhere"})
        at, lists = d.dir, ["--allow", os.path.join(d.dir, "allow")]
        self.stance("keys", "new", "a", "--dir", at)
        public, secret = key_of(at + "/a.pub"), key_of(at + "/a.key")
        self.assertEqual(zmq.curve_public(secret), public, "ZeroMQ reads the same numbers in it")
        self.assertEqual(os.stat(at + "/a.key").st_mode & 0o777, 0o600)
        self.fails(73, "a.key: is there already", "new", "a", "--dir", at)
        self.assertEqual(key_of(at + "/a.key"), secret)
        self.fails(64, "no role 'boss'", "allow", "boss", at + "/a.pub", *lists)
        self.fails(65, "this is a secret key", "allow", "worker", at + "/a.key", *lists)
        self.fails(65, "No such file", "allow", "worker", at + "/b.pub", *lists)
        for role in ("worker", "follower"):
            self.assertIn("a may connect as " + role, self.stance("keys", "allow", role, at + "/a.pub", *lists).stdout)
        self.assertIn("already", self.stance("keys", "allow", "worker", at + "/a.pub", *lists).stdout)
        with open(at + "/c.pub", "w", encoding="ascii") as f:
            f.write("public c %s\n" % public.decode())
        self.fails(65, "allowed as worker already, with the name a", "allow", "worker", at + "/c.pub", *lists)
        listed = self.stance("keys", "list", *lists).stdout
        self.assertEqual([line.split() for line in listed.splitlines()],
                         [["worker", public.decode(), "a"], ["follower", public.decode(), "a"]])
        self.assertEqual(len(self.stance("keys", "list", "worker", *lists).stdout.splitlines()), 1)
        self.assertEqual(self.stance("keys", "revoke", "worker", "a", *lists).returncode, 0)
        self.assertEqual(self.stance("keys", "revoke", public.decode(), *lists).returncode, 0)
        self.assertEqual(self.stance("keys", "list", *lists).stdout, "")
        self.fails(65, "no list in", "revoke", "a", *lists)
        self.fails(64, "new, allow, list or revoke?")
        self.fails(64, "no 'nwe'", "nwe", "a")

    def test_comments_of_a_list_stay(self):
        d = self.daemon()
        at, lists = d.dir, os.path.join(d.dir, "allow")
        os.mkdir(lists)
        for name in ("a", "b"):
            self.stance("keys", "new", name, "--dir", at)
        with open(lists + "/worker", "w", encoding="ascii") as f:
            f.write("# the one in the cellar\npublic a %s" % key_of(at + "/a.pub").decode())  # no newline at the end
        self.stance("keys", "allow", "worker", at + "/b.pub", "--allow", lists)
        self.stance("keys", "revoke", "a", "--allow", lists)
        with open(lists + "/worker", encoding="ascii") as f:
            self.assertEqual(f.read(), "# the one in the cellar\npublic b %s\n" % key_of(at + "/b.pub").decode())

    def test_clients_use_their_keys(self):
        d = self.guarded().standins(1).start()
        story = self.path(d, "story.txt")
        with open(story, "w", encoding="utf-8") as f:
            f.write("Norway urged both sides to talk.\n")

        def run(command, name, *arguments):
            return self.stance(command, "-c", d.config_path, "--key", self.path(d, name + ".key"), "--server-key",
                               self.path(d, "stanced.pub"), *arguments)

        self.assertEqual(run("feed", "press", story).returncode, 0)
        for command, name, more in (("feed", "paul", [story]), ("feed", "stranger", [story]), ("watch", "press", []),
                                    ("watch", "press", ["--live"])):
            done = run(command, name, *more)
            self.assertEqual(done.returncode, 77, done.stdout + done.stderr)
            self.assertIn("does not allow our key here", done.stderr)
        done = self.stance("feed", "-c", d.config_path, story)
        self.assertEqual(done.returncode, 77)
        self.assertIn("wants keys", done.stderr)
        asks = "is our server key that of this daemon?"  # once it has seen a handshake end
        done = patiently(lambda s: run("feed", "press", "--timeout", str(s), "--server-key", self.path(d, "paul.pub"), story),
                         lambda done: asks in done.stderr)
        self.assertEqual(done.returncode, 69)
        self.assertIn(asks, done.stderr)
        done = self.stance("feed", "-c", d.config_path, "--key", self.path(d, "press.key"), story)
        self.assertEqual(done.returncode, 78)
        self.assertIn("--server-key is missing", done.stderr)
        d.sections["keys"].update({"key": self.path(d, "press.key"), "server": self.path(d, "stanced.pub")})
        d.write_config()
        self.assertEqual(self.stance("feed", "-c", d.config_path, story).returncode, 0, "from the config")

    def test_python_uses_its_keys(self):
        d = self.guarded().standins(1).start()
        keys = library.load_keys(self.path(d, "press.key"), self.path(d, "stanced.pub"))
        answers = list(library.feed([{"id": "a", "body": "act=REJECT\n"}], endpoint=d.endpoint("intake"), keys=keys))
        self.assertEqual([a["status"] for a in answers], ["accepted"])
        with self.assertRaises(library.Denied):
            next(library.follow(endpoint=d.endpoint("stream"), keys=keys))
        with self.assertRaises(library.Denied):
            list(library.feed([{"body": "x"}], endpoint=d.endpoint("intake")))
        keys = library.load_keys(self.path(d, "paul.key"), self.path(d, "stanced.pub"))
        event = next(library.follow(endpoint=d.endpoint("stream"), keys=keys))
        self.assertEqual(event["act"]["type"], "REJECT")
        os.chmod(self.path(d, "paul.key"), 0o644)
        with self.assertRaises(ValueError):
            library.load_keys(self.path(d, "paul.key"), self.path(d, "stanced.pub"))


if __name__ == "__main__":
    unittest.main()
