/* SPDX-License-Identifier: MIT */
/*
 * The descriptors of a vbmeta image: what a ROM says of itself. Stage verify. AVB 2.0:
 * format/vbmeta.h. Those of images: verify/vbmeta_images.c.
 *
 * The ROM's identity comes from the first image alone: who holds the key of a chained partition has
 * no say in it. Other kinds of descriptors are passed over, as AVB has it.
 */
#include "verify/vbmeta.h"
#include "verify/vbmeta_reading.h"

#include "base/text.h"

#include <string.h>

/* Our properties and the strings they fill. */
static const struct {
    const char *key;
    size_t offset; /* in struct verified */
    size_t size;   /* with the NUL */
} properties[] = {
#define STRING(key, member)                                                                        \
    {                                                                                              \
        key, offsetof(struct verified, member), sizeof(((struct verified *)0)->member)             \
    }
    STRING(ROM_PROPERTY_REGION, region_text),
    STRING(ROM_PROPERTY_NAME, rom_name),
    STRING(ROM_PROPERTY_VERSION, rom_version),
    STRING(ROM_PROPERTY_PRODUCT, rom_product),
#undef STRING
};

static bool is_printable(struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 0x20 || text.data[i] > 0x7e) {
            return false;
        }
    }
    return true;
}

static bool is_text(struct slice bytes, const char *text)
{
    return bytes.size == strlen(text) && memcmp(bytes.data, text, bytes.size) == 0;
}

enum err reading_take(struct slice *rest, uint64_t length, struct slice *out_part)
{
    if (slice_sub(*rest, 0, length, out_part) != OK) {
        return E_VBMETA_DESCRIPTOR;
    }
    *rest = slice_of(rest->data + length, rest->size - (size_t)length);
    return OK;
}

enum err reading_end(struct slice rest)
{
    return rest.size < DESCRIPTOR_UNIT ? OK : E_VBMETA_DESCRIPTOR;
}

bool reading_part(struct slice name, enum part *out_part)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (is_text(name, part_name((enum part)i))) {
            *out_part = (enum part)i;
            return true;
        }
    }
    return false;
}

bool reading_taken(const struct reading *reading, enum part part)
{
    const struct verified *verified = reading->verified;

    return verified->images[part].present || (part == PART_SYSTEM && verified->system.present) ||
           (verified->chains[part].present && reading->from != part);
}

static enum err store_property(struct slice key, struct slice value, struct reading *reading)
{
    for (size_t i = 0; i < ARRAY_COUNT(properties); i++) {
        char *field = (char *)reading->verified + properties[i].offset;

        if (!is_text(key, properties[i].key)) {
            continue;
        }
        if ((reading->seen & 1u << i) != 0) {
            field[0] = '\0'; /* nobody knows which of the two */
            return E_VBMETA_DUPLICATE;
        }
        if (value.size >= properties[i].size || !is_printable(value)) {
            return E_VBMETA_DESCRIPTOR;
        }
        memcpy(field, value.data, value.size);
        field[value.size] = '\0';
        reading->seen |= 1u << i;
    }
    return OK;
}

static enum err read_property(struct slice body, struct reading *reading)
{
    const struct vbmeta_property *property = (const struct vbmeta_property *)body.data;
    struct slice head;
    struct slice key;
    struct slice value;
    struct slice end;

    TRY(reading_take(&body, sizeof *property, &head));
    TRY(reading_take(&body, be64(property->key_bytes), &key));
    TRY(reading_take(&body, 1, &end));
    if (end.data[0] != '\0') {
        return E_VBMETA_DESCRIPTOR;
    }
    TRY(reading_take(&body, be64(property->value_bytes), &value));
    TRY(reading_take(&body, 1, &end));
    if (end.data[0] != '\0') {
        return E_VBMETA_DESCRIPTOR;
    }
    TRY(reading_end(body));
    return reading->from == PART_VBMETA ? store_property(key, value, reading) : OK;
}

static enum err check_location(const struct reading *reading, uint32_t location)
{
    if (location == 0 || location >= STATE_ROLLBACK_LOCATIONS) {
        return E_VBMETA_LOCATION;
    }
    for (size_t i = 0; i < PART_COUNT; i++) {
        const struct verified_chain *chain = &reading->verified->chains[i];

        if (chain->present && chain->location == location) {
            return E_VBMETA_LOCATION;
        }
    }
    return OK;
}

