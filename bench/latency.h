/* Latencies counted in steps of 0.1 ms, up to 20 s; one count for the whole program. */
#ifndef BENCH_LATENCY_H
#define BENCH_LATENCY_H

#include <stdint.h>

void add_latency(uint64_t latency_ns);

uint64_t latencies_counted(void);

/* What so large a share, 0 to 1, of the latencies stays below; -1 when none was counted. */
double latency_percentile_ms(double share);

#endif
