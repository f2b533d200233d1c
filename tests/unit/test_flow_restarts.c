/* SPDX-License-Identifier: MIT */
/*
 * A ROM that restarts the phone again and again before it is well. Whole phones in memory: the ROM
 * dies when the test says so.
 */
#include "tests/unit/check.h"

#include "flow/flow.h"
#include "format/misc.h"
#include "storage/restarts.h"
#include "tests/fake/fake_phone.h"

#define DEADLINE_LOOKS 1000 /* looks at the keys, then somebody switches the phone off */
#define LIMIT          POLICY_EARLY_RESTARTS

struct desk {
    struct fake_phone phone;
    struct fake_keys keys;
    struct fake_rom rom;
    struct flow flow;
};

static struct desk *desk_new(struct fake_phone_spec spec)
{
    struct desk *desk = test_calloc(1, sizeof *desk);
    struct fake_rom_spec rom = fake_rom_ordinary("cn", fake_root_key());

    spec.codename = "whyred";
    spec.made_for = REGION_CN;
    fake_phone_make(&spec, &desk->phone);
    fake_keys_init(&desk->keys);
    desk->phone.phone.keys = &desk->keys.keys;
    rom.rollback_index = desk->phone.model.rollback_index;
    fake_rom_make(&rom, &desk->rom);
    fake_phone_flash(&desk->phone, &desk->rom);
    return desk;
}

static void desk_free(struct desk *desk)
{
    fake_phone_free(&desk->phone);
    fake_rom_free(&desk->rom);
    test_free(desk);
}

static bool said(const struct desk *desk, const char *words)
{
    return strstr(desk->phone.trace.chars, words) != NULL;
}

/* Starts it; its first verdict has these words. What waits for a person is switched off. */
static void start(struct desk *desk, enum restart restart, const char *verdict)
{
    const char *first;

    desk->keys.deadline_looks = DEADLINE_LOOKS;
    desk->phone.power.entered = 0;
    desk->phone.phone.restart = restart;
    desk->phone.trace.length = 0;
    memset(desk->phone.trace.chars, 0, sizeof desk->phone.trace.chars);
    desk->phone.log.length = 0;
    flow_run(&desk->phone.phone, &desk->flow);
    first = strstr(desk->phone.trace.chars, "\"verdict\",\"fate\"");
    if (first == NULL || strstr(first, verdict) == NULL ||
        strstr(first, verdict) > strchr(first, '\n')) {
        fail_msg("not %s\n%s", verdict, desk->phone.trace.chars);
    }
}

#define BOOTS "\"fate\":\"boot\""
#define LOOP  "\"fate\":\"brick\",\"reason\":\"boot-loop\""

/* So many starts, each of which the ROM ends early. */
static void die(struct desk *desk, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        start(desk, RESTART_EARLY, BOOTS);
    }
}

static void message(struct desk *desk, const char *command)
{
    uint8_t *misc = fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA);

    memset(misc, 0, sizeof(struct bootloader_message));
    memcpy(misc, command, strlen(command));
}

static void the_sixth_try_is_a_screen(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.unlocked = false});

    start(desk, RESTART_NONE, BOOTS);
    assert_false(said(desk, "\"event\":\"restarts\""));
    die(desk, 1);
    assert_true(said(desk, "\"restarts\",\"early\":1,\"allowed\":4,\"result\":\"pass\""));
    die(desk, LIMIT - 2);
    start(desk, RESTART_EARLY, LOOP);
    assert_true(said(desk, "\"restarts\",\"early\":5,\"allowed\":4,\"result\":\"refuse\""));
    assert_true(said(desk, "\"screen\":\"boot-loop\""));
    assert_int_equal(desk->phone.power.entered, 0);
    /* Off and on by a person: it stays so, and counts no further. */
    start(desk, RESTART_NONE, LOOP);
    assert_int_equal(desk->flow.state.early_restarts, LIMIT);
    desk_free(desk);
}

