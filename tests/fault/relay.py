"""A relay between a peer and an endpoint of the daemon that can cut, delay and stop what goes through it."""

import os
import random
import selectors
import socket
import threading
import time


class Relay:
    """Listens at `path`, passes on to the endpoint `target`, by tcp too when that does (`path` is not used then). Its own
    thread; cut() and delay are for others to use."""

    def __init__(self, path, target, seed):
        self.tcp = target.startswith("tcp://")
        self.target = ("127.0.0.1", int(target.rsplit(":", 1)[1])) if self.tcp else target[len("ipc://"):]
        self.path = ("127.0.0.1", 0) if self.tcp else path
        self.chance = random.Random(seed)
        self.delay = 0.0  # seconds that each piece waits
        self.wish = None  # what cut() asked for
        self.cuts = 0
        self.listener = self.socket()
        self.listener.bind(self.path)
        self.listener.listen(64)
        self.listener.setblocking(False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.other = {}
        self.stopping = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def socket(self):
        return socket.socket(socket.AF_INET if self.tcp else socket.AF_UNIX, socket.SOCK_STREAM)

    @property
    def endpoint(self):
        return "tcp://127.0.0.1:%d" % self.listener.getsockname()[1] if self.tcp else "ipc://" + self.path

    def cut(self):
        """Ends all connections; what is on its way is cut at any byte."""
        self.wish = True

    def shut(self, s):
        for one in (s, self.other.pop(s, None)):
            if one is not None:
                self.other.pop(one, None)
                self.selector.unregister(one)
                one.close()

    def accept(self):
        try:
            peer, _ = self.listener.accept()
        except OSError:
            return
        up = self.socket()
        try:
            up.connect(self.target)
        except OSError:  # the daemon is away: so are we
            peer.close()
            up.close()
            return
        for a, b in ((peer, up), (up, peer)):
            self.other[a] = b
            a.settimeout(5)
            self.selector.register(a, selectors.EVENT_READ)

    def pass_on(self, s):
        try:
            data = s.recv(65536)
            if self.delay:
                time.sleep(self.delay)
            if self.wish is not None and self.chance.random() < 0.5:
                data = data[:self.chance.randint(0, len(data))]
                self.other[s].sendall(data)
                data = b""
            if data:
                self.other[s].sendall(data)
                return
        except (OSError, KeyError):
            pass
        self.shut(s)

    def run(self):
        while not self.stopping:
            for key, _ in self.selector.select(0.05):
                if key.fileobj is self.listener:
                    self.accept()
                elif key.fileobj in self.other:
                    self.pass_on(key.fileobj)
            if self.wish is not None:
                for s in list(self.other):
                    if s in self.other:
                        self.shut(s)
                self.wish = None
                self.cuts += 1

    def close(self):
        self.stopping = True
        self.thread.join()
        for s in list(self.other):
            self.shut(s)
        self.listener.close()
        if not self.tcp:
            os.unlink(self.path)
