/* SPDX-License-Identifier: MIT */
/*
 * rescue/rescue.h: clients in memory against a fake phone. What they are told, what is on the
 * disk afterwards, and that the next client finds everything as the first did.
 */
#include "tests/unit/check.h"

#include "tests/fake/fake_phone.h"
#include "tests/fake/fake_rescue.h"

#include "base/crc32.h"
#include "rescue/rescue.h"

#include <stdio.h>

#define REAL_REFUSAL "only nop and sig tag can be recevied before authentication"
#define REQ          "<sig TargetName=\"req\"/>"
#define BOOT_BYTES   (512u * (FAKE_PHONE_BOOT_LAST - FAKE_PHONE_BOOT_LBA + 1))

static struct fake_phone fake;
static struct fake_rescue client;
static struct board board;
static struct rescue rescue;
static char last_told[256];

static void tell(struct rescue_host *host, const char *command, const char *target,
                 const char *refusal)
{
    snprintf(last_told, sizeof last_told, "%s|%s|%s", command, target, refusal);
}

static const struct rescue_host_ops host_ops = {.report = tell};
static struct rescue_host host = {.ops = &host_ops};
static struct rescue_context context = {&fake.phone, &board, &host};

static int set_up(void **state)
{
    fake_phone_make(&(struct fake_phone_spec){.codename = "whyred", .made_for = REGION_CN}, &fake);
    fake_rescue_init(&client);
    fake.phone.rescue = &client.link;
    board = (struct board){.codename = "whyred", .serial = "8a7b6c5d"};
    fake_root_sha256(board.root_key_sha256);
    rescue = (struct rescue){.context = &context,
                             .stream = {.link = &client.link, .power = fake.phone.power}};
    return 0;
}

static int tear_down(void **state)
{
    fake_phone_free(&fake);
    return 0;
}

/* A client comes; `key` NULL: it does not try to authenticate. */
static void come(const struct signing_key *key)
{
    client.key = key;
    fake_rescue_come(&client);
    assert_true(rescue_stream_meet(&rescue.stream));
    if (key != NULL) {
        fake_rescue_command(&client, REQ);
    }
}

static void one_command(const struct signing_key *key, const char *element)
{
    come(key);
    fake_rescue_command(&client, element);
    rescue_session(&rescue);
}

static size_t times_received(const char *words)
{
    size_t count = 0;

    for (const char *at = client.received; (at = strstr(at, words)) != NULL; at++) {
        count++;
    }
    return count;
}

static uint32_t disk_crc(void)
{
    return crc32(slice_of(fake.disk.bytes, FAKE_PHONE_BLOCKS * 512));
}

static void assert_untouched(uint32_t crc_before)
{
    assert_int_equal(fake.disk.writes, 0);
    assert_int_equal(fake.nor.changes, 0);
    assert_true(disk_crc() == crc_before);
}

static void it_says_hello(void **state)
{
    come(NULL);
    rescue_session(&rescue);
    assert_non_null(
        strstr(client.received, "<hello version=\"1\" product=\"whyred\" serial=\"8a7b6c5d\""));
    assert_null(strstr(client.received, "response"));
    assert_false(rescue_stream_meet(&rescue.stream));
}

static void before_authentication_only_nop_and_sig(void **state)
{
    static const char *const elements[] = {
        "<configure MaxPayloadSizeToTargetInBytes=\"4096\"/>",
        "<getstorageinfo/>",
        "<program label=\"boot\" num_partition_sectors=\"1\"/>",
        "<erase label=\"boot\"/>",
        "<erase start_sector=\"0\" num_partition_sectors=\"4096\"/>",
        "<reset/>",
        "<peek address64=\"0\"/>",
        "<NOP/>",
    };
    uint32_t crc = disk_crc();

    for (size_t i = 0; i < ARRAY_COUNT(elements); i++) {
        one_command(NULL, elements[i]);
        assert_int_equal(times_received("ERROR: " REAL_REFUSAL), 1);
        assert_int_equal(times_received("value=\"NAK\""), 1);
        assert_int_equal(times_received("value=\"ACK\""), 0);
        assert_false(rescue.reset);
    }
    one_command(NULL, "<nop/>");
    assert_int_equal(times_received("value=\"ACK\" rawmode=\"false\""), 1);
    assert_untouched(crc);
}

