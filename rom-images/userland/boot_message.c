/* SPDX-License-Identifier: MIT */
/* The bootloader message in `misc`. */
#include "boot_message.h"

#include "disk_partition.h"
#include "waiting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void put(uint8_t *field, size_t size, const char *text)
{
    size_t length = strnlen(text, size - 1);

    memcpy(field, text, length);
}

void boot_message_make(const char *command, const char *recovery, struct bootloader_message *out)
{
    memset(out, 0, sizeof(*out));
    put(out->command, sizeof(out->command), command);
    put(out->recovery, sizeof(out->recovery), recovery);
}

bool boot_message_asks(const struct bootloader_message *message, const char *line)
{
    char text[sizeof(message->recovery) + 1];
    const char *rest;

    memcpy(text, message->recovery, sizeof(message->recovery));
    text[sizeof(message->recovery)] = '\0';
    if (strncmp(text, RECOVERY_WORD, strlen(RECOVERY_WORD)) != 0) {
        return false;
    }
    rest = text + strlen(RECOVERY_WORD);
    while (*rest != '\0') {
        if (strncmp(rest, line, strlen(line)) == 0) {
            return true;
        }
        rest += strcspn(rest, "\n");
        rest += *rest == '\n' ? 1 : 0;
    }
    return false;
}

bool boot_message_read(struct bootloader_message *out)
{
    int fd = disk_partition_open("misc", O_RDONLY, DEVICE_WAIT_MS);
    ssize_t got;

    if (fd < 0) {
        return false;
    }
    do {
        got = pread(fd, out, sizeof(*out), MISC_MESSAGE_OFFSET);
    } while (got < 0 && errno == EINTR);
    close(fd);
    return got == (ssize_t)sizeof(*out);
}

bool boot_message_write(const struct bootloader_message *message)
{
    int fd = disk_partition_open("misc", O_WRONLY, DEVICE_WAIT_MS);
    bool done;

    if (fd < 0) {
        return false;
    }
    done =
        pwrite(fd, message, sizeof(*message), MISC_MESSAGE_OFFSET) == (ssize_t)sizeof(*message) &&
        fsync(fd) == 0;
    return close(fd) == 0 && done;
}
