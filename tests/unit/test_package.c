/* SPDX-License-Identifier: MIT */
/*
 * Packages for the recovery: what is taken, and what of a damaged, forged, swapped or wrong one is
 * refused - with nothing written.
 */
#include "tests/unit/check.h"

#include "tests/fake/fake_rom.h"
#include "format/vbmeta.h"
#include "recovery/install.h"
#include "rom-images/package/recovery_zip.h"

#include <stdio.h>
#include <stdlib.h>

#define BOOT_BYTES      140000u
#define PARTITION_BYTES 300000u

static const char good_metadata[] = "ota-type=BLOCK\npre-device=dipper\n"
                                    "flashlab-version=V9.6.5.0.OEACNFD\nflashlab-region=cn\n"
                                    "flashlab-date=20180905\nflashlab-rollback-index=3\n";

/* A phone with four partitions, a computer with one package, and what happened. */
struct desk {
    struct span zip;
    size_t reads;
    size_t fail_from; /* the computer goes away at this read; 0: never */
    uint64_t swap_at; /* the byte that is another from the second pass on; UINT64_MAX: none */
    size_t blocks;
    size_t writes;
    size_t begins;
    bool refuse_write;
    size_t write_left; /* the power is cut when it is 0 */
    uint8_t boot[PARTITION_BYTES];
    uint8_t recovery[PARTITION_BYTES];
    uint8_t cust[PARTITION_BYTES];
    uint8_t vbmeta[65536];
    char order[64]; /* the first letters of the partitions that were written */
    struct recovery_phone phone;
};

static struct desk desk;
static uint8_t boot_image[BOOT_BYTES];

static bool read_block(void *context, uint64_t index, uint64_t end, uint8_t *out)
{
    uint64_t start = index * RECOVERY_ZIP_BLOCK_BYTES;
    uint64_t left = desk.zip.size - start;
    size_t size = left < RECOVERY_ZIP_BLOCK_BYTES ? (size_t)left : RECOVERY_ZIP_BLOCK_BYTES;

    (void)context;
    assert_true(start < desk.zip.size && index < end);
    desk.reads++;
    if (desk.fail_from != 0 && desk.reads >= desk.fail_from) {
        return false;
    }
    memcpy(out, desk.zip.data + start, size);
    if (desk.reads > desk.blocks && desk.swap_at >= start && desk.swap_at < start + size) {
        out[desk.swap_at - start] ^= 1;
    }
    return true;
}

static void no_progress(void *context, uint64_t done_blocks, uint64_t all_blocks)
{
    (void)context;
    assert_true(done_blocks <= all_blocks);
}

static uint8_t *partition(const char *name, uint64_t *out_bytes)
{
    *out_bytes = strcmp(name, "vbmeta") == 0 ? sizeof(desk.vbmeta) : PARTITION_BYTES;
    if (strcmp(name, "vbmeta") == 0) {
        return desk.vbmeta;
    }
    return strcmp(name, "boot") == 0       ? desk.boot
           : strcmp(name, "recovery") == 0 ? desk.recovery
           : strcmp(name, "cust") == 0     ? desk.cust
                                           : NULL;
}

static bool on_size(void *context, const char *name, uint64_t *out_bytes)
{
    (void)context;
    return partition(name, out_bytes) != NULL;
}

static bool on_write(void *context, const char *name, uint64_t offset, struct slice bytes)
{
    uint64_t room;
    uint8_t *target = partition(name, &room);

    (void)context;
    assert_int_equal(desk.begins, 1);
    assert_true(offset + bytes.size <= room);
    if (desk.refuse_write || desk.write_left == 0) {
        return false;
    }
    desk.write_left--;
    desk.order[strlen(desk.order)] = name[0];
    desk.writes++;
    memcpy(target + offset, bytes.data, bytes.size);
    return true;
}

static bool on_finish(void *context, const char *name)
{
    (void)context;
    (void)name;
    return true;
}

static bool on_begin(void *context, const struct recovery_metadata *metadata)
{
    (void)context;
    assert_string_equal(metadata->product, "dipper");
    desk.begins++;
    return true;
}

static void on_progress(void *context, unsigned percent)
{
    (void)context;
    assert_true(percent <= 100);
}

