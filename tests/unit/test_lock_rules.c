/* SPDX-License-Identifier: MIT */
/*
 * fastboot/lock_rules.h, over the wire: every command x state of the lock x class of partition.
 * What is refused changes not one byte of disk or NOR;
 * what is allowed changes its partition and no other.
 */
#include "tests/unit/check.h"

#include "fastboot/lock_rules.h"
#include "tests/fake/fake_fastboot.h"

#include <stdio.h>
#include <stdlib.h>

static const char image[512 * 3] = "an image";

static const struct {
    const char *name;
    struct fake_phone_spec spec;
} phones[LOCK_STATE_COUNT] = {
    [LOCK_STATE_LOCKED] = {"locked", {.codename = "dipper", .made_for = REGION_CN}},
    [LOCK_STATE_UNLOCKED] =
        {"unlocked",
         {.codename = "dipper", .made_for = REGION_CN, .unlocked = true, .android_one = true}},
    [LOCK_STATE_UNLOCKED_CRITICAL] =
        {"unlocked, critical too", {.codename = "dipper", .made_for = REGION_CN, .unlocked = true}},
    [LOCK_STATE_NONE] = {"no lock", {.codename = "hermes", .made_for = REGION_CN}},
};

/* What a cell does when it is allowed. */
enum effect {
    NOTHING,
    PARTITION, /* changes that one */
    LOCK,      /* changes the lock: another test's */
};

