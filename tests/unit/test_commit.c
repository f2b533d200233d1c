/* SPDX-License-Identifier: MIT */
/*
 * flow/commit.h and flow/slots.h, what lasts from one boot to the next: a wipe that is pending, the
 * bootloader message, slots, what the ROM may make permanent. Whole phones in memory.
 */
#include "tests/unit/check.h"

#include "flow/flow.h"
#include "format/misc.h"
#include "format/nor_map.h"
#include "storage/fuse_burn.h"
#include "tests/fake/fake_phone.h"

#include <stdio.h>

#define DEADLINE_LOOKS 1000 /* looks at the keys, then somebody switches the phone off */
#define USER_BYTES     (512u * (FAKE_PHONE_USER_LAST - FAKE_PHONE_USER_LBA + 1))

struct desk {
    struct fake_phone phone;
    struct fake_keys keys;
    struct fake_rom rom;   /* in slot a, or the only one */
    struct fake_rom rom_b; /* in slot b */
    struct flow flow;
};

/* What lies in a slot. */
enum what {
    EMPTY,
    GOOD,
    BAD_SIGNATURE,
    OLD, /* its index is one below the phone's */
    OTHER_REGION,
    NEW,   /* its index is one above */
    NEWER, /* two */
};

static void make_rom(const struct desk *desk, enum what what, struct fake_rom *rom)
{
    struct fake_rom_spec spec =
        fake_rom_ordinary(what == OTHER_REGION ? "global" : "cn",
                          what == BAD_SIGNATURE ? fake_other_key() : fake_root_key());

    spec.rollback_index = desk->phone.model.rollback_index;
    spec.rollback_index += what == NEWER ? 2 : (what == NEW);
    spec.rollback_index -= what == OLD;
    fake_rom_make(&spec, rom);
}

static struct desk *desk_new(struct fake_phone_spec spec, enum what a, enum what b)
{
    struct desk *desk = test_calloc(1, sizeof *desk);

    spec.codename = "whyred";
    spec.made_for = REGION_CN;
    fake_phone_make(&spec, &desk->phone);
    fake_keys_init(&desk->keys);
    desk->phone.phone.keys = &desk->keys.keys;
    if (a != EMPTY) {
        make_rom(desk, a, &desk->rom);
        fake_phone_flash(&desk->phone, &desk->rom);
    }
    if (b != EMPTY) {
        make_rom(desk, b, &desk->rom_b);
        fake_phone_flash_b(&desk->phone, &desk->rom_b);
    }
    return desk;
}

static void desk_free(struct desk *desk)
{
    fake_phone_free(&desk->phone);
    fake_rom_free(&desk->rom);
    fake_rom_free(&desk->rom_b);
    test_free(desk);
}

static bool said(const struct desk *desk, const char *words)
{
    return strstr(desk->phone.trace.chars, words) != NULL;
}

/*
 * Switches it on, and checks what becomes of it; the trace is that of this boot. What waits for a
 * person is switched off in the end, which is a verdict of its own: the first one counts.
 */
static void run(struct desk *desk, enum fate fate, enum reason reason)
{
    char verdict[100];

    desk->keys.deadline_looks = DEADLINE_LOOKS;
    desk->phone.power.entered = 0;
    desk->phone.trace.length = 0;
    memset(desk->phone.trace.chars, 0, sizeof desk->phone.trace.chars);
    desk->phone.log.length = 0;
    fake_disk_forget(&desk->phone.disk);
    flow_run(&desk->phone.phone, &desk->flow);
    snprintf(verdict, sizeof verdict, "\"verdict\",\"fate\":\"%s\",\"reason\":\"%s\"",
             fate_name(fate), reason_name(reason));
    if (strstr(desk->phone.trace.chars, "\"verdict\",\"fate\"") !=
            strstr(desk->phone.trace.chars, verdict) ||
        !said(desk, verdict)) {
        fail_msg("not %s\n%s", verdict, desk->phone.trace.chars);
    }
    assert_int_equal(desk->phone.power.entered, fate == FATE_BOOT ? 1 : 0);
}

static struct state remembered(const struct desk *desk)
{
    const uint8_t *nor = desk->phone.nor.bytes;
    struct state state;

    assert_err(state_decode(slice_of(nor + NOR_STATE_A_OFFSET, sizeof(struct state_record)),
                            slice_of(nor + NOR_STATE_B_OFFSET, sizeof(struct state_record)),
                            desk->flow.board.lock_changes, &state),
               OK);
    return state;
}

static uint8_t *user_data(struct desk *desk)
{
    return fake_disk_at(&desk->phone.disk, FAKE_PHONE_USER_LBA);
}

