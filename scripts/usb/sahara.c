/* SPDX-License-Identifier: MIT */
#include "usb/sahara.h"

#include <string.h>

enum {
    HELLO = 1,
    HELLO_RESPONSE = 2,
    END_OF_IMAGE = 4,
    DONE = 5,
    DONE_RESPONSE = 6,
    RESET = 7,
    RESET_RESPONSE = 8,
    READ_DATA_64 = 18,
};

enum {
    VERSION = 2,
    COMPATIBLE = 1,
    PACKET_BYTES_MAX = 1024,
    PROGRAMMER = 13, /* the image's number */
    PROGRAMMER_HEAD_BYTES = 64,
    COMPLETE = 1,
};

static void say(struct sahara *sahara, const uint32_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_le32(sahara->packet + 4 * i, words[i]);
    }
    sahara->packet_bytes = 4 * count;
}

void sahara_begin(struct sahara *sahara)
{
    const uint32_t hello[12] = {HELLO, 48, VERSION, COMPATIBLE, PACKET_BYTES_MAX};

    *sahara = (struct sahara){.state = SAHARA_HELLO};
    say(sahara, hello, ARRAY_COUNT(hello));
}

static void ask_programmer(struct sahara *sahara)
{
    /* the image's number, offset and length: 64 bits each */
    const uint32_t read[8] = {READ_DATA_64, 32, PROGRAMMER, 0, 0, 0, PROGRAMMER_HEAD_BYTES, 0};

    sahara->state = SAHARA_IMAGE;
    sahara->image_left = PROGRAMMER_HEAD_BYTES;
    say(sahara, read, ARRAY_COUNT(read));
}

static void take_image(struct sahara *sahara, size_t size)
{
    const uint32_t end[4] = {END_OF_IMAGE, 16, PROGRAMMER, 0};

    sahara->image_left -= MIN(size, sahara->image_left);
    if (sahara->image_left == 0) {
        sahara->state = SAHARA_END;
        say(sahara, end, ARRAY_COUNT(end));
    }
}

/* A packet's command; 0: it is none. */
static uint32_t command_of(struct slice data)
{
    return data.size >= 8 && le32(data.data + 4) == data.size ? le32(data.data) : 0;
}

static void answer(struct sahara *sahara, enum sahara_state state, uint32_t command, uint32_t word)
{
    const uint32_t words[3] = {command, 12, word};

    sahara->state = state;
    say(sahara, words, ARRAY_COUNT(words));
}

void sahara_take(struct sahara *sahara, struct slice data)
{
    const uint32_t reset[2] = {RESET_RESPONSE, 8};

    if (sahara->state == SAHARA_IMAGE) {
        take_image(sahara, data.size);
    } else if (sahara->state == SAHARA_HELLO && command_of(data) == HELLO_RESPONSE) {
        ask_programmer(sahara);
    } else if (sahara->state == SAHARA_END && command_of(data) == DONE) {
        answer(sahara, SAHARA_DONE, DONE_RESPONSE, COMPLETE);
    } else {
        sahara_begin(sahara);
        if (command_of(data) == RESET) {
            say(sahara, reset, ARRAY_COUNT(reset));
        }
    }
}
