/* fields.c: the one table of fields: what every article, event and control message consists of. wire.c packs,
 * unpacks and validates by it, json.c shows it. To add a field: its line here, its member in event.h or
 * messages.h. */
#include "proto/fields.h"

#include "proto/wire.h"

/* Last argument: the flags, and behind them .sub, .names or .least where the type needs it. */
#define FIELD(type_, key_, struct_, member_, ...)                                                            \
    {                                                                                                        \
        .key = (key_), .type = (type_), .offset = offsetof(struct struct_, member_), .flags = __VA_ARGS__    \
    }
#define SCHEMA_STRICT(variable, name_, struct_, strict_)                                                     \
    const struct schema variable = {.name = (name_),                                                         \
                                    .fields = variable##_fields,                                             \
                                    .n = sizeof variable##_fields / sizeof *variable##_fields,               \
                                    .size = sizeof(struct struct_),                                          \
                                    .strict = (strict_)}
#define SCHEMA(variable, name_, struct_) SCHEMA_STRICT(variable, name_, struct_, false)

static const char *const status_names[] = {"usable", "canceled", NULL};
static const char *const intake_names[] = {"accepted", "duplicate", "busy", "rejected", NULL};
static const char *const mode_names[] = {"direct", "indirect", "mixed", NULL};
static const char *const stance_names[] = {"support", "oppose", "mixed", "neutral", NULL};
static const char *const polarity_names[] = {"positive", "negative", NULL};
static const char *const certainty_names[] = {"asserted", "possible", "conditional", NULL};
static const char *const time_names[] = {"past", "present", "future", NULL};

/* ---- article ---- */

static const struct field article_schema_fields[] = {
    FIELD(T_VERSION, "v", article, v, 0),
    FIELD(T_STR, "id", article, id, 0),
    FIELD(T_STR, "source", article, source, 0),
    FIELD(T_STR, "url", article, url, 0),
    FIELD(T_STR, "title", article, title, 0),
    FIELD(T_STR, "lang", article, lang, 0),
    FIELD(T_TIME, "published", article, published, 0),
    FIELD(T_INT, "revision", article, revision, 0),
    FIELD(T_ENUM, "status", article, status, 0, .names = status_names),
    FIELD(T_STR, "body", article, body, 0),
    FIELD(T_RAW, "meta", article, meta, 0),
};
SCHEMA(article_schema, "article", article);

static const struct field intake_reply_schema_fields[] = {
    FIELD(T_VERSION, "v", intake_reply, v, 0),
    FIELD(T_STR, "id", intake_reply, id, SHOW_NULL),
    FIELD(T_INT, "seq", intake_reply, seq, 0),
    FIELD(T_ENUM, "status", intake_reply, status, REQUIRED, .names = intake_names),
    FIELD(T_STR, "reason", intake_reply, reason, 0),
    FIELD(T_INT, "retry_ms", intake_reply, retry_ms, 0),
};
SCHEMA(intake_reply_schema, "reply", intake_reply);

/* ---- event ---- */

static const struct field article_ref_schema_fields[] = {
    FIELD(T_STR, "id", article_ref, id, REQUIRED),
    FIELD(T_STR, "source", article_ref, source, 0),
    FIELD(T_STR, "url", article_ref, url, 0),
    FIELD(T_STR, "title", article_ref, title, 0),
    FIELD(T_TIME, "published", article_ref, published, 0),
    FIELD(T_STR, "lang", article_ref, lang, 0),
    FIELD(T_INT, "revision", article_ref, revision, 0),
    FIELD(T_STR, "cluster", article_ref, cluster, 0),
};
static SCHEMA(article_ref_schema, "article", article_ref);

static const struct field sentence_schema_fields[] = {
    FIELD(T_INT, "index", sentence_ref, index, REQUIRED),
    FIELD(T_INT, "begin", sentence_ref, begin, REQUIRED),
    FIELD(T_INT, "end", sentence_ref, end, REQUIRED),
};
static SCHEMA(sentence_schema, "sentence", sentence_ref);

static const struct field mention_schema_fields[] = {
    FIELD(T_SPANS, "spans", mention, spans, REQUIRED),
    FIELD(T_STR, "text", mention, text, REQUIRED),
};
static SCHEMA(mention_schema, "mention", mention);

