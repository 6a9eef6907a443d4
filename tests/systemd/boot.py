#!/usr/bin/python3
"""`make check-systemd`: the packages on a real boot. Debian 12 in a container with its own systemd (systemd-nspawn), as root.

Prints a line a step and ends with 'N passed, N failed'. Where the machine cannot, it says why and ends with 0.
The Debian root is made once, in build/systemd/base, with debootstrap; remove it to have it made anew."""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.path.join(ROOT, "build", "systemd")
BASE, HERE = os.path.join(WORK, "base"), os.path.join(WORK, "root")
DEBS = os.path.join(ROOT, "build", "deb")
PACKAGES = ("stance-worker", "stanced", "stance-clients", "python3-stance")
PATIENCE = 60  # seconds; only a failure waits so long


def skip(why):
    print("skipped: %s\n0 passed, 0 failed, 1 skipped" % why)
    sys.exit(0)


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, check=False, **{"timeout": 300, **more})


def eventually(condition, what, limit=PATIENCE):
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("waited %d s in vain: %s" % (limit, what))
        time.sleep(0.1)


def deb(package):
    return next(iter(glob.glob(os.path.join(DEBS, package + "_[0-9]*.deb"))))


def dependencies():
    """What our packages need, by their own word."""
    names = set()
    for package in PACKAGES:
        for entry in run("dpkg-deb", "-f", deb(package), "Depends").stdout.split(","):
            name = entry.split("|")[0].split("(")[0].strip()
            if name and name not in PACKAGES:
                names.add(name)
    return sorted(names)


def mirror():
    """Where this machine's own packages come from."""
    lines = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)").stdout.splitlines()
    return next((line.split()[0] for line in lines if line.split()[1:] == ["bookworm", "main"]), None)


def make_base():
    stamp = os.path.join(WORK, "base.packages")
    wanted = " ".join(dependencies())
    if os.path.isdir(BASE) and os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == wanted:
        return
    source = mirror() or skip("no Debian 12 among the sources of apt")
    print("making a Debian root: %s" % BASE, flush=True)
    shutil.rmtree(BASE, ignore_errors=True)
    os.makedirs(WORK, exist_ok=True)
    done = run("debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus", "bookworm", BASE, source, timeout=900)
    if done.returncode == 0:
        done = run("chroot", BASE, "apt-get", "install", "-y", "-q", "--no-install-recommends", *wanted.split(), timeout=900,
                   env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if done.returncode != 0:
        skip("no Debian root: " + (done.stdout + done.stderr).strip().splitlines()[-1])
    with open(stamp, "w", encoding="utf-8") as f:
        f.write(wanted)


class Machine:
    """The container."""

    def __init__(self):
        if os.path.isdir(HERE):
            shutil.rmtree(HERE)
        if run("cp", "-a", "--reflink=auto", BASE, HERE).returncode != 0:
            raise AssertionError("no copy of the root")
        with open(os.path.join(HERE, "etc/machine-id"), "w", encoding="ascii"):
            pass
        for package in PACKAGES:
            shutil.copy(deb(package), os.path.join(HERE, "root"))
        shutil.copy(os.path.join(ROOT, "tests/data/story.txt"), os.path.join(HERE, "root"))
        self.log = open(os.path.join(WORK, "console.log"), "wb")
        # its own network; Landlock, which systemd-nspawn of this age does not know to be harmless
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--directory", HERE, "--private-network", "--register=no", "--keep-unit", "--boot",
             "--system-call-filter=landlock_create_ruleset landlock_add_rule landlock_restrict_self"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.leader = None

    def children(self, pid):
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as f:
            return [int(x) for x in f.read().split()]

    def find_leader(self):
        if self.nspawn.poll() is not None:
            return None
        for pid in self.children(self.nspawn.pid):
            with open("/proc/%d/comm" % pid, encoding="ascii") as f:
                name = f.read().strip()
            for candidate in [pid] if name == "systemd" else self.children(pid):
                with open("/proc/%d/comm" % candidate, encoding="ascii") as f:
                    if f.read().strip() == "systemd":
                        return candidate
        return None

    def boot(self):
        self.leader = eventually(lambda: self.find_leader() or self.nspawn.poll() is not None, "the container starts")
        if self.leader is True:
            self.log.flush()
            with open(self.log.name, encoding="utf-8", errors="replace") as f:
                skip("systemd-nspawn does not run here: " + f.read().strip()[-300:])
        state = eventually(lambda: self.sh("systemctl is-system-running --wait").stdout.strip(), "it answers")
        assert state == "running", state + self.sh("systemctl --failed").stdout

    def sh(self, script, **more):
        return run("nsenter", "-t", str(self.leader), "-m", "-p", "-n", "-i", "-u", "-C", "/bin/sh", "-c", script,
                   env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}, **more)

    def ok(self, script, **more):
        done = self.sh(script, **more)
        assert done.returncode == 0, "%s: %d\n%s%s" % (script, done.returncode, done.stdout, done.stderr)
        return done.stdout

    def show(self, what, unit="stanced"):
        return self.ok("systemctl show -P %s %s" % (what, unit)).strip()

    def pid(self):
        return int(self.show("MainPID"))

    def status(self):
        done = self.sh("stance status --json --timeout 2")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def ready_workers(self, n):
        status = self.status()
        return status and len([w for w in status["workers"] if w.get("version")]) == n

    def journal(self, unit="stanced"):
        lines = self.ok("journalctl -u %s -o json --no-pager" % unit).splitlines()
        return [json.loads(line) for line in lines]

    def events(self, limit=PATIENCE):
        """Every event of the log, when all articles are done."""
        return [json.loads(line) for line in self.ok("stance watch --json --until-idle", timeout=limit).splitlines()]

    def feed_many(self, first, n):
        """JSON Lines with the ids first ... in a file of the container."""
        path = "root/%d.jsonl" % first
        with open(os.path.join(HERE, path), "w", encoding="utf-8") as f:
            for i in range(first, first + n):
                f.write(json.dumps({"id": "n-%d" % i, "body": "France supported plan number %d." % i}) + "\n")
        return "/" + path

    def end(self):
        if self.nspawn.poll() is None:
            self.nspawn.terminate()
            try:
                self.nspawn.wait(30)
            except subprocess.TimeoutExpired:
                if self.leader:
                    os.kill(self.leader, 9)
                self.nspawn.wait(30)
        self.log.close()


