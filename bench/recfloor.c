/* The limit for the recorder: K RTSP cameras over TCP, written to disk by one epoll loop in minimal C.
 *
 * parse   cut the interleaved packets, put NAL units together behind their lengths, write once a second
 * raw     receive and write the bytes as they are
 * splice  socket to pipe to file, without a copy */
#define _GNU_SOURCE
#include "rtsp_common.h"

#include <errno.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK_BYTES (1u << 20)
#define OUTPUT_BYTES (4u << 20)
#define PARTIAL_BYTES 70000
#define RAW_WRITE_BYTES 500000
#define EVENTS 128

static const char USAGE[] =
    "recfloor -u URL -k K -o DIR -m parse|raw|splice [-d SECONDS to live (3600)]\n"
    "Records K connections to URL into DIR/cam0.raw … and ends when they have ended.\n";

enum mode { PARSE, RAW, SPLICE };

struct camera {
    int fd;
    int file;
    int pipe[2];
    uint8_t *partial; /* the packet that the last chunk cut */
    size_t partial_length;
    uint8_t *output;
    size_t output_length;
    size_t nal_start;
    uint32_t written_timestamp;
    int has_timestamp;
};

static uint8_t chunk[CHUNK_BYTES];

static void write_output(struct camera *camera)
{
    if (write(camera->file, camera->output, camera->output_length) < 0) {
        perror("write");
        exit(1);
    }
    camera->output_length = 0;
}

static void append(struct camera *camera, const uint8_t *bytes, size_t length)
{
    if (camera->output_length + length > OUTPUT_BYTES)
        write_output(camera);
    memcpy(camera->output + camera->output_length, bytes, length);
    camera->output_length += length;
}

static void open_nal(struct camera *camera)
{
    static const uint8_t length[4];
    camera->nal_start = camera->output_length;
    append(camera, length, sizeof length);
}

static void close_nal(struct camera *camera)
{
    uint32_t length = htonl((uint32_t)(camera->output_length - camera->nal_start - 4));
    memcpy(camera->output + camera->nal_start, &length, sizeof length);
}

static void take_packet(struct camera *camera, const uint8_t *packet, size_t length)
{
    uint32_t timestamp;
    if (length < 14)
        return;
    memcpy(&timestamp, packet + 4, sizeof timestamp);
    timestamp = ntohl(timestamp);
    if (!camera->has_timestamp) {
        camera->written_timestamp = timestamp;
        camera->has_timestamp = 1;
    }
    if (timestamp - camera->written_timestamp >= 90000) {
        write_output(camera);
        camera->written_timestamp = timestamp;
    }
    const uint8_t *payload = packet + 12;
    length -= 12;
    int is_fragment = (payload[0] & 31) == 28;
    if (!is_fragment) {
        open_nal(camera);
        append(camera, payload, length);
        close_nal(camera);
        return;
    }
    if (payload[1] & 0x80) {
        uint8_t header = (uint8_t)((payload[0] & 0xe0) | (payload[1] & 31));
        open_nal(camera);
        append(camera, &header, 1);
    }
    append(camera, payload + 2, length - 2);
    if (payload[1] & 0x40)
        close_nal(camera);
}

static void stop_watching(int epoll, struct camera *camera, int *open)
{
    epoll_ctl(epoll, EPOLL_CTL_DEL, camera->fd, NULL);
    (*open)--;
}

static int has_ended(ssize_t received)
{
    return received == 0 || (received < 0 && errno != EAGAIN);
}

