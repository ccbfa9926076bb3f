/* The limit for live: one frame, addressed once, sent to N viewers by minimal C. There is no ingest side.
 *
 * TCP viewers (-M): send, zerocopy, and with liburing (compiled with -DWITH_LIBURING) uring and uringzc.
 * UDP viewers (-U): sendto, sendmmsg, gso (one sendmsg with UDP_SEGMENT per run of packets), gsommsg (many of
 * those in one sendmmsg). */
#define _GNU_SOURCE
#include "connection.h"

#include <linux/errqueue.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_LIBURING
#include <liburing.h>
#endif

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#define EVENTS 256
#define FRAME_BYTES (512u << 10)
#define FRAME_BUFFERS 64 /* they rotate, so that zero-copy sends may still read the last ones */
#define MOST_PACKETS 4096
#define MOST_MESSAGES 65536
#define MESSAGES_A_CALL 1024
#define SEGMENTS 64           /* the kernel's limit per UDP_SEGMENT send … */
#define SEGMENTED_BYTES 65000 /* … in number and in bytes */
#define SSRC 0x55555555

static const char USAGE[] =
    "floor -p PORT -f CLIP [-M send|zerocopy|uring|uringzc] [-U sendto|sendmmsg|gso|gsommsg]\n"
    "  -c h264|h265  -r FPS (25)  -m MTU (1400)  -d SECONDS to live (3600)\n";

enum tcp_mode { SEND, ZEROCOPY, URING, URING_ZEROCOPY };
enum udp_mode { SENDTO, SENDMMSG, GSO, GSOMMSG };

struct segmented_run {
    int first;
    int count;
    char control[CMSG_SPACE(sizeof(uint16_t))];
};

static struct server server;
static struct clip clip = {.mtu = 1400, .fps = 25};
static enum tcp_mode tcp_mode = SEND;
static enum udp_mode udp_mode = GSOMMSG;
static int udp_socket;

static uint8_t frame_buffers[FRAME_BUFFERS][FRAME_BYTES];
static int buffer_index;

/* The frame's packets without interleaved framing, as UDP sends them. */
static struct iovec packets[MOST_PACKETS];
static int packet_count;
static struct mmsghdr messages[MOST_MESSAGES];

#ifdef WITH_LIBURING
static struct io_uring ring;

static void open_ring(void)
{
    struct io_uring_params params = {.flags = IORING_SETUP_CQSIZE, .cq_entries = 32768};
    struct iovec registered[FRAME_BUFFERS];
    if (io_uring_queue_init_params(4096, &ring, &params) < 0) {
        perror("io_uring");
        exit(1);
    }
    for (int i = 0; i < FRAME_BUFFERS; i++)
        registered[i] = (struct iovec){frame_buffers[i], FRAME_BYTES};
    if (tcp_mode == URING_ZEROCOPY && io_uring_register_buffers(&ring, registered, FRAME_BUFFERS)) {
        perror("io_uring buffers");
        exit(1);
    }
}

static void queue_send(struct connection *viewer, const uint8_t *bytes, uint32_t length)
{
    int flags = MSG_NOSIGNAL | MSG_WAITALL;
    struct io_uring_sqe *entry = io_uring_get_sqe(&ring);
    if (!entry) {
        io_uring_submit(&ring);
        entry = io_uring_get_sqe(&ring);
    }
    if (tcp_mode == URING_ZEROCOPY)
        io_uring_prep_send_zc_fixed(entry, viewer->fd, bytes, length, flags, 0, (unsigned)buffer_index);
    else
        io_uring_prep_send(entry, viewer->fd, bytes, length, flags);
    io_uring_sqe_set_data(entry, viewer);
}

static void submit_ring(void)
{
    io_uring_submit(&ring);
}

static void reap_ring(void)
{
    struct io_uring_cqe *entry;
    unsigned head;
    unsigned count = 0;
    io_uring_for_each_cqe(&ring, head, entry)
    {
        count++;
        if (entry->res < 0 && !(entry->flags & IORING_CQE_F_NOTIF) && entry->res != -EINVAL)
            connection_kill(io_uring_cqe_get_data(entry));
    }
    if (count)
        io_uring_cq_advance(&ring, count);
}
#else
static void open_ring(void)
{
    fprintf(stderr, "built without liburing: -M uring and uringzc are not there\n");
    exit(1);
}

static void queue_send(struct connection *viewer, const uint8_t *bytes, uint32_t length)
{
    (void)viewer;
    (void)bytes;
    (void)length;
}

static void submit_ring(void)
{
}

static void reap_ring(void)
{
}
#endif

static int uses_ring(void)
{
    return tcp_mode == URING || tcp_mode == URING_ZEROCOPY;
}

