/* SPDX-License-Identifier: MIT */
/*
 * policy/policy.h: every phone with every ROM, against tables written down from what the
 * announcement and the real phones did. The expectation is looked up,
 * never computed as policy.c does.
 */
#include "tests/unit/check.h"

#include "format/fuses.h"
#include "policy/policy.h"

enum said {
    BOOTS,
    BRICKS,  /* region-mismatch */
    UNKNOWN, /* region-unknown */
};

/* What the announcement says: [made for - 1][ROM]. */
static const enum said announced[2][3] = {
    /*          no marker  cn      global */
    /* cn */ {UNKNOWN, BOOTS, BRICKS},
    /* global */ {UNKNOWN, BRICKS, BOOTS},
};

struct model {
    const char *codename;
    enum os os;
    uint32_t released;
    bool on_policy_list;
    unsigned protections;
    uint32_t rollback_index;
    /* by hand, what follows from these: */
    bool held_by_announcement;
    bool locks;
    bool verifies;
    enum fate lower_index; /* of a ROM that is older than the fuses */
};

#define LOCK     PROTECTION_BOOTLOADER_LOCK
#define VERIFIED PROTECTION_VERIFIED_BOOT
#define ROLLBACK PROTECTION_ANTI_ROLLBACK

static const struct model models[] = {
    {"hermes", OS_MIUI, 201508, false, 0, 0, false, false, false, FATE_BOOT},
    {"mido", OS_MIUI, 201701, false, LOCK | VERIFIED, 0, false, true, true, FATE_BOOT},
    {"vince", OS_MIUI, 201712, true, LOCK | VERIFIED, 0, false, true, true, FATE_BOOT},
    {"first of 2018", OS_MIUI, 201801, true, LOCK | VERIFIED, 0, true, true, true, FATE_BOOT},
    {"whyred", OS_MIUI, 201802, true, LOCK | VERIFIED | ROLLBACK, 4, true, true, true, FATE_DEAD},
    {"dipper", OS_MIUI, 201806, true, LOCK | VERIFIED | ROLLBACK, 1, true, true, true, FATE_DEAD},
    {"jasmine", OS_ANDROID_ONE, 201807, false, LOCK | VERIFIED | ROLLBACK, 2, false, true, true,
     FATE_BRICK},
    /* not real, but each protection is independent of the others */
    {"only lock", OS_MIUI, 201806, true, LOCK, 4, true, true, false, FATE_BOOT},
    {"only verified boot", OS_MIUI, 201806, true, VERIFIED, 4, true, false, true, FATE_BOOT},
    {"only rollback", OS_MIUI, 201806, true, ROLLBACK, 4, true, false, false, FATE_DEAD},
};

/* What a locked phone with verified boot makes of a verdict; REASON_OK: it runs. */
static const enum reason locked_reason[] = {
    [VERDICT_UNKNOWN] = REASON_BAD_SIGNATURE,
    [VERDICT_AUTHENTIC] = REASON_OK,
    [VERDICT_USER_KEY] = REASON_OK,
    [VERDICT_WRONG_KEY] = REASON_WRONG_KEY,
    [VERDICT_BAD_SIGNATURE] = REASON_BAD_SIGNATURE,
    [VERDICT_BAD_HASH] = REASON_BAD_HASH,
    [VERDICT_UNSUPPORTED] = REASON_UNSUPPORTED,
    [VERDICT_NO_ROM] = REASON_NO_ROM,
};

/* What any other phone makes of it. */
static const enum reason open_reason[] = {
    [VERDICT_UNKNOWN] = REASON_BAD_SIGNATURE, [VERDICT_AUTHENTIC] = REASON_OK,
    [VERDICT_USER_KEY] = REASON_OK,           [VERDICT_WRONG_KEY] = REASON_OK,
    [VERDICT_BAD_SIGNATURE] = REASON_OK,      [VERDICT_BAD_HASH] = REASON_OK,
    [VERDICT_UNSUPPORTED] = REASON_OK,        [VERDICT_NO_ROM] = REASON_NO_ROM,
};

static const enum reason region_reason[] = {
    [BOOTS] = REASON_OK,
    [BRICKS] = REASON_REGION_MISMATCH,
    [UNKNOWN] = REASON_REGION_UNKNOWN,
};

#define NO_INDEX 6