static void only_the_makers_account_counts(void **state)
{
    static const struct {
        const char *name;
        bool other_key;
        const char *serial;
        const char *domain;
        uint8_t spoil;
        const char *why;
    } accounts[] = {
        {"authorised", false, "8a7b6c5d", RESCUE_DOMAIN, 0, NULL},
        {"plain", true, "8a7b6c5d", RESCUE_DOMAIN, 0, "E_VBMETA_KEY"},
        {"for another phone", false, "8a7b6c5e", RESCUE_DOMAIN, 0, "E_VBMETA_SIGNATURE"},
        {"for another challenge", false, "8a7b6c5d", RESCUE_DOMAIN, 1, "E_VBMETA_SIGNATURE"},
        {"an unlock answer", false, "8a7b6c5d", "FLASHLAB-UNLOCK-1", 0, "E_VBMETA_SIGNATURE"},
    };
    uint32_t crc = disk_crc();

    for (size_t i = 0; i < ARRAY_COUNT(accounts); i++) {
        client.serial = accounts[i].serial;
        client.domain = accounts[i].domain;
        client.spoil = accounts[i].spoil;
        one_command(accounts[i].other_key ? fake_other_key() : fake_root_key(),
                    "<getstorageinfo/>");
        assert_int_equal(times_received(REAL_REFUSAL), accounts[i].why == NULL ? 0 : 1);
        assert_int_equal(rescue.authorised, accounts[i].why == NULL);
        if (accounts[i].why != NULL) {
            assert_non_null(strstr(client.received, accounts[i].why));
        }
    }
    assert_untouched(crc);
}

/* The root key's hash of a phone whose fuses could not be read is all zeros. */
static void without_a_root_key_nobody_is_authorised(void **state)
{
    memset(board.root_key_sha256, 0, sizeof board.root_key_sha256);
    one_command(fake_root_key(), "<getstorageinfo/>");
    assert_int_equal(times_received(REAL_REFUSAL), 1);
}

static void a_challenge_is_answered_once(void **state)
{
    come(fake_root_key());
    fake_rescue_command(&client, "<sig TargetName=\"sig\" size_in_bytes=\"1552\"/>");
    rescue_session(&rescue);
    assert_true(rescue.authorised);
    assert_non_null(strstr(client.received, "E_RESCUE_CHALLENGE"));
    come(NULL);
    fake_rescue_command(&client, "<sig TargetName=\"sig\" size_in_bytes=\"1552\"/>");
    rescue_session(&rescue);
    assert_non_null(strstr(client.received, "E_RESCUE_CHALLENGE"));
    assert_false(rescue.authorised);
    assert_int_equal(rescue.challenges, 1);
}

static void no_two_challenges_are_the_same(void **state)
{
    static uint8_t nonces[64][RESCUE_NONCE_BYTES];

    fake.power.power.ops->now_us(fake.phone.power);
    for (size_t i = 0; i < ARRAY_COUNT(nonces); i++) {
        one_command(NULL, REQ);
        memcpy(nonces[i], rescue.nonce, sizeof nonces[i]);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(nonces[i], nonces[j], RESCUE_NONCE_BYTES);
        }
    }
}

static void odd_answers(void **state)
{
    static const char *const elements[] = {
        "<sig/>",
        "<sig TargetName=\"\"/>",
        "<sig TargetName=\"all\"/>",
        "<sig TargetName=\"sig\"/>",
        "<sig TargetName=\"sig\" size_in_bytes=\"-1\"/>",
        "<sig TargetName=\"sig\" size_in_bytes=\"1551\"/>",
        "<sig TargetName=\"sig\" size_in_bytes=\"4294968848\"/>",
    };

    for (size_t i = 0; i < ARRAY_COUNT(elements); i++) {
        come(NULL);
        fake_rescue_command(&client, REQ);
        fake_rescue_command(&client, elements[i]);
        rescue_session(&rescue);
        assert_int_equal(times_received("value=\"NAK\""), 1);
        assert_false(rescue.authorised);
    }
}

