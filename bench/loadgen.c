/* N RTSP viewers in one thread, over TCP or UDP: what they received, how late, and what it cost the server.
 *
 * Prints one JSON object. Latency is known for frames that cam or floor stamped with their send time. */
#define _GNU_SOURCE
#include "latency.h"
#include "process_stats.h"
#include "rtsp_common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK_BYTES (1u << 20)
#define EVENTS 512
#define DATAGRAMS 64
#define DATAGRAM_BYTES 2048
#define LATE_S 0.040
#define STAMP_PACKETS 4 /* the stamp is in one of the first packets of a frame … */
#define STAMP_BYTES 320 /* … and near its start */

static const char USAGE[] =
    "loadgen -u URL -n N -t tcp|udp -w WARMUP_S -d SECONDS [-P PID of the server] [-s K] [-b PORT] [-D]\n"
    "  -s K  parse only every K-th TCP viewer; the others discard in the kernel, which keeps the generator light\n"
    "  -b PORT  first UDP port (20000)   -D  distinct streams: viewer i watches URL<i>\n";

enum phase { SETTING_UP, PLAY_SENT, PLAYING };

struct viewer {
    int fd;
    int rtp_fd;
    int rtcp_fd;
    int is_unparsed;
    int is_dead;
    enum phase phase;
    char session[SESSION_BYTES];
    char url[URL_BYTES];

    uint8_t *partial; /* what the last chunk cut */
    size_t partial_length;
    size_t partial_capacity;

    int has_sequence;
    uint16_t sequence;
    int has_timestamp;
    uint32_t timestamp;
    int searched_packets;
    uint64_t stamp_ns;
    double last_frame_s;

    uint64_t packets;
    uint64_t bytes;
    uint64_t gaps;
    uint64_t out_of_order;
    uint64_t frames;
    uint64_t late_frames;
};

struct options {
    const char *url;
    int count;
    int is_udp;
    double warmup_s;
    double duration_s;
    int server_pid;
    int parse_every;
    int base_port;
    int is_distinct;
};

/* Clocks of the server, of core 0 and of this program at one end of the window. */
struct reading {
    double at_s;
    double server_s;
    double server_user_s;
    double server_system_s;
    double core0_s;
    double ksoftirqd_s;
    double own_s;
};

static struct viewer *viewers;
static int is_measuring;
static uint64_t received_ns; /* when the chunk being parsed came in */
static uint8_t chunk[CHUNK_BYTES];
static char reply[REPLY_BYTES];

static double latency_most_s;
static double frame_gap_most_s;

/* The send time in a packet's payload, or 0. */
static uint64_t stamp_in(const uint8_t *payload, size_t length)
{
    uint64_t value = 0;
    if (length > STAMP_BYTES)
        length = STAMP_BYTES;
    const uint8_t *mark = memmem(payload, length, STAMP_MARK, STAMP_MARK_BYTES);
    if (!mark || mark + STAMP_MARK_BYTES + STAMP_DIGITS > payload + length)
        return 0;
    for (int i = STAMP_MARK_BYTES; i < STAMP_MARK_BYTES + STAMP_DIGITS; i++) {
        int digit = mark[i] <= '9' ? mark[i] - '0' : mark[i] - 'a' + 10;
        value = value << 4 | (uint64_t)(digit & 15);
    }
    return value;
}

static void count_latency(struct viewer *viewer)
{
    int64_t latency_ns = (int64_t)(now_ns() - viewer->stamp_ns);
    double latency_s = (double)latency_ns * 1e-9;
    add_latency(latency_ns < 0 ? 0 : (uint64_t)latency_ns);
    if (latency_s > latency_most_s)
        latency_most_s = latency_s;
    if (latency_s > LATE_S)
        viewer->late_frames++;
}

static void count_frame(struct viewer *viewer)
{
    double at_s = (double)received_ns * 1e-9;
    viewer->frames++;
    if (viewer->last_frame_s > 0 && at_s - viewer->last_frame_s > frame_gap_most_s)
        frame_gap_most_s = at_s - viewer->last_frame_s;
    viewer->last_frame_s = at_s;
    if (viewer->stamp_ns)
        count_latency(viewer);
}