static const struct field actor_schema_fields[] = {
    FIELD(T_SPANS, "spans", actor, spans, REQUIRED), FIELD(T_STR, "text", actor, text, REQUIRED),
    FIELD(T_STR, "name", actor, name, SHOW_NULL),    FIELD(T_STR, "country", actor, country, SHOW_NULL),
    FIELD(T_STR, "role", actor, role, SHOW_NULL),
};
static SCHEMA(actor_schema, "actor", actor);

static const struct field act_schema_fields[] = {
    FIELD(T_ENUM, "type", act, type, REQUIRED, .names = act_names),
    FIELD(T_STR, "cameo", act, cameo, REQUIRED),
    FIELD(T_ENUM, "quad", act, quad, REQUIRED, .names = quad_names),
    FIELD(T_DOUBLE, "score", act, score, REQUIRED),
    FIELD(T_INLINE, "cue", act, cue, REQUIRED, .sub = &mention_schema),
};
static SCHEMA(act_schema, "act", act);

static const struct field statement_schema_fields[] = {
    FIELD(T_ENUM, "mode", statement, mode, REQUIRED, .names = mode_names),
    FIELD(T_POINTER, "content", statement, content, SHOW_NULL, .sub = &mention_schema),
};
static SCHEMA(statement_schema, "statement", statement);

static const struct field stance_schema_fields[] = {
    FIELD(T_ENUM, "label", stance, label, REQUIRED, .names = stance_names),
    FIELD(T_DOUBLE, "score", stance, score, REQUIRED),
    FIELD(T_POINTER, "toward", stance, toward, SHOW_NULL, .sub = &mention_schema),
    FIELD(T_STR, "issue", stance, issue, SHOW_NULL),
};
static SCHEMA(stance_schema, "stance", stance);

static const struct field qualifiers_schema_fields[] = {
    FIELD(T_ENUM, "polarity", qualifiers, polarity, REQUIRED, .names = polarity_names),
    FIELD(T_ENUM, "certainty", qualifiers, certainty, REQUIRED, .names = certainty_names),
    FIELD(T_ENUM, "time", qualifiers, time, REQUIRED, .names = time_names),
};
static SCHEMA(qualifiers_schema, "qualifiers", qualifiers);

static const struct field retracts_schema_fields[] = {
    FIELD(T_INT, "first", retracts, first, REQUIRED, .least = 1),
    FIELD(T_INT, "last", retracts, last, REQUIRED, .least = 1),
};
static SCHEMA(retracts_schema, "retracts", retracts);

static const struct field event_schema_fields[] = {
    FIELD(T_VERSION, "v", event, v, 0),
    FIELD(T_INT, "seq", event, seq, 0),
    FIELD(T_STR, "id", event, id, REQUIRED),
    FIELD(T_POINTER, "article", event, article, REQUIRED, .sub = &article_ref_schema),
    FIELD(T_POINTER, "sentence", event, sentence, SHOW_NULL, .sub = &sentence_schema),
    FIELD(T_POINTER, "source", event, source, SHOW_NULL, .sub = &actor_schema),
    FIELD(T_POINTER, "act", event, act, SHOW_NULL, .sub = &act_schema),
    FIELD(T_POINTER, "target", event, target, SHOW_NULL, .sub = &actor_schema),
    FIELD(T_POINTER, "statement", event, statement, SHOW_NULL, .sub = &statement_schema),
    FIELD(T_POINTER, "stance", event, stance, SHOW_NULL, .sub = &stance_schema),
    FIELD(T_POINTER, "qualifiers", event, qualifiers, SHOW_NULL, .sub = &qualifiers_schema),
    FIELD(T_POINTER, "reported_by", event, reported_by, SHOW_NULL, .sub = &actor_schema),
    FIELD(T_STR, "reciprocal", event, reciprocal, 0),
    FIELD(T_POINTER, "retracts", event, retracts, 0, .sub = &retracts_schema),
    FIELD(T_DOUBLE, "confidence", event, confidence, 0),
    FIELD(T_STR, "model", event, model, 0),
    FIELD(T_STR, "lexicon", event, lexicon, 0),
};
SCHEMA(event_schema, "event", event);

/* ---- pairs ---- */

