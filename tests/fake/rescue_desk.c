/* SPDX-License-Identifier: MIT */
/* A fake phone in rescue mode. */
#include "tests/fake/rescue_desk.h"

#include "base/crc32.h"

#include <stdio.h>

struct rescue_desk rescue_desk;

static void report(struct rescue_host *host, const char *command, const char *target,
                   const char *refusal)
{
    snprintf(rescue_desk.last_told, sizeof rescue_desk.last_told, "%s|%s|%s", command, target,
             refusal);
}

int rescue_desk_set_up(void **state)
{
    static const struct rescue_host_ops ops = {.report = report};
    struct fake_phone *phone = &rescue_desk.phone;

    fake_phone_make(&(struct fake_phone_spec){.codename = "whyred", .made_for = REGION_CN}, phone);
    fake_rescue_init(&rescue_desk.client);
    phone->phone.rescue = &rescue_desk.client.link;
    rescue_desk.board = (struct board){.codename = "whyred", .serial = "8a7b6c5d"};
    fake_root_sha256(rescue_desk.board.root_key_sha256);
    rescue_desk.host.ops = &ops;
    rescue_desk.context =
        (struct rescue_context){&phone->phone, &rescue_desk.board, &rescue_desk.host};
    rescue_desk.rescue =
        (struct rescue){.context = &rescue_desk.context,
                        .stream = {.link = &rescue_desk.client.link, .power = phone->phone.power}};
    return 0;
}

int rescue_desk_tear_down(void **state)
{
    fake_phone_free(&rescue_desk.phone);
    return 0;
}

void rescue_desk_come(const struct signing_key *key)
{
    rescue_desk.client.key = key;
    fake_rescue_come(&rescue_desk.client);
    assert_true(rescue_stream_meet(&rescue_desk.rescue.stream));
    if (key != NULL) {
        fake_rescue_command(&rescue_desk.client, RESCUE_REQ);
    }
}

void rescue_desk_one_command(const struct signing_key *key, const char *element)
{
    rescue_desk_come(key);
    fake_rescue_command(&rescue_desk.client, element);
    rescue_session(&rescue_desk.rescue);
}

size_t rescue_desk_times_received(const char *words)
{
    size_t count = 0;

    for (const char *at = rescue_desk.client.received; (at = strstr(at, words)) != NULL; at++) {
        count++;
    }
    return count;
}

uint32_t rescue_desk_disk_crc(void)
{
    return crc32(slice_of(rescue_desk.phone.disk.bytes, FAKE_PHONE_BLOCKS * 512));
}

void rescue_desk_assert_untouched(uint32_t crc_before)
{
    assert_int_equal(rescue_desk.phone.disk.writes, 0);
    assert_int_equal(rescue_desk.phone.nor.changes, 0);
    assert_true(rescue_desk_disk_crc() == crc_before);
}