# ---- the steps, in this order, on one machine ----


def installed_and_started(m):
    m.ok("dpkg -i " + " ".join("/root/" + os.path.basename(deb(p)) for p in PACKAGES))
    assert m.show("ActiveState") == "active"
    assert m.show("Type") == "notify"
    eventually(lambda: m.ready_workers(2), "two workers")
    eventually(lambda: "serving: 0 articles wait" in m.show("StatusText"), "the status text")
    assert m.ok("stat -c '%U %G %a' /var/lib/stanced").split() == ["stanced", "stanced", "750"]
    assert m.ok("stat -c '%U %G %a' /run/stanced").split() == ["stanced", "stanced", "750"]
    assert m.ok("stat -c '%a' /run/stanced/intake.sock").strip() == "770", "for the user and its group alone"


def units_are_clean(m):
    assert m.ok("systemd-analyze verify --man=no stanced.service stance-worker@1.service 2>&1") == ""


def under_the_filter(m):
    status = m.ok("cat /proc/%d/status" % m.pid())
    for line in ("NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000"):
        assert line in status, status
    worker = m.status()["workers"][0]["pid"]
    pids = [m.pid()] + [int(p) for p in m.ok("pgrep -P %d" % m.pid()).split()]
    filters = [int(re.search(r"Seccomp_filters:\t(\d+)", m.ok("cat /proc/%d/status" % p)).group(1)) for p in pids]
    assert len(pids) == 3 and worker, pids
    assert sorted(filters)[1] > sorted(filters)[0], "a worker has one filter more: %r" % filters
    m.ok("kill -9 %d" % worker)
    eventually(lambda: m.ready_workers(2) and worker not in [w["pid"] for w in m.status()["workers"]], "a worker is started again")


def feed_and_follow(m):
    m.ok("stance feed /root/story.txt")
    events = m.events()
    assert "FIN" in {e["source"]["country"] for e in events}, events
    assert all(e["model"].startswith("en-news") for e in events), "the installed model reads"
    # live and stream by the Python module, as they come
    m.ok("python3 - <<'E'\n"
         "import stance, threading, queue\n"
         "seen = queue.Queue()\n"
         "for source in (stance.live(), stance.follow(after=%d)):\n"
         "    threading.Thread(target=lambda s=source: seen.put(next(s)), daemon=True).start()\n"
         "import time; n = 0\n"
         "while seen.qsize() < 2 and n < 200:\n"
         "    list(stance.feed([{'body': 'France supported plan number %%d.' %% n}])); n += 1; time.sleep(0.1)\n"
         "assert {seen.get(timeout=5)['source']['country'] for _ in range(2)} == {'FRA'}\n"
         "E" % events[-1]["seq"])
    m.ok("stance dead list")
    m.ok("python3 -c \"import urllib.request as u; b='http://127.0.0.1:9477';"
         "assert b'stanced' in u.urlopen(b + '/metrics').read(); assert u.urlopen(b + '/readyz').status == 200;"
         "assert b'data:' in u.urlopen(b + '/events?after=0').read1(4096)\"")
    m.ok("echo 'Norway rejected the plan of Russia.' | stance-code --json | grep -q REJECT")


