#include "proto/base/utf8.h"
#include "workers/text/text.h"

#include <stdlib.h>

/* One unit of the body: a character, an entity, a tag, a run of invalid bytes. What it means for the text. */
enum unit_kind { UNIT_CHAR, UNIT_DROP, UNIT_SPACE, UNIT_NEWLINE, UNIT_PARAGRAPH };
struct unit {
    enum unit_kind kind;
    uint32_t cp;
    uint32_t length; /* bytes of body */
};

#define ENTITY_MAX 12   /* bytes between & and ; */
#define TAG_MAX    2048 /* a longer "<...>" is no tag */

struct entity {
    char name[9];
    uint16_t cp;
};

/* Sorted by strcmp, for bsearch. */
static const struct entity entities[] = {
    {"Aacute", 0xC1},   {"Acirc", 0xC2},   {"Agrave", 0xC0},   {"Aring", 0xC5},    {"Atilde", 0xC3},
    {"Auml", 0xC4},     {"Ccedil", 0xC7},  {"Eacute", 0xC9},   {"Ecirc", 0xCA},    {"Egrave", 0xC8},
    {"Euml", 0xCB},     {"Iacute", 0xCD},  {"Ntilde", 0xD1},   {"Oacute", 0xD3},   {"Ocirc", 0xD4},
    {"Oslash", 0xD8},   {"Otilde", 0xD5},  {"Ouml", 0xD6},     {"Prime", 0x2033},  {"Scaron", 0x160},
    {"Uacute", 0xDA},   {"Uuml", 0xDC},    {"Yacute", 0xDD},   {"aacute", 0xE1},   {"acirc", 0xE2},
    {"acute", 0xB4},    {"aelig", 0xE6},   {"agrave", 0xE0},   {"amp", '&'},       {"apos", '\''},
    {"aring", 0xE5},    {"atilde", 0xE3},  {"auml", 0xE4},     {"bdquo", 0x201E},  {"brvbar", 0xA6},
    {"bull", 0x2022},   {"ccedil", 0xE7},  {"cedil", 0xB8},    {"cent", 0xA2},     {"circ", 0x2C6},
    {"copy", 0xA9},     {"curren", 0xA4},  {"dagger", 0x2020}, {"deg", 0xB0},      {"divide", 0xF7},
    {"eacute", 0xE9},   {"ecirc", 0xEA},   {"egrave", 0xE8},   {"emsp", 0x2003},   {"ensp", 0x2002},
    {"eth", 0xF0},      {"euml", 0xEB},    {"euro", 0x20AC},   {"fnof", 0x192},    {"frac12", 0xBD},
    {"frac14", 0xBC},   {"frac34", 0xBE},  {"gt", '>'},        {"hellip", 0x2026}, {"iacute", 0xED},
    {"icirc", 0xEE},    {"iexcl", 0xA1},   {"igrave", 0xEC},   {"iquest", 0xBF},   {"iuml", 0xEF},
    {"laquo", 0xAB},    {"ldquo", 0x201C}, {"lrm", 0x200E},    {"lsaquo", 0x2039}, {"lsquo", 0x2018},
    {"lt", '<'},        {"macr", 0xAF},    {"mdash", 0x2014},  {"micro", 0xB5},    {"middot", 0xB7},
    {"minus", 0x2212},  {"nbsp", 0xA0},    {"ndash", 0x2013},  {"not", 0xAC},      {"ntilde", 0xF1},
    {"oacute", 0xF3},   {"ocirc", 0xF4},   {"oelig", 0x153},   {"ograve", 0xF2},   {"ordf", 0xAA},
    {"ordm", 0xBA},     {"oslash", 0xF8},  {"otilde", 0xF5},   {"ouml", 0xF6},     {"para", 0xB6},
    {"permil", 0x2030}, {"plusmn", 0xB1},  {"pound", 0xA3},    {"prime", 0x2032},  {"quot", '"'},
    {"raquo", 0xBB},    {"rdquo", 0x201D}, {"reg", 0xAE},      {"rlm", 0x200F},    {"rsaquo", 0x203A},
    {"rsquo", 0x2019},  {"sbquo", 0x201A}, {"scaron", 0x161},  {"sect", 0xA7},     {"shy", 0xAD},
    {"sup1", 0xB9},     {"sup2", 0xB2},    {"sup3", 0xB3},     {"szlig", 0xDF},    {"thinsp", 0x2009},
    {"thorn", 0xFE},    {"tilde", 0x2DC},  {"times", 0xD7},    {"trade", 0x2122},  {"uacute", 0xFA},
    {"ucirc", 0xFB},    {"ugrave", 0xF9},  {"uml", 0xA8},      {"uuml", 0xFC},     {"yacute", 0xFD},
    {"yen", 0xA5},      {"yuml", 0xFF},    {"zwj", 0x200D},    {"zwnj", 0x200C},
};

