/* SPDX-License-Identifier: MIT */
/* lab_switches.h: the words of the host. */
#include "tests/unit/check.h"

#include "port/lab_switches.h"

static void words(void **state)
{
    static struct {
        const char *name;
        const char *value;
        struct lab lab;
    } cases[] = {
        {"no-wait", "1", {.no_wait = true}},
        {"no-wait", "0", {.no_wait = false}},
        {"no-wait", "", {.no_wait = false}},
        {"no-wait", "11", {.no_wait = false}},
        {"no-wait", "power", {.no_wait = false}},
        {"hold", "power", {.power = true}},
        {"hold", "volume-up", {.volume_up = true}},
        {"hold", "volume-down", {.volume_down = true}},
        {"hold", "power,volume-down", {.power = true, .volume_down = true}},
        {"hold", "volume-up,,power,", {.power = true, .volume_up = true}},
        {"hold", "Power", {.power = false}},
        {"hold", "powe", {.power = false}},
        {"hold", "powers", {.power = false}},
        {"hold", "power ,volume-up", {.volume_up = true}},
        {"hold", "1", {.no_wait = false}},
        {"hold", ",", {.no_wait = false}},
        {"holds", "power", {.power = false}},
        {"", "1", {.no_wait = false}},
        {"adb-port", "5555", {.adb_port = "5555"}},
        {"adb-port", "65535", {.adb_port = "65535"}},
        {"adb-port", "655350", {.adb_port = ""}},
        {"adb-port", "55 root=/dev/vda", {.adb_port = ""}},
        {"adb-port", "5555 ", {.adb_port = ""}},
        {"adb-port", "", {.adb_port = ""}},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct lab lab = {.no_wait = false};

        lab_switch(&lab, cases[i].name, slice_of(cases[i].value, strlen(cases[i].value)));
        assert_string_equal(lab.adb_port, cases[i].lab.adb_port);
        memset(lab.adb_port, 0, sizeof lab.adb_port);
        memset(cases[i].lab.adb_port, 0, sizeof lab.adb_port);
        assert_memory_equal(&lab, &cases[i].lab, sizeof lab);
    }
}

/* The host's text ends where its bytes end, whatever they are. */
static void any_bytes(void **state)
{
    struct lab lab = {.no_wait = false};
    uint8_t *bytes = test_malloc(8);

    memcpy(bytes, "power,\xff\0", 8);
    for (size_t size = 0; size < 5; size++) {
        lab_switch(&lab, "hold", slice_of(bytes, size));
        assert_false(lab.power);
    }
    lab_switch(&lab, "hold", slice_of(bytes, 8));
    assert_true(lab.power);
    test_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
