"""data.py: treebanks, word vectors and names as arrays; the input features of a word, as workers/engine/input.c has them."""
import lzma
import os
import re

import numpy as np

AFFIX_ROWS = 8192  # rows of the tables of hashed affixes and of hashed trigrams; a power of two
LONGEST = 32       # bytes of a word that count: of a longer one the first and the last 16

QUOTES = {"’": "'", "‘": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "--", "…": "..."}


def lower(ch):
    """Lower case as far as the engine knows it: ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic."""
    cp = ord(ch)
    if cp < 0x80:
        return chr(cp + 32) if "A" <= ch <= "Z" else ch
    if 0xC0 <= cp <= 0xDE and cp != 0xD7 or 0x391 <= cp <= 0x3A9 and cp != 0x3A2 or 0x410 <= cp <= 0x42F:
        return chr(cp + 32)
    if 0x400 <= cp <= 0x40F:
        return chr(cp + 80)
    if 0x100 <= cp <= 0x137 and cp not in (0x130, 0x131) or 0x14A <= cp <= 0x177:
        return chr(cp | 1)
    if (0x139 <= cp <= 0x148 or 0x179 <= cp <= 0x17E) and cp & 1:
        return chr(cp + 1)
    return ch


def is_upper(ch):
    return lower(ch) != ch


def is_lower(ch):
    cp = ord(ch)
    if cp < 0x80:
        return "a" <= ch <= "z"
    return not is_upper(ch) and (0xDF <= cp <= 0x2000 and cp != 0xF7)


def normal(form):
    """The key of a word: lower case, digits as 0, quotation marks and dashes in ASCII, at most LONGEST bytes."""
    key = "".join("0" if "0" <= c <= "9" else QUOTES.get(c) or lower(c) for c in form).encode("utf-8")
    return key if len(key) <= LONGEST else key[:LONGEST // 2] + key[-LONGEST // 2:]


def fnv32(kind, data):
    h = (2166136261 ^ kind) * 16777619 & 0xFFFFFFFF
    for b in data:
        h = (h ^ b) * 16777619 & 0xFFFFFFFF
    return h ^ h >> 15


def fnv(kind, data):
    return fnv32(kind, data) & (AFFIX_ROWS - 1)


def affixes(key):
    """Rows of the affix table: prefixes of 1 to 4 and suffixes of 1 to 5 bytes, where the word is as long."""
    return [fnv(n, key[:n]) for n in range(1, 5) if n <= len(key)] + \
           [fnv(16 + n, key[-n:]) for n in range(1, 6) if n <= len(key)]


def trigrams(key):
    """Rows of the trigram table: of "<word>"."""
    w = b"<" + key + b">"
    return [fnv(64, w[i:i + 3]) for i in range(len(w) - 2)]


SHAPES = 5 * 3 * 4 * 2 * 2


def shape(form, first, space_before):
    """How a word is written: letters, digits, marks inside, whether it begins a sentence, whether a space is before it."""
    up = low = digits = others = 0
    for c in form:
        if is_upper(c):
            up += 1
        elif is_lower(c):
            low += 1
        elif "0" <= c <= "9":
            digits += 1
    letters = up + low
    if letters == 0:
        case = 0
    elif up == 0:
        case = 1
    elif low == 0 and letters > 1:
        case = 3
    elif is_upper(form[0]) and up == 1:
        case = 2
    else:
        case = 4
    digit = 0 if digits == 0 else 2 if digits == len(form) else 1
    mark = 1 if "." in form else 2 if "'" in form or "’" in form else 3 if "-" in form else 0
    return (((case * 3 + digit) * 4 + mark) * 2 + bool(first)) * 2 + bool(space_before)


class Sentence:
    """Words of one sentence with what is known of them. Arrays of n entries; -1: not known, no loss there."""
    __slots__ = ("doc", "forms", "space_before", "upos", "xpos", "feats", "lemma", "head", "deprel", "name", "soft")

    def __len__(self):
        return len(self.forms)


def read_conllu(path):
    opener = lzma.open if path.endswith(".xz") else open
    doc, rows, out = None, [], []
    for line in opener(path, "rt", encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("# newdoc"):
            doc = line.split("=")[-1].strip()
        if line and line[0] != "#":
            rows.append(line.split("\t"))
        if not line and rows:
            out.append(sentence_of(doc, rows))
            rows = []
    if rows:
        out.append(sentence_of(doc, rows))
    return out


def sentence_of(doc, rows):
    s, space, glued = Sentence(), True, {}
    s.doc = doc
    for name in ("forms", "space_before", "upos", "xpos", "feats", "lemma", "head", "deprel", "name"):
        setattr(s, name, [])
    range_end, range_space = 0, True
    for r in rows:
        if "-" in r[0]:
            range_end, range_space = int(r[0].split("-")[1]), "SpaceAfter=No" not in r[9]
            continue
        if "." in r[0]:
            continue
        i = int(r[0])
        s.forms.append(r[1])
        s.space_before.append(space)
        space = "SpaceAfter=No" not in r[9] if i > range_end else range_space if i == range_end else False
        s.lemma.append(r[2])
        s.upos.append(r[3])
        s.xpos.append(r[4])
        s.feats.append(r[5])
        s.head.append(int(r[6]))
        s.deprel.append(r[7])
        s.name.append(None)
        entity = re.search(r"Entity=([^|]*)", r[9])
        s.name[-1] = entity.group(1) if entity else ""
    return s


def load_vectors(path):
    """The word vectors as (words, float16 array [n, 100]), by frequency; cached beside the JSON as .npz."""
    cache = path + ".npz"
    if not os.path.exists(cache):
        import json
        data = json.load(open(path, encoding="utf-8"))
        words = data["words"]
        table = np.array([data["vectors"][w][:100] for w in words], dtype=np.float16)
        np.savez(cache, table=table, words=np.array("\n".join(words)))
    z = np.load(cache)
    return str(z["words"]).split("\n"), z["table"]
