/* SPDX-License-Identifier: MIT */
/*
 * flow.h: who signed the ROM, how new it is, and whom it is for, in every combination, on a phone
 * with all protections (whyred, made for China, index 4).
 *
 * What is expected is written down as the announcement and the design tell it - one small table a
 * question - and shares nothing with policy.c but the names. And whatever happens, the phone has
 * said so before when it was asked.
 */
#include "tests/unit/check.h"

#include "flow/flow.h"
#include "format/nor_map.h"
#include "tests/fake/fake_desk.h"

#include <stdio.h>

#define PHONE_INDEX 4

enum signer {
    BY_OEM,
    BY_USER, /* whose key the phone has enrolled */
    BY_OTHER,
    BY_NOBODY,
    FLIPPED_VBMETA, /* the maker's, with a bit of vbmeta changed */
    FLIPPED_BOOT,   /* the maker's, with a bit of the kernel changed */
    SIGNERS
};

enum age {
    LOWER,
    EQUAL,
    HIGHER,
    AGES
};

enum marker {
    RIGHT,
    WRONG,
    NO_MARKER,
    MARKERS
};

static const char *const signer_names[] = {"the maker", "the user",       "another",
                                           "nobody",    "flipped vbmeta", "flipped boot"};
static const char *const age_names[] = {"lower", "equal", "higher"};
static const char *const marker_names[] = {"right", "wrong", "no"};

struct cell {
    enum signer signer;
    enum age age;
    enum marker marker;
    bool unlocked;
    enum regime regime;
};

struct ending {
    enum fate fate;
    enum reason reason;
    enum boot_state boot_state;
};

/* Locked: what the phone makes of the signature, before anything else. */
static const struct ending by_signer[SIGNERS] = {
    [BY_OEM] = {FATE_BOOT, REASON_OK, BOOT_STATE_GREEN},
    [BY_USER] = {FATE_BOOT, REASON_OK, BOOT_STATE_YELLOW},
    [BY_OTHER] = {FATE_BRICK, REASON_WRONG_KEY, BOOT_STATE_RED},
    [BY_NOBODY] = {FATE_BRICK, REASON_BAD_SIGNATURE, BOOT_STATE_RED},
    [FLIPPED_VBMETA] = {FATE_BRICK, REASON_BAD_SIGNATURE, BOOT_STATE_RED},
    /* Found only when the ROM is read in full; one that may not run here anyway is not. */
    [FLIPPED_BOOT] = {FATE_BOOT, REASON_OK, BOOT_STATE_GREEN},
};

/* Only the announcement makes the bootloader look at regions. */
static const enum reason by_marker[MARKERS] = {
    [RIGHT] = REASON_OK,
    [WRONG] = REASON_REGION_MISMATCH,
    [NO_MARKER] = REASON_REGION_UNKNOWN,
};

static struct ending expected(const struct cell *cell)
{
    const struct ending orange = {FATE_BOOT, REASON_OK, BOOT_STATE_ORANGE};
    struct ending ending = cell->unlocked ? orange : by_signer[cell->signer];

    if (ending.fate != FATE_BOOT) {
        return ending;
    }
    if (cell->age == LOWER) {
        return (struct ending){FATE_DEAD, REASON_ROLLBACK, BOOT_STATE_RED};
    }
    if (cell->regime == REGIME_ANNOUNCED && cell->marker != RIGHT) {
        ending.fate = FATE_BRICK;
        ending.reason = by_marker[cell->marker];
        return ending;
    }
    if (cell->signer == FLIPPED_BOOT && !cell->unlocked) {
        return (struct ending){FATE_BRICK, REASON_BAD_HASH, BOOT_STATE_RED};
    }
    return ending;
}

