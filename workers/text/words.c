#include "workers/text/words.h"

#include <stdlib.h>

/* All lists are sorted by strcmp, for bsearch; the test checks it. */

struct closed {
    const char *word;
    enum upos upos;
};

static const struct closed closed_words[] = {
    {"&", UPOS_CCONJ},        {"'d", UPOS_AUX},          {"'ll", UPOS_AUX},
    {"'m", UPOS_AUX},         {"'re", UPOS_AUX},         {"'s", UPOS_PART},
    {"'ve", UPOS_AUX},        {"a", UPOS_DET},           {"able", UPOS_ADJ},
    {"about", UPOS_ADP},      {"above", UPOS_ADP},       {"abroad", UPOS_ADV},
    {"across", UPOS_ADP},     {"afraid", UPOS_ADJ},      {"after", UPOS_ADP},
    {"again", UPOS_ADV},      {"against", UPOS_ADP},     {"ahead", UPOS_ADV},
    {"all", UPOS_DET},        {"almost", UPOS_ADV},      {"alongside", UPOS_ADP},
    {"already", UPOS_ADV},    {"also", UPOS_ADV},        {"although", UPOS_SCONJ},
    {"always", UPOS_ADV},     {"am", UPOS_AUX},          {"amid", UPOS_ADP},
    {"amidst", UPOS_ADP},     {"among", UPOS_ADP},       {"amongst", UPOS_ADP},
    {"an", UPOS_DET},         {"and", UPOS_CCONJ},       {"angry", UPOS_ADJ},
    {"another", UPOS_DET},    {"any", UPOS_DET},         {"anybody", UPOS_PRON},
    {"anyone", UPOS_PRON},    {"anything", UPOS_PRON},   {"apart", UPOS_ADV},
    {"april", UPOS_NOUN},     {"are", UPOS_AUX},         {"armed", UPOS_ADJ},
    {"as", UPOS_ADP},         {"at", UPOS_ADP},          {"august", UPOS_NOUN},
    {"aware", UPOS_ADJ},      {"away", UPOS_ADV},        {"back", UPOS_ADV},
    {"bad", UPOS_ADJ},        {"be", UPOS_AUX},          {"because", UPOS_SCONJ},
    {"been", UPOS_AUX},       {"before", UPOS_ADP},      {"behind", UPOS_ADP},
    {"being", UPOS_AUX},      {"below", UPOS_ADP},       {"beneath", UPOS_ADP},
    {"beside", UPOS_ADP},     {"besides", UPOS_ADP},     {"between", UPOS_ADP},
    {"beyond", UPOS_ADP},     {"big", UPOS_ADJ},         {"bilateral", UPOS_ADJ},
    {"billion", UPOS_NUM},    {"both", UPOS_DET},        {"but", UPOS_CCONJ},
    {"by", UPOS_ADP},         {"ca", UPOS_AUX},          {"can", UPOS_AUX},
    {"central", UPOS_ADJ},    {"certain", UPOS_ADJ},     {"civil", UPOS_ADJ},
    {"clear", UPOS_ADJ},      {"common", UPOS_ADJ},      {"could", UPOS_AUX},
    {"daily", UPOS_ADJ},      {"dead", UPOS_ADJ},        {"deadly", UPOS_ADJ},
    {"december", UPOS_NOUN},  {"deep", UPOS_ADJ},        {"despite", UPOS_ADP},
    {"did", UPOS_AUX},        {"direct", UPOS_ADJ},      {"do", UPOS_AUX},
    {"does", UPOS_AUX},       {"down", UPOS_ADP},        {"due", UPOS_ADJ},
    {"during", UPOS_ADP},     {"each", UPOS_DET},        {"early", UPOS_ADJ},
    {"eastern", UPOS_ADJ},    {"economic", UPOS_ADJ},    {"eight", UPOS_NUM},
    {"eighteen", UPOS_NUM},   {"eighty", UPOS_NUM},      {"either", UPOS_DET},
    {"eleven", UPOS_NUM},     {"else", UPOS_ADV},        {"entire", UPOS_ADJ},
    {"even", UPOS_ADV},       {"ever", UPOS_ADV},        {"every", UPOS_DET},
    {"everybody", UPOS_PRON}, {"everyone", UPOS_PRON},   {"everything", UPOS_PRON},
    {"except", UPOS_ADP},     {"false", UPOS_ADJ},       {"far", UPOS_ADV},
    {"february", UPOS_NOUN},  {"few", UPOS_ADJ},         {"fifteen", UPOS_NUM},
    {"fifty", UPOS_NUM},      {"final", UPOS_ADJ},       {"first", UPOS_ADJ},
    {"five", UPOS_NUM},       {"for", UPOS_ADP},         {"foreign", UPOS_ADJ},
    {"former", UPOS_ADJ},     {"forty", UPOS_NUM},       {"forward", UPOS_ADV},
    {"four", UPOS_NUM},       {"fourteen", UPOS_NUM},    {"fresh", UPOS_ADJ},
    {"friday", UPOS_NOUN},    {"friendly", UPOS_ADJ},    {"from", UPOS_ADP},
    {"full", UPOS_ADJ},       {"further", UPOS_ADV},     {"furthermore", UPOS_ADV},
    {"global", UPOS_ADJ},     {"good", UPOS_ADJ},        {"great", UPOS_ADJ},
    {"had", UPOS_AUX},        {"happy", UPOS_ADJ},       {"hard", UPOS_ADJ},
    {"has", UPOS_AUX},        {"have", UPOS_AUX},        {"having", UPOS_AUX},
    {"he", UPOS_PRON},        {"hello", UPOS_INTJ},      {"hence", UPOS_ADV},
    {"her", UPOS_PRON},       {"here", UPOS_ADV},        {"hers", UPOS_PRON},
    {"herself", UPOS_PRON},   {"high", UPOS_ADJ},        {"him", UPOS_PRON},
    {"himself", UPOS_PRON},   {"his", UPOS_PRON},        {"hostile", UPOS_ADJ},
    {"how", UPOS_ADV},        {"however", UPOS_ADV},     {"human", UPOS_ADJ},
    {"hundred", UPOS_NUM},    {"i", UPOS_PRON},          {"if", UPOS_SCONJ},
    {"illegal", UPOS_ADJ},    {"in", UPOS_ADP},          {"indeed", UPOS_ADV},
    {"inside", UPOS_ADP},     {"instead", UPOS_ADV},     {"international", UPOS_ADJ},
    {"into", UPOS_ADP},       {"is", UPOS_AUX},          {"it", UPOS_PRON},
    {"its", UPOS_PRON},       {"itself", UPOS_PRON},     {"january", UPOS_NOUN},
    {"joint", UPOS_ADJ},      {"july", UPOS_NOUN},       {"june", UPOS_NOUN},
    {"just", UPOS_ADV},       {"key", UPOS_ADJ},         {"large", UPOS_ADJ},
    {"last", UPOS_ADJ},       {"late", UPOS_ADJ},        {"later", UPOS_ADV},
    {"least", UPOS_ADJ},      {"legal", UPOS_ADJ},       {"less", UPOS_ADJ},
    {"like", UPOS_ADP},       {"likely", UPOS_ADJ},      {"local", UPOS_ADJ},
    {"long", UPOS_ADJ},       {"low", UPOS_ADJ},         {"loyal", UPOS_ADJ},
    {"main", UPOS_ADJ},       {"major", UPOS_ADJ},       {"many", UPOS_ADJ},
    {"may", UPOS_AUX},        {"maybe", UPOS_ADV},       {"me", UPOS_PRON},
    {"meanwhile", UPOS_ADV},  {"middle", UPOS_ADJ},      {"might", UPOS_AUX},
    {"military", UPOS_ADJ},   {"million", UPOS_NUM},     {"mine", UPOS_PRON},
    {"monday", UPOS_NOUN},    {"more", UPOS_ADJ},        {"moreover", UPOS_ADV},
    {"most", UPOS_ADJ},       {"much", UPOS_ADJ},        {"must", UPOS_AUX},
    {"my", UPOS_PRON},        {"myself", UPOS_PRON},     {"n't", UPOS_PART},
    {"national", UPOS_ADJ},   {"near", UPOS_ADP},        {"nearly", UPOS_ADV},
    {"neither", UPOS_DET},    {"never", UPOS_ADV},       {"nevertheless", UPOS_ADV},
    {"new", UPOS_ADJ},        {"next", UPOS_ADJ},        {"nine", UPOS_NUM},
    {"nineteen", UPOS_NUM},   {"ninety", UPOS_NUM},      {"no", UPOS_DET},
    {"nobody", UPOS_PRON},    {"none", UPOS_PRON},       {"nor", UPOS_CCONJ},
    {"northern", UPOS_ADJ},   {"not", UPOS_PART},        {"nothing", UPOS_PRON},
    {"november", UPOS_NOUN},  {"now", UPOS_ADV},         {"nuclear", UPOS_ADJ},
    {"october", UPOS_NOUN},   {"of", UPOS_ADP},          {"off", UPOS_ADP},
    {"often", UPOS_ADV},      {"oh", UPOS_INTJ},         {"old", UPOS_ADJ},
    {"on", UPOS_ADP},         {"once", UPOS_ADV},        {"one", UPOS_NUM},
    {"only", UPOS_ADV},       {"onto", UPOS_ADP},        {"opposed", UPOS_ADJ},
    {"or", UPOS_CCONJ},       {"other", UPOS_ADJ},       {"otherwise", UPOS_ADV},
    {"our", UPOS_PRON},       {"ours", UPOS_PRON},       {"ourselves", UPOS_PRON},
    {"out", UPOS_ADP},        {"outside", UPOS_ADP},     {"over", UPOS_ADP},
    {"overnight", UPOS_ADV},  {"own", UPOS_ADJ},         {"peaceful", UPOS_ADJ},
    {"people", UPOS_NOUN},    {"per", UPOS_ADP},         {"perhaps", UPOS_ADV},
    {"please", UPOS_INTJ},    {"police", UPOS_NOUN},     {"political", UPOS_ADJ},
    {"poor", UPOS_ADJ},       {"possible", UPOS_ADJ},    {"prime", UPOS_ADJ},
    {"private", UPOS_ADJ},    {"public", UPOS_ADJ},      {"quite", UPOS_ADV},
    {"rather", UPOS_ADV},     {"ready", UPOS_ADJ},       {"real", UPOS_ADJ},
    {"recent", UPOS_ADJ},     {"regarding", UPOS_ADP},   {"regional", UPOS_ADJ},
    {"rich", UPOS_ADJ},       {"safe", UPOS_ADJ},        {"same", UPOS_ADJ},
    {"saturday", UPOS_NOUN},  {"second", UPOS_ADJ},      {"secret", UPOS_ADJ},
    {"seldom", UPOS_ADV},     {"senior", UPOS_ADJ},      {"separate", UPOS_ADJ},
    {"september", UPOS_NOUN}, {"seven", UPOS_NUM},       {"seventeen", UPOS_NUM},
    {"seventy", UPOS_NUM},    {"several", UPOS_ADJ},     {"shall", UPOS_AUX},
    {"she", UPOS_PRON},       {"short", UPOS_ADJ},       {"should", UPOS_AUX},
    {"since", UPOS_ADP},      {"six", UPOS_NUM},         {"sixteen", UPOS_NUM},
    {"sixty", UPOS_NUM},      {"small", UPOS_ADJ},       {"so", UPOS_ADV},
    {"soft", UPOS_ADJ},       {"some", UPOS_DET},        {"somebody", UPOS_PRON},
    {"someone", UPOS_PRON},   {"something", UPOS_PRON},  {"sometimes", UPOS_ADV},
    {"soon", UPOS_ADV},       {"southern", UPOS_ADJ},    {"sovereign", UPOS_ADJ},
    {"special", UPOS_ADJ},    {"still", UPOS_ADV},       {"strong", UPOS_ADJ},
    {"such", UPOS_DET},       {"sunday", UPOS_NOUN},     {"sure", UPOS_ADJ},
    {"ten", UPOS_NUM},        {"than", UPOS_ADP},        {"that", UPOS_SCONJ},
    {"the", UPOS_DET},        {"their", UPOS_PRON},      {"theirs", UPOS_PRON},
    {"them", UPOS_PRON},      {"themselves", UPOS_PRON}, {"then", UPOS_ADV},
    {"there", UPOS_ADV},      {"therefore", UPOS_ADV},   {"these", UPOS_DET},
    {"they", UPOS_PRON},      {"third", UPOS_ADJ},       {"thirteen", UPOS_NUM},
    {"thirty", UPOS_NUM},     {"this", UPOS_DET},        {"those", UPOS_DET},
    {"though", UPOS_SCONJ},   {"thousand", UPOS_NUM},    {"three", UPOS_NUM},
    {"through", UPOS_ADP},    {"throughout", UPOS_ADP},  {"thursday", UPOS_NOUN},
    {"thus", UPOS_ADV},       {"till", UPOS_ADP},        {"to", UPOS_PART},
    {"today", UPOS_NOUN},     {"together", UPOS_ADV},    {"tomorrow", UPOS_NOUN},
    {"too", UPOS_ADV},        {"top", UPOS_ADJ},         {"total", UPOS_ADJ},
    {"tough", UPOS_ADJ},      {"toward", UPOS_ADP},      {"towards", UPOS_ADP},
    {"trillion", UPOS_NUM},   {"true", UPOS_ADJ},        {"tuesday", UPOS_NOUN},
    {"twelve", UPOS_NUM},     {"twenty", UPOS_NUM},      {"twice", UPOS_ADV},
    {"two", UPOS_NUM},        {"unarmed", UPOS_ADJ},     {"under", UPOS_ADP},
    {"unless", UPOS_SCONJ},   {"unlike", UPOS_ADP},      {"unlikely", UPOS_ADJ},
    {"until", UPOS_ADP},      {"unwilling", UPOS_ADJ},   {"up", UPOS_ADP},
    {"upon", UPOS_ADP},       {"us", UPOS_PRON},         {"versus", UPOS_ADP},
    {"very", UPOS_ADV},       {"via", UPOS_ADP},         {"vice", UPOS_ADJ},
    {"was", UPOS_AUX},        {"we", UPOS_PRON},         {"wednesday", UPOS_NOUN},
    {"weekly", UPOS_ADJ},     {"well", UPOS_ADV},        {"were", UPOS_AUX},
    {"western", UPOS_ADJ},    {"what", UPOS_PRON},       {"when", UPOS_ADV},
    {"where", UPOS_ADV},      {"whereas", UPOS_SCONJ},   {"whether", UPOS_SCONJ},
    {"which", UPOS_PRON},     {"while", UPOS_SCONJ},     {"who", UPOS_PRON},
    {"whole", UPOS_ADJ},      {"whom", UPOS_PRON},       {"whose", UPOS_PRON},
    {"why", UPOS_ADV},        {"wide", UPOS_ADJ},        {"will", UPOS_AUX},
    {"willing", UPOS_ADJ},    {"with", UPOS_ADP},        {"within", UPOS_ADP},
    {"without", UPOS_ADP},    {"wo", UPOS_AUX},          {"would", UPOS_AUX},
    {"wrong", UPOS_ADJ},      {"yes", UPOS_INTJ},        {"yesterday", UPOS_NOUN},
    {"yet", UPOS_ADV},        {"you", UPOS_PRON},        {"young", UPOS_ADJ},
    {"your", UPOS_PRON},      {"yours", UPOS_PRON},      {"yourself", UPOS_PRON},
};

