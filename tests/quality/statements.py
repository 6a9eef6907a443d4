#!/usr/bin/env python3
"""statements.py [--failing] [TABLE]: our own texts and what they have to say; 'N of M rows right' by group.

TABLE (default: statements.jsonl beside this file) has a row a line:
  id, group, text   published: the article's day, where it matters
  expect            statements that have to come out, each by another event; a key that is absent does not matter
                    source, cue      where in the text, at most function words more or less
                    content          a list of pieces that follow one another, spans over gaps (group spans: exactly these words)
                    name, country, role   of the source; null: must be unknown. A list: any of these
                    mode, polarity, certainty, time, act, cameo   as the event has them. A list: any of these
                    reported_by      where in the text; null: nobody
  forbid            statements (or acts STATE) that must not come out, same keys; {} stands for any of them
  known             why the row fails today; it is listed as known, and reported once it passes
A text is looked for in the row's text; "he#2" is the second "he" there. Words are found whole.
$STANCE_CODE chooses the program (build/stance-code). Exit code 1: a row fails that has no `known`. Standard library only.
"""
import json, os, re, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "statements.jsonl")
DAY = "2024-03-01T08:00:00Z"  # offices depend on the day: without one the verdicts would change as time goes by
ROW = {"id", "group", "text", "published", "expect", "forbid", "known"}
WANTED = {"source", "cue", "content", "name", "country", "role", "mode", "polarity", "certainty", "time", "act", "cameo", "reported_by"}
FUNCTION = set("the a an this that these those s of to by from for in at on with and has have had was were is are be been "
               "being will would also it whether if as".split())
ENOUGH = 0.8  # intersection over union of a content's words


def words(text):
    """The words of a text as {byte offset: word in lower case}; marks are none."""
    return {len(text[:m.start()].encode()): m.group().lower() for m in re.finditer(r"\w+", text)}


def find(text, phrase):
    """The byte offsets [begin, end) of a phrase; "he#2" is the second one. Parts of words do not count."""
    phrase, _, n = re.fullmatch(r"(.*?)(#(\d+))?", phrase, re.S).groups()
    ends = [r"(?<!\w)" if phrase[0].isalnum() else "", r"(?!\w)" if phrase[-1].isalnum() else ""]
    hits = list(re.finditer(re.escape(phrase).join(ends), text))
    if len(hits) < int(n or 1):
        raise ValueError("not in the text: %r" % phrase)
    begin = len(text[:hits[int(n or 1) - 1].start()].encode())
    return begin, begin + len(phrase.encode())


def inside(text, spans):
    """The words of the text within spans, as their byte offsets."""
    return {at for at in words(text) if any(begin <= at < end for begin, end in spans)}


def check_row(row):
    """Says what is wrong with a row of the table (ValueError)."""
    unknown = set(row) - ROW | {key for want in row.get("expect", []) + row.get("forbid", []) for key in set(want) - WANTED}
    if unknown:
        raise ValueError("unknown key %s" % ", ".join(sorted(unknown)))
    for key in ("id", "group", "text"):
        if not row.get(key):
            raise ValueError("%s is missing" % key)
    if not row.get("expect") and not row.get("forbid"):
        raise ValueError("neither expect nor forbid")
    for want in row.get("expect", []) + row.get("forbid", []):
        for piece in [want.get("source"), want.get("cue"), want.get("reported_by")] + want.get("content", []):
            if piece is not None:
                find(row["text"], piece)


def load(path=TABLE):
    """The rows of a table; ValueError with file and line."""
    rows = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            try:
                row = json.loads(line)
                check_row(row)
                if any(row["id"] == r["id"] for r in rows):
                    raise ValueError("id %s is there already" % row["id"])
            except ValueError as e:
                raise ValueError("%s:%d: %s" % (path, number, e)) from None
            rows.append(row)
    return rows


def run(code, rows):
    """The events of all rows, by id, from one run of the program."""
    articles = "".join(json.dumps({"id": r["id"], "body": r["text"], "published": r.get("published", DAY)}) + "\n" for r in rows)
    done = subprocess.run([code, "--json", "-"], input=articles, capture_output=True, text=True, check=True, timeout=300)
    events = {r["id"]: [] for r in rows}
    for line in done.stdout.splitlines():
        event = json.loads(line)
        events[event["article"]["id"]].append(event)
    return events