static enum recovery_fault take(void)
{
    const struct recovery_reader reader = {
        .size_bytes = desk.zip.size, .read = read_block, .progress = no_progress};
    const struct recovery_target target = {.size = on_size,
                                           .write = on_write,
                                           .finish = on_finish,
                                           .begin = on_begin,
                                           .progress = on_progress};
    const struct signing_key *key = fake_root_key();
    static struct recovery_package package;
    enum recovery_fault fault;

    desk.reads = 0;
    desk.writes = 0;
    desk.begins = 0;
    desk.blocks = (desk.zip.size + RECOVERY_ZIP_BLOCK_BYTES - 1) / RECOVERY_ZIP_BLOCK_BYTES;
    memset(desk.order, 0, sizeof(desk.order));
    fault = recovery_package_check(&package, &reader,
                                   slice_of(key->public_key, sizeof(key->public_key)));
    if (fault == FAULT_NONE) {
        fault = recovery_install(&package, &desk.phone, &target);
        recovery_package_free(&package);
    }
    return fault;
}

static void make_zip(const struct recovery_zip_file *files, size_t count,
                     const struct signing_key *key)
{
    free(desk.zip.data);
    desk.zip = (struct span){0};
    assert_true(recovery_zip_make(files, count, key, &desk.zip));
}

static void make_good(void)
{
    const struct recovery_zip_file files[] = {
        {RECOVERY_ZIP_METADATA, slice_of(good_metadata, strlen(good_metadata))},
        {RECOVERY_ZIP_SCRIPT, slice_of("#", 1)},
        {"boot.img", slice_of(boot_image, sizeof(boot_image))},
        {"recovery.img", slice_of(boot_image, 70000)},
        {"vbmeta.img", slice_of("AVB0 new", 8)},
    };

    make_zip(files, ARRAY_COUNT(files), fake_root_key());
}

/* Just more than a block: for tests that look at many packages. */
static void make_small(void)
{
    const struct recovery_zip_file files[] = {
        {RECOVERY_ZIP_METADATA, slice_of(good_metadata, strlen(good_metadata))},
        {"boot.img", slice_of(boot_image, RECOVERY_ZIP_BLOCK_BYTES - 600)},
        {"vbmeta.img", slice_of("AVB0 new", 8)},
    };

    make_zip(files, ARRAY_COUNT(files), fake_root_key());
}

static int begin(void **state)
{
    (void)state;
    free(desk.zip.data);
    memset(&desk, 0, sizeof(desk));
    desk.swap_at = UINT64_MAX;
    desk.write_left = SIZE_MAX;
    desk.phone = (struct recovery_phone){.product = "dipper",
                                         .region = "cn",
                                         .region_held = true,
                                         .rollback_index = 3,
                                         .rom_region = "cn",
                                         .rom_date = 20180905};
    for (size_t i = 0; i < sizeof(boot_image); i++) {
        boot_image[i] = (uint8_t)(i * 7 + i / 251);
    }
    memset(desk.vbmeta, 'o', sizeof(desk.vbmeta));
    make_good();
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(desk.zip.data);
    desk.zip = (struct span){0};
    return 0;
}

static void assert_fault(enum recovery_fault wanted, const char *what)
{
    enum recovery_fault fault = take();

    if (fault != wanted) {
        fail_msg("%s: %s, not %s", what, recovery_fault_name(fault), recovery_fault_name(wanted));
    }
    if (wanted != FAULT_NONE && (desk.writes != 0 || desk.begins != 0)) {
        fail_msg("%s: something was written", what);
    }
}

static void test_good_one(void **state)
{
    (void)state;
    assert_fault(FAULT_NONE, "good");
    assert_memory_equal(desk.boot, boot_image, sizeof(boot_image));
    assert_memory_equal(desk.recovery, boot_image, 70000);
    assert_memory_equal(desk.vbmeta, "AVB0 new", 8);
    assert_true(slice_is_all(slice_of(desk.vbmeta + 8, sizeof(desk.vbmeta) - 8), 0));
    assert_string_equal(desk.order, "rrbbbv");
}

/* The next of the places to look at: every one near both ends, some between. */
static size_t next_place(size_t at, size_t whole)
{
    size_t tail = whole - 1200;

    if (at < 100 || at >= tail) {
        return at + 1;
    }
    return at + 9973 < tail ? at + 9973 : tail;
}

