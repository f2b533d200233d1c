/* SPDX-License-Identifier: MIT */
/*
 * adb/adb_sync.h: files put and fetched below a folder of this computer, in pieces of every size;
 * and what a hostile computer may ask.
 */
#include "tests/unit/check.h"

#include "adb/adb_sync.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SAID_BYTES (1u << 20)

static struct adb_sync sync_room; /* large */
static char root[] = "/tmp/test_adb_sync.XXXXXX";
static uint8_t said[SAID_BYTES];
static size_t said_bytes;

static int make_root(void **state)
{
    return mkdtemp(root) == NULL ? -1 : 0;
}

static int remove_root(void **state)
{
    char command[sizeof root + 10];

    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

static void collect(void)
{
    struct slice out;

    while ((out = adb_sync_output(&sync_room)).size != 0) {
        size_t size = out.size < 1000 ? out.size : 1000; /* the other side takes less at once */

        assert_true(size <= sizeof said - said_bytes);
        memcpy(said + said_bytes, out.data, size);
        said_bytes += size;
        adb_sync_sent(&sync_room, size);
    }
}

struct bytes {
    uint8_t data[400000];
    size_t size;
};

static struct bytes asked;

static void add(const char *id, const void *data, size_t size)
{
    memcpy(asked.data + asked.size, id, 4);
    put_le32(asked.data + asked.size + 4, (uint32_t)size);
    memcpy(asked.data + asked.size + 8, data, size);
    asked.size += 8 + size;
}

static void add_text(const char *id, const char *text)
{
    add(id, text, strlen(text));
}

static void add_done(uint32_t time_s)
{
    add("DONE", "", 0);
    put_le32(asked.data + asked.size - 4, time_s);
}

/* Feeds all that was added, in pieces of `step`. False: the service ended it. */
static bool feed(size_t step)
{
    bool goes_on = true;

    said_bytes = 0;
    adb_sync_begin(&sync_room, root);
    for (size_t at = 0; at < asked.size && goes_on; at += step) {
        size_t size = asked.size - at < step ? asked.size - at : step;
        uint8_t *copy = test_malloc(size);

        memcpy(copy, asked.data + at, size);
        goes_on = adb_sync_feed(&sync_room, slice_of(copy, size));
        test_free(copy);
        collect();
    }
    adb_sync_end(&sync_room);
    return goes_on;
}

static void is_said(const char *id, const char *text)
{
    assert_true(said_bytes >= 8);
    assert_memory_equal(said, id, 4);
    assert_int_equal(le32(said + 4), strlen(text));
    assert_memory_equal(said + 8, text, strlen(text));
}

static long size_of(const char *name)
{
    char path[300];
    struct stat facts;

    snprintf(path, sizeof path, "%s%s", root, name);
    return stat(path, &facts) == 0 ? (long)facts.st_size : -1;
}

static void put(const char *name, size_t size)
{
    static uint8_t data[ADB_SYNC_CHUNK_MAX];

    asked.size = 0;
    add_text("SEND", name);
    for (size_t at = 0; at < size; at += sizeof data) {
        size_t piece = size - at < sizeof data ? size - at : sizeof data;

        for (size_t i = 0; i < piece; i++) {
            data[i] = (uint8_t)((at + i) * 31 / 7);
        }
        add("DATA", data, piece);
    }
    add_done(1536883260);
}

static void put_and_fetch(void **state)
{
    static const size_t sizes[] = {0, 1, 100, 65535, 65536, 65537, 200000};
    static const size_t steps[] = {1, 3, 7, 8, 4096, 65544, 400000};

    for (size_t i = 0; i < ARRAY_COUNT(sizes) * ARRAY_COUNT(steps); i++) {
        size_t size = sizes[i % ARRAY_COUNT(sizes)];
        size_t step = steps[i / ARRAY_COUNT(sizes)];
        size_t got = 0;

        put("/data/new/folder/x.bin,33188", size);
        assert_true(feed(step));
        is_said("OKAY", "");
        assert_int_equal(said_bytes, 8);
        assert_int_equal(size_of("/data/new/folder/x.bin"), size);

        asked.size = 0;
        add_text("RECV", "/data/new/folder/x.bin");
        assert_true(feed(step));
        for (size_t at = 0; memcmp(said + at, "DATA", 4) == 0;) {
            size_t piece = le32(said + at + 4);

            for (size_t j = 0; j < piece; j++) {
                assert_int_equal(said[at + 8 + j], (uint8_t)(got * 31 / 7));
                got++;
            }
            at += 8 + piece;
            assert_true(at + 8 <= said_bytes);
        }
        assert_int_equal(got, size);
        assert_memory_equal(said + said_bytes - 8, "DONE\0\0\0", 8);
    }
}

static void facts(void **state)
{
    put("/data/facts,33261", 77);
    assert_true(feed(asked.size));
    asked.size = 0;
    add_text("STAT", "/data/facts");
    add_text("STAT", "/data");
    add_text("STAT", "/data/nowhere");
    add_text("STAT", "");
    assert_true(feed(1));
    assert_int_equal(said_bytes, 4 * 16);
    assert_memory_equal(said, "STAT", 4);
    assert_int_equal(le32(said + 4), S_IFREG | 0755);
    assert_int_equal(le32(said + 8), 77);
    assert_int_equal(le32(said + 12), 1536883260);
    assert_true(S_ISDIR(le32(said + 16 + 4)));
    assert_int_equal(le32(said + 32 + 4) | le32(said + 32 + 8) | le32(said + 32 + 12), 0);
}

/* More names than one message holds; and a folder that is none. */
static void lists(void **state)
{
    size_t names = 0;
    size_t at = 0;

    for (int i = 0; i < 1500; i++) {
        char name[100];

        snprintf(name, sizeof name, "/data/many/a-name-that-is-not-so-short-%d,33188", i);
        put(name, 0);
        assert_true(feed(asked.size));
    }
    asked.size = 0;
    add_text("LIST", "/data/many");
    assert_true(feed(5));
    for (; memcmp(said + at, "DENT", 4) == 0; at += 20 + le32(said + at + 16)) {
        names++;
    }
    assert_int_equal(names, 1500 + 2); /* and . and .. */
    assert_memory_equal(said + at, "DONE", 4);
    assert_int_equal(at + 20, said_bytes);

    asked.size = 0;
    add_text("LIST", "/data/nowhere");
    assert_true(feed(100));
    assert_memory_equal(said, "DONE", 4);
    assert_int_equal(said_bytes, 20);
}

/* Refused in words, with nothing written, and the next request is understood. */
static void places(void **state)
{
    static const char *const names[] = {
        "/system/x,33188", "/x,33188", "x,33188", "/data,33188", "/data/,33188",
        "/database/x,33188",
        "/data/../x,33188", "/data/a/../../x,33188", "/sdcard/..,33188", "/sdcard/../x,33188",
        ",33188", "",
        "/data/link,41471", /* a symbolic link's mode */
    };

    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        put(names[i], 100000);
        add_text("STAT", "/data");
        assert_true(feed(4096));
        assert_memory_equal(said, "FAIL", 4);
        assert_true(le32(said + 4) > 10);
        assert_memory_equal(said + 8 + le32(said + 4), "STAT", 4);
        assert_int_equal(size_of("/x"), -1);
    }
    /* Not through a link either, which somebody made at the file's own place. */
    {
        char path[300];

        snprintf(path, sizeof path, "%s/data/evil", root);
        assert_int_equal(symlink("../x", path), 0);
    }
    put("/data/evil,33188", 10);
    assert_true(feed(4096));
    assert_memory_equal(said, "FAIL", 4);
    assert_int_equal(size_of("/x"), -1);
}

