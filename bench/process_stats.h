/* What /proc tells of a process and of core 0. A process that is gone, or pid 0, reads as zeros. */
#ifndef BENCH_PROCESS_STATS_H
#define BENCH_PROCESS_STATS_H

/* Time on the CPU of all threads, to the nanosecond (schedstat). */
double scheduled_s(int pid);

/* User and system time, in clock ticks' resolution. */
void cpu_times_s(int pid, double *user_s, double *system_s);

/* Busy seconds of CPU 0 since some fixed moment, idle and waiting for disks excluded. */
double core0_busy_s(void);

/* Process id of ksoftirqd/0, which takes over network work when core 0 is flooded; 0 when not found. */
int ksoftirqd0(void);

long resident_kb(int pid);

#endif
