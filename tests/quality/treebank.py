"""Accuracy of words: tags, trees, features, lemmas and names on treebanks, with gold words; raw text where raw_text.py is."""
import os, re, sys

HERE = os.path.dirname(os.path.abspath(__file__))


def documents(path):
    """[(document id, its lines)] of a CoNLL-U file."""
    found = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("# newdoc id = "):
                found.append((line.split("= ", 1)[1].strip(), []))
            found[-1][1].append(line)
    return found


def words(lines):
    """Columns of the words: neither ranges nor empty nodes."""
    rows = (line.rstrip("\n").split("\t") for line in lines if line[:1].isdigit())
    return [row for row in rows if row[0].isdigit()]


def features_and_lemmas(gold, pred):
    """Share of words with all features right, and with the lemma right (of words that have one); percent."""
    g, p = words(gold), words(pred)
    known = [(a, b) for a, b in zip(g, p) if a[2] != "_" or a[1] == "_"]
    feats = sum(a[5] == b[5] for a, b in zip(g, p))
    return 100 * feats / len(g), 100 * sum(a[2] == b[2] for a, b in known) / len(known)


def score(q, name, label, gold, pred):
    """One row: gold and predicted lines."""
    for path, lines in ((q.path("part.gold"), gold), (q.path("part.pred"), pred)):
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(lines)
    figures = q.scorer("score_conllu.py", q.path("part.gold"), q.path("part.pred")).strip()
    q.row(name, label, "%s feats=%.2f lemma=%.2f" % ((figures,) + features_and_lemmas(gold, pred)))


def gold_lemmas(q, gold, gold_lines):
    """Lemmas from gold tags: what the rules can do when no tag is wrong."""
    tool = os.path.join(q.tools, "quality", "lemmas")
    if not os.path.exists(tool):
        return ""
    with open(gold, "rb") as f, open(q.path("lemmas"), "wb") as out:
        q.pipe([tool, os.path.join(HERE, "..", "..", "config", "lexicon")], f, out)
    with open(q.path("lemmas"), encoding="utf-8") as f:
        return "lemma=%.2f" % features_and_lemmas(gold_lines, f.readlines())[1]


def whole(q, name, source):
    gold = q.unpack(q.data("treebank", source), name + ".gold")
    pred, _ = q.run(name + ".pred", "--conllu", "--pretokenized", gold)
    with open(gold, encoding="utf-8") as f, open(pred, encoding="utf-8") as p:
        gold_lines, pred_lines = f.readlines(), p.readlines()
    score(q, name, "gold words", gold_lines, pred_lines)
    q.row(name, "gold words, tags", gold_lemmas(q, gold, gold_lines))
    return gold, pred


def ewt(q):
    gold, pred = whole(q, "EWT dev", "ewt-dev.conllu.xz")
    names(q, pred)
    raw(q, "EWT dev", gold)


def gum(q):
    """As a whole and by genre: the second part of an id like GUM_news_homeopathic."""
    gold, pred = whole(q, "GUM dev", "gum-dev-open.conllu.xz")
    genres = {}
    for (name, lines), (_, found) in zip(documents(gold), documents(pred)):
        genre = genres.setdefault(name.split("_")[1], ([], []))
        genre[0].extend(lines)
        genre[1].extend(found)
    for genre, (lines, found) in sorted(genres.items()):
        score(q, "GUM dev", genre, lines, found)
    raw(q, "GUM dev", gold)


def entities(path, tag_of):
    """{sentence id: {(begin, end, type)}}: offsets count characters of the words, so that tokens may differ a little."""
    found, sentence, at, begin, kind = {}, None, 0, 0, None
    with open(path, encoding="utf-8") as f:
        for line in list(f) + ["\n"]:
            columns = line.rstrip("\n").split("\t")
            if line.startswith("# sent_id = "):
                sentence, at = line.split("= ", 1)[1].strip(), 0
                found[sentence] = set()
            elif not columns[0] or columns[0].isdigit():
                tag = tag_of(columns) if columns[0] else "O"
                if kind and tag != "I-" + kind:
                    found[sentence].add((begin, at, kind))
                    kind = None
                if tag != "O" and not kind:
                    begin, kind = at, tag[2:]
                at += len(columns[1]) if columns[0] else 0
    return found


def names(q, pred):
    gold = entities(q.unpack(q.data("treebank", "uner-ewt-dev.iob2.xz"), "names.gold"), lambda row: row[2])
    name_of = lambda row: next((part[5:] for part in row[9].split("|") if part.startswith("Name=")), "O")
    found = entities(pred, name_of)
    for kind in ("PER", "LOC", "ORG", None):
        keep = lambda spans: {s for s in spans if kind in (None, s[2])}
        right = sum(len(keep(gold[s]) & keep(found.get(s, set()))) for s in gold)
        there, said = (sum(len(keep(spans)) for spans in side.values()) for side in (gold, found))
        p, r = right / max(1, said), right / max(1, there)
        q.row("EWT dev", "names " + (kind or "all"), "P %.3f R %.3f F1 %.3f" % (p, r, 2 * p * r / (p + r) if right else 0))


def raw(q, name, gold):
    """Tokens, words and sentences found in raw text, as far as raw_text.py is there."""
    tool = os.path.join(HERE, "raw_text.py")
    if not os.path.exists(tool):
        return
    with open(q.path("raw.txt"), "w", encoding="utf-8") as out:
        out.write(q.output(sys.executable, tool, "make", gold))
    pred, _ = q.run("raw.pred", "--conllu", q.path("raw.txt"))
    for what, figures in re.findall(r"^(\w+) +(P .*)$", q.output(sys.executable, tool, "score", gold, pred), re.M):
        q.row(name, "raw text: " + what, figures)


PARTS = (ewt, gum)
