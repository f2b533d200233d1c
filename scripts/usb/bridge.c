/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* accept4 */
#include "usb/bridge.h"

#include "usb/report.h"
#include "usb/vhci.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_MS    200 /* the phone is gone already; so long its last answer may be on its way */
#define PLUG_MS     200 /* until the last plug's port is free again */
#define LEAVE_MS    1000 /* so long who leaves may take to read what it was said */
#define PIECE_BYTES (256u << 10)

enum {
    POLL_LINES,
    POLL_LISTENER,
    POLL_LINK,
    POLL_CLIENTS,
    POLL_COUNT = POLL_CLIENTS + BRIDGE_CLIENTS_MAX,
};

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* Opening. */

static int listen_on(const struct options *options)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(options->port)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int one = 1;

    if (inet_pton(AF_INET, options->listen, &address.sin_addr) != 1) {
        report("%s is no IPv4 address", options->listen);
        return -1;
    }
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 4) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        report("port %u of %s: %s; --%s 0 takes a free one", options->port, options->listen,
               strerror(errno), options->way == OPTIONS_REDIR ? "redir" : "usbip");
        return -1;
    }
    if (ntohl(address.sin_addr.s_addr) >> 24 != 127) {
        report("whoever reaches %s:%u can flash this phone: there is no password", options->listen,
               ntohs(address.sin_port));
    }
    printf("%s:%u\n", options->listen, ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static bool open_way(struct bridge *bridge, const struct options *options)
{
    if (options->way == OPTIONS_VHCI) {
        bridge->front = &vhci_front;
        return vhci_check();
    }
    bridge->front = options->way == OPTIONS_REDIR ? &redir_front : &usbip_front;
    bridge->listener = listen_on(options);
    return bridge->listener >= 0;
}

static bool apply_mode(struct bridge *bridge, const char *line)
{
    size_t word = strcspn(line, " ");
    const char *address = line[word] == ' ' ? line + word + 1 : "";
    enum usb_mode mode;

    if (!identity_mode_named(slice_of(line, word), &mode) ||
        !link_set_address(&bridge->link, slice_of(address, strlen(address)))) {
        report("\"%s\" is not MODE ADDRESS; --help tells what is", line);
        return false;
    }
    device_set_mode(&bridge->device, mode);
    bridge->plug_due = bridge->front == &vhci_front && mode != USB_OFF;
    bridge->since_ms = now();
    return true;
}

bool bridge_open(struct bridge *bridge, const struct options *options)
{
    const struct edl_account *account = options->account != NULL ? &bridge->account.edl : NULL;

    *bridge = (struct bridge){.listener = -1, .lines = options->mode == NULL ? STDIN_FILENO : -1};
    for (size_t i = 0; i < BRIDGE_CLIENTS_MAX; i++) {
        bridge->clients[i].fd = -1;
    }
    link_init(&bridge->link, &bridge->device);
    if (!device_init(&bridge->device, account) ||
        (account != NULL && !account_load(&bridge->account, options->account)) ||
        !open_way(bridge, options)) {
        return false;
    }
    identity_text(bridge->device.names.serial, options->serial);
    identity_text(bridge->device.names.product, options->product);
    return options->mode == NULL || apply_mode(bridge, options->mode);
}

/* Clients. */

static void close_client(struct bridge_client *slot)
{
    slot->client.front->close(&slot->client);
    queue_free(&slot->client.in);
    queue_free(&slot->client.out);
    close(slot->fd);
    slot->fd = -1;
}

/* A free one; or, of those who have not got as far as to have the phone, the one longest there. */
static struct bridge_client *slot_for_next(struct bridge *bridge)
{
    struct bridge_client *oldest = NULL;

    for (size_t i = 0; i < BRIDGE_CLIENTS_MAX; i++) {
        struct bridge_client *slot = &bridge->clients[i];

        if (slot->fd < 0) {
            return slot;
        }
        if (!slot->client.attached && (oldest == NULL || slot->came < oldest->came)) {
            oldest = slot;
        }
    }
    close_client(oldest); /* the phone has one client: the others are not attached */
    return oldest;
}

static void add_client(struct bridge *bridge, int fd)
{
    struct bridge_client *slot = slot_for_next(bridge);

    slot->fd = fd;
    slot->came = ++bridge->came;
    slot->leaving_ms = 0;
    slot->client = (struct client){.front = bridge->front, .device = &bridge->device};
    slot->client.in = queue_of(CLIENT_IN_BYTES_MAX);
    slot->client.out = queue_of(CLIENT_OUT_BYTES_MAX);
    if (!bridge->front->open(&slot->client)) {
        close_client(slot);
    }
}

static void accept_client(struct bridge *bridge)
{
    int fd = accept4(bridge->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int one = 1;

    if (fd >= 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        add_client(bridge, fd);
    }
}

static void plug_here(struct bridge *bridge)
{
    int fd;

    if (!bridge->plug_due || bridge->device.host != NULL || now() - bridge->since_ms < PLUG_MS) {
        return;
    }
    bridge->plug_due = false;
    fd = vhci_attach();
    if (fd >= 0) {
        add_client(bridge, fd);
    }
}

static short client_events(const struct bridge *bridge, const struct client *client)
{
    short events = queue_size(&client->out) != 0 ? POLLOUT : 0;

    if (!client->leaving && !device_is_full(&bridge->device) &&
        queue_room(&client->in) >= PIECE_BYTES) {
        events |= POLLIN;
    }
    return events;
}

/* False: the client has gone. */
static bool receive(struct bridge_client *slot)
{
    struct span room;
    ssize_t count;

    if (slot->client.leaving || !queue_reserve(&slot->client.in, PIECE_BYTES, &room)) {
        return true;
    }
    count = recv(slot->fd, room.data, room.size, MSG_DONTWAIT);
    if (count <= 0) {
        return count < 0 && (errno == EAGAIN || errno == EINTR);
    }
    queue_add(&slot->client.in, (size_t)count);
    return slot->client.front->take(&slot->client);
}

static bool send_out(struct bridge_client *slot)
{
    struct slice bytes = queue_slice(&slot->client.out);
    ssize_t count;

    if (bytes.size == 0) {
        return true;
    }
    count = send(slot->fd, bytes.data, bytes.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    queue_drop(&slot->client.out, (size_t)count);
    return true;
}

static bool is_done(struct bridge_client *slot)
{
    if (!slot->client.leaving) {
        return false;
    }
    if (slot->leaving_ms == 0) {
        slot->leaving_ms = now();
    }
    return queue_size(&slot->client.out) == 0 || now() - slot->leaving_ms >= LEAVE_MS;
}

/* Who leaves when nobody said anything: the phone was unplugged. */
static void close_done(struct bridge *bridge)
{
    for (size_t i = 0; i < BRIDGE_CLIENTS_MAX; i++) {
        if (bridge->clients[i].fd >= 0 && is_done(&bridge->clients[i])) {
            close_client(&bridge->clients[i]);
        }
    }
}

/* What is said is sent at once; what does not go waits for POLLOUT. */
static void serve(struct bridge_client *slot, short events)
{
    bool here = (events & (POLLERR | POLLHUP)) == 0 || (events & POLLIN) != 0;

    if (here && (events & POLLIN) != 0) {
        here = receive(slot);
    }
    here = here && send_out(slot);
    if (!here || is_done(slot)) {
        close_client(slot);
    }
}

/* Modes. */

/* A mode waits while the phone's last answer is on its way to the host. */
static void change_mode(struct bridge *bridge)
{
    if (!bridge->changing) {
        return;
    }
    if (device_owes(&bridge->device) && now() - bridge->since_ms < DRAIN_MS) {
        return;
    }
    bridge->changing = false;
    (void)!apply_mode(bridge, bridge->next);
}

static void take_line(struct bridge *bridge, const char *line)
{
    if (!bridge->changing) {
        bridge->since_ms = now();
    }
    bridge->changing = true;
    snprintf(bridge->next, sizeof bridge->next, "%s", line);
}

/* False: that was the last. */
static bool read_lines(struct bridge *bridge)
{
    ssize_t count = read(bridge->lines, bridge->line + bridge->line_bytes,
                         sizeof bridge->line - 1 - bridge->line_bytes);
    char *end;

    if (count <= 0) {
        return count < 0 && errno == EINTR;
    }
    bridge->line_bytes += (size_t)count;
    bridge->line[bridge->line_bytes] = '\0';
    while ((end = strchr(bridge->line, '\n')) != NULL) {
        *end = '\0';
        take_line(bridge, bridge->line);
        bridge->line_bytes -= (size_t)(end + 1 - bridge->line);
        memmove(bridge->line, end + 1, bridge->line_bytes + 1);
    }
    if (bridge->line_bytes == sizeof bridge->line - 1) {
        report("a line on standard input is too long");
        return false;
    }
    return true;
}

/* The loop. */

static bool is_somebody_leaving(const struct bridge *bridge)
{
    for (size_t i = 0; i < BRIDGE_CLIENTS_MAX; i++) {
        if (bridge->clients[i].fd >= 0 && bridge->clients[i].client.leaving) {
            return true;
        }
    }
    return false;
}

static int timeout_ms(const struct bridge *bridge)
{
    int wait_ms = link_timeout_ms(&bridge->link, now());
    bool soon = bridge->changing || (bridge->plug_due && bridge->device.host == NULL) ||
                is_somebody_leaving(bridge);

    return soon && (wait_ms < 0 || wait_ms > 10) ? 10 : wait_ms;
}

static void prepare(struct bridge *bridge, struct pollfd polled[POLL_COUNT])
{
    polled[POLL_LINES] = (struct pollfd){.fd = bridge->lines, .events = POLLIN};
    polled[POLL_LISTENER] = (struct pollfd){.fd = bridge->listener, .events = POLLIN};
    polled[POLL_LINK] =
        (struct pollfd){.fd = bridge->link.fd, .events = link_events(&bridge->link)};
    for (size_t i = 0; i < BRIDGE_CLIENTS_MAX; i++) {
        struct bridge_client *slot = &bridge->clients[i];

        polled[POLL_CLIENTS + i] = (struct pollfd){.fd = slot->fd};
        if (slot->fd >= 0) {
            polled[POLL_CLIENTS + i].events = client_events(bridge, &slot->client);
        }
    }
}

/* What the link brought is for a client, and the other way round: all of them are served. */
static void serve_clients(struct bridge *bridge, const struct pollfd polled[POLL_COUNT])
{
    for (size_t i = 0; i < BRIDGE_CLIENTS_MAX; i++) {
        const struct pollfd *now_polled = &polled[POLL_CLIENTS + i];
        struct bridge_client *slot = &bridge->clients[i];

        if (slot->fd >= 0) {
            serve(slot, slot->fd == now_polled->fd ? now_polled->revents : 0);
        }
    }
}

bool bridge_run(struct bridge *bridge)
{
    struct pollfd polled[POLL_COUNT];

    for (;;) {
        change_mode(bridge);
        close_done(bridge);
        plug_here(bridge);
        link_update(&bridge->link, now());
        prepare(bridge, polled);
        if (poll(polled, POLL_COUNT, timeout_ms(bridge)) < 0 && errno != EINTR) {
            report("poll: %s", strerror(errno));
            return false;
        }
        if (polled[POLL_LINK].revents != 0 && bridge->link.fd == polled[POLL_LINK].fd) {
            link_ready(&bridge->link, polled[POLL_LINK].revents, now());
        }
        serve_clients(bridge, polled);
        if (polled[POLL_LISTENER].revents != 0) {
            accept_client(bridge);
        }
        if (polled[POLL_LINES].revents != 0 && !read_lines(bridge)) {
            return true;
        }
    }
}

void bridge_close(struct bridge *bridge)
{
    for (size_t i = 0; i < BRIDGE_CLIENTS_MAX; i++) {
        if (bridge->clients[i].fd >= 0) {
            close_client(&bridge->clients[i]);
        }
    }
    link_close(&bridge->link);
    if (bridge->listener >= 0) {
        close(bridge->listener);
    }
    device_free(&bridge->device);
}
