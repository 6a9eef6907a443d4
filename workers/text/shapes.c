#include "workers/text/scan.h"

#define MAIL_LOCAL_MAX 64  /* bytes before the @, as RFC 5321 has it */
#define HOST_MAX       255 /* bytes of a host's name, as RFC 1035 has it */

/* Ends of names of hosts and files that people write into running text. Two-letter ones that are English words
 * ("is", "in", "me") are left out. */
static const char known_ends[] =
    " com org net edu gov mil int info biz eu uk us ca de fr jp ru cn tv io au nz tw kr br ch nl se pl "
    "doc docx xls xlsx ppt pptx pdf txt htm html php asp jpg jpeg gif png zip exe url csv xml mp3 mp4 avi ";

static bool in_host(const char *p, const char *end)
{
    return scan_word_char(p, end) || (p < end && (*p == '-' || *p == '_'));
}

/* Host characters from p on, stops only between two of them. */
static const char *host_end(const char *p, const char *end)
{
    if (end - p > HOST_MAX)
        end = p + HOST_MAX;
    while (p < end && (in_host(p, end) || (*p == '.' && scan_word_char(p + 1, end)))) {
        size_t n = scan_word_char(p, end);
        p += n ? n : 1;
    }
    return p;
}

/* "a.b@example.org": the part before the @ in ASCII. */
static size_t mail_length(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && q - p < MAIL_LOCAL_MAX &&
           (scan_letter((unsigned char)*q) || scan_digit((unsigned char)*q) || strchr("._+-%", *q)) && *q)
        q++;
    if (q == p || q >= end || *q != '@' || !scan_word_char(q + 1, end))
        return 0;
    return (size_t)(host_end(q + 1, end) - p);
}

/* All up to white space or a quotation mark, without the signs of the sentence around it. */
static size_t link_length(const char *p, const char *end)
{
    const char *q = p;
    bool bracket = false;
    for (; q < end && (unsigned char)*q > ' ' && !strchr("<>\"", *q); q++) {
        if (end - q >= 2 && memcmp(q, "\xE2\x80", 2) == 0)
            break;
        bracket |= *q == '(';
    }
    while (q > p + 1 && strchr(bracket ? ".,;:!?]'" : ".,;:!?])'", q[-1]))
        q--;
    return (size_t)(q - p);
}

/* "example.org", "comp.sources.unix", "report.doc": words with stops between whose last is well known; three or
 * more in lower case need no such end. */
static size_t dotted_name(const char *p, const char *end)
{
    const char *q = host_end(p, end), *last = q;
    while (last > p && last[-1] != '.')
        last--;
    size_t stops = 0;
    bool low = true;
    for (const char *r = p; r < q; r++) {
        stops += *r == '.';
        low = low && (*r == '.' || *r == '-' || (*r >= 'a' && *r <= 'z'));
    }
    bool known = stops && scan_listed(last, (size_t)(q - last), known_ends);
    return known || (low && stops >= 2) ? (size_t)(q - p) : 0;
}

size_t shape_address(const struct scan *s, const char *p, size_t word)
{
    const char *end = s->end, *q = p + word;
    if (q >= end)
        return 0;
    if (*q == ':' && end - q > 3 && memcmp(q, "://", 3) == 0 && (unsigned char)q[3] > ' ')
        return link_length(p, end);
    if (*q == ':' && scan_listed(p, word, " mailto ") && scan_word_char(q + 1, end))
        return word + 1 + mail_length(q + 1, end);
    if (*q == '.' && q + 1 < end && q[1] == '.') /* "name...@example.org", as archives hide it */
        return mail_length(p, end);
    if (*q == '.' && scan_word_char(q + 1, end)) {
        if (scan_listed(p, word, " www "))
            return link_length(p, end);
        size_t n = mail_length(p, end);
        return n ? n : dotted_name(p, end);
    }
    if (!*q || !strchr("@_-+%", *q))
        return 0;
    size_t n = mail_length(p, end);
    return n || *q != '-' ? n : dotted_name(p, end);
}

static size_t digits(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && scan_digit((unsigned char)*q))
        q++;
    return (size_t)(q - p);
}

/* "713-555-0100", "555-0100", "12-20-2000", but not the range "5-10" or "500-1000": digits and hyphens only. */
static size_t phone_length(const char *p, const char *end)
{
    size_t area = digits(p, end) == 3 && end - p > 4 && p[3] == '/' ? 4 : 0; /* "713/555-0100" */
    size_t groups = 0, lengths[2] = {0, 0}, n;
    const char *q = p + area;
    while ((n = digits(q, end)) && n <= 5 && groups < 6) {
        if (groups < 2)
            lengths[groups] = n;
        groups++;
        q += n;
        if (q >= end || *q != '-' || !digits(q + 1, end))
            break;
        q++;
    }
    if (groups < 2 || n == 0 || n > 5 || scan_word_char(q, end))
        return 0;
    bool round = lengths[0] == 3 && memcmp(q - 2, "00", 2) == 0 && !area;
    bool pair = groups == 2 && (lengths[0] == 3 || lengths[0] == 5) && lengths[1] == 4 && !round;
    return pair || (groups > 2 && !area) ? (size_t)(q - p) : 0;
}