/* Every byte of the package, and a bit of it. */
static void test_every_byte_counts(void **state)
{
    (void)state;
    make_small();
    for (size_t i = 0; i < desk.zip.size; i = next_place(i, desk.zip.size)) {
        enum recovery_fault fault;

        desk.zip.data[i] ^= (uint8_t)(1u << i % 8);
        fault = take();
        if (fault != FAULT_SIGNATURE && fault != FAULT_UNSIGNED) {
            fail_msg("byte %zu: %s", i, recovery_fault_name(fault));
        }
        assert_int_equal(desk.writes + desk.begins, 0);
        desk.zip.data[i] ^= (uint8_t)(1u << i % 8);
    }
    assert_fault(FAULT_NONE, "as it was");
}

static void test_every_length(void **state)
{
    size_t whole;

    (void)state;
    make_small();
    whole = desk.zip.size;
    for (size_t size = 1; size < whole; size = next_place(size, whole)) {
        enum recovery_fault fault;

        desk.zip.size = size;
        fault = take();
        assert_true(fault == FAULT_SIZE || fault == FAULT_UNSIGNED || fault == FAULT_SIGNATURE);
        assert_int_equal(desk.writes + desk.begins, 0);
    }
    desk.zip.size = whole;
}

static void test_who_signed(void **state)
{
    const struct recovery_zip_file file = {"boot.img", slice_of("x", 1)};

    (void)state;
    make_zip(&file, 1, fake_other_key());
    assert_fault(FAULT_SIGNATURE, "another key");
    make_zip(&file, 1, NULL);
    assert_fault(FAULT_SIGNATURE, "no key");
    make_zip(&file, 1, fake_root_key());
    assert_fault(FAULT_METADATA, "nothing but an image");
}

/* The computer sends something else in the second pass, in every block and at some bytes of it. */
static void test_swapped(void **state)
{
    (void)state;
    for (uint64_t at = 0; at < desk.zip.size - RECOVERY_ZIP_UNSIGNED_BYTES; at += 1999) {
        enum recovery_fault fault;

        desk.swap_at = at;
        fault = take();
        assert_true(fault == FAULT_CHANGED);
        assert_true(strchr(desk.order, 'v') == NULL); /* the old vbmeta stands */
        assert_true(memcmp(desk.recovery + 100, boot_image + 100, 100) == 0 || desk.writes == 0);
    }
}

static void test_computer_goes_away(void **state)
{
    (void)state;
    assert_fault(FAULT_NONE, "good");
    for (size_t i = desk.reads; i > 0; i--) {
        desk.fail_from = i;
        assert_true(take() == FAULT_LINK);
        assert_true(strchr(desk.order, 'v') == NULL);
    }
}

/* The power goes at every write; then the same package again. */
static void test_power_cuts(void **state)
{
    size_t writes;

    (void)state;
    assert_fault(FAULT_NONE, "good");
    writes = desk.writes;
    for (size_t cut = 0; cut < writes; cut++) {
        memset(desk.boot, 0, sizeof(desk.boot));
        memset(desk.vbmeta, 'o', sizeof(desk.vbmeta));
        desk.write_left = cut;
        assert_true(take() == FAULT_WRITE);
        assert_true(slice_is_all(slice_of(desk.vbmeta, sizeof(desk.vbmeta)), 'o'));
        desk.write_left = SIZE_MAX;
        assert_true(take() == FAULT_NONE);
        assert_memory_equal(desk.boot, boot_image, sizeof(boot_image));
        assert_memory_equal(desk.vbmeta, "AVB0 new", 8);
    }
}