/* What browsers read in the range that Unicode leaves to controls: Windows-1252. */
static const uint16_t windows1252[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
};

static const char block_tags[][12] = {
    "address",    "article", "aside",  "blockquote", "body", "center", "dd",    "div",      "dl", "dt",
    "figcaption", "figure",  "footer", "form",       "h1",   "h2",     "h3",    "h4",       "h5", "h6",
    "head",       "header",  "hr",     "html",       "li",   "main",   "nav",   "noscript", "ol", "p",
    "pre",        "section", "table",  "tbody",      "td",   "th",     "thead", "title",    "tr", "ul"};
static const char inline_tags[][12] = {
    "a",      "abbr",  "b",      "button", "cite", "code", "em",      "font", "i",    "iframe",
    "img",    "input", "label",  "link",   "mark", "meta", "picture", "q",    "s",    "small",
    "source", "span",  "strike", "strong", "sub",  "sup",  "time",    "u",    "video"};

static int entity_compare(const void *key, const void *element)
{
    return strcmp(key, ((const struct entity *)element)->name);
}

static uint32_t numeric_entity(const char *p, size_t n)
{
    int base = 10;
    if (n > 1 && (p[0] | 32) == 'x')
        base = 16, p++, n--;
    uint32_t cp = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = p[i] >= '0' && p[i] <= '9'                 ? p[i] - '0'
                    : (p[i] | 32) >= 'a' && (p[i] | 32) <= 'f' ? (p[i] | 32) - 'a' + 10
                                                               : 16;
        if (digit >= base)
            return 0;
        cp = cp * (uint32_t)base + (uint32_t)digit;
        if (cp > 0x10FFFF)
            return 0xFFFD;
    }
    if (cp >= 128 && cp < 160)
        return windows1252[cp - 128];
    return cp == 0 || (cp >= 0xD800 && cp < 0xE000) ? 0xFFFD : cp;
}

/* p is at '&'. A length of 0: a plain ampersand. */
static uint32_t read_entity(const char *p, const char *end, uint32_t *length)
{
    *length = 0;
    size_t room = (size_t)(end - p) - 1, n = 0;
    while (n < room && n <= ENTITY_MAX && p[1 + n] != ';' && p[1 + n] > ' ' && p[1 + n] != '&')
        n++;
    if (n == 0 || n > ENTITY_MAX || n == room || p[1 + n] != ';')
        return 0;
    uint32_t cp = 0;
    if (p[1] == '#') {
        cp = n > 1 ? numeric_entity(p + 2, n - 1) : 0;
    } else if (n < sizeof entities[0].name) {
        char name[sizeof entities[0].name] = "";
        memcpy(name, p + 1, n);
        const struct entity *e =
            bsearch(name, entities, sizeof entities / sizeof *entities, sizeof *entities, entity_compare);
        cp = e ? e->cp : 0;
    }
    if (cp)
        *length = (uint32_t)n + 2;
    return cp;
}

