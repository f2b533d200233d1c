/* SPDX-License-Identifier: MIT */
/*
 * rom/boot_success.h: the slot that started, and no other, is marked; on the disk before the
 * firmware hears of it; and a record that is damaged stays as it is.
 *
 * Linked with --wrap (of the calls with 64-bit offsets, as meson has it): misc is a file, the
 * kernel's module another, and each step leaves a letter.
 */
#include "tests/unit/check.h"

#include "base/crc32.h"
#include "disk_partition.h"
#include "rom/boot_success.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#define SUCCESSFUL 0x80u

static struct {
    char misc[32];
    char service[32];
    bool has_misc, has_service;
    bool sync_fails;
    int misc_fd;
    int service_fd;
    char steps[16]; /* w: misc is written, f: it is flushed, s: the service is told */
    char sent[TRACE_LINE_BYTES];
} desk;

static void step(char letter)
{
    size_t length = strlen(desk.steps);

    assert_true(length + 1 < sizeof desk.steps);
    desk.steps[length] = letter;
}

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);
ssize_t __real_pwrite64(int fd, const void *bytes, size_t size, off_t offset);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t size, off_t offset);
ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
int __wrap_fsync(int fd);

int __wrap_open64(const char *path, int flags, ...)
{
    if (strcmp(path, "/sys/firmware/flashlab/boot_success") != 0) {
        return __real_open64(path, flags);
    }
    desk.service_fd = desk.has_service ? __real_open64(desk.service, flags) : -1;
    return desk.service_fd;
}

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t size, off_t offset)
{
    if (fd == desk.misc_fd) {
        step('w');
    }
    return __real_pwrite64(fd, bytes, size, offset);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
    if (fd == desk.service_fd) {
        step('s');
        return (ssize_t)size; /* the module answers; it keeps nothing */
    }
    return __real_write(fd, bytes, size);
}

int __wrap_fsync(int fd)
{
    assert_int_equal(fd, desk.misc_fd);
    step('f');
    return desk.sync_fails ? -1 : 0;
}

int disk_partition_open(const char *name, int flags, unsigned wait_ms)
{
    assert_string_equal(name, "misc");
    desk.misc_fd = desk.has_misc ? __real_open64(desk.misc, flags) : -1;
    return desk.misc_fd;
}

void trace_begin(struct trace_event *event, const char *name)
{
    event->text = text_in(event->line, sizeof event->line);
    json_begin(&event->text);
    json_str(&event->text, "event", name);
}

void trace_send(const struct trace *trace, struct trace_event *event)
{
    json_end(&event->text);
    snprintf(desk.sent, sizeof desk.sent, "%.*s", (int)event->text.length, event->line);
}

static void seal(struct slots_record *record)
{
    put_le32(record->crc32, crc32(slice_of(record, offsetof(struct slots_record, crc32))));
}

/* Both slots on trial; the record of a phone that has just started slot a. */
static struct slots_record on_trial(void)
{
    struct slots_record record = {.slot_suffix = "_a", .version = 1, .counts = 2};

    put_le32(record.magic, SLOTS_MAGIC);
    put_le16(record.slots[0], 15 | 6 << 4);
    put_le16(record.slots[1], 14 | 3 << 4);
    seal(&record);
    return record;
}

static void only_its_own_bit(void **state)
{
    static const struct {
        const char *suffix;
        size_t index;
    } cases[] = {{"_a", 0}, {"_b", 1}};

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct slots_record record = on_trial();
        struct slots_record want = record;

        put_le16(want.slots[cases[i].index],
                 (uint16_t)(le16(want.slots[cases[i].index]) | SUCCESSFUL));
        seal(&want);
        assert_true(boot_success_mark(&record, cases[i].suffix));
        assert_memory_equal(&record, &want, sizeof record);
        /* A second success of the same start changes nothing. */
        assert_false(boot_success_mark(&record, cases[i].suffix));
        assert_memory_equal(&record, &want, sizeof record);
    }
}

static void nothing_to_mark(void **state)
{
    static const char *const suffixes[] = {"",   "_",  "a",   "_c",   "_d",  "_e",
                                           "_A", "_0", "_ab", "_a_b", "_b ", "_\xff"};

    for (size_t i = 0; i < ARRAY_COUNT(suffixes); i++) {
        struct slots_record record = on_trial();
        const struct slots_record before = record;

        if (boot_success_mark(&record, suffixes[i])) {
            fail_msg("marked for '%s'", suffixes[i]);
        }
        assert_memory_equal(&record, &before, sizeof record);
    }
}