static void test_who_may_install(void **state)
{
    static const struct {
        const char *name;
        const char *from; /* in good_metadata */
        const char *to;
        enum recovery_fault fault;
    } cases[] = {
        {"same", "", "", FAULT_NONE},
        {"other model", "=dipper", "=whyred", FAULT_PRODUCT},
        {"model begins so", "=dipper", "=dipper_", FAULT_PRODUCT},
        {"other region", "region=cn", "region=global", FAULT_REGION},
        {"no region", "flashlab-region=cn\n", "", FAULT_METADATA},
        {"empty region", "region=cn", "region=", FAULT_METADATA},
        {"lower index", "index=3", "index=2", FAULT_ROLLBACK},
        {"higher index", "index=3", "index=4", FAULT_NONE},
        {"index of letters", "index=3", "index=3x", FAULT_METADATA},
        {"negative index", "index=3", "index=-1", FAULT_METADATA},
        {"huge index", "index=3", "index=99999999999999999999", FAULT_METADATA},
        {"no index", "flashlab-rollback-index=3\n", "", FAULT_METADATA},
        {"older", "20180905", "20180904", FAULT_DATE},
        {"newer", "20180905", "20190101", FAULT_NONE},
        {"no date", "flashlab-date=20180905\n", "", FAULT_METADATA},
        {"date of years", "20180905", "2018", FAULT_METADATA},
        {"no model", "pre-device=dipper\n", "", FAULT_METADATA},
        {"long model", "=dipper", "=dipperdipperdipperdipperdipperdipper", FAULT_METADATA},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char text[600];
        const char *found = strstr(good_metadata, cases[i].from);
        struct recovery_zip_file files[] = {
            {RECOVERY_ZIP_METADATA, {0}},
            {"boot.img", slice_of("boot", 4)},
            {"vbmeta.img", slice_of("AVB0 new", 8)},
        };

        assert_non_null(found);
        snprintf(text, sizeof(text), "%.*s%s%s", (int)(found - good_metadata), good_metadata,
                 cases[i].to, found + strlen(cases[i].from));
        files[0].bytes = slice_of(text, strlen(text));
        make_zip(files, ARRAY_COUNT(files), fake_root_key());
        assert_fault(cases[i].fault, cases[i].name);
    }
}

static void test_phones(void **state)
{
    (void)state;
    memcpy(desk.phone.region, "global", sizeof("global"));
    assert_fault(FAULT_REGION, "a Global phone");
    desk.phone.region_held = false;
    assert_fault(FAULT_NONE, "where nobody asks");
    memcpy(desk.phone.region, "cn", sizeof("cn"));
    desk.phone.rom_date = 20200101;
    assert_fault(FAULT_DATE, "a newer ROM is on it");
    memcpy(desk.phone.rom_region, "global", sizeof("global"));
    assert_fault(FAULT_NONE, "of another region: its date says nothing");
}

