/* SPDX-License-Identifier: MIT */
/* The partition `system`. */
#define _GNU_SOURCE
#include "rom/system_mount.h"

#include "base/crc32.h"
#include "base/text.h"
#include "base/words.h"
#include "disk_partition.h"
#include "format/misc.h"
#include "rom/verity.h"
#include "waiting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHERE        "/system"
#define TYPE         "squashfs"
#define WORD         "flashlab.system="
#define LOW_PRIORITY 15
#define DM_NAME      "system"
#define READ_BYTES   (16 * VERITY_BLOCK)

static const char *const result_names[] = {
    [SYSTEM_MOUNTED] = "mounted",
    [SYSTEM_CHECKED] = "checked",
    [SYSTEM_IO_ERROR] = "io-error",
    [SYSTEM_FAULT] = "fault",
};

const char *system_result_name(enum system_result result)
{
    size_t index = (size_t)result;

    return index < ARRAY_COUNT(result_names) && result_names[index] != NULL ? result_names[index]
                                                                            : "fault";
}

void system_mount_how(const char *cmdline, char *out_how, size_t out_how_size)
{
    struct words words = {slice_of(cmdline, strlen(cmdline))};
    struct slice word;
    char plain[64];

    out_how[0] = '\0';
    while (words_next(&words, &word)) {
        size_t size = words_plain(word, (struct span){(uint8_t *)plain, sizeof(plain)});

        if (words_begins(word, WORD) && size <= sizeof(plain)) {
            copy_string(out_how, out_how_size, plain + strlen(WORD), size - strlen(WORD));
            return;
        }
    }
}

bool system_mount_may_be_plain(const char *how, const char *boot_state)
{
    return strcmp(how, "plain") == 0 ||
           (strcmp(boot_state, "green") != 0 && strcmp(boot_state, "yellow") != 0);
}

static void read_how(char *out_how, size_t out_how_size)
{
    char cmdline[4096];
    int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, cmdline, sizeof(cmdline) - 1);

    if (fd >= 0) {
        close(fd);
    }
    cmdline[size < 0 ? 0 : size] = '\0';
    system_mount_how(cmdline, out_how, out_how_size);
}

static void tell(int pipe, enum system_result result, uint64_t block, const char *what)
{
    struct system_news news = {.result = result, .block = block};

    copy_string(news.what, sizeof(news.what), what, strlen(what));
    (void)!write(pipe, &news, sizeof(news));
}

/* Waits for the partition to come, as the kernel reads the table a moment after the disk. */
static bool find_partition(const struct props *props, char out_path[PARTITION_PATH_BYTES])
{
    char name[32];
    int fd;

    snprintf(name, sizeof(name), "system%.8s", props_get(props, "ro.boot.slot_suffix", ""));
    fd = disk_partition_open(name, O_RDONLY, DEVICE_WAIT_MS);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0 && disk_partition_path(name, out_path);
}

/* Is the block at `offset` refused? Anything else that goes wrong is not the block's fault. */
static bool is_refused(int fd, uint64_t offset)
{
    char block[VERITY_BLOCK];

    return pread(fd, block, sizeof(block), (off_t)offset) < 0 && errno == EIO;
}

/* Reads the mapped device from end to end. */
static void check_all(int pipe, const char *device)
{
    static char bytes[READ_BYTES];
    int fd = open(device, O_RDONLY | O_CLOEXEC);
    uint64_t offset = 0;
    ssize_t got = -1;

    /* Read-ahead would meet the bad block early, and then again. */
    while (fd >= 0 && (got = pread(fd, bytes, sizeof(bytes), (off_t)offset)) > 0) {
        offset += (uint64_t)got;
    }
    if (fd >= 0 && got == 0) {
        tell(pipe, SYSTEM_CHECKED, 0, "");
        return;
    }
    for (uint64_t i = 0; fd >= 0 && i < READ_BYTES / VERITY_BLOCK; i++) {
        if (is_refused(fd, offset + i * VERITY_BLOCK)) {
            tell(pipe, SYSTEM_IO_ERROR, offset / VERITY_BLOCK + i, "");
            return;
        }
    }
    tell(pipe, SYSTEM_FAULT, 0, "the mapped device cannot be read");
}

