/* SPDX-License-Identifier: MIT */
/* verify/vbmeta.h: every flipped bit, hostile headers, keys and signatures. */
#include "tests/unit/check.h"

#include "format/vbmeta.h"
#include "tests/fake/fake_rom.h"
#include "verify/vbmeta.h"

static struct fake_rom good;

static int make_rom(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", fake_root_key());

    fake_rom_make(&spec, &good);
    return 0;
}

static int free_rom(void **state)
{
    fake_rom_free(&good);
    return 0;
}

static enum err parse_and_check(struct slice bytes)
{
    struct vbmeta vbmeta;

    TRY(vbmeta_parse(bytes, &vbmeta));
    return vbmeta_check_signature(&vbmeta);
}

/* A copy of the good image, of exactly its size. */
static struct span copy_of_good(void)
{
    struct span copy = {.data = test_malloc(good.vbmeta.size), .size = good.vbmeta.size};

    memcpy(copy.data, good.vbmeta.data, copy.size);
    return copy;
}

static struct vbmeta_header *header_of(struct span image)
{
    return (struct vbmeta_header *)image.data;
}

static void finds_the_parts(void **state)
{
    struct vbmeta vbmeta;
    const struct signing_key *key = fake_root_key();

    assert_err(vbmeta_parse(span_slice(good.vbmeta), &vbmeta), OK);
    assert_int_equal(vbmeta.algorithm, VBMETA_ALGORITHM_SHA256_RSA4096);
    assert_int_equal(vbmeta.header.size, 256);
    assert_int_equal(vbmeta.header.size + vbmeta.authentication.size + vbmeta.auxiliary.size,
                     good.vbmeta.size);
    assert_int_equal(vbmeta.public_key.size, sizeof key->public_key);
    assert_memory_equal(vbmeta.public_key.data, key->public_key, sizeof key->public_key);
    assert_err(vbmeta_check_signature(&vbmeta), OK);
}

static void bytes_behind_the_image_are_not_its_own(void **state)
{
    uint8_t *bytes = test_malloc(VBMETA_MAX_BYTES);

    memset(bytes, 0xee, VBMETA_MAX_BYTES);
    memcpy(bytes, good.vbmeta.data, good.vbmeta.size);
    assert_err(parse_and_check(slice_of(bytes, VBMETA_MAX_BYTES)), OK);
    test_free(bytes);
}

