/* SPDX-License-Identifier: MIT */
/* Telling the phone that this ROM is well, through the kernel module flashlab_smc. */
#include "rom/boot_success.h"

#include "base/crc32.h"
#include "disk_partition.h"
#include "waiting.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define SERVICE_PATH "/sys/firmware/flashlab/boot_success"
#define SUCCESSFUL   (1u << 7)

static uint32_t record_crc(const struct slots_record *record)
{
    return crc32(slice_of(record, offsetof(struct slots_record, crc32)));
}

/* "_a" is 0; SLOTS_MAX and more: there is no such slot. */
static size_t slot_of(const char *suffix)
{
    return suffix[0] == '_' && suffix[1] >= 'a' && suffix[2] == '\0' ? (size_t)(suffix[1] - 'a')
                                                                     : SLOTS_MAX;
}

bool boot_success_mark(struct slots_record *record, const char *slot_suffix)
{
    size_t index = slot_of(slot_suffix);
    uint16_t info;

    if (le32(record->magic) != SLOTS_MAGIC || le32(record->crc32) != record_crc(record) ||
        index >= (record->counts & 7u) || index >= SLOTS_MAX) {
        return false;
    }
    info = le16(record->slots[index]);
    if (SLOT_SUCCESSFUL(info) != 0) {
        return false;
    }
    put_le16(record->slots[index], (uint16_t)(info | SUCCESSFUL));
    put_le32(record->crc32, record_crc(record));
    return true;
}

/* "marked", "unchanged", "failed". */
static const char *mark_slot(const char *slot_suffix)
{
    struct slots_record record;
    const char *word = "unchanged";
    int fd = disk_partition_open("misc", O_RDWR, DEVICE_WAIT_MS);

    if (fd < 0) {
        return "failed";
    }
    if (pread(fd, &record, sizeof(record), MISC_SLOTS_OFFSET) != (ssize_t)sizeof(record)) {
        word = "failed";
    } else if (boot_success_mark(&record, slot_suffix)) {
        word = pwrite(fd, &record, sizeof(record), MISC_SLOTS_OFFSET) == (ssize_t)sizeof(record) &&
                       fsync(fd) == 0
                   ? "marked"
                   : "failed";
    }
    close(fd);
    return word;
}

/* One word and a newline, as the module gives it. */
static bool read_word(int fd, char *word, size_t room)
{
    ssize_t size = pread(fd, word, room - 1, 0);

    if (size <= 0) {
        return false;
    }
    word[size] = '\0';
    word[strcspn(word, "\n")] = '\0';
    return true;
}

void boot_success_report(const struct trace *trace, const char *slot_suffix)
{
    const char *slot = slot_suffix[0] != '\0' ? mark_slot(slot_suffix) : NULL;
    int fd = open(SERVICE_PATH, O_RDWR | O_CLOEXEC);
    char word[32] = "no-service";
    struct trace_event event;

    if (fd >= 0) {
        if (write(fd, "1", 1) != 1 || !read_word(fd, word, sizeof(word))) {
            memcpy(word, "failed", sizeof("failed"));
        }
        close(fd);
    }
    trace_begin(&event, "boot-success");
    json_str(&event.text, "result", word);
    if (slot != NULL) {
        json_str(&event.text, "slot", slot);
    }
    trace_send(trace, &event);
}