/* As fastboot leaves it when the power goes right after the lock was changed. */
static void change_lock(struct desk *desk, bool unlocked)
{
    run(desk, FATE_BOOT, REASON_OK);
    memset(user_data(desk), 0x77, USER_BYTES);
    assert_err(state_change_lock(&desk->phone.nor.nor, &desk->flow.state, unlocked), OK);
}

static void a_pending_wipe_goes_first(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.slots = false}, GOOD, EMPTY);

    change_lock(desk, true);
    run(desk, FATE_BOOT, REASON_OK);
    assert_true(said(desk, "\"event\":\"wipe\",\"result\":\"done\""));
    assert_true(slice_is_all(slice_of(user_data(desk), USER_BYTES), 0));
    assert_false(remembered(desk).wipe_pending);
    assert_true(remembered(desk).unlocked && desk->phone.record.unlocked);
    run(desk, FATE_BOOT, REASON_OK);
    assert_false(said(desk, "\"event\":\"wipe\""));
    assert_int_equal(desk->phone.disk.writes, 0);
    desk_free(desk);
}

/*
 * The lock was changed, the power went before the wipe, and the journal is from before the change,
 * or gone: the fuse says that there was one, and user data is wiped all the same.
 */
static void a_lost_state_wipes(void **state)
{
    for (int how = 0; how < 4; how++) {
        struct desk *desk = desk_new(
            (struct fake_phone_spec){.unlocked = how % 2 == 0, .slots = false}, GOOD, EMPTY);
        uint8_t *journal = desk->phone.nor.bytes + NOR_STATE_A_OFFSET;
        uint8_t *old = test_malloc(2 * NOR_STATE_BYTES);

        memcpy(old, journal, 2 * NOR_STATE_BYTES);
        change_lock(desk, how % 2 != 0);
        if (how < 2) {
            memcpy(journal, old, 2 * NOR_STATE_BYTES);
        } else {
            memset(journal, 0xff, 2 * NOR_STATE_BYTES);
        }
        run(desk, FATE_BOOT, REASON_OK);
        assert_true(said(desk, how < 2 ? "E_STATE_REPLAYED" : "E_STATE_NONE"));
        assert_true(said(desk, "\"event\":\"wipe\",\"result\":\"done\""));
        assert_true(slice_is_all(slice_of(user_data(desk), USER_BYTES), 0));
        assert_false(remembered(desk).unlocked || remembered(desk).wipe_pending);
        test_free(old);
        desk_free(desk);
    }
}

/* At each request of the wipe: nothing is started, and the next power-on wipes. */
static void a_wipe_that_fails(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.slots = false}, GOOD, EMPTY);
    unsigned failures = 0;

    change_lock(desk, true);
    desk->phone.disk.read_only = true;
    run(desk, FATE_BRICK, REASON_BAD_STATE);
    assert_true(said(desk, "\"event\":\"wipe\",\"result\":\"failed\""));
    desk->phone.disk.read_only = false;
    for (unsigned from = 1; from < 64; from++) {
        memset(user_data(desk), 0x77, USER_BYTES);
        desk->phone.disk.fail_from = from;
        desk->phone.power.entered = 0;
        fake_disk_forget(&desk->phone.disk);
        desk->keys.deadline_looks = DEADLINE_LOOKS;
        desk->phone.trace.length = 0;
        desk->phone.log.length = 0;
        flow_run(&desk->phone.phone, &desk->flow);
        desk->phone.disk.fail_from = 0;
        if (!desk->flow.state.wipe_pending) {
            break;
        }
        failures++;
        assert_int_equal(desk->phone.power.entered, 0);
        assert_true(remembered(desk).wipe_pending);
    }
    assert_true(failures > 2);
    assert_true(slice_is_all(slice_of(user_data(desk), USER_BYTES), 0));
    desk_free(desk);
}

/* The copy of the journal from before the last change of the lock, put back. */
static void an_old_copy_is_locked_and_says_why(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.slots = false}, GOOD, EMPTY);
    uint8_t copy[2 * NOR_STATE_BYTES];

    change_lock(desk, true);
    run(desk, FATE_BOOT, REASON_OK);
    memcpy(copy, desk->phone.nor.bytes + NOR_STATE_A_OFFSET, sizeof copy);
    change_lock(desk, false);
    run(desk, FATE_BOOT, REASON_OK);
    memcpy(desk->phone.nor.bytes + NOR_STATE_A_OFFSET, copy, sizeof copy);
    run(desk, FATE_BOOT, REASON_OK);
    assert_true(said(desk, "\"lock\":\"locked\",\"record\":\"E_STATE_REPLAYED\""));
    assert_true(desk->flow.decision.boot_state == BOOT_STATE_GREEN);
    assert_false(desk->phone.record.unlocked);
    desk_free(desk);
}

