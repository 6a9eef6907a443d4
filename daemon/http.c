#include "daemon/http.h"

#include "daemon/follow.h"
#include "proto/base/clock.h"
#include "proto/base/log.h"
#include "proto/json.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

enum {
    FOLLOWERS_MAX = 64,
    UNREAD_MAX = 256 * 1024, /* bytes that one reader may leave unread before it gets no more */
    STALL_S = 60,            /* a reader that takes nothing for so long is cut off */
    KEEPALIVE_MS = 15000,
    REQUEST_S = 30,
    QUERY_VALUES = 64
};

struct sse {
    struct http *http;
    struct evhttp_request *request;
    struct follow f;
};

struct http {
    struct evhttp *server;
    struct store *store;
    struct metrics *metrics;
    const char *const *state;
    struct sse *followers[FOLLOWERS_MAX];
    size_t n;
    struct arena *scratch;
    struct buf text;
    struct evbuffer *chunk;
    int64_t started;
    char address[300];
};

/* ---- pages ---- */

static void reply(struct evhttp_request *r, int code, const char *reason, const char *type, const char *body,
                  size_t n)
{
    struct evbuffer *out = evbuffer_new();
    struct evkeyvalq *headers = evhttp_request_get_output_headers(r);
    evhttp_add_header(headers, "Content-Type", type);
    evhttp_add_header(headers, "Cache-Control", "no-store");
    evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
    if (out)
        evbuffer_add(out, body, n);
    evhttp_send_reply(r, code, reason, out);
    if (out)
        evbuffer_free(out);
}

static void reply_text(struct evhttp_request *r, int code, const char *reason, const char *text)
{
    reply(r, code, reason, "text/plain; charset=utf-8", text, strlen(text));
}

static void metrics_page(struct evhttp_request *r, void *arg)
{
    struct http *h = arg;
    buf_clear(&h->text);
    metrics_write(h->metrics, &h->text);
    reply(r, 200, "OK", "text/plain; version=0.0.4; charset=utf-8", h->text.data, h->text.len);
}

static void health_page(struct evhttp_request *r, void *arg)
{
    (void)arg; /* the loop turns, or nobody would answer */
    reply_text(r, 200, "OK", "ok\n");
}

static void ready_page(struct evhttp_request *r, void *arg)
{
    struct http *h = arg;
    bool serving = strcmp(*h->state, "serving") == 0, workers = h->metrics->workers_ready > 0;
    if (serving && workers)
        reply_text(r, 200, "OK", "ready\n");
    else
        reply_text(r, 503, "Service Unavailable",
                   serving ? "not ready: no worker is connected\n"
                           : "not ready: draining, or the store is full\n");
}

static void row(struct buf *b, const char *name, int64_t value)
{
    buf_printf(b, "<tr><td>%s<td>%" PRId64 "\n", name, value);
}

static void status_page(struct evhttp_request *r, void *arg)
{
    struct http *h = arg;
    const struct metrics *m = h->metrics;
    struct buf *b = &h->text;
    buf_clear(b);
    buf_puts(b, "<!doctype html><html lang=en><meta charset=utf-8><title>stanced</title>\n"
                "<style>body{font:16px sans-serif;margin:2em}td{padding:.2em 1em .2em "
                "0}td+td{text-align:right}</style>\n");
    buf_printf(b, "<h1>stanced %s: %s</h1><table>\n", STANCED_VERSION, *h->state);
    row(b, "seconds since start", (clock_mono_ms() - h->started) / 1000);
    row(b, "articles accepted since start", m->accepted);
    row(b, "articles classified since start", m->classified);
    row(b, "articles waiting", m->waiting);
    row(b, "articles in work", m->in_work);
    row(b, "articles in the quarantine", m->dead);
    row(b, "workers", m->workers_ready);
    row(b, "first event of the log", m->log_first);
    row(b, "last event of the log", m->log_last);
    row(b, "followers", m->followers + m->sse_followers);
    row(b, "store, bytes", m->store_bytes);
    row(b, "store, most bytes", m->store_map_bytes);
    buf_puts(b, "</table><p><a href=metrics>metrics</a> <a href='events?after=0'>events</a>\n");
    reply(r, 200, "OK", "text/html; charset=utf-8", b->data, b->len);
}

static void no_page(struct evhttp_request *r, void *arg)
{
    (void)arg;
    reply_text(r, 404, "Not Found", "there are /, /metrics, /healthz, /readyz and /events\n");
}

/* ---- /events ---- */

static void remove_follower(struct sse *e)
{
    struct http *h = e->http;
    for (size_t i = 0; i < h->n; i++)
        if (h->followers[i] == e) {
            h->followers[i] = h->followers[--h->n];
            break;
        }
    follow_end(&e->f);
    free(e);
}

static void closed(struct evhttp_connection *c, void *arg)
{
    (void)c;
    struct sse *e = arg;
    /* evhttp frees a request that hangs on its connection; one that it took off, because the peer went away in the middle of
     * our reply, is ours */
    if (!evhttp_request_get_connection(e->request))
        evhttp_request_free(e->request);
    remove_follower(e);
}