static enum err read_chain(struct slice body, struct reading *reading)
{
    const struct vbmeta_chain *chain = (const struct vbmeta_chain *)body.data;
    struct slice head;
    struct slice name;
    struct slice key;
    enum part part;

    TRY(reading_take(&body, sizeof *chain, &head));
    TRY(reading_take(&body, be32(chain->name_bytes), &name));
    TRY(reading_take(&body, be32(chain->key_bytes), &key));
    TRY(reading_end(body));
    if (reading->from != PART_VBMETA) {
        return E_VBMETA_CHAIN; /* one level, no more */
    }
    TRY(check_location(reading, be32(chain->rollback_index_location)));
    if (!reading_part(name, &part)) {
        return OK;
    }
    if (part == PART_VBMETA) {
        return E_VBMETA_CHAIN;
    }
    if (reading_taken(reading, part)) {
        return E_VBMETA_DUPLICATE;
    }
    reading->verified->chains[part].present = true;
    reading->verified->chains[part].location = be32(chain->rollback_index_location);
    sha256_digest(key, reading->verified->chains[part].key_sha256);
    return OK;
}

/* Are the words meant for what becomes of dm-verity? Flags that nobody knows: no. */
static bool words_hold(uint32_t flags, bool hashtree_disabled)
{
    return flags == 0 || flags == (hashtree_disabled ? VBMETA_CMDLINE_IF_NOT_HASHTREE
                                                     : VBMETA_CMDLINE_IF_HASHTREE);
}

static enum err read_cmdline(struct slice body, struct reading *reading)
{
    const struct vbmeta_cmdline *cmdline = (const struct vbmeta_cmdline *)body.data;
    char *line = reading->verified->cmdline;
    size_t length = strlen(line);
    struct slice head;
    struct slice words;

    TRY(reading_take(&body, sizeof *cmdline, &head));
    TRY(reading_take(&body, be32(cmdline->cmdline_bytes), &words));
    TRY(reading_end(body));
    if (!slice_is_utf8(words)) {
        return E_VBMETA_DESCRIPTOR;
    }
    if (!words_hold(be32(cmdline->flags), reading->verified->hashtree_disabled)) {
        return OK;
    }
    if (words.size + 2 > VERIFIED_CMDLINE_BYTES - length) {
        return E_VBMETA_UNSUPPORTED;
    }
    if (length != 0) {
        line[length++] = ' ';
    }
    memcpy(line + length, words.data, words.size);
    line[length + words.size] = '\0';
    return OK;
}

static const struct {
    uint64_t tag;
    enum err (*read)(struct slice body, struct reading *reading);
} kinds[] = {
    {VBMETA_TAG_PROPERTY, read_property}, {VBMETA_TAG_HASHTREE, vbmeta_read_hashtree},
    {VBMETA_TAG_HASH, vbmeta_read_hash},  {VBMETA_TAG_CMDLINE, read_cmdline},
    {VBMETA_TAG_CHAIN, read_chain},
};

static enum err take_descriptor(struct slice *rest, struct slice *out_body)
{
    const struct vbmeta_descriptor *head = (const struct vbmeta_descriptor *)rest->data;
    uint64_t whole;

    if (rest->size < sizeof *head || be64(head->bytes_following) % DESCRIPTOR_UNIT != 0 ||
        !add_u64(sizeof *head, be64(head->bytes_following), &whole)) {
        return E_VBMETA_DESCRIPTOR;
    }
    return reading_take(rest, whole, out_body);
}

static enum err read_one(uint64_t tag, struct slice body, struct reading *reading)
{
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        if (kinds[i].tag == tag) {
            return kinds[i].read(body, reading);
        }
    }
    return OK;
}

enum err vbmeta_read_descriptors(const struct vbmeta *vbmeta, enum part from,
                                 struct verified *verified)
{
    struct slice rest = vbmeta->descriptors;
    struct reading reading = {.from = from, .verified = verified};
    enum err first = OK;

    while (rest.size != 0) {
        const struct vbmeta_descriptor *head = (const struct vbmeta_descriptor *)rest.data;
        struct slice body;
        enum err err = take_descriptor(&rest, &body);

        if (err != OK) {
            rest.size = 0; /* nobody knows where the next one begins */
        } else {
            err = read_one(be64(head->tag), body, &reading);
        }
        first = first != OK ? first : err;
    }
    verified->region = region_from_name(verified->region_text, sizeof verified->region_text);
    return first;
}