static void count_packet(struct viewer *viewer, uint16_t sequence, size_t length)
{
    viewer->packets++;
    viewer->bytes += length;
    if (!viewer->has_sequence)
        return;
    int16_t step = (int16_t)(sequence - viewer->sequence);
    if (step > 1)
        viewer->gaps += (uint64_t)(step - 1);
    else if (step < 1)
        viewer->out_of_order++;
}

static void take_packet(struct viewer *viewer, const uint8_t *packet, size_t length)
{
    uint32_t timestamp;
    if (length < 12)
        return;
    uint16_t sequence = (uint16_t)(packet[2] << 8 | packet[3]);
    memcpy(&timestamp, packet + 4, sizeof timestamp);
    timestamp = ntohl(timestamp);
    if (is_measuring)
        count_packet(viewer, sequence, length);
    viewer->has_sequence = 1;
    viewer->sequence = sequence;
    if (!viewer->has_timestamp || timestamp != viewer->timestamp) {
        viewer->timestamp = timestamp;
        viewer->has_timestamp = 1;
        viewer->searched_packets = 0;
        viewer->stamp_ns = 0;
    }
    if (!viewer->stamp_ns && viewer->searched_packets < STAMP_PACKETS) {
        viewer->stamp_ns = stamp_in(packet + 12, length - 12);
        viewer->searched_packets++;
    }
    if (packet[1] & 0x80 && is_measuring)
        count_frame(viewer);
}

static void viewer_ends(struct viewer *viewer)
{
    viewer->is_dead = 1;
    close(viewer->fd);
}

/* Throws bytes away in the kernel; returns whether there may be more. */
static int discard(struct viewer *viewer)
{
    ssize_t got = recv(viewer->fd, NULL, CHUNK_BYTES, MSG_TRUNC | MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN)
            viewer_ends(viewer);
        return 0;
    }
    if (is_measuring)
        viewer->bytes += (uint64_t)got;
    return got == CHUNK_BYTES;
}

/* Length of the RTSP reply at `at`, or 0 when it is not all there. The first one answers PLAY. */
static size_t take_reply(struct viewer *viewer, uint8_t *at, size_t length)
{
    uint8_t *end = memmem(at, length, "\r\n\r\n", 4);
    if (!end)
        return 0;
    *end = 0;
    if (viewer->phase == PLAY_SENT) {
        int status = 0;
        sscanf((char *)at, "RTSP/1.0 %d", &status);
        if (status != 200) {
            fprintf(stderr, "PLAY was answered %d\n", status);
            exit(3);
        }
        viewer->phase = PLAYING;
    }
    const char *body_length = header_value((char *)at, "Content-Length:");
    size_t size = (size_t)(end + 4 - at) + (body_length ? (size_t)atol(body_length) : 0);
    return size < length ? size : length;
}

static void parse_chunk(struct viewer *viewer, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t size;
        if (chunk[at] == '$') {
            if (length - at < 4)
                break;
            size = 4 + ((size_t)chunk[at + 2] << 8 | chunk[at + 3]);
            if (length - at < size)
                break;
            if (!(chunk[at + 1] & 1))
                take_packet(viewer, chunk + at + 4, size - 4);
        } else {
            size = take_reply(viewer, chunk + at, length - at);
            if (!size)
                break;
        }
        at += size;
    }
    viewer->partial_length = length - at;
    if (viewer->partial_capacity < viewer->partial_length) {
        viewer->partial_capacity = viewer->partial_length + 2048;
        viewer->partial = realloc(viewer->partial, viewer->partial_capacity);
    }
    if (viewer->partial_length)
        memcpy(viewer->partial, chunk + at, viewer->partial_length);
}

