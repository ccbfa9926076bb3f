/* What /proc tells of a process and of core 0. A process that is gone, or pid 0, reads as zeros. */
#define _GNU_SOURCE
#include "process_stats.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rtsp_common.h"

double scheduled_s(int pid)
{
    char path[128];
    double sum = 0;
    struct dirent *entry;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *threads = opendir(path);
    if (!threads)
        return 0;
    while ((entry = readdir(threads))) {
        unsigned long run_ns;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", pid, entry->d_name);
        FILE *file = fopen(path, "r");
        if (!file)
            continue;
        if (fscanf(file, "%lu", &run_ns) == 1)
            sum += (double)run_ns;
        fclose(file);
    }
    closedir(threads);
    return sum * 1e-9;
}

void cpu_times_s(int pid, double *user_s, double *system_s)
{
    char path[64];
    char text[1024];
    unsigned long user = 0;
    unsigned long system = 0;
    *user_s = *system_s = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    /* The name of the program comes second, in brackets, and may itself hold brackets. */
    char *behind_name = strrchr(text, ')');
    if (!behind_name)
        return;
    sscanf(behind_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    double ticks = (double)sysconf(_SC_CLK_TCK);
    *user_s = (double)user / ticks;
    *system_s = (double)system / ticks;
}

double core0_busy_s(void)
{
    char line[512];
    double busy_s = 0;
    FILE *file = fopen("/proc/stat", "r");
    while (file && fgets(line, sizeof line, file)) {
        unsigned long idle;
        unsigned long io_wait;
        if (sscanf(line, "cpu0 %*u %*u %*u %lu %lu", &idle, &io_wait) == 2)
            busy_s = now_s() - (double)(idle + io_wait) / (double)sysconf(_SC_CLK_TCK);
    }
    if (file)
        fclose(file);
    return busy_s;
}

int ksoftirqd0(void)
{
    for (int pid = 2; pid < 400; pid++) {
        char path[64];
        char name[64] = "";
        snprintf(path, sizeof path, "/proc/%d/comm", pid);
        FILE *file = fopen(path, "r");
        if (!file)
            continue;
        int is_found = fgets(name, sizeof name, file) && !strcmp(name, "ksoftirqd/0\n");
        fclose(file);
        if (is_found)
            return pid;
    }
    return 0;
}

long resident_kb(int pid)
{
    char path[64];
    char line[256];
    long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, "VmRSS:", 6))
            kb = atol(line + 6);
    if (file)
        fclose(file);
    return kb;
}