struct story {
    const struct model *model;
    enum regime regime;
    enum region made_for;
    bool unlocked;
    enum verdict verdict;
    enum region rom;
    uint64_t index; /* NO_INDEX: it names none */
};

static enum boot_state expected_state(const struct story *s)
{
    if (!s->model->verifies) {
        return BOOT_STATE_UNVERIFIED;
    }
    if (s->unlocked || !s->model->locks) {
        return BOOT_STATE_ORANGE;
    }
    if (s->verdict == VERDICT_USER_KEY) {
        return BOOT_STATE_YELLOW;
    }
    return s->verdict == VERDICT_AUTHENTIC ? BOOT_STATE_GREEN : BOOT_STATE_RED;
}

static struct decision expected(const struct story *s)
{
    bool strict = s->model->verifies && s->model->locks && !s->unlocked;
    struct decision d = {FATE_BRICK, (strict ? locked_reason : open_reason)[s->verdict],
                         expected_state(s)};

    if (d.reason != REASON_OK) {
        return d;
    }
    if (s->model->lower_index != FATE_BOOT && s->index != NO_INDEX &&
        s->index < s->model->rollback_index) {
        return (struct decision){s->model->lower_index, REASON_ROLLBACK, BOOT_STATE_RED};
    }
    if (s->regime == REGIME_ANNOUNCED && s->model->held_by_announcement) {
        d.reason = region_reason[announced[s->made_for - REGION_CN][s->rom]];
    }
    d.fate = d.reason == REASON_OK ? FATE_BOOT : FATE_BRICK;
    return d;
}

static struct decision decide(const struct story *s)
{
    struct board board = {
        .os = s->model->os,
        .released = s->model->released,
        .on_policy_list = s->model->on_policy_list,
        .protections = s->model->protections,
        .regime = s->regime,
        .made_for = s->made_for,
        .rollback_index = s->model->rollback_index,
    };
    struct state state = {.unlocked = s->unlocked};
    struct verified verified = {
        .verdict = s->verdict, .region = s->rom, .has_index = s->index != NO_INDEX};

    if (verified.has_index) {
        verified.rollback_index = s->index;
    }

    return policy_decide(&board, &state, &verified);
}

static void check_story(const struct story *s)
{
    struct decision got = decide(s);
    struct decision want = expected(s);

    if (got.fate != want.fate || got.reason != want.reason || got.boot_state != want.boot_state) {
        print_error(
            "%s, regime %d, made for %s, %s, %s %s ROM of index %d: %s %s %s, not %s %s %s\n",
            s->model->codename, s->regime, region_name(s->made_for),
            s->unlocked ? "unlocked" : "locked", verdict_name(s->verdict), region_name(s->rom),
            (int)s->index, fate_name(got.fate), reason_name(got.reason),
            boot_state_name(got.boot_state), fate_name(want.fate), reason_name(want.reason),
            boot_state_name(want.boot_state));
        fail();
    }
}

static void each_rom(struct story s)
{
    for (int verdict = VERDICT_UNKNOWN; verdict <= VERDICT_NO_ROM; verdict++) {
        for (int rom = REGION_UNKNOWN; rom <= REGION_GLOBAL; rom++) {
            for (uint64_t index = 0; index <= NO_INDEX; index++) {
                s.verdict = (enum verdict)verdict;
                s.rom = (enum region)rom;
                s.index = index;
                check_story(&s);
            }
        }
    }
}

static void every_phone_with_every_rom(void **state)
{
    for (size_t model = 0; model < ARRAY_COUNT(models); model++) {
        for (int regime = REGIME_ANNOUNCED; regime <= REGIME_NONE; regime++) {
            for (int made_for = REGION_CN; made_for <= REGION_GLOBAL; made_for++) {
                for (int unlocked = 0; unlocked <= 1; unlocked++) {
                    each_rom((struct story){.model = &models[model],
                                            .regime = (enum regime)regime,
                                            .made_for = (enum region)made_for,
                                            .unlocked = unlocked != 0});
                }
            }
        }
    }
}