/* Power-on and ordinary restarts are no failures, however many they are. */
static void others_do_not_count(void **state)
{
    static const enum restart others[] = {RESTART_NONE, RESTART_PLAIN};
    struct desk *desk = desk_new((struct fake_phone_spec){.unlocked = true});

    for (unsigned i = 0; i < 4 * LIMIT; i++) {
        start(desk, others[i % ARRAY_COUNT(others)], BOOTS);
    }
    assert_int_equal(desk->flow.state.early_restarts, 0);
    desk_free(desk);
}

/* What the services to the ROM do when it says that it is well. */
static void a_success_clears_it(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.unlocked = false});

    for (int i = 0; i < 3; i++) {
        die(desk, LIMIT - 1);
        assert_true(desk->phone.record.is_rom && !desk->phone.record.is_well);
        assert_err(restarts_clear(&desk->phone.nor.nor, &desk->flow.state), OK);
    }
    desk_free(desk);
}

/* The ROM restarts for a message that it left: nothing died. */
static void a_message_is_no_failure(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.unlocked = false});

    for (unsigned i = 0; i < 2 * LIMIT; i++) {
        message(desk, BCB_BOOT_BOOTLOADER);
        start(desk, RESTART_EARLY, "\"fate\":\"fastboot\",\"reason\":\"bcb\"");
        assert_int_equal(desk->flow.state.early_restarts, 0);
    }
    /* One that leads nowhere, as there is no recovery: a loop like any other. */
    message(desk, BCB_BOOT_RECOVERY);
    die(desk, LIMIT - 1);
    start(desk, RESTART_EARLY, LOOP);
    desk_free(desk);
}

/* The way out of it: fastboot mode, by keys; then it may try as often again. */
static void keys_lead_out(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.unlocked = false});

    die(desk, LIMIT - 1);
    start(desk, RESTART_EARLY, LOOP);
    desk->phone.phone.lab.volume_down = true;
    start(desk, RESTART_NONE, "\"fate\":\"fastboot\",\"reason\":\"keys\"");
    desk->phone.phone.lab.volume_down = false;
    assert_int_equal(desk->flow.state.early_restarts, 0);
    start(desk, RESTART_NONE, BOOTS);
    die(desk, LIMIT - 1);
    start(desk, RESTART_EARLY, LOOP);
    desk_free(desk);
}

/* A slot that is being tried has its own count; one that was successful loops like any other. */
static void slots_count_for_themselves(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.unlocked = false, .slots = true});

    die(desk, 2);
    assert_int_equal(desk->flow.state.early_restarts, 0);
    desk->flow.walk.record.list[0].successful = true;
    {
        struct partition misc;

        assert_err(gpt_find(&desk->flow.gpt, "misc", &misc), OK);
        assert_err(slots_write(&misc, desk->phone.phone.scratch, &desk->flow.walk.record), OK);
    }
    die(desk, LIMIT - 1);
    start(desk, RESTART_EARLY, LOOP);
    desk_free(desk);
}

/* A ROM that is refused has not restarted anything. */
static void other_reasons_come_first(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.unlocked = false});

    die(desk, LIMIT - 1);
    memset(fake_disk_at(&desk->phone.disk, FAKE_PHONE_VBMETA_LBA), 0, 512);
    start(desk, RESTART_EARLY, "\"reason\":\"bad-signature\"");
    desk_free(desk);
}

/* What cannot be remembered is not counted, and the phone goes on. */
static void a_flash_that_fails(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.unlocked = false});

    fake_nor_power_on(&desk->phone.nor, 1, FAKE_CUT_BEFORE);
    desk->phone.nor.off = false;
    start(desk, RESTART_EARLY, BOOTS);
    desk_free(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sixth_try_is_a_screen),
        cmocka_unit_test(others_do_not_count),
        cmocka_unit_test(a_success_clears_it),
        cmocka_unit_test(a_message_is_no_failure),
        cmocka_unit_test(keys_lead_out),
        cmocka_unit_test(slots_count_for_themselves),
        cmocka_unit_test(other_reasons_come_first),
        cmocka_unit_test(a_flash_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