def near(text, mention, phrase):
    """Whether a mention is the phrase, but for function words; a phrase that has only these has to be met itself."""
    if mention is None:
        return False
    want, got, all_words = inside(text, [find(text, phrase)]), inside(text, mention["spans"]), words(text)
    heavy = {at for at in want if all_words[at] not in FUNCTION} or want
    return bool(heavy & got) and all(all_words[at] in FUNCTION for at in got - want)


def same_content(text, mention, pieces, exact):
    """Whether a content has the words of the pieces; `that` before them belongs to either side."""
    want = inside(text, [find(text, piece) for piece in pieces])
    got = inside(text, mention["spans"]) if mention else set()
    all_words = words(text)
    for side in (want, got):
        if side and all_words[min(side)] == "that":
            side.remove(min(side))
    return want == got if exact else len(want & got) >= ENOUGH * len(want | got) > 0


def wrong(row, want, event):
    """The keys of an expectation that an event does not meet, as {key: what the event has}."""
    statement, bad, text = event["statement"] or {}, {}, row["text"]
    plain = {**(event["qualifiers"] or {}), "mode": statement.get("mode"), "act": event["act"]["type"], "cameo": event["act"]["cameo"]}
    plain |= {key: event["source"][key] for key in ("name", "country", "role")}
    mentions = {"source": event["source"], "cue": event["act"]["cue"], "reported_by": event["reported_by"]}
    for key in want:
        value = want[key]
        if key in mentions:
            mention, got = mentions[key], (mentions[key] or {}).get("text")
            good = near(text, mention, value) if value is not None else mention is None
        elif key == "content":
            got = (statement.get("content") or {}).get("text")
            good = same_content(text, statement.get("content"), value, row["group"] == "spans")
        else:
            got = plain.get(key)
            good = got in (value if isinstance(value, list) else [value])
        if not good:
            bad[key] = got
    return bad


def misses(row, events):
    """What is wrong with the events of a row, a line each; none: the row is right."""
    out, left = [], list(events)
    for want in row.get("expect", []):
        tried = sorted(((wrong(row, want, e), n) for n, e in enumerate(left)), key=lambda t: ("cue" in t[0], "content" in t[0], len(t[0])))
        good = [n for bad, n in tried if not bad]
        if good:
            del left[good[0]]
        elif tried:
            out.append("missing %s; nearest has %s" % (json.dumps(want, ensure_ascii=False), json.dumps(tried[0][0], ensure_ascii=False)))
        else:
            out.append("missing %s; there is no event" % json.dumps(want, ensure_ascii=False))
    for want in row.get("forbid", []):
        for e in events:
            if (e["statement"] is not None or e["act"]["type"] == "STATE") and not wrong(row, want, e):
                out.append("forbidden: %s | %s | %s" % (e["source"]["text"], (e["act"]["cue"] or {}).get("text"),
                                                        ((e["statement"] or {}).get("content") or {}).get("text")))
    return out


def judge(rows, events):
    """[(row, misses)] of all rows."""
    return [(row, misses(row, events[row["id"]])) for row in rows]


def by_group(verdicts):
    """[(group, rows right, rows)] in the order of the table, then all of them."""
    groups = list(dict.fromkeys(row["group"] for row, _ in verdicts))
    counts = [(g, sum(1 for r, bad in verdicts if r["group"] == g and not bad), sum(1 for r, _ in verdicts if r["group"] == g)) for g in groups]
    return counts + [("all", sum(c[1] for c in counts), sum(c[2] for c in counts))]


def main():
    names = [a for a in sys.argv[1:] if a != "--failing"]
    rows = load(*names[:1])
    verdicts = judge(rows, run(os.environ.get("STANCE_CODE", "build/stance-code"), rows))
    for group, right, total in by_group(verdicts):
        print("%-14s %d of %d rows right" % (group, right, total))
    new = [(row, bad) for row, bad in verdicts if bad and "known" not in row]
    for row, bad in verdicts if "--failing" in sys.argv else new:
        if bad:
            print("\n%s (%s) %s\n    %s" % (row["id"], "known: " + row["known"] if "known" in row else "NEW", row["text"], "\n    ".join(bad)))
    passing = [row["id"] for row, bad in verdicts if not bad and "known" in row]
    if passing:
        print("right now, the mark `known` can go: %s" % " ".join(passing))
    return 1 if new else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ValueError, OSError) as e:
        sys.exit("statements.py: %s" % e)