static void read_tcp(struct viewer *viewer)
{
    for (;;) {
        if (viewer->is_unparsed && viewer->phase == PLAYING) {
            if (!discard(viewer))
                return;
            continue;
        }
        size_t kept = viewer->partial_length;
        if (kept)
            memcpy(chunk, viewer->partial, kept);
        ssize_t got = recv(viewer->fd, chunk + kept, sizeof chunk - kept, MSG_DONTWAIT);
        if (got <= 0) {
            if (got == 0 || errno != EAGAIN)
                viewer_ends(viewer);
            return;
        }
        received_ns = now_ns();
        parse_chunk(viewer, kept + (size_t)got);
        if ((size_t)got < sizeof chunk - kept)
            return;
    }
}

static void read_udp(struct viewer *viewer)
{
    static uint8_t datagrams[DATAGRAMS][DATAGRAM_BYTES];
    struct mmsghdr messages[DATAGRAMS];
    struct iovec vectors[DATAGRAMS];
    int count;
    do {
        memset(messages, 0, sizeof messages);
        for (int i = 0; i < DATAGRAMS; i++) {
            vectors[i] = (struct iovec){datagrams[i], DATAGRAM_BYTES};
            messages[i].msg_hdr.msg_iov = &vectors[i];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
        count = recvmmsg(viewer->rtp_fd, messages, DATAGRAMS, MSG_DONTWAIT, NULL);
        received_ns = now_ns();
        for (int i = 0; i < count; i++)
            take_packet(viewer, datagrams[i], messages[i].msg_len);
    } while (count == DATAGRAMS);
}

static void request(struct viewer *viewer, const char *method, const char *url, int sequence, const char *lines)
{
    char text[2048];
    snprintf(text, sizeof text, "%s %s RTSP/1.0\r\nCSeq: %d\r\n%s%s%s%s\r\n", method, url, sequence,
             viewer->session[0] ? "Session: " : "", viewer->session, viewer->session[0] ? "\r\n" : "", lines);
    int status = rtsp_exchange(viewer->fd, text, reply);
    if (status == 200)
        return;
    fprintf(stderr, "%s %s was answered %d\n%s\n", method, url, status, status < 0 ? "" : reply);
    exit(1);
}

/* Where to SETUP the video track, from the SDP in `reply`; `base` becomes the URL to PLAY. */
static void resolve_control(const struct viewer *viewer, char base[URL_BYTES], char control[512])
{
    char track[200] = "trackID=0";
    snprintf(base, URL_BYTES, "%s", viewer->url);
    const char *content_base = header_value(reply, "Content-Base:");
    if (content_base) {
        sscanf(content_base, "%299[^\r\n ]", base);
        size_t length = strlen(base);
        if (length && base[length - 1] == '/')
            base[length - 1] = 0;
    }
    const char *video = strstr(reply, "m=video");
    const char *attribute = video ? strstr(video, "a=control:") : NULL;
    if (attribute)
        sscanf(attribute + strlen("a=control:"), "%199[^\r\n]", track);
    if (!strncmp(track, "rtsp://", 7))
        snprintf(control, 512, "%s", track);
    else
        snprintf(control, 512, "%s/%s", base, track);
}

static int bound_udp(int port, int buffer_bytes)
{
    struct sockaddr_in address = loopback_address(port);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address)) {
        close(fd);
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    return fd;
}

/* Finds the next free pair of ports; returns the even one. */
static int open_udp(struct viewer *viewer, int port)
{
    for (; port < 65534; port += 2) {
        viewer->rtp_fd = bound_udp(port, 2 << 20);
        viewer->rtcp_fd = bound_udp(port + 1, 4096);
        if (viewer->rtp_fd >= 0 && viewer->rtcp_fd >= 0)
            return port;
        if (viewer->rtp_fd >= 0)
            close(viewer->rtp_fd);
        if (viewer->rtcp_fd >= 0)
            close(viewer->rtcp_fd);
    }
    fprintf(stderr, "no UDP ports left\n");
    exit(1);
}

