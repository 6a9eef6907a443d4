/* peers.h: who is behind which TCP connection, so that a revoked peer's one can be ended.
 *
 * ZeroMQ has no call for that: unbinding leaves running connections alone, and a ROUTER that hands over an identity
 * only stops to listen. So the connection's own file descriptor is shut down; ZeroMQ then finds that the peer has
 * gone. A descriptor may be closed and used anew at any moment by ZeroMQ's own thread: everything is done on a
 * duplicate that was looked at first, and the kernel's cookie tells two connections apart. */
#ifndef STANCED_PEERS_H
#define STANCED_PEERS_H

#include <stdbool.h>
#include <stddef.h>

struct peers;

struct peers *peers_new(void); /* NULL: out of memory */
void peers_free(struct peers *p);

/* A message of this peer (its key as text) came through this descriptor. */
void peers_note(struct peers *p, int fd, const char *key);

/* Ends every connection to our TCP port whose peer may not stay. One that has not said a word yet is of somebody
 * unknown: it is ended too, loses nothing, and may come again. Returns how many. */
size_t peers_cut(struct peers *p, int port, bool (*may_stay)(void *arg, const char *key), void *arg);

#endif