static void it_programs_a_partition(void **state)
{
    const uint8_t *boot = fake_disk_at(&fake.disk, FAKE_PHONE_BOOT_LBA);

    come(fake_root_key());
    fake_rescue_command(&client, "<program label=\"boot\" num_partition_sectors=\"600\" "
                                 "SECTOR_SIZE_IN_BYTES=\"512\"/>");
    fake_rescue_data(&client, 0x5a, 512 * 600, RESCUE_DATA_BYTES_MAX);
    fake_rescue_command(&client, "<program label=\"boot\" start_sector=\"600\" "
                                 "num_partition_sectors=\"3\"/>");
    fake_rescue_data(&client, 0x5b, 512 * 3, 512);
    rescue_session(&rescue);
    assert_int_equal(times_received("rawmode=\"true\""), 3); /* with the answer to the challenge */
    assert_int_equal(times_received("NAK"), 0);
    assert_true(slice_is_all(slice_of(boot, 512 * 600), 0x5a));
    assert_true(slice_is_all(slice_of(boot + 512 * 600, 512 * 3), 0x5b));
    assert_int_equal(boot[512 * 603], 0);
    assert_int_equal(boot[-1], 0);
    assert_int_equal(fake.disk.unflushed, 0);
    assert_string_equal(last_told, "program|boot|");
    assert_int_equal(fake.nor.changes, 0);
}

static void it_programs_the_whole_disk(void **state)
{
    come(fake_root_key());
    fake_rescue_command(&client, "<program start_sector=\"4095\" num_partition_sectors=\"1\"/>");
    fake_rescue_data(&client, 0x11, 512, 512);
    fake_rescue_command(&client, "<erase start_sector=\"4095\" num_partition_sectors=\"1\"/>");
    rescue_session(&rescue);
    assert_int_equal(times_received("NAK"), 0);
    assert_int_equal(fake.disk.writes, 2);
    assert_true(slice_is_all(slice_of(fake_disk_at(&fake.disk, 4095), 512), 0));
    assert_string_equal(last_told, "erase||");
}

static void it_erases(void **state)
{
    uint8_t *boot = fake_disk_at(&fake.disk, FAKE_PHONE_BOOT_LBA);

    memset(boot - 512, 0x77, BOOT_BYTES + 1024);
    one_command(fake_root_key(), "<erase label=\"boot\" start_sector=\"2\"/>");
    assert_int_equal(times_received("NAK"), 0);
    assert_true(slice_is_all(slice_of(boot - 512, 3 * 512), 0x77));
    assert_true(slice_is_all(slice_of(boot + 1024, BOOT_BYTES - 1024), 0));
    assert_true(slice_is_all(slice_of(boot + BOOT_BYTES, 512), 0x77));
    assert_int_equal(fake.disk.unflushed, 0);
}

