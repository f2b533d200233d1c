/* SPDX-License-Identifier: MIT */
/* verify/vbmeta.h, the descriptors: good ones, strange ones, hostile ones. Behind the signature. */
#include "tests/unit/check.h"

#include "format/vbmeta.h"
#include "verify/vbmeta.h"

/* Descriptors that are put together one after the other. */
struct list {
    uint8_t bytes[4096];
    size_t size;
};

static struct vbmeta_descriptor *begin(struct list *list, uint64_t tag, size_t head_bytes)
{
    struct vbmeta_descriptor *head = (struct vbmeta_descriptor *)(list->bytes + list->size);

    memset(list->bytes + list->size, 0, sizeof list->bytes - list->size);
    put_be64(head->tag, tag);
    list->size += head_bytes;
    return head;
}

static void append(struct list *list, const void *bytes, size_t size)
{
    memcpy(list->bytes + list->size, bytes, size);
    list->size += size;
}

static void end(struct list *list, struct vbmeta_descriptor *head)
{
    size_t start = (size_t)((uint8_t *)head - list->bytes);

    list->size = (list->size + 7) / 8 * 8;
    put_be64(head->bytes_following, list->size - start - sizeof *head);
}

static struct vbmeta_property *add_property(struct list *list, const char *key, const void *value,
                                            size_t value_bytes)
{
    struct vbmeta_descriptor *head =
        begin(list, VBMETA_TAG_PROPERTY, sizeof(struct vbmeta_property));
    struct vbmeta_property *property = (struct vbmeta_property *)head;

    put_be64(property->key_bytes, strlen(key));
    put_be64(property->value_bytes, value_bytes);
    append(list, key, strlen(key) + 1);
    append(list, value, value_bytes);
    append(list, "", 1);
    end(list, head);
    return property;
}

static struct vbmeta_hash *add_hash(struct list *list, const char *name, size_t salt_bytes,
                                    size_t digest_bytes)
{
    struct vbmeta_descriptor *head = begin(list, VBMETA_TAG_HASH, sizeof(struct vbmeta_hash));
    struct vbmeta_hash *hash = (struct vbmeta_hash *)head;
    uint8_t filler[1024];

    put_be64(hash->image_bytes, 16384);
    memcpy(hash->hash_algorithm, "sha256", 7);
    put_be32(hash->name_bytes, (uint32_t)strlen(name));
    put_be32(hash->salt_bytes, (uint32_t)salt_bytes);
    put_be32(hash->digest_bytes, (uint32_t)digest_bytes);
    append(list, name, strlen(name));
    memset(filler, 0x51, sizeof filler);
    append(list, filler, salt_bytes);
    memset(filler, 0xd1, sizeof filler);
    append(list, filler, digest_bytes);
    end(list, head);
    return hash;
}

static void add_other(struct list *list, uint64_t tag, size_t body_bytes)
{
    struct vbmeta_descriptor *head = begin(list, tag, sizeof *head);

    list->size += body_bytes;
    end(list, head);
}

/* From a copy of exactly their size. */
static enum err read_list(const struct list *list, size_t size, struct verified *out_verified)
{
    uint8_t *bytes = test_malloc(size + 1);
    struct vbmeta vbmeta = {.descriptors = slice_of(bytes, size)};
    enum err err;

    memcpy(bytes, list->bytes, size);
    memset(out_verified, 0, sizeof *out_verified);
    err = vbmeta_read_descriptors(&vbmeta, PART_VBMETA, out_verified);
    test_free(bytes);
    return err;
}

static void reads_what_is_ours(void **state)
{
    struct list list = {.size = 0};
    struct verified verified;

    add_property(&list, ROM_PROPERTY_REGION, "global", 6);
    add_property(&list, "com.android.build.boot.os_version", "8.1.0", 5);
    add_property(&list, ROM_PROPERTY_NAME, "reseller", 8);
    add_property(&list, ROM_PROPERTY_VERSION, "V9.6.1.0.OEAMIFD", 16);
    add_other(&list, 5, 8);
    add_other(&list, 77, 0);
    add_hash(&list, "dtbo", 16, 32);
    add_hash(&list, "boot", 7, 32);
    add_hash(&list, "boot_a", 7, 32);
    add_hash(&list, "recovery", 0, 32);
    add_property(&list, ROM_PROPERTY_PRODUCT, "dipper", 6);
    assert_err(read_list(&list, list.size, &verified), OK);
    assert_int_equal(verified.region, REGION_GLOBAL);
    assert_string_equal(verified.region_text, "global");
    assert_string_equal(verified.rom_name, "reseller");
    assert_string_equal(verified.rom_version, "V9.6.1.0.OEAMIFD");
    assert_string_equal(verified.rom_product, "dipper");
    assert_true(verified.images[PART_BOOT].present);
    assert_true(verified.images[PART_BOOT].size_bytes == 16384);
    assert_int_equal(verified.images[PART_BOOT].salted.sha256.total_bytes, 7);
    assert_int_equal(verified.images[PART_BOOT].salted.sha256.pending[6], 0x51);
    assert_false(verified.images[PART_BOOT].unsupported);
    assert_int_equal(verified.images[PART_BOOT].digest[0], 0xd1);
    assert_int_equal(verified.images[PART_BOOT].digest[31], 0xd1);
}