static const struct field pair_request_schema_fields[] = {
    FIELD(T_STR, "id", pair_request, id, REQUIRED),
    FIELD(T_STR, "text", pair_request, text, REQUIRED),
    FIELD(T_SPANS, "source", pair_request, source, REQUIRED),
    FIELD(T_SPANS, "target", pair_request, target, REQUIRED),
    FIELD(T_SPANS, "cue", pair_request, cue, 0),
};
SCHEMA(pair_request_schema, "pair", pair_request);

static const struct field pair_verdict_schema_fields[] = {
    FIELD(T_STR, "id", pair_verdict, id, REQUIRED),
    FIELD(T_ENUM, "act", pair_verdict, act, REQUIRED, .names = act_names),
    FIELD(T_ENUM, "quad", pair_verdict, quad, REQUIRED, .names = quad_names),
    FIELD(T_ENUM, "stance", pair_verdict, stance, REQUIRED, .names = stance_names),
    FIELD(T_DOUBLE, "score", pair_verdict, score, REQUIRED),
    FIELD(T_DOUBLE, "confidence", pair_verdict, confidence, REQUIRED),
};
SCHEMA(pair_verdict_schema, "verdict", pair_verdict);

/* ---- work ---- */

static const struct field hello_schema_fields[] = {
    FIELD(T_STR, "name", msg_hello, name, REQUIRED),
    FIELD(T_STR, "version", msg_hello, version, REQUIRED),
    FIELD(T_STR, "model", msg_hello, model, 0),
    FIELD(T_STR, "lexicon", msg_hello, lexicon, 0),
    FIELD(T_INT, "capacity", msg_hello, capacity, REQUIRED, .least = 1),
    FIELD(T_INT, "pid", msg_hello, pid, 0),
};
static SCHEMA(hello_schema, "hello", msg_hello);

static const struct field credit_schema_fields[] = {FIELD(T_INT, "n", msg_credit, n, REQUIRED)};
static SCHEMA(credit_schema, "credit", msg_credit);

static const struct field work_schema_fields[] = {
    FIELD(T_INT, "task", msg_work, task, REQUIRED),
    FIELD(T_INT, "attempt", msg_work, attempt, REQUIRED, .least = 1),
    FIELD(T_INT, "deadline_ms", msg_work, deadline_ms, REQUIRED),
    FIELD(T_RAW, "article", msg_work, article, REQUIRED),
};
static SCHEMA(work_schema, "work", msg_work);

static const struct field done_schema_fields[] = {
    FIELD(T_INT, "task", msg_done, task, REQUIRED),
    FIELD(T_LIST, "events", msg_done, events, REQUIRED, .sub = &event_schema),
};
static SCHEMA(done_schema, "done", msg_done);

static const struct field failed_schema_fields[] = {
    FIELD(T_INT, "task", msg_failed, task, REQUIRED),
    FIELD(T_STR, "reason", msg_failed, reason, REQUIRED),
};
static SCHEMA(failed_schema, "failed", msg_failed);

static const struct field refused_schema_fields[] = {FIELD(T_STR, "reason", msg_refused, reason, REQUIRED)};
static SCHEMA(refused_schema, "refused", msg_refused);

/* ---- stream ---- */

static const struct field where_schema_fields[] = {
    FIELD(T_STRS, "act", where, act, 0),
    FIELD(T_STRS, "quad", where, quad, 0),
    FIELD(T_STRS, "source", where, source, 0),
    FIELD(T_STRS, "target", where, target, 0),
    FIELD(T_STRS, "stance", where, stance, 0),
    FIELD(T_STRS, "issue", where, issue, 0),
    FIELD(T_STRS, "source_role", where, source_role, 0),
    FIELD(T_STRS, "target_role", where, target_role, 0),
    FIELD(T_STRS, "reported_by", where, reported_by, 0),
    FIELD(T_DOUBLE, "confidence", where, confidence, 0),
};
/* Strict: to ignore a condition would send what was not asked for. */
static SCHEMA_STRICT(where_schema, "where", where, true);

static const struct field subscribe_schema_fields[] = {
    FIELD(T_INT, "after", msg_subscribe, after, 0),
    FIELD(T_POINTER, "where", msg_subscribe, where, 0, .sub = &where_schema),
    FIELD(T_INT, "credit", msg_subscribe, credit, REQUIRED),
};
static SCHEMA(subscribe_schema, "subscribe", msg_subscribe);

