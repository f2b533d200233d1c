/* SPDX-License-Identifier: MIT */
/* The table of the lock's rules. Stage fastboot. */
#include "fastboot/lock_rules.h"

#include <string.h>

#define FLASH_LOCKED   "Flashing is not allowed in Lock State"
#define FLASH_CRITICAL "Flashing is not allowed for Critical Partitions"
#define READ_LOCKED    "Reading is not allowed in Lock State"
#define ERASE_LOCKED   "Erase is not allowed in Lock State"
#define ERASE_CRITICAL "Erase is not allowed for Critical Partitions"
#define SLOT_LOCKED    "Slot Change is not allowed in Lock State"
#define BOOT_LOCKED    "Boot Command is not allowed in Lock State"
#define IS_LOCKED      "Device already : locked!"
#define IS_UNLOCKED    "Device already : unlocked!"
#define UNLOCK_FIRST   "Device is locked: flashing unlock comes first"
#define NO_LOCK        "This phone's bootloader has no lock"
#define TABLE          "The partition table cannot be changed: the phone's partitions are its own"

/* In the order of enum lock_state: locked, unlocked, unlocked with critical, no lock. */
#define ROW(locked, unlocked, critical, none)                                                      \
    {                                                                                              \
        locked, unlocked, critical, none                                                           \
    }
#define ANY_CLASS(...)                                                                             \
    {                                                                                              \
        [LOCK_CLASS_NORMAL] = __VA_ARGS__, [LOCK_CLASS_CRITICAL] = __VA_ARGS__,                    \
        [LOCK_CLASS_TABLE] = __VA_ARGS__                                                           \
    }

static const char *const rules[LOCK_ACTION_COUNT][LOCK_CLASS_COUNT][LOCK_STATE_COUNT] = {
    [LOCK_ACTION_FREE] = ANY_CLASS(ROW(NULL, NULL, NULL, NULL)),
    [LOCK_ACTION_READ] = ANY_CLASS(ROW(READ_LOCKED, NULL, NULL, NULL)),
    [LOCK_ACTION_FLASH] =
        {
            [LOCK_CLASS_NORMAL] = ROW(FLASH_LOCKED, NULL, NULL, NULL),
            [LOCK_CLASS_CRITICAL] = ROW(FLASH_LOCKED, FLASH_CRITICAL, NULL, NULL),
            [LOCK_CLASS_TABLE] = ROW(FLASH_LOCKED, TABLE, TABLE, TABLE),
        },
    [LOCK_ACTION_ERASE] =
        {
            [LOCK_CLASS_NORMAL] = ROW(ERASE_LOCKED, NULL, NULL, NULL),
            [LOCK_CLASS_CRITICAL] = ROW(ERASE_LOCKED, ERASE_CRITICAL, NULL, NULL),
            [LOCK_CLASS_TABLE] = ROW(ERASE_LOCKED, TABLE, TABLE, TABLE),
        },
    [LOCK_ACTION_SET_ACTIVE] = ANY_CLASS(ROW(SLOT_LOCKED, NULL, NULL, NULL)),
    [LOCK_ACTION_BOOT] = ANY_CLASS(ROW(BOOT_LOCKED, NULL, NULL, NULL)),
    [LOCK_ACTION_LOCK] = ANY_CLASS(ROW(IS_LOCKED, NULL, NULL, NO_LOCK)),
    [LOCK_ACTION_UNLOCK] = ANY_CLASS(ROW(NULL, IS_UNLOCKED, IS_UNLOCKED, NO_LOCK)),
    [LOCK_ACTION_LOCK_CRITICAL] = ANY_CLASS(ROW(IS_LOCKED, IS_LOCKED, NULL, NO_LOCK)),
    [LOCK_ACTION_UNLOCK_CRITICAL] = ANY_CLASS(ROW(UNLOCK_FIRST, NULL, IS_UNLOCKED, NO_LOCK)),
};

/* What Qualcomm's and MediaTek's bootloaders guard so, and what a phone cannot get back. */
static const char *const critical_partitions[] = {
    "persist", "devinfo",  "xbl",      "xbl_config", "abl",    "aboot",    "sbl1",      "rpm",
    "tz",      "hyp",      "pmic",     "devcfg",     "cmnlib", "cmnlib64", "keymaster", "qupfw",
    "fsg",     "modemst1", "modemst2", "preloader",  "lk",     "tee1",     "tee2",
};

static const char *const table_names[] = {
    "gpt",        "gpt_main0",   "gpt_both0",     "gpt_backup0", "partition", "partition:0",
    "PrimaryGPT", "primary_gpt", "secondary_gpt", "mbr",         "pgpt",      "sgpt",
};

static size_t without_suffix(const char *name)
{
    size_t length = strlen(name);

    if (length > 2 && name[length - 2] == '_' &&
        (name[length - 1] == 'a' || name[length - 1] == 'b')) {
        return length - 2;
    }
    return length;
}

static bool is_one_of(const char *const *names, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0) {
            return true;
        }
    }
    return false;
}

enum lock_state lock_state_of(const struct board *board, const struct state *state)
{
    if (!board_has(board, PROTECTION_BOOTLOADER_LOCK)) {
        return LOCK_STATE_NONE;
    }
    if (!state->unlocked) {
        return LOCK_STATE_LOCKED;
    }
    /* Xiaomi's own unlocking opens both at once. */
    return board->os == OS_MIUI || state->critical_unlocked ? LOCK_STATE_UNLOCKED_CRITICAL
                                                            : LOCK_STATE_UNLOCKED;
}

enum lock_class lock_class_of(const char *partition)
{
    if (is_one_of(table_names, ARRAY_COUNT(table_names), partition, strlen(partition))) {
        return LOCK_CLASS_TABLE;
    }
    if (is_one_of(critical_partitions, ARRAY_COUNT(critical_partitions), partition,
                  without_suffix(partition)) ||
        is_one_of(critical_partitions, ARRAY_COUNT(critical_partitions), partition,
                  strlen(partition))) {
        return LOCK_CLASS_CRITICAL;
    }
    return LOCK_CLASS_NORMAL;
}

const char *lock_refusal(enum lock_state state, enum lock_action action, enum lock_class class_)
{
    return rules[action][class_][state];
}
