/* The serving half: RTSP connections of viewers, answered and fed from one epoll loop. */
#ifndef BENCH_CONNECTION_H
#define BENCH_CONNECTION_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "clip.h"

#define MOST_CONNECTIONS 70000
#define REQUEST_BYTES 8192
#define BACKLOG_BYTES (8u << 20) /* more than this waiting: the peer is too slow, frames are dropped */

struct connection {
    int fd;
    int is_playing;
    int is_dead;
    int wants_writable; /* epoll watches for room in the socket */
    int is_zero_copy;   /* the socket option is set (floor only) */

    /* The stream as this peer sees it. */
    uint16_t sequence;
    uint32_t timestamp;
    uint32_t ssrc;
    int frame_index;
    double next_s;

    int udp_port; /* 0: interleaved in this connection */
    struct sockaddr_in udp_address;

    /* What the socket did not take yet. */
    uint8_t *backlog;
    size_t backlog_start;
    size_t backlog_end;
    size_t backlog_capacity;

    /* A frame on its way in pieces. */
    uint8_t *piecewise;
    size_t piecewise_at;
    size_t piecewise_length;
    double piece_next_s;

    char request[REQUEST_BYTES];
    int request_length;
};

struct server {
    int epoll;
    int listener; /* -1: none, the connections were made by us */
    const struct clip *clip;
    int udp_port; /* where RTP over UDP comes from; 0: TCP only */
    struct connection *connections[MOST_CONNECTIONS];
    int count;
    uint32_t accepted;
    uint64_t sent_frames;
    uint64_t dropped_frames;
};

void server_open(struct server *server, const struct clip *clip, int listener);

/* Watches a connected socket; the connection is freed by server_reap() once it is dead. */
struct connection *server_add(struct server *server, int fd);

/* Frees the dead. */
void server_reap(struct server *server);

/* Acts on one event of the epoll set: accepts, reads and answers requests, writes backlog. */
void server_handle(struct server *server, const struct epoll_event *event);

void connection_kill(struct connection *connection);

/* Sends or keeps for later. A droppable piece is dropped while more than BACKLOG_BYTES wait. */
void connection_send(struct server *server, struct connection *connection, const uint8_t *bytes, size_t length,
                     int is_droppable);

/* Sends what is left of a frame that goes out piece by piece: whatever comes next would stand amid it. */
void connection_finish_frame(struct server *server, struct connection *connection);

#endif
