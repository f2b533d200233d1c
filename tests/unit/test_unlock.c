/* SPDX-License-Identifier: MIT */
/*
 * fastboot/unlock.h: tokens and their answers; and the power cut at every event of a change of the
 * lock, after which no user data is readable under the new one.
 */
#include "tests/unit/check.h"

#include "fastboot/unlock.h"
#include "rom-images/write/keys.h"
#include "storage/wipe.h"
#include "tests/fake/fake_fastboot.h"

static const struct fake_phone_spec locked = {.codename = "dipper", .made_for = REGION_CN};
static const struct fake_phone_spec unlocked = {
    .codename = "dipper", .made_for = REGION_CN, .unlocked = true};

static void sign(const struct signing_key *key, const char *domain, size_t domain_bytes,
                 struct slice token, struct unlock_answer *out_answer)
{
    uint8_t digest[SHA256_BYTES];
    struct sha256 sha;

    sha256_init(&sha);
    sha256_update(&sha, slice_of(domain, domain_bytes));
    sha256_update(&sha, token);
    sha256_final(&sha, digest);
    memcpy(out_answer->magic, UNLOCK_ANSWER_MAGIC, sizeof out_answer->magic);
    memcpy(out_answer->public_key, key->public_key, sizeof out_answer->public_key);
    assert_true(signing_key_sign(key, digest, out_answer->signature));
}

static void answer_now(struct fake_fastboot *fastboot, const struct signing_key *key,
                       struct unlock_answer *out_answer)
{
    struct unlock_token token;

    unlock_token_make(&fastboot->phone.phone, &fastboot->board, &fastboot->state, &token);
    sign(key, UNLOCK_DOMAIN, UNLOCK_DOMAIN_BYTES, slice_of(token.bytes, token.size), out_answer);
}

static bool user_data_is_gone(struct fake_fastboot *fastboot)
{
    static const char *const names[] = {"userdata", "metadata", "cache"};
    bool gone = fastboot->phone.disk.unflushed == 0; /* else a cut brings it back */

    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        uint64_t size;
        const uint8_t *bytes = fake_fastboot_bytes(fastboot, names[i], &size);

        gone = gone && slice_is_all(slice_of(bytes, (size_t)size), 0);
    }
    return gone;
}

static void shape_of_a_token(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&locked);
    struct unlock_token token;

    unlock_token_make(&fastboot->phone.phone, &fastboot->board, &fastboot->state, &token);
    assert_int_equal(token.bytes[0], 'U');
    assert_int_equal(token.bytes[3], token.size - 4);
    assert_int_equal(token.bytes[4], UNLOCK_RECORD_NONCE);
    assert_int_equal(token.bytes[5], UNLOCK_NONCE_BYTES);
    assert_memory_equal(token.bytes + 22,
                        "\x03\x06"
                        "dipper",
                        8);
    assert_memory_equal(token.bytes + 30,
                        "\x02\x08"
                        "8a7b6c5d",
                        10);
    assert_int_equal(token.size, 40);
    assert_true(fake_fastboot_ask(fastboot, "oem get_token") != NULL);
    assert_true(fake_fastboot_said(fastboot, "INFOtoken: VQEBJAEQ"));
    fake_fastboot_delete(fastboot);
}

static void nonce_of(struct fake_fastboot *fastboot, uint8_t out_nonce[UNLOCK_NONCE_BYTES])
{
    struct unlock_token token;

    unlock_token_make(&fastboot->phone.phone, &fastboot->board, &fastboot->state, &token);
    memcpy(out_nonce, token.bytes + 6, UNLOCK_NONCE_BYTES);
}

