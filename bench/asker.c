/* Sends prepared HTTP requests over kept connections, as fast as answered or at a fixed rate: latency and status.
 *
 * Prints one JSON object. At a fixed rate a request's time counts from when it was due, however late it went out. */
#define _GNU_SOURCE
#include "latency.h"
#include "process_stats.h"
#include "rtsp_common.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVENTS 256
#define ANSWER_BYTES (1u << 20)

static const char USAGE[] =
    "asker -p PORT -f FILE -n CONNECTIONS [-r REQUESTS_PER_S] -w WARMUP_S -d SECONDS [-P PID of the server]\n"
    "  FILE holds requests: connection and length (32 bits each, little-endian), then the bytes\n"
    "  without -r each connection asks again as soon as it was answered; the file must last\n";

struct request {
    const char *bytes;
    uint32_t length;
    uint32_t next; /* of the same connection; 0 is none */
};

struct connection {
    int fd;
    uint32_t next; /* the request that goes out next, 0 when there are none left */
    uint64_t due_ns; /* of the request under way, 0 when none is */
    size_t received;
    size_t expected; /* 0 until the head is complete */
    int status;
    char *answer;
};

static struct request *requests;
static struct connection *connections;
static uint64_t good;
static uint64_t bad;
static uint64_t answer_bytes;
static int is_measuring;
static int has_run_out;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* Chains the requests of each connection in the order of the file. */
static void read_requests(const char *path, int count)
{
    struct stat status;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &status))
        fail(path);
    size_t size = (size_t)status.st_size;
    const char *file = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (file == MAP_FAILED)
        fail(path);
    uint32_t *last = calloc((size_t)count, sizeof *last);
    uint32_t total = 1;
    requests = malloc(sizeof *requests);
    for (size_t at = 0; at + 8 <= size;) {
        uint32_t head[2];
        memcpy(head, file + at, 8);
        if (head[0] >= (uint32_t)count || head[1] > size - at - 8) {
            fputs("a damaged file of requests\n", stderr);
            exit(1);
        }
        if (!(total & (total - 1)))
            requests = realloc(requests, 2 * (size_t)total * sizeof *requests);
        requests[total] = (struct request){file + at + 8, head[1], 0};
        if (last[head[0]])
            requests[last[head[0]]].next = total;
        else
            connections[head[0]].next = total;
        last[head[0]] = total++;
        at += 8 + head[1];
    }
    free(last);
}

static void open_connection(struct connection *c, int port, int epoll, uint32_t number)
{
    struct sockaddr_in address = loopback_address(port);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = number};
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    c->answer = malloc(ANSWER_BYTES);
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address))
        fail("connect");
    set_no_delay(c->fd);
    set_nonblocking(c->fd);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event))
        fail("epoll_ctl");
}

/* Requests are small and the last one was answered, so that one always fits into the socket. */
static int ask(struct connection *c, uint64_t due_ns)
{
    if (!c->next) {
        has_run_out = 1;
        return 0;
    }
    const struct request *request = &requests[c->next];
    if (send(c->fd, request->bytes, request->length, MSG_NOSIGNAL) != (ssize_t)request->length)
        fail("send");
    c->next = request->next;
    c->due_ns = due_ns;
    c->received = c->expected = 0;
    return 1;
}

static void read_head(struct connection *c)
{
    c->answer[c->received] = 0;
    char *end = strstr(c->answer, "\r\n\r\n");
    if (!end)
        return;
    char kept = end[2];
    end[2] = 0; /* the search for the length must not go on into the body */
    const char *length = header_value(c->answer, "Content-Length:");
    c->expected = (size_t)(end + 4 - c->answer) + (length ? (size_t)atol(length) : 0);
    c->status = 0;
    sscanf(c->answer, "HTTP/1.1 %d", &c->status);
    end[2] = kept;
    if (c->expected >= ANSWER_BYTES) {
        fputs("an answer that is too long\n", stderr);
        exit(1);
    }
}

static void count_answer(const struct connection *c)
{
    if (!is_measuring)
        return;
    add_latency(now_ns() - c->due_ns);
    answer_bytes += c->expected;
    if (c->status == 200)
        good++;
    else
        bad++;
}

