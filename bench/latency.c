/* A histogram of latencies. */

#include "latency.h"

#define BINS 200001 /* of 0.1 ms: latencies up to 20 s */
#define BIN_NS 100000

static uint32_t bins[BINS];
static uint64_t count;

void add_latency(uint64_t latency_ns)
{
    uint64_t bin = latency_ns / BIN_NS;
    bins[bin < BINS ? bin : BINS - 1]++;
    count++;
}

uint64_t latencies_counted(void)
{
    return count;
}

double latency_percentile_ms(double share)
{
    uint64_t wanted = (uint64_t)((double)count * share);
    uint64_t seen = 0;
    for (int i = 0; count && i < BINS; i++) {
        seen += bins[i];
        if (seen > wanted)
            return i * 0.1;
    }
    return -1;
}