/* It changes with the counter, the serial number and the machine's seed; and with nothing else. */
static void nonces(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&locked);
    uint8_t *tree = (uint8_t *)(uintptr_t)fastboot->phone.phone.machine_dtb.data;
    uint8_t nonce[5][UNLOCK_NONCE_BYTES];

    nonce_of(fastboot, nonce[0]);
    nonce_of(fastboot, nonce[1]);
    assert_memory_equal(nonce[0], nonce[1], UNLOCK_NONCE_BYTES);
    fastboot->state.nonce_counter++;
    nonce_of(fastboot, nonce[2]);
    fastboot->state.nonce_counter--;
    fastboot->board.serial[0]++;
    nonce_of(fastboot, nonce[3]);
    fastboot->board.serial[0]--;
    tree[60] ^= 1;
    nonce_of(fastboot, nonce[4]);
    for (size_t i = 2; i < 5; i++) {
        assert_memory_not_equal(nonce[0], nonce[i], UNLOCK_NONCE_BYTES);
    }
    fake_fastboot_delete(fastboot);
}

static void refused(struct fake_fastboot *fastboot, const void *answer, size_t size)
{
    assert_string_equal(fake_fastboot_ask_with(fastboot, slice_of(answer, size), "oem unlock"),
                        "FAILToken Verify Failed");
    assert_false(fastboot->state.unlocked);
    assert_false(user_data_is_gone(fastboot));
}

static void wrong_answers(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&locked);
    struct unlock_token token;
    struct unlock_answer good;
    struct unlock_answer bad;

    answer_now(fastboot, fake_root_key(), &good);
    unlock_token_make(&fastboot->phone.phone, &fastboot->board, &fastboot->state, &token);
    assert_string_equal(fake_fastboot_ask(fastboot, "oem unlock"), "FAILToken Verify Failed");
    refused(fastboot, "x", 1);
    refused(fastboot, &good, sizeof good - 1);
    answer_now(fastboot, fake_other_key(), &bad);
    refused(fastboot, &bad, sizeof bad);
    memcpy(bad.public_key, good.public_key, sizeof bad.public_key);
    refused(fastboot, &bad, sizeof bad);
    /* the right key over the token alone, as if it were another structure */
    sign(fake_root_key(), "", 0, slice_of(token.bytes, token.size), &bad);
    refused(fastboot, &bad, sizeof bad);
    sign(fake_root_key(), UNLOCK_DOMAIN, UNLOCK_DOMAIN_BYTES - 1, slice_of(token.bytes, token.size),
         &bad);
    refused(fastboot, &bad, sizeof bad);
    token.bytes[6] ^= 1; /* another nonce */
    sign(fake_root_key(), UNLOCK_DOMAIN, UNLOCK_DOMAIN_BYTES, slice_of(token.bytes, token.size),
         &bad);
    refused(fastboot, &bad, sizeof bad);
    for (size_t i = 0; i < sizeof good; i += 97) {
        bad = good;
        ((uint8_t *)&bad)[i] ^= 0x10;
        refused(fastboot, &bad, sizeof bad);
    }
    fake_fastboot_delete(fastboot);
}

static void a_right_answer_once(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&locked);
    struct unlock_answer answer;

    answer_now(fastboot, fake_root_key(), &answer);
    assert_string_equal(
        fake_fastboot_ask_with(fastboot, slice_of(&answer, sizeof answer), "oem unlock"), "OKAY");
    assert_true(fastboot->session.ended);
    assert_int_equal(fastboot->session.next, FASTBOOT_NEXT_REBOOT);
    fake_fastboot_reboot(fastboot);
    assert_true(fastboot->state.unlocked);
    assert_false(fastboot->state.wipe_pending);
    assert_true(user_data_is_gone(fastboot));
    assert_string_equal(fake_fastboot_ask(fastboot, "oem lock"), "OKAY");
    fake_fastboot_reboot(fastboot);
    assert_false(fastboot->state.unlocked);
    assert_string_equal(
        fake_fastboot_ask_with(fastboot, slice_of(&answer, sizeof answer), "oem unlock"),
        "FAILToken Verify Failed");
    fake_fastboot_delete(fastboot);
}

/*
 * As the stock client does it: two runs, each with a connection of its own. The answer counts once.
 */
