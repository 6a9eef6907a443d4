"""Talk to stanced from Python: feed articles, follow events.

One file on pyzmq and msgpack (Debian: python3-zmq, python3-msgpack); copy it wherever you need it.

    import stance

    for answer in stance.feed([{"id": "a-1", "body": "Norway invited Armenia to talks."}]):
        print(answer["id"], answer["status"])

    for event in stance.follow(where={"act": ["REJECT"], "source": ["RUS"]}):
        print(event["seq"], event["source"]["text"], event["act"]["type"])

Everything comes as plain dictionaries with the keys of the event schema. Reconnecting is done inside: articles not yet
acknowledged are sent again, and follow() goes on behind the last event that it gave out. A generator belongs to one thread.

A tcp endpoint wants keys, made with `stance keys new`: our secret one and the daemon's public one.

    keys = stance.load_keys("/etc/press/press.key", "/etc/press/stanced.pub")
    for answer in stance.feed(articles, endpoint="tcp://news.example:9471", keys=keys): ...
"""

import itertools
import os
import struct
import time

import msgpack
import zmq

INTAKE = "ipc:///run/stanced/intake.sock"
STREAM = "ipc:///run/stanced/stream.sock"
LIVE = "ipc:///run/stanced/live.sock"


class Refused(Exception):
    """The daemon said no; the text is its reason."""


class Silent(Exception):
    """The daemon did not answer in time."""


class Denied(Exception):
    """The daemon does not let us in: no key, or one that is not allowed there."""


def _read_key(path, kind):
    with open(path, encoding="ascii") as file:
        if kind == "secret" and os.fstat(file.fileno()).st_mode & 0o077:
            raise ValueError("%s: others may read this secret key; expected mode 0600" % path)
        lines = [line.split() for line in file if line.strip() and not line.startswith("#")]
    if len(lines) != 1 or len(lines[0]) != 3 or lines[0][0] != kind or len(lines[0][2]) != 40:
        raise ValueError("%s: expected a line: %s NAME KEY" % (path, kind))
    return lines[0][2].encode()


def load_keys(key_file, server_file):
    """Our secret key and the daemon's public one, from their files, for the `keys` of all that follows."""
    secret = _read_key(key_file, "secret")
    return zmq.curve_public(secret), secret, _read_key(server_file, "public")


def _socket(kind, endpoint, keys):
    socket = zmq.Context.instance().socket(kind)
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.RECONNECT_IVL_MAX, 1000)
    socket.setsockopt(zmq.HEARTBEAT_IVL, 5000)
    socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 15000)
    socket.setsockopt(zmq.HANDSHAKE_IVL, 10000)
    socket.setsockopt(zmq.MAXMSGSIZE, 256 << 20)
    if keys is not None and endpoint.startswith("tcp://"):
        socket.curve_publickey, socket.curve_secretkey, socket.curve_serverkey = keys
    return socket


_FAILED = zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
_DENIED = zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
_monitors = itertools.count()


class _Link:
    """A socket that notices when the daemon goes away: what it knew of us is gone then, so we begin anew."""

    def __init__(self, kind, endpoint, keys):
        self.kind, self.endpoint, self.keys, self.socket, self.monitor = kind, endpoint, keys, None, None
        self.open()

    def open(self):
        self.close()
        self.failed = self.lost = False
        self.socket = _socket(self.kind, self.endpoint, self.keys)
        self.socket.setsockopt(zmq.SNDHWM, 0)
        # a name of its own: ZeroMQ frees that of a closed monitor only later
        self.monitor = self.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED | _FAILED | _DENIED,
                                                      "inproc://stance-monitor-%d" % next(_monitors))
        self.socket.connect(self.endpoint)

    def close(self):
        if self.socket is not None:
            self.socket.disable_monitor()
            self.monitor.close(linger=0)
            self.socket.close()
            self.socket = None

    def wait(self, seconds):
        """Returns (readable, lost); lost stays true until open(), what came before it can still be read."""
        poller = zmq.Poller()
        poller.register(self.socket, zmq.POLLIN)
        poller.register(self.monitor, zmq.POLLIN)
        ready = dict(poller.poll(None if seconds is None else max(0, int(seconds * 1000))))
        if self.monitor in ready:
            self._news()
        return self.socket in ready, self.lost

    def _news(self):
        """What happened to the connection. ZeroMQ tries again by itself when a handshake just ended, and never when it was
        refused."""
        while self.monitor.poll(0):
            event = struct.unpack("=HI", self.monitor.recv_multipart()[0])[0]
            if event & _DENIED:
                raise Denied("%s: %s" % (self.endpoint, "the daemon does not allow our key here"
                                         if event == zmq.EVENT_HANDSHAKE_FAILED_AUTH else
                                         "the handshake failed: one side has keys and the other has none"))
            if event == _FAILED:
                self.failed = True
            elif self.failed:
                self.failed = False
            else:
                self.lost = True