/* Refused before data is asked for, and nothing written. */
static void what_does_not_fit(void **state)
{
    static const struct {
        const char *element;
        const char *why;
    } cases[] = {
        {"<program label=\"boot\"/>", "E_RESCUE_ATTRIBUTE"},
        {"<program label=\"boot\" num_partition_sectors=\"0\"/>", "E_RESCUE_ATTRIBUTE"},
        {"<program label=\"boot\" num_partition_sectors=\"1834\"/>", "E_BLOCK_RANGE"},
        {"<program label=\"boot\" start_sector=\"1\" num_partition_sectors=\"1833\"/>",
         "E_BLOCK_RANGE"},
        {"<program label=\"boot\" start_sector=\"1834\" num_partition_sectors=\"1\"/>",
         "E_BLOCK_RANGE"},
        {"<program label=\"boot\" start_sector=\"36028797018963968\" num_partition_sectors=\"1\"/>",
         "E_BLOCK_RANGE"},
        {"<program label=\"boot\" num_partition_sectors=\"36028797018963969\"/>", "E_BLOCK_RANGE"},
        {"<program label=\"boot\" num_partition_sectors=\"18446744073709551616\"/>",
         "E_RESCUE_ATTRIBUTE"},
        {"<program label=\"boot\" num_partition_sectors=\"1\" SECTOR_SIZE_IN_BYTES=\"4096\"/>",
         "E_RESCUE_ATTRIBUTE"},
        {"<program label=\"boo\" num_partition_sectors=\"1\"/>", "E_GPT_NOT_FOUND"},
        {"<program label=\"\" num_partition_sectors=\"1\"/>", "E_GPT_NOT_FOUND"},
        {"<program label=\"0123456789012345678901234567890123456\" num_partition_sectors=\"1\"/>",
         "E_GPT_NOT_FOUND"},
        {"<program num_partition_sectors=\"4097\"/>", "E_BLOCK_RANGE"},
        {"<program start_sector=\"4096\" num_partition_sectors=\"1\"/>", "E_BLOCK_RANGE"},
        {"<erase/>", "E_RESCUE_ATTRIBUTE"},
        {"<erase label=\"boot\" num_partition_sectors=\"1834\"/>", "E_BLOCK_RANGE"},
        {"<erase label=\"boot\" start_sector=\"1833\"/>", "E_RESCUE_ATTRIBUTE"},
        {"<erase label=\"modem\"/>", "E_GPT_NOT_FOUND"},
        {"<configure/>", "E_RESCUE_ATTRIBUTE"},
        {"<configure MaxPayloadSizeToTargetInBytes=\"262145\"/>", "E_RESCUE_ATTRIBUTE"},
        {"<configure MaxPayloadSizeToTargetInBytes=\"0\"/>", "E_RESCUE_ATTRIBUTE"},
        {"<peek/>", "E_RESCUE_COMMAND"},
        {"<nop/><nop/>", "E_RESCUE_XML"},
        {"<nop a=\"\" a=\"\"/>", "E_RESCUE_XML_DUPLICATE"},
    };
    uint32_t crc = disk_crc();

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        one_command(fake_root_key(), cases[i].element);
        if (strstr(client.received, cases[i].why) == NULL || times_received("NAK") != 1) {
            print_error("%s: %s\n", cases[i].element, client.received);
            fail();
        }
        assert_int_equal(times_received("rawmode=\"true\""), 1);
    }
    assert_untouched(crc);
}

/* What breaks the packets ends the session; the next client finds the phone as the first did. */
static void broken_packets(void **state)
{
    static const struct {
        const char *name;
        uint32_t type;
        uint32_t size;
    } cases[] = {
        {"type 0", 0, 4},
        {"type 3", 3, 4},
        {"data that nobody asked for", RESCUE_PACKET_DATA, 4},
        {"a command too long", RESCUE_PACKET_XML, RESCUE_XML_BYTES_MAX + 1},
        {"a length of all ones", RESCUE_PACKET_XML, UINT32_MAX},
    };
    uint32_t crc = disk_crc();

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint8_t head[RESCUE_HEADER_BYTES];

        put_le32(head, cases[i].type);
        put_le32(head + 4, cases[i].size);
        come(NULL);
        fake_rescue_bytes(&client, slice_of(head, sizeof head));
        fake_rescue_command(&client, "<nop/>");
        rescue_session(&rescue);
        assert_non_null(strstr(client.received, "E_RESCUE_PACKET"));
        assert_int_equal(times_received("value=\"ACK\""), 0);
        assert_false(rescue_stream_meet(&rescue.stream)); /* deaf until it goes */
        one_command(NULL, "<nop/>");
        assert_int_equal(times_received("value=\"ACK\""), 1);
    }
    assert_untouched(crc);
}

