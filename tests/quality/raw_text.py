#!/usr/bin/env python3
"""Raw text of a treebank, and how well its tokens, words and sentences were found again.

    raw_text.py make [--wrap N] GOLD.conllu[.xz]     the text, as the releases of Universal Dependencies have it
    raw_text.py score GOLD.conllu[.xz] PRED.conllu   F1 of both, as the CoNLL 2018 shared task counts
    raw_text.py check                                tests of this file itself

A paragraph ("# newpar", "# newdoc", NewPar=Yes) is followed by a blank line, sentences within it by one space unless
the last token says SpaceAfter=No. Everything is compared by the offsets of its characters, white space not counted, so
both files must have the same characters. A token is a surface token ("don't" is one, as a range 1-2), a word is a
syntactic one ("do", "n't"); words within a range are aligned by their forms. --wrap breaks lines at N columns.
Standard library only.
"""
import lzma, sys


def lines(path):
    with (lzma.open if path.endswith(".xz") else open)(path, "rt", encoding="utf-8") as f:
        yield from (line.rstrip("\n") for line in f)


def sentences(source):
    """For each sentence: whether a paragraph begins with it, its tokens [form, space after, [words], paragraph within]."""
    new, tokens, last = True, [], 0
    for line in source:
        if not line:
            if tokens:
                yield new, tokens
                new, tokens, last = False, [], 0
        elif line.startswith(("# newpar", "# newdoc")):
            new = new or line.split()[1] in ("newpar", "newdoc")
        elif line[0] != "#":
            number, form, *_, misc = line.split("\t")
            marks = misc.split("|")
            token = [form, "SpaceAfter=No" not in marks, [], "NewPar=Yes" in marks]
            if "-" in number:
                last = int(number.split("-")[1])
                tokens.append(token)
            elif "." not in number:
                if int(number) > last:
                    tokens.append(token)
                tokens[-1][2].append(form)
    if tokens:
        yield new, tokens


def raw_text(source):
    text = []
    for new, tokens in sentences(source):
        for i, (form, space, _, within) in enumerate(tokens):
            if text and (new and i == 0 or within):
                text[-1] = text[-1].rstrip(" ") + "\n\n"
            text.append(form + " " * space)
    return "".join(text).rstrip(" ") + "\n"


def wrap(text, columns):
    """Lines broken at spaces, none longer than `columns` unless a word is."""
    out = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            if line and len(line) + 1 + len(word) > columns:
                out.append(line)
                line = word
            else:
                line = line + " " + word if line else word
        out.append(line)
    return "\n".join(out)


def spans(source):
    """The characters, and lists of (begin, end): sentences, tokens, and words as (begin, end, range or None, form)."""
    chars, at = [], 0
    found = {"tokens": [], "words": [], "sentences": []}
    for _, tokens in sentences(source):
        begin = at
        for form, _, words, _ in tokens:
            bare = "".join(form.split())
            chars.append(bare)
            token = (at, at + len(bare))
            found["tokens"].append(token)
            if len(words) == 1:
                found["words"].append(token + (None, ""))
            else:
                found["words"] += [token + (token, word.lower()) for word in words]
            at += len(bare)
        found["sentences"].append((begin, at))
    return "".join(chars), found


def common(a, b):
    """Length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = 0
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], before + 1 if x == y else max(row[j], row[j - 1])
    return row[-1]


def words_right(gold, pred, chars):
    """Words that both have. Where either has a range, all words within what the ranges cover are aligned by form."""
    right = g = p = 0
    form = lambda w: w[3] if w[2] else chars[w[0]:w[1]].lower()
    while g < len(gold) and p < len(pred):
        if gold[g][2] is None and pred[p][2] is None:
            right += gold[g][:2] == pred[p][:2]
            a, b = gold[g][:2], pred[p][:2]
            g, p = g + (a[0] <= b[0]), p + (b[0] <= a[0])
            continue
        if gold[g][0] < pred[p][0] and gold[g][2] is None:
            g += 1
            continue
        if pred[p][0] < gold[g][0] and pred[p][2] is None:
            p += 1
            continue
        end, g0, p0 = max(w[1] for w in (gold[g], pred[p]) if w[2]), g, p
        grew = True
        while grew:
            while g < len(gold) and gold[g][0] < end:
                end, g = max(end, gold[g][1] if gold[g][2] else end), g + 1
            was = end
            while p < len(pred) and pred[p][0] < end:
                end, p = max(end, pred[p][1] if pred[p][2] else end), p + 1
            grew = end > was
        right += common([form(w) for w in gold[g0:g]], [form(w) for w in pred[p0:p]])
    return right


def score(gold_source, pred_source):
    """{what: (precision, recall, F1)} in percent."""
    (gold_chars, gold), (pred_chars, pred) = spans(gold_source), spans(pred_source)
    if gold_chars != pred_chars:
        at = next((i for i, (a, b) in enumerate(zip(gold_chars, pred_chars)) if a != b), min(len(gold_chars), len(pred_chars)))
        raise SystemExit("the characters differ at %d: gold %r, predicted %r" % (at, gold_chars[at - 10:at + 20], pred_chars[at - 10:at + 20]))
    result = {}
    for what in gold:
        right = words_right(gold[what], pred[what], gold_chars) if what == "words" else len(set(gold[what]) & set(pred[what]))
        p, r = 100 * right / max(1, len(pred[what])), 100 * right / max(1, len(gold[what]))
        result[what] = (p, r, 2 * p * r / (p + r) if right else 0.0)
    return result


def check():
    def conllu(*rows):
        fields = [row.split() for row in rows]
        return [row if row[:1] in ("#", "") else "\t".join([*f[:2], *"_______", f[2] if f[2:] else "_"]) for row, f in zip(rows, fields)]
    gold = conllu("# newdoc", "1-2 Don't", "1 Do", "2 n't", "3 go SpaceAfter=No", "4 !", "", "1 Now", "", "# newpar id = x", "1 End", "2 it", "")
    assert raw_text(gold) == "Don't go! Now\n\nEnd it\n", raw_text(gold)
    assert wrap("aa bb cc\n\nd\n", 5) == "aa bb\ncc\n\nd\n"
    assert all(f == 100 for _, _, f in score(gold, gold).values())
    pred = conllu("1 Do SpaceAfter=No", "2 n't", "3 go SpaceAfter=No", "4 !", "5 Now", "", "1 Endit", "")
    result = score(gold, pred)
    rounded = {k: tuple(round(x, 1) for x in v) for k, v in result.items()}
    # tokens: go ! Now of 6 and 6; words: also Do n't, of 7 and 6; sentences: the last of 3 and 2
    assert rounded == {"tokens": (50.0, 50.0, 50.0), "words": (83.3, 71.4, 76.9), "sentences": (50.0, 33.3, 40.0)}, rounded
    print("raw_text.py: all checks passed")


def main(args):
    if args[:1] == ["make"] and len(args) in (2, 4):
        text = raw_text(lines(args[-1]))
        sys.stdout.reconfigure(encoding="utf-8")
        sys.stdout.write(wrap(text, int(args[2])) if len(args) == 4 else text)
    elif args[:1] == ["score"] and len(args) == 3:
        for what, (p, r, f) in score(lines(args[1]), lines(args[2])).items():
            print("%-10s P %6.2f R %6.2f F1 %6.2f" % (what, p, r, f))
    elif args == ["check"]:
        check()
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
