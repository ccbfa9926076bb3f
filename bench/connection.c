/* The serving half: RTSP connections of viewers, answered and fed from one epoll loop. */
#define _GNU_SOURCE
#include "connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void server_open(struct server *server, const struct clip *clip, int listener)
{
    server->epoll = epoll_create1(0);
    server->clip = clip;
    server->listener = listener;
    if (listener >= 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
        epoll_ctl(server->epoll, EPOLL_CTL_ADD, listener, &event);
    }
}

struct connection *server_add(struct server *server, int fd)
{
    struct connection *connection = calloc(1, sizeof *connection);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    connection->fd = fd;
    set_no_delay(fd);
    set_nonblocking(fd);
    epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event);
    server->connections[server->count++] = connection;
    return connection;
}

void server_reap(struct server *server)
{
    for (int i = 0; i < server->count; i++) {
        struct connection *connection = server->connections[i];
        if (!connection->is_dead)
            continue;
        free(connection->backlog);
        free(connection->piecewise);
        free(connection);
        server->connections[i--] = server->connections[--server->count];
    }
}

static void accept_all(struct server *server)
{
    while (server->count < MOST_CONNECTIONS) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            return;
        struct connection *connection = server_add(server, fd);
        connection->ssrc = 0x20000000 + ++server->accepted;
        connection->sequence = (uint16_t)(server->accepted * 7);
    }
}

void connection_kill(struct connection *connection)
{
    if (connection->is_dead)
        return;
    connection->is_dead = 1;
    connection->is_playing = 0;
    close(connection->fd);
}

static void watch(struct server *server, struct connection *connection)
{
    int wants = connection->backlog_end > connection->backlog_start;
    struct epoll_event event = {.events = EPOLLIN | (wants ? EPOLLOUT : 0), .data.ptr = connection};
    epoll_ctl(server->epoll, EPOLL_CTL_MOD, connection->fd, &event);
    connection->wants_writable = wants;
}

void connection_send(struct server *server, struct connection *connection, const uint8_t *bytes, size_t length,
                     int is_droppable)
{
    if (connection->is_dead)
        return;
    if (connection->backlog_end == connection->backlog_start) {
        connection->backlog_end = connection->backlog_start = 0;
        ssize_t taken = send(connection->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken < 0 && errno != EAGAIN) {
            connection_kill(connection);
            return;
        }
        if (taken < 0)
            taken = 0;
        if ((size_t)taken == length)
            return;
        bytes += taken;
        length -= (size_t)taken;
    } else if (is_droppable && connection->backlog_end - connection->backlog_start > BACKLOG_BYTES) {
        server->dropped_frames++;
        return;
    }
    if (connection->backlog_end + length > connection->backlog_capacity) {
        connection->backlog_capacity = (connection->backlog_end + length) * 2;
        connection->backlog = realloc(connection->backlog, connection->backlog_capacity);
    }
    memcpy(connection->backlog + connection->backlog_end, bytes, length);
    connection->backlog_end += length;
    if (!connection->wants_writable)
        watch(server, connection);
}

void connection_finish_frame(struct server *server, struct connection *connection)
{
    size_t left = connection->piecewise_length - connection->piecewise_at;
    if (!left)
        return;
    connection_send(server, connection, connection->piecewise + connection->piecewise_at, left, 0);
    connection->piecewise_at = connection->piecewise_length;
}

static void write_backlog(struct server *server, struct connection *connection)
{
    ssize_t taken = send(connection->fd, connection->backlog + connection->backlog_start,
                         connection->backlog_end - connection->backlog_start, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0) {
        if (errno != EAGAIN)
            connection_kill(connection);
        return;
    }
    connection->backlog_start += (size_t)taken;
    if (connection->backlog_start == connection->backlog_end) {
        connection->backlog_start = connection->backlog_end = 0;
        watch(server, connection);
    }
}