static void set_up_all(const struct options *o)
{
    int port = o->base_port;
    for (int i = 0; i < o->count; i++) {
        struct viewer *viewer = &viewers[i];
        char transport[160] = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n";
        char base[URL_BYTES];
        char control[512];
        viewer->is_unparsed = !o->is_udp && o->parse_every > 1 && i % o->parse_every;
        if (o->is_distinct)
            snprintf(viewer->url, URL_BYTES, "%.280s%d", o->url, i);
        else
            snprintf(viewer->url, URL_BYTES, "%.299s", o->url);
        viewer->fd = connect_to_url(viewer->url);
        if (viewer->fd < 0)
            exit(1);
        request(viewer, "DESCRIBE", viewer->url, 1, "Accept: application/sdp\r\n");
        resolve_control(viewer, base, control);
        if (o->is_udp) {
            port = open_udp(viewer, port + 2);
            snprintf(transport, sizeof transport, "Transport: RTP/AVP;unicast;client_port=%d-%d\r\n", port, port + 1);
        }
        request(viewer, "SETUP", control, 2, transport);
        copy_session(reply, viewer->session);
        memcpy(viewer->url, base, URL_BYTES);
    }
}

static void send_request(const struct viewer *viewer, const char *method, int sequence, const char *lines)
{
    char text[1024];
    int length = snprintf(text, sizeof text, "%s %s/ RTSP/1.0\r\nCSeq: %d\r\nSession: %s\r\n%s\r\n", method,
                          viewer->url, sequence, viewer->session, lines);
    if (send(viewer->fd, text, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) != length && !viewer->is_dead)
        fprintf(stderr, "%s could not be sent\n", method);
}

/* The low bit of an event's number says UDP, the rest is the viewer's index. */
static void watch(int epoll, int fd, uint64_t index, int is_udp)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = index * 2 + (uint64_t)is_udp};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void play_all(const struct options *o, int epoll)
{
    for (int i = 0; i < o->count; i++) {
        send_request(&viewers[i], "PLAY", 3, "Range: npt=0.000-\r\n");
        viewers[i].phase = PLAY_SENT;
        set_nonblocking(viewers[i].fd);
        watch(epoll, viewers[i].fd, (uint64_t)i, 0);
        if (o->is_udp)
            watch(epoll, viewers[i].rtp_fd, (uint64_t)i, 1);
    }
}