/* clang-format off */
static const struct {
    const char *command;
    enum lock_action action;
    enum lock_class class_;
    enum effect effect;
    const char *partition;
} cells[] = {
    {"flash:boot",                  LOCK_ACTION_FLASH,           LOCK_CLASS_NORMAL,   PARTITION, "boot"},
    {"flash:misc",                  LOCK_ACTION_FLASH,           LOCK_CLASS_NORMAL,   PARTITION, "misc"},
    {"flash:vbmeta",                LOCK_ACTION_FLASH,           LOCK_CLASS_NORMAL,   PARTITION, "vbmeta"},
    {"flash:userdata",              LOCK_ACTION_FLASH,           LOCK_CLASS_NORMAL,   PARTITION, "userdata"},
    {"flash:boot_a",                LOCK_ACTION_FLASH,           LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"flash:nowhere",               LOCK_ACTION_FLASH,           LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"flash:persist",               LOCK_ACTION_FLASH,           LOCK_CLASS_CRITICAL, PARTITION, "persist"},
    {"flash:xbl_a",                 LOCK_ACTION_FLASH,           LOCK_CLASS_CRITICAL, NOTHING,   ""},
    {"flash:gpt",                   LOCK_ACTION_FLASH,           LOCK_CLASS_TABLE,    NOTHING,   ""},
    {"flash:partition",             LOCK_ACTION_FLASH,           LOCK_CLASS_TABLE,    NOTHING,   ""},
    {"flash:partition:0",           LOCK_ACTION_FLASH,           LOCK_CLASS_TABLE,    NOTHING,   ""},
    {"erase:boot",                  LOCK_ACTION_ERASE,           LOCK_CLASS_NORMAL,   PARTITION, "boot"},
    {"erase:misc",                  LOCK_ACTION_ERASE,           LOCK_CLASS_NORMAL,   PARTITION, "misc"},
    {"erase:vbmeta",                LOCK_ACTION_ERASE,           LOCK_CLASS_NORMAL,   PARTITION, "vbmeta"},
    {"erase:cache",                 LOCK_ACTION_ERASE,           LOCK_CLASS_NORMAL,   PARTITION, "cache"},
    {"erase:userdata",              LOCK_ACTION_ERASE,           LOCK_CLASS_NORMAL,   PARTITION, "userdata"},
    {"erase:persist",               LOCK_ACTION_ERASE,           LOCK_CLASS_CRITICAL, PARTITION, "persist"},
    {"erase:gpt",                   LOCK_ACTION_ERASE,           LOCK_CLASS_TABLE,    NOTHING,   ""},
    {"set_active:a",                LOCK_ACTION_SET_ACTIVE,      LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"set_active:b",                LOCK_ACTION_SET_ACTIVE,      LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"boot",                        LOCK_ACTION_BOOT,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"oem lock",                    LOCK_ACTION_LOCK,            LOCK_CLASS_NORMAL,   LOCK,      ""},
    {"flashing lock",               LOCK_ACTION_LOCK,            LOCK_CLASS_NORMAL,   LOCK,      ""},
    {"oem unlock",                  LOCK_ACTION_UNLOCK,          LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"flashing unlock",             LOCK_ACTION_UNLOCK,          LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"flashing lock_critical",      LOCK_ACTION_LOCK_CRITICAL,   LOCK_CLASS_NORMAL,   LOCK,      ""},
    {"flashing unlock_critical",    LOCK_ACTION_UNLOCK_CRITICAL, LOCK_CLASS_NORMAL,   LOCK,      ""},
    {"getvar:all",                  LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"getvar:token",                LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"getvar:partition-size:boot",  LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"upload",                      LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"continue",                    LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"reboot",                      LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"reboot-bootloader",           LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"reboot-recovery",             LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"reboot-fastboot",             LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"powerdown",                   LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"flashing get_unlock_ability", LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"oem help",                    LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"oem device-info",             LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"oem lock-check",              LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"oem get_token",               LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"oem log",                     LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"oem why",                     LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"oem sha256:boot",             LOCK_ACTION_READ,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"oem sha256:userdata",         LOCK_ACTION_READ,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"oem sha256:persist",          LOCK_ACTION_READ,            LOCK_CLASS_CRITICAL, NOTHING,   ""},
    {"oem screenshot",              LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
    {"oem edl",                     LOCK_ACTION_FREE,            LOCK_CLASS_NORMAL,   NOTHING,   ""},
};
/* clang-format on */

struct snapshot {
    uint8_t partitions[GPT_PARTITIONS_MAX][SHA256_BYTES];
    uint8_t table[SHA256_BYTES];
    uint8_t nor[SHA256_BYTES];
};

static void take(struct fake_fastboot *fastboot, struct snapshot *out_snapshot)
{
    const struct fake_disk *disk = &fastboot->phone.disk;

    for (size_t i = 0; i < fastboot->gpt.count; i++) {
        fake_fastboot_sha256(fastboot, fastboot->gpt.partitions[i].name,
                             out_snapshot->partitions[i]);
    }
    sha256_digest(slice_of(disk->bytes, 40 * 512), out_snapshot->table);
    sha256_digest(slice_of(fastboot->phone.nor.bytes, fastboot->phone.nor.nor.size_bytes / 32),
                  out_snapshot->nor);
}

static void check_changes(struct fake_fastboot *fastboot, const struct snapshot *before,
                          const char *changed, const char *what)
{
    struct snapshot after;

    take(fastboot, &after);
    assert_memory_equal(before->table, after.table, SHA256_BYTES);
    assert_memory_equal(before->nor, after.nor, SHA256_BYTES);
    for (size_t i = 0; i < fastboot->gpt.count; i++) {
        bool same = memcmp(before->partitions[i], after.partitions[i], SHA256_BYTES) == 0;
        bool meant = strcmp(fastboot->gpt.partitions[i].name, changed) == 0;

        if (same == meant) {
            print_error("%s: %s is %s\n", what, fastboot->gpt.partitions[i].name,
                        same ? "as it was" : "changed");
            fail();
        }
    }
}

static void try_cell(enum lock_state state, size_t cell)
{
    const char *command = cells[cell].command;
    const char *refusal = lock_refusal(state, cells[cell].action, cells[cell].class_);
    struct fake_fastboot *fastboot = malloc(sizeof *fastboot);
    struct snapshot before;
    const char *reply;
    char what[128];

    snprintf(what, sizeof what, "%s: %s", phones[state].name, command);
    fake_fastboot_make(&phones[state].spec, fastboot);
    assert_int_equal(lock_state_of(&fastboot->board, &fastboot->state), state);
    take(fastboot, &before);
    reply = fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), command);
    if (refusal != NULL) {
        assert_memory_equal(reply, "FAIL", 4);
        assert_string_equal(reply + 4, refusal);
        check_changes(fastboot, &before, "", what);
        assert_false(fastboot->session.ended);
    } else {
        assert_null(strstr(reply, "is not allowed in Lock State"));
        if (cells[cell].effect == PARTITION && strcmp(reply, "OKAY") != 0) {
            print_error("%s: %s\n", what, reply);
            fail();
        }
        if (cells[cell].effect != LOCK) {
            check_changes(fastboot, &before,
                          cells[cell].effect == PARTITION ? cells[cell].partition : "", what);
        }
    }
    fake_fastboot_free(fastboot);
    free(fastboot);
}

