/* SPDX-License-Identifier: MIT */
/*
 * fastboot/tcp.h: clients that cut off, lie about lengths, flood, come two after the other. After
 * each the next client gets its answer, and not one byte of the disk has changed.
 */
#include "tests/unit/check.h"

#include "tests/fake/fake_fastboot.h"

#include <stdlib.h>

static const struct fake_phone_spec spec = {
    .codename = "dipper", .made_for = REGION_CN, .unlocked = true};

static unsigned inputs; /* that were tried */

struct world {
    struct fake_fastboot fastboot;
    uint8_t disk[FAKE_PHONE_BLOCKS * 512]; /* as it must stay */
};

static int set_up(void **state)
{
    struct world *world = malloc(sizeof *world);

    fake_fastboot_make(&spec, &world->fastboot);
    memcpy(world->disk, world->fastboot.phone.disk.bytes, sizeof world->disk);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    fake_fastboot_free(&world->fastboot);
    free(world);
    return 0;
}

/* The phone is as it was, for the next client. */
static void check_sound(struct world *world, const char *name)
{
    struct fake_fastboot *fastboot = &world->fastboot;
    const char *reply;

    inputs++;
    fastboot->client.not_reading = false;
    fastboot->client.early = false;
    fastboot->client.piece_bytes = 0;
    reply = fake_fastboot_ask(fastboot, "getvar:product");
    if (strcmp(reply, "OKAYdipper") != 0) {
        print_error("after %s: getvar:product: %s\n", name, reply);
        fail();
    }
    assert_int_equal(fastboot->session.download.size, 0);
    assert_int_equal(memcmp(fastboot->phone.disk.bytes, world->disk, sizeof world->disk), 0);
    fake_client_forget(&fastboot->client);
}

/* A conversation of every kind of packet. */
static void conversation(struct fake_client *client)
{
    static const uint8_t data[700] = "not an image";

    fake_client_bytes(client, TCP_GREETING, TCP_GREETING_BYTES);
    fake_client_command(client, "getvar:version");
    fake_client_download(client, data, sizeof data, 300);
    fake_client_command(client, "flash:nowhere");
    fake_client_command(client, "oem device-info");
}

static void a_conversation_in_pieces_of_any_size(void **state)
{
    struct world *world = *state;

    for (size_t piece = 1; piece < 40; piece++) {
        struct fake_client *client = &world->fastboot.client;

        client->piece_bytes = piece;
        fake_client_come_silently(client);
        conversation(client);
        fake_client_go(client);
        fake_fastboot_run(&world->fastboot);
        assert_int_equal(client->reply_count, 9);
        assert_string_equal(client->replies[0], "OKAY0.4");
        assert_string_equal(client->replies[1], "DATA000002bc");
        assert_string_equal(client->replies[2], "OKAY");
        assert_string_equal(client->replies[3], "FAILno such partition on this phone");
        assert_string_equal(client->replies[5], "INFODevice unlocked: true");
        assert_string_equal(client->replies[8], "OKAY");
        fake_client_forget(client);
        check_sound(world, "a conversation in pieces");
    }
}

/* The client goes after each byte of it; the next comes at once, or before the phone has looked. */
static void cut_off_after_every_byte(void **state)
{
    struct world *world = *state;
    struct fake_client *client = &world->fastboot.client;
    size_t whole = 1;

    for (size_t cut = 0; cut < whole; cut++) {
        for (int early = 0; early < 2; early++) {
            fake_client_come_silently(client);
            conversation(client);
            whole = client->size;
            client->size = cut;
            fake_client_go(client);
            client->early = early != 0;
            fake_client_come(client);
            fake_fastboot_run(&world->fastboot);
            fake_client_forget(client);
            client->early = false;
            check_sound(world, "a client that went in the middle");
        }
    }
}

struct packet {
    const char *name;
    uint64_t length; /* as it says */
    size_t bytes;    /* that follow */
    const char *reply;
};