static void what_cannot_be_fetched(void **state)
{
    static const char *const names[] = {"/data/nowhere", "/data", "", "/../../../dev/zero",
                                        "/fifo"};
    char path[300];

    snprintf(path, sizeof path, "%s/fifo", root);
    assert_int_equal(mkfifo(path, 0600), 0);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        asked.size = 0;
        add_text("RECV", names[i]);
        assert_true(feed(1));
        assert_memory_equal(said, "FAIL", 4);
        assert_int_equal(said_bytes, 8 + le32(said + 4));
    }
}

/* Half a file is no file. */
static void a_client_that_goes(void **state)
{
    put("/data/half,33188", 100000);
    asked.size -= 20;
    assert_true(feed(4096));
    assert_int_equal(said_bytes, 0);
    assert_int_equal(size_of("/data/half"), -1);
}

static void nonsense(void **state)
{
    static const struct {
        const char *id;
        uint32_t length;
    } cases[] = {
        {"NONE", 0},  {"stat", 4},          {"STA2", 4},           {"SND2", 4},
        {"QUIT", 0},  {"STAT", 1025},       {"STAT", 0x80000000u}, {"SEND", UINT32_MAX},
        {"\0\0\0", 0}, {"DATA", 4},         {"DONE", 0},           {"OKAY", 0},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        asked.size = 0;
        add(cases[i].id, "abcd", 4);
        put_le32(asked.data + 4, cases[i].length);
        add_text("STAT", "/data");
        assert_false(feed(1));
        assert_false(feed(asked.size));
    }
    /* A name with a NUL in it; a chunk that is too long; a question amid the data. */
    asked.size = 0;
    add("STAT", "/data\0/x", 8);
    assert_false(feed(1));
    put("/data/x,33188", 0);
    asked.size -= 8;
    add("DATA", "", 0);
    put_le32(asked.data + asked.size - 4, ADB_SYNC_CHUNK_MAX + 1);
    assert_false(feed(1));
    put("/data/x,33188", 0);
    asked.size -= 8;
    add_text("STAT", "/data");
    assert_false(feed(1));
    assert_int_equal(size_of("/data/x"), -1);
}