def reload(m):
    before = m.pid()
    m.ok("sed -i 's/^#count = 2/count = 3/' /etc/stanced/stanced.conf && systemctl reload stanced")
    eventually(lambda: m.ready_workers(3), "a third worker")
    assert m.pid() == before
    # the lexicon is read again by workers that are confined
    m.ok("echo 'ATA\tname\tPenguinia\t\t\t' >>/usr/share/stanced/lexicon/countries.tsv && systemctl reload stanced")
    eventually(lambda: sum("reloaded, lexicon" in e["MESSAGE"] for e in m.journal()) >= 3, "workers read the lexicon again")
    m.ok("echo 'nonsense' >>/etc/stanced/stanced.conf; systemctl reload stanced")
    eventually(lambda: any("the old one stays" in e["MESSAGE"] for e in m.journal()), "a wrong config is named")
    assert m.pid() == before and m.show("ActiveState") == "active"
    m.ok("sed -i '/^nonsense/d' /etc/stanced/stanced.conf && systemctl reload stanced")


def killed_and_started_again(m):
    path, before = m.feed_many(1000, 3000), m.pid()
    feeder = m.sh("stance feed --quiet --window 256 --timeout 60 %s & f=$!\n"
                  "until stance status --json | grep -Eq '\"waiting\":[1-9]'; do :; done\n"
                  "systemctl kill -s KILL --kill-whom=main stanced; wait $f" % path)
    assert feeder.returncode == 0, feeder.stderr
    assert m.pid() not in (0, before), "another one runs"
    assert int(m.show("NRestarts")) >= 1
    ids = [e["id"].split("#")[0] for e in m.events(200) if e["id"].startswith("n-")]
    assert len(ids) == len(set(ids)) == 3000, "each article's event once: %d, %d" % (len(ids), len(set(ids)))


def frozen_and_started_again(m):
    m.ok("mkdir -p /etc/systemd/system/stanced.service.d && printf '[Service]\\nWatchdogSec=3\\n' "
         ">/etc/systemd/system/stanced.service.d/test.conf && systemctl daemon-reload && systemctl restart stanced")
    before, restarts = m.pid(), int(m.show("NRestarts"))
    m.ok("kill -STOP %d" % before)
    eventually(lambda: m.show("ActiveState") == "active" and m.pid() not in (0, before), "the watchdog starts it again")
    assert int(m.show("NRestarts")) > restarts
    assert any("Watchdog timeout" in e["MESSAGE"] for e in m.journal())
    m.ok("stance feed /root/story.txt")


def journal_has_priorities(m):
    by_priority = {}
    for e in m.journal():
        if e.get("SYSLOG_IDENTIFIER") == "stanced":
            assert not e["MESSAGE"].startswith("<"), e["MESSAGE"]
            by_priority.setdefault(int(e["PRIORITY"]), []).append(e["MESSAGE"])
    assert any("is ready" in line for line in by_priority[5]), "notice: %r" % by_priority.get(5)
    assert any("intake at" in line for line in by_priority[6])
    assert any("the old one stays" in line for line in by_priority[3])


