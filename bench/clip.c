/* An Annex B clip, cut once into access units of interleaved RTP packets that are ready to send. */
#define _GNU_SOURCE
#include "clip.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RTP_HEADER 12
#define FRAMING 4
#define PAYLOAD_TYPE 96
#define NALS_PER_FRAME 256

/* The access unit under construction. */
struct builder {
    uint8_t *bytes;
    size_t length;
    size_t capacity;
};

static void append(struct builder *to, const void *bytes, size_t length)
{
    if (to->length + length > to->capacity) {
        to->capacity = (to->length + length) * 2;
        to->bytes = realloc(to->bytes, to->capacity);
    }
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
}

static void append_packet(struct builder *to, const uint8_t *prefix, int prefix_length, const uint8_t *payload,
                          int payload_length, int is_last)
{
    int length = RTP_HEADER + prefix_length + payload_length;
    uint8_t head[FRAMING + RTP_HEADER] = {'$', 0, (uint8_t)(length >> 8), (uint8_t)length, 0x80};
    head[5] = (uint8_t)((is_last ? 0x80 : 0) | PAYLOAD_TYPE);
    append(to, head, sizeof head);
    if (prefix_length)
        append(to, prefix, (size_t)prefix_length);
    append(to, payload, (size_t)payload_length);
}

/* One NAL unit as a single packet, or as fragments: FU-A (RFC 6184 §5.8) or FU (RFC 7798 §4.4.3). */
static void append_nal(struct builder *to, const struct clip *clip, struct nal nal, int is_last)
{
    int room = clip->mtu - RTP_HEADER;
    int header = clip->is_h265 ? 2 : 1;
    int prefix_length = header + 1;
    uint8_t prefix[3];
    uint8_t type;
    if (nal.length <= room) {
        append_packet(to, NULL, 0, nal.bytes, nal.length, is_last);
        return;
    }
    if (clip->is_h265) {
        type = (nal.bytes[0] >> 1) & 0x3f;
        prefix[0] = (uint8_t)((nal.bytes[0] & 0x81) | 49 << 1);
        prefix[1] = nal.bytes[1];
    } else {
        type = nal.bytes[0] & 0x1f;
        prefix[0] = (uint8_t)((nal.bytes[0] & 0x60) | 28);
    }
    for (int at = header; at < nal.length;) {
        int part = nal.length - at;
        if (part > room - prefix_length)
            part = room - prefix_length;
        int is_first = at == header;
        int is_end = at + part == nal.length;
        prefix[header] = (uint8_t)(type | (is_first ? 0x80 : 0) | (is_end ? 0x40 : 0));
        append_packet(to, prefix, prefix_length, nal.bytes + at, part, is_last && is_end);
        at += part;
    }
}

/* The SEI (user data, unregistered) whose digits frame_address() overwrites with the send time. */
static struct nal stamp_nal(const struct clip *clip, uint8_t room[64])
{
    int length = 0;
    if (clip->is_h265) {
        room[length++] = 39 << 1;
        room[length++] = 1;
    } else {
        room[length++] = 6;
    }
    room[length++] = 5;
    room[length++] = STAMP_MARK_BYTES + STAMP_DIGITS;
    memcpy(room + length, STAMP_MARK, STAMP_MARK_BYTES);
    length += STAMP_MARK_BYTES;
    memset(room + length, '0', STAMP_DIGITS);
    length += STAMP_DIGITS;
    room[length++] = 0x80;
    return (struct nal){room, length};
}

static void add_frame(struct clip *clip, struct builder *builder, const struct nal *nals, int count)
{
    uint8_t room[64];
    if (!count)
        return;
    builder->length = 0;
    append_nal(builder, clip, stamp_nal(clip, room), 0);
    for (int i = 0; i < count; i++)
        append_nal(builder, clip, nals[i], i == count - 1);
    clip->frames = realloc(clip->frames, (size_t)(clip->frame_count + 1) * sizeof *clip->frames);
    struct frame *frame = &clip->frames[clip->frame_count++];
    frame->bytes = malloc(builder->length);
    frame->length = (uint32_t)builder->length;
    memcpy(frame->bytes, builder->bytes, builder->length);
}

/* What the cutting into access units needs to know of a NAL unit. */
struct nal_kind {
    int is_picture;
    int starts_picture; /* the first slice of one */
    int precedes_picture; /* a parameter set, SEI or delimiter: after a slice it opens the next access unit */
    int is_sent;
};

static struct nal_kind classify(struct clip *clip, struct nal nal)
{
    struct nal_kind kind;
    if (clip->is_h265) {
        int type = (nal.bytes[0] >> 1) & 0x3f;
        kind.is_picture = type < 32;
        kind.starts_picture = kind.is_picture && nal.length > 2 && nal.bytes[2] & 0x80;
        kind.precedes_picture = (type >= 32 && type <= 35) || type == 39;
        kind.is_sent = type != 35 && type != 38 && type != 39 && type != 40;
        if (type == 32)
            clip->vps = nal;
        if (type == 33)
            clip->sps = nal;
        if (type == 34)
            clip->pps = nal;
    } else {
        int type = nal.bytes[0] & 0x1f;
        kind.is_picture = type >= 1 && type <= 5;
        kind.starts_picture = kind.is_picture && nal.length > 1 && nal.bytes[1] & 0x80;
        kind.precedes_picture = type >= 6 && type <= 9;
        kind.is_sent = type != 6 && type != 9 && type != 12;
        if (type == 7)
            clip->sps = nal;
        if (type == 8)
            clip->pps = nal;
    }
    return kind;
}

