/* SPDX-License-Identifier: MIT */
/* fastboot/crc_list.h: which lists are taken, and what a download that does not match stops. */
#include "tests/unit/check.h"

#include "base/crc32.h"
#include "fastboot/crc_list.h"
#include "format/sparse.h"
#include "tests/fake/fake_fastboot.h"

#include <stdio.h>

static const struct fake_phone_spec unlocked = {
    .codename = "dipper", .made_for = REGION_CN, .regime = REGIME_ANNOUNCED, .unlocked = true};
static const struct fake_phone_spec locked = {
    .codename = "dipper", .made_for = REGION_CN, .regime = REGIME_ANNOUNCED};

static struct fake_fastboot *make(const struct fake_phone_spec *spec)
{
    struct fake_fastboot *fastboot = test_malloc(sizeof *fastboot);

    fake_fastboot_make(spec, fastboot);
    return fastboot;
}

static void end(struct fake_fastboot *fastboot)
{
    fake_fastboot_free(fastboot);
    test_free(fastboot);
}

static void assert_flash(struct fake_fastboot *fastboot, struct slice image, const char *name,
                         const char *expected)
{
    char command[64];

    snprintf(command, sizeof command, "flash:%s", name);
    assert_string_equal(fake_fastboot_ask_with(fastboot, image, command), expected);
}

static void assert_list(struct fake_fastboot *fastboot, const char *list, const char *name,
                        const char *expected)
{
    assert_flash(fastboot, slice_of(list, strlen(list)), name, expected);
}

static void lists_as_they_come(void **state)
{
    static const char wrong[] =
        "FAILnot a list of checksums: it begins with CRC-LIST, then NAME 0xCRC a line";
    static const char wrong_sparse[] = "FAILnot a list of checksums: it begins with "
                                       "SPARSECRC-LIST, then NAME 0xCRC DOWNLOADS a line";
    static const struct {
        const char *text;
        bool sparse;
        bool taken;
    } cases[] = {
        {"CRC-LIST\nboot 0xdc4e81d2\n", false, true},
        {"CRC-LIST\r\nboot 0xdc4e81d2\r\nrecovery 0XDC4E81D2\r\n\r\n", false, true},
        {"CRC-LIST\nboot 0x1", false, true},
        {"CRC-LIST", false, true},
        {"", false, false},
        {"CRC-LISTS\nboot 0x1\n", false, false},
        {"SPARSECRC-LIST\nboot 0x1 1\n", false, false},
        {"CRC-LIST\nboot\n", false, false},
        {"CRC-LIST\nboot dc4e81d2\n", false, false},
        {"CRC-LIST\nboot 0x\n", false, false},
        {"CRC-LIST\nboot 0x1dc4e81d2\n", false, false},
        {"CRC-LIST\nboot 0xdc4e81g2\n", false, false},
        {"CRC-LIST\naaaaaaaaaabbbbbbbbbbccccccccccddddddd 0x1\n", false, false},
        {"SPARSECRC-LIST\nsystem 0xb7d66688 27\n", true, true},
        {"SPARSECRC-LIST\nsystem 0xb7d66688\n", true, false},
        {"SPARSECRC-LIST\nsystem 0xb7d66688 0\n", true, false},
        {"SPARSECRC-LIST\nsystem 0xb7d66688 4294967296\n", true, false},
        {"SPARSECRC-LIST\nsystem 0xb7d66688 2a\n", true, false},
        {"CRC-LIST\nsystem 0xb7d66688 27\n", true, false},
    };
    struct fake_fastboot *fastboot = make(&unlocked);

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *refused = cases[i].sparse ? wrong_sparse : wrong;

        if (cases[i].text[0] == '\0') {
            continue; /* nothing can be downloaded */
        }
        assert_list(fastboot, cases[i].text, cases[i].sparse ? "sparsecrclist" : "crclist",
                    cases[i].taken ? "OKAY" : refused);
    }
    end(fastboot);
}

static void too_many_names(void **state)
{
    char list[CRC_LIST_ENTRIES_MAX * 20 + 40] = "CRC-LIST\n";
    struct fake_fastboot *fastboot = make(&unlocked);

    for (size_t i = 0; i < CRC_LIST_ENTRIES_MAX; i++) {
        snprintf(list + strlen(list), 20, "part%zu 0x1\n", i);
    }
    assert_list(fastboot, list, "crclist", "OKAY");
    strcat(list, "more 0x1\n");
    assert_memory_equal(
        fake_fastboot_ask_with(fastboot, slice_of(list, strlen(list)), "flash:crclist"), "FAIL", 4);
    end(fastboot);
}

/* Else a damaged list would be a way round the good one before it. */
static void a_refused_list_leaves_the_one_that_was_there(void **state)
{
    static const char image[] = "not the image of the list";
    struct fake_fastboot *fastboot = make(&unlocked);

    assert_list(fastboot, "CRC-LIST\nboot 0x1\n", "crclist", "OKAY");
    assert_memory_equal(
        fake_fastboot_ask_with(fastboot, slice_of("CRC-LIST misc 0x1 boot", 22), "flash:crclist"),
        "FAIL", 4);
    assert_flash(fastboot, slice_of(image, sizeof image), "misc", "OKAY");
    assert_flash(fastboot, slice_of(image, sizeof image), "boot", "FAILCheck CRC failed");
    end(fastboot);
}

