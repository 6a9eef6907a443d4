#!/usr/bin/env python3
"""coverage.py [--gaps] [LEXICON]: of which UN members people.tsv knows the head of state, head of government and foreign
minister, in the years 2000 to 2026.

A year counts where somebody holds the office for a day of it. Prints a row an office; --gaps also a line a member with
the years that lack. Standard library only. Exit
code 1 when countries.tsv has no name for a member, or a line of people.tsv ends before it begins.
"""
import collections, os, sys

YEARS = range(2000, 2027)
MEMBERS = """AFG AGO ALB AND ARE ARG ARM ATG AUS AUT AZE BDI BEL BEN BFA BGD BGR BHR BHS BIH BLR BLZ BOL BRA BRB BRN BTN BWA
CAF CAN CHE CHL CHN CIV CMR COD COG COL COM CPV CRI CUB CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESP EST ETH FIN FJI FRA
FSM GAB GBR GEO GHA GIN GMB GNB GNQ GRC GRD GTM GUY HND HRV HTI HUN IDN IND IRL IRN IRQ ISL ISR ITA JAM JOR JPN KAZ KEN KGZ
KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MOZ MRT
MUS MWI MYS NAM NER NGA NIC NLD NOR NPL NRU NZL OMN PAK PAN PER PHL PLW PNG POL PRK PRT PRY QAT ROU RUS RWA SAU SDN SEN SGP
SLB SLE SLV SMR SOM SRB SSD STP SUR SVK SVN SWE SWZ SYC SYR TCD TGO THA TJK TKM TLS TON TTO TUN TUR TUV TZA UGA UKR URY USA
UZB VCT VEN VNM VUT WSM YEM ZAF ZMB ZWE""".split()
BORN = {"MNE": 2006, "SSD": 2011, "TLS": 2002}  # first year, of those younger than 2000
STATE = "president|king|queen|emir|sultan|emperor|prince|grand duke|governor-general|supreme leader|captain regent|" \
        "military ruler|transitional president|presidency member"
# The monarch of the realms is that of the United Kingdom; the princes of Andorra are others' heads, too.
REALMS = "BRB ATG AUS BHS BLZ CAN GRD JAM KNA LCA NZL PNG SLB TUV VCT AND".split()
GOVERNMENT = "prime minister|chancellor|chief adviser|chief executive|minister of state|head of government"
OFFICES = (("head of state", STATE), ("head of government", GOVERNMENT), ("foreign minister", "foreign minister"))


def facts(path, columns):
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.strip() and line[0] != "#":
                yield (line.rstrip("\n").split("\t") + [""] * columns)[:columns]


def held(people):
    """country -> office -> years in which somebody held it."""
    years, bad = collections.defaultdict(lambda: collections.defaultdict(set)), []
    for name, _, country, _, office, begin, end, body, _ in people:
        first, last = int(begin[:4] or 0), int(end[:4] or 9999)
        if end and begin and end < begin[:len(end)]:
            bad.append("%s, %s: ends %s before it begins %s" % (name, office, end, begin))
        if not body or country not in ("IGO", "NGO"):
            years[country][office].update(y for y in YEARS if first <= y <= last)
    return years, bad


def covered(member, offices, years):
    of = years[member]
    found = set().union(*(of[o] for o in offices.split("|")))
    if offices == STATE and member in REALMS:
        found |= years["GBR"]["king"] | years["GBR"]["queen"]
    if offices == GOVERNMENT:  # where nobody is prime minister, the president leads the government
        executive = set().union(*(of[o] for o in STATE.split("|") if o != "governor-general"))
        found |= executive if not found or member in PRESIDENTIAL else set()
    return found


PRESIDENTIAL = "CUB GEO IRQ AGO BEN BOL CHE CIV COM GAB GIN GMB HTI KEN LKA MDV MRT MWI NER SEN SLE SYC SDN SOM TCD TGO TKM TUR ZWE " \
               "ARE SAU BRN OMN MMR MHL FSM KIR NRU PLW ZAF SUR GUY BWA NAM IDN PHL IRN AFG BDI CAF MDG LBR SMR BFA MLI".split()


def ranges(years):
    parts = []
    for y in sorted(years):
        if parts and y == parts[-1][1] + 1:
            parts[-1][1] = y
        else:
            parts.append([y, y])
    return " ".join(str(a) if a == b else "%d-%d" % (a, b) for a, b in parts)


def main():
    gaps = "--gaps" in sys.argv
    paths = [a for a in sys.argv[1:] if a != "--gaps"]
    here = os.path.dirname(os.path.abspath(__file__))
    lexicon = paths[0] if paths else os.path.join(here, "..", "..", "config", "lexicon")
    years, bad = held(facts(os.path.join(lexicon, "people.tsv"), 9))
    kinds = collections.defaultdict(set)
    for code, kind, *_ in facts(os.path.join(lexicon, "countries.tsv"), 6):
        kinds[code].add(kind)
    bad += ["%s has no name in countries.tsv" % m for m in MEMBERS if "name" not in kinds[m]]
    for label, offices in OFFICES:
        have = want = full = none = 0
        for member in MEMBERS:
            should = {y for y in YEARS if y >= BORN.get(member, 0)}
            lack = should - covered(member, offices, years)
            have, want = have + len(should - lack), want + len(should)
            full, none = full + (not lack), none + (lack == should)
            if gaps and lack:
                print("%s  %-18s lacks %s" % (member, label, ranges(lack)))
        print("%-18s %d of %d years (%.1f %%); members: %d whole, %d in part, %d not at all" % (
            label, have, want, 100 * have / want, full, len(MEMBERS) - full - none, none))
    for line in bad:
        print(line)
    return 1 if bad else 0


sys.exit(main())
