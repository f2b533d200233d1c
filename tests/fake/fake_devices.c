/* SPDX-License-Identifier: MIT */
/* The devices of a fake phone but for its disk. */
#include "tests/fake/fake_devices.h"

#include "tests/fake/fake_memory.h"

#include <stdlib.h>
#include <string.h>

#define SECTOR_BYTES 0x40000

static struct fake_nor *nor_of(struct nor *nor)
{
    return CONTAINER_OF(nor, struct fake_nor, nor);
}

static enum err nor_read(struct nor *nor, uint32_t offset, size_t length, void *out)
{
    if (offset > nor->size_bytes || length > nor->size_bytes - offset) {
        return E_NOR_RANGE;
    }
    if (nor_of(nor)->failing || nor_of(nor)->off) {
        return E_NOR_RANGE;
    }
    memcpy(out, nor_of(nor)->bytes + offset, length);
    return OK;
}

/* Which bits of the word at `at`, of `size` bytes, a cut change still reaches. */
static uint32_t reached_bits(struct fake_nor *fake, size_t at, size_t size)
{
    size_t last = size - 4;

    switch (fake->cut) {
    case FAKE_CUT_BEFORE:
        return 0;
    case FAKE_CUT_FIRST_WORD:
        return at == 0 ? UINT32_MAX : 0;
    case FAKE_CUT_HALF:
        return at < size / 2 ? UINT32_MAX : 0;
    case FAKE_CUT_ALL_BUT_ONE:
        return at != last ? UINT32_MAX : 0;
    case FAKE_CUT_LAST_WORD:
        return at == last ? UINT32_MAX : 0;
    case FAKE_CUT_BITS:
        fake->cut_seed = fake->cut_seed * 1664525 + 1013904223;
        return fake->cut_seed ^ fake->cut_seed >> 16;
    case FAKE_CUT_AFTER:
    case FAKE_CUT_COUNT:
        return UINT32_MAX;
    }
    return 0;
}

/* Counts the change. True: the power goes at this one. */
static bool cuts_now(struct fake_nor *fake)
{
    fake->changes++;
    fake->off = fake->cut_at != 0 && fake->changes == fake->cut_at;
    return fake->off;
}

static void program_in_part(struct fake_nor *fake, uint32_t offset, struct slice bytes)
{
    for (size_t at = 0; at < bytes.size; at += 4) {
        uint8_t *word = fake->bytes + offset + at;

        put_le32(word, le32(word) & (le32(bytes.data + at) | ~reached_bits(fake, at, bytes.size)));
    }
}

static void erase_in_part(struct fake_nor *fake, uint32_t offset)
{
    size_t size = fake->nor.sector_bytes;

    for (size_t at = 0; at < size; at += 4) {
        uint8_t *word = fake->bytes + offset + at;

        put_le32(word, le32(word) | reached_bits(fake, at, size));
    }
}

static enum err nor_program(struct nor *nor, uint32_t offset, struct slice bytes)
{
    struct fake_nor *fake = nor_of(nor);

    if (offset % 4 != 0 || bytes.size % 4 != 0 || offset > nor->size_bytes ||
        bytes.size > nor->size_bytes - offset || fake->off) {
        return E_NOR_RANGE;
    }
    if (cuts_now(fake)) {
        program_in_part(fake, offset, bytes);
        return E_NOR_PROGRAM;
    }
    if (fake->dropping) {
        return OK;
    }
    for (size_t i = 0; i < bytes.size; i++) {
        fake->bytes[offset + i] &= bytes.data[i];
    }
    return memcmp(fake->bytes + offset, bytes.data, bytes.size) == 0 ? OK : E_NOR_PROGRAM;
}

static enum err nor_erase(struct nor *nor, uint32_t offset)
{
    struct fake_nor *fake = nor_of(nor);

    if (offset % nor->sector_bytes != 0 || offset >= nor->size_bytes || fake->off) {
        return E_NOR_RANGE;
    }
    if (cuts_now(fake)) {
        erase_in_part(fake, offset);
        return E_NOR_ERASE;
    }
    if (fake->dropping) {
        return OK;
    }
    memset(nor_of(nor)->bytes + offset, 0xff, nor->sector_bytes);
    return OK;
}

void fake_nor_init(struct fake_nor *nor, uint8_t *bytes, uint32_t size_bytes)
{
    static const struct nor_ops ops = {
        .read = nor_read, .program = nor_program, .erase = nor_erase};

    *nor = (struct fake_nor){
        .nor = {.ops = &ops, .size_bytes = size_bytes, .sector_bytes = SECTOR_BYTES},
        .bytes = bytes,
    };
}

void fake_nor_power_on(struct fake_nor *nor, unsigned cut_at, enum fake_cut cut)
{
    nor->changes = 0;
    nor->off = false;
    nor->cut_at = cut_at;
    nor->cut = cut;
}

static size_t pixel_bytes(const struct canvas *canvas)
{
    return sizeof(uint32_t) * canvas->width_px * canvas->height_px;
}

