/* SPDX-License-Identifier: MIT */
/* "Connect with MIAssistant": adb at the port lab.adb. */
#include "recovery/sideload.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define READ_BYTES   65536
#define NUMBER_BYTES 8         /* a block's number, as adb takes it */
#define BLOCKS_MAX   100000000 /* numbers of eight digits */
#define PACKAGE_BYTES_MAX ((uint64_t)BLOCKS_MAX * RECOVERY_ZIP_BLOCK_BYTES - 1)

#define SIDELOAD "sideload-host:"
#define SHELL    "shell"
#define REBOOT   "reboot:"

enum tag {
    TAG_SIDELOAD = 1,
    TAG_SHELL,
    TAG_SHELL_SAID, /* its text is on the way */
    TAG_REBOOT,
};

bool recovery_sideload_parse(const char *service, uint64_t *out_size_bytes)
{
    const char *rest = service + strlen(SIDELOAD);
    uint64_t size;
    uint64_t block;

    if (strncmp(service, SIDELOAD, strlen(SIDELOAD)) != 0 ||
        !text_take_u64(&rest, ':', PACKAGE_BYTES_MAX, &size) ||
        !text_take_u64(&rest, '\0', UINT32_MAX, &block) || block != RECOVERY_ZIP_BLOCK_BYTES ||
        size == 0) {
        return false;
    }
    *out_size_bytes = size;
    return true;
}

static bool on_send(void *context, struct slice bytes)
{
    struct recovery_sideload *sideload = context;

    return adb_port_send(&sideload->port, bytes);
}

static bool open_sideload(struct recovery_sideload *sideload, struct adb_stream *stream,
                          const char *service)
{
    if (sideload->stream != NULL || !recovery_sideload_parse(service, &sideload->package_bytes)) {
        return false;
    }
    sideload->stream = stream;
    sideload->offered = true;
    sideload->first_block = 0;
    sideload->next_block = 0;
    sideload->ring_start = 0;
    sideload->ring_bytes = 0;
    stream->tag = TAG_SIDELOAD;
    return true;
}

static bool on_open(void *context, struct adb_stream *stream, const char *service)
{
    struct recovery_sideload *sideload = context;

    if (strncmp(service, REBOOT, strlen(REBOOT)) == 0) {
        const char *target = service + strlen(REBOOT);

        copy_string(sideload->reboot_to, sizeof(sideload->reboot_to), target, strlen(target) + 1);
        stream->tag = TAG_REBOOT;
        return true;
    }
    if (strncmp(service, SHELL, strlen(SHELL)) == 0) {
        stream->tag = TAG_SHELL;
        return true;
    }
    return open_sideload(sideload, stream, service);
}

static bool on_data(void *context, struct adb_stream *stream, struct slice bytes)
{
    struct recovery_sideload *sideload = context;

    if (stream != sideload->stream) {
        return true; /* what is typed into a shell that is none */
    }
    if (bytes.size > sizeof(sideload->ring) - sideload->ring_bytes) {
        return false; /* more than was asked for */
    }
    while (bytes.size != 0) {
        size_t at = (sideload->ring_start + sideload->ring_bytes) % sizeof(sideload->ring);
        size_t room = sizeof(sideload->ring) - at;
        size_t size = MIN(bytes.size, room);

        memcpy(sideload->ring + at, bytes.data, size);
        sideload->ring_bytes += size;
        bytes = slice_of(bytes.data + size, bytes.size - size);
    }
    return true;
}

static void on_ready(void *context, struct adb_stream *stream)
{
    struct recovery_sideload *sideload = context;

    if (stream->tag == TAG_REBOOT) {
        /* The cable stays in a virtual phone: the computer would wait for an end. */
        adb_stream_close(&sideload->session, stream);
        sideload->reboot = true;
    } else if (stream->tag == TAG_SHELL) {
        stream->tag = TAG_SHELL_SAID;
        if (adb_stream_write(&sideload->session, stream,
                             slice_of(sideload->report, strlen(sideload->report))) == 0) {
            adb_stream_close(&sideload->session, stream);
        }
    } else if (stream->tag == TAG_SHELL_SAID) {
        adb_stream_close(&sideload->session, stream);
    }
}

static void on_closed(void *context, struct adb_stream *stream)
{
    struct recovery_sideload *sideload = context;

    if (stream == sideload->stream) {
        sideload->stream = NULL;
        sideload->offered = false;
    }
}

static const struct adb_session_ops session_ops = {
    .send = on_send, .open = on_open, .data = on_data, .ready = on_ready, .closed = on_closed};

bool recovery_sideload_open(struct recovery_sideload *sideload, const char *product)
{
    if (!adb_port_open(&sideload->port)) {
        return false;
    }
    sideload->stream = NULL;
    sideload->reboot = false;
    snprintf(sideload->banner, sizeof(sideload->banner),
             "sideload::ro.product.name=%.40s;ro.product.model=%.40s;ro.product.device=%.40s;",
             product, product, product);
    sideload->session.ops = &session_ops;
    sideload->session.context = sideload;
    sideload->session.banner = sideload->banner;
    if (sideload->report[0] == '\0') {
        copy_string(sideload->report, sizeof(sideload->report), "No package came yet.\n", 22);
    }
    adb_session_reset(&sideload->session);
    return true;
}