static void test_phone_facts(void **state)
{
    static const char vbmeta[] = "AVB0....flashlab.rom.region\0global\0flashlab.rom.date\0"
                                 "20180712\0rest";
    static const char cut[] = "flashlab.rom.date\0002018"; /* without an end */
    static const struct {
        const char *properties;
        const char *region;
        bool held;
        uint64_t index;
    } cases[] = {
        {"ro.boot.hwc=CN\nro.flashlab.policy_list=1\nro.secureboot.lockstate=locked\n"
         "ro.boot.anti=5\n",
         "cn", true, 5},
        {"ro.boot.hwc=CNX\nro.flashlab.policy_list=1\n", "global", true, 0},
        {"ro.boot.hwc=CN_X\nro.flashlab.policy_list=1\n", "cn", true, 0},
        {"ro.boot.hwc=GLOBAL\nro.flashlab.policy_list=1\nro.boot.anti=x\n", "global", true, 0},
        {"ro.flashlab.policy_list=1\n", "global", true, 0},
        {"ro.boot.hwc=CN\n", "cn", false, 0},
        {"ro.boot.hwc=CN\nro.flashlab.policy_list=1\nro.secureboot.lockstate=unlocked\n", "cn",
         false, 0},
        {"ro.boot.hwc=CN\nro.flashlab.policy_list=1\nro.boot.flashlab.regime=none\n", "cn", false,
         0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        static struct props props;
        struct recovery_phone phone;

        memset(&props, 0, sizeof(props));
        props_read_file(&props, cases[i].properties, strlen(cases[i].properties));
        recovery_phone_read(&props, slice_of(vbmeta, sizeof(vbmeta)), &phone);
        assert_string_equal(phone.region, cases[i].region);
        assert_int_equal(phone.region_held, cases[i].held);
        assert_int_equal(phone.rollback_index, cases[i].index);
        assert_string_equal(phone.rom_region, "global");
        assert_int_equal(phone.rom_date, 20180712);
        recovery_phone_read(&props, slice_of(cut, sizeof(cut) - 1), &phone);
        assert_string_equal(phone.rom_region, "");
        recovery_phone_read(&props, slice_of("", 0), &phone);
        assert_int_equal(phone.rom_date, 0);
    }
}

static void test_images(void **state)
{
    struct recovery_zip_file files[] = {
        {RECOVERY_ZIP_METADATA, slice_of(good_metadata, strlen(good_metadata))},
        {"boot.img", slice_of(boot_image, 1000)},
        {"vbmeta.img", slice_of("AVB0 new", 8)},
        {"recovery.img", slice_of(boot_image, 1000)},
    };
    static uint8_t large[PARTITION_BYTES + 1];

    (void)state;
    make_zip(files, 4, fake_root_key());
    assert_fault(FAULT_NONE, "another order");
    assert_string_equal(desk.order, "rbv");
    make_zip(files, 2, fake_root_key());
    assert_fault(FAULT_IMAGES, "no vbmeta");
    files[3] = (struct recovery_zip_file){"system.img", slice_of("x", 1)};
    make_zip(files, 4, fake_root_key());
    assert_fault(FAULT_IMAGES, "no such partition");
    files[3] = (struct recovery_zip_file){"misc.img", slice_of("x", 1)};
    make_zip(files, 4, fake_root_key());
    assert_fault(FAULT_IMAGES, "not one of a package's");
    files[3] = (struct recovery_zip_file){"recovery.img", slice_of(large, sizeof(large))};
    make_zip(files, 4, fake_root_key());
    assert_fault(FAULT_IMAGES, "too large");
    files[3] = (struct recovery_zip_file){"recovery.img", slice_of("", 0)};
    make_zip(files, 4, fake_root_key());
    assert_fault(FAULT_IMAGES, "empty");
}

static void install_with(const char *name, size_t size, const char *last)
{
    const struct recovery_zip_file files[] = {
        {RECOVERY_ZIP_METADATA, slice_of(good_metadata, strlen(good_metadata))},
        {"boot.img", slice_of(boot_image, 1000)},
        {name, slice_of(boot_image, size)},
        {"vbmeta.img", slice_of("AVB0 new", 8)},
    };

    memcpy(boot_image + size - sizeof(struct vbmeta_footer), last, 4);
    memset(desk.recovery, 'o', sizeof(desk.recovery));
    memset(desk.cust, 'o', sizeof(desk.cust));
    make_zip(files, ARRAY_COUNT(files), fake_root_key());
    assert_fault(FAULT_NONE, name);
}

/* Of a chained image the footer goes to the end of its partition, and what is between is zeros. */
static void test_a_footer_moves(void **state)
{
    size_t size = 17 * VERITY_BLOCK_BYTES;
    size_t body = size - VERITY_BLOCK_BYTES;
    size_t end = PARTITION_BYTES - VERITY_BLOCK_BYTES;

    (void)state;
    install_with("recovery.img", size, VBMETA_FOOTER_MAGIC);
    assert_memory_equal(desk.recovery, boot_image, body);
    assert_true(slice_is_all(slice_of(desk.recovery + body, end - body), 0));
    assert_memory_equal(desk.recovery + end, boot_image + body, VERITY_BLOCK_BYTES);
}

/* It does not where nobody looks for one, nor when it is no footer, nor in half a block. */
static void test_other_ends_stay(void **state)
{
    size_t size = 17 * VERITY_BLOCK_BYTES;

    (void)state;
    install_with("cust.img", size, VBMETA_FOOTER_MAGIC);
    assert_memory_equal(desk.cust, boot_image, size);
    assert_true(slice_is_all(slice_of(desk.cust + size, PARTITION_BYTES - size), 'o'));
    install_with("recovery.img", size, "AVBg");
    assert_memory_equal(desk.recovery, boot_image, size);
    assert_true(slice_is_all(slice_of(desk.recovery + size, PARTITION_BYTES - size), 'o'));
    install_with("recovery.img", size + 100, VBMETA_FOOTER_MAGIC);
    assert_memory_equal(desk.recovery, boot_image, size + 100);
    assert_int_equal(desk.recovery[size + 100], 'o');
}

/* Damage that was signed all the same. `at` counts from the record that begins with `magic`. */
struct signed_damage {
    const char *name;
    uint32_t magic;
    size_t at;
    uint8_t value;
    enum recovery_fault fault;
};

static uint8_t *find_record(uint32_t magic)
{
    for (size_t i = 0; i + 4 <= desk.zip.size; i++) {
        if (le32(desk.zip.data + i) == magic) {
            return desk.zip.data + i;
        }
    }
    fail_msg("no record %08x", magic);
    return NULL;
}

static void test_signed_damage(void **state)
{
    static const struct signed_damage cases[] = {
        {"end: magic", ZIP_END_MAGIC, 3, 0, FAULT_ZIP_END},
        {"end: disk", ZIP_END_MAGIC, 4, 1, FAULT_ZIP_END},
        {"end: directory's disk", ZIP_END_MAGIC, 6, 1, FAULT_ZIP_END},
        {"end: entries here", ZIP_END_MAGIC, 8, 1, FAULT_ZIP_END},
        {"end: entries", ZIP_END_MAGIC, 10, 4, FAULT_ZIP_END},
        {"end: directory's size", ZIP_END_MAGIC, 12, 1, FAULT_ZIP_END},
        {"end: directory's place", ZIP_END_MAGIC, 16, 1, FAULT_ZIP_END},
        {"directory: magic", ZIP_CENTRAL_MAGIC, 0, 0, FAULT_ZIP_CENTRAL},
        {"directory: version", ZIP_CENTRAL_MAGIC, 6, 45, FAULT_ZIP_CENTRAL},
        {"directory: encrypted", ZIP_CENTRAL_MAGIC, 8, 1, FAULT_ZIP_CENTRAL},
        {"directory: sizes behind", ZIP_CENTRAL_MAGIC, 8, 8, FAULT_ZIP_CENTRAL},
        {"directory: deflated", ZIP_CENTRAL_MAGIC, 10, 8, FAULT_ZIP_CENTRAL},
        {"directory: time", ZIP_CENTRAL_MAGIC, 12, 1, FAULT_ZIP_LOCAL},
        {"directory: sum", ZIP_CENTRAL_MAGIC, 16, 1, FAULT_ZIP_LOCAL},
        {"directory: packed size", ZIP_CENTRAL_MAGIC, 20, 1, FAULT_ZIP_CENTRAL},
        {"directory: size", ZIP_CENTRAL_MAGIC, 24, 1, FAULT_ZIP_CENTRAL},
        {"directory: no name", ZIP_CENTRAL_MAGIC, 28, 0, FAULT_ZIP_NAME},
        {"directory: long name", ZIP_CENTRAL_MAGIC, 28, 64, FAULT_ZIP_NAME},
        {"directory: extra", ZIP_CENTRAL_MAGIC, 30, 4, FAULT_ZIP_CENTRAL},
        {"directory: comment", ZIP_CENTRAL_MAGIC, 32, 4, FAULT_ZIP_CENTRAL},
        {"directory: disk", ZIP_CENTRAL_MAGIC, 34, 1, FAULT_ZIP_CENTRAL},
        {"directory: place", ZIP_CENTRAL_MAGIC, 42, 1, FAULT_ZIP_GAP},
        {"directory: absolute name", ZIP_CENTRAL_MAGIC, 46, '/', FAULT_ZIP_NAME},
        {"directory: name with NUL", ZIP_CENTRAL_MAGIC, 47, 0, FAULT_ZIP_NAME},
        {"directory: name with an escape", ZIP_CENTRAL_MAGIC, 47, 27, FAULT_ZIP_NAME},
        {"directory: other name", ZIP_CENTRAL_MAGIC, 46, 'N', FAULT_ZIP_LOCAL},
        {"local: magic", ZIP_LOCAL_MAGIC, 2, 0, FAULT_ZIP_LOCAL},
        {"local: version", ZIP_LOCAL_MAGIC, 4, 20, FAULT_ZIP_LOCAL},
        {"local: flags", ZIP_LOCAL_MAGIC, 6, 8, FAULT_ZIP_LOCAL},
        {"local: deflated", ZIP_LOCAL_MAGIC, 8, 8, FAULT_ZIP_LOCAL},
        {"local: sum", ZIP_LOCAL_MAGIC, 14, 1, FAULT_ZIP_LOCAL},
        {"local: size", ZIP_LOCAL_MAGIC, 22, 1, FAULT_ZIP_LOCAL},
        {"local: name's length", ZIP_LOCAL_MAGIC, 26, 1, FAULT_ZIP_LOCAL},
        {"local: extra", ZIP_LOCAL_MAGIC, 28, 1, FAULT_ZIP_LOCAL},
        {"local: name", ZIP_LOCAL_MAGIC, 30, 'N', FAULT_ZIP_LOCAL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        make_good();
        find_record(cases[i].magic)[cases[i].at] = cases[i].value;
        assert_true(recovery_zip_seal(fake_root_key(), desk.zip));
        assert_fault(cases[i].fault, cases[i].name);
    }
}

static void test_names(void **state)
{
    static const char *const names[] = {"../boot.img", "a/../b", "/boot.img", "boot.img/",
                                        "a//b",        "a\\b",   "a b",       "b\xc3\xb6t"};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        const struct recovery_zip_file file = {names[i], slice_of("x", 1)};

        make_zip(&file, 1, fake_root_key());
        assert_fault(FAULT_ZIP_NAME, names[i]);
    }
}

/* Bytes that belong to no file and no record: behind the last record of the directory. */
static void test_hidden_bytes(void **state)
{
    static const char hidden[] = "hidden";
    size_t end = (size_t)(find_record(ZIP_END_MAGIC) - desk.zip.data);
    size_t size = sizeof(hidden);

    (void)state;
    desk.zip.data = realloc(desk.zip.data, desk.zip.size + size);
    assert_non_null(desk.zip.data);
    memmove(desk.zip.data + end + size, desk.zip.data + end, desk.zip.size - end);
    memcpy(desk.zip.data + end, hidden, size);
    desk.zip.size += size;
    put_le32(desk.zip.data + end + size + 12,
             le32(desk.zip.data + end + size + 12) + (uint32_t)size);
    assert_true(recovery_zip_seal(fake_root_key(), desk.zip));
    assert_fault(FAULT_ZIP_GAP, "hidden");
}

static void test_twice_and_none(void **state)
{
    const struct recovery_zip_file files[] = {{"boot.img", slice_of("x", 1)},
                                              {"boot.img", slice_of("y", 1)}};

    (void)state;
    make_zip(files, 2, fake_root_key());
    assert_fault(FAULT_ZIP_NAME, "twice");
    make_zip(files, 0, fake_root_key());
    assert_fault(FAULT_ZIP_END, "none");
}

/* The parts of desk.zip: files, directory, end. */
struct parts {
    uint8_t *bytes;
    size_t central;
    size_t end;
};

static struct parts parts_of_many(size_t first, size_t count)
{
    struct recovery_zip_file files[RECOVERY_ZIP_FILES_MAX];
    char names[RECOVERY_ZIP_FILES_MAX][16];
    struct zip_end *end;

    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof(names[i]), "file-%zu", first + i);
        files[i] = (struct recovery_zip_file){names[i], slice_of("x", 1)};
    }
    make_zip(files, count, fake_root_key());
    end = (struct zip_end *)find_record(ZIP_END_MAGIC);
    return (struct parts){
        .bytes = memcpy(test_malloc(desk.zip.size), desk.zip.data, desk.zip.size),
        .central = le32(end->central_offset),
        .end = (size_t)((uint8_t *)end - desk.zip.data),
    };
}