static void nothing_is_claimed(void **state)
{
    struct list list = {.size = 0};
    struct verified verified;

    assert_err(read_list(&list, 0, &verified), OK);
    assert_int_equal(verified.region, REGION_UNKNOWN);
    assert_false(verified.images[PART_BOOT].present);
}

static void regions(void **state)
{
    static const struct {
        const char *text;
        enum region region;
    } cases[] = {
        {"cn", REGION_CN},      {"global", REGION_GLOBAL}, {"", REGION_UNKNOWN},
        {"CN", REGION_UNKNOWN}, {"cn ", REGION_UNKNOWN},   {"eea", REGION_UNKNOWN},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct list list = {.size = 0};
        struct verified verified;

        add_property(&list, ROM_PROPERTY_REGION, cases[i].text, strlen(cases[i].text));
        assert_err(read_list(&list, list.size, &verified), OK);
        assert_int_equal(verified.region, cases[i].region);
        assert_string_equal(verified.region_text, cases[i].text);
    }
}

static void values_must_fit_and_print(void **state)
{
    static const struct {
        const char *name;
        const char *key;
        const char *value;
        size_t size;
        enum err err;
    } cases[] = {
        {"region of 15", ROM_PROPERTY_REGION, "123456789012345", 15, OK},
        {"region of 16", ROM_PROPERTY_REGION, "1234567890123456", 16, E_VBMETA_DESCRIPTOR},
        {"a NUL in the region", ROM_PROPERTY_REGION, "cn\0x", 4, E_VBMETA_DESCRIPTOR},
        {"a line end in the version", ROM_PROPERTY_VERSION, "V9\n", 3, E_VBMETA_DESCRIPTOR},
        {"a byte beyond ASCII", ROM_PROPERTY_NAME, "\xff", 1, E_VBMETA_DESCRIPTOR},
        {"product of 32", ROM_PROPERTY_PRODUCT, "12345678901234567890123456789012", 32,
         E_VBMETA_DESCRIPTOR},
        {"anything in what is not ours", "other", "\x01\0\xff", 3, OK},
        {"a longer key is not ours", ROM_PROPERTY_NAME "x", "\xff", 1, OK},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct list list = {.size = 0};
        struct verified verified;

        add_property(&list, cases[i].key, cases[i].value, cases[i].size);
        assert_err_in(cases[i].name, read_list(&list, list.size, &verified), cases[i].err);
    }
}

static void twice_is_once_too_often(void **state)
{
    static const char *const keys[] = {ROM_PROPERTY_REGION, ROM_PROPERTY_NAME, ROM_PROPERTY_VERSION,
                                       ROM_PROPERTY_PRODUCT};
    struct verified verified;

    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        struct list list = {.size = 0};

        add_property(&list, keys[i], "", 0);
        add_property(&list, "between", "", 0);
        add_property(&list, keys[i], "cn", 2);
        assert_err_in(keys[i], read_list(&list, list.size, &verified), E_VBMETA_DUPLICATE);
        assert_int_equal(verified.region, REGION_UNKNOWN); /* nobody knows which of the two */
    }

    struct list list = {.size = 0};

    add_hash(&list, "boot", 0, 32);
    add_hash(&list, "boot", 0, 32);
    assert_err(read_list(&list, list.size, &verified), E_VBMETA_DUPLICATE);
}

static void put_be(uint8_t *field, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) {
        size_t from_end = size - 1 - i;

        field[i] = from_end < sizeof value ? (uint8_t)(value >> 8 * from_end) : 0;
    }
}

#define IN(type, name) offsetof(struct type, name), sizeof(((struct type *)0)->name)