/* A few of them in full, as a person would tell them: should the tables above be wrong together. */
static void told_one_by_one(void **state)
{
    static const struct {
        const char *name;
        struct story story;
        struct decision decision;
    } cases[] = {
        {"a China Mi 8 with the Global ROM",
         {&models[5], REGIME_ANNOUNCED, REGION_CN, false, VERDICT_AUTHENTIC, REGION_GLOBAL, 1},
         {FATE_BRICK, REASON_REGION_MISMATCH, BOOT_STATE_GREEN}},
        {"unlocking does not help",
         {&models[5], REGIME_ANNOUNCED, REGION_CN, true, VERDICT_AUTHENTIC, REGION_GLOBAL, 1},
         {FATE_BRICK, REASON_REGION_MISMATCH, BOOT_STATE_ORANGE}},
        {"nor is it better the other way",
         {&models[5], REGIME_ANNOUNCED, REGION_GLOBAL, false, VERDICT_AUTHENTIC, REGION_CN, 1},
         {FATE_BRICK, REASON_REGION_MISMATCH, BOOT_STATE_GREEN}},
        {"as shipped the bootloader lets it pass",
         {&models[5], REGIME_SHIPPED, REGION_CN, false, VERDICT_AUTHENTIC, REGION_GLOBAL, 1},
         {FATE_BOOT, REASON_OK, BOOT_STATE_GREEN}},
        {"its own ROM",
         {&models[5], REGIME_ANNOUNCED, REGION_CN, false, VERDICT_AUTHENTIC, REGION_CN, 1},
         {FATE_BOOT, REASON_OK, BOOT_STATE_GREEN}},
        {"a reseller's ROM on a locked Mi 8",
         {&models[5], REGIME_ANNOUNCED, REGION_CN, false, VERDICT_WRONG_KEY, REGION_CN, 1},
         {FATE_BRICK, REASON_WRONG_KEY, BOOT_STATE_RED}},
        {"authenticity is asked before rollback and region",
         {&models[4], REGIME_ANNOUNCED, REGION_CN, false, VERDICT_BAD_HASH, REGION_GLOBAL, 0},
         {FATE_BRICK, REASON_BAD_HASH, BOOT_STATE_RED}},
        {"rollback is asked before region",
         {&models[4], REGIME_ANNOUNCED, REGION_CN, true, VERDICT_AUTHENTIC, REGION_GLOBAL, 3},
         {FATE_DEAD, REASON_ROLLBACK, BOOT_STATE_RED}},
        {"an older ROM forced on an unlocked phone, signed by nobody",
         {&models[4], REGIME_NONE, REGION_CN, true, VERDICT_BAD_SIGNATURE, REGION_CN, 3},
         {FATE_DEAD, REASON_ROLLBACK, BOOT_STATE_RED}},
        {"what cannot be read names no index: then it is the region that is missing",
         {&models[4], REGIME_ANNOUNCED, REGION_CN, true, VERDICT_BAD_SIGNATURE, REGION_UNKNOWN,
          NO_INDEX},
         {FATE_BRICK, REASON_REGION_UNKNOWN, BOOT_STATE_ORANGE}},
        {"and where nobody asks for one it runs",
         {&models[4], REGIME_NONE, REGION_CN, true, VERDICT_BAD_SIGNATURE, REGION_UNKNOWN,
          NO_INDEX},
         {FATE_BOOT, REASON_OK, BOOT_STATE_ORANGE}},
        {"Android One says it in red",
         {&models[6], REGIME_ANNOUNCED, REGION_GLOBAL, true, VERDICT_AUTHENTIC, REGION_GLOBAL, 1},
         {FATE_BRICK, REASON_ROLLBACK, BOOT_STATE_RED}},
        {"the Redmi Note 2 runs anything",
         {&models[0], REGIME_ANNOUNCED, REGION_CN, false, VERDICT_BAD_SIGNATURE, REGION_GLOBAL, 0},
         {FATE_BOOT, REASON_OK, BOOT_STATE_UNVERIFIED}},
        {"but not nothing",
         {&models[0], REGIME_NONE, REGION_CN, false, VERDICT_NO_ROM, REGION_UNKNOWN, 0},
         {FATE_BRICK, REASON_NO_ROM, BOOT_STATE_UNVERIFIED}},
        {"a 2017 phone changes region freely",
         {&models[1], REGIME_ANNOUNCED, REGION_CN, false, VERDICT_AUTHENTIC, REGION_GLOBAL, 0},
         {FATE_BOOT, REASON_OK, BOOT_STATE_GREEN}},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct decision got = decide(&cases[i].story);

        if (memcmp(&got, &cases[i].decision, sizeof got) != 0) {
            print_error("%s: %s %s %s\n", cases[i].name, fate_name(got.fate),
                        reason_name(got.reason), boot_state_name(got.boot_state));
            fail();
        }
    }
}