/* The directory of one zip, behind those before it: its files lie `shift` bytes further on. */
static size_t append_directory(uint8_t *to, const struct parts *parts, size_t shift)
{
    size_t size = parts->end - parts->central;

    memcpy(to, parts->bytes + parts->central, size);
    for (size_t at = 0; at < size;) {
        struct zip_central *record = (struct zip_central *)(to + at);

        put_le32(record->offset, le32(record->offset) + (uint32_t)shift);
        at += sizeof(*record) + le16(record->name_bytes);
    }
    return size;
}

/* Zips made into one: the last one's end, with the sums of all. */
static void join(const struct parts *parts, size_t count, size_t files)
{
    size_t tail = desk.zip.size - parts[count - 1].end;
    uint8_t *bytes = calloc(count, desk.zip.size + 4096);
    struct zip_end *end;
    size_t central;
    size_t shift = 0;
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        memcpy(bytes + at, parts[i].bytes, parts[i].central);
        at += parts[i].central;
    }
    central = at;
    for (size_t i = 0; i < count; i++) {
        at += append_directory(bytes + at, &parts[i], shift);
        shift += parts[i].central;
    }
    end = (struct zip_end *)(bytes + at);
    memcpy(end, parts[count - 1].bytes + parts[count - 1].end, tail);
    put_le16(end->disk_entries, (uint16_t)files);
    put_le16(end->entries, (uint16_t)files);
    put_le32(end->central_offset, (uint32_t)central);
    put_le32(end->central_bytes, (uint32_t)(at - central));
    free(desk.zip.data);
    desk.zip = (struct span){bytes, at + tail};
    assert_true(recovery_zip_seal(fake_root_key(), desk.zip));
}