/* "9/11" and "12/27/2001" are days, "1/2" and "2001/02" are two numbers. [p, p + n) are digits and slashes. */
static size_t slashed_length(const char *p, size_t n)
{
    size_t first = digits(p, p + n);
    if (first == n)
        return n;
    size_t second = digits(p + first + 1, p + n);
    if (first + 1 + second < n)
        return n;
    bool month = first == 1 || (first == 2 && p[0] <= '1' && p[1] <= '2');
    return month && second == 2 && p[first + 1] <= '3' ? n : first;
}

/* "3,000" and "1,00,000" are numbers, "13,14" are two. p is behind the comma. */
static bool is_thousand(const char *p, const char *end)
{
    size_t n = digits(p, end);
    return n == 3 || (n == 2 && p + 2 < end && p[2] == ',' && digits(p + 3, end) >= 2);
}

size_t shape_number(const struct scan *s, const char *p)
{
    const char *q = p, *end = s->end;
    size_t n = phone_length(p, end);
    if (n)
        return n;
    bool slash = false, plain = true;
    while (q < end && (scan_digit((unsigned char)*q) || (strchr(".:/", *q) && *q && digits(q + 1, end)) ||
                       (*q == ',' && is_thousand(q + 1, end)))) {
        slash |= *q == '/';
        plain &= scan_digit((unsigned char)*q) || *q == '/';
        q++;
    }
    n = (size_t)(q - p);
    return slash && plain ? slashed_length(p, n) : n;
}

size_t shape_unit(const char *p, const char *end)
{
    static const char units[] =
        " m k b bn mm cm km kg g mg lb lbs oz ft mph kph kmh km hz khz mhz ghz kb mb gb tb kw mw gw am pm a.m p.m "
        "hr hrs min mins sec secs yr yrs x mn tn hh ";
    const char *q = p;
    while (scan_word_char(q, end))
        q += scan_word_char(q, end);
    return scan_listed(p, (size_t)(q - p), units) ? (size_t)(q - p) : 0;
}

size_t shape_face(const struct scan *s, const char *p)
{
    static const struct {
        char text[5];
        bool alone; /* only with white space before it: else too often something else */
    } faces[] = {{":-)", false}, {";-)", false}, {":-(", false}, {":)", false}, {";)", false}, {":(", false},
                 {"^_^", false}, {"-_-", true},  {":D", true},   {":P", true},  {":p", true},  {"=)", true},
                 {"=(", true},   {"(:", true},   {":/", true},   {">:(", true}, {":'(", true}, {";-D", true},
                 {":-D", true},  {":-/", true},  {":-P", true},  {";D", true}};
    bool alone = p == s->begin || scan_space(p[-1]);
    if (s->end - p < 2 || !strchr(":;^-=(>", *p) || scan_space(p[1]))
        return 0;
    for (size_t i = 0; i < sizeof faces / sizeof *faces; i++) {
        size_t n = strlen(faces[i].text);
        if ((size_t)(s->end - p) < n || memcmp(p, faces[i].text, n) != 0 || (faces[i].alone && !alone))
            continue;
        const char *q = p + n;
        if (scan_word_char(q, s->end) || (faces[i].alone && q < s->end && !scan_space(*q) && *q != '.'))
            continue;
        return n;
    }
    return 0;
}

/* Length of . ! ? … at p. */
static size_t stop(const char *p, const char *end)
{
    if (p < end && (*p == '.' || *p == '!' || *p == '?'))
        return 1;
    return end - p >= 3 && memcmp(p, "\xE2\x80\xA6", 3) == 0 ? 3 : 0;
}

size_t shape_run(const char *p, const char *end)
{
    const char *q = p;
    size_t n, mark = scan_apostrophe(p, end);
    if ((n = stop(p, end))) {
        while ((n = stop(q, end)))
            q += n;
        return (size_t)(q - p);
    }
    if (mark) {
        bool two = scan_apostrophe(p + mark, end) == mark;
        return two ? 2 * mark : 0;
    }
    if (!*p || !strchr("-*_=+#~<>`", *p))
        return 0;
    while (q < end && *q == *p)
        q++;
    if (q < end && *q == '>' && strchr("-=", *p)) /* an arrow */
        return (size_t)(q + 1 - p);
    if (*p == '<' && q == p + 1 && q < end && *q == '-')
        while (q < end && *q == '-')
            q++;
    return (size_t)(q - p);
}