void recovery_sideload_close(struct recovery_sideload *sideload)
{
    if (sideload->port.fd >= 0) {
        adb_session_reset(&sideload->session);
        adb_port_close(&sideload->port);
    }
}

bool recovery_sideload_pump(struct recovery_sideload *sideload, int wait_ms)
{
    static uint8_t room[READ_BYTES];
    struct slice bytes;

    switch (adb_port_receive(&sideload->port, (struct span){room, sizeof(room)}, wait_ms, &bytes)) {
    case ADB_PORT_QUIET:
        return true;
    case ADB_PORT_BYTES:
        adb_session_feed(&sideload->session, bytes);
        return true;
    case ADB_PORT_NOBODY:
        adb_session_reset(&sideload->session);
        return false;
    }
    return false;
}

/* Asks for the blocks up to `end`, as far as the ring has room for them. */
static void ask(struct recovery_sideload *sideload, uint64_t end)
{
    char numbers[SIDELOAD_WINDOW * NUMBER_BYTES + 1];
    size_t length = 0;

    if (!sideload->stream->may_write) {
        return;
    }
    while (sideload->next_block < end &&
           sideload->next_block - sideload->first_block < SIDELOAD_WINDOW) {
        snprintf(numbers + length, NUMBER_BYTES + 1, "%08u", (unsigned)sideload->next_block++);
        length += NUMBER_BYTES;
    }
    if (length != 0) {
        (void)adb_stream_write(&sideload->session, sideload->stream, slice_of(numbers, length));
    }
}

static size_t bytes_of_block(const struct recovery_sideload *sideload, uint64_t index)
{
    uint64_t left = sideload->package_bytes - index * RECOVERY_ZIP_BLOCK_BYTES;

    return left < RECOVERY_ZIP_BLOCK_BYTES ? (size_t)left : RECOVERY_ZIP_BLOCK_BYTES;
}

/* Waits for the oldest block that was asked for, and takes it out of the ring. */
static bool take_block(struct recovery_sideload *sideload, uint64_t end, uint8_t *out)
{
    size_t size = bytes_of_block(sideload, sideload->first_block);
    int quiet_ms = 0;

    while (sideload->stream != NULL && sideload->ring_bytes < size) {
        size_t before = sideload->ring_bytes;

        ask(sideload, end);
        if (!recovery_sideload_pump(sideload, 100)) {
            return false;
        }
        quiet_ms = sideload->ring_bytes != before ? 0 : quiet_ms + 100;
        if (quiet_ms > ADB_STALL_MS) {
            return false;
        }
    }
    if (sideload->stream == NULL) {
        return false;
    }
    for (size_t done = 0; done < size;) {
        size_t room = sizeof(sideload->ring) - sideload->ring_start;
        size_t part = MIN(size - done, room);

        memcpy(out + done, sideload->ring + sideload->ring_start, part);
        sideload->ring_start = (sideload->ring_start + part) % sizeof(sideload->ring);
        sideload->ring_bytes -= part;
        done += part;
    }
    sideload->first_block++;
    return true;
}

bool recovery_sideload_read(struct recovery_sideload *sideload, uint64_t index, uint64_t end,
                            uint8_t *out)
{
    if (sideload->stream == NULL || index * RECOVERY_ZIP_BLOCK_BYTES >= sideload->package_bytes) {
        return false;
    }
    if (index < sideload->first_block || index >= sideload->next_block) {
        /* What is under way is not wanted any more, and comes all the same. */
        while (sideload->first_block < sideload->next_block) {
            if (!take_block(sideload, sideload->next_block, out)) {
                return false;
            }
        }
        sideload->first_block = index;
        sideload->next_block = index;
    }
    while (sideload->first_block < index) {
        if (!take_block(sideload, end, out)) {
            return false;
        }
    }
    return take_block(sideload, end, out);
}

bool recovery_sideload_offers(struct recovery_sideload *sideload, uint64_t *out_bytes)
{
    bool offered = sideload->offered;

    sideload->offered = false;
    *out_bytes = sideload->package_bytes;
    return offered;
}

void recovery_sideload_done(struct recovery_sideload *sideload, bool installed, const char *report)
{
    snprintf(sideload->report, sizeof(sideload->report), "%s\n", report);
    for (int waited_ms = 0; sideload->stream != NULL && !sideload->stream->may_write &&
                            waited_ms < ADB_STALL_MS && recovery_sideload_pump(sideload, 100);
         waited_ms += 100) {
    }
    if (sideload->stream != NULL) {
        (void)adb_stream_write(&sideload->session, sideload->stream,
                               slice_of(installed ? "DONEDONE" : "FAILFAIL", NUMBER_BYTES));
        adb_stream_close(&sideload->session, sideload->stream);
        sideload->stream = NULL;
    }
}