static enum err panel_start(struct panel *panel, uint32_t width_px, uint32_t height_px)
{
    struct fake_panel *fake = CONTAINER_OF(panel, struct fake_panel, panel);
    struct canvas *canvas = &panel->canvas;

    fake->starts++;
    if (fake->absent) {
        return E_PANEL_ABSENT;
    }
    fake_memory_give(canvas->pixels);
    *canvas = (struct canvas){
        .width_px = width_px,
        .height_px = height_px,
        .stride_px = width_px,
    };
    canvas->pixels = fake_memory_take(pixel_bytes(canvas));
    memset(canvas->pixels, 0, pixel_bytes(canvas));
    return OK;
}

void fake_panel_init(struct fake_panel *panel)
{
    static const struct panel_ops ops = {.start = panel_start};

    *panel = (struct fake_panel){.panel = {.ops = &ops}};
}

void fake_panel_free(struct fake_panel *panel)
{
    fake_memory_give(panel->panel.canvas.pixels);
}

bool fake_panel_is_black(const struct fake_panel *panel)
{
    const struct canvas *canvas = &panel->panel.canvas;

    return slice_is_all(slice_of(canvas->pixels, pixel_bytes(canvas)), 0);
}

static enum err link_write(struct link *link, struct slice bytes)
{
    struct fake_link *fake = CONTAINER_OF(link, struct fake_link, link);

    if (fake->closed) {
        return E_LINK_CLOSED;
    }
    if (bytes.size >= sizeof fake->chars - fake->length) {
        abort(); /* nothing under test says that much */
    }
    memcpy(fake->chars + fake->length, bytes.data, bytes.size);
    fake->length += bytes.size;
    return OK;
}

static enum err link_read(struct link *link, struct span room, size_t *out_count)
{
    *out_count = 0;
    return OK;
}

void fake_link_init(struct fake_link *link)
{
    static const struct link_ops ops = {.write = link_write, .read = link_read};

    *link = (struct fake_link){.link = {.ops = &ops}};
}

static enum key pressed(struct keys *keys)
{
    struct fake_keys *fake = CONTAINER_OF(keys, struct fake_keys, keys);

    if (fake->asked < fake->count) {
        if (fake->clock != NULL && *fake->clock < fake->last_us + fake->first_us) {
            return KEY_NONE;
        }
        fake->last_us = fake->clock != NULL ? *fake->clock : 0;
        return fake->pressed[fake->asked++];
    }
    if (fake->endless != KEY_NONE) {
        return fake->endless;
    }
    return fake->deadline_looks != 0 && --fake->deadline_looks == 0 ? KEY_POWER : KEY_NONE;
}

static void forget(struct keys *keys)
{
    struct fake_keys *fake = CONTAINER_OF(keys, struct fake_keys, keys);

    size_t gone = fake->forgets++ == 0 ? fake->early : fake->meanwhile;

    if (fake->asked < gone) {
        fake->asked = gone;
    }
}

static bool held(struct keys *keys, enum key key)
{
    const struct fake_keys *fake = CONTAINER_OF(keys, struct fake_keys, keys);

    return fake->held[key] || (fake->asked != 0 && fake->held_later == key && key != KEY_NONE);
}

void fake_keys_init(struct fake_keys *keys)
{
    static const struct keys_ops ops = {.pressed = pressed, .forget = forget, .held = held};

    *keys = (struct fake_keys){.keys = {.ops = &ops}};
}

void fake_keys_press(struct fake_keys *keys, enum key key)
{
    if (keys->count == FAKE_KEYS_MAX) {
        abort();
    }
    keys->pressed[keys->count++] = key;
}

static struct fake_power *power_of(struct power *power)
{
    return CONTAINER_OF(power, struct fake_power, power);
}

static void off(struct power *power)
{
    power_of(power)->offs++;
}

static void reset(struct power *power)
{
    power_of(power)->resets++;
}

static void restart(struct power *power, enum restart why)
{
    power_of(power)->resets++;
    power_of(power)->restart = why;
}

static void enter_kernel(struct power *power, uint64_t entry, uint64_t dtb)
{
    power_of(power)->entered++;
    power_of(power)->entry = entry;
    power_of(power)->dtb = dtb;
}

static void rest(struct power *power, uint32_t us)
{
    power_of(power)->now_us += us;
}

static uint64_t now_us(struct power *power)
{
    if (power_of(power)->now_us > FAKE_CLOCK_MAX_US) {
        abort(); /* somebody waits for ever */
    }
    return power_of(power)->now_us++;
}

void fake_power_init(struct fake_power *power)
{
    static const struct power_ops ops = {.off = off,
                                         .reset = reset,
                                         .restart = restart,
                                         .enter_kernel = enter_kernel,
                                         .rest = rest,
                                         .now_us = now_us};

    *power = (struct fake_power){.power = {.ops = &ops}};
}
