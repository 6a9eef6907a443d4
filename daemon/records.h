/* records.h: the plain records that the store keeps and that decisions read. No behaviour here. */
#ifndef STANCED_RECORDS_H
#define STANCED_RECORDS_H

#include "proto/base/hash.h"

enum id_state {
    ID_WAITING,  /* undone: in the waiting table */
    ID_DONE,     /* its events are (or were) in the log */
    ID_DEAD,     /* in the quarantine */
    ID_CANCELED, /* its source took it back */
    ID_DROPPED   /* an operator dropped it from the quarantine */
};

/* What is known of an article id. Sequence numbers: 0 when there are none. */
struct id_record {
    int64_t number; /* of arrival, of the latest revision; 0: only canceled before it ever came */
    int64_t revision;
    struct digest content;
    int64_t first, last;             /* events of this revision */
    int64_t prior_first, prior_last; /* events of an earlier revision that are still to be retracted */
    int state;                       /* enum id_state */
};

/* An undone article. Pointers belong to the store, valid until the next change or the end of the turn. */
struct waiting {
    struct digest key; /* of its id */
    int64_t wall;      /* of arrival */
    size_t body_len;   /* bytes */
    struct str article;
};

/* How often an article was handed out. */
struct attempts {
    uint32_t taken;   /* that count */
    uint32_t crashes; /* taken when the daemon itself ended without a word: counted apart */
    int64_t epoch;    /* start number of the daemon that has it in hand; 0: not in hand */
};

#endif