static void wrong_lengths(void **state)
{
    static const struct packet packets[] = {
        {"an empty packet", 0, 0, "FAILan empty command"},
        {"a byte too long", 4097, 4097, "FAILthe command is too long"},
        {"64 KiB", 65536, 65536, "FAILthe command is too long"},
        {"2^31", 1ull << 31, 5000, "FAILthe command is too long"},
        {"2^32", 1ull << 32, 5000, "FAILthe command is too long"},
        {"2^32 and a good length", (1ull << 32) + 6, 6, "FAILthe command is too long"},
        {"2^63", 1ull << 63, 5000, "FAILthe command is too long"},
        {"2^64 - 1", UINT64_MAX, 5000, "FAILthe command is too long"},
        {"2^64 - 8", UINT64_MAX - 7, 5000, "FAILthe command is too long"},
        {"a good length, little endian", 0x0600000000000000, 6, "FAILthe command is too long"},
        {"the longest, of nothing known", 4096, 4096, "FAILunknown command"},
        {"no answer: more to come", 4096, 4095, ""},
    };
    struct world *world = *state;
    struct fake_client *client = &world->fastboot.client;

    for (size_t i = 0; i < ARRAY_COUNT(packets); i++) {
        uint8_t length[TCP_LENGTH_BYTES];

        fake_client_come(client);
        put_be64(length, packets[i].length);
        fake_client_bytes(client, length, sizeof length);
        for (size_t byte = 0; byte < packets[i].bytes; byte++) {
            fake_client_bytes(client, "x", 1);
        }
        fake_client_go(client);
        fake_fastboot_run(&world->fastboot);
        if (strncmp(fake_fastboot_last(&world->fastboot), packets[i].reply,
                    strlen(packets[i].reply)) != 0) {
            print_error("%s: %s\n", packets[i].name, fake_fastboot_last(&world->fastboot));
            fail();
        }
        assert_true(client->reply_count <= 1);
        fake_client_forget(client);
        check_sound(world, packets[i].name);
    }
}

/* A packet that was too long is passed over: the one behind it counts. */
static void in_step_after_a_refusal(void **state)
{
    static const uint8_t long_packet[5000];
    struct world *world = *state;
    struct fake_client *client = &world->fastboot.client;

    fake_client_come(client);
    fake_client_packet(client, long_packet, sizeof long_packet);
    fake_client_command(client, "getvar:product");
    fake_client_packet(client, "", 0);
    fake_client_command(client, "getvar:product");
    fake_client_command(client, "download:00000010");
    fake_client_packet(client, long_packet, 17); /* a byte more than announced */
    fake_client_command(client, "getvar:product");
    fake_client_go(client);
    fake_fastboot_run(&world->fastboot);
    assert_int_equal(client->reply_count, 7);
    assert_string_equal(client->replies[1], "OKAYdipper");
    assert_string_equal(client->replies[3], "OKAYdipper");
    assert_string_equal(client->replies[4], "DATA00000010");
    assert_string_equal(client->replies[5], "FAILmore data than announced");
    assert_string_equal(client->replies[6], "OKAYdipper");
    fake_client_forget(client);
    check_sound(world, "refusals");
}

static void wrong_greetings(void **state)
{
    static const char *const greetings[] = {
        "FB00", "fb01", "FB0x", "FBx1", "GET ", "\0\0\0\0", "HELO", "FA01", "XB01", "F\0\0\0",
    };
    struct world *world = *state;
    struct fake_client *client = &world->fastboot.client;

    for (size_t i = 0; i < ARRAY_COUNT(greetings); i++) {
        client->greetings = 0;
        fake_client_come_silently(client);
        fake_client_bytes(client, greetings[i], TCP_GREETING_BYTES);
        fake_client_command(client, "getvar:product");
        fake_client_go(client);
        fake_fastboot_run(&world->fastboot);
        assert_int_equal(client->greetings, 0);
        assert_int_equal(client->reply_count, 0);
        fake_client_forget(client);
        check_sound(world, greetings[i]);
    }
}

/* A newer client: the lower version counts, which is ours. */
static void a_newer_greeting(void **state)
{
    struct world *world = *state;
    struct fake_client *client = &world->fastboot.client;

    fake_client_come_silently(client);
    fake_client_bytes(client, "FB02", TCP_GREETING_BYTES);
    fake_client_command(client, "getvar:product");
    fake_client_go(client);
    fake_fastboot_run(&world->fastboot);
    assert_int_equal(client->greetings, 1);
    assert_string_equal(fake_fastboot_last(&world->fastboot), "OKAYdipper");
    fake_client_forget(client);
    check_sound(world, "FB02");
}

static void random_bytes(void **state)
{
    struct world *world = *state;
    struct fake_client *client = &world->fastboot.client;

    for (uint32_t seed = 1; seed <= 100; seed++) {
        uint32_t random = seed;
        uint8_t bytes[600];

        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * 1664525 + 1013904223;
            bytes[i] = (uint8_t)(random >> 24);
        }
        fake_client_come(client);
        if (seed % 2 != 0) {
            fake_client_packet(client, bytes, 1 + random % sizeof bytes); /* a command of them */
        } else {
            fake_client_bytes(client, bytes, sizeof bytes); /* no framing at all */
        }
        fake_client_go(client);
        fake_fastboot_run(&world->fastboot);
        assert_true(client->reply_count <= 1);
        assert_memory_equal(client->reply_count != 0 ? client->replies[0] : "FAIL", "FAIL", 4);
        fake_client_forget(client);
        check_sound(world, "random bytes");
    }
}