static const struct field event_message_schema_fields[] = {FIELD(T_RAW, "event", msg_event, event, REQUIRED)};
static SCHEMA(event_message_schema, "event", msg_event);

static const struct field watermark_schema_fields[] = {
    FIELD(T_INT, "seq", msg_watermark, seq, REQUIRED),
    FIELD(T_INT, "first", msg_watermark, first, 0),
};
static SCHEMA(watermark_schema, "watermark", msg_watermark);

/* ---- control ---- */

static const struct field worker_status_schema_fields[] = {
    FIELD(T_STR, "name", worker_status, name, REQUIRED),
    FIELD(T_STR, "state", worker_status, state, REQUIRED),
    FIELD(T_STR, "version", worker_status, version, SHOW_NULL),
    FIELD(T_STR, "model", worker_status, model, SHOW_NULL),
    FIELD(T_INT, "pid", worker_status, pid, 0),
    FIELD(T_INT, "held", worker_status, held, REQUIRED),
    FIELD(T_INT, "done", worker_status, done, REQUIRED),
    FIELD(T_INT, "failed", worker_status, failed, REQUIRED),
    FIELD(T_INT, "restarts", worker_status, restarts, 0),
};
static SCHEMA(worker_status_schema, "worker", worker_status);

static const struct field status_schema_fields[] = {
    FIELD(T_STR, "version", msg_status_reply, version, REQUIRED),
    FIELD(T_STR, "state", msg_status_reply, state, REQUIRED),
    FIELD(T_INT, "uptime_ms", msg_status_reply, uptime_ms, REQUIRED),
    FIELD(T_INT, "waiting", msg_status_reply, waiting, REQUIRED),
    FIELD(T_INT, "in_work", msg_status_reply, in_work, REQUIRED),
    FIELD(T_INT, "dead", msg_status_reply, dead, REQUIRED),
    FIELD(T_INT, "accepted", msg_status_reply, accepted, REQUIRED),
    FIELD(T_INT, "duplicates", msg_status_reply, duplicates, REQUIRED),
    FIELD(T_INT, "rejected", msg_status_reply, rejected, REQUIRED),
    FIELD(T_INT, "busy", msg_status_reply, busy, REQUIRED),
    FIELD(T_INT, "classified", msg_status_reply, classified, REQUIRED),
    FIELD(T_INT, "log_first", msg_status_reply, log_first, REQUIRED),
    FIELD(T_INT, "log_last", msg_status_reply, log_last, REQUIRED),
    FIELD(T_INT, "followers", msg_status_reply, followers, REQUIRED),
    FIELD(T_INT, "live_sent", msg_status_reply, live_sent, REQUIRED),
    FIELD(T_INT, "store_bytes", msg_status_reply, store_bytes, REQUIRED),
    FIELD(T_INT, "store_map_bytes", msg_status_reply, store_map_bytes, REQUIRED),
    FIELD(T_LIST, "workers", msg_status_reply, workers, REQUIRED, .sub = &worker_status_schema),
};
static SCHEMA(status_schema, "status", msg_status_reply);

static const struct field dead_query_schema_fields[] = {
    FIELD(T_INT, "after", msg_dead_query, after, 0),
    FIELD(T_INT, "limit", msg_dead_query, limit, 0),
};
static SCHEMA(dead_query_schema, "dead_list", msg_dead_query);

static const struct field dead_entry_schema_fields[] = {
    FIELD(T_INT, "article", dead_entry, article, REQUIRED),
    FIELD(T_STR, "id", dead_entry, id, REQUIRED),
    FIELD(T_STR, "title", dead_entry, title, SHOW_NULL),
    FIELD(T_STR, "reason", dead_entry, reason, REQUIRED),
    FIELD(T_STR, "worker", dead_entry, worker, SHOW_NULL),
    FIELD(T_INT, "attempts", dead_entry, attempts, REQUIRED),
    FIELD(T_TIME, "when", dead_entry, when, REQUIRED),
};
SCHEMA(dead_entry_schema, "dead", dead_entry);