static void broken_data(void **state)
{
    static const struct {
        const char *name;
        uint32_t type;
        uint32_t size;
    } cases[] = {
        {"more than announced", RESCUE_PACKET_DATA, 1536},
        {"nothing", RESCUE_PACKET_DATA, 0},
        {"more than a packet holds", RESCUE_PACKET_DATA, RESCUE_DATA_BYTES_MAX + 512},
        {"a command instead", RESCUE_PACKET_XML, 6},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint8_t head[RESCUE_HEADER_BYTES];

        put_le32(head, cases[i].type);
        put_le32(head + 4, cases[i].size);
        come(fake_root_key());
        fake_rescue_command(&client, "<program label=\"boot\" num_partition_sectors=\"2\"/>");
        fake_rescue_bytes(&client, slice_of(head, sizeof head));
        rescue_session(&rescue);
        assert_non_null(strstr(client.received, "E_RESCUE_PACKET"));
        assert_int_equal(fake.disk.writes, 0);
    }
}

static void half_sectors_are_refused_and_nobody_gets_out_of_step(void **state)
{
    come(fake_root_key());
    fake_rescue_command(&client, "<program label=\"boot\" num_partition_sectors=\"2\"/>");
    fake_rescue_data(&client, 1, 1024, 500);
    fake_rescue_command(&client, "<nop/>");
    rescue_session(&rescue);
    assert_non_null(strstr(client.received, "E_BLOCK_ALIGN"));
    assert_int_equal(fake.disk.writes, 0);
    assert_string_equal(last_told, "nop||");
}

static void a_failing_disk_is_told_after_the_data(void **state)
{
    come(fake_root_key());
    fake_rescue_command(&client, "<program label=\"boot\" num_partition_sectors=\"8\"/>");
    fake_rescue_data(&client, 1, 8 * 512, 512);
    fake_rescue_command(&client, "<nop/>");
    fake.disk.requests = 0;
    fake.disk.fail_at = 5; /* the table takes two reads */
    rescue_session(&rescue);
    assert_int_equal(times_received("value=\"NAK\""), 1);
    assert_non_null(strstr(client.received, "E_BLOCK_IO"));
    assert_string_equal(last_told, "nop||");
}

/* Cut at every byte: the next client can do all of it again. */
static void a_client_that_vanishes(void **state)
{
    static const char program[] = "<program label=\"boot\" num_partition_sectors=\"2\"/>";
    size_t whole;

    come(NULL);
    fake_rescue_command(&client, program);
    fake_rescue_data(&client, 0x33, 1024, 512);
    whole = client.sent_bytes;
    for (size_t cut = 0; cut <= whole; cut += cut < 16 || cut + 16 > whole ? 1 : 7) {
        come(fake_root_key());
        fake_rescue_command(&client, program);
        fake_rescue_data(&client, 0x33, 1024, 512);
        client.sent_bytes -= whole - cut;
        rescue_session(&rescue);
        assert_false(rescue.reset);
    }
    memset(fake_disk_at(&fake.disk, FAKE_PHONE_BOOT_LBA), 0, 1024);
    come(fake_root_key());
    fake_rescue_command(&client, program);
    fake_rescue_data(&client, 0x44, 1024, 512);
    rescue_session(&rescue);
    assert_int_equal(times_received("NAK"), 0);
    assert_true(slice_is_all(slice_of(fake_disk_at(&fake.disk, FAKE_PHONE_BOOT_LBA), 1024), 0x44));
}

static void a_client_that_stalls(void **state)
{
    static const char nop[] = "<?xml version=\"1.0\"?><data><nop/></data>";
    uint8_t head[RESCUE_HEADER_BYTES] = {RESCUE_PACKET_XML, 0, 0, 0, sizeof nop - 1};
    uint64_t begun_us;

    come(NULL);
    client.stalls = true;
    fake_rescue_bytes(&client, slice_of(head, sizeof head));
    fake_rescue_bytes(&client, slice_of(nop, 10));
    begun_us = fake.power.now_us;
    rescue_session(&rescue);
    assert_non_null(strstr(client.received, "E_RESCUE_STALL"));
    assert_in_range(fake.power.now_us - begun_us, RESCUE_STALL_US, 2 * RESCUE_STALL_US);
    client.stalls = false;
    one_command(NULL, "<nop/>");
    assert_int_equal(times_received("value=\"ACK\""), 1);
}