static void leave_message(struct desk *desk, const char *command)
{
    memset(fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA), 0, 512);
    memcpy(fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA), command, strlen(command));
}

static void bootonce_is_once(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.slots = false}, GOOD, EMPTY);

    leave_message(desk, BCB_BOOT_BOOTLOADER);
    run(desk, FATE_FASTBOOT, REASON_BCB);
    assert_true(said(desk, "\"command\":\"bootloader\",\"result\":\"apply\""));
    assert_int_equal(desk->phone.disk.writes, 1);
    run(desk, FATE_BOOT, REASON_OK);

    leave_message(desk, BCB_BOOT_BOOTLOADER);
    desk->phone.disk.read_only = true; /* it cannot be taken away: it would come again and again */
    run(desk, FATE_BOOT, REASON_OK);
    assert_true(said(desk, "\"result\":\"ignore\""));
    desk_free(desk);
}

static void a_message_does_not_wake_the_dead(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.recovery = true}, OLD, EMPTY);

    leave_message(desk, BCB_BOOT_BOOTLOADER);
    run(desk, FATE_DEAD, REASON_ROLLBACK);
    desk_free(desk);
}

static void recovery_needs_one(void **state)
{
    struct desk *desk = desk_new((struct fake_phone_spec){.recovery = true}, GOOD, EMPTY);
    struct desk *without = desk_new((struct fake_phone_spec){.recovery = false}, GOOD, EMPTY);

    leave_message(without, BCB_BOOT_RECOVERY);
    run(without, FATE_BOOT, REASON_OK);
    leave_message(desk, BCB_BOOT_RECOVERY);
    run(desk, FATE_BOOT, REASON_OK);
    assert_true(said(desk, "\"command\":\"recovery\",\"result\":\"ignore\""));
    memcpy(fake_disk_at(&desk->phone.disk, FAKE_PHONE_RECOVERY_LBA), desk->rom.boot.data,
           desk->rom.boot.size);
    run(desk, FATE_BRICK,
        REASON_BAD_HASH); /* nobody vouches for it: test_request.c has a good one */
    leave_message(desk, "boot-recoverx");
    run(desk, FATE_BOOT, REASON_OK);
    assert_false(said(desk, "\"event\":\"message\""));
    desk_free(without);
    desk_free(desk);
}

static struct slots slots_of(struct desk *desk)
{
    struct slots slots;

    slots_decode(slice_of(fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA) + MISC_SLOTS_OFFSET,
                          sizeof(struct slots_record)),
                 &slots);
    return slots;
}

static void put_slots(struct desk *desk, struct slot a, struct slot b)
{
    struct slots_record record;
    struct slots slots;

    slots_decode(slice_of("", 0), &slots);
    slots.list[0] = a;
    slots.list[1] = b;
    slots_encode(&slots, &record);
    memcpy(fake_disk_at(&desk->phone.disk, FAKE_PHONE_MISC_LBA) + MISC_SLOTS_OFFSET, &record,
           sizeof record);
}

static struct desk *slotted(enum what a, enum what b)
{
    return desk_new((struct fake_phone_spec){.slots = true}, a, b);
}

/* Slots with all tries left: what is started, and how many writes that is. */
static void which_slot(void **state)
{
    static const struct {
        enum what a, b;
        enum fate fate;
        enum reason reason;
        size_t slot;
        unsigned writes;
    } cases[] = {
        {GOOD, EMPTY, FATE_BOOT, REASON_OK, 0, 1},
        {GOOD, GOOD, FATE_BOOT, REASON_OK, 0, 1},
        {BAD_SIGNATURE, GOOD, FATE_BOOT, REASON_OK, 1, 1},
        {OLD, GOOD, FATE_BOOT, REASON_OK, 1, 1},
        {OTHER_REGION, GOOD, FATE_BOOT, REASON_OK, 1, 1},
        {EMPTY, GOOD, FATE_BOOT, REASON_OK, 1, 1},
        {BAD_SIGNATURE, EMPTY, FATE_BRICK, REASON_WRONG_KEY, 0, 0},
        {OTHER_REGION, BAD_SIGNATURE, FATE_BRICK, REASON_REGION_MISMATCH, 0, 0},
        {OLD, OTHER_REGION, FATE_DEAD, REASON_ROLLBACK, 0, 0},
        {EMPTY, EMPTY, FATE_BRICK, REASON_NO_ROM, 0, 0},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct desk *desk = slotted(cases[i].a, cases[i].b);

        run(desk, cases[i].fate, cases[i].reason);
        assert_int_equal(desk->flow.walk.slot, cases[i].slot);
        assert_int_equal(desk->phone.disk.writes, cases[i].writes);
        if (cases[i].fate == FATE_BOOT) {
            assert_int_equal(slots_of(desk).list[cases[i].slot].tries, 6);
            assert_int_equal(slots_of(desk).active, cases[i].slot);
        }
        desk_free(desk);
    }
}

