/* SPDX-License-Identifier: MIT */
/*
 * rescue/rescue.h: clients in memory against a fake phone: who is authorised, and that the next
 * client finds everything as the first did. What they write: test_rescue_storage.c.
 */
#include "tests/fake/rescue_desk.h"

static void it_says_hello(void **state)
{
    rescue_desk_come(NULL);
    rescue_session(&rescue_desk.rescue);
    assert_non_null(strstr(rescue_desk.client.received,
                           "<hello version=\"1\" product=\"whyred\" serial=\"8a7b6c5d\""));
    assert_null(strstr(rescue_desk.client.received, "response"));
    assert_false(rescue_stream_meet(&rescue_desk.rescue.stream));
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
    uint32_t crc = rescue_desk_disk_crc();

    for (size_t i = 0; i < ARRAY_COUNT(elements); i++) {
        rescue_desk_one_command(NULL, elements[i]);
        assert_int_equal(rescue_desk_times_received("ERROR: " RESCUE_REAL_REFUSAL), 1);
        assert_int_equal(rescue_desk_times_received("value=\"NAK\""), 1);
        assert_int_equal(rescue_desk_times_received("value=\"ACK\""), 0);
        assert_false(rescue_desk.rescue.reset);
    }
    rescue_desk_one_command(NULL, "<nop/>");
    assert_int_equal(rescue_desk_times_received("value=\"ACK\" rawmode=\"false\""), 1);
    rescue_desk_assert_untouched(crc);
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
    uint32_t crc = rescue_desk_disk_crc();

    for (size_t i = 0; i < ARRAY_COUNT(accounts); i++) {
        rescue_desk.client.serial = accounts[i].serial;
        rescue_desk.client.domain = accounts[i].domain;
        rescue_desk.client.spoil = accounts[i].spoil;
        rescue_desk_one_command(accounts[i].other_key ? fake_other_key() : fake_root_key(),
                                "<getstorageinfo/>");
        assert_int_equal(rescue_desk_times_received(RESCUE_REAL_REFUSAL),
                         accounts[i].why == NULL ? 0 : 1);
        assert_int_equal(rescue_desk.rescue.authorised, accounts[i].why == NULL);
        if (accounts[i].why != NULL) {
            assert_non_null(strstr(rescue_desk.client.received, accounts[i].why));
        }
    }
    rescue_desk_assert_untouched(crc);
}

/* The root key's hash of a phone whose fuses could not be read is all zeros. */
static void without_a_root_key_nobody_is_authorised(void **state)
{
    memset(rescue_desk.board.root_key_sha256, 0, sizeof rescue_desk.board.root_key_sha256);
    rescue_desk_one_command(fake_root_key(), "<getstorageinfo/>");
    assert_int_equal(rescue_desk_times_received(RESCUE_REAL_REFUSAL), 1);
}

static void a_challenge_is_answered_once(void **state)
{
    rescue_desk_come(fake_root_key());
    fake_rescue_command(&rescue_desk.client, "<sig TargetName=\"sig\" size_in_bytes=\"1552\"/>");
    rescue_session(&rescue_desk.rescue);
    assert_true(rescue_desk.rescue.authorised);
    assert_non_null(strstr(rescue_desk.client.received, "E_RESCUE_CHALLENGE"));
    rescue_desk_come(NULL);
    fake_rescue_command(&rescue_desk.client, "<sig TargetName=\"sig\" size_in_bytes=\"1552\"/>");
    rescue_session(&rescue_desk.rescue);
    assert_non_null(strstr(rescue_desk.client.received, "E_RESCUE_CHALLENGE"));
    assert_false(rescue_desk.rescue.authorised);
    assert_int_equal(rescue_desk.rescue.challenges, 1);
}

static void no_two_challenges_are_the_same(void **state)
{
    static uint8_t nonces[64][RESCUE_NONCE_BYTES];

    rescue_desk.phone.power.power.ops->now_us(rescue_desk.phone.phone.power);
    for (size_t i = 0; i < ARRAY_COUNT(nonces); i++) {
        rescue_desk_one_command(NULL, RESCUE_REQ);
        memcpy(nonces[i], rescue_desk.rescue.nonce, sizeof nonces[i]);
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
        rescue_desk_come(NULL);
        fake_rescue_command(&rescue_desk.client, RESCUE_REQ);
        fake_rescue_command(&rescue_desk.client, elements[i]);
        rescue_session(&rescue_desk.rescue);
        assert_int_equal(rescue_desk_times_received("value=\"NAK\""), 1);
        assert_false(rescue_desk.rescue.authorised);
    }
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
    uint32_t crc = rescue_desk_disk_crc();

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint8_t head[RESCUE_HEADER_BYTES];

        put_le32(head, cases[i].type);
        put_le32(head + 4, cases[i].size);
        rescue_desk_come(NULL);
        fake_rescue_bytes(&rescue_desk.client, slice_of(head, sizeof head));
        fake_rescue_command(&rescue_desk.client, "<nop/>");
        rescue_session(&rescue_desk.rescue);
        assert_non_null(strstr(rescue_desk.client.received, "E_RESCUE_PACKET"));
        assert_int_equal(rescue_desk_times_received("value=\"ACK\""), 0);
        assert_false(rescue_stream_meet(&rescue_desk.rescue.stream)); /* deaf until it goes */
        rescue_desk_one_command(NULL, "<nop/>");
        assert_int_equal(rescue_desk_times_received("value=\"ACK\""), 1);
    }
    rescue_desk_assert_untouched(crc);
}