static void splice_through(int epoll, struct camera *camera, int *open)
{
    ssize_t got = splice(camera->fd, NULL, camera->pipe[1], NULL, CHUNK_BYTES, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
    if (has_ended(got))
        stop_watching(epoll, camera, open);
    while (got > 0) {
        ssize_t written = splice(camera->pipe[0], NULL, camera->file, NULL, (size_t)got, SPLICE_F_MOVE);
        if (written <= 0) {
            perror("splice");
            exit(1);
        }
        got -= written;
    }
}

static void parse_chunk(struct camera *camera, size_t length)
{
    size_t at = 0;
    while (length - at >= 4) {
        size_t size = (size_t)chunk[at + 2] << 8 | chunk[at + 3];
        if (length - at < 4 + size)
            break;
        if (chunk[at] == '$' && !chunk[at + 1])
            take_packet(camera, chunk + at + 4, size);
        at += 4 + size;
    }
    camera->partial_length = length - at;
    memcpy(camera->partial, chunk + at, camera->partial_length);
}

static void receive(int epoll, struct camera *camera, enum mode mode, int *open)
{
    if (camera->partial_length)
        memcpy(chunk, camera->partial, camera->partial_length);
    ssize_t got = recv(camera->fd, chunk + camera->partial_length, sizeof chunk - camera->partial_length, MSG_DONTWAIT);
    if (got <= 0) {
        if (has_ended(got))
            stop_watching(epoll, camera, open);
        return;
    }
    if (mode == RAW) {
        append(camera, chunk, (size_t)got);
        if (camera->output_length > RAW_WRITE_BYTES)
            write_output(camera);
        return;
    }
    parse_chunk(camera, camera->partial_length + (size_t)got);
}

static int request(int fd, const char *method, const char *url, const char *lines, int sequence, char *reply)
{
    char text[1024];
    snprintf(text, sizeof text, "%s %s RTSP/1.0\r\nCSeq: %d\r\n%s\r\n", method, url, sequence, lines);
    int status = rtsp_exchange(fd, text, reply);
    if (status != 200)
        fprintf(stderr, "%s was answered %d\n", method, status);
    return status == 200;
}

/* Connects, plays and opens the file; ends the program when the camera refuses. */
static void open_camera(struct camera *camera, const char *url, const char *path, enum mode mode)
{
    static char reply[REPLY_BYTES];
    char session[SESSION_BYTES] = "";
    char lines[256];
    camera->fd = connect_to_url(url);
    if (camera->fd < 0 || !request(camera->fd, "DESCRIBE", url, "", 1, reply) ||
        !request(camera->fd, "SETUP", url, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n", 2, reply))
        exit(1);
    copy_session(reply, session);
    snprintf(lines, sizeof lines, "Session: %s\r\n", session);
    if (!request(camera->fd, "PLAY", url, lines, 3, reply))
        exit(1);
    set_nonblocking(camera->fd);
    camera->file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (camera->file < 0) {
        perror(path);
        exit(1);
    }
    camera->output = malloc(OUTPUT_BYTES);
    camera->partial = malloc(PARTIAL_BYTES);
    if (mode == SPLICE) {
        if (pipe(camera->pipe)) {
            perror("pipe");
            exit(1);
        }
        fcntl(camera->pipe[0], F_SETPIPE_SZ, CHUNK_BYTES);
    }
}

static enum mode mode_named(const char *name)
{
    return !strcmp(name, "splice") ? SPLICE : !strcmp(name, "raw") ? RAW : PARSE;
}

int main(int argc, char **argv)
{
    const char *url = "rtsp://127.0.0.1:9554/x";
    const char *directory = ".";
    enum mode mode = PARSE;
    double duration_s = 3600;
    int count = 1;
    int letter;
    signal(SIGPIPE, SIG_IGN);
    while ((letter = getopt(argc, argv, "u:k:o:m:d:")) != -1) {
        switch (letter) {
        case 'u': url = optarg; break;
        case 'k': count = atoi(optarg); break;
        case 'o': directory = optarg; break;
        case 'm': mode = mode_named(optarg); break;
        case 'd': duration_s = atof(optarg); break;
        default: fputs(USAGE, stderr); return 1;
        }
    }
    struct camera *cameras = calloc((size_t)count, sizeof *cameras);
    int epoll = epoll_create1(0);
    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%.480s/cam%d.raw", directory, i);
        open_camera(&cameras[i], url, path, mode);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &cameras[i]};
        epoll_ctl(epoll, EPOLL_CTL_ADD, cameras[i].fd, &event);
    }
    double end_s = now_s() + duration_s;
    for (int open = count; open > 0 && now_s() < end_s;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, 1000);
        for (int i = 0; i < ready; i++) {
            if (mode == SPLICE)
                splice_through(epoll, events[i].data.ptr, &open);
            else
                receive(epoll, events[i].data.ptr, mode, &open);
        }
    }
    for (int i = 0; i < count; i++)
        write_output(&cameras[i]);
    return 0;
}