static void a_client_that_does_not_read(void **state)
{
    struct world *world = *state;
    struct fake_client *client = &world->fastboot.client;

    for (size_t from = 0; from < 4; from++) {
        fake_client_come(client);
        client->not_reading = from == 0;
        for (size_t i = 0; i < 50; i++) {
            if (i == from) {
                fake_fastboot_run(&world->fastboot);
                client->not_reading = true;
            }
            fake_client_command(client, "getvar:all");
        }
        fake_client_go(client);
        fake_fastboot_run(&world->fastboot);
        fake_client_forget(client);
        check_sound(world, "a client that does not read");
    }
}

/* Half a download of one client, then another that flashes without one. */
static void no_data_for_the_next(void **state)
{
    static const uint8_t data[1024];
    struct world *world = *state;
    struct fake_client *client = &world->fastboot.client;

    for (size_t left = 0; left <= sizeof data; left += 64) {
        fake_client_come(client);
        fake_client_download(client, data, sizeof data, 0);
        client->size -= left;
        fake_client_go(client);
        fake_client_come(client);
        fake_fastboot_run(&world->fastboot);
        assert_string_equal(fake_fastboot_ask(&world->fastboot, "flash:boot"),
                            "FAILno image was downloaded");
        fake_client_forget(client);
        check_sound(world, "half a download");
    }
}

/* The old client's last bytes look like a greeting; then the new one greets. */
static void a_greeting_twice(void **state)
{
    struct world *world = *state;
    struct fake_client *client = &world->fastboot.client;

    fake_client_come_silently(client);
    fake_client_bytes(client, "xxxxFB01", 8);
    fake_client_go(client);
    client->early = true;
    fake_client_come_silently(client);
    fake_fastboot_run(&world->fastboot);
    fake_client_forget(client);
    client->early = false;
    fake_client_bytes(client, TCP_GREETING, TCP_GREETING_BYTES);
    fake_client_command(client, "getvar:product");
    fake_fastboot_run(&world->fastboot);
    assert_string_equal(fake_fastboot_last(&world->fastboot), "OKAYdipper");
    fake_client_go(client);
    fake_client_forget(client);
}

/*
 * The link tells of the change of clients only when the new one's greeting was read
 * as the old one's.
 */
static void a_greeting_before_its_client(void **state)
{
    struct world *world = *state;
    struct fake_client *client = &world->fastboot.client;
    size_t whole = 1;

    for (size_t cut = 0; cut < whole; cut++) {
        fake_client_come_silently(client);
        conversation(client);
        whole = client->size;
        client->size = cut;
        fake_client_go(client);
        fake_client_come(client);
        client->late = true;
        client->piece_bytes = 1 + cut % 7;
        client->greetings = 0;
        fake_fastboot_run(&world->fastboot);
        assert_true(client->greetings >= 1);
        fake_client_forget(client);
        client->late = false;
        check_sound(world, "a client that is told late");
    }
}

/* Of a client that went, before anything of the next has come: it is not that one's beginning. */
static void half_a_greeting_is_left_behind(void **state)
{
    struct world *world = *state;
    struct fake_client *client = &world->fastboot.client;

    for (size_t half = 1; half < TCP_GREETING_BYTES; half++) {
        fake_client_come_silently(client);
        fake_client_bytes(client, TCP_GREETING, half);
        fake_fastboot_run(&world->fastboot);
        fake_client_forget(client);
        fake_client_go(client);
        fake_client_come_silently(client);
        fake_fastboot_run(&world->fastboot);
        fake_client_forget(client);
        fake_client_bytes(client, TCP_GREETING, TCP_GREETING_BYTES);
        fake_client_command(client, "getvar:version");
        fake_fastboot_run(&world->fastboot);
        assert_string_equal(fake_fastboot_last(&world->fastboot), "OKAY0.4");
        fake_client_go(client);
        fake_fastboot_run(&world->fastboot);
        fake_client_forget(client);
        check_sound(world, "half a greeting");
    }
}

static void enough_were_tried(void **state)
{
    print_message("%u bad inputs\n", inputs);
    assert_true(inputs >= 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_conversation_in_pieces_of_any_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cut_off_after_every_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_lengths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(in_step_after_a_refusal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_greetings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_newer_greeting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_client_that_does_not_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_data_for_the_next, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_greeting_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_greeting_before_its_client, set_up, tear_down),
        cmocka_unit_test_setup_teardown(half_a_greeting_is_left_behind, set_up, tear_down),
        cmocka_unit_test(enough_were_tried),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