static void every_cell(void **unused)
{
    unsigned tried = 0;

    for (size_t cell = 0; cell < ARRAY_COUNT(cells); cell++) {
        for (enum lock_state state = 0; state < LOCK_STATE_COUNT; state++) {
            try_cell(state, cell);
            tried++;
        }
    }
    print_message("%u cells\n", tried);
}

/* The words of the real phones, apart from the table. */
static void real_words(void **unused)
{
    static const struct {
        const char *command;
        const char *words;
    } refusals[] = {
        {"flash:boot", "FAILFlashing is not allowed in Lock State"},
        {"flash:persist", "FAILFlashing is not allowed in Lock State"},
        {"erase:boot", "FAILErase is not allowed in Lock State"},
        {"set_active:b", "FAILSlot Change is not allowed in Lock State"},
        {"boot", "FAILBoot Command is not allowed in Lock State"},
        {"oem lock", "FAILDevice already : locked!"},
        {"oem unlock", "FAILToken Verify Failed"},
        {"flashing unlock", "FAILToken Verify Failed"},
    };
    struct fake_fastboot *fastboot = malloc(sizeof *fastboot);

    fake_fastboot_make(&phones[LOCK_STATE_LOCKED].spec, fastboot);
    for (size_t i = 0; i < ARRAY_COUNT(refusals); i++) {
        assert_string_equal(
            fake_fastboot_ask_with(fastboot, slice_of(image, sizeof image), refusals[i].command),
            refusals[i].words);
    }
    fake_fastboot_free(fastboot);
    fake_fastboot_make(&phones[LOCK_STATE_UNLOCKED].spec, fastboot);
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(image, 512), "flash:persist"),
                        "FAILFlashing is not allowed for Critical Partitions");
    fake_fastboot_free(fastboot);
    free(fastboot);
}

/* Every partition of a locked phone, by every name that it could have. */
/* clang-format off */
/* In the order of enum lock_state. '.': allowed; else a key of `words`. */
static const struct {
    enum lock_action action;
    const char *normal, *critical, *table;
} wanted[] = {
    {LOCK_ACTION_FREE,            "....", "....", "...."},
    {LOCK_ACTION_READ,            "r...", "r...", "r..."},
    {LOCK_ACTION_FLASH,           "f...", "fF..", "fttt"},
    {LOCK_ACTION_ERASE,           "e...", "eE..", "ettt"},
    {LOCK_ACTION_SET_ACTIVE,      "s...", "s...", "s..."},
    {LOCK_ACTION_BOOT,            "b...", "b...", "b..."},
    {LOCK_ACTION_LOCK,            "l..n", "l..n", "l..n"},
    {LOCK_ACTION_UNLOCK,          ".uun", ".uun", ".uun"},
    {LOCK_ACTION_LOCK_CRITICAL,   "ll.n", "ll.n", "ll.n"},
    {LOCK_ACTION_UNLOCK_CRITICAL, "U.un", "U.un", "U.un"},
};

static const struct {
    char key;
    const char *begins;
} words[] = {
    {'r', "Reading is not"},         {'f', "Flashing is not allowed in"},
    {'F', "Flashing is not allowed for Critical"},
    {'e', "Erase is not allowed in"}, {'E', "Erase is not allowed for Critical"},
    {'t', "The partition table"},    {'s', "Slot Change is not"},
    {'b', "Boot Command is not"},    {'l', "Device already : locked"},
    {'u', "Device already : unlocked"}, {'U', "Device is locked"},
    {'n', "This phone's bootloader has no lock"},
};
/* clang-format on */

