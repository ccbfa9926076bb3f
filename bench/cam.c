/* A synthetic live camera, or many, made from one clip: as RTSP server (serve) or as publisher (push).
 *
 * Every access unit starts with an SEI that holds the CLOCK_MONOTONIC send time as 16 hexadecimal digits, so
 * that loadgen can measure the latency from source to viewer per frame. One thread, loopback only. */
#define _GNU_SOURCE
#include "connection.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256
#define DRAIN_S 2.0
#define FRAME_BYTES (4u << 20)

static const char USAGE[] =
    "cam serve -p PORT -f CLIP   every connection that PLAYs gets its own paced copy of the clip\n"
    "cam push  -u URL -k K -f CLIP   K publishers (ANNOUNCE, RECORD) to URL, or to URL0..URL<K-1> if K > 1\n"
    "  -c h264|h265  -r FPS (25)  -m MTU (1400)  -d SECONDS to live (3600)\n"
    "  -x PIECES  send each access unit in so many pieces, 1 ms apart, as a network would deliver it\n"
    "On SIGTERM or at the end of its time it stops sending, drains for at most 2 s and prints what it sent.\n";

struct options {
    int is_push;
    const char *url;
    const char *path;
    int publishers;
    int port;
    int pieces;
    double duration_s;
};

static volatile sig_atomic_t is_stopped;
static struct server server;
static struct clip clip = {.mtu = 1400, .fps = 25};

static void stop(int signal_number)
{
    (void)signal_number;
    is_stopped = 1;
}

static struct options parse_options(int argc, char **argv)
{
    struct options o = {.url = "rtsp://127.0.0.1:8554/cam", .publishers = 1, .port = 9554, .pieces = 1,
                        .duration_s = 3600};
    int letter;
    if (argc < 2 || (strcmp(argv[1], "push") && strcmp(argv[1], "serve"))) {
        fputs(USAGE, stderr);
        exit(1);
    }
    o.is_push = !strcmp(argv[1], "push");
    optind = 2;
    while ((letter = getopt(argc, argv, "u:k:f:c:r:m:p:d:x:")) != -1) {
        switch (letter) {
        case 'u': o.url = optarg; break;
        case 'k': o.publishers = atoi(optarg); break;
        case 'f': o.path = optarg; break;
        case 'c': clip.is_h265 = !strcmp(optarg, "h265"); break;
        case 'r': clip.fps = atof(optarg); break;
        case 'm': clip.mtu = atoi(optarg); break;
        case 'p': o.port = atoi(optarg); break;
        case 'd': o.duration_s = atof(optarg); break;
        case 'x': o.pieces = atoi(optarg); break;
        default: fputs(USAGE, stderr); exit(1);
        }
    }
    return o;
}

static void check_status(const char *method, int status, const char *reply)
{
    if (status == 200)
        return;
    fprintf(stderr, "%s was answered %d\n%s\n", method, status, status < 0 ? "" : reply);
    exit(1);
}

/* Opens the index-th publishing session. */
static void publish(const struct options *o, int index)
{
    static char reply[REPLY_BYTES];
    char url[URL_BYTES];
    char sdp[6144];
    char request[8192];
    char session[SESSION_BYTES] = "";
    int fd = connect_to_url(o->url);
    if (fd < 0)
        exit(1);
    if (o->publishers > 1)
        snprintf(url, sizeof url, "%.280s%d", o->url, index);
    else
        snprintf(url, sizeof url, "%.299s", o->url);
    int length = clip_sdp(&clip, sdp, sizeof sdp);
    snprintf(request, sizeof request,
             "ANNOUNCE %s RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", url,
             length, sdp);
    check_status("ANNOUNCE", rtsp_exchange(fd, request, reply), reply);
    copy_session(reply, session);
    snprintf(request, sizeof request,
             "SETUP %s/trackID=0 RTSP/1.0\r\nCSeq: 2\r\n%s%s%sTransport: "
             "RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n\r\n",
             url, session[0] ? "Session: " : "", session, session[0] ? "\r\n" : "");
    check_status("SETUP", rtsp_exchange(fd, request, reply), reply);
    copy_session(reply, session);
    snprintf(request, sizeof request, "RECORD %s RTSP/1.0\r\nCSeq: 3\r\nSession: %s\r\nRange: npt=0.000-\r\n\r\n", url,
             session);
    check_status("RECORD", rtsp_exchange(fd, request, reply), reply);
    struct connection *connection = server_add(&server, fd);
    connection->ssrc = 0x10000000 + (uint32_t)index;
    connection->sequence = (uint16_t)(1000 * index);
    connection->timestamp = 90000u * (uint32_t)index;
    connection->frame_index = o->publishers > 1 ? index * 37 % clip.frame_count : 0;
    connection->is_playing = 1;
    connection->next_s = now_s() + index / clip.fps / o->publishers;
}

