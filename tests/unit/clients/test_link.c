#include "clients/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zmq.h>

#include "tests/unit/unit.h"

static char folder[] = "/tmp/stanced-link-XXXXXX", endpoint[64];

/* A daemon's side. */
static void *listening(void *context, int kind, void **monitor)
{
    int none = 500;
    void *s = zmq_socket(context, kind);
    assert_non_null(s);
    zmq_setsockopt(s, ZMQ_LINGER, &none, sizeof none);
    zmq_socket_monitor(s, "inproc://listener", ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    *monitor = zmq_socket(context, ZMQ_PAIR);
    assert_int_equal(zmq_connect(*monitor, "inproc://listener"), 0);
    assert_int_equal(zmq_bind(s, endpoint), 0);
    return s;
}

static void until_connected(void *monitor)
{
    zmq_msg_t m;
    for (int more = 1; more;) {
        zmq_msg_init(&m);
        assert_true(zmq_msg_recv(&m, monitor, 0) >= 0);
        more = zmq_msg_more(&m);
        zmq_msg_close(&m);
    }
}

static void gone(void *context, void *s, void *monitor)
{
    zmq_socket_monitor(s, NULL, 0);
    zmq_close(s);
    zmq_close(monitor);
    zmq_ctx_term(context); /* what was said is on its way */
}

static void answer(void *s)
{
    char id[256], word[16];
    int n = zmq_recv(s, id, sizeof id, 0);
    assert_true(n > 0 && zmq_recv(s, word, sizeof word, 0) > 0);
    assert_int_equal(zmq_send(s, id, (size_t)n, ZMQ_SNDMORE), n);
    assert_int_equal(zmq_send(s, "hello", 5, 0), 5);
}

/* The last word of a daemon and its end come together: whoever reads the word first still hears of the end. */
static void test_lost_is_told_until_it_is_opened_anew(void **state)
{
    (void)state;
    struct reason why;
    void *monitor, *context = zmq_ctx_new(), *daemon = listening(context, ZMQ_ROUTER, &monitor);
    struct link *l = link_new(LINK_DEALER, endpoint, NULL, &why);
    assert_non_null(l);
    assert_true(link_send(l, "hi", 2, false));
    answer(daemon);
    gone(context, daemon, monitor);
    context = zmq_ctx_new();
    daemon = listening(context, ZMQ_ROUTER, &monitor);
    until_connected(monitor); /* again, so that the link knows by now that it was lost */
    assert_int_equal(link_wait(l, 0), LINK_READABLE | LINK_LOST);
    assert_true(link_recv(l));
    assert_str(link_payload(l), "hello");
    assert_int_equal(link_wait(l, 0), LINK_LOST);
    assert_int_equal(link_wait(l, -1), LINK_LOST);
    assert_true(link_open(l, &why));
    assert_int_equal(link_wait(l, 0), 0);
    link_free(l);
    gone(context, daemon, monitor);
}

/* SUB says its topics again by itself, and must not be kept from waiting. */
static void test_a_subscriber_is_not_told(void **state)
{
    (void)state;
    struct reason why;
    void *monitor, *context = zmq_ctx_new(), *daemon = listening(context, ZMQ_XPUB, &monitor);
    struct link *l = link_new(LINK_SUB, endpoint, NULL, &why);
    assert_non_null(l);
    until_connected(monitor);
    gone(context, daemon, monitor);
    context = zmq_ctx_new();
    daemon = listening(context, ZMQ_XPUB, &monitor);
    until_connected(monitor);
    assert_int_equal(link_wait(l, 0), 0);
    link_free(l);
    gone(context, daemon, monitor);
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    snprintf(endpoint, sizeof endpoint, "ipc://%s/stream", folder);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lost_is_told_until_it_is_opened_anew),
        cmocka_unit_test(test_a_subscriber_is_not_told),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(endpoint + 6);
    rmdir(folder);
    return failed;
}
