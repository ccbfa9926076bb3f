/* An Annex B clip, cut once into access units of interleaved RTP packets that are ready to send. */
#ifndef BENCH_CLIP_H
#define BENCH_CLIP_H

#include <stdint.h>

#include "rtsp_common.h"

/* One access unit: RTP packets, each behind its four bytes of interleaved framing. Headers hold zeros until
 * frame_address() fills them in. The first packet is the SEI with the send time. */
struct frame {
    uint8_t *bytes;
    uint32_t length;
};

struct nal {
    const uint8_t *bytes;
    int length;
};

struct clip {
    int is_h265;
    int mtu; /* largest RTP packet in bytes, header included */
    double fps;
    struct frame *frames;
    int frame_count;
    struct nal vps; /* H.265 only */
    struct nal sps;
    struct nal pps;
};

/* Reads the file and builds every frame; ends the program when it cannot be read or holds no frame. */
void clip_load(struct clip *clip, const char *path);

/* Writes frames, bit rate and packets per frame to stderr. */
void clip_report(const struct clip *clip);

/* Writes the session description; returns its length. */
int clip_sdp(const struct clip *clip, char *text, int capacity);

/* Fills in channel, sequence numbers, timestamp, SSRC and the send time (now). Returns the next sequence number. */
uint16_t frame_address(const struct clip *clip, uint8_t *bytes, uint32_t length, uint8_t channel,
                       uint16_t sequence, uint32_t timestamp, uint32_t ssrc);

/* Size of the RTP packet behind the interleaved header at `at`. */
static inline uint32_t packet_length(const uint8_t *at)
{
    return (uint32_t)at[2] << 8 | at[3];
}

#endif