/* Verbs that are nouns as often: "strikes", "the strike". */
static const char *const verbs_and_nouns[] = {
    "abuse",     "act",      "address",  "advance",  "aid",      "aim",       "alert",     "answer",
    "appeal",    "approach", "arrest",   "attack",   "attempt",  "award",     "back",      "ban",
    "bar",       "base",     "battle",   "benefit",  "bid",      "blame",     "block",     "blockade",
    "boast",     "bomb",     "boost",    "boycott",  "brand",    "break",     "broadcast", "call",
    "campaign",  "care",     "cast",     "cause",    "caution",  "challenge", "change",    "charge",
    "check",     "claim",    "clash",    "close",    "comment",  "concern",   "conduct",   "contact",
    "contract",  "control",  "cost",     "cover",    "crack",    "credit",    "curb",      "cut",
    "damage",    "date",     "deal",     "debate",   "decline",  "decrease",  "decree",    "defeat",
    "delay",     "demand",   "deposit",  "design",   "desire",   "detail",    "dispatch",  "display",
    "dispute",   "doubt",    "draft",    "dream",    "drive",    "drop",      "ease",      "embrace",
    "end",       "escape",   "escort",   "estimate", "exchange", "excuse",    "exercise",  "experience",
    "export",    "face",     "fall",     "favor",    "favour",   "fear",      "feature",   "fight",
    "finance",   "fine",     "fire",     "flood",    "focus",    "force",     "forecast",  "form",
    "fuel",      "fund",     "gain",     "grant",    "ground",   "guarantee", "guard",     "guide",
    "halt",      "hand",     "harm",     "head",     "help",     "hint",      "hit",       "hold",
    "honor",     "honour",   "hope",     "host",     "house",    "impact",    "import",    "increase",
    "influence", "insult",   "interest", "issue",    "judge",    "jump",      "kick",      "lack",
    "land",      "launch",   "lead",     "leak",     "lecture",  "lie",       "lift",      "limit",
    "link",      "loan",     "lobby",    "lock",     "look",     "love",      "mandate",   "map",
    "march",     "mark",     "match",    "matter",   "measure",  "mention",   "mind",      "mine",
    "miss",      "monitor",  "mount",    "move",     "murder",   "name",      "need",      "note",
    "notice",    "object",   "offer",    "open",     "order",    "outline",   "overhaul",  "own",
    "parade",    "pardon",   "pass",     "patrol",   "pay",      "permit",    "picture",   "place",
    "plan",      "play",     "pledge",   "plot",     "point",    "pose",      "post",      "power",
    "practice",  "praise",   "present",  "press",    "pressure", "probe",     "process",   "project",
    "promise",   "protest",  "purchase", "push",     "question", "quit",      "quote",     "raid",
    "raise",     "rally",    "range",    "rate",     "reach",    "read",      "rebuke",    "recall",
    "record",    "regard",   "regret",   "release",  "remark",   "repair",    "reply",     "report",
    "request",   "rescue",   "research", "reserve",  "resort",   "respect",   "rest",      "result",
    "retreat",   "return",   "reverse",  "review",   "revolt",   "reward",    "ride",      "rise",
    "risk",      "rule",     "run",      "rush",     "sanction", "schedule",  "search",    "seat",
    "sense",     "sentence", "set",      "share",    "shell",    "shelter",   "shift",     "shock",
    "show",      "shut",     "side",     "sign",     "signal",   "speed",     "spend",     "split",
    "stage",     "stand",    "start",    "state",    "station",  "stay",      "step",      "stop",
    "store",     "storm",    "stress",   "strike",   "struggle", "study",     "suit",      "supply",
    "support",   "surge",    "surprise", "survey",   "suspect",  "swap",      "switch",    "talk",
    "target",    "task",     "tax",      "test",     "thank",    "tie",       "time",      "torture",
    "total",     "tour",     "track",    "trade",    "train",    "transfer",  "transit",   "travel",
    "treat",     "trick",    "trust",    "try",      "turn",     "upgrade",   "urge",      "use",
    "veto",      "view",     "visit",    "vote",     "vow",      "wait",      "walk",      "want",
    "warrant",   "watch",    "welcome",  "win",      "wish",     "witness",   "work",      "worry",
    "wound",     "yield",
};