static const char *words_of(char key)
{
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (words[i].key == key) {
            return words[i].begins;
        }
    }
    return NULL;
}

/* Written down a second time: what the rules are, whatever the bootloader's own table says. */
static void the_whole_table(void **unused)
{
    assert_int_equal(ARRAY_COUNT(wanted), LOCK_ACTION_COUNT);
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        const char *const rows[LOCK_CLASS_COUNT] = {[LOCK_CLASS_NORMAL] = wanted[i].normal,
                                                    [LOCK_CLASS_CRITICAL] = wanted[i].critical,
                                                    [LOCK_CLASS_TABLE] = wanted[i].table};

        for (size_t class_ = 0; class_ < LOCK_CLASS_COUNT; class_++) {
            for (size_t state = 0; state < LOCK_STATE_COUNT; state++) {
                const char *said = lock_refusal((enum lock_state)state, wanted[i].action,
                                                (enum lock_class)class_);
                const char *begins = words_of(rows[class_][state]);

                if ((said == NULL) != (begins == NULL) ||
                    (said != NULL && strncmp(said, begins, strlen(begins)) != 0)) {
                    fail_msg("action %zu, class %zu, state %zu: %s", i, class_, state,
                             said == NULL ? "allowed" : said);
                }
            }
        }
    }
}

/* Whole names, in both slots. */
static void classes_of_names(void **unused)
{
    static const struct {
        const char *name;
        enum lock_class class_;
    } names[] = {
        {"xbl", LOCK_CLASS_CRITICAL},     {"xbl_a", LOCK_CLASS_CRITICAL},
        {"xbl_b", LOCK_CLASS_CRITICAL},   {"xbl_config", LOCK_CLASS_CRITICAL},
        {"abl_b", LOCK_CLASS_CRITICAL},   {"xbl_config_b", LOCK_CLASS_CRITICAL},
        {"persist", LOCK_CLASS_CRITICAL}, {"modemst1", LOCK_CLASS_CRITICAL},
        {"xbl_c", LOCK_CLASS_NORMAL},     {"xblbak", LOCK_CLASS_NORMAL},
        {"xb", LOCK_CLASS_NORMAL},        {"xbl_", LOCK_CLASS_NORMAL},
        {"persistbak", LOCK_CLASS_NORMAL}, {"_a", LOCK_CLASS_NORMAL},
        {"boot_b", LOCK_CLASS_NORMAL},    {"t", LOCK_CLASS_NORMAL},
        {"gpt", LOCK_CLASS_TABLE},        {"partition:0", LOCK_CLASS_TABLE},
        {"gpt_a", LOCK_CLASS_NORMAL},     {"partition:1", LOCK_CLASS_NORMAL},
    };

    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (lock_class_of(names[i].name) != names[i].class_) {
            fail_msg("%s", names[i].name);
        }
    }
}

static void locked_by_any_name(void **unused)
{
    static const char *const forms[] = {"flash:%s",  "erase:%s",  "flash:%s_a", "flash:%s:raw",
                                        "flash: %s", "flash:/%s", "erase:%s "};
    struct fake_fastboot *fastboot = malloc(sizeof *fastboot);
    struct snapshot before;

    fake_fastboot_make(&phones[LOCK_STATE_LOCKED].spec, fastboot);
    take(fastboot, &before);
    for (size_t i = 0; i < fastboot->gpt.count; i++) {
        for (size_t form = 0; form < ARRAY_COUNT(forms); form++) {
            char command[128];

            snprintf(command, sizeof command, forms[form], fastboot->gpt.partitions[i].name);
            assert_memory_equal(fake_fastboot_ask_with(fastboot, slice_of(image, 512), command),
                                "FAIL", 4);
        }
    }
    check_changes(fastboot, &before, "", "by any name");
    fake_fastboot_free(fastboot);
    free(fastboot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_table),
        cmocka_unit_test(classes_of_names),
        cmocka_unit_test(every_cell),
        cmocka_unit_test(real_words),
        cmocka_unit_test(locked_by_any_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