def keys_and_a_worker_elsewhere(m):
    """tcp with keys: the secret one only root can read, and the worker's service, which has a user of its own."""
    m.ok("cd /etc/stanced/keys && stance keys new stanced --dir . && stance keys new worker --dir . && cp stanced.pub server.pub")
    m.ok("cd /etc/stanced/keys && stance keys new press --dir . && stance keys allow worker worker.pub && stance keys allow feeder press.pub")
    assert m.ok("stat -c '%U %a' /etc/stanced/keys/stanced.key").split() == ["root", "600"]
    m.ok("sed -i 's|^#work = .*|work = tcp://127.0.0.1:9472|; s|^#intake = .*|intake = tcp://127.0.0.1:9471|; s/^count = 3/count = 0/' "
         "/etc/stanced/stanced.conf && systemctl restart stanced && systemctl start stance-worker@1 stance-worker@2")
    eventually(lambda: m.ready_workers(2), "the workers come by tcp")
    m.ok("stance feed --key /etc/stanced/keys/press.key --server-key /etc/stanced/keys/stanced.pub %s" % m.feed_many(5000, 20))
    assert len([e for e in m.events() if re.match(r"n-50\d\d#", e["id"])]) == 20
    assert m.sh("stance feed --key /etc/stanced/keys/worker.key --server-key /etc/stanced/keys/stanced.pub /root/story.txt").returncode == 77
    status = m.ok("cat /proc/%s/status" % m.show("MainPID", "stance-worker@1"))
    assert "Seccomp:\t2" in status and "CapBnd:\t0000000000000000" in status, status
    m.ok("systemctl restart stanced")
    eventually(lambda: m.ready_workers(2), "they come again after a restart")
    m.ok("stance keys revoke worker worker")
    eventually(lambda: m.ready_workers(0), "revoked, they are gone")
    log = "".join(str(e["MESSAGE"]) for e in m.journal() + m.journal("stance-worker@1"))
    for name in ("stanced", "worker", "press"):
        assert m.ok("cat /etc/stanced/keys/%s.key" % name).split()[2] not in log
    m.ok("systemctl stop stance-worker@1 stance-worker@2")
    m.ok("sed -i 's|^work = .*|#work =|; s|^intake = .*|#intake =|; s/^count = 0/count = 2/' /etc/stanced/stanced.conf && systemctl restart stanced")


def stopped_in_time(m):
    m.ok("stance feed --quiet --window 256 " + m.feed_many(10000, 2000))
    m.ok("systemctl stop stanced", timeout=20)
    assert m.show("Result") == "success", m.show("Result")
    assert m.show("ExecMainStatus") == "0"
    assert m.ok("pgrep -u stanced || true") == "", "nobody is left"
    m.ok("systemctl start stanced")
    ids = [e["id"] for e in m.events(200) if re.match(r"n-1[01]\d\d\d#", e["id"])]
    assert len(ids) == len(set(ids)) == 2000, len(ids)


def upgraded_while_it_runs(m):
    before, last = m.pid(), m.status()["log_last"]
    paths = []
    for package in ("stance-worker", "stanced"):
        folder = os.path.join(WORK, "upgrade", package)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        assert run("dpkg-deb", "-R", deb(package), folder).returncode == 0
        control = os.path.join(folder, "DEBIAN", "control")
        with open(control, encoding="utf-8") as f:
            text = f.read()
        version = re.search("^Version: (.*)$", text, re.M).group(1)
        with open(control, "w", encoding="utf-8") as f:
            f.write(text.replace("Version: " + version, "Version: " + version + "+1").replace("(= " + version, "(= " + version + "+1"))
        path = os.path.join(HERE, "root", package + "-new.deb")
        assert run("dpkg-deb", "-Znone", "--root-owner-group", "-b", folder, path).returncode == 0
        paths.append("/root/" + os.path.basename(path))
    m.ok("dpkg -i " + " ".join(paths))
    assert m.show("ActiveState") == "active" and m.pid() != before, "the new one runs"
    assert "count = 2" in m.ok("cat /etc/stanced/stanced.conf"), "a config that was changed stays"
    eventually(lambda: m.ready_workers(2), "with its workers")
    assert m.status()["log_last"] == last, "and its events"


def purged(m):
    m.ok("dpkg --purge python3-stance stance-clients stanced stance-worker")
    left = m.ok("ls -d /var/lib/stanced /etc/stanced /run/stanced /usr/share/stanced /lib/systemd/system/stance* 2>/dev/null || true")
    assert left == "", left
    assert m.sh("systemctl is-active stanced").stdout.strip() in ("inactive", "unknown")
    assert "stance" not in m.ok("systemctl --failed --no-legend")


STEPS = (installed_and_started, units_are_clean, under_the_filter, feed_and_follow, reload, killed_and_started_again,
         frozen_and_started_again, journal_has_priorities, keys_and_a_worker_elsewhere, stopped_in_time, upgraded_while_it_runs,
         purged)


def main():
    if os.geteuid() != 0:
        skip("a container wants root")
    for program in ("systemd-nspawn", "debootstrap", "nsenter"):
        if not shutil.which(program):
            skip("%s is not installed" % program)
    make_base()
    passed = failed = 0
    m = Machine()
    try:
        m.boot()
        for step in STEPS:
            begun = time.monotonic()
            try:
                step(m)
                passed += 1
                print("ok: %s (%.0f s)" % (step.__name__.replace("_", " "), time.monotonic() - begun), flush=True)
            except Exception as error:
                failed += 1
                print("FAILED: %s: %s" % (step.__name__.replace("_", " "), error), flush=True)
                print(m.sh("journalctl -u stanced --no-pager -n 30; systemctl --no-pager status stanced").stdout, flush=True)
    finally:
        m.end()
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