/* One field of the second of three descriptors of a kind. */
static const struct {
    const char *name;
    bool is_hash;
    size_t offset;
    size_t size;
    uint64_t value;
} hostile[] = {
    {"property: following 0", false, IN(vbmeta_property, head.bytes_following), 0},
    {"property: following 7", false, IN(vbmeta_property, head.bytes_following), 7},
    {"property: following 8", false, IN(vbmeta_property, head.bytes_following), 8},
    {"property: 8 too short", false, IN(vbmeta_property, head.bytes_following), 24},
    {"property: 8 too long", false, IN(vbmeta_property, head.bytes_following), 40},
    {"property: not a multiple", false, IN(vbmeta_property, head.bytes_following), 33},
    {"property: beyond the end", false, IN(vbmeta_property, head.bytes_following), 4096},
    {"property: wraps", false, IN(vbmeta_property, head.bytes_following), UINT64_MAX - 7},
    {"property: wraps to itself", false, IN(vbmeta_property, head.bytes_following),
     UINT64_MAX - 15},
    {"key of 0", false, IN(vbmeta_property, key_bytes), 0},
    {"key one too short", false, IN(vbmeta_property, key_bytes), 4},
    {"key one too long", false, IN(vbmeta_property, key_bytes), 6},
    {"key beyond the end", false, IN(vbmeta_property, key_bytes), 5000},
    {"key wraps", false, IN(vbmeta_property, key_bytes), UINT64_MAX},
    {"key and NUL wrap", false, IN(vbmeta_property, key_bytes), UINT64_MAX - 31},
    {"value one too short", false, IN(vbmeta_property, value_bytes), 4},
    {"value beyond its padding", false, IN(vbmeta_property, value_bytes), 10},
    {"value beyond the end", false, IN(vbmeta_property, value_bytes), 5000},
    {"value at the maximum", false, IN(vbmeta_property, value_bytes), UINT64_MAX},
    {"hash: following 0", true, IN(vbmeta_hash, head.bytes_following), 0},
    {"hash: 8 too short", true, IN(vbmeta_hash, head.bytes_following), 144},
    {"hash: 8 too long", true, IN(vbmeta_hash, head.bytes_following), 160},
    {"hash: beyond the end", true, IN(vbmeta_hash, head.bytes_following), 0x10000},
    {"hash: at the maximum", true, IN(vbmeta_hash, head.bytes_following), UINT64_MAX},
    {"name beyond the end", true, IN(vbmeta_hash, name_bytes), 4096},
    {"name at the maximum", true, IN(vbmeta_hash, name_bytes), UINT32_MAX},
    {"salt one too long", true, IN(vbmeta_hash, salt_bytes), 8},
    {"salt at the maximum", true, IN(vbmeta_hash, salt_bytes), UINT32_MAX},
    {"salt and digest wrap", true, IN(vbmeta_hash, salt_bytes), UINT32_MAX - 31},
    {"no digest", true, IN(vbmeta_hash, digest_bytes), 0},
    {"digest of 33", true, IN(vbmeta_hash, digest_bytes), 33},
    {"digest at the maximum", true, IN(vbmeta_hash, digest_bytes), UINT32_MAX},
};

static void hostile_sizes_are_refused(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(hostile); i++) {
        struct list list = {.size = 0};
        struct verified verified;
        uint8_t *second;

        add_property(&list, "first", "value", 5);
        second = hostile[i].is_hash ? (uint8_t *)add_hash(&list, "boot", 0, 32)
                                    : (uint8_t *)add_property(&list, "secnd", "value", 5);
        add_property(&list, ROM_PROPERTY_REGION, "cn", 2);
        assert_err(read_list(&list, list.size, &verified), OK);
        put_be(second + hostile[i].offset, hostile[i].size, hostile[i].value);
        assert_err_in(hostile[i].name, read_list(&list, list.size, &verified), E_VBMETA_DESCRIPTOR);
    }
}

static void strings_end_in_a_nul(void **state)
{
    struct list list = {.size = 0};
    struct verified verified;
    uint8_t *strings = (uint8_t *)add_property(&list, "first", "value", 5) + 32;

    strings[5] = 'x';
    assert_err(read_list(&list, list.size, &verified), E_VBMETA_DESCRIPTOR);
    strings[5] = '\0';
    strings[11] = 'x';
    assert_err(read_list(&list, list.size, &verified), E_VBMETA_DESCRIPTOR);
    strings[11] = '\0';
    assert_err(read_list(&list, list.size, &verified), OK);
}

