/* SPDX-License-Identifier: MIT */
/*
 * The descriptors of a vbmeta image: what a ROM says of itself. Stage verify. AVB 2.0:
 * format/vbmeta.h.
 *
 * Properties that are not ours, images other than boot and other kinds of descriptors are passed
 * over.
 */
#include "verify/vbmeta.h"

#include "base/text.h"
#include "format/vbmeta.h"

#include <string.h>

#define DESCRIPTOR_UNIT 8

/* What has been read, and which of it was there. */
struct reading {
    struct verified verified;
    unsigned seen; /* one bit for each row of `properties` */
};

/* Our properties and the strings they fill. */
static const struct {
    const char *key;
    size_t offset; /* in struct verified */
    size_t size;   /* with the NUL */
} properties[] = {
#define STRING(key, member)                                                            \
    {                                                                                  \
        key, offsetof(struct verified, member), sizeof(((struct verified *)0)->member) \
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

/* Takes `length` bytes off the front of *rest. */
static enum err take(struct slice *rest, uint64_t length, struct slice *out_part)
{
    if (slice_sub(*rest, 0, length, out_part) != OK) {
        return E_VBMETA_DESCRIPTOR;
    }
    *rest = slice_of(rest->data + length, rest->size - (size_t)length);
    return OK;
}

static enum err store_property(struct slice key, struct slice value, struct reading *reading)
{
    for (size_t i = 0; i < ARRAY_COUNT(properties); i++) {
        char *field = (char *)&reading->verified + properties[i].offset;

        if (!is_text(key, properties[i].key)) {
            continue;
        }
        if ((reading->seen & 1u << i) != 0) {
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

/* `body`: the whole descriptor, head included. */
static enum err read_property(struct slice body, struct reading *reading)
{
    const struct vbmeta_property *property = (const struct vbmeta_property *)body.data;
    struct slice head;
    struct slice key;
    struct slice value;
    struct slice end;

    TRY(take(&body, sizeof *property, &head));
    TRY(take(&body, be64(property->key_bytes), &key));
    TRY(take(&body, 1, &end));
    if (end.data[0] != '\0') {
        return E_VBMETA_DESCRIPTOR;
    }
    TRY(take(&body, be64(property->value_bytes), &value));
    TRY(take(&body, 1, &end));
    if (end.data[0] != '\0' || body.size >= DESCRIPTOR_UNIT) {
        return E_VBMETA_DESCRIPTOR;
    }
    return store_property(key, value, reading);
}

static enum err store_boot(const struct vbmeta_hash *hash, struct slice salt, struct slice digest,
                           struct verified_image *boot)
{
    if (boot->present) {
        return E_VBMETA_DUPLICATE;
    }
    if (!string_equals((const char *)hash->hash_algorithm, sizeof hash->hash_algorithm, "sha256") ||
        salt.size > sizeof boot->salt || digest.size != sizeof boot->digest) {
        return E_VBMETA_DESCRIPTOR;
    }
    boot->present = true;
    boot->size_bytes = be64(hash->image_bytes);
    boot->salt_bytes = salt.size;
    memcpy(boot->salt, salt.data, salt.size);
    memcpy(boot->digest, digest.data, digest.size);
    return OK;
}

static enum err read_hash(struct slice body, struct reading *reading)
{
    const struct vbmeta_hash *hash = (const struct vbmeta_hash *)body.data;
    struct slice head;
    struct slice name;
    struct slice salt;
    struct slice digest;

    TRY(take(&body, sizeof *hash, &head));
    TRY(take(&body, be32(hash->name_bytes), &name));
    TRY(take(&body, be32(hash->salt_bytes), &salt));
    TRY(take(&body, be32(hash->digest_bytes), &digest));
    if (body.size >= DESCRIPTOR_UNIT) {
        return E_VBMETA_DESCRIPTOR;
    }
    return is_text(name, "boot") ? store_boot(hash, salt, digest, &reading->verified.boot) : OK;
}

enum err vbmeta_read_descriptors(const struct vbmeta *vbmeta, struct verified *out_verified)
{
    struct slice rest = vbmeta->descriptors;
    struct reading reading = {.verified = *out_verified};

    while (rest.size != 0) {
        const struct vbmeta_descriptor *head = (const struct vbmeta_descriptor *)rest.data;
        struct slice body;
        uint64_t whole;

        if (rest.size < sizeof *head || be64(head->bytes_following) % DESCRIPTOR_UNIT != 0 ||
            !add_u64(sizeof *head, be64(head->bytes_following), &whole)) {
            return E_VBMETA_DESCRIPTOR;
        }
        TRY(take(&rest, whole, &body));
        if (be64(head->tag) == VBMETA_TAG_PROPERTY) {
            TRY(read_property(body, &reading));
        } else if (be64(head->tag) == VBMETA_TAG_HASH) {
            TRY(read_hash(body, &reading));
        }
    }
    reading.verified.region =
        region_from_name(reading.verified.region_text, sizeof reading.verified.region_text);
    *out_verified = reading.verified;
    return OK;
}