/* Verbs that seldom are nouns in the same form. */
static const char *const verbs[] = {
    "abandon",     "abolish",     "abstain",     "accept",      "accompany",   "accuse",       "achieve",
    "acknowledge", "acquire",     "adapt",       "add",         "adjourn",     "admit",        "adopt",
    "advise",      "affirm",      "afford",      "agree",       "airlift",     "allege",       "allow",
    "amend",       "announce",    "annul",       "anticipate",  "apologise",   "apologize",    "appear",
    "applaud",     "apply",       "appoint",     "appreciate",  "approve",     "argue",        "arise",
    "arm",         "arrange",     "arrive",      "ascertain",   "ask",         "assail",       "assassinate",
    "assert",      "assess",      "assist",      "assume",      "assure",      "attach",       "attend",
    "authorise",   "authorize",   "avert",       "avoid",       "bargain",     "become",       "beg",
    "begin",       "behave",      "believe",     "belong",      "besiege",     "betray",       "bind",
    "bolster",     "bombard",     "borrow",      "breach",      "bring",       "broaden",      "broker",
    "bury",        "buy",         "calculate",   "cancel",      "capture",     "carry",        "castigate",
    "cease",       "cede",        "celebrate",   "chair",       "chant",       "chide",        "choose",
    "cite",        "clarify",     "coincide",    "collaborate", "collapse",    "collide",      "combat",
    "come",        "commemorate", "commend",     "commit",      "compare",     "compel",       "compete",
    "complain",    "complete",    "comply",      "compromise",  "concede",     "conclude",     "concur",
    "condemn",     "confer",      "confirm",     "confiscate",  "confront",    "congratulate", "consider",
    "consult",     "contain",     "contend",     "contest",     "continue",    "contribute",   "convene",
    "convict",     "convince",    "cooperate",   "coordinate",  "court",       "create",       "criticise",
    "criticize",   "cross",       "dare",        "decide",      "declare",     "deem",         "deepen",
    "defend",      "define",      "defuse",      "demolish",    "demonstrate", "denounce",     "deny",
    "depart",      "depend",      "deplore",     "deploy",      "deport",      "depose",       "deprive",
    "describe",    "deserve",     "destroy",     "detain",      "deter",       "deteriorate",  "determine",
    "detonate",    "develop",     "die",         "differ",      "disagree",    "disappear",    "disarm",
    "disavow",     "disband",     "disclose",    "discourage",  "discover",    "discuss",      "dismantle",
    "dismiss",     "disown",      "disperse",    "displace",    "disrupt",     "dissolve",     "distribute",
    "divert",      "divide",      "donate",      "double",      "downgrade",   "drag",         "draw",
    "dub",         "eat",         "elect",       "eliminate",   "emerge",      "emphasise",    "emphasize",
    "enable",      "enact",       "encourage",   "endanger",    "endorse",     "enforce",      "engage",
    "enhance",     "enlarge",     "enlist",      "enrich",      "ensure",      "enter",        "entertain",
    "envisage",    "erupt",       "escalate",    "establish",   "evacuate",    "evade",        "evict",
    "examine",     "exceed",      "exclude",     "execute",     "exempt",      "exert",        "exhort",
    "exist",       "expand",      "expect",      "expel",       "explain",     "explode",      "exploit",
    "explore",     "expose",      "express",     "expropriate", "extend",      "extradite",    "fail",
    "fault",       "feed",        "feel",        "fell",        "file",        "find",         "finish",
    "fit",         "fly",         "follow",      "forbid",      "foresee",     "forge",        "forget",
    "forgive",     "freeze",      "fulfil",      "fulfill",     "gather",      "get",          "give",
    "go",          "govern",      "grapple",     "greet",       "grow",        "hail",         "handle",
    "hang",        "happen",      "harass",      "harbour",     "hear",        "heed",         "hide",
    "hijack",      "hinder",      "hospitalise", "identify",    "ignore",      "impeach",      "implement",
    "imply",       "impose",      "imprison",    "improve",     "inaugurate",  "include",      "infiltrate",
    "inform",      "initiate",    "injure",      "insist",      "inspect",     "install",      "instruct",
    "intend",      "intensify",   "intercept",   "interfere",   "interpret",   "interrupt",    "intervene",
    "introduce",   "invade",      "invest",      "investigate", "invite",      "invoke",       "involve",
    "isolate",     "jail",        "jeopardise",  "jettison",    "justify",     "keep",         "kidnap",
    "kill",        "know",        "lament",      "laud",        "lay",         "learn",        "leave",
    "lend",        "let",         "liberate",    "liken",       "lodge",       "loot",         "lose",
    "maintain",    "make",        "massacre",    "mean",        "mediate",     "meet",         "merge",
    "mobilise",    "mobilize",    "mourn",       "mull",        "negotiate",   "nominate",     "normalise",
    "normalize",   "notify",      "obey",        "obligate",    "oblige",      "observe",      "obstruct",
    "obtain",      "occupy",      "occur",       "offend",      "omit",        "oppose",       "opt",
    "organise",    "organize",    "oust",        "outlaw",      "overthrow",   "overturn",     "owe",
    "participate", "persecute",   "persist",     "persuade",    "plead",       "please",       "plunge",
    "ponder",      "postpone",    "predict",     "prefer",      "prepare",     "preside",      "prevail",
    "prevent",     "proceed",     "proclaim",    "produce",     "prohibit",    "promote",      "prompt",
    "propose",     "prosecute",   "protect",     "prove",       "provide",     "provoke",      "publish",
    "punish",      "pursue",      "put",         "ratify",      "react",       "reaffirm",     "realise",
    "reassure",    "rebuff",      "rebuild",     "recede",      "receive",     "reckon",       "recognise",
    "recognize",   "recommend",   "reconcile",   "reconsider",  "recover",     "recruit",      "redeploy",
    "reduce",      "refer",       "refrain",     "refuse",      "refute",      "regain",       "reimpose",
    "reinforce",   "reinstate",   "reiterate",   "reject",      "relate",      "relay",        "relent",
    "relocate",    "rely",        "remain",      "remember",    "remind",      "remit",        "remove",
    "renege",      "renew",       "renounce",    "reopen",      "repatriate",  "repeal",       "repeat",
    "repel",       "replace",     "represent",   "repress",     "reprimand",   "repudiate",    "reschedule",
    "resent",      "resettle",    "reshape",     "resign",      "resist",      "resolve",      "respond",
    "restate",     "restore",     "restrain",    "restrict",    "resume",      "retain",       "retake",
    "retaliate",   "retire",      "reunite",     "reuse",       "reveal",      "revert",       "revise",
    "revive",      "revoke",      "rid",         "rot",         "ruin",        "sack",         "safeguard",
    "satisfy",     "save",        "say",         "scrap",       "scrutinise",  "secure",       "see",
    "seek",        "seem",        "seize",       "sell",        "send",        "separate",     "serve",
    "settle",      "sever",       "shelve",      "shore",       "shrink",      "sidestep",     "simplify",
    "sit",         "skip",        "slay",        "smuggle",     "soften",      "solve",        "speak",
    "speculate",   "spell",       "spread",      "spur",        "squander",    "stabilise",    "starve",
    "steer",       "stem",        "stifle",      "stipulate",   "stockpile",   "stoke",        "strengthen",
    "strip",       "submit",      "succeed",     "sue",         "suffer",      "suggest",      "summon",
    "supersede",   "suppress",    "surrender",   "suspend",     "sustain",     "swear",        "sympathise",
    "take",        "teach",       "tear",        "tell",        "tend",        "terminate",    "think",
    "threaten",    "throw",       "tighten",     "tolerate",    "topple",      "touch",        "tout",
    "transform",   "trigger",     "undergo",     "underline",   "undermine",   "underscore",   "understand",
    "undertake",   "unify",       "unite",       "unveil",      "uphold",      "uproot",       "utilise",
    "vacate",      "vilify",      "violate",     "voice",       "wage",        "warn",         "weaken",
    "weigh",       "widen",       "wield",       "withdraw",    "withhold",    "withstand",    "write",
};