static uint8_t *read_whole(const char *path, long *length)
{
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (!file) {
        perror(path ? path : "-f CLIP is missing");
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    *length = ftell(file);
    rewind(file);
    uint8_t *bytes = malloc((size_t)*length + 4);
    if (fread(bytes, 1, (size_t)*length, file) != (size_t)*length) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return bytes;
}

/* Offset of the next start code (00 00 01) at or behind `from`, or `length`. */
static long next_start_code(const uint8_t *bytes, long length, long from)
{
    const uint8_t *found = from < length ? memmem(bytes + from, (size_t)(length - from), "\0\0\1", 3) : NULL;
    return found ? found - bytes : length;
}

void clip_load(struct clip *clip, const char *path)
{
    struct builder builder = {0};
    struct nal nals[NALS_PER_FRAME];
    int count = 0;
    int has_picture = 0;
    long length;
    /* Kept for good: the parameter sets point into it. */
    uint8_t *bytes = read_whole(path, &length);
    for (long code = next_start_code(bytes, length, 0); code < length;) {
        long start = code + 3;
        code = next_start_code(bytes, length, start);
        long end = code;
        while (end > start && bytes[end - 1] == 0)
            end--;
        if (end == start)
            continue;
        struct nal nal = {bytes + start, (int)(end - start)};
        struct nal_kind kind = classify(clip, nal);
        if (has_picture && (kind.starts_picture || kind.precedes_picture)) {
            add_frame(clip, &builder, nals, count);
            count = 0;
            has_picture = 0;
        }
        has_picture |= kind.is_picture;
        if (kind.is_sent && count < NALS_PER_FRAME)
            nals[count++] = nal;
    }
    add_frame(clip, &builder, nals, count);
    free(builder.bytes);
    if (!clip->frame_count || !clip->sps.length || !clip->pps.length || (clip->is_h265 && !clip->vps.length)) {
        fprintf(stderr, "%s: no frames, or no parameter sets\n", path);
        exit(1);
    }
}

void clip_report(const struct clip *clip)
{
    double bits = 0;
    uint64_t packets = 0;
    for (int i = 0; i < clip->frame_count; i++) {
        const struct frame *frame = &clip->frames[i];
        bits += frame->length * 8.0;
        for (uint32_t at = 0; at < frame->length; at += FRAMING + packet_length(frame->bytes + at))
            packets++;
    }
    fprintf(stderr, "frames %d  %.3f Mbit/s  %.1f packets/frame\n", clip->frame_count,
            bits / clip->frame_count * clip->fps / 1e6, (double)packets / clip->frame_count);
}

static void base64(struct nal nal, char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < nal.length; i += 3) {
        int left = nal.length - i;
        uint32_t v = (uint32_t)nal.bytes[i] << 16;
        if (left > 1)
            v |= (uint32_t)nal.bytes[i + 1] << 8;
        if (left > 2)
            v |= nal.bytes[i + 2];
        *text++ = digits[v >> 18];
        *text++ = digits[(v >> 12) & 63];
        *text++ = left > 1 ? digits[(v >> 6) & 63] : '=';
        *text++ = left > 2 ? digits[v & 63] : '=';
    }
    *text = 0;
}

int clip_sdp(const struct clip *clip, char *text, int capacity)
{
    char vps[1024];
    char sps[1024];
    char pps[1024];
    char format[4096];
    if (clip->vps.length > 700 || clip->sps.length > 700 || clip->pps.length > 700) {
        fprintf(stderr, "a parameter set is too large\n");
        exit(1);
    }
    base64(clip->sps, sps);
    base64(clip->pps, pps);
    if (clip->is_h265) {
        base64(clip->vps, vps);
        snprintf(format, sizeof format, "sprop-vps=%s; sprop-sps=%s; sprop-pps=%s", vps, sps, pps);
    } else {
        snprintf(format, sizeof format,
                 "packetization-mode=1; profile-level-id=%02X%02X%02X; sprop-parameter-sets=%s,%s",
                 clip->sps.bytes[1], clip->sps.bytes[2], clip->sps.bytes[3], sps, pps);
    }
    return snprintf(text, (size_t)capacity,
                    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=cam\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
                    "m=video 0 RTP/AVP %d\r\na=rtpmap:%d %s/90000\r\na=fmtp:%d %s\r\na=control:trackID=0\r\n",
                    PAYLOAD_TYPE, PAYLOAD_TYPE, clip->is_h265 ? "H265" : "H264", PAYLOAD_TYPE, format);
}

uint16_t frame_address(const struct clip *clip, uint8_t *bytes, uint32_t length, uint8_t channel,
                       uint16_t sequence, uint32_t timestamp, uint32_t ssrc)
{
    uint32_t wire_timestamp = htonl(timestamp);
    uint32_t wire_ssrc = htonl(ssrc);
    for (uint32_t at = 0; at < length;) {
        uint8_t *packet = bytes + at;
        packet[1] = channel;
        packet[6] = (uint8_t)(sequence >> 8);
        packet[7] = (uint8_t)sequence;
        sequence++;
        memcpy(packet + 8, &wire_timestamp, 4);
        memcpy(packet + 12, &wire_ssrc, 4);
        at += FRAMING + packet_length(packet);
    }
    char digits[STAMP_DIGITS + 1];
    int sei_head = clip->is_h265 ? 4 : 3;
    snprintf(digits, sizeof digits, "%016llx", (unsigned long long)now_ns());
    memcpy(bytes + FRAMING + RTP_HEADER + sei_head + STAMP_MARK_BYTES, digits, STAMP_DIGITS);
    return sequence;
}