static void staged_by_the_client_before(void **unused)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(&locked);
    struct fake_client *client = &fastboot->client;
    struct unlock_answer answer;

    answer_now(fastboot, fake_root_key(), &answer);
    answer.signature[3] ^= 1;
    fake_client_come(client);
    fake_client_download(client, &answer, sizeof answer, 0);
    fake_client_go(client);
    fake_fastboot_run(fastboot);
    assert_string_equal(fake_fastboot_ask(fastboot, "oem unlock"), "FAILToken Verify Failed");
    assert_false(fastboot->session.has_answer);
    answer.signature[3] ^= 1;
    fake_client_forget(client);
    fake_client_come(client);
    fake_client_download(client, &answer, sizeof answer, 0);
    fake_client_go(client);
    fake_fastboot_run(fastboot);
    assert_string_equal(fake_fastboot_ask(fastboot, "oem unlock"), "OKAY");
    assert_true(fastboot->state.unlocked);
    fake_fastboot_delete(fastboot);
}

/*
 * One change of the lock, cut at `event` of the NOR (then of the disk);
 * what the next power-on finds.
 */
struct cut {
    unsigned nor_change; /* 0: not there */
    enum fake_cut how;
    unsigned disk_request; /* 0: not there */
};

/* True when the change ran to its end. */
static bool change_and_cut(bool unlock, struct cut cut, unsigned *out_states)
{
    struct fake_fastboot *fastboot = fake_fastboot_new(unlock ? &locked : &unlocked);
    struct unlock_answer answer;
    const char *reply;
    bool done;

    if (unlock) {
        answer_now(fastboot, fake_root_key(), &answer);
    }
    fake_disk_forget(&fastboot->phone.disk);
    fastboot->phone.disk.fail_from = cut.disk_request;
    fake_nor_power_on(&fastboot->phone.nor, cut.nor_change, cut.how);
    reply = unlock
                ? fake_fastboot_ask_with(fastboot, slice_of(&answer, sizeof answer), "oem unlock")
                : fake_fastboot_ask(fastboot, "oem lock");
    done = strcmp(reply, "OKAY") == 0;
    fake_nor_power_on(&fastboot->phone.nor, 0, FAKE_CUT_BEFORE);
    fake_fastboot_reboot(fastboot);
    if (fastboot->state.unlocked == unlock) {
        assert_true(fastboot->state.wipe_pending || user_data_is_gone(fastboot));
    }
    assert_err(wipe_when_pending(&fastboot->phone.nor.nor, &fastboot->state, &fastboot->gpt), OK);
    if (fastboot->state.unlocked == unlock) {
        assert_true(user_data_is_gone(fastboot));
    } else {
        assert_false(done);
    }
    fake_fastboot_reboot(fastboot);
    assert_false(fastboot->state.wipe_pending);
    (*out_states)++;
    fake_fastboot_delete(fastboot);
    return done;
}

static void cut_at_every_event(void **unused)
{
    unsigned states = 0;

    for (int unlock = 0; unlock < 2; unlock++) {
        for (enum fake_cut how = 0; how < FAKE_CUT_COUNT; how++) {
            bool done = false;

            for (unsigned at = 1; !done; at++) {
                done = change_and_cut(unlock != 0, (struct cut){.nor_change = at, .how = how},
                                      &states);
                assert_true(at < 20);
            }
        }
        for (unsigned at = 1;; at++) {
            if (change_and_cut(unlock != 0, (struct cut){.disk_request = at}, &states)) {
                break;
            }
            assert_true(at < 20);
        }
    }
    print_message("%u cuts\n", states);
    assert_true(states > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shape_of_a_token),
        cmocka_unit_test(nonces),
        cmocka_unit_test(wrong_answers),
        cmocka_unit_test(a_right_answer_once),
        cmocka_unit_test(staged_by_the_client_before),
        cmocka_unit_test(cut_at_every_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