static bool number(const char *text, int64_t *out)
{
    char *end;
    long long v = strtoll(text, &end, 10);
    *out = v;
    return end != text && *end == '\0' && v >= 0;
}

/* Adds the words of "a,b" to a list; `room` is what all lists together may still take. */
static bool add_words(struct arena *a, struct str_list *l, const char *words, int *room)
{
    struct str *v = arena_try(a, QUERY_VALUES * sizeof *v);
    if (!v)
        return false;
    for (size_t i = 0; i < l->n; i++)
        v[i] = l->v[i];
    for (const char *p = words; *p;) {
        size_t n = strcspn(p, ",");
        if (--*room < 0)
            return false;
        v[l->n++] = (struct str){p, n};
        p += n + (p[n] == ',');
    }
    l->v = v;
    return true;
}

/* The conditions of the query, as those of a subscribe; the strings stay those of `query`. */
static bool read_query(const struct evkeyvalq *query, struct arena *a, struct where *w, int64_t *after,
                       struct reason *why)
{
    *w = (struct where){.confidence = NAN};
    const struct {
        const char *key;
        struct str_list *list;
    } lists[] = {{"act", &w->act},
                 {"quad", &w->quad},
                 {"source", &w->source},
                 {"target", &w->target},
                 {"stance", &w->stance},
                 {"issue", &w->issue},
                 {"source_role", &w->source_role},
                 {"target_role", &w->target_role},
                 {"reported_by", &w->reported_by}};
    int room = QUERY_VALUES;
    for (const struct evkeyval *kv = query->tqh_first; kv; kv = kv->next.tqe_next) {
        struct str_list *list = NULL;
        char *end;
        for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
            if (strcmp(kv->key, lists[i].key) == 0)
                list = lists[i].list;
        if (list) {
            if (!add_words(a, list, kv->value, &room))
                return reason_set(why, "at most %d values can be asked for", QUERY_VALUES);
        } else if (strcmp(kv->key, "after") == 0) {
            if (!number(kv->value, after))
                return reason_set(why, "after: expected a sequence number");
        } else if (strcmp(kv->key, "confidence") == 0) {
            w->confidence = strtod(kv->value, &end);
            if (end == kv->value || *end || !(w->confidence >= 0 && w->confidence <= 1))
                return reason_set(why, "confidence: expected a number from 0 to 1");
        } else {
            return reason_set(why, "unknown condition \"%s\"", kv->key);
        }
    }
    return true;
}

static struct sse *add_follower(struct http *h, struct evhttp_request *r, struct reason *why)
{
    const char *query = evhttp_uri_get_query(evhttp_request_get_evhttp_uri(r));
    const char *last = evhttp_find_header(evhttp_request_get_input_headers(r), "Last-Event-ID");
    struct evkeyvalq pairs = {0};
    int64_t after = store_stats(h->store)->log_last;
    struct where where;
    struct sse *e = NULL;
    arena_reset(h->scratch);
    if (evhttp_parse_query_str(query ? query : "", &pairs) != 0) {
        reason_set(why, "the query cannot be read");
        return NULL;
    }
    if (read_query(&pairs, h->scratch, &where, &after, why) &&
        (!last || number(last, &after) || reason_set(why, "Last-Event-ID: expected a sequence number")) &&
        (h->n < FOLLOWERS_MAX || reason_set(why, "there are too many followers"))) {
        e = calloc(1, sizeof *e);
        if (!e || !follow_begin(&e->f, after, &where, INT64_MAX)) {
            reason_set(why, "out of memory");
            free(e);
            e = NULL;
        }
    }
    evhttp_clear_headers(&pairs);
    return e;
}

static void events_page(struct evhttp_request *r, void *arg)
{
    struct http *h = arg;
    struct reason why;
    struct sse *e = add_follower(h, r, &why);
    if (!e) {
        char text[REASON_MAX + 2];
        snprintf(text, sizeof text, "%s\n", why.text);
        reply_text(r, 400, "Bad Request", text);
        return;
    }
    e->http = h;
    e->request = r;
    h->followers[h->n++] = e;
    struct evkeyvalq *headers = evhttp_request_get_output_headers(r);
    evhttp_add_header(headers, "Content-Type", "text/event-stream");
    evhttp_add_header(headers, "Cache-Control", "no-store");
    struct evhttp_connection *c = evhttp_request_get_connection(r);
    struct bufferevent *b = evhttp_connection_get_bufferevent(c);
    const struct timeval stall = {STALL_S, 0};
    evhttp_connection_set_closecb(c, closed, e);
    evhttp_send_reply_start(r, 200, "OK");
    bufferevent_enable(b, EV_READ); /* or a reader that goes away is not noticed */
    bufferevent_set_timeouts(b, NULL, &stall);
}

static size_t unread(struct sse *e)
{
    struct bufferevent *b = evhttp_connection_get_bufferevent(evhttp_request_get_connection(e->request));
    return evbuffer_get_length(bufferevent_get_output(b));
}