/* As many as are kept track of, which lack what a package needs; and one more. */
static void test_too_many_files(void **state)
{
    (void)state;
    for (size_t files = RECOVERY_FILES_MAX; files <= RECOVERY_FILES_MAX + 1; files++) {
        struct parts parts[] = {parts_of_many(0, 16), parts_of_many(16, 16), parts_of_many(32, 1)};
        size_t count = files <= 32 ? 2 : 3;

        if (count == 2) {
            test_free(parts[1].bytes);
            parts[1] = parts_of_many(16, 16); /* the last one made is the one whose end counts */
        }
        join(parts, count, files);
        assert_fault(files <= RECOVERY_FILES_MAX ? FAULT_METADATA : FAULT_ZIP_END, "many files");
        for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
            test_free(parts[i].bytes);
        }
    }
}

/* Nothing behind the signed bytes is given out, wherever a read begins and ends. */
static void test_reading_behind_the_end(void **state)
{
    static struct recovery_package package;
    const struct recovery_reader reader = {
        .size_bytes = desk.zip.size, .read = read_block, .progress = no_progress};
    const struct signing_key *key = fake_root_key();
    uint64_t end;
    uint8_t bytes[8];

    (void)state;
    assert_int_equal(recovery_package_check(&package, &reader,
                                            slice_of(key->public_key, sizeof(key->public_key))),
                     FAULT_NONE);
    end = package.signed_bytes;
    assert_int_equal(recovery_package_read(&package, end - 8, (struct span){bytes, sizeof(bytes)}),
                     FAULT_NONE);
    for (uint64_t at = end - 7; at < end + 3; at++) {
        assert_int_equal(recovery_package_read(&package, at, (struct span){bytes, sizeof(bytes)}),
                         FAULT_ZIP_END);
    }
    assert_int_equal(
        recovery_package_read(&package, UINT64_MAX, (struct span){bytes, sizeof(bytes)}),
        FAULT_ZIP_END);
    recovery_package_free(&package);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_too_many_files, begin),
        cmocka_unit_test_setup(test_reading_behind_the_end, begin),
        cmocka_unit_test_setup(test_good_one, begin),
        cmocka_unit_test_setup(test_every_byte_counts, begin),
        cmocka_unit_test_setup(test_every_length, begin),
        cmocka_unit_test_setup(test_who_signed, begin),
        cmocka_unit_test_setup(test_swapped, begin),
        cmocka_unit_test_setup(test_computer_goes_away, begin),
        cmocka_unit_test_setup(test_power_cuts, begin),
        cmocka_unit_test_setup(test_who_may_install, begin),
        cmocka_unit_test_setup(test_phones, begin),
        cmocka_unit_test_setup(test_phone_facts, begin),
        cmocka_unit_test_setup(test_images, begin),
        cmocka_unit_test_setup(test_a_footer_moves, begin),
        cmocka_unit_test_setup(test_other_ends_stay, begin),
        cmocka_unit_test_setup(test_signed_damage, begin),
        cmocka_unit_test_setup(test_names, begin),
        cmocka_unit_test_setup(test_hidden_bytes, begin),
        cmocka_unit_test_setup_teardown(test_twice_and_none, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
