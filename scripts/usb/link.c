/* SPDX-License-Identifier: MIT */
#include "usb/link.h"

#include "base/text.h"
#include "usb/report.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SILENT_MS   5000 /* a phone that says nothing for so long does not answer */
#define LOST_MS     1000 /* a phone that closed its port, and is still plugged in then, stays */
#define IDLE_MS     3000 /* a tool that is quiet for so long has gone */
#define PIECE_BYTES (256u << 10)

union address {
    struct sockaddr any;
    struct sockaddr_in inet;
    struct sockaddr_un local;
};

void link_init(struct link *link, struct device *device)
{
    *link = (struct link){.device = device, .fd = -1};
}

void link_close(struct link *link)
{
    if (link->fd >= 0) {
        close(link->fd);
    }
    link->fd = -1;
}

/* HOST:PORT with an IPv4 address, or a path with a slash in it; 0: neither. */
static socklen_t parse(const char *text, union address *out)
{
    char host[INET_ADDRSTRLEN];
    const char *colon = strrchr(text, ':');
    uint64_t port;

    memset(out, 0, sizeof *out);
    if (strchr(text, '/') != NULL) {
        if (strlen(text) >= sizeof out->local.sun_path) {
            return 0;
        }
        out->local.sun_family = AF_UNIX;
        strcpy(out->local.sun_path, text);
        return sizeof out->local;
    }
    if (colon == NULL || (size_t)(colon - text) >= sizeof host) {
        return 0;
    }
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    if (!text_to_u64(slice_of(colon + 1, strlen(colon + 1)), UINT16_MAX, &port) || port == 0 ||
        inet_pton(AF_INET, host, &out->inet.sin_addr) != 1) {
        return 0;
    }
    out->inet.sin_family = AF_INET;
    out->inet.sin_port = htons((uint16_t)port);
    return sizeof out->inet;
}

bool link_set_address(struct link *link, struct slice address)
{
    char text[LINK_ADDRESS_BYTES];
    union address parsed;

    link_close(link);
    link->lost = false;
    link->address[0] = '\0';
    if (address.size >= sizeof text) {
        return false;
    }
    memcpy(text, address.data, address.size);
    text[address.size] = '\0';
    if (address.size != 0 && parse(text, &parsed) == 0) {
        return false;
    }
    strcpy(link->address, text);
    return true;
}

static void fail(struct link *link, const char *why)
{
    report("the phone's port %s %s", link->address[0] != '\0' ? link->address : "is not known",
           why);
    link_close(link);
    device_hung_up(link->device);
    device_give_up(link->device);
}

static void dial(struct link *link, uint64_t now_ms)
{
    union address address;
    socklen_t length = parse(link->address, &address);
    int one = 1;

    if (length == 0) {
        fail(link, "");
        return;
    }
    link->fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (link->fd < 0) {
        fail(link, strerror(errno));
        return;
    }
    if (address.any.sa_family == AF_INET) {
        (void)setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    link->connecting = connect(link->fd, &address.any, length) != 0;
    if (link->connecting && errno != EINPROGRESS) {
        fail(link, strerror(errno));
        return;
    }
    link->heard = false;
    link->moved_ms = now_ms;
}

static void check_time(struct link *link, uint64_t now_ms)
{
    uint64_t quiet_ms = now_ms - link->moved_ms;

    if (!link->heard && quiet_ms >= SILENT_MS) {
        fail(link, "does not answer: another client may have it (fastboot or adb over TCP)");
    } else if (link->heard && quiet_ms >= IDLE_MS && device_minds_idle(link->device)) {
        link->moved_ms = now_ms;
        device_idle(link->device);
    }
}

void link_update(struct link *link, uint64_t now_ms)
{
    struct stream *stream = &link->device->stream;

    if (link->fd >= 0) {
        check_time(link, now_ms);
    }
    if (stream->redial) {
        stream->redial = false;
        link_close(link);
    }
    if (link->fd < 0 && device_wants_link(link->device)) {
        link->lost = false;
        dial(link, now_ms);
    }
    if (link->lost && now_ms - link->moved_ms >= LOST_MS) {
        link->lost = false;
        device_give_up(link->device);
    }
}

short link_events(const struct link *link)
{
    struct stream *stream = &link->device->stream;
    short events = 0;

    if (link->fd < 0) {
        return 0;
    }
    if (link->connecting || queue_size(&stream->to_phone) != 0) {
        events |= POLLOUT;
    }
    if (queue_room(&stream->from_phone) >= PIECE_BYTES) {
        events |= POLLIN;
    }
    return events;
}

int link_timeout_ms(const struct link *link, uint64_t now_ms)
{
    uint64_t wait_ms = link->lost ? LOST_MS : link->heard ? IDLE_MS : SILENT_MS;
    uint64_t quiet_ms = now_ms - link->moved_ms;
    bool counts =
        link->lost || (link->fd >= 0 && (!link->heard || device_minds_idle(link->device)));

    if (!counts) {
        return -1;
    }
    return quiet_ms >= wait_ms ? 0 : (int)(wait_ms - quiet_ms);
}

static void finish_connecting(struct link *link)
{
    int error = 0;
    socklen_t size = sizeof error;

    link->connecting = false;
    (void)getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        fail(link, strerror(error));
    }
}

static void send_bytes(struct link *link, uint64_t now_ms)
{
    struct queue *queue = &link->device->stream.to_phone;
    struct slice bytes = queue_slice(queue);
    ssize_t count = send(link->fd, bytes.data, bytes.size, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (count > 0) {
        queue_drop(queue, (size_t)count);
        link->moved_ms = now_ms;
        device_moved(link->device);
    } /* an error shows when it is read */
}

static void receive_bytes(struct link *link, uint64_t now_ms)
{
    struct queue *queue = &link->device->stream.from_phone;
    struct span room;
    ssize_t count;

    if (!queue_reserve(queue, PIECE_BYTES, &room)) {
        return;
    }
    count = recv(link->fd, room.data, room.size, MSG_DONTWAIT);
    if (count > 0) {
        queue_add(queue, (size_t)count);
        link->heard = true;
        link->moved_ms = now_ms;
        device_moved(link->device);
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        link_close(link);
        link->lost = true;
        link->moved_ms = now_ms;
        device_hung_up(link->device);
    }
}

void link_ready(struct link *link, short events, uint64_t now_ms)
{
    if (link->connecting) {
        finish_connecting(link);
        return;
    }
    if ((events & POLLOUT) != 0 && queue_size(&link->device->stream.to_phone) != 0) {
        send_bytes(link, now_ms);
    }
    if (link->fd >= 0 && !link->device->stream.redial && (events & ~POLLOUT) != 0) {
        receive_bytes(link, now_ms);
    }
}
