/* SPDX-License-Identifier: MIT */
/*
 * The `misc` partition, as Android lays it out: the bootloader message, then the A/B slot metadata.
 * Little endian. AOSP: bootable/recovery/bootloader_message, hardware/interfaces/boot/1.1.
 */
#ifndef FORMAT_MISC_H
#define FORMAT_MISC_H

#include <assert.h>
#include <stdint.h>

#define MISC_MESSAGE_OFFSET 0
#define MISC_SLOTS_OFFSET   2048
#define MISC_VERITY_OFFSET  4096 /* our own, in the part that Android leaves to vendors */

/* Strings may lack their NUL. */
struct bootloader_message {
    uint8_t command[32];
    uint8_t status[32];
    uint8_t recovery[768];
    uint8_t stage[32];
    uint8_t reserved[1184];
};

#define BCB_BOOT_RECOVERY    "boot-recovery"
#define BCB_BOOT_BOOTLOADER  "bootonce-bootloader"

#define SLOTS_MAGIC   0x42414342u
#define SLOTS_VERSION 1
#define SLOTS_MAX     4

/* One slot, 16 bits: priority 4 (0: never), tries left 3, successful 1, verity corrupted 1. */
#define SLOT_PRIORITY(info)          ((info) & 15u)
#define SLOT_TRIES(info)             ((info) >> 4 & 7u)
#define SLOT_SUCCESSFUL(info)        ((info) >> 7 & 1u)
#define SLOT_VERITY_CORRUPTED(info)  ((info) >> 8 & 1u)

struct slots_record {
    uint8_t slot_suffix[4]; /* of the slot that was booted last: "_a" */
    uint8_t magic[4];
    uint8_t version;
    uint8_t counts; /* number of slots 3, recovery tries 3, merge status (low two of three bits) */
    uint8_t reserved_0[2];
    uint8_t slots[SLOTS_MAX][2];
    uint8_t reserved_1[8];
    uint8_t crc32[4]; /* of all bytes before it */
};

/*
 * The ROM's note that dm-verity refused a block of `system`. It is a question, not an answer: the
 * bootloader looks at that block itself, so that nobody can brick a phone with a note, and a note
 * from before the system was flashed anew means nothing.
 */
#define VERITY_NOTE_MAGIC "FLVERITY"

struct verity_note {
    uint8_t magic[8];
    uint8_t block[8]; /* of 4096 bytes, from the start of the partition */
    uint8_t crc32[4]; /* of all bytes before it */
};

static_assert(sizeof(struct verity_note) == 20, "the verity note has no padding");
static_assert(sizeof(struct bootloader_message) == 2048, "AOSP bootloader_message.h");
static_assert(sizeof(struct slots_record) == 32, "AOSP boot_control_definition.h");

#endif
