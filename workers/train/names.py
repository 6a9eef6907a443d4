"""names.py: where the names of persons, organisations and places are in the treebanks.

EWT: name candidates are runs of proper nouns (candidates()); names.tsv says by hand which words of each candidate are a
name of which kind, as Universal NER's guidelines have it. GUM: its own entity annotation, cut to the proper nouns.
"""
import os
import re

PERSON_LINKS = {"-", ".", "'", "de", "al"}
LINKS = {"-", "&", ".", "'", "’s", "'s", "of", "the", "for", "and", "de", "/", "al"}
CLASSES = {"P": "PER", "G": "ORG", "L": "LOC"}
TITLES = set("president minister prime secretary senator sen. mr. mrs. ms. dr. prof. professor general gen. king queen "
             "prince princess sir lord lady pope governor gov. rep. representative chancellor judge justice captain "
             "capt. congresswoman congressman madam speaker vice chairman coach colonel col. lt. lieutenant sgt. sergeant mayor reverend rev. st. saint aunt uncle father sister".split())

GENERIC = set("court county circuit judiciary board state church university college department government house senate "
              "council committee city museum library school".split())


def candidates(s):
    """Spans (begin, end) of words in which a name may be, in order."""
    n, i, out = len(s.forms), 0, []
    while i < n:
        if s.upos[i] != "PROPN":
            i += 1
            continue
        j = i + 1
        while j < n and (s.upos[j] in ("PROPN", "NUM") or
                         s.forms[j] in LINKS and any(s.upos[k] == "PROPN" for k in range(j + 1, min(n, j + 3))) or
                         s.forms[j][0].isupper() and s.upos[j] in ("ADJ", "NOUN")):
            j += 1
        b = i
        while b > 1 and s.forms[b - 1][0].isupper() and s.upos[b - 1] in ("ADJ", "NOUN"):
            b -= 1
        while j > i + 1 and s.forms[j - 1] in LINKS - {"al"}:
            j -= 1
        out.append((b, j))
        i = max(j, i + 1)
    return out


def read_codes(path):
    """names.tsv: candidate -> [(first, last, class)], word indexes within the candidate, inclusive."""
    out = {}
    for line in open(path, encoding="utf-8"):
        if line.startswith("#"):
            continue
        text, code = line.rstrip("\n").split("\t")
        n, spans = len(text.split(" ")), []
        for part in code.split(",") if code != "O" else []:
            m = re.fullmatch(r"(?:(\d+)(?:-(\d+))?)?([PGLO])", part)
            if m.group(3) == "O":
                continue
            first = int(m.group(1)) if m.group(1) else 0
            last = int(m.group(2)) if m.group(2) else first if m.group(1) else n - 1
            spans.append((first, last, CLASSES[m.group(3)]))
        out[text] = spans
    return out


def put(labels, first, last, kind):
    for i in range(first, last + 1):
        labels[i] = ("B-" if i == first else "I-") + kind


def name_by_hand(sentences, codes):
    """Sets s.name from names.tsv; returns the share of candidates that it knows."""
    seen = known = 0
    for s in sentences:
        s.name = ["O"] * len(s.forms)
        for b, e in candidates(s):
            spans = codes.get(" ".join(s.forms[b:e]))
            seen += 1
            known += spans is not None
            for first, last, kind in spans or []:
                put(s.name, b + first, b + last, kind)
    return known / max(1, seen)


def name_by_entities(sentences):
    """Sets s.name from GUM's Entity marks (s.name as data.py read it)."""
    kinds = {"person": "PER", "organization": "ORG", "place": "LOC"}
    stack = []
    doc = None
    for s in sentences:
        if s.doc != doc:
            stack, doc = [], s.doc
        labels, spans = ["O"] * len(s.forms), []
        stack = [(k, t, -1) for k, t, _ in stack]
        for i, mark in enumerate(s.name):
            for opened, one, closed in re.findall(r"\(([^()]*)(\)?)|([^()]+)\)", mark or ""):
                if opened:
                    p = opened.split("-")
                    if one:
                        spans.append((p[1] if len(p) > 1 else "", i, i))
                    else:
                        stack.append((p[0], p[1] if len(p) > 1 else "", i))
                else:
                    for k in range(len(stack) - 1, -1, -1):
                        if stack[k][0] == closed:
                            _, t, b = stack.pop(k)
                            if b >= 0:
                                spans.append((t, b, i))
                            break
        for t, b, e in sorted(spans, key=lambda x: x[1] - x[2]):  # long ones first, so that inner names win
            if t not in kinds:
                continue
            span = proper_span(s, b, e, t == "person")
            if span and not any(labels[i][2:] in ("ORG", "LOC") for i in range(span[0], span[1] + 1)):
                for i in range(span[0], span[1] + 1):
                    labels[i] = "O"
                put(labels, span[0], span[1], kinds[t])
                if span[1] + 1 < len(labels) and labels[span[1] + 1][0] == "I":  # what an outer name had behind this one
                    labels[span[1] + 1] = "B" + labels[span[1] + 1][1:]
        s.name = labels


def proper_span(s, b, e, person):
    """The run of proper nouns around the head of the entity [b, e], without titles before a person's name; None: no name."""
    heads = [i for i in range(b, e + 1) if not b <= s.head[i] - 1 <= e]
    if not heads or s.upos[heads[0]] != "PROPN":
        return None
    head = heads[0]
    if person and "Number=Plur" in s.feats[head]:  # a people: "Saudis"
        return None

    links = PERSON_LINKS if person else LINKS

    def inside(i, step):
        if s.upos[i] == "PROPN":
            return True
        if s.forms[i][0].isupper() and s.upos[i] in ("ADJ", "NOUN", "VERB", "ADV") and i > 0 and not person:
            return True
        return s.forms[i] in links and any(b <= k <= e and s.upos[k] == "PROPN" for k in (i + step, i + 2 * step))

    first = last = head
    while first > b and inside(first - 1, -1):
        first -= 1
    while last < e and inside(last + 1, 1):
        last += 1
    while first < last and (s.forms[first].lower() in TITLES or s.upos[first] != "PROPN" and s.forms[first] in LINKS):
        first += 1
    while last > first and s.upos[last] != "PROPN" and s.forms[last] in LINKS:
        last -= 1
    if first == last and s.forms[first].lower() in TITLES | GENERIC:
        return None
    return first, last


CODES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "names.tsv")
