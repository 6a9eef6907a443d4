#include "daemon/queue.h"

void queue_front(struct queue *q, int64_t number)
{
    if (q->n == QUEUE_ROOM) {
        q->scanned = 0; /* no room: it is found again in the store */
        return;
    }
    q->head = (q->head + QUEUE_ROOM - 1) % QUEUE_ROOM;
    q->numbers[q->head] = number;
    q->n++;
}

/* Half of the room is left for what comes back. */
static void refill(struct queue *q, struct store *s, const struct table *held)
{
    for (int64_t next; q->n < QUEUE_ROOM / 2 && (next = store_waiting_next(s, q->scanned)) != 0;
         q->scanned = next)
        if (!table_get(held, queue_key(&next)))
            q->numbers[(q->head + q->n++) % QUEUE_ROOM] = next;
}

int64_t queue_take(struct queue *q, struct store *s, const struct table *held)
{
    if (q->n == 0)
        refill(q, s, held);
    if (q->n == 0)
        return 0;
    int64_t number = q->numbers[q->head];
    q->head = (q->head + 1) % QUEUE_ROOM;
    q->n--;
    return number;
}

void queue_forget(struct queue *q)
{
    q->head = q->n = 0;
    q->scanned = 0;
}