static void a_client_that_stalls(void **state)
{
    static const char nop[] = "<?xml version=\"1.0\"?><data><nop/></data>";
    uint8_t head[RESCUE_HEADER_BYTES] = {RESCUE_PACKET_XML, 0, 0, 0, sizeof nop - 1};
    uint64_t begun_us;

    rescue_desk_come(NULL);
    rescue_desk.client.stalls = true;
    fake_rescue_bytes(&rescue_desk.client, slice_of(head, sizeof head));
    fake_rescue_bytes(&rescue_desk.client, slice_of(nop, 10));
    begun_us = rescue_desk.phone.power.now_us;
    rescue_session(&rescue_desk.rescue);
    assert_non_null(strstr(rescue_desk.client.received, "E_RESCUE_STALL"));
    assert_in_range(rescue_desk.phone.power.now_us - begun_us, RESCUE_STALL_US,
                    2 * RESCUE_STALL_US);
    rescue_desk.client.stalls = false;
    rescue_desk_one_command(NULL, "<nop/>");
    assert_int_equal(rescue_desk_times_received("value=\"ACK\""), 1);
}

static void a_client_that_does_not_listen(void **state)
{
    rescue_desk.client.deaf = true;
    rescue_desk_come(NULL);
    rescue_session(&rescue_desk.rescue);
    rescue_desk.client.deaf = false;
    rescue_desk_one_command(NULL, "<nop/>");
    assert_int_equal(rescue_desk_times_received("value=\"ACK\""), 1);
}

static void what_one_left_behind_is_not_the_next_ones(void **state)
{
    rescue_desk_come(NULL);
    rescue_session(&rescue_desk.rescue);
    fake_rescue_come(&rescue_desk.client);
    fake_rescue_command(&rescue_desk.client, "<nop/>");
    fake_rescue_come(&rescue_desk.client);
    rescue_desk.client.sent_bytes = 60; /* of the one before */
    assert_true(rescue_stream_meet(&rescue_desk.rescue.stream));
    rescue_session(&rescue_desk.rescue);
    assert_int_equal(rescue_desk_times_received("response"), 0);
}

/* The first is gone and the second there before the phone has read what the first one said. */
static void an_answer_is_not_for_the_next_one(void **state)
{
    rescue_desk_come(NULL);
    fake_rescue_command(&rescue_desk.client, "<nop/>");
    rescue_desk.client.next_on_hello = true;
    rescue_session(&rescue_desk.rescue);
    assert_int_equal(rescue_desk_times_received("hello"), 1);
    assert_int_equal(rescue_desk_times_received("response"), 0);
    assert_true(rescue_stream_meet(&rescue_desk.rescue.stream));
}

static void authorised_is_one_client_not_the_next(void **state)
{
    rescue_desk_one_command(fake_root_key(), "<getstorageinfo/>");
    assert_non_null(strstr(rescue_desk.client.received, "<storage value=\"4096 512\"/>"));
    assert_non_null(strstr(rescue_desk.client.received, "<partition value=\"boot 168 1833\"/>"));
    rescue_desk_one_command(NULL, "<getstorageinfo/>");
    assert_int_equal(rescue_desk_times_received(RESCUE_REAL_REFUSAL), 1);
}

static void reset_ends_it(void **state)
{
    rescue_desk.client.key = fake_root_key();
    rescue_desk.client.on_hello = "<reset/>";
    rescue_desk.client.changes = 1;
    assert_int_equal(rescue_serve(&rescue_desk.context), RESCUE_NEXT_RESET);
    assert_int_equal(rescue_desk.phone.power.resets, 0); /* that is the flow's to do */
    rescue_desk.phone.phone.rescue = NULL;
    assert_int_equal(rescue_serve(&rescue_desk.context), RESCUE_NEXT_NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, rescue_desk_set_up, rescue_desk_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(it_says_hello),
        TEST(before_authentication_only_nop_and_sig),
        TEST(only_the_makers_account_counts),
        TEST(without_a_root_key_nobody_is_authorised),
        TEST(a_challenge_is_answered_once),
        TEST(no_two_challenges_are_the_same),
        TEST(odd_answers),
        TEST(broken_packets),
        TEST(a_client_that_stalls),
        TEST(a_client_that_does_not_listen),
        TEST(what_one_left_behind_is_not_the_next_ones),
        TEST(an_answer_is_not_for_the_next_one),
        TEST(authorised_is_one_client_not_the_next),
        TEST(reset_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