static void every_flipped_bit_is_seen(void **state)
{
    struct span image = copy_of_good();

    for (size_t bit = 0; bit < 8 * image.size; bit++) {
        image.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (parse_and_check(span_slice(image)) == OK) {
            print_error("bit %zu of byte %zu is not covered\n", bit % 8, bit / 8);
            fail();
        }
        image.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_err(parse_and_check(span_slice(image)), OK);
    test_free(image.data);
}

static void every_overwritten_byte_is_seen(void **state)
{
    static const uint8_t values[] = {0x00, 0xff};
    struct span image = copy_of_good();

    for (size_t i = 0; i < 2 * image.size; i++) {
        uint8_t *byte = &image.data[i / 2];
        uint8_t before = *byte;

        *byte = values[i % 2];
        if (*byte != before) {
            assert_int_not_equal(parse_and_check(span_slice(image)), OK);
        }
        *byte = before;
    }
    test_free(image.data);
}

static void every_truncation_is_seen(void **state)
{
    for (size_t size = 0; size < good.vbmeta.size; size++) {
        uint8_t *bytes = test_malloc(size + 1);

        memcpy(bytes, good.vbmeta.data, size);
        assert_err(parse_and_check(slice_of(bytes, size)), E_VBMETA_RANGE);
        test_free(bytes);
    }
}

#define FIELD(name) offsetof(struct vbmeta_header, name), sizeof(((struct vbmeta_header *)0)->name)

static const struct {
    const char *name;
    size_t offset;
    size_t size;
    uint64_t value;
    enum err err;
} hostile[] = {
    {"magic", FIELD(magic), 0x41564231, E_VBMETA_MAGIC},
    {"major 0", FIELD(required_major), 0, E_VBMETA_VERSION},
    {"major 2", FIELD(required_major), 2, E_VBMETA_VERSION},
    {"major at the maximum", FIELD(required_major), UINT32_MAX, E_VBMETA_VERSION},
    {"a later minor", FIELD(required_minor), VBMETA_MINOR + 1, E_VBMETA_VERSION},
    {"minor at the maximum", FIELD(required_minor), UINT32_MAX, E_VBMETA_VERSION},
    {"another place for the index", FIELD(rollback_index_location), 1, E_VBMETA_LOCATION},
    {"the last place for it", FIELD(rollback_index_location), UINT32_MAX, E_VBMETA_LOCATION},
    {"SHA256_RSA2048", FIELD(algorithm), 1, E_VBMETA_RANGE /* of the signature */},
    {"SHA256_RSA8192", FIELD(algorithm), 3, E_VBMETA_RANGE},
    {"SHA512_RSA4096", FIELD(algorithm), 5, E_VBMETA_RANGE /* of the hash */},
    {"an algorithm that AVB has not", FIELD(algorithm), 7, E_VBMETA_ALGORITHM},
    {"algorithm at the maximum", FIELD(algorithm), UINT32_MAX, E_VBMETA_ALGORITHM},
    {"authentication of 0", FIELD(authentication_bytes), 0, E_VBMETA_RANGE},
    {"authentication of 1", FIELD(authentication_bytes), 1, E_VBMETA_RANGE},
    {"authentication not a multiple of 64", FIELD(authentication_bytes), 575, E_VBMETA_RANGE},
    {"authentication beyond the image", FIELD(authentication_bytes), 0x10000, E_VBMETA_RANGE},
    {"authentication wraps with the header", FIELD(authentication_bytes), UINT64_MAX - 255,
     E_VBMETA_RANGE},
    {"authentication at the maximum", FIELD(authentication_bytes), UINT64_MAX - 63, E_VBMETA_RANGE},
    {"auxiliary of 0", FIELD(auxiliary_bytes), 0, E_VBMETA_RANGE},
    {"auxiliary of 1", FIELD(auxiliary_bytes), 1, E_VBMETA_RANGE},
    {"auxiliary not a multiple of 64", FIELD(auxiliary_bytes), 1500, E_VBMETA_RANGE},
    {"auxiliary beyond the image", FIELD(auxiliary_bytes), 0x10000, E_VBMETA_RANGE},
    {"auxiliary at the maximum", FIELD(auxiliary_bytes), UINT64_MAX - 63, E_VBMETA_RANGE},
    {"no hash", FIELD(hash_bytes), 0, E_VBMETA_RANGE},
    {"hash of 31", FIELD(hash_bytes), 31, E_VBMETA_RANGE},
    {"hash of 64", FIELD(hash_bytes), 64, E_VBMETA_RANGE},
    {"hash at the maximum", FIELD(hash_bytes), UINT64_MAX, E_VBMETA_RANGE},
    {"hash over the signature", FIELD(hash_offset), 32, E_VBMETA_RANGE},
    {"hash beyond the block", FIELD(hash_offset), 576, E_VBMETA_RANGE},
    {"hash offset wraps", FIELD(hash_offset), UINT64_MAX - 15, E_VBMETA_RANGE},
    {"no signature", FIELD(signature_bytes), 0, E_VBMETA_RANGE},
    {"signature of 256", FIELD(signature_bytes), 256, E_VBMETA_RANGE},
    {"signature of 513", FIELD(signature_bytes), 513, E_VBMETA_RANGE},
    {"signature at the maximum", FIELD(signature_bytes), UINT64_MAX, E_VBMETA_RANGE},
    {"signature over the hash", FIELD(signature_offset), 31, E_VBMETA_RANGE},
    {"signature beyond the block", FIELD(signature_offset), 65, E_VBMETA_RANGE},
    {"signature offset wraps", FIELD(signature_offset), UINT64_MAX - 511, E_VBMETA_RANGE},
    {"no key", FIELD(public_key_bytes), 0, E_VBMETA_KEY},
    {"key too short", FIELD(public_key_bytes), VBMETA_RSA4096_KEY_BYTES - 1, E_VBMETA_KEY},
    {"key over the descriptors", FIELD(public_key_offset), 0, E_VBMETA_RANGE},
    {"key beyond the block", FIELD(public_key_offset), 0x10000, E_VBMETA_RANGE},
    {"key offset wraps", FIELD(public_key_offset), UINT64_MAX - 1031, E_VBMETA_RANGE},
    {"key at the maximum", FIELD(public_key_bytes), UINT64_MAX, E_VBMETA_RANGE},
    {"metadata over the descriptors", FIELD(key_metadata_offset), 0, OK /* it is empty */},
    {"metadata beyond the block", FIELD(key_metadata_offset), 0x10000, E_VBMETA_RANGE},
    {"metadata at the maximum", FIELD(key_metadata_bytes), UINT64_MAX, E_VBMETA_RANGE},
    {"descriptors over the key", FIELD(descriptors_bytes), 1400, E_VBMETA_RANGE},
    {"descriptors beyond the block", FIELD(descriptors_offset), 0x10000, E_VBMETA_RANGE},
    {"descriptors at the maximum", FIELD(descriptors_bytes), UINT64_MAX, E_VBMETA_RANGE},
    {"descriptors offset wraps", FIELD(descriptors_offset), UINT64_MAX, E_VBMETA_RANGE},
};

/* Signed by the root key, wherever the header still lets the writer sign. */
static void hostile_headers_are_refused(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(hostile); i++) {
        struct span image = copy_of_good();
        uint8_t *field = image.data + hostile[i].offset;

        for (size_t byte = 0; byte < hostile[i].size; byte++) {
            field[byte] = (uint8_t)(hostile[i].value >> 8 * (hostile[i].size - 1 - byte));
        }
        (void)vbmeta_write_seal(fake_root_key(), image);
        assert_err_in(hostile[i].name, parse_and_check(span_slice(image)), hostile[i].err);
        test_free(image.data);
    }
}