/* AVB's stored indexes, of chained partitions: kept while locked, and never a hard brick. */
static void stored_indexes(void **state)
{
    const struct {
        const char *name;
        unsigned protections;
        bool unlocked;
        bool present;
        uint64_t index;
        enum fate fate;
    } cases[] = {
        {"lower", LOCK | VERIFIED | ROLLBACK, false, true, 6, FATE_BRICK},
        {"lower, without fuses", LOCK | VERIFIED, false, true, 6, FATE_BRICK},
        {"equal", LOCK | VERIFIED | ROLLBACK, false, true, 7, FATE_BOOT},
        {"higher", LOCK | VERIFIED | ROLLBACK, false, true, 8, FATE_BOOT},
        {"lower, unlocked", LOCK | VERIFIED | ROLLBACK, true, true, 6, FATE_BOOT},
        {"lower, before verified boot", LOCK | ROLLBACK, false, true, 6, FATE_BOOT},
        {"no such partition", LOCK | VERIFIED | ROLLBACK, false, false, 0, FATE_BOOT},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        for (size_t location = 1; location < STATE_ROLLBACK_LOCATIONS; location++) {
            struct board board = {.os = OS_MIUI,
                                  .released = 201806,
                                  .protections = cases[i].protections,
                                  .made_for = REGION_CN};
            struct state phone_state = {.unlocked = cases[i].unlocked};
            struct verified verified = {.verdict = VERDICT_AUTHENTIC, .region = REGION_CN};
            struct decision decision;

            phone_state.rollback[location] = 7;
            verified.chained[location].present = cases[i].present;
            verified.chained[location].index = cases[i].index;
            decision = policy_decide(&board, &phone_state, &verified);
            if (decision.fate != cases[i].fate ||
                (decision.fate == FATE_BRICK &&
                 (decision.reason != REASON_ROLLBACK || decision.boot_state != BOOT_STATE_RED))) {
                print_error("%s, location %d\n", cases[i].name, (int)location);
                fail();
            }
        }
    }
}

/* They rise while locked, with a ROM that is believed, and never fall. */
static void stored_indexes_rise(void **state)
{
    const struct {
        const char *name;
        enum verdict verdict;
        unsigned protections;
        bool unlocked;
        bool present;
        uint64_t index;
        uint64_t after;
    } cases[] = {
        {"higher", VERDICT_AUTHENTIC, LOCK | VERIFIED, false, true, 8, 8},
        {"the user's key", VERDICT_USER_KEY, LOCK | VERIFIED, false, true, 8, 8},
        {"equal", VERDICT_AUTHENTIC, LOCK | VERIFIED, false, true, 7, 7},
        {"lower", VERDICT_AUTHENTIC, LOCK | VERIFIED, false, true, 6, 7},
        {"not chained", VERDICT_AUTHENTIC, LOCK | VERIFIED, false, false, 8, 7},
        {"unlocked", VERDICT_AUTHENTIC, LOCK | VERIFIED, true, true, 8, 7},
        {"no lock", VERDICT_AUTHENTIC, VERIFIED, false, true, 8, 7},
        {"no verified boot", VERDICT_AUTHENTIC, LOCK, false, true, 8, 7},
        {"nobody looked", VERDICT_UNKNOWN, LOCK | VERIFIED, false, true, 8, 7},
        {"unsupported", VERDICT_UNSUPPORTED, LOCK | VERIFIED, false, true, 8, 7},
        {"wrong key", VERDICT_WRONG_KEY, LOCK | VERIFIED, false, true, 8, 7},
        {"bad signature", VERDICT_BAD_SIGNATURE, LOCK | VERIFIED, false, true, 8, 7},
        {"bad hash", VERDICT_BAD_HASH, LOCK | VERIFIED, false, true, 8, 7},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct board board = {.protections = cases[i].protections};
        struct state phone_state = {.unlocked = cases[i].unlocked, .rollback = {[3] = 7}};
        struct verified verified = {.verdict = cases[i].verdict};

        verified.chained[3].present = cases[i].present;
        verified.chained[3].index = cases[i].index;
        if (policy_stored_to(&board, &phone_state, &verified, 3) != cases[i].after ||
            policy_stored_to(&board, &phone_state, &verified, 4) != 0) {
            print_error("%s\n", cases[i].name);
            fail();
        }
    }
}