static const struct field dead_list_schema_fields[] = {
    FIELD(T_LIST, "dead", msg_dead_list_reply, dead, REQUIRED, .sub = &dead_entry_schema),
    FIELD(T_INT, "total", msg_dead_list_reply, total, REQUIRED),
};
static SCHEMA(dead_list_schema, "dead_list", msg_dead_list_reply);

static const struct field dead_ids_schema_fields[] = {FIELD(T_STRS, "ids", msg_dead_ids, ids, 0)};
static SCHEMA(dead_ids_schema, "dead", msg_dead_ids);

static const struct field dead_show_schema_fields[] = {
    FIELD(T_POINTER, "entry", msg_dead_show_reply, entry, REQUIRED, .sub = &dead_entry_schema),
    FIELD(T_RAW, "article", msg_dead_show_reply, article, REQUIRED),
};
static SCHEMA(dead_show_schema, "dead_show", msg_dead_show_reply);

static const struct field changed_schema_fields[] = {FIELD(T_INT, "n", msg_changed, n, REQUIRED)};
static SCHEMA(changed_schema, "changed", msg_changed);

/* ---- which op has which fields, and where it may be met ---- */

#define ON(channel) (1u << (channel))
const struct message_type message_types[OP_COUNT] = {
    [OP_HELLO] = {OP_HELLO, "hello", ON(CH_WORK_UP), true, &hello_schema},
    [OP_CREDIT] = {OP_CREDIT, "credit", ON(CH_WORK_UP) | ON(CH_STREAM_UP), false, &credit_schema},
    [OP_WORK] = {OP_WORK, "work", ON(CH_WORK_DOWN), false, &work_schema},
    [OP_DONE] = {OP_DONE, "done", ON(CH_WORK_UP), false, &done_schema},
    [OP_FAILED] = {OP_FAILED, "failed", ON(CH_WORK_UP), false, &failed_schema},
    [OP_HEARTBEAT] = {OP_HEARTBEAT, "heartbeat", ON(CH_WORK_UP) | ON(CH_WORK_DOWN), false, NULL},
    [OP_BYE] = {OP_BYE, "bye", ON(CH_WORK_UP) | ON(CH_WORK_DOWN) | ON(CH_STREAM_UP), false, NULL},
    [OP_RELOAD] = {OP_RELOAD, "reload", ON(CH_WORK_DOWN), false, NULL},
    [OP_REFUSED] = {OP_REFUSED, "refused", ON(CH_WORK_DOWN) | ON(CH_STREAM_DOWN) | ON(CH_CONTROL_DOWN), true,
                    &refused_schema},
    [OP_SUBSCRIBE] = {OP_SUBSCRIBE, "subscribe", ON(CH_STREAM_UP), true, &subscribe_schema},
    [OP_EVENT] = {OP_EVENT, "event", ON(CH_STREAM_DOWN), false, &event_message_schema},
    [OP_WATERMARK] = {OP_WATERMARK, "watermark", ON(CH_STREAM_DOWN), false, &watermark_schema},
    [OP_STATUS] = {OP_STATUS, "status", ON(CH_CONTROL_UP), true, NULL},
    [OP_STATUS_REPLY] = {OP_STATUS_REPLY, "status", ON(CH_CONTROL_DOWN), true, &status_schema},
    [OP_DEAD_LIST] = {OP_DEAD_LIST, "dead_list", ON(CH_CONTROL_UP), true, &dead_query_schema},
    [OP_DEAD_LIST_REPLY] = {OP_DEAD_LIST_REPLY, "dead_list", ON(CH_CONTROL_DOWN), true, &dead_list_schema},
    [OP_DEAD_SHOW] = {OP_DEAD_SHOW, "dead_show", ON(CH_CONTROL_UP), true, &dead_ids_schema},
    [OP_DEAD_SHOW_REPLY] = {OP_DEAD_SHOW_REPLY, "dead_show", ON(CH_CONTROL_DOWN), true, &dead_show_schema},
    [OP_DEAD_RETRY] = {OP_DEAD_RETRY, "dead_retry", ON(CH_CONTROL_UP), true, &dead_ids_schema},
    [OP_DEAD_DROP] = {OP_DEAD_DROP, "dead_drop", ON(CH_CONTROL_UP), true, &dead_ids_schema},
    [OP_CHANGED] = {OP_CHANGED, "changed", ON(CH_CONTROL_DOWN), true, &changed_schema},
};