/* With any one bit changed it is no record, whatever the bit means. */
static void a_damaged_record(void **state)
{
    for (size_t bit = 0; bit < 8 * sizeof(struct slots_record); bit++) {
        struct slots_record record = on_trial();
        struct slots_record before;

        ((uint8_t *)&record)[bit / 8] ^= (uint8_t)(1u << bit % 8);
        before = record;
        if (boot_success_mark(&record, "_a")) {
            fail_msg("bit %zu changed, and it was marked", bit);
        }
        assert_memory_equal(&record, &before, sizeof record);
    }
}

/* More slots than the record holds: none of them is behind its end. */
static void more_slots_than_there_is_room_for(void **state)
{
    struct slots_record record = on_trial();

    record.counts = 7;
    seal(&record);
    assert_false(boot_success_mark(&record, "_e"));
    assert_false(boot_success_mark(&record, "_g"));
    assert_true(boot_success_mark(&record, "_d"));
}

static void make_file(char path[32], const void *bytes, size_t size, off_t offset)
{
    int fd;

    strcpy(path, "/tmp/boot-success-XXXXXX");
    fd = mkstemp(path);
    assert_true(fd >= 0 && __real_pwrite64(fd, bytes, size, offset) == (ssize_t)size);
    close(fd);
}

static void begin(const char *answer)
{
    const struct slots_record record = on_trial();

    memset(&desk, 0, sizeof desk);
    desk.has_misc = true;
    desk.has_service = answer != NULL;
    desk.misc_fd = desk.service_fd = -1;
    make_file(desk.misc, &record, sizeof record, MISC_SLOTS_OFFSET);
    make_file(desk.service, answer != NULL ? answer : "", answer != NULL ? strlen(answer) : 0, 0);
}

static struct slots_record kept(void)
{
    int fd = __real_open64(desk.misc, O_RDONLY);
    struct slots_record record;

    assert_true(pread(fd, &record, sizeof record, MISC_SLOTS_OFFSET) == (ssize_t)sizeof record);
    close(fd);
    return record;
}

static void report(const char *suffix, const char *steps, const char *sent)
{
    const struct trace trace = {.fd = -1};

    memset(desk.steps, 0, sizeof desk.steps);
    boot_success_report(&trace, suffix);
    assert_string_equal(desk.steps, steps);
    assert_string_equal(desk.sent, sent);
}

static void end(void)
{
    unlink(desk.misc);
    unlink(desk.service);
}

/* On the disk first: a fuse that is burned cannot wait for a mark that a cut of the power lost. */
static void marked_flushed_then_told(void **state)
{
    begin("raised\n");
    report("_a", "wfs", "{\"event\":\"boot-success\",\"result\":\"raised\",\"slot\":\"marked\"}");
    assert_true(SLOT_SUCCESSFUL(le16(kept().slots[0])));
    assert_false(SLOT_SUCCESSFUL(le16(kept().slots[1])));
    report("_a", "s", "{\"event\":\"boot-success\",\"result\":\"raised\",\"slot\":\"unchanged\"}");
    end();
}

static void without_slots(void **state)
{
    begin("unchanged\n");
    report("", "s", "{\"event\":\"boot-success\",\"result\":\"unchanged\"}");
    end();
}

static void what_fails_is_said(void **state)
{
    begin("unchanged\n");
    desk.sync_fails = true;
    report("_b", "wfs",
           "{\"event\":\"boot-success\",\"result\":\"unchanged\",\"slot\":\"failed\"}");
    desk.has_misc = false;
    report("_b", "s", "{\"event\":\"boot-success\",\"result\":\"unchanged\",\"slot\":\"failed\"}");
    end();
    begin(""); /* a module that answers nothing */
    report("", "s", "{\"event\":\"boot-success\",\"result\":\"failed\"}");
    end();
    begin(NULL);
    report("", "", "{\"event\":\"boot-success\",\"result\":\"no-service\"}");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_its_own_bit),
        cmocka_unit_test(nothing_to_mark),
        cmocka_unit_test(a_damaged_record),
        cmocka_unit_test(more_slots_than_there_is_room_for),
        cmocka_unit_test(marked_flushed_then_told),
        cmocka_unit_test(without_slots),
        cmocka_unit_test(what_fails_is_said),
    };

    return cmocka_run_group_tests_name("boot_success", tests, NULL, NULL);
}