static void make_rom(const struct cell *cell, struct fake_rom *rom)
{
    const struct signing_key *keys[SIGNERS] = {
        [BY_OEM] = fake_root_key(),       [BY_USER] = fake_user_key(),
        [BY_OTHER] = fake_other_key(),    [FLIPPED_VBMETA] = fake_root_key(),
        [FLIPPED_BOOT] = fake_root_key(),
    };
    static const char *const regions[MARKERS] = {[RIGHT] = "cn", [WRONG] = "global"};
    struct fake_rom_spec spec = fake_rom_ordinary(regions[cell->marker], keys[cell->signer]);

    spec.name = "rom";
    spec.rollback_index = PHONE_INDEX - 1 + (uint64_t)cell->age;
    fake_rom_make(&spec, rom);
    if (cell->signer == FLIPPED_VBMETA) {
        rom->vbmeta.data[rom->vbmeta.size - 200] ^= 0x08; /* in the key */
    }
    if (cell->signer == FLIPPED_BOOT) {
        rom->boot.data[5000] ^= 0x08;
    }
}

static void enroll_user_key(struct fake_phone *phone)
{
    const struct signing_key *key = fake_user_key();
    const uint8_t *nor = phone->nor.bytes;
    struct state state;

    assert_err(state_decode(slice_of(nor + NOR_STATE_A_OFFSET, sizeof(struct state_record)),
                            slice_of(nor + NOR_STATE_B_OFFSET, sizeof(struct state_record)), 0,
                            &state),
               OK);
    sha256_digest(slice_of(key->public_key, sizeof key->public_key), state.user_key_sha256);
    assert_err(state_commit(&phone->nor.nor, &state), OK);
}

static void play(const struct cell *cell, const struct fake_rom *rom)
{
    const struct fake_phone_spec spec = {.codename = "whyred",
                                         .made_for = REGION_CN,
                                         .regime = cell->regime,
                                         .unlocked = cell->unlocked,
                                         .no_screen = true};
    static struct fake_phone phones;
    static struct flow flows;
    struct fake_phone *phone = &phones;
    struct flow *flow = &flows;
    const struct ending want = expected(cell);
    const struct decision *got = &flow->decision;

    memset(phone, 0, sizeof *phone);
    memset(flow, 0, sizeof *flow);
    fake_phone_make(&spec, phone);
    enroll_user_key(phone);
    fake_phone_flash(phone, rom);
    flow_run(&phone->phone, flow);
    if (got->fate != want.fate || got->reason != want.reason ||
        got->boot_state != want.boot_state ||
        phone->power.entered != (want.fate == FATE_BOOT ? 1u : 0u)) {
        print_error("%s, policy %s, signed by %s, %s index, %s region: %s %s %s, not %s %s %s\n",
                    cell->unlocked ? "unlocked" : "locked", regime_name(cell->regime),
                    signer_names[cell->signer], age_names[cell->age], marker_names[cell->marker],
                    fate_name(got->fate), reason_name(got->reason),
                    boot_state_name(got->boot_state), fate_name(want.fate),
                    reason_name(want.reason), boot_state_name(want.boot_state));
        fail();
    }
    fake_phone_free(phone);
}

/* One ROM on every phone. */
static unsigned play_rom(struct cell cell)
{
    struct fake_rom rom;
    unsigned played = 0;

    make_rom(&cell, &rom);
    for (int unlocked = 0; unlocked < 2; unlocked++) {
        for (int regime = REGIME_ANNOUNCED; regime <= REGIME_NONE; regime++) {
            cell.unlocked = unlocked != 0;
            cell.regime = (enum regime)regime;
            play(&cell, &rom);
            played++;
        }
    }
    fake_rom_free(&rom);
    return played;
}

static void every_cell(void **state)
{
    unsigned played = 0;

    for (int signer = 0; signer < SIGNERS; signer++) {
        for (int age = 0; age < AGES; age++) {
            for (int marker = 0; marker < MARKERS; marker++) {
                played += play_rom((struct cell){.signer = (enum signer)signer,
                                                 .age = (enum age)age,
                                                 .marker = (enum marker)marker});
            }
        }
    }
    assert_int_equal(played, 324);
}