static void a_client_that_does_not_listen(void **state)
{
    client.deaf = true;
    come(NULL);
    rescue_session(&rescue);
    client.deaf = false;
    one_command(NULL, "<nop/>");
    assert_int_equal(times_received("value=\"ACK\""), 1);
}

static void what_one_left_behind_is_not_the_next_ones(void **state)
{
    come(NULL);
    rescue_session(&rescue);
    fake_rescue_come(&client);
    fake_rescue_command(&client, "<nop/>");
    fake_rescue_come(&client);
    client.sent_bytes = 60; /* of the one before */
    assert_true(rescue_stream_meet(&rescue.stream));
    rescue_session(&rescue);
    assert_int_equal(times_received("response"), 0);
}

/* The first is gone and the second there before the phone has read what the first one said. */
static void an_answer_is_not_for_the_next_one(void **state)
{
    come(NULL);
    fake_rescue_command(&client, "<nop/>");
    client.next_on_hello = true;
    rescue_session(&rescue);
    assert_int_equal(times_received("hello"), 1);
    assert_int_equal(times_received("response"), 0);
    assert_true(rescue_stream_meet(&rescue.stream));
}

static void authorised_is_one_client_not_the_next(void **state)
{
    one_command(fake_root_key(), "<getstorageinfo/>");
    assert_non_null(strstr(client.received, "<storage value=\"4096 512\"/>"));
    assert_non_null(strstr(client.received, "<partition value=\"boot 168 1833\"/>"));
    one_command(NULL, "<getstorageinfo/>");
    assert_int_equal(times_received(REAL_REFUSAL), 1);
}

static void a_disk_without_a_table_can_be_written(void **state)
{
    memset(fake.disk.bytes, 0, FAKE_PHONE_BLOCKS * 512);
    come(fake_root_key());
    fake_rescue_command(&client, "<getstorageinfo/>");
    fake_rescue_command(&client, "<erase label=\"boot\"/>");
    fake_rescue_command(&client, "<program start_sector=\"1\" num_partition_sectors=\"1\"/>");
    fake_rescue_data(&client, 0x42, 512, 512);
    rescue_session(&rescue);
    assert_int_equal(times_received("<partition"), 0);
    assert_int_equal(times_received("NAK"), 1);
    assert_int_equal(fake_disk_at(&fake.disk, 1)[511], 0x42);
}

static void without_a_disk(void **state)
{
    fake.phone.disk = NULL;
    come(fake_root_key());
    fake_rescue_command(&client, "<getstorageinfo/>");
    fake_rescue_command(&client, "<erase label=\"boot\"/>");
    rescue_session(&rescue);
    assert_int_equal(times_received("E_BLOCK_IO"), 2);
}

static void reset_ends_it(void **state)
{
    client.key = fake_root_key();
    client.on_hello = "<reset/>";
    client.changes = 1;
    assert_int_equal(rescue_serve(&context), RESCUE_NEXT_RESET);
    assert_int_equal(fake.power.resets, 0); /* that is the flow's to do */
    fake.phone.rescue = NULL;
    assert_int_equal(rescue_serve(&context), RESCUE_NEXT_NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_says_hello),
        TEST(before_authentication_only_nop_and_sig),
        TEST(only_the_makers_account_counts),
        TEST(without_a_root_key_nobody_is_authorised),
        TEST(a_challenge_is_answered_once),
        TEST(no_two_challenges_are_the_same),
        TEST(odd_answers),
        TEST(it_programs_a_partition),
        TEST(it_programs_the_whole_disk),
        TEST(it_erases),
        TEST(what_does_not_fit),
        TEST(broken_packets),
        TEST(broken_data),
        TEST(half_sectors_are_refused_and_nobody_gets_out_of_step),
        TEST(a_failing_disk_is_told_after_the_data),
        TEST(a_client_that_vanishes),
        TEST(a_client_that_stalls),
        TEST(a_client_that_does_not_listen),
        TEST(what_one_left_behind_is_not_the_next_ones),
        TEST(an_answer_is_not_for_the_next_one),
        TEST(authorised_is_one_client_not_the_next),
        TEST(a_disk_without_a_table_can_be_written),
        TEST(without_a_disk),
        TEST(reset_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