/* How far the ROM may burn the fuses: what the maker signed, and what the fuses can count. */
static void what_the_fuses_may_count(void **state)
{
    static const struct {
        const char *name;
        enum verdict verdict;
        unsigned protections;
        uint64_t index;
        uint64_t burned;
    } cases[] = {
        {"the maker's", VERDICT_AUTHENTIC, ROLLBACK, 5, 5},
        {"as many as there are", VERDICT_AUTHENTIC, ROLLBACK, FUSES_ROLLBACK_MAX,
         FUSES_ROLLBACK_MAX},
        {"one more", VERDICT_AUTHENTIC, ROLLBACK, FUSES_ROLLBACK_MAX + 1, FUSES_ROLLBACK_MAX},
        {"no end", VERDICT_AUTHENTIC, ROLLBACK, UINT64_MAX, FUSES_ROLLBACK_MAX},
        {"no such fuses", VERDICT_AUTHENTIC, LOCK | VERIFIED, 5, 0},
        {"the user's key", VERDICT_USER_KEY, ROLLBACK, 5, 0},
        {"another key", VERDICT_WRONG_KEY, ROLLBACK, 5, 0},
        {"a bad signature", VERDICT_BAD_SIGNATURE, ROLLBACK, 5, 0},
        {"a bad hash", VERDICT_BAD_HASH, ROLLBACK, 5, 0},
        {"nobody looked", VERDICT_UNKNOWN, ROLLBACK, 5, 0},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct board board = {.protections = cases[i].protections};
        struct verified verified = {.verdict = cases[i].verdict,
                                    .has_index = true,
                                    .rollback_index = cases[i].index};

        if (policy_rollback_to(&board, &verified) != cases[i].burned) {
            print_error("%s\n", cases[i].name);
            fail();
        }
    }
}

static void zeroed_memory_never_boots(void **state)
{
    static const struct board board;
    static const struct state phone_state;
    static const struct verified verified;
    static const struct decision nothing;

    assert_int_equal(policy_decide(&board, &phone_state, &verified).fate, FATE_BRICK);
    assert_string_equal(fate_name(nothing.fate), "brick");
    assert_string_equal(boot_state_name(nothing.boot_state), "red");
}

static void names(void **state)
{
    static const char *const fates[] = {"brick", "dead", "boot", "fastboot", "recovery", "off"};
    static const char *const reasons[] = {
        "none",      "ok",       "region-mismatch", "region-unknown", "bad-signature", "bad-hash",
        "wrong-key", "rollback", "no-rom",          "bad-gpt",        "bad-board",     "bad-state",
        "boot-loop", "keys",     "bcb",             "command",        "unsupported",
    };
    static const char *const boot_states[] = {"red", "orange", "yellow", "green", "unverified"};
    static const char *const verdicts[] = {"unknown",       "authentic", "user-key", "wrong-key",
                                           "bad-signature", "bad-hash",  "unsupported", "no-rom"};

    for (size_t i = 0; i < ARRAY_COUNT(fates); i++) {
        assert_string_equal(fate_name((enum fate)i), fates[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(reasons); i++) {
        assert_string_equal(reason_name((enum reason)i), reasons[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(boot_states); i++) {
        assert_string_equal(boot_state_name((enum boot_state)i), boot_states[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(verdicts); i++) {
        assert_string_equal(verdict_name((enum verdict)i), verdicts[i]);
    }
    assert_string_equal(fate_name((enum fate)ARRAY_COUNT(fates)), "unknown");
    assert_string_equal(reason_name((enum reason)ARRAY_COUNT(reasons)), "unknown");
    assert_string_equal(boot_state_name((enum boot_state)ARRAY_COUNT(boot_states)), "unknown");
    assert_string_equal(verdict_name((enum verdict)99), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_phone_with_every_rom),
        cmocka_unit_test(told_one_by_one),
        cmocka_unit_test(stored_indexes),
        cmocka_unit_test(stored_indexes_rise),
        cmocka_unit_test(what_the_fuses_may_count),
        cmocka_unit_test(zeroed_memory_never_boots),
        cmocka_unit_test(names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
