/* The HTTP server: the input is what a browser sends, in one piece or two. */
#include "daemon/http.h"
#include "proto/base/clock.h"
#include "proto/base/log.h"
#include "tests/fuzz/fuzz.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

static struct loop *loop;
static struct http *http;
static struct sockaddr_in address = {.sin_family = AF_INET};

/* Does what there is to do without waiting for more. */
static void turn(void)
{
    loop_again(loop);
    loop_turn(loop);
}

static void start(void)
{
    static char dir[] = "/tmp/stanced-fuzz-XXXXXX";
    static struct metrics metrics;
    static const char *state = "serving";
    struct reason why;
    struct str event = STR("\x81\xa2id\xa1x");
    CHECK(mkdtemp(dir));
    log_open("fuzz", LOG_LEVEL_ERROR - 1);
    struct store *s = store_open(dir, (size_t)8 << 20, &why);
    CHECK(s);
    store_log_append(s, event, 0);
    CHECK(store_commit(s, &why));
    loop = loop_new();
    http = http_new(loop, "127.0.0.1:0", s, &metrics, &state, &why);
    CHECK(http);
    address.sin_port = htons((uint16_t)atoi(strrchr(http_address(http), ':') + 1));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char answer[4096];
    if (!http)
        start();
    if (n == 0)
        return 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0);
    while (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        CHECK(errno == EINTR); /* libFuzzer's alarm, once in millions */
    size_t half = 1 + bytes[0] * (n - 1) / 256;
    ssize_t sent = send(fd, bytes, half, MSG_NOSIGNAL);
    turn();
    if (sent == (ssize_t)half && half < n)
        sent = send(fd, bytes + half, n - half, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    for (int i = 0; i < 4; i++) {
        turn();
        http_speak(http, clock_mono_ms());
        while (recv(fd, answer, sizeof answer, MSG_DONTWAIT) > 0)
            ;
    }
    close(fd);
    turn();
    return 0;
}
