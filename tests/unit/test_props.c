/* SPDX-License-Identifier: MIT */
/* The ROM's properties and its list of modules, from friendly and from hostile texts. */
#include "tests/unit/check.h"

#include "modules.h"
#include "props.h"

#include <stdio.h>
#include <stdlib.h>

static struct props props;

static int clear(void **state)
{
    (void)state;
    memset(&props, 0, sizeof(props));
    return 0;
}

static void read_file(const char *text)
{
    props_read_file(&props, text, strlen(text));
}

static void read_cmdline(const char *text)
{
    props_read_cmdline(&props, text, strlen(text));
}

static void assert_prop(const char *key, const char *value)
{
    assert_string_equal(props_get(&props, key, "(none)"), value);
}

static void test_file(void **state)
{
    (void)state;
    read_file("# a comment\n"
              "ro.flashlab.region=cn\r\n"
              "  ro.product.marketname = Mi 8  \n"
              "\n"
              "empty=\n"
              "equals=a=b\n"
              "title_zh=国际版\n"
              "last=without a newline");
    assert_prop("ro.flashlab.region", "cn");
    assert_prop("ro.product.marketname", "Mi 8");
    assert_prop("empty", "");
    assert_prop("equals", "a=b");
    assert_prop("title_zh", "国际版");
    assert_prop("last", "without a newline");
    assert_prop("# a comment", "(none)");
    assert_int_equal(props.count, 6);
    assert_int_equal(props.left_out, 0);
}

static void test_cmdline(void **state)
{
    (void)state;
    read_cmdline("console=ttyAMA0 quiet androidboot.hwc=CN androidboot.name=\"Mi 8\"  "
                 "\"androidboot.whole=in quotes\" xandroidboot.no=1 androidboot.serialno=F1\n");
    assert_prop("ro.boot.hwc", "CN");
    assert_prop("ro.boot.name", "Mi 8");
    assert_prop("ro.boot.whole", "in quotes");
    assert_prop("ro.boot.serialno", "F1");
    assert_int_equal(props.count, 4);
}

static void test_lock_state(void **state)
{
    (void)state;
    read_cmdline("androidboot.vbmeta.device_state=locked androidboot.serialno=F1");
    props_derive(&props);
    assert_prop("ro.secureboot.lockstate", "locked");
    assert_prop("ro.serialno", "F1");
}

/* What the bootloader says cannot be said otherwise by the ROM's file. */
static void test_first_stays(void **state)
{
    (void)state;
    read_cmdline(
        "androidboot.hwc=CN androidboot.hwc=GLOBAL androidboot.vbmeta.device_state=locked");
    props_derive(&props);
    read_file("ro.boot.hwc=GLOBAL\nro.secureboot.lockstate=unlocked\n");
    assert_prop("ro.boot.hwc", "CN");
    assert_prop("ro.secureboot.lockstate", "locked");
    assert_int_equal(props.count, 3);
    assert_int_equal(props.left_out, 0);
}

static void test_bad_lines(void **state)
{
    static const char *const bad[] = {
        "no equals sign", "=no key",   " = ",          "bad key=1",
        "bad\tkey=1",     "key\x01=1", "k\xc3\xa9y=1", "key/with/slash=1",
        "\"quoted\"=1",   "[key]=1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        clear(NULL);
        read_file(bad[i]);
        if (props.count != 0 || props.left_out != 1) {
            fail_msg("taken for a property: %s", bad[i]);
        }
    }
}

static void test_control_characters(void **state)
{
    (void)state;
    read_file("esc=\x1b[2Jx\x7f\n");
    assert_prop("esc", "?[2Jx?");
    props_read_file(&props, "nul=a\0b", 7);
    assert_prop("nul", "a?b");
}

static void add_long(size_t key_size, size_t value_size)
{
    char text[PROP_KEY_BYTES + PROP_VALUE_BYTES + 8];

    memset(text, 'k', key_size);
    text[key_size] = '=';
    memset(text + key_size + 1, 'v', value_size);
    props_read_file(&props, text, key_size + 1 + value_size);
}

static void test_lengths(void **state)
{
    (void)state;
    add_long(PROP_KEY_BYTES - 1, PROP_VALUE_BYTES - 1);
    assert_int_equal(props.count, 1);
    assert_int_equal(strlen(props.list[0].key), PROP_KEY_BYTES - 1);
    assert_int_equal(strlen(props.list[0].value), PROP_VALUE_BYTES - 1);
    add_long(PROP_KEY_BYTES, 1);
    add_long(1, PROP_VALUE_BYTES);
    assert_int_equal(props.count, 1);
    assert_int_equal(props.left_out, 2);
}