/* A gigabyte of blanks would be looked through for seconds, without a sign of life. */
static void a_list_has_a_length(void **state)
{
    static char list[0x10000 + 1] = "CRC-LIST";
    struct fake_fastboot *fastboot = make(&unlocked);

    memset(list + 8, ' ', sizeof list - 8);
    assert_flash(fastboot, slice_of(list, sizeof list - 1), "crclist", "OKAY");
    assert_flash(fastboot, slice_of(list, sizeof list), "crclist",
                 "FAILthe list of checksums is too long: 48 names, 64 KiB");
    end(fastboot);
}

/* Of half a GiB it takes seconds, and nothing is written yet. */
static void the_check_shows_how_far_it_is(void **state)
{
    static uint8_t image[0x60000];
    struct fake_fastboot *fastboot = make(&unlocked);

    assert_list(fastboot, "CRC-LIST\nboot 0x1\n", "crclist", "OKAY");
    fastboot->session.shown_percent = 0;
    assert_flash(fastboot, slice_of(image, sizeof image), "boot", "FAILCheck CRC failed");
    assert_int_equal(fastboot->session.shown_percent, 100);
    end(fastboot);
}

static void a_mismatch_stops_everything_until_a_restart(void **state)
{
    static const char image[] = "not quite a boot image";
    char list[100];
    struct fake_fastboot *fastboot = make(&unlocked);

    snprintf(list, sizeof list, "CRC-LIST\nboot 0x%08x\n",
             (unsigned)crc32(slice_of(image, sizeof image)));
    assert_list(fastboot, list, "crclist", "OKAY");
    assert_flash(fastboot, slice_of(image, sizeof image), "boot", "OKAY");
    assert_flash(fastboot, slice_of(image, 5), "misc", "OKAY"); /* not on the list */
    assert_flash(fastboot, slice_of(image, sizeof image - 1), "boot", "FAILCheck CRC failed");
    assert_flash(fastboot, slice_of(image, sizeof image), "boot",
                 "FAILError: Last flash failed : CRC Error");
    assert_string_equal(fake_fastboot_ask(fastboot, "erase:misc"),
                        "FAILError: Last flash failed : CRC Error");
    assert_list(fastboot, list, "crclist", "FAILError: Last flash failed : CRC Error");
    assert_string_equal(fake_fastboot_ask(fastboot, "getvar:product"), "OKAYdipper");
    fake_fastboot_reboot(fastboot);
    assert_flash(fastboot, slice_of(image, sizeof image - 1), "boot", "OKAY");
    end(fastboot);
}

/* A sparse image that leaves `blocks` blocks as they are. */
static struct slice sparse_of(uint32_t blocks, uint8_t bytes[sizeof(struct sparse_header) + 12])
{
    struct sparse_header *header = (struct sparse_header *)bytes;
    struct sparse_chunk *chunk = (struct sparse_chunk *)(bytes + sizeof *header);

    memset(bytes, 0, sizeof *header + sizeof *chunk);
    put_le32(header->magic, SPARSE_MAGIC);
    put_le16(header->major, 1);
    put_le16(header->header_bytes, sizeof *header);
    put_le16(header->chunk_header_bytes, sizeof *chunk);
    put_le32(header->block_bytes, 4096);
    put_le32(header->total_blocks, blocks);
    put_le32(header->chunks, 1);
    put_le16(chunk->type, SPARSE_CHUNK_DONT_CARE);
    put_le32(chunk->blocks, blocks);
    put_le32(chunk->total_bytes, sizeof *chunk);
    return slice_of(bytes, sizeof *header + sizeof *chunk);
}

static void of_a_sparse_image_all_downloads_count(void **state)
{
    uint8_t bytes[2][sizeof(struct sparse_header) + 12];
    struct slice parts[2] = {sparse_of(2, bytes[0]), sparse_of(3, bytes[1])};
    char list[100];

    snprintf(list, sizeof list, "SPARSECRC-LIST\nboot 0x%08x 2\n",
             (unsigned)crc32_update(crc32(parts[0]), parts[1]));
    for (size_t second = 0; second < 2; second++) {
        struct fake_fastboot *fastboot = make(&unlocked);

        assert_list(fastboot, list, "sparsecrclist", "OKAY");
        assert_flash(fastboot, parts[0], "boot", "OKAY");
        assert_flash(fastboot, parts[second], "boot",
                     second == 1 ? "OKAY" : "FAILfailed to check sparse crc");
        assert_flash(fastboot, parts[0], "boot",
                     second == 1 ? "OKAY" : "FAILError: Last flash failed : CRC Error");
        end(fastboot);
    }
}

static void a_locked_phone_takes_no_lists(void **state)
{
    struct fake_fastboot *fastboot = make(&locked);

    assert_list(fastboot, "CRC-LIST\n", "crclist", "FAILFlashing is not allowed in Lock State");
    assert_list(fastboot, "CRC-LIST\n", "antirbpass", "FAILFlashing is not allowed in Lock State");
    end(fastboot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_as_they_come),
        cmocka_unit_test(too_many_names),
        cmocka_unit_test(a_refused_list_leaves_the_one_that_was_there),
        cmocka_unit_test(a_list_has_a_length),
        cmocka_unit_test(the_check_shows_how_far_it_is),
        cmocka_unit_test(a_mismatch_stops_everything_until_a_restart),
        cmocka_unit_test(of_a_sparse_image_all_downloads_count),
        cmocka_unit_test(a_locked_phone_takes_no_lists),
    };

    return cmocka_run_group_tests_name("crc_list", tests, NULL, NULL);
}