def feed(articles, endpoint=INTAKE, window=64, timeout=None, silence=5.0, keys=None):
    """Send articles (an iterable of dictionaries with at least "body"); yield the daemon's answer to each.

    An answer is a dictionary: "status" is "accepted" (on disk), "duplicate" or "rejected" (with "reason"), "seq" is the
    article's number of arrival, "article" the dictionary that was sent. Answers come about in the order of the articles, at
    most `window` of them outstanding. "busy" is dealt with inside. Raises Silent when nothing was answered for `timeout`
    seconds (None: never).
    """
    link = _Link(zmq.DEALER, endpoint, keys)
    source, under_way, number = iter(articles), {}, 0  # number -> [bytes, article, due; None: sent]
    heard = opened = time.monotonic()
    exhausted = False
    try:
        while not exhausted or under_way:
            while not exhausted and len(under_way) < window:
                try:
                    article = next(source)
                except StopIteration:
                    exhausted = True
                    break
                if not under_way:
                    heard = time.monotonic()
                number += 1
                under_way[number] = [msgpack.packb({"v": 1, **article}, datetime=True), article, 0.0]
            now = time.monotonic()
            for key in sorted(under_way):
                if under_way[key][2] is not None and under_way[key][2] <= now:
                    link.socket.send_multipart([struct.pack("!Q", key), b"", under_way[key][0]])
                    under_way[key][2] = None
            if not under_way:
                continue
            if timeout is not None and now - heard > timeout:
                raise Silent("%s: no answer for %g s" % (endpoint, timeout))
            dues = [slot[2] - now for slot in under_way.values() if slot[2] is not None]
            readable, lost = link.wait(min(dues + [0.5]))
            answers = []
            while readable:
                try:
                    frames = link.socket.recv_multipart(zmq.DONTWAIT)
                except zmq.Again:
                    break
                heard = time.monotonic()
                key = struct.unpack("!Q", frames[0])[0]
                answer = msgpack.unpackb(frames[-1])
                if key in under_way and answer["status"] == "busy":
                    under_way[key][2] = heard + max(0.01, answer.get("retry_ms", 1000) / 1000)
                elif key in under_way:
                    answers.append({**answer, "article": under_way.pop(key)[1]})
            if lost or time.monotonic() - max(heard, opened) > silence:
                link.open()
                opened = time.monotonic()
                for slot in under_way.values():
                    slot[2] = 0.0
            yield from answers
    finally:
        link.close()