static struct reading read_clocks(int server_pid, int ksoftirqd)
{
    struct reading r = {.at_s = now_s(), .ksoftirqd_s = scheduled_s(ksoftirqd), .core0_s = core0_busy_s()};
    struct rusage own;
    if (server_pid) {
        r.server_s = scheduled_s(server_pid);
        cpu_times_s(server_pid, &r.server_user_s, &r.server_system_s);
    }
    getrusage(RUSAGE_SELF, &own);
    r.own_s = (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
              1e-6 * (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec);
    return r;
}

/* Receives through warm-up and window; gives the clocks at both ends of the window. */
static void measure(const struct options *o, int epoll, struct reading *first, struct reading *last)
{
    struct epoll_event events[EVENTS];
    int ksoftirqd = ksoftirqd0();
    double start_s = now_s() + o->warmup_s;
    double end_s = start_s + o->duration_s;
    for (double at_s = now_s(); at_s < end_s; at_s = now_s()) {
        if (!is_measuring && at_s >= start_s) {
            is_measuring = 1;
            *first = read_clocks(o->server_pid, ksoftirqd);
        }
        int count = epoll_wait(epoll, events, EVENTS, 20);
        for (int i = 0; i < count; i++) {
            struct viewer *viewer = &viewers[events[i].data.u64 / 2];
            if (viewer->is_dead)
                continue;
            if (events[i].data.u64 & 1)
                read_udp(viewer);
            else
                read_tcp(viewer);
        }
    }
    *last = read_clocks(o->server_pid, ksoftirqd);
}

static void print_result(const struct options *o, const struct reading *first, const struct reading *last,
                         long resident_before_kb, double setup_s)
{
    struct viewer sum = {0};
    uint64_t fewest_frames = UINT64_MAX;
    int parsed = 0;
    int dead = 0;
    for (int i = 0; i < o->count; i++) {
        const struct viewer *viewer = &viewers[i];
        sum.packets += viewer->packets;
        sum.bytes += viewer->bytes;
        sum.gaps += viewer->gaps;
        sum.out_of_order += viewer->out_of_order;
        sum.frames += viewer->frames;
        sum.late_frames += viewer->late_frames;
        dead += viewer->is_dead;
        if (viewer->is_unparsed)
            continue;
        parsed++;
        if (viewer->frames < fewest_frames)
            fewest_frames = viewer->frames;
    }
    printf("{\"n\":%d,\"udp\":%d,\"T\":%.3f,\"parsed\":%d,\"dead\":%d,", o->count, o->is_udp,
           last->at_s - first->at_s, parsed, dead);
    printf("\"packets\":%lu,\"bytes\":%lu,\"gaps\":%lu,\"ooo\":%lu,\"frames\":%lu,\"min_frames\":%lu,", sum.packets,
           sum.bytes, sum.gaps, sum.out_of_order, sum.frames, fewest_frames);
    printf("\"lat_n\":%lu,\"late40\":%lu,\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f,\"gapmax_ms\":%.1f,",
           latencies_counted(), sum.late_frames, latency_percentile_ms(.5), latency_percentile_ms(.99),
           latency_most_s * 1e3, frame_gap_most_s * 1e3);
    printf("\"srv_cpu\":%.4f,\"srv_u\":%.2f,\"srv_s\":%.2f,\"core0\":%.4f,\"ksoft0\":%.4f,\"lg_cpu\":%.3f,",
           last->server_s - first->server_s, last->server_user_s - first->server_user_s,
           last->server_system_s - first->server_system_s, last->core0_s - first->core0_s,
           last->ksoftirqd_s - first->ksoftirqd_s, last->own_s - first->own_s);
    printf("\"rss0_kb\":%ld,\"rss_kb\":%ld,\"setup_s\":%.3f}\n", resident_before_kb,
           o->server_pid ? resident_kb(o->server_pid) : 0, setup_s);
    fflush(stdout);
}

static struct options parse_options(int argc, char **argv)
{
    struct options o = {.url = "rtsp://127.0.0.1:8554/cam", .count = 1, .warmup_s = 3, .duration_s = 10,
                        .parse_every = 1, .base_port = 20000};
    int letter;
    while ((letter = getopt(argc, argv, "u:n:t:w:d:P:s:b:D")) != -1) {
        switch (letter) {
        case 'u': o.url = optarg; break;
        case 'n': o.count = atoi(optarg); break;
        case 't': o.is_udp = !strcmp(optarg, "udp"); break;
        case 'w': o.warmup_s = atof(optarg); break;
        case 'd': o.duration_s = atof(optarg); break;
        case 'P': o.server_pid = atoi(optarg); break;
        case 's': o.parse_every = atoi(optarg); break;
        case 'b': o.base_port = atoi(optarg); break;
        case 'D': o.is_distinct = 1; break;
        default: fputs(USAGE, stderr); exit(1);
        }
    }
    return o;
}

int main(int argc, char **argv)
{
    struct options o = parse_options(argc, argv);
    struct reading first = {0};
    struct reading last = {0};
    signal(SIGPIPE, SIG_IGN);
    long resident_before_kb = o.server_pid ? resident_kb(o.server_pid) : 0;
    viewers = calloc((size_t)o.count, sizeof *viewers);
    int epoll = epoll_create1(0);
    double begin_s = now_s();
    set_up_all(&o);
    double setup_s = now_s() - begin_s;
    play_all(&o, epoll);
    measure(&o, epoll, &first, &last);
    print_result(&o, &first, &last, resident_before_kb, setup_s);
    /* A TCP viewer's session ends with its connection; a UDP one would stay until it times out. */
    for (int i = 0; o.is_udp && i < o.count; i++)
        send_request(&viewers[i], "TEARDOWN", 4, "");
    usleep(100000);
    return 0;
}