/* Words in -ing that name a thing. */
static const char *const things[] = {
    "airing",      "backing",    "banking",       "bearing",     "beginning",  "being",    "bombing",
    "briefing",    "building",   "ceiling",       "crossing",    "darling",    "earning",  "ending",
    "engineering", "evening",    "farming",       "feeling",     "fighting",   "filing",   "finding",
    "fishing",     "funding",    "gathering",     "heading",     "hearing",    "holding",  "housing",
    "killing",     "king",       "landing",       "listing",     "lobbying",   "meeting",  "mining",
    "morning",     "offering",   "opening",       "outing",      "outpouring", "painting", "policing",
    "posting",     "proceeding", "rating",        "reading",     "ring",       "ruling",   "saving",
    "setting",     "shelling",   "shipping",      "shooting",    "sibling",    "sighting", "smuggling",
    "spending",    "spring",     "standing",      "sterling",    "sting",      "string",   "thing",
    "trafficking", "training",   "understanding", "undertaking", "upbringing", "uprising", "voting",
    "warning",     "wedding",    "wing",          "wording",
};

#define LENGTH(list) (sizeof(list) / sizeof *(list))

static int compare(struct str key, const char *word)
{
    int c = strncmp(key.p, word, key.n);
    return c ? c : -(word[key.n] != 0);
}