/* 1 when a whole answer came. */
static int take_answer(struct connection *c)
{
    ssize_t got = recv(c->fd, c->answer + c->received, ANSWER_BYTES - 1 - c->received, 0);
    if (got < 0 && errno == EAGAIN)
        return 0;
    if (got <= 0) {
        fputs("the server closed a connection\n", stderr);
        exit(1);
    }
    c->received += (size_t)got;
    if (!c->expected)
        read_head(c);
    if (!c->expected || c->received < c->expected)
        return 0;
    count_answer(c);
    c->due_ns = 0;
    return 1;
}

struct options {
    int port;
    const char *file;
    int count;
    double rate;
    double warmup_s;
    double duration_s;
    int server_pid;
};

/* Sends what is due by now on connections that are free; how long until the next is due. */
static struct timespec ask_what_is_due(const struct options *o, uint64_t begin_ns, uint64_t *asked)
{
    static int turn;
    uint64_t step_ns = (uint64_t)(1e9 / o->rate);
    for (int tried = 0; tried < o->count; tried++) {
        uint64_t due_ns = begin_ns + *asked * step_ns;
        uint64_t at_ns = now_ns();
        if (due_ns > at_ns)
            return (struct timespec){.tv_nsec = due_ns - at_ns < 20000000 ? (long)(due_ns - at_ns) : 20000000};
        struct connection *c = &connections[turn++ % o->count];
        if (!c->due_ns && ask(c, due_ns))
            (*asked)++;
    }
    return (struct timespec){.tv_nsec = 1000000};
}

static double measure(const struct options *o, int epoll, double *server_s)
{
    struct epoll_event events[EVENTS];
    uint64_t begin_ns = now_ns();
    uint64_t asked = 0;
    double start_s = now_s() + o->warmup_s;
    double end_s = start_s + o->duration_s;
    double began_s = 0;
    double server_before_s = 0;
    for (int i = 0; o->rate <= 0 && i < o->count; i++)
        ask(&connections[i], now_ns());
    double at_s = now_s();
    for (; at_s < end_s && !has_run_out; at_s = now_s()) {
        struct timespec wait = {.tv_nsec = 20000000};
        if (o->rate > 0)
            wait = ask_what_is_due(o, begin_ns, &asked);
        if (!is_measuring && at_s >= start_s) {
            is_measuring = 1;
            began_s = now_s();
            server_before_s = scheduled_s(o->server_pid);
        }
        int count = epoll_pwait2(epoll, events, EVENTS, &wait, NULL);
        for (int i = 0; i < count; i++) {
            struct connection *c = &connections[events[i].data.u32];
            if (take_answer(c) && o->rate <= 0)
                ask(c, now_ns());
        }
    }
    *server_s = scheduled_s(o->server_pid) - server_before_s;
    return at_s - began_s;
}

static struct options parse_options(int argc, char **argv)
{
    struct options o = {.count = 1, .warmup_s = 1, .duration_s = 5};
    int letter;
    while ((letter = getopt(argc, argv, "p:f:n:r:w:d:P:")) != -1) {
        switch (letter) {
        case 'p': o.port = atoi(optarg); break;
        case 'f': o.file = optarg; break;
        case 'n': o.count = atoi(optarg); break;
        case 'r': o.rate = atof(optarg); break;
        case 'w': o.warmup_s = atof(optarg); break;
        case 'd': o.duration_s = atof(optarg); break;
        case 'P': o.server_pid = atoi(optarg); break;
        default: fputs(USAGE, stderr); exit(1);
        }
    }
    if (!o.port || !o.file || o.count < 1) {
        fputs(USAGE, stderr);
        exit(1);
    }
    return o;
}

int main(int argc, char **argv)
{
    struct options o = parse_options(argc, argv);
    double server_s = 0;
    int epoll = epoll_create1(0);
    signal(SIGPIPE, SIG_IGN);
    connections = calloc((size_t)o.count, sizeof *connections);
    read_requests(o.file, o.count);
    for (int i = 0; i < o.count; i++)
        open_connection(&connections[i], o.port, epoll, (uint32_t)i);
    double seconds = measure(&o, epoll, &server_s);
    printf("{\"T\":%.3f,\"good\":%lu,\"bad\":%lu,\"bytes\":%lu,\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f,", seconds, good,
           bad, answer_bytes, latency_percentile_ms(.5), latency_percentile_ms(.99), latency_percentile_ms(.999999));
    printf("\"srv_cpu\":%.4f,\"ran_out\":%d}\n", server_s, has_run_out);
    return 0;
}