static void tries_run_out(void **state)
{
    struct desk *desk = slotted(GOOD, EMPTY);

    put_slots(desk, (struct slot){.priority = 15, .tries = 2}, (struct slot){.priority = 0});
    run(desk, FATE_BOOT, REASON_OK);
    run(desk, FATE_BOOT, REASON_OK);
    run(desk, FATE_BRICK, REASON_NO_ROM);
    run(desk, FATE_BRICK, REASON_NO_ROM);
    put_slots(desk, (struct slot){.priority = 15, .successful = true},
              (struct slot){.priority = 0});
    run(desk, FATE_BOOT, REASON_OK);
    assert_int_equal(desk->phone.disk.writes, 0);
    desk_free(desk);
}

/* A try that cannot be written down would be a try too many. */
static void a_slot_whose_try_cannot_be_written(void **state)
{
    struct desk *desk = slotted(GOOD, GOOD);

    desk->phone.disk.read_only = true;
    run(desk, FATE_BRICK, REASON_BAD_GPT);
    put_slots(desk, (struct slot){.priority = 15, .successful = true},
              (struct slot){.priority = 0});
    run(desk, FATE_BOOT, REASON_OK);
    desk_free(desk);
}

/*
 * What the ROM may burn: its index, if the maker signed it,
 * and not past a slot that may still boot.
 */
static void what_may_be_burned(void **state)
{
    static const struct {
        bool slots, unlocked;
        enum what a, b;
        struct slot slot_b;
        bool authentic;
        unsigned above; /* the phone's index */
    } cases[] = {
        {.a = GOOD, .authentic = true},
        {.a = NEW, .authentic = true, .above = 1},
        {.a = NEWER, .unlocked = true, .authentic = true, .above = 2},
        {.a = BAD_SIGNATURE, .unlocked = true},
        {.slots = true,
         .a = NEWER,
         .b = EMPTY,
         .slot_b = {.priority = 7, .tries = 7},
         .authentic = true,
         .above = 2},
        {.slots = true,
         .a = NEWER,
         .b = GOOD,
         .slot_b = {.priority = 7, .tries = 1},
         .authentic = true},
        {.slots = true,
         .a = NEWER,
         .b = NEW,
         .slot_b = {.priority = 7, .successful = true},
         .authentic = true,
         .above = 1},
        {.slots = true,
         .a = NEWER,
         .b = GOOD,
         .slot_b = {.priority = 7},
         .authentic = true,
         .above = 2},
        {.slots = true,
         .a = NEWER,
         .b = OLD,
         .slot_b = {.priority = 7, .tries = 7},
         .authentic = true,
         .above = 2},
        {.slots = true,
         .a = NEW,
         .b = NEWER,
         .slot_b = {.priority = 7, .tries = 7},
         .authentic = true,
         .above = 1},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct desk *desk = desk_new(
            (struct fake_phone_spec){.slots = cases[i].slots, .unlocked = cases[i].unlocked},
            cases[i].a, cases[i].b);
        const struct boot_record *record = &desk->phone.record;
        uint64_t phone = desk->phone.model.rollback_index;

        if (cases[i].slots) {
            put_slots(desk, (struct slot){.priority = 15, .tries = 7}, cases[i].slot_b);
        }
        run(desk, FATE_BOOT, REASON_OK);
        assert_true(record->authentic == cases[i].authentic);
        assert_true(record->unlocked == cases[i].unlocked);
        assert_true(record->rollback == phone);
        /* The other slot was only looked at. */
        assert_true(desk->flow.candidate.verified.rollback_index ==
                    phone + (cases[i].a == NEWER ? 2 : (cases[i].a == NEW)));
        assert_int_equal(record->rollback_to, cases[i].authentic ? phone + cases[i].above : 0);
        desk_free(desk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pending_wipe_goes_first),
        cmocka_unit_test(a_lost_state_wipes),
        cmocka_unit_test(a_wipe_that_fails),
        cmocka_unit_test(an_old_copy_is_locked_and_says_why),
        cmocka_unit_test(bootonce_is_once),
        cmocka_unit_test(a_message_does_not_wake_the_dead),
        cmocka_unit_test(recovery_needs_one),
        cmocka_unit_test(which_slot),
        cmocka_unit_test(tries_run_out),
        cmocka_unit_test(a_slot_whose_try_cannot_be_written),
        cmocka_unit_test(what_may_be_burned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
