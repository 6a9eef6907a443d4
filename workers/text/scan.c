#include "workers/text/scan.h"

#include "proto/base/utf8.h"

/* Beyond ASCII, what is no sign is taken for a letter. */
static bool is_sign(uint32_t cp)
{
    return (cp >= 0xA1 && cp <= 0xBF && cp != 0xAA && cp != 0xB5 && cp != 0xBA) || cp == 0xD7 || cp == 0xF7 ||
           (cp >= 0x2010 && cp <= 0x2BFF) || (cp >= 0x3001 && cp <= 0x303F) ||
           (cp >= 0xFF01 && cp <= 0xFF0F) || cp == 0xFFFD || cp >= 0x1F000;
}

size_t scan_wide(const char *p, const char *end)
{
    uint32_t cp;
    unsigned n = utf8_decode(p, end, &cp);
    return is_sign(cp) ? 0 : n;
}

bool scan_listed(const char *p, size_t n, const char *words)
{
    char key[16] = " ";
    if (n == 0 || n > sizeof key - 3)
        return false;
    for (size_t i = 0; i < n; i++)
        key[i + 1] = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] | 32) : p[i];
    key[n + 1] = ' ';
    return strstr(words, key) != NULL;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_low(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Length of a clitic at p, which is at an apostrophe: 's 're 've 'll 'd 'm; 0: none. */
static size_t clitic(const char *p, const char *end)
{
    static const char *const endings[] = {"s", "d", "m", "re", "ve", "ll"};
    size_t mark = *p == '`' ? 1 : scan_apostrophe(p, end);
    for (size_t i = 0; mark && i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if ((size_t)(end - p) >= mark + n && strncasecmp(p + mark, endings[i], n) == 0 &&
            !scan_word_char(p + mark + n, end))
            return mark + n;
    }
    return 0;
}

/* "didn't": the length of "did"; 0 when the word [p, p + n) is no such. */
static size_t before_not(const char *p, size_t n)
{
    if (n >= 4 && (p[n - 1] | 32) == 't' && p[n - 2] == '\'' && (p[n - 3] | 32) == 'n')
        return n - 3;
    if (n >= 6 && (p[n - 1] | 32) == 't' && memcmp(p + n - 4, "\xE2\x80\x99", 3) == 0 &&
        (p[n - 5] | 32) == 'n')
        return n - 5;
    return 0;
}

/* Two words written as one, without an apostrophe: the length of the first, or 0. The last two letters choose the list. */
static size_t two_words(const char *p, size_t n, const char *end)
{
    static const struct {
        char last[3];
        uint8_t back; /* bytes of the second word */
        const char *words;
    } kinds[] = {
        {"ot", 3, " cannot "},
        {"na", 2, " gonna wanna "},
        {"ta", 2, " gotta outta "},
        {"nt", 2,
         " dont didnt doesnt wont cant couldnt wouldnt shouldnt isnt wasnt arent werent havent hasnt hadnt "
         "aint "},
        {"im", 1, " im "},
        {"ts", 1, " thats whats "},
        {"es", 1, " hes shes theres "},
        {"ve", 2, " ive youve theyve weve "},
        {"re", 2, " youre theyre "},
        {"ll", 2, " youll theyll itll "}};
    if (n < 2 || n > 8 || (n < 4 && is_upper(p[1])))
        return 0;
    char a = p[n - 2] | 32, b = p[n - 1] | 32;
    size_t i = 0;
    while (i < sizeof kinds / sizeof *kinds && (kinds[i].last[0] != a || kinds[i].last[1] != b))
        i++;
    if (i == sizeof kinds / sizeof *kinds || !scan_listed(p, n, kinds[i].words))
        return 0;
    /* "Im Sung-jae", "Jony Ive": names, unless the sentence goes on in small letters. */
    bool name = n < 4 && is_upper(*p) && !(end - p > (ptrdiff_t)n + 1 && p[n] == ' ' && is_low(p[n + 1]));
    return name ? 0 : n - kinds[i].back;
}

/* "co-operate", "anti-war", "e-mail": what stays one token with the word behind its hyphen, as the English treebanks
 * have it. All others are parted: "cease", "-", "fire". */
static bool is_prefix(const struct scan *s, const char *p, size_t n)
{
    static const char prefixes[] =
        " anti arch ante agro bi bio co counter cross cyber de e eco ex extra hm inter intra macro mega micro mid "
        "mini mm multi neo non over pan para peri post pre pro pseudo psycho quasi re semi socio sub super tri uh "
        "ultra un uni ";
    bool low = n == 1 ? true : is_low(p[1]); /* "UN-led", "EX-7" */
    return low && (p == s->begin || p[-1] != '-') && scan_listed(p, n, prefixes);
}

static bool is_suffix(const char *p, const char *end)
{
    size_t n = 0;
    while (p + n < end && is_low(p[n]))
        n++;
    return !scan_word_char(p + n, end) &&
           scan_listed(p, n, " esque ette fest fold gate itis less most rific wise ");
}

/* Joins that stay inside a word: apostrophe, underline, the sign of "AT&T", and some hyphens. */
static size_t joint(const struct scan *s, const char *p, const char *q, const char *end)
{
    if (q >= end)
        return 0;
    size_t mark = scan_apostrophe(q, end);
    if (mark)
        return scan_word_char(q + mark, end) && !clitic(q, end) ? mark : 0;
    if (end - q >= 3 && memcmp(q, "\xE2\x80\x91", 3) == 0) /* no-break hyphen */
        return scan_word_char(q + 3, end) ? 3 : 0;
    if (!scan_word_char(q + 1, end))
        return 0;
    if (*q == '-')
        return is_prefix(s, p, (size_t)(q - p)) || is_suffix(q + 1, end) ? 1 : 0;
    if (*q == '*')
        return scan_letter((unsigned char)q[-1]) && scan_letter((unsigned char)q[1]) ? 1 : 0;
    return *q == '&' || *q == '_' ? 1 : 0;
}

/* Letters and digits from p on, with the joints between them. */
static size_t word_length(const struct scan *s, const char *p, const char *end)
{
    const char *q = p;
    for (;;) {
        size_t n = scan_word_char(q, end);
        if (!n && q > p)
            n = joint(s, p, q, end);
        if (!n)
            return (size_t)(q - p);
        q += n;
    }
}

/* "U.S.", "a.m.", "U.S" and, from the lexicon, "Ph.D.": its parts with their stops; at least two parts. */
static size_t dotted_length(const struct scan *s, const char *p, const char *end)
{
    const char *q = p;
    while (end - q >= 2 && scan_letter((unsigned char)q[0]) && q[1] == '.')
        q += 2;
    if (q - p >= 4 && !scan_word_char(q, end))
        return (size_t)(q - p);
    if (q - p >= 2 && q < end && scan_letter((unsigned char)*q) && !scan_word_char(q + 1, end) &&
        !scan_apostrophe(q + 1, end))
        return (size_t)(q + 1 - p);
    q = p;
    while (q < end && q - p < 12 && (scan_letter((unsigned char)*q) || *q == '.'))
        q++;
    while (q > p && q[-1] != '.')
        q--;
    size_t n = (size_t)(q - p);
    return n >= 4 && s->lexicon && lexicon_abbreviation(s->lexicon, (struct str){p, n}) != ABBR_NONE ? n : 0;
}

/* Words that begin sentences far more often than names. */
static bool starts_sentence(const char *p, const char *end)
{
    size_t n = 0;
    while (p + n < end && scan_letter((unsigned char)p[n]))
        n++;
    return scan_listed(
        p, n,
        " the a an in on at it he she they we you his her their our this that these those there but "
        "and or so if when while as after before since for from by with however ");
}

/* A single capital and its stop. "J. Moe" is an initial; "Plan B. The", "so did I. Then" are not. */
static bool is_initial(const struct scan *s, const char *p, const char *next)
{
    bool low_before = p - s->begin >= 2 && scan_space(p[-1]) && is_low(p[-2]);
    if (*p == 'I' && low_before)
        return false;
    return !(is_upper(*next) && starts_sentence(next, s->end));
}

/* A word and its stop, "Mr.", "Nov.", "J.": an abbreviation unless it ends the sentence. */
static bool keeps_stop(const struct scan *s, const char *p, size_t n)
{
    const char *end = s->end, *next = p + n + 1;
    if (p + n >= end || p[n] != '.' || (next < end && *next == '.'))
        return false;
    while (next < end && (*next == ' ' || (*next == '\n' && next[-1] != '\n')))
        next++;
    if (next >= end || *next == '\n')
        return false;
    if (n == 1 && is_upper(*p))
        return is_initial(s, p, next);
    enum abbreviation a = s->lexicon ? lexicon_abbreviation(s->lexicon, (struct str){p, n + 1}) : ABBR_NONE;
    bool figure = scan_digit((unsigned char)*next) || *next == '#';
    if (a == ABBR_INNER && scan_listed(p, n, " no nos art op para est trans sec secs ch pt res "))
        return figure;
    if (a == ABBR_MONTH && scan_listed(p, n, " mar sun sat jun "))
        return figure || is_low(*next) || *next == ',';
    return a != ABBR_NONE;
}

/* ".5", "+47", "'98": a number with what stands before it, when that begins the token. */
static size_t signed_length(const struct scan *s, const char *p, const char *end)
{
    bool inside = p > s->begin && (p[-1] == *p || scan_word_char(p - 1, p) || (unsigned char)p[-1] >= 0x80);
    size_t mark = *p == '.' || *p == '+' ? 1 : scan_apostrophe(p, end);
    if (inside || !mark || p + mark >= end || !scan_digit((unsigned char)p[mark]))
        return 0;
    size_t n = mark + shape_number(s, p + mark);
    if (*p == '.' || *p == '+')
        return n;
    if (n != mark + 2) /* a quotation that begins with a number */
        return 0;
    return n + (p + n < end && p[n] == 's' && !scan_word_char(p + n + 1, end));
}

static size_t sign_length(struct scan *s, const char *p, const char *end)
{
    size_t n = p > s->begin && !scan_space(p[-1]) ? clitic(p, end) : 0;
    if (n || (n = signed_length(s, p, end)) || (n = shape_face(s, p)) || (n = shape_run(p, end)))
        return n;
    uint32_t cp;
    return utf8_decode(p, end, &cp);
}

/* The digits at p and what belongs to them: "5th", "1980s", "1980's", but "5" "pm". */
static size_t number_length(struct scan *s, const char *p, const char *end)
{
    size_t n = shape_number(s, p), mark = scan_apostrophe(p + n, end);
    if (mark && clitic(p + n, end)) {
        bool decade = p[n - 1] == '0' && (n == 2 || n == 4) && (p[n + mark] | 32) == 's';
        s->more = !decade;
        return decade ? n + mark + 1 : n;
    }
    bool word = scan_word_char(p + n, end) && !shape_unit(p + n, end);
    bool name = p + n < end && p[n] == '_' && scan_word_char(p + n + 1, end);
    if (name)
        n++;
    return word || name ? n + word_length(s, p + n, end) : n;
}

static size_t any_length(struct scan *s, const char *p)
{
    const char *end = s->end;
    if (scan_digit((unsigned char)*p)) {
        size_t n = number_length(s, p, end), address = shape_address(s, p, n);
        return address ? address : n;
    }
    bool at = (*p == '@' || *p == '#') && p + 1 < end && scan_letter((unsigned char)p[1]);
    if (!at && !scan_word_char(p, end))
        return sign_length(s, p, end);
    size_t n = at + word_length(s, p + at, end), other = at ? 0 : shape_address(s, p, n);
    if (other || (p + n < end && p[n] == '.' && (other = dotted_length(s, p, end))))
        return other;
    if ((other = before_not(p, n)) || (other = two_words(p, n, end))) {
        s->more = true;
        return other;
    }
    if (n <= 3 && p + n < end && p[n] == '$' && is_upper(*p))
        return n + 1;
    if (p + n < end && clitic(p + n, end)) {
        s->more = true;
        return n;
    }
    return n + keeps_stop(s, p, n);
}

size_t scan_token(struct scan *s, const char *p)
{
    struct scan near = *s;
    if (s->end - p > TOKEN_BYTES) {
        near.end = p + TOKEN_BYTES;
        while (near.end > p + 1 && ((unsigned char)*near.end & 0xC0) == 0x80)
            near.end--;
    }
    near.more = false;
    size_t n = any_length(&near, p);
    s->more = near.more;
    return n;
}