/* Takes the kernel's notes that zero-copy sends are done. */
static void drain_error_queue(int fd)
{
    char control[256];
    struct msghdr message = {.msg_control = control, .msg_controllen = sizeof control};
    while (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
        message.msg_controllen = sizeof control;
}

static void send_zero_copy(struct connection *viewer, const uint8_t *bytes, uint32_t length)
{
    int on = 1;
    if (!viewer->is_zero_copy) {
        setsockopt(viewer->fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof on);
        viewer->is_zero_copy = 1;
    }
    ssize_t taken = send(viewer->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_ZEROCOPY);
    if (taken != (ssize_t)length)
        server.dropped_frames++;
    drain_error_queue(viewer->fd);
}

/* Returns how many viewers want it over UDP instead. */
static int send_to_tcp_viewers(const uint8_t *bytes, uint32_t length)
{
    int udp_viewers = 0;
    server_reap(&server);
    for (int i = 0; i < server.count; i++) {
        struct connection *viewer = server.connections[i];
        if (!viewer->is_playing)
            continue;
        if (viewer->udp_port)
            udp_viewers++;
        else if (uses_ring())
            queue_send(viewer, bytes, length);
        else if (tcp_mode == ZEROCOPY)
            send_zero_copy(viewer, bytes, length);
        else
            connection_send(&server, viewer, bytes, length, 1);
    }
    if (uses_ring())
        submit_ring();
    return udp_viewers;
}

static int is_udp_viewer(const struct connection *viewer)
{
    return viewer->is_playing && viewer->udp_port && !viewer->is_dead;
}

static void udp_sendto(struct connection *viewer)
{
    for (int k = 0; k < packet_count; k++)
        sendto(udp_socket, packets[k].iov_base, packets[k].iov_len, 0, (struct sockaddr *)&viewer->udp_address,
               sizeof viewer->udp_address);
}

static void udp_sendmmsg(struct connection *viewer)
{
    for (int k = 0; k < packet_count; k++)
        messages[k].msg_hdr = (struct msghdr){.msg_name = &viewer->udp_address,
                                              .msg_namelen = sizeof viewer->udp_address,
                                              .msg_iov = &packets[k],
                                              .msg_iovlen = 1};
    sendmmsg(udp_socket, messages, (unsigned)packet_count, 0);
}

/* Groups the packets into runs that one segmented send may carry: equal sizes, the last may be shorter. */
static int make_runs(struct segmented_run *runs)
{
    int count = 0;
    for (int first = 0; first < packet_count;) {
        size_t size = packets[first].iov_len;
        size_t bytes = size;
        int end = first + 1;
        while (end < packet_count && end - first < SEGMENTS && packets[end - 1].iov_len == size &&
               packets[end].iov_len <= size && bytes + packets[end].iov_len <= SEGMENTED_BYTES)
            bytes += packets[end++].iov_len;
        struct segmented_run *run = &runs[count++];
        struct cmsghdr *control = (struct cmsghdr *)run->control;
        uint16_t segment = (uint16_t)size;
        run->first = first;
        run->count = end - first;
        control->cmsg_level = IPPROTO_UDP;
        control->cmsg_type = UDP_SEGMENT;
        control->cmsg_len = CMSG_LEN(sizeof segment);
        memcpy(CMSG_DATA(control), &segment, sizeof segment);
        first = end;
    }
    return count;
}

static void flush_messages(int count)
{
    for (int sent = 0; sent < count;) {
        unsigned batch = count - sent > MESSAGES_A_CALL ? MESSAGES_A_CALL : (unsigned)(count - sent);
        int taken = sendmmsg(udp_socket, messages + sent, batch, 0);
        if (taken <= 0) {
            server.dropped_frames++;
            return;
        }
        sent += taken;
    }
}

static void udp_segmented(void)
{
    static struct segmented_run runs[MOST_PACKETS];
    int run_count = make_runs(runs);
    int count = 0;
    for (int i = 0; i < server.count; i++) {
        struct connection *viewer = server.connections[i];
        if (!is_udp_viewer(viewer))
            continue;
        for (int k = 0; k < run_count; k++) {
            struct segmented_run *run = &runs[k];
            struct msghdr message = {.msg_name = &viewer->udp_address,
                                     .msg_namelen = sizeof viewer->udp_address,
                                     .msg_iov = &packets[run->first],
                                     .msg_iovlen = (size_t)run->count};
            if (run->count > 1) {
                message.msg_control = run->control;
                message.msg_controllen = sizeof run->control;
            }
            if (udp_mode == GSO) {
                if (sendmsg(udp_socket, &message, 0) < 0)
                    server.dropped_frames++;
                continue;
            }
            messages[count++].msg_hdr = message;
            if (count == MOST_MESSAGES) {
                flush_messages(count);
                count = 0;
            }
        }
    }
    flush_messages(count);
}

static void send_to_udp_viewers(uint8_t *bytes, uint32_t length)
{
    packet_count = 0;
    for (uint32_t at = 0; at < length && packet_count < MOST_PACKETS; at += 4 + packet_length(bytes + at))
        packets[packet_count++] = (struct iovec){bytes + at + 4, packet_length(bytes + at)};
    if (udp_mode == GSO || udp_mode == GSOMMSG) {
        udp_segmented();
        return;
    }
    for (int i = 0; i < server.count; i++) {
        struct connection *viewer = server.connections[i];
        if (!is_udp_viewer(viewer))
            continue;
        if (udp_mode == SENDTO)
            udp_sendto(viewer);
        else
            udp_sendmmsg(viewer);
    }
}

static void send_next_frame(void)
{
    static uint16_t sequence = 1;
    static uint32_t timestamp;
    static int frame_index;
    const struct frame *frame = &clip.frames[frame_index];
    buffer_index = (buffer_index + 1) % FRAME_BUFFERS;
    uint8_t *bytes = frame_buffers[buffer_index];
    if (frame->length > FRAME_BYTES) {
        fprintf(stderr, "a frame of %u bytes is too large\n", frame->length);
        exit(1);
    }
    frame_index = (frame_index + 1) % clip.frame_count;
    memcpy(bytes, frame->bytes, frame->length);
    sequence = frame_address(&clip, bytes, frame->length, 0, sequence, timestamp, SSRC);
    timestamp += (uint32_t)(90000 / clip.fps);
    if (send_to_tcp_viewers(bytes, frame->length))
        send_to_udp_viewers(bytes, frame->length);
}

static void handle(const struct epoll_event *event)
{
    struct connection *viewer = event->data.ptr;
    if (viewer && !viewer->is_dead && tcp_mode == ZEROCOPY && event->events & EPOLLERR) {
        drain_error_queue(viewer->fd);
        if (!(event->events & ~(uint32_t)EPOLLERR))
            return;
    }
    server_handle(&server, event);
}

static void open_udp(void)
{
    struct sockaddr_in address = loopback_address(0);
    socklen_t size = sizeof address;
    int buffer = 4 << 20;
    udp_socket = socket(AF_INET, SOCK_DGRAM, 0);
    bind(udp_socket, (struct sockaddr *)&address, sizeof address);
    getsockname(udp_socket, (struct sockaddr *)&address, &size);
    setsockopt(udp_socket, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    server.udp_port = ntohs(address.sin_port);
}

/* Index of `name` among `names`; ends the program when it is none of them. */
static int index_of(const char *name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (!strcmp(name, names[i]))
            return i;
    fputs(USAGE, stderr);
    exit(1);
}

int main(int argc, char **argv)
{
    static const char *const tcp_names[] = {"send", "zerocopy", "uring", "uringzc"};
    static const char *const udp_names[] = {"sendto", "sendmmsg", "gso", "gsommsg"};
    const char *path = NULL;
    int port = 8554;
    double duration_s = 3600;
    int letter;
    signal(SIGPIPE, SIG_IGN);
    while ((letter = getopt(argc, argv, "f:c:r:m:p:M:U:d:")) != -1) {
        switch (letter) {
        case 'f': path = optarg; break;
        case 'c': clip.is_h265 = !strcmp(optarg, "h265"); break;
        case 'r': clip.fps = atof(optarg); break;
        case 'm': clip.mtu = atoi(optarg); break;
        case 'p': port = atoi(optarg); break;
        case 'M': tcp_mode = (enum tcp_mode)index_of(optarg, tcp_names, 4); break;
        case 'U': udp_mode = (enum udp_mode)index_of(optarg, udp_names, 4); break;
        case 'd': duration_s = atof(optarg); break;
        default: fputs(USAGE, stderr); return 1;
        }
    }
    clip_load(&clip, path);
    clip_report(&clip);
    if (uses_ring())
        open_ring();
    open_udp();
    server_open(&server, &clip, listen_on_loopback(port));
    double next_s = now_s() + 0.04;
    double end_s = now_s() + duration_s;
    while (now_s() < end_s) {
        struct epoll_event events[EVENTS];
        if (now_s() >= next_s) {
            next_s += 1 / clip.fps;
            send_next_frame();
        }
        if (uses_ring())
            reap_ring();
        double wait_s = next_s - now_s();
        struct timespec timeout = {0, wait_s > 0 ? (long)(wait_s * 1e9) : 0};
        int count = epoll_pwait2(server.epoll, events, EVENTS, &timeout, NULL);
        for (int i = 0; i < count; i++)
            handle(&events[i]);
    }
    return 0;
}