def follow(after=0, where=None, endpoint=STREAM, credit=1000, watermark=None, silence=15.0, gone=None, keys=None):
    """Yield every event behind `after` that matches `where`, in order, from the log and then as they come, for ever.

    `where` maps act, quad, source, target, stance, issue, source_role, target_role and reported_by to lists of values,
    and confidence to a number. `watermark` is called with a number N when every matching event up to N was given out:
    store it, and pass it as `after` next time. `gone` is called with (first, last), the events that retention took before
    you got them, where there are such. Raises Refused when the daemon does not like the filter.
    """
    link = _Link(zmq.DEALER, endpoint, keys)
    welcome, consumed, heard = False, 0, time.monotonic()

    def subscribe():
        message = {"v": 1, "op": "subscribe", "after": after, "credit": credit}
        if where is not None:
            message["where"] = where
        link.socket.send(msgpack.packb(message))

    try:
        subscribe()
        while True:
            readable, lost = link.wait(heard + silence - time.monotonic())
            if not readable and (lost or time.monotonic() - heard >= silence):
                link.open()
                welcome, consumed, heard = False, 0, time.monotonic()
                subscribe()
            if not readable:
                continue
            message = msgpack.unpackb(link.socket.recv_multipart()[-1], timestamp=3)
            heard = time.monotonic()
            if message["op"] == "refused":
                if not welcome:
                    raise Refused(message["reason"])
                heard = 0.0  # the daemon has forgotten us: connect anew
                continue
            welcome = True
            if message["op"] == "watermark":
                if gone is not None and message.get("first", 0) > after + 1:
                    gone(after + 1, message["first"] - 1)
                after = max(after, message["seq"])
                if watermark is not None:
                    watermark(message["seq"])
            elif message["op"] == "event":
                consumed += 1
                if consumed * 2 >= credit:
                    link.socket.send(msgpack.packb({"op": "credit", "n": consumed}))
                    consumed = 0
                if message["event"]["seq"] > after:
                    after = message["event"]["seq"]
                    yield message["event"]
    finally:
        link.close()


def live(topics=("",), endpoint=LIVE, stream=None, quiet=2.0, keys=None):
    """Yield events as they happen, from now on. Under load some may be left out: a jump in "seq" shows it.

    `topics` are prefixes of "<act>/<source country>/<target country>/", for example "REJECT/RUS/". With `stream` (that
    endpoint) nothing is left out: gaps are filled from the log, in order, and after `quiet` seconds without an event the log
    is asked whether some were missed. Everything is then read, and topics are chosen here.
    """
    if stream is not None:
        yield from (event for event in _whole(endpoint, stream, quiet, keys) if _topic(event).startswith(tuple(topics)))
        return
    link = _Link(zmq.SUB, endpoint, keys)
    try:
        for topic in topics:
            link.socket.setsockopt_string(zmq.SUBSCRIBE, topic)
        while True:
            readable, link.lost = link.wait(None)[0], False  # SUB says its topics again by itself
            if readable:
                yield msgpack.unpackb(link.socket.recv_multipart()[-1], timestamp=3)
    finally:
        link.close()


def _topic(event):
    if event.get("act") is None:
        return "RETRACT/-/-/"
    source, target = ((event.get(key) or {}).get("country") or "-" for key in ("source", "target"))
    return "%s/%s/%s/" % (event["act"]["type"], source, target)


def _missed(stream, after, target, keys):
    """What the log has behind `after`, up to `target` (None: to its end)."""
    link = _Link(zmq.DEALER, stream, keys)
    searched = False
    try:
        link.socket.send(msgpack.packb({"v": 1, "op": "subscribe", "after": after, "credit": 1 << 40}))
        while target is None or after < target:
            if not link.wait(0.1 if searched else 15.0)[0]:
                return  # all was given; or the daemon is away: it is asked again later
            message = msgpack.unpackb(link.socket.recv_multipart()[-1], timestamp=3)
            searched = message["op"] == "watermark"
            if message["op"] == "refused":
                raise Refused(message["reason"])
            if message["op"] == "event":
                after = message["event"]["seq"]
                yield message["event"]
    finally:
        link.close()


def _whole(endpoint, stream, quiet, keys):
    link = _Link(zmq.SUB, endpoint, keys)
    last = None
    try:
        link.socket.setsockopt(zmq.SUBSCRIBE, b"")
        while True:
            event = None
            readable, link.lost = link.wait(None if last is None else quiet)[0], False
            if readable:
                event = msgpack.unpackb(link.socket.recv_multipart()[-1], timestamp=3)
                if last is not None and event["seq"] <= last:
                    continue
            elif last is None:
                continue
            if last is None or (event is not None and event["seq"] == last + 1):
                last = event["seq"]
                yield event
            else:
                for missed in _missed(stream, last, event and event["seq"], keys):
                    last = missed["seq"]
                    yield missed
    finally:
        link.close()
