#include "workers/actors/phoenix.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/base/clock.h"
#include "proto/base/log.h"
#include "proto/base/utf8.h"
#include "workers/text/words.h"

#define WARNINGS_MAX  5
#define NAME_BYTES    200
#define SETS_MAX      16
#define CODES_MAX     128
#define SPELLINGS_MAX 256

struct code {
    struct str letters, country; /* "NORGOV", "NOR" */
    int32_t from, to;
    bool dated;
};

struct spelling {
    struct str text; /* as in the file, without the mark */
    uint32_t line;
};

struct reader {
    struct load *load;
    size_t bad;
    /* actors: the one that is being read */
    struct spelling spellings[SPELLINGS_MAX];
    struct code codes[CODES_MAX];
    size_t n_spellings, n_codes;
    /* agents: !NAME! = A, B */
    struct {
        struct str name, members;
    } sets[SETS_MAX];
    size_t n_sets;
};

bool phoenix_is_dictionary(const char *file_name)
{
    static const char *const ends[] = {".actors.txt", ".agents.txt"};
    size_t n = strlen(file_name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (n > strlen(ends[i]) && strcmp(file_name + n - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

/* Passes over a line; always true, as reading goes on. */
static bool pass_over(struct reader *r, uint32_t line, const char *what, struct str text)
{
    struct reason clean; /* others' bytes may be anything */
    if (r->bad++ < WARNINGS_MAX) {
        reason_set(&clean, "%s '%.*s'", what, (int)(text.n < NAME_BYTES ? text.n : NAME_BYTES), text.p);
        log_warning("%s:%u: passed over: %s", r->load->file, (unsigned)line, clean.text);
    }
    return true;
}

static struct str trim(struct str s)
{
    while (s.n && strchr(" \t\r", s.p[0]))
        s.p++, s.n--;
    while (s.n && strchr(" \t\r", s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Up to the first of `marks`; all of it when none is there. */
static struct str until(struct str s, const char *marks)
{
    size_t n = 0;
    while (n < s.n && !strchr(marks, s.p[n]))
        n++;
    return (struct str){s.p, n};
}

/* What stands between two marks, without them; absent when one is missing. */
static struct str between(struct str s, char open, const char *close)
{
    const char *p = memchr(s.p, open, s.n);
    if (!p)
        return (struct str){NULL, 0};
    struct str rest = {p + 1, (size_t)(s.p + s.n - p - 1)}, inner = until(rest, close);
    return inner.n < rest.n ? inner : (struct str){NULL, 0};
}

/* -- codes -- */

/* YYMMDD or YYYYMMDD; days that the month does not have (some files have a 31st of June) are its 28th. */
static bool read_date(struct str s, int32_t *day)
{
    for (size_t i = 0; i < s.n; i++)
        if (!isdigit((unsigned char)s.p[i]))
            return false;
    if (s.n != 6 && s.n != 8)
        return false;
    int year = 0;
    for (size_t i = 0; i < s.n - 4; i++)
        year = year * 10 + s.p[i] - '0';
    if (s.n == 6)
        year += year < 30 ? 2000 : 1900;
    const char *p = s.p + s.n - 4;
    char text[32];
    int64_t wall;
    snprintf(text, sizeof text, "%04d-%.2s-%.2s", year, p, p + 2);
    if (!clock_parse(str_from(text), &wall)) {
        snprintf(text, sizeof text, "%04d-%.2s-28", year, p);
        if (memcmp(p + 2, "31", 2) > 0 || memcmp(p + 2, "28", 2) < 0 || !clock_parse(str_from(text), &wall))
            return false;
    }
    *day = clock_day(wall);
    return true;
}

/* "NORGOV 050101-091231", "NORGOV >050101", "NORGOV <050101", "NORGOV". */
static bool read_code(struct str s, struct code *c)
{
    *c = (struct code){.letters = until(s, " "), .from = INT32_MIN, .to = INT32_MAX};
    struct str when = trim((struct str){s.p + c->letters.n, s.n - c->letters.n});
    if (c->letters.n < 3)
        return false;
    for (size_t i = 0; i < c->letters.n; i++)
        if (!isupper((unsigned char)c->letters.p[i]))
            return false;
    if (!when.n)
        return true;
    c->dated = true;
    char mark = when.p[0];
    if (mark == '<' || mark == '>') {
        when = trim((struct str){when.p + 1, when.n - 1});
        return read_date(when, mark == '<' ? &c->to : &c->from);
    }
    struct str first = until(when, "-");
    if (first.n == when.n)
        return false;
    struct str second = {first.p + first.n + 1, when.n - first.n - 1};
    return read_date(trim(first), &c->from) && read_date(trim(second), &c->to) && c->from <= c->to;
}

/* Roles in codes of ours, and what other letters come to among ours. */
static struct str role_of(const struct reader *r, struct str letters, const char *otherwise)
{
    static const char *const same[][2] = {{"COP", "GOV"}, {"INS", "REB"}, {"SEP", "REB"}, {"SPY", "SPY"}};
    for (; letters.n >= 3; letters.p += 3, letters.n -= 3) {
        struct str three = {letters.p, 3};
        if (role_known(three))
            return arena_str(r->load->lexicon->arena, three.p, three.n);
        for (size_t i = 0; i < sizeof same / sizeof *same; i++)
            if (str_is(three, same[i][0]))
                return str_from(same[i][1]);
    }
    return otherwise ? str_from(otherwise) : (struct str){NULL, 0};
}

/* Whom a code's first letters stand for among our countries and bodies; absent: nobody. */
static struct str country_of(const struct reader *r, struct str letters)
{
    static const char *const other[][2] = {{"KSV", "XKX"}, {"ROM", "ROU"}, {"ZAR", "COD"}, {"TMP", "TLS"},
                                           {"SUN", "RUS"}, {"DDR", "DEU"}, {"YUG", "SRB"}, {"CSK", "CZE"},
                                           {"IGO", "IGO"}, {"NGO", "NGO"}, {"MNC", "MNC"}};
    struct str three = {letters.p, 3};
    if (table_get(r->load->lexicon->countries, three))
        return arena_str(r->load->lexicon->arena, three.p, three.n);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (str_is(three, other[i][0]))
            return str_from(other[i][1]);
    return (struct str){NULL, 0};
}

/* -- names -- */

static size_t lower_at(const char *p, const char *end, char out[4], bool keep)
{
    uint32_t cp;
    unsigned n = utf8_decode(p, end, &cp);
    if (n == 1 && !keep)
        out[0] = (char)tolower((unsigned char)*p);
    else
        memcpy(out, p, n);
    return n;
}

/* "OLA_NORDMANN_" -> "Ola Nordmann"; words of up to three letters that are no article or preposition stay as they are
 * ("UN", "U.S."). Letters beyond ASCII keep their case. 0: too long, or no name. */
static size_t name_text(struct str raw, bool lower, char out[NAME_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < raw.n;) {
        while (i < raw.n && strchr("_ ", raw.p[i]))
            i++;
        struct str word = until((struct str){raw.p + i, raw.n - i}, "_ ");
        if (!word.n)
            break;
        if (n + word.n + 2 > NAME_BYTES)
            return 0;
        out[n] = ' ';
        n += n > 0;
        bool small = words_in(word, "OF AND THE FOR IN DE LA DU DA DOS DAS DEL VAN DER VON BIN IBN");
        bool initials =
            !small && !lower &&
            (memchr(word.p, '.', word.n) || (word.n <= 3 && word.n == raw.n - (raw.p[raw.n - 1] == '_')));
        bool begin = true;
        for (const char *p = word.p, *end = word.p + word.n; p < end;) {
            bool keep = initials || (begin && !small && !lower);
            size_t len = lower_at(p, end, out + n, keep);
            bool mc =
                *p == 'C' && p > word.p && p[-1] == 'M' && (p - 1 == word.p || p[-2] == '-') && end - p > 3;
            begin = mc || *p == '-' || (*p == '\'' && end - p > 2);
            p += len;
            n += len;
        }
        i += word.n;
    }
    return n;
}

/* -- actors -- */

static bool add_spelling(struct reader *r, const struct spelling *s, const struct code *c, bool first,
                         bool person)
{
    char text[NAME_BYTES];
    size_t n = name_text(s->text, false, text);
    struct str country = c->country;
    if (!n)
        return pass_over(r, s->line, "no name, or a long one", s->text);
    struct lexicon *l = r->load->lexicon;
    struct str name = arena_str(l->arena, text, n), rest = {c->letters.p + 3, c->letters.n - 3};
    struct name base = {.text = name,
                        .display = name,
                        .country = country,
                        .role = role_of(r, rest, NULL),
                        .from = c->from,
                        .to = c->to};
    bool body = str_is(country, "IGO") || str_is(country, "NGO") || str_is(country, "MNC");
    r->load->line = s->line;
    if (!person && !rest.n && !body) {
        base.display = lexicon_country(l, country);
        return lexicon_add_name(r->load, base, first ? NAME_COUNTRY : NAME_CITY, name);
    }
    if (!base.role.p && body)
        base.role = str_is(country, "MNC") ? STR("BUS") : country;
    if (!person)
        return lexicon_add_name(r->load, base, NAME_ORG, name);
    if (memchr(name.p, ' ', name.n))
        return lexicon_add_name(r->load, base, NAME_PERSON, name);
    struct name *one = arena_try(l->arena, sizeof *one);
    if (!one)
        return reason_set(r->load->why, "%s: out of memory", r->load->file);
    *one = base;
    one->kind = NAME_PERSON;
    one->file = r->load->file;
    one->line = s->line;
    one->rank = r->load->rank;
    return lexicon_add_surname(r->load, name, one);
}

/* The actor that was read so far: each spelling with each code. */
static bool end_actor(struct reader *r)
{
    bool person = false, ok = true;
    for (size_t i = 0; i < r->n_codes; i++)
        person |= r->codes[i].dated && r->codes[i].letters.n > 3;
    if (r->n_spellings && !r->n_codes)
        pass_over(r, r->spellings[0].line, "no code that holds for", r->spellings[0].text);
    for (size_t i = 0; ok && i < r->n_spellings; i++)
        for (size_t k = 0; ok && k < r->n_codes; k++)
            ok = add_spelling(r, &r->spellings[i], &r->codes[k], i == 0, person);
    r->n_spellings = r->n_codes = 0;
    return ok;
}

static void add_code(struct reader *r, struct str line, uint32_t number)
{
    struct str inner = between(line, '[', "]");
    struct code c;
    if (!inner.p || !read_code(trim(inner), &c)) {
        pass_over(r, number, "no code and dates in", trim(line));
    } else if (r->n_codes == CODES_MAX) {
        pass_over(r, number, "too many codes", trim(line));
    } else if (!(c.country = country_of(r, c.letters)).p) {
        pass_over(r, number, "an unknown country in", c.letters);
    } else {
        r->codes[r->n_codes++] = c;
    }
}

static bool actor_line(struct reader *r, struct str line, uint32_t number)
{
    struct str text = trim(line);
    if (line.p[0] == '\t' || line.p[0] == ' ' || line.p[0] == '[') {
        add_code(r, line, number);
        return true;
    }
    bool more = text.p[0] == '+';
    if (!more && !end_actor(r))
        return false;
    struct str name = until(text, "[;#");
    name = trim((struct str){name.p + more, name.n - more});
    if (r->n_spellings == SPELLINGS_MAX)
        return pass_over(r, number, "too many spellings", name);
    r->spellings[r->n_spellings++] = (struct spelling){name, number};
    if (memchr(until(text, ";#").p, '[', until(text, ";#").n))
        add_code(r, text, number);
    return true;
}

/* -- agents -- */

/* Whether a member of a set is the regular plural of another: our queries find those by themselves. */
static bool is_plural(struct str word, struct str members)
{
    static const char *const rules[][2] = {{"S", ""}, {"MEN", "MAN"}, {"IES", "Y"}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        size_t n = strlen(rules[i][0]);
        char single[NAME_BYTES];
        if (word.n <= n - 1 || word.n >= sizeof single - 4 ||
            memcmp(word.p + word.n - n, rules[i][0], n) != 0)
            continue;
        size_t length =
            (size_t)snprintf(single, sizeof single, "%.*s%s", (int)(word.n - n), word.p, rules[i][1]);
        for (struct str rest = members; rest.n;) {
            struct str one = until(rest, ",");
            size_t step = one.n + (one.n < rest.n);
            rest = (struct str){rest.p + step, rest.n - step};
            if (str_equal(trim(one), (struct str){single, length}))
                return true;
        }
    }
    return false;
}

static bool add_agent(struct reader *r, struct str raw, struct str role, enum role_kind kind)
{
    char text[NAME_BYTES];
    size_t n = name_text(raw, true, text);
    if (!n)
        return pass_over(r, r->load->line, "no noun, or a long one", raw);
    struct role base = {.phrase = {text, n}, .role = role, .kind = kind};
    return lexicon_add_role(r->load, base);
}

/* "FISHER!PERSON!": once with each member of the set. */
static bool add_agents(struct reader *r, struct str raw, struct str role)
{
    struct str mark = between(raw, '!', "!");
    if (!mark.p)
        return add_agent(r, raw, role, ROLE_PERSON);
    size_t set = 0;
    while (set < r->n_sets && !str_equal(r->sets[set].name, mark))
        set++;
    if (set == r->n_sets)
        return pass_over(r, r->load->line, "an unknown set in", raw);
    const char *behind = mark.p + mark.n + 1;
    for (struct str rest = r->sets[set].members; rest.n;) {
        struct str member = until(rest, ",");
        size_t step = member.n + (member.n < rest.n);
        rest = (struct str){rest.p + step, rest.n - step};
        member = trim(member);
        char text[NAME_BYTES];
        int n = snprintf(text, sizeof text, "%.*s%.*s%.*s", (int)(mark.p - 1 - raw.p), raw.p,
                         STR_ARGS(member), (int)(raw.p + raw.n - behind), behind);
        if (is_plural(member, r->sets[set].members))
            continue;
        if (n >= NAME_BYTES)
            return pass_over(r, r->load->line, "a long noun", raw);
        if (!add_agent(r, (struct str){text, (size_t)n}, role, ROLE_PERSON))
            return false;
    }
    return true;
}

static bool agent_line(struct reader *r, struct str line, uint32_t number)
{
    r->load->line = number;
    struct str text = trim(until(line, "#;")), set = between(text, '!', "!");
    const char *equals = memchr(text.p, '=', text.n);
    if (set.p && equals) {
        if (r->n_sets == SETS_MAX)
            return pass_over(r, number, "too many sets", text);
        r->sets[r->n_sets].name = set;
        r->sets[r->n_sets++].members = (struct str){equals + 1, (size_t)(text.p + text.n - equals - 1)};
        return true;
    }
    struct str code = between(text, '[', "]}"), noun = trim(until(text, "[{")),
               plural = between(text, '{', "}");
    if (!code.p || !noun.n || !memchr(code.p, '~', code.n))
        return pass_over(r, number, "no noun and [~CODE] in", text);
    code = code.p[0] == '~' ? (struct str){code.p + 1, code.n - 1} : until(code, "~");
    struct str role = role_of(r, code, "CVL");
    if (plural.p && plural.p < code.p && trim(plural).n && !add_agent(r, trim(plural), role, ROLE_GROUP))
        return false;
    return add_agents(r, noun, role);
}

/* -- files -- */

static bool read_bytes(const struct load *f, struct buf *bytes)
{
    FILE *in = fopen(f->file, "rbe");
    if (!in)
        return reason_set(f->why, "%s: %s", f->file, strerror(errno));
    char chunk[1 << 14];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, in)) > 0;)
        buf_append(bytes, chunk, n);
    int error = ferror(in) ? errno : 0;
    fclose(in);
    if (error)
        return reason_set(f->why, "%s: %s", f->file, strerror(error));
    return !bytes->failed || reason_set(f->why, "%s: out of memory", f->file);
}

bool phoenix_load(struct load *f, struct buf *bytes)
{
    struct reader *r = calloc(1, sizeof *r);
    bool agents = strstr(f->file, ".agents.txt") != NULL;
    bool ok = r ? read_bytes(f, bytes) : reason_set(f->why, "%s: out of memory", f->file);
    uint32_t number = 1;
    struct str rest = {bytes->data, ok ? bytes->len : 0};
    if (r)
        r->load = f;
    for (; ok && rest.n; number++) {
        struct str line = until(rest, "\n");
        size_t step = line.n + (line.n < rest.n);
        rest = (struct str){rest.p + step, rest.n - step};
        if (!trim(line).n || trim(line).p[0] == '#')
            continue;
        if (utf8_valid_prefix(line.p, line.n) < line.n)
            ok = pass_over(r, number, "not UTF-8:", trim(line));
        else
            ok = agents ? agent_line(r, line, number) : actor_line(r, line, number);
    }
    if (r) {
        ok = ok && (agents || end_actor(r));
        if (r->bad > WARNINGS_MAX)
            log_warning("%s: %zu more lines passed over", f->file, r->bad - WARNINGS_MAX);
    }
    free(r);
    return ok;
}