static const char *set_up(struct server *server, struct connection *connection, const char *request, char lines[512])
{
    const char *ports = strcasestr(request, "client_port=");
    if (server->udp_port && ports) {
        socklen_t size = sizeof connection->udp_address;
        getpeername(connection->fd, (struct sockaddr *)&connection->udp_address, &size);
        connection->udp_port = atoi(ports + strlen("client_port="));
        connection->udp_address.sin_port = htons((uint16_t)connection->udp_port);
        snprintf(lines, 512,
                 "Session: 1234%d;timeout=600\r\nTransport: RTP/AVP;unicast;client_port=%d-%d;server_port=%d-%d\r\n",
                 connection->fd, connection->udp_port, connection->udp_port + 1, server->udp_port,
                 server->udp_port + 1);
        return "200 OK";
    }
    if (!strcasestr(request, "RTP/AVP/TCP"))
        return "461 Unsupported Transport";
    snprintf(lines, 512,
             "Session: 1234%d;timeout=600\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=%08X\r\n",
             connection->fd, connection->ssrc);
    return "200 OK";
}

static void answer(struct server *server, struct connection *connection, const char *request)
{
    char method[32] = "";
    char url[512] = "";
    char lines[512] = "";
    char body[6144] = "";
    char reply[8192];
    const char *status = "200 OK";
    const char *sequence = header_value(request, "CSeq:");
    sscanf(request, "%31s %511s", method, url);
    if (!strcmp(method, "OPTIONS")) {
        snprintf(lines, sizeof lines, "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n");
    } else if (!strcmp(method, "DESCRIBE")) {
        int length = clip_sdp(server->clip, body, sizeof body);
        snprintf(lines, sizeof lines,
                 "Content-Base: %.300s/\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n", url, length);
    } else if (!strcmp(method, "SETUP")) {
        status = set_up(server, connection, request, lines);
    } else if (!strcmp(method, "PLAY")) {
        snprintf(lines, sizeof lines, "Session: 1234%d\r\nRange: npt=0.000-\r\n", connection->fd);
        connection->is_playing = 1;
        /* Spread the starts over one frame, as independent cameras would be. */
        connection->next_s = now_s() + (connection->fd % 100) * 0.01 / server->clip->fps;
    } else if (!strcmp(method, "TEARDOWN")) {
        connection->is_playing = 0;
    } else {
        snprintf(lines, sizeof lines, "Session: 1234%d\r\n", connection->fd);
    }
    int length = snprintf(reply, sizeof reply, "RTSP/1.0 %s\r\nCSeq: %d\r\n%s\r\n%s", status,
                          sequence ? atoi(sequence) : 0, lines, body);
    connection_finish_frame(server, connection);
    connection_send(server, connection, (const uint8_t *)reply, (size_t)length, 0);
}

/* Length of the first whole message or interleaved frame in the buffer, 0 when it is not all there. A request
 * is answered; a reply (to what `cam push` sent) and RTCP are skipped. */
static int consume_one(struct server *server, struct connection *connection)
{
    char *bytes = connection->request;
    if (connection->request_length < 4)
        return 0;
    if (bytes[0] == '$') {
        int length = (int)packet_length((const uint8_t *)bytes) + 4;
        return connection->request_length < length ? 0 : length;
    }
    char *end = strstr(bytes, "\r\n\r\n");
    if (!end)
        return 0;
    *end = 0;
    int length = (int)(end + 4 - bytes);
    const char *body_length = header_value(bytes, "Content-Length:");
    if (body_length)
        length += atoi(body_length);
    if (server->listener >= 0)
        answer(server, connection, bytes);
    return length > connection->request_length ? connection->request_length : length;
}

static void read_requests(struct server *server, struct connection *connection)
{
    for (;;) {
        size_t room = sizeof connection->request - 1 - (size_t)connection->request_length;
        ssize_t got = recv(connection->fd, connection->request + connection->request_length, room, MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            connection_kill(connection);
            return;
        }
        connection->request_length += (int)got;
        connection->request[connection->request_length] = 0;
        for (int used; !connection->is_dead && (used = consume_one(server, connection)) > 0;) {
            connection->request_length -= used;
            memmove(connection->request, connection->request + used, (size_t)connection->request_length + 1);
        }
        if (connection->is_dead)
            return;
        if (connection->request_length >= (int)sizeof connection->request - 1)
            connection->request_length = 0;
    }
}

void server_handle(struct server *server, const struct epoll_event *event)
{
    struct connection *connection = event->data.ptr;
    if (!connection) {
        accept_all(server);
        return;
    }
    if (connection->is_dead)
        return;
    if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        read_requests(server, connection);
    if (!connection->is_dead && event->events & EPOLLOUT)
        write_backlog(server, connection);
}