/* What a phone answered in fastboot mode, and what happened then; "boot ok" and the like. */
struct answers {
    char started_now[80];
    char when_locked[80];
    char image[80];
};

/* The reason is what a line begins with, up to a colon. */
static void put(char *out, size_t size, const char *fate, const char *line)
{
    snprintf(out, size, "%s %.*s", fate, (int)strcspn(line, ":"), line);
}

static void read_answers(struct fake_desk *desk, const struct cell *cell,
                         const struct fake_rom *rom, struct answers *out)
{
    static const char *const why[] = {"oem why", NULL};
    static const char *const check[] = {"oem lock-check", NULL};
    static const char *const boot[] = {"boot", NULL};
    const struct fake_client *client = &desk->client;
    const char *now;

    fake_desk_ask(desk, slice_of(NULL, 0), why);
    now = fake_client_reply(client, "INFOstarted now: ");
    assert_non_null(now);
    put(out->started_now, sizeof out->started_now, strrchr(now, ' ') + 1,
        client->replies[3] + 4); /* two lines of the last decision, two of now */
    fake_desk_ask(desk, slice_of(NULL, 0), check);
    now = client->replies[client->reply_count - 2]; /* the last is reboot's */
    put(out->when_locked, sizeof out->when_locked, now[0] == 'F' ? "no" : "boot",
        now[0] == 'F' ? now + 4 : "ok");
    if (cell->unlocked) {
        bool boots = fake_desk_ask(desk, span_slice(rom->boot), boot);

        now = client->replies[client->reply_count - 2];
        put(out->image, sizeof out->image, boots ? "boot" : "no", boots ? "ok" : now + 4);
    }
}

static void start(struct fake_desk *desk, const char *refused, char *out, size_t size)
{
    enum fate fate;

    fake_desk_start(desk);
    fate = desk->flow.decision.fate;
    put(out, size, fate == FATE_BOOT || refused == NULL ? fate_name(fate) : refused,
        reason_name(desk->flow.decision.reason));
}

/* Asks first, switches on then. */
static void ask_and_play(const struct cell *cell, const struct fake_rom *rom)
{
    const struct fake_phone_spec spec = {.codename = "whyred",
                                         .made_for = REGION_CN,
                                         .regime = cell->regime,
                                         .unlocked = cell->unlocked,
                                         .no_screen = true};
    struct fake_desk *desk = fake_desk_new(&spec);
    struct answers said;
    struct answers done;

    enroll_user_key(&desk->phone);
    sha256_digest(slice_of(fake_user_key()->public_key, sizeof fake_user_key()->public_key),
                  desk->flow.state.user_key_sha256);
    fake_phone_flash(&desk->phone, rom);
    read_answers(desk, cell, rom, &said);
    start(desk, NULL, done.started_now, sizeof done.started_now);
    assert_string_equal(said.started_now, done.started_now);
    start(desk, "no", done.image, sizeof done.image);
    if (cell->unlocked) {
        assert_string_equal(said.image, done.image);
    }
    fake_desk_set_lock(desk, false);
    start(desk, "no", done.when_locked, sizeof done.when_locked);
    if (cell->regime != REGIME_SHIPPED) { /* where it is the ROM that says no, once it runs */
        assert_string_equal(said.when_locked, done.when_locked);
    }
    fake_desk_free(desk);
}

static void every_answer(void **state)
{
    struct fake_rom rom;

    for (unsigned at = 0; at < SIGNERS * AGES * MARKERS; at++) {
        struct cell cell = {.signer = (enum signer)(at / (AGES * MARKERS)),
                            .age = (enum age)(at / MARKERS % AGES),
                            .marker = (enum marker)(at % MARKERS)};

        make_rom(&cell, &rom);
        for (unsigned lock = 0; lock < 6; lock++) {
            cell.unlocked = lock % 2 != 0;
            cell.regime = (enum regime)(lock / 2);
            ask_and_play(&cell, &rom);
        }
        fake_rom_free(&rom);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell),
        cmocka_unit_test(every_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