static void mount_system(int pipe, const char *device)
{
    (void)mkdir(WHERE, 0755);
    if (mount(device, WHERE, TYPE, MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) == 0) {
        tell(pipe, SYSTEM_MOUNTED, 0, "");
    } else {
        tell(pipe, SYSTEM_FAULT, 0, "no file system of ours");
    }
}

static void run(int pipe, const struct props *props, const char *how)
{
    const char *boot_state = props_get(props, "ro.boot.verifiedbootstate", "");
    const char *text = props_get(props, "ro.boot.verity.system", "");
    char partition[PARTITION_PATH_BYTES];
    char mapped[PARTITION_PATH_BYTES];
    struct verity_tree tree;
    const char *failed;

    if (!find_partition(props, partition)) {
        tell(pipe, SYSTEM_FAULT, 0, "no partition system");
        return;
    }
    if (strcmp(how, "dm-verity") != 0) {
        if (system_mount_may_be_plain(how, boot_state)) {
            mount_system(pipe, partition);
        } else {
            tell(pipe, SYSTEM_FAULT, 0, "nobody vouches for the system");
        }
        return;
    }
    if (!verity_tree_read(text, &tree)) {
        tell(pipe, SYSTEM_FAULT, 0, "the bootloader told no hash tree");
        return;
    }
    failed = verity_open(&tree, partition, DM_NAME, mapped, sizeof(mapped));
    if (failed != NULL) {
        tell(pipe, SYSTEM_FAULT, 0, failed);
        return;
    }
    mount_system(pipe, mapped);
    check_all(pipe, mapped);
}

int system_mount_start(const struct props *props)
{
    char how[16];
    int ends[2];
    pid_t pid;

    read_how(how, sizeof(how));
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return -1;
    }
    pid = fork();
    if (pid == 0) {
        (void)setpriority(PRIO_PROCESS, 0, LOW_PRIORITY);
        run(ends[1], props, how);
        _exit(0);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return -1;
    }
    return ends[0];
}

bool system_mount_news(int pipe, struct system_news *out_news)
{
    ssize_t got;

    do {
        got = read(pipe, out_news, sizeof(*out_news));
    } while (got < 0 && errno == EINTR);
    if (got == (ssize_t)sizeof(*out_news)) {
        return true;
    }
    close(pipe);
    return false;
}

static bool read_note(int misc, struct verity_note *out_note)
{
    return pread(misc, out_note, sizeof(*out_note), MISC_VERITY_OFFSET) ==
           (ssize_t)sizeof(*out_note);
}

static bool write_note(int misc, const struct verity_note *note)
{
    return pwrite(misc, note, sizeof(*note), MISC_VERITY_OFFSET) == (ssize_t)sizeof(*note) &&
           fsync(misc) == 0;
}

bool system_mount_note(uint64_t block)
{
    struct verity_note note = {.magic = {0}};
    struct verity_note old;
    int misc = disk_partition_open("misc", O_RDWR, DEVICE_WAIT_MS);
    bool done;

    memcpy(note.magic, VERITY_NOTE_MAGIC, sizeof(note.magic));
    put_le64(note.block, block);
    put_le32(note.crc32, crc32(slice_of(&note, offsetof(struct verity_note, crc32))));
    if (misc < 0) {
        return false;
    }
    done =
        read_note(misc, &old) && memcmp(&old, &note, sizeof(note)) != 0 && write_note(misc, &note);
    return close(misc) == 0 && done;
}

void system_mount_forget(void)
{
    static const struct verity_note none;
    struct verity_note old;
    int misc = disk_partition_open("misc", O_RDWR, DEVICE_WAIT_MS);

    if (misc < 0) {
        return;
    }
    if (read_note(misc, &old) && memcmp(old.magic, VERITY_NOTE_MAGIC, sizeof(old.magic)) == 0) {
        (void)write_note(misc, &none);
    }
    close(misc);
}