static void padding_of_the_authentication_block_is_zero(void **state)
{
    struct span image = copy_of_good();
    size_t authentication_bytes = (size_t)be64(header_of(image)->authentication_bytes);

    assert_true(authentication_bytes > SHA256_BYTES + VBMETA_RSA4096_BYTES);
    for (size_t i = SHA256_BYTES + VBMETA_RSA4096_BYTES; i < authentication_bytes; i++) {
        image.data[256 + i] = 1;
        assert_err(parse_and_check(span_slice(image)), E_VBMETA_RANGE);
        image.data[256 + i] = 0;
    }
    test_free(image.data);
}

/* Both parts at one place, and nothing else in the block. */
static void hash_and_signature_do_not_overlap(void **state)
{
    struct span image = copy_of_good();

    put_be64(header_of(image)->hash_offset, SHA256_BYTES);
    memset(image.data + 256, 0, SHA256_BYTES);
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_RANGE);
    test_free(image.data);
}

static void not_signed_at_all(void **state)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", NULL);
    struct fake_rom rom;

    fake_rom_make(&spec, &rom);
    assert_err(parse_and_check(span_slice(rom.vbmeta)), E_VBMETA_ALGORITHM);
    fake_rom_free(&rom);

    /* signed, and then said to be not: hash and signature are bytes that nobody covers */
    struct span image = copy_of_good();

    put_be32(header_of(image)->algorithm, VBMETA_ALGORITHM_NONE);
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_RANGE);
    test_free(image.data);
}

static void malformed_keys_are_refused(void **state)
{
    static const struct {
        const char *name;
        size_t offset; /* in the key */
        uint8_t flip;
    } cases[] = {
        {"2048 bits", 2, 0x18},
        {"0 bits", 2, 0x10},
        {"another n0inv", 7, 0x01},
        {"an even modulus", 8 + 511, 0x01},
        {"a modulus without its top bit", 8, 0x80},
        {"an n0inv of another modulus", 8 + 510, 0x01},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct span image = copy_of_good();
        struct vbmeta vbmeta;

        assert_err(vbmeta_parse(span_slice(image), &vbmeta), OK);
        image.data[vbmeta.public_key.data - image.data + cases[i].offset] ^= cases[i].flip;
        assert_true(vbmeta_write_seal(fake_root_key(), image));
        assert_err_in(cases[i].name, parse_and_check(span_slice(image)), E_VBMETA_KEY);
        test_free(image.data);
    }
}

static void r_squared_is_below_the_modulus(void **state)
{
    struct span image = copy_of_good();
    struct vbmeta vbmeta;
    uint8_t *key;

    assert_err(vbmeta_parse(span_slice(image), &vbmeta), OK);
    key = image.data + (vbmeta.public_key.data - image.data);
    memset(key + 8 + 512, 0xff, 512);
    assert_true(vbmeta_write_seal(fake_root_key(), image));
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_KEY);
    memcpy(key + 8 + 512, key + 8, 512);
    assert_true(vbmeta_write_seal(fake_root_key(), image));
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_KEY);
    test_free(image.data);
}

