#include "proto/reason.h"

#include <stdarg.h>
#include <stdio.h>

#include "proto/base/utf8.h"

/* Control characters and broken UTF-8 come from peers and files; they must not reach a terminal or a reply.
 */
static void make_printable(char *text)
{
    char *end = text + strlen(text);
    for (char *p = text; p < end;) {
        uint32_t cp;
        unsigned n = utf8_decode(p, end, &cp);
        bool broken = cp == 0xFFFD && !(n == 3 && memcmp(p, "\xEF\xBF\xBD", 3) == 0);
        if (broken || cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029)
            memset(p, '?', n);
        p += n;
    }
}

bool reason_set(struct reason *why, const char *format, ...)
{
    if (!why)
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
    make_printable(why->text);
    return false;
}
