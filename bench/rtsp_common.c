/* What the four benchmark programs share: the clock, loopback sockets and the client's half of an RTSP exchange. */
#define _GNU_SOURCE
#include "rtsp_common.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REPLY_TIMEOUT_S 10
#define LISTEN_BACKLOG 4096

uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

double now_s(void)
{
    return (double)now_ns() * 1e-9;
}

struct sockaddr_in loopback_address(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int listen_on_loopback(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    struct sockaddr_in address = loopback_address(port);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, LISTEN_BACKLOG)) {
        perror("listen");
        exit(1);
    }
    set_nonblocking(fd);
    return fd;
}

int connect_to_url(const char *url)
{
    char host[64] = "";
    int port = 554;
    struct sockaddr_in address;
    struct timeval timeout = {REPLY_TIMEOUT_S, 0};
    if (sscanf(url, "rtsp://%63[^:/]:%d", host, &port) < 1)
        return -1;
    address = loopback_address(port);
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1 || strncmp(host, "127.", 4)) {
        fprintf(stderr, "%s: only addresses of this machine (127.…) are measured\n", url);
        return -1;
    }
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    if (connect(fd, (struct sockaddr *)&address, sizeof address)) {
        perror("connect");
        close(fd);
        return -1;
    }
    return fd;
}

void set_nonblocking(int fd)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
}

void set_no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Takes exactly `length` bytes from the socket; 0 when all came. */
static int read_exactly(int fd, char *to, size_t length)
{
    while (length > 0) {
        ssize_t got = recv(fd, to, length, 0);
        if (got <= 0)
            return -1;
        to += got;
        length -= (size_t)got;
    }
    return 0;
}

/* Length of the reply's head including the empty line; waits for it by peeking, so that the body and any
 * media that follow stay in the socket. -1 when the connection ended or the head does not fit. */
static long peek_head(int fd, char *reply)
{
    for (;;) {
        ssize_t got = recv(fd, reply, REPLY_BYTES - 1, MSG_PEEK);
        if (got <= 0)
            return -1;
        reply[got] = 0;
        char *end = strstr(reply, "\r\n\r\n");
        if (end)
            return end + 4 - reply;
        if (got == REPLY_BYTES - 1)
            return -1;
        usleep(500);
    }
}

int rtsp_exchange(int fd, const char *request, char *reply)
{
    int status = 0;
    size_t length = strlen(request);
    if (send(fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
        return -1;
    long head = peek_head(fd, reply);
    if (head < 0 || read_exactly(fd, reply, (size_t)head))
        return -1;
    reply[head] = 0;
    const char *body_length = header_value(reply, "Content-Length:");
    long body = body_length ? atol(body_length) : 0;
    if (body < 0 || head + body >= REPLY_BYTES || read_exactly(fd, reply + head, (size_t)body))
        return -1;
    reply[head + body] = 0;
    sscanf(reply, "RTSP/1.0 %d", &status);
    return status;
}

const char *header_value(const char *message, const char *name)
{
    const char *found = strcasestr(message, name);
    if (!found)
        return NULL;
    found += strlen(name);
    return found + strspn(found, " \t");
}

void copy_session(const char *reply, char session[SESSION_BYTES])
{
    const char *value = header_value(reply, "Session:");
    if (value)
        sscanf(value, "%127[^; \r\n]", session);
}
