/* SPDX-License-Identifier: MIT */
/*
 * The lock's rules: state x action x class of partition -> allowed, or the words of the refusal.
 * Stage fastboot. One table, pure; the words are those of the real phones.
 */
#ifndef FASTBOOT_LOCK_RULES_H
#define FASTBOOT_LOCK_RULES_H

#include "board/board.h"
#include "storage/state.h"

enum lock_state {
    LOCK_STATE_LOCKED = 0,
    LOCK_STATE_UNLOCKED, /* but for critical partitions */
    LOCK_STATE_UNLOCKED_CRITICAL,
    LOCK_STATE_NONE, /* a phone whose bootloader never had a lock */
    LOCK_STATE_COUNT
};

enum lock_action {
    LOCK_ACTION_FREE = 0, /* what tells of the phone itself and leaves nothing behind: always */
    LOCK_ACTION_READ, /* what is on the disk, be it a hash of it */
    LOCK_ACTION_FLASH,
    LOCK_ACTION_ERASE,
    LOCK_ACTION_SET_ACTIVE,
    LOCK_ACTION_BOOT,
    LOCK_ACTION_LOCK,
    LOCK_ACTION_UNLOCK,
    LOCK_ACTION_LOCK_CRITICAL,
    LOCK_ACTION_UNLOCK_CRITICAL,
    LOCK_ACTION_COUNT
};

enum lock_class {
    LOCK_CLASS_NORMAL = 0, /* also for actions without a partition */
    LOCK_CLASS_CRITICAL,   /* what the phone itself needs to start */
    LOCK_CLASS_TABLE,      /* the partition table, by any of its names */
    LOCK_CLASS_COUNT
};

enum lock_state lock_state_of(const struct board *board, const struct state *state);

/* The class of a partition's name, with or without a slot's suffix. */
enum lock_class lock_class_of(const char *partition);

/* Why it is refused; NULL when it is allowed. */
const char *lock_refusal(enum lock_state state, enum lock_action action, enum lock_class class_);

#endif