/* Whole but for its padding, and nothing behind it. */
static void descriptors_are_padded(void **state)
{
    struct list list = {.size = 0};
    struct verified verified;
    struct vbmeta_property *property = add_property(&list, "first", "value", 5);
    size_t unpadded = sizeof *property + 12;

    put_be64(property->head.bytes_following, unpadded - sizeof property->head);
    assert_int_not_equal(unpadded % 8, 0);
    assert_err(read_list(&list, unpadded, &verified), E_VBMETA_DESCRIPTOR);
}

static void salts_of_any_length(void **state)
{
    for (size_t salt_bytes = 0; salt_bytes <= 700; salt_bytes++) {
        struct list list = {.size = 0};
        struct verified verified;
        uint8_t salt[700];
        struct digest expected;
        uint8_t digest[DIGEST_BYTES_MAX];

        memset(salt, 0x51, sizeof salt);
        digest_init(&expected, HASH_SHA256);
        digest_update(&expected, slice_of(salt, salt_bytes));
        digest_final(&expected, digest);
        add_hash(&list, "boot", salt_bytes, 32);
        assert_err(read_list(&list, list.size, &verified), OK);
        assert_true(
            digest_is(&verified.images[PART_BOOT].salted, slice_of(digest, SHA256_BYTES)));
    }
}

/* The image is there; it matters when it is to be loaded that nobody here can check it. */
static void kinds_that_are_not_taken(void **state)
{
    static const struct {
        const char *algorithm;
        size_t digest_bytes;
        bool taken;
    } cases[] = {
        {"sha256", 32, true},  {"sha512", 64, true},     {"sha1", 20, false}, {"sha256", 20, false},
        {"sha512", 32, false}, {"blake2b-256", 32, false}, {"", 32, false},   {"sha256", 0, false},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct list list = {.size = 0};
        struct verified verified;
        struct vbmeta_hash *hash = add_hash(&list, "boot", 5, cases[i].digest_bytes);

        memset(hash->hash_algorithm, 0, sizeof hash->hash_algorithm);
        memcpy(hash->hash_algorithm, cases[i].algorithm, strlen(cases[i].algorithm));
        add_property(&list, ROM_PROPERTY_REGION, "cn", 2);
        assert_err_in(cases[i].algorithm, read_list(&list, list.size, &verified), OK);
        assert_true(verified.images[PART_BOOT].present);
        assert_true(verified.images[PART_BOOT].unsupported == !cases[i].taken);
        assert_int_equal(verified.region, REGION_CN);
    }
}

/* What is before it counts, what is behind it too where it can be found. */
static void one_bad_descriptor_leaves_the_others(void **state)
{
    struct list list = {.size = 0};
    struct verified verified;
    struct vbmeta_property *bad;

    add_property(&list, ROM_PROPERTY_REGION, "cn", 2);
    bad = add_property(&list, "a key", "value", 5);
    add_hash(&list, "boot", 7, 32);
    add_property(&list, ROM_PROPERTY_NAME, "cn", 2);
    put_be64(bad->key_bytes, 5000);
    assert_err(read_list(&list, list.size, &verified), E_VBMETA_DESCRIPTOR);
    assert_int_equal(verified.region, REGION_CN);
    assert_string_equal(verified.rom_name, "cn");
    assert_true(verified.images[PART_BOOT].present);
    put_be64(bad->head.bytes_following, 4096); /* beyond the end */
    assert_err(read_list(&list, list.size, &verified), E_VBMETA_DESCRIPTOR);
    assert_int_equal(verified.region, REGION_CN);
    assert_string_equal(verified.rom_name, "");
}

static void every_truncation_is_seen_or_between_two(void **state)
{
    struct list list = {.size = 0};
    struct verified verified;
    size_t first_bytes;

    add_property(&list, ROM_PROPERTY_REGION, "cn", 2);
    first_bytes = list.size;
    add_hash(&list, "boot", 7, 32);
    for (size_t size = 0; size <= list.size; size++) {
        bool whole = size == 0 || size == first_bytes || size == list.size;

        assert_err(read_list(&list, size, &verified), whole ? OK : E_VBMETA_DESCRIPTOR);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_ours),
        cmocka_unit_test(nothing_is_claimed),
        cmocka_unit_test(regions),
        cmocka_unit_test(values_must_fit_and_print),
        cmocka_unit_test(twice_is_once_too_often),
        cmocka_unit_test(hostile_sizes_are_refused),
        cmocka_unit_test(strings_end_in_a_nul),
        cmocka_unit_test(descriptors_are_padded),
        cmocka_unit_test(salts_of_any_length),
        cmocka_unit_test(kinds_that_are_not_taken),
        cmocka_unit_test(one_bad_descriptor_leaves_the_others),
        cmocka_unit_test(every_truncation_is_seen_or_between_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