/* False: no memory, nothing was sent. */
static bool send_text(struct http *h, struct sse *e)
{
    if (h->text.failed || evbuffer_add(h->chunk, h->text.data, h->text.len) != 0)
        return false;
    evhttp_send_reply_chunk(e->request, h->chunk);
    evbuffer_drain(h->chunk, evbuffer_get_length(h->chunk));
    return true;
}

static bool tell_gap(struct http *h, struct sse *e, int64_t now)
{
    int64_t first = follow_gap(&e->f, h->store);
    if (first == 0)
        return true;
    buf_clear(&h->text);
    buf_printf(&h->text, "event: gap\ndata: {\"after\":%" PRId64 ",\"first\":%" PRId64 "}\n\n", e->f.after,
               first);
    if (!send_text(h, e))
        return false;
    follow_skip(&e->f, first, now);
    return true;
}

/* True when it stopped at its bound. */
static bool serve(struct http *h, struct sse *e, int64_t now)
{
    int looks = FOLLOW_LOOKS_A_TURN;
    struct follow_event v;
    if (!tell_gap(h, e, now))
        return false;
    for (int i = 0; i < FOLLOW_EVENTS_A_TURN; i++) {
        if (unread(e) > UNREAD_MAX)
            return false;
        enum follow_step step = follow_next(&e->f, h->store, h->scratch, true, &looks, &v);
        if (step == FOLLOW_EVENT) {
            buf_clear(&h->text);
            buf_printf(&h->text, "id: %" PRId64 "\nevent: %s\ndata: ", v.seq,
                       v.event.retracts ? "retract" : "event");
            json_write(&event_schema, &v.event, &h->text);
            buf_puts(&h->text, "\n\n");
            if (!send_text(h, e))
                return false;
            follow_sent(&e->f, v.seq, now);
            h->metrics->sse_sent++;
            continue;
        }
        if (now - e->f.told_ms >= KEEPALIVE_MS) {
            buf_clear(&h->text);
            buf_printf(&h->text, ": searched up to %" PRId64 "\n\n", e->f.after);
            send_text(h, e);
            follow_watermark_sent(&e->f, now);
        }
        return step == FOLLOW_PAUSE;
    }
    return true;
}

bool http_speak(struct http *h, int64_t now)
{
    bool more = false;
    for (size_t i = 0; i < h->n; i++)
        more = serve(h, h->followers[i], now) || more;
    store_read_end(h->store);
    h->metrics->sse_followers = (int64_t)h->n;
    return more;
}

/* ---- the server ---- */

static void real_address(struct http *h, struct evhttp_bound_socket *bound, const char *host)
{
    struct sockaddr_storage a;
    socklen_t n = sizeof a;
    int port = 0;
    if (getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&a, &n) == 0)
        port = ntohs(a.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&a)->sin6_port
                                             : ((struct sockaddr_in *)&a)->sin_port);
    snprintf(h->address, sizeof h->address, "%s:%d", host, port);
}

struct http *http_new(struct loop *l, const char *address, struct store *s, struct metrics *m,
                      const char *const *state, struct reason *why)
{
    struct http *h = calloc(1, sizeof *h);
    if (!h || !(h->server = evhttp_new(loop_base(l))) || !(h->chunk = evbuffer_new()) ||
        !(h->scratch = arena_new((size_t)256 << 20)))
        die(EX_OSERR, "http: out of memory");
    h->store = s;
    h->metrics = m;
    h->state = state;
    h->started = clock_mono_ms();
    evhttp_set_allowed_methods(h->server, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
    evhttp_set_max_headers_size(h->server, 16384);
    evhttp_set_max_body_size(h->server, 1024);
    evhttp_set_timeout(h->server, REQUEST_S);
    evhttp_set_cb(h->server, "/", status_page, h);
    evhttp_set_cb(h->server, "/metrics", metrics_page, h);
    evhttp_set_cb(h->server, "/healthz", health_page, h);
    evhttp_set_cb(h->server, "/readyz", ready_page, h);
    evhttp_set_cb(h->server, "/events", events_page, h);
    evhttp_set_gencb(h->server, no_page, h);
    char host[256];
    snprintf(host, sizeof host, "%s", address);
    char *colon = strrchr(host, ':');
    *colon = '\0';
    /* "[::1]" is written with brackets, but bound without */
    char *bare = host[0] == '[' ? host + 1 : host;
    bare[strcspn(bare, "]")] = '\0';
    struct evhttp_bound_socket *bound =
        evhttp_bind_socket_with_handle(h->server, bare, (uint16_t)strtol(colon + 1, NULL, 10));
    if (!bound) {
        reason_set(why, "http %s cannot be bound: %s", address, strerror(errno));
        http_free(h);
        return NULL;
    }
    real_address(h, bound, bare);
    return h;
}

void http_free(struct http *h)
{
    if (!h)
        return;
    while (h->n > 0) {
        struct sse *e = h->followers[0];
        evhttp_connection_set_closecb(evhttp_request_get_connection(e->request), NULL, NULL);
        evhttp_send_reply_end(e->request);
        remove_follower(e);
    }
    evhttp_free(h->server);
    evbuffer_free(h->chunk);
    arena_free(h->scratch);
    buf_free(&h->text);
    free(h);
}

const char *http_address(const struct http *h)
{
    return h->address;
}