static void test_cmdline_lengths(void **state)
{
    static const char start[] = "androidboot.x=";
    char text[sizeof(start) + 2 * PROP_VALUE_BYTES];

    (void)state;
    memset(text, 'v', sizeof(text));
    memcpy(text, start, sizeof(start) - 1);
    for (size_t size = sizeof(start) - 1; size <= sizeof(text); size++) {
        clear(NULL);
        props_read_cmdline(&props, text, size);
        assert_int_equal(props.count, size - (sizeof(start) - 1) < PROP_VALUE_BYTES ? 1 : 0);
        assert_int_equal(props.count + props.left_out, 1);
    }
    /* The prefix is part of the key's length. */
    clear(NULL);
    memset(text, 'k', sizeof(text));
    memcpy(text, "androidboot.", 12);
    text[12 + PROP_KEY_BYTES - 8] = '=';
    props_read_cmdline(&props, text, 12 + PROP_KEY_BYTES);
    assert_int_equal(props.count, 0);
    assert_int_equal(props.left_out, 1);
}

static void test_too_many(void **state)
{
    char line[32];

    (void)state;
    for (int i = 0; i < PROPS_MAX + 3; i++) {
        snprintf(line, sizeof(line), "key.%d=%d", i, i);
        read_file(line);
    }
    assert_int_equal(props.count, PROPS_MAX);
    assert_int_equal(props.left_out, 3);
    assert_prop("key.255", "255");
    assert_prop("key.256", "(none)");
}

static void test_open_quote(void **state)
{
    (void)state;
    read_cmdline("androidboot.a=\"b c androidboot.d=e");
    assert_prop("ro.boot.a", "b c androidboot.d=e");
    assert_int_equal(props.count, 1);
}

static void test_sort(void **state)
{
    (void)state;
    read_file("b=2\nc=3\na=1\n");
    props_sort(&props);
    assert_string_equal(props.list[0].key, "a");
    assert_string_equal(props.list[2].key, "c");
    assert_prop("b", "2");
}

/* Any bytes at all: kept within the tables, every key one that getprop can show. */
static void test_random_bytes(void **state)
{
    static const char alphabet[] = "a.=\n\"# \r\t\x00\x7f\xffndroidbt";
    char text[600];

    (void)state;
    srand(20180905);
    for (int round = 0; round < 3000; round++) {
        size_t size = (size_t)rand() % sizeof(text);

        for (size_t i = 0; i < size; i++) {
            text[i] = alphabet[(size_t)rand() % (sizeof(alphabet) - 1)];
        }
        clear(NULL);
        memcpy(text, "androidboot.", size < 12 ? size : 12);
        props_read_cmdline(&props, text, size);
        props_read_file(&props, text, size);
        props_derive(&props);
        assert_true(props.count <= PROPS_MAX);
        for (size_t i = 0; i < props.count; i++) {
            assert_true(props.list[i].key[0] != '\0');
            assert_null(strpbrk(props.list[i].key, "= \"\n\r\t#"));
            assert_null(strpbrk(props.list[i].value, "\n\r\t\x7f"));
        }
    }
}

static void test_module_list(void **state)
{
    static struct modules modules;
    static const char list[] = "# bus\n/lib/modules/virtio_mmio.ko\n\n/lib/modules/evdev.ko\r\n"
                               "/lib/modules/virtio_console.ko.xz";

    (void)state;
    modules_parse(&modules, list, sizeof(list) - 1);
    assert_int_equal(modules.count, 3);
    assert_string_equal(modules.paths[0], "/lib/modules/virtio_mmio.ko");
    assert_string_equal(modules.paths[1], "/lib/modules/evdev.ko");
    assert_true(modules_needed_early(modules.paths[0]));
    assert_false(modules_needed_early(modules.paths[1]));
    assert_true(modules_needed_early(modules.paths[2]));
    assert_true(modules_needed_early("virtio.ko"));
    assert_false(modules_needed_early("/lib/modules/virtio_mmio_other.ko"));
    assert_false(modules_needed_early("/lib/virtio_mmio/x.ko"));
    assert_false(modules_needed_early(""));
}

static void test_module_list_hostile(void **state)
{
    static struct modules modules;
    static char list[MODULES_LIST_BYTES * 2];

    (void)state;
    memset(list, '/', sizeof(list));
    modules_parse(&modules, list, sizeof(list));
    assert_int_equal(modules.count, 1);
    assert_int_equal(strlen(modules.paths[0]), MODULES_LIST_BYTES - 1);
    for (size_t i = 1; i < sizeof(list); i += 2) {
        list[i] = '\n';
    }
    modules_parse(&modules, list, sizeof(list));
    assert_int_equal(modules.count, MODULES_MAX);
    modules_parse(&modules, list, 0);
    assert_int_equal(modules.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_file, clear),
        cmocka_unit_test_setup(test_cmdline, clear),
        cmocka_unit_test_setup(test_lock_state, clear),
        cmocka_unit_test_setup(test_first_stays, clear),
        cmocka_unit_test_setup(test_bad_lines, clear),
        cmocka_unit_test_setup(test_control_characters, clear),
        cmocka_unit_test_setup(test_lengths, clear),
        cmocka_unit_test_setup(test_cmdline_lengths, clear),
        cmocka_unit_test_setup(test_too_many, clear),
        cmocka_unit_test_setup(test_open_quote, clear),
        cmocka_unit_test_setup(test_sort, clear),
        cmocka_unit_test_setup(test_random_bytes, clear),
        cmocka_unit_test(test_module_list),
        cmocka_unit_test(test_module_list_hostile),
    };

    return cmocka_run_group_tests_name("props", tests, NULL, NULL);
}
