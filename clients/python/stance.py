"""Talk to stanced from Python: feed articles, follow events.

One file on pyzmq and msgpack (Debian: python3-zmq, python3-msgpack); copy it wherever you need it.

    import stance

    for answer in stance.feed([{"id": "a-1", "body": "Norway invited Armenia to talks."}]):
        print(answer["id"], answer["status"])

    for event in stance.follow(where={"act": ["REJECT"], "source": ["RUS"]}):
        print(event["seq"], event["source"]["text"], event["act"]["type"])

Everything comes as plain dictionaries with the keys of the event schema. Reconnecting is done inside: articles not yet
acknowledged are sent again, and follow() goes on behind the last event that it gave out. A generator belongs to one thread.
"""

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


class _Link:
    """A socket that notices when the daemon goes away: what it knew of us is gone then, so we begin anew."""

    def __init__(self, kind, endpoint):
        self.kind, self.endpoint, self.socket, self.monitor = kind, endpoint, None, None
        self.open()

    def open(self):
        self.close()
        self.socket = zmq.Context.instance().socket(self.kind)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.SNDHWM, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL_MAX, 1000)
        self.monitor = self.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
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
        return self.socket in ready, self.monitor in ready


def feed(articles, endpoint=INTAKE, window=64, timeout=None, silence=5.0):
    """Send articles (an iterable of dictionaries with at least "body"); yield the daemon's answer to each.

    An answer is a dictionary: "status" is "accepted" (on disk), "duplicate" or "rejected" (with "reason"), "seq" is the
    article's number of arrival, "article" the dictionary that was sent. Answers come about in the order of the articles, at
    most `window` of them outstanding. "busy" is dealt with inside. Raises Silent when nothing was answered for `timeout`
    seconds (None: never).
    """
    link = _Link(zmq.DEALER, endpoint)
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


def follow(after=0, where=None, endpoint=STREAM, credit=1000, watermark=None, silence=15.0):
    """Yield every event behind `after` that matches `where`, in order, from the log and then as they come, for ever.

    `where` maps act, quad, source, target, stance, issue, source_role, target_role and reported_by to lists of values,
    and confidence to a number. `watermark` is called with a number N when every matching event up to N was given out:
    store it, and pass it as `after` next time. Raises Refused when the daemon does not like the filter.
    """
    link = _Link(zmq.DEALER, endpoint)
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


def live(topics=("",), endpoint=LIVE):
    """Yield events as they happen, from now on. Under load some may be left out: a jump in "seq" shows it.

    `topics` are prefixes of "<act>/<source country>/<target country>/", for example "REJECT/RUS/".
    """
    socket = zmq.Context.instance().socket(zmq.SUB)
    try:
        socket.setsockopt(zmq.LINGER, 0)
        for topic in topics:
            socket.setsockopt_string(zmq.SUBSCRIBE, topic)
        socket.connect(endpoint)
        while True:
            yield msgpack.unpackb(socket.recv_multipart()[-1], timestamp=3)
    finally:
        socket.close()