static bool is_listed(const char (*list)[12], size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

/* Bytes from p, which is at `open`, up to and with the `close` that ends it; 0: there is none before another
 * `open`. Stopping there keeps a text of unclosed ones linear. */
static size_t until(const char *p, const char *end, const char *open, const char *close)
{
    size_t opens = strlen(open), closes = strlen(close);
    for (const char *q = p + opens; q + closes <= end; q++) {
        if (*q == close[0] && memcmp(q, close, closes) == 0)
            return (size_t)(q - p) + closes;
        if (*q == open[0] && q + opens <= end && memcmp(q, open, opens) == 0)
            return 0;
    }
    return 0;
}

/* p is at '<'. False: not a tag that we know. A script's or style's text goes with its tag. */
static bool read_tag(const char *p, const char *end, struct unit *u)
{
    const char *limit = end - p > TAG_MAX ? p + TAG_MAX : end;
    if (limit - p > 4 && memcmp(p, "<!--", 4) == 0) {
        size_t n = until(p, limit, "<!--", "-->");
        *u = (struct unit){UNIT_DROP, 0, (uint32_t)n};
        return n > 0;
    }
    const char *name = p + 1 + (p + 1 < limit && p[1] == '/'), *q = name;
    char lower[12] = "";
    for (; q < limit && q - name < 11 && (((*q | 32) >= 'a' && (*q | 32) <= 'z') || (*q >= '0' && *q <= '9'));
         q++)
        lower[q - name] = (char)(*q | 32);
    if (q == name || q == limit ||
        (*q != '>' && *q != '/' && *q != ' ' && *q != '\n' && *q != '\t' && *q != '\r'))
        return false;
    while (q < limit && *q != '>' && *q != '<')
        q++;
    if (q == limit || *q != '>')
        return false;
    *u = (struct unit){UNIT_DROP, 0, (uint32_t)(q + 1 - p)};
    if (strcmp(lower, "script") == 0 || strcmp(lower, "style") == 0) {
        u->kind = UNIT_SPACE;
        if (name == p + 1) {
            size_t whole =
                lower[1] == 'c' ? until(p, end, "<script", "</script>") : until(p, end, "<style", "</style>");
            u->length = whole ? (uint32_t)whole : u->length;
        }
        return true;
    }
    if (strcmp(lower, "br") == 0)
        u->kind = UNIT_NEWLINE;
    else if (is_listed(block_tags, sizeof block_tags / sizeof *block_tags, lower))
        u->kind = UNIT_PARAGRAPH;
    else
        return is_listed(inline_tags, sizeof inline_tags / sizeof *inline_tags, lower);
    return true;
}

static enum unit_kind kind_of(uint32_t cp)
{
    if (cp == '\n' || cp == '\r' || cp == 0x85 || cp == 0x2028 || cp == '\f' || cp == '\v')
        return UNIT_NEWLINE;
    if (cp == 0x2029)
        return UNIT_PARAGRAPH;
    if (cp <= ' ' || (cp >= 0x7F && cp <= 0xA0) || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) ||
        cp == 0x202F || cp == 0x205F || cp == 0x3000)
        return UNIT_SPACE;
    bool invisible = cp == 0xAD || (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) ||
                     (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF || (cp >= 0xFE00 && cp <= 0xFE0F) ||
                     (cp >= 0xFFF9 && cp <= 0xFFFB);
    return invisible ? UNIT_DROP : UNIT_CHAR;
}

/* The unit at p < end. */
static struct unit read_unit(const char *p, const char *end)
{
    struct unit u = {UNIT_CHAR, (unsigned char)*p, 1};
    if (*p == '&') {
        uint32_t length, cp = read_entity(p, end, &length);
        if (length)
            u = (struct unit){kind_of(cp), cp, length};
    } else if (*p == '<') {
        struct unit tag;
        if (read_tag(p, end, &tag))
            return tag;
    } else if ((unsigned char)*p < 0x80) {
        u.kind = kind_of(u.cp);
        if (*p == '\r' && p + 1 < end && p[1] == '\n')
            u.length = 2;
    } else {
        u.length = utf8_decode(p, end, &u.cp);
        u.kind = kind_of(u.cp);
        /* One mark for a run of invalid bytes: "\xFF\xFF\xFF" is one accident. */
        bool invalid = u.cp == 0xFFFD && !(u.length == 3 && memcmp(p, "\xEF\xBF\xBD", 3) == 0);
        while (invalid && p + u.length < end && (unsigned char)p[u.length] >= 0x80) {
            uint32_t cp;
            unsigned n = utf8_decode(p + u.length, end, &cp);
            if (cp != 0xFFFD || (n == 3 && memcmp(p + u.length, "\xEF\xBF\xBD", 3) == 0))
                break;
            u.length += n;
        }
    }
    return u;
}

struct writer {
    struct arena *arena;
    char *text;
    uint32_t *to_body;
    size_t len, cap;
};

static void put(struct writer *w, const char *bytes, size_t n, uint32_t body, bool verbatim)
{
    if (w->len + n > w->cap) {
        size_t cap = w->cap * 2 + 64;
        char *text = arena_alloc(w->arena, cap + 1);
        uint32_t *map = ARENA_ARRAY(w->arena, uint32_t, cap + 1);
        memcpy(text, w->text, w->len);
        memcpy(map, w->to_body, w->len * sizeof *map);
        w->text = text, w->to_body = map, w->cap = cap;
    }
    for (size_t i = 0; i < n; i++) {
        w->text[w->len] = bytes[i];
        w->to_body[w->len++] = verbatim ? body + (uint32_t)i : body;
    }
}

void normalise_run(struct doc *doc)
{
    const char *body = doc->article->body.p;
    size_t n = doc->article->body.n < UINT32_MAX ? doc->article->body.n : UINT32_MAX - 1;
    struct writer w = {doc->arena, NULL, NULL, 0, n + 16};
    w.text = arena_alloc(doc->arena, w.cap + 1);
    w.to_body = ARENA_ARRAY(doc->arena, uint32_t, w.cap + 1);
    enum unit_kind gap = UNIT_DROP; /* white space met since the last character, and not yet written */
    uint32_t shown = 0;             /* where the last character's bytes end */
    /* Invalid bytes grow to three: stop before text_len runs over (only bodies of more than 1 GiB can). */
    for (size_t at = 0; at < n && w.len < UINT32_MAX - 16;) {
        struct unit u = read_unit(body + at, body + n);
        if (u.kind == UNIT_NEWLINE && gap >= UNIT_NEWLINE)
            gap = UNIT_PARAGRAPH;
        else if (u.kind != UNIT_CHAR && u.kind > gap)
            gap = u.kind;
        if (u.kind == UNIT_CHAR) {
            static const char *const marks[] = {
                [UNIT_DROP] = "", [UNIT_SPACE] = " ", [UNIT_NEWLINE] = "\n", [UNIT_PARAGRAPH] = "\n\n"};
            if (w.len)
                put(&w, marks[gap], strlen(marks[gap]), shown, false);
            gap = UNIT_DROP;
            char bytes[4];
            unsigned length = utf8_encode(u.cp, bytes);
            put(&w, bytes, length, (uint32_t)at, length == u.length);
            shown = (uint32_t)at + u.length;
        }
        at += u.length;
    }
    w.text[w.len] = 0;
    w.to_body[w.len] = shown;
    doc->text = w.text;
    doc->to_body = w.to_body;
    doc->text_len = (uint32_t)w.len;
}

struct span normalise_body_span(const struct doc *doc, uint32_t begin, uint32_t end)
{
    uint32_t last = end - 1; /* where the last character begins */
    while (last > begin && ((unsigned char)doc->text[last] & 0xC0) == 0x80)
        last--;
    const char *body = doc->article->body.p;
    uint32_t at = doc->to_body[last];
    char c = doc->text[last];
    if (c == ' ' || c == '\n')
        return (struct span){doc->to_body[begin], doc->to_body[end]};
    return (struct span){doc->to_body[begin], at + read_unit(body + at, body + doc->article->body.n).length};
}
