/* SPDX-License-Identifier: MIT */
/* What the ROM reports on lab.trace. QEMU: -device virtserialport,name=lab.trace,... */
#include "trace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PORTS_FOLDER "/sys/class/virtio-ports"
#define PORT_NAME    "lab.trace"

static uint64_t now_us(void)
{
    uint64_t ticks;
    uint64_t hz;

    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
    if (hz == 0) {
        return 0;
    }
    return ticks / hz * 1000000 + ticks % hz * 1000000 / hz;
}

static bool is_our_port(const char *device)
{
    char path[300];
    char name[32];
    ssize_t size;
    int fd;

    snprintf(path, sizeof(path), PORTS_FOLDER "/%s/name", device);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    size = read(fd, name, sizeof(name) - 1);
    close(fd);
    if (size <= 0) {
        return false;
    }
    name[size] = '\0';
    name[strcspn(name, "\n")] = '\0';
    return strcmp(name, PORT_NAME) == 0;
}

/* The port's device file, opened; -1 when it is not there (yet). */
static int find_port(void)
{
    DIR *folder = opendir(PORTS_FOLDER);
    struct dirent *entry;
    char path[300];
    int fd = -1;

    if (folder == NULL) {
        return -1;
    }
    while (fd < 0 && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.' && is_our_port(entry->d_name)) {
            snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
            fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        }
    }
    closedir(folder);
    return fd;
}

bool trace_open(struct trace *trace, unsigned wait_ms)
{
    struct pollfd writable = {.fd = find_port(), .events = POLLOUT};

    for (unsigned waited_ms = 0; writable.fd < 0 && waited_ms < wait_ms; waited_ms++) {
        usleep(1000);
        writable.fd = find_port();
    }
    trace->fd = writable.fd;
    if (writable.fd < 0) {
        return false;
    }
    /* A port can be written to once its other side is open: QEMU says so just after the name. */
    for (unsigned waited_ms = 0; waited_ms < 200 && poll(&writable, 1, 0) == 0; waited_ms++) {
        usleep(1000);
    }
    return true;
}

void trace_begin(struct trace_event *event, const char *name)
{
    event->text = text_in(event->line, sizeof(event->line) - 1);
    json_begin(&event->text);
    json_u64(&event->text, "t_us", now_us());
    json_str(&event->text, "stage", "rom");
    json_str(&event->text, "event", name);
}

void trace_send(const struct trace *trace, struct trace_event *event)
{
    ssize_t sent;

    json_end(&event->text);
    /* Half an object would be worse than none. */
    if (trace->fd < 0 || event->text.full) {
        return;
    }
    event->line[event->text.length] = '\n';
    do {
        sent = write(trace->fd, event->line, event->text.length + 1);
    } while (sent < 0 && errno == EINTR);
}

void trace_what(const struct trace *trace, const char *name, const char *what)
{
    struct trace_event event;

    trace_begin(&event, name);
    json_str(&event.text, "what", what);
    trace_send(trace, &event);
}