/* A modulus of 4095 bits whose other parts fit: n0inv is that of its low word, 0 is below it. */
static void the_modulus_has_its_top_bit(void **state)
{
    struct span image = copy_of_good();
    struct vbmeta vbmeta;
    uint8_t *key;

    assert_err(vbmeta_parse(span_slice(image), &vbmeta), OK);
    key = image.data + (vbmeta.public_key.data - image.data);
    key[8] &= 0x7f;
    memset(key + 8 + 512, 0, 512);
    assert_true(vbmeta_write_seal(fake_root_key(), image));
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_KEY);
    test_free(image.data);
}

static void the_hash_must_be_that_of_the_bytes(void **state)
{
    struct span image = copy_of_good();

    header_of(image)->rollback_index[7] ^= 1;
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_HASH);
    test_free(image.data);
}

static void another_key_did_not_sign_this(void **state)
{
    struct span image = copy_of_good();

    assert_true(vbmeta_write_seal(fake_other_key(), image));
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_SIGNATURE);
    test_free(image.data);
}

/* What RSA makes of `padded`, with the root's private key: a signature with any padding. */
static void sign_raw(struct span image, const uint8_t padded[512])
{
    uint8_t *signature = image.data + 256 + SHA256_BYTES;

    memcpy(signature, padded, 512);
    assert_int_equal(br_rsa_private_get_default()(signature, &fake_root_key()->private_key), 1);
}

/* 00 01 ff ... 00, the DER head of a SHA-256 digest, the digest: RFC 8017, 9.2. */
static void pad(uint8_t padded[512], const uint8_t digest[SHA256_BYTES])
{
    static const uint8_t head[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                   0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    size_t tail = sizeof head + SHA256_BYTES;

    memset(padded, 0xff, 512);
    padded[0] = 0x00;
    padded[1] = 0x01;
    padded[512 - tail - 1] = 0x00;
    memcpy(padded + 512 - tail, head, sizeof head);
    memcpy(padded + 512 - SHA256_BYTES, digest, SHA256_BYTES);
}

static void only_the_one_padding_is_a_signature(void **state)
{
    struct span image = copy_of_good();
    uint8_t right[512];
    uint8_t padded[512];

    pad(right, image.data + 256);
    sign_raw(image, right);
    assert_err(parse_and_check(span_slice(image)), OK);

    /* short padding, and the freed bytes behind the digest: the forgery that works for e = 3 */
    memcpy(padded, right, 10);
    memcpy(padded + 10, right + 512 - 52, 52);
    memset(padded + 62, 0x00, 512 - 62);
    sign_raw(image, padded);
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_SIGNATURE);

    /* each byte of block type, padding and DER head, changed */
    for (size_t i = 1; i < 512 - SHA256_BYTES; i += i < 8 || i > 455 ? 1 : 61) {
        memcpy(padded, right, 512);
        padded[i] ^= 0x02;
        sign_raw(image, padded);
        assert_err(parse_and_check(span_slice(image)), E_VBMETA_SIGNATURE);
    }
    /* another digest than that of the bytes */
    memcpy(padded, right, 512);
    padded[511] ^= 1;
    sign_raw(image, padded);
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_SIGNATURE);
    test_free(image.data);
}

static void a_signature_is_below_the_modulus(void **state)
{
    struct span image = copy_of_good();

    memset(image.data + 256 + SHA256_BYTES, 0xff, 512);
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_SIGNATURE);
    memset(image.data + 256 + SHA256_BYTES, 0x00, 512);
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_SIGNATURE);
    image.data[256 + SHA256_BYTES + 511] = 1;
    assert_err(parse_and_check(span_slice(image)), E_VBMETA_SIGNATURE);
    test_free(image.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_parts),
        cmocka_unit_test(bytes_behind_the_image_are_not_its_own),
        cmocka_unit_test(every_flipped_bit_is_seen),
        cmocka_unit_test(every_overwritten_byte_is_seen),
        cmocka_unit_test(every_truncation_is_seen),
        cmocka_unit_test(hostile_headers_are_refused),
        cmocka_unit_test(padding_of_the_authentication_block_is_zero),
        cmocka_unit_test(hash_and_signature_do_not_overlap),
        cmocka_unit_test(not_signed_at_all),
        cmocka_unit_test(malformed_keys_are_refused),
        cmocka_unit_test(r_squared_is_below_the_modulus),
        cmocka_unit_test(the_modulus_has_its_top_bit),
        cmocka_unit_test(the_hash_must_be_that_of_the_bytes),
        cmocka_unit_test(another_key_did_not_sign_this),
        cmocka_unit_test(only_the_one_padding_is_a_signature),
        cmocka_unit_test(a_signature_is_below_the_modulus),
    };

    return cmocka_run_group_tests(tests, make_rom, free_rom);
}
