/* SPDX-License-Identifier: MIT */
/* A fake phone in rescue mode, and a client of it: what tests of rescue/ share. */
#ifndef TESTS_RESCUE_DESK_H
#define TESTS_RESCUE_DESK_H

#include "tests/unit/check.h"

#include "rescue/rescue.h"
#include "tests/fake/fake_phone.h"
#include "tests/fake/fake_rescue.h"

#define RESCUE_REAL_REFUSAL "only nop and sig tag can be recevied before authentication"
#define RESCUE_REQ          "<sig TargetName=\"req\"/>"
#define RESCUE_BOOT_BYTES   (512u * (FAKE_PHONE_BOOT_LAST - FAKE_PHONE_BOOT_LBA + 1))

struct rescue_desk {
    struct fake_phone phone;
    struct fake_rescue client;
    struct board board;
    struct rescue_host host;
    struct rescue_context context;
    struct rescue rescue;
    char last_told[256]; /* command|target|refusal */
};

extern struct rescue_desk rescue_desk;

int rescue_desk_set_up(void **state);
int rescue_desk_tear_down(void **state);

/* A client comes; `key` NULL: it does not try to authenticate. */
void rescue_desk_come(const struct signing_key *key);
/* So too, gives one command, and goes. */
void rescue_desk_one_command(const struct signing_key *key, const char *element);
/* How often it was sent these words. */
size_t rescue_desk_times_received(const char *words);

uint32_t rescue_desk_disk_crc(void);
/* Nothing was written to disk or NOR. */
void rescue_desk_assert_untouched(uint32_t crc_before);

#endif