static void send_frame(struct connection *connection, int pieces)
{
    static uint8_t bytes[FRAME_BYTES];
    const struct frame *frame = &clip.frames[connection->frame_index];
    if (frame->length > sizeof bytes)
        return;
    memcpy(bytes, frame->bytes, frame->length);
    connection->frame_index = (connection->frame_index + 1) % clip.frame_count;
    connection->sequence = frame_address(&clip, bytes, frame->length, 0, connection->sequence,
                                         connection->timestamp, connection->ssrc);
    connection->timestamp += (uint32_t)(90000 / clip.fps);
    server.sent_frames++;
    if (pieces <= 1) {
        connection_send(&server, connection, bytes, frame->length, 1);
        return;
    }
    if (connection->backlog_end - connection->backlog_start > BACKLOG_BYTES) {
        server.dropped_frames++;
        return;
    }
    connection_finish_frame(&server, connection);
    connection->piecewise = realloc(connection->piecewise, frame->length);
    memcpy(connection->piecewise, bytes, frame->length);
    connection->piecewise_length = frame->length;
    connection->piecewise_at = 0;
    connection->piece_next_s = now_s();
}

/* Sends the next piece if it is due; returns when this connection wants to be looked at again. */
static double send_piece(struct connection *connection, int pieces, double now, double wake_s)
{
    size_t left = connection->piecewise_length - connection->piecewise_at;
    if (!left || connection->is_dead)
        return wake_s;
    if (connection->piece_next_s <= now) {
        size_t piece = (connection->piecewise_length + (size_t)pieces - 1) / (size_t)pieces;
        if (piece > left)
            piece = left;
        connection_send(&server, connection, connection->piecewise + connection->piecewise_at, piece, 0);
        connection->piecewise_at += piece;
        connection->piece_next_s = now + 0.001;
        left -= piece;
    }
    return left && connection->piece_next_s < wake_s ? connection->piece_next_s : wake_s;
}

/* Sends whatever is due; returns when the next thing is. */
static double send_due(int pieces)
{
    double now = now_s();
    double wake_s = now + 0.05;
    server_reap(&server);
    for (int i = 0; i < server.count; i++) {
        struct connection *connection = server.connections[i];
        if (!connection->is_playing)
            continue;
        while (connection->is_playing && connection->next_s <= now) {
            send_frame(connection, pieces);
            connection->next_s += 1 / clip.fps;
        }
        if (connection->next_s < wake_s)
            wake_s = connection->next_s;
        if (pieces > 1)
            wake_s = send_piece(connection, pieces, now, wake_s);
    }
    return wake_s;
}

static void wait_and_handle(double wake_s)
{
    struct epoll_event events[EVENTS];
    double wait_s = wake_s - now_s();
    struct timespec timeout = {0, wait_s > 0 ? (long)(wait_s * 1e9) : 0};
    int count = epoll_pwait2(server.epoll, events, EVENTS, &timeout, NULL);
    for (int i = 0; i < count; i++)
        server_handle(&server, &events[i]);
}

/* Lets the peers take what is still on its way, so that the number of frames sent is the number delivered. */
static void drain(void)
{
    double end_s = now_s() + DRAIN_S;
    for (;;) {
        int waiting = 0;
        for (int i = 0; i < server.count; i++) {
            struct connection *connection = server.connections[i];
            connection_finish_frame(&server, connection);
            if (!connection->is_dead && connection->backlog_end > connection->backlog_start)
                waiting++;
        }
        if (!waiting || now_s() >= end_s)
            return;
        wait_and_handle(now_s() + 0.02);
    }
}

int main(int argc, char **argv)
{
    struct options o = parse_options(argc, argv);
    struct sigaction action = {.sa_handler = stop};
    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    clip_load(&clip, o.path);
    clip_report(&clip);
    server_open(&server, &clip, o.is_push ? -1 : listen_on_loopback(o.port));
    if (o.is_push) {
        for (int i = 0; i < o.publishers; i++)
            publish(&o, i);
        fprintf(stderr, "pushing %d\n", o.publishers);
    }
    double end_s = now_s() + o.duration_s;
    while (!is_stopped && now_s() < end_s) {
        wait_and_handle(send_due(o.pieces));
        if (o.is_push && !server.count) {
            fprintf(stderr, "all publishers gone\n");
            return 2;
        }
    }
    drain();
    fprintf(stderr, "sent %llu drops %llu\n", (unsigned long long)server.sent_frames,
            (unsigned long long)server.dropped_frames);
    return 0;
}
