/* SPDX-License-Identifier: MIT */
/* driver/key_events.h: what a keyboard says, and which of the phone's keys that is. */
#include "tests/unit/check.h"

#include "driver/key_events.h"

enum {
    SYN = 0,
    KEY = 1,
    ABS = 3,
    UP = 0,
    DOWN = 1,
    REPEAT = 2,
    CODE_ENTER = 28,
    CODE_A = 30,
    CODE_KP_ENTER = 96,
    CODE_UP = 103,
    CODE_DOWN = 108,
    CODE_VOLUME_DOWN = 114,
    CODE_VOLUME_UP = 115,
    CODE_POWER = 116,
};

static void feed(struct key_events *events, uint16_t type, uint16_t code, uint32_t value)
{
    uint8_t event[KEY_EVENT_BYTES];

    put_le16(event, type);
    put_le16(event + 2, code);
    put_le32(event + 4, value);
    key_events_take(events, event);
}

static void every_key(void **state)
{
    static const struct {
        uint16_t code;
        enum key key;
    } codes[] = {{CODE_UP, KEY_VOLUME_UP},
                 {CODE_VOLUME_UP, KEY_VOLUME_UP},
                 {CODE_DOWN, KEY_VOLUME_DOWN},
                 {CODE_VOLUME_DOWN, KEY_VOLUME_DOWN},
                 {CODE_ENTER, KEY_POWER},
                 {CODE_KP_ENTER, KEY_POWER},
                 {CODE_POWER, KEY_POWER},
                 {CODE_A, KEY_NONE},
                 {0, KEY_NONE},
                 {0xffff, KEY_NONE}};

    for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
        struct key_events events = {.codes_down = 0};

        feed(&events, KEY, codes[i].code, DOWN);
        feed(&events, SYN, 0, 0);
        assert_int_equal(key_events_held(&events, codes[i].key), codes[i].key != KEY_NONE);
        assert_int_equal(key_events_pressed(&events), codes[i].key);
        assert_int_equal(key_events_pressed(&events), KEY_NONE);
        feed(&events, KEY, codes[i].code, UP);
        assert_false(key_events_held(&events, codes[i].key));
        assert_int_equal(key_events_pressed(&events), KEY_NONE);
    }
}

static void in_their_order(void **state)
{
    struct key_events events = {.codes_down = 0};

    feed(&events, KEY, CODE_DOWN, DOWN);
    feed(&events, KEY, CODE_ENTER, DOWN);
    assert_true(key_events_held(&events, KEY_VOLUME_DOWN) && key_events_held(&events, KEY_POWER));
    assert_false(key_events_held(&events, KEY_VOLUME_UP));
    assert_int_equal(key_events_pressed(&events), KEY_VOLUME_DOWN);
    assert_int_equal(key_events_pressed(&events), KEY_POWER);
    assert_int_equal(key_events_pressed(&events), KEY_NONE);
}

/* Two keys of the keyboard for one of the phone: it is down until both are up. */
static void two_for_one(void **state)
{
    struct key_events events = {.codes_down = 0};

    feed(&events, KEY, CODE_ENTER, DOWN);
    feed(&events, KEY, CODE_KP_ENTER, DOWN);
    feed(&events, KEY, CODE_ENTER, UP);
    assert_true(key_events_held(&events, KEY_POWER));
    feed(&events, KEY, CODE_KP_ENTER, UP);
    assert_false(key_events_held(&events, KEY_POWER));
}

/* What a keyboard does not do: nothing of it counts, nothing of it sticks. */
static void nonsense(void **state)
{
    struct key_events events = {.codes_down = 0};
    uint8_t bytes[KEY_EVENT_BYTES];

    feed(&events, KEY, CODE_ENTER, UP); /* up without down */
    assert_false(key_events_held(&events, KEY_POWER));
    feed(&events, KEY, CODE_ENTER, REPEAT);
    feed(&events, KEY, CODE_ENTER, 0xffffffff);
    feed(&events, ABS, CODE_ENTER, DOWN);
    feed(&events, 0x101, CODE_ENTER, DOWN);
    feed(&events, KEY, CODE_ENTER, 0x100 + DOWN);
    assert_int_equal(key_events_pressed(&events), KEY_NONE);
    for (int i = 0; i < 1000; i++) {
        feed(&events, KEY, CODE_ENTER, DOWN); /* down, and down again */
        feed(&events, KEY, CODE_ENTER, REPEAT);
        feed(&events, KEY, CODE_ENTER, 5);
    }
    assert_true(key_events_held(&events, KEY_POWER));
    assert_int_equal(key_events_pressed(&events), KEY_POWER);
    assert_int_equal(key_events_pressed(&events), KEY_NONE);
    feed(&events, KEY, CODE_ENTER, UP);
    assert_false(key_events_held(&events, KEY_POWER));
    assert_false(key_events_held(&events, (enum key)1000));
    for (int i = 0; i < 256; i++) {
        memset(bytes, i, sizeof bytes);
        key_events_take(&events, bytes);
    }
    assert_int_equal(key_events_pressed(&events), KEY_NONE);
}

/* Nobody asks: so many presses are kept, in order; then it goes on. */
static void nobody_asks(void **state)
{
    struct key_events events = {.codes_down = 0};

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++) {
            feed(&events, KEY, i == 0 ? CODE_UP : CODE_DOWN, DOWN);
            feed(&events, KEY, i == 0 ? CODE_UP : CODE_DOWN, UP);
        }
        for (int i = 0; i < KEY_EVENTS_KEPT; i++) {
            assert_int_equal(key_events_pressed(&events), i == 0 ? KEY_VOLUME_UP : KEY_VOLUME_DOWN);
        }
        assert_int_equal(key_events_pressed(&events), KEY_NONE);
        assert_false(key_events_held(&events, KEY_VOLUME_DOWN));
        feed(&events, KEY, CODE_ENTER, DOWN); /* the ring begins elsewhere in the next round */
        feed(&events, KEY, CODE_ENTER, UP);
        assert_int_equal(key_events_pressed(&events), KEY_POWER);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key),   cmocka_unit_test(in_their_order),
        cmocka_unit_test(two_for_one), cmocka_unit_test(nonsense),
        cmocka_unit_test(nobody_asks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