static int compare_closed(const void *key, const void *element)
{
    return compare(*(const struct str *)key, ((const struct closed *)element)->word);
}

static int compare_word(const void *key, const void *element)
{
    return compare(*(const struct str *)key, *(const char *const *)element);
}

bool words_closed(struct str lower, enum upos *upos)
{
    const struct closed *c =
        bsearch(&lower, closed_words, LENGTH(closed_words), sizeof *closed_words, compare_closed);
    if (c)
        *upos = c->upos;
    return c != NULL;
}

bool words_verb(struct str lemma)
{
    return bsearch(&lemma, verbs, LENGTH(verbs), sizeof *verbs, compare_word);
}

bool words_verb_and_noun(struct str lemma)
{
    return bsearch(&lemma, verbs_and_nouns, LENGTH(verbs_and_nouns), sizeof *verbs_and_nouns, compare_word);
}

bool words_thing(struct str lower)
{
    return bsearch(&lower, things, LENGTH(things), sizeof *things, compare_word);
}

bool words_in(struct str word, const char *list)
{
    if (word.n == 0 || word.p[0] == ' ' || word.p[0] == 0)
        return false;
    /* Asked many times of each word of a text, and mostly in vain: what does not even begin so is passed over at once. */
    for (const char *p = list; (p = strchr(p, word.p[0])); p++) {
        size_t i = 1;
        if (p != list && p[-1] != ' ')
            continue;
        while (i < word.n && p[i] == word.p[i] && p[i] != ' ' && p[i])
            i++;
        if (i == word.n && (p[i] == ' ' || !p[i]))
            return true;
    }
    return false;
}