/* A file that finds no room is refused in words and taken away; what comes then is understood. */
static void no_room(void **state)
{
    const struct rlimit small = {.rlim_cur = 30000, .rlim_max = RLIM_INFINITY};
    struct rlimit before;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    put("/data/large,33188", 100000);
    add_text("STAT", "/data/large");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_true(feed(4096));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_memory_equal(said, "FAIL", 4);
    assert_memory_equal(said + 8 + le32(said + 4), "STAT\0\0\0", 8);
    assert_int_equal(said_bytes, 8 + le32(said + 4) + 16);
    assert_int_equal(size_of("/data/large"), -1);
}

/* What waits to be sent keeps its order, however little of it was taken. */
static void half_an_answer(void **state)
{
    struct slice out;

    asked.size = 0;
    add_text("STAT", "/data/nowhere");
    adb_sync_begin(&sync_room, root);
    assert_true(adb_sync_feed(&sync_room, slice_of(asked.data, asked.size)));
    adb_sync_sent(&sync_room, 3);
    assert_true(adb_sync_feed(&sync_room, slice_of(asked.data, asked.size)));
    out = adb_sync_output(&sync_room);
    assert_int_equal(out.size, 13 + 16);
    assert_int_equal(out.data[0], 'T');
    assert_memory_equal(out.data + 13, "STAT", 4);
    adb_sync_end(&sync_room);
}

/* A client that goes amid a list leaves no folder open. */
static void half_a_list(void **state)
{
    asked.size = 0;
    add_text("LIST", "/data/many");
    adb_sync_begin(&sync_room, root);
    assert_true(adb_sync_feed(&sync_room, slice_of(asked.data, asked.size)));
    assert_true(adb_sync_output(&sync_room).size != 0);
    assert_non_null(sync_room.folder);
    assert_false(adb_sync_feed(&sync_room, slice_of(asked.data, asked.size))); /* too early */
    adb_sync_end(&sync_room);
    assert_null(sync_room.folder);
}

/* Who asks and never listens is not listened to for ever. */
static void a_flood_of_questions(void **state)
{
    bool goes_on = true;
    unsigned count = 0;

    asked.size = 0;
    add_text("STAT", "/data");
    adb_sync_begin(&sync_room, root);
    for (; goes_on && count < 100000; count++) {
        goes_on = adb_sync_feed(&sync_room, slice_of(asked.data, asked.size));
    }
    assert_false(goes_on);
    assert_true(count > 1000);
    adb_sync_end(&sync_room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(put_and_fetch),
        cmocka_unit_test(facts),
        cmocka_unit_test(lists),
        cmocka_unit_test(places),
        cmocka_unit_test(what_cannot_be_fetched),
        cmocka_unit_test(a_client_that_goes),
        cmocka_unit_test(nonsense),
        cmocka_unit_test(no_room),
        cmocka_unit_test(half_an_answer),
        cmocka_unit_test(half_a_list),
        cmocka_unit_test(a_flood_of_questions),
    };

    return cmocka_run_group_tests(tests, make_root, remove_root);
}
