#!/usr/bin/env python3
"""quality.py SHARED STANCE_CODE DIR [PART...] [--misses]: measures on SHARED/data with the scorers of SHARED/eval, prints one table.

PART: cases (our own texts: statements.py), ewt gum (words: treebank.py), articles statements classes (events: events.py),
pairs, confidence, actors negatives (actors.py); all of them without any. cases and negatives need no SHARED.
DIR is for scratch files. --misses lists the most common ones of actors and negatives first. Standard library only.
"""
import sys

import actors, common, confidence, events, pairs, statements, treebank


def cases(q):
    rows = statements.load()
    for group, right, total in statements.by_group(statements.judge(rows, statements.run(q.code, rows))):
        q.row("cases", group, "%d of %d rows right" % (right, total))


q = common.Quality(*sys.argv[1:4])
q.misses = 60 if "--misses" in sys.argv[4:] else 0
wanted = [name for name in sys.argv[4:] if name != "--misses"]
for part in (cases,) + treebank.PARTS + events.PARTS + pairs.PARTS + confidence.PARTS + actors.PARTS:
    if not wanted or part.__name__ in wanted:
        part(q)
for name, figure, value in q.rows:
    print("%-18s %-22s %s" % (name, figure, value))
