/* SPDX-License-Identifier: MIT */
/* storage/gpt.h: both copies, every flipped bit, hostile headers and entries. */
#include "tests/unit/check.h"

#include "storage/gpt.h"
#include "tests/fake/fake_gpt.h"

#define BLOCKS       256
#define LAST         (BLOCKS - 1)
#define ENTRY_COUNT  8 /* in most tables here: 2 blocks of 512 */
#define FIRST_USABLE 4
#define LAST_USABLE  252

static const struct fake_gpt_entry good[] = {
    {"misc", 4, 4},
    {"vbmeta", 8, 15},
    {"boot", 16, 100},
    {"a name of thirty-six characters .end", 101, LAST_USABLE},
};

struct fixture {
    struct fake_disk disk;
    uint8_t room[0x8000];
    struct gpt gpt;
};

static struct fixture *with_table(uint32_t block_bytes, uint32_t entry_count)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    fake_disk_init(&f->disk, BLOCKS, block_bytes);
    fake_gpt_write_both(&f->disk, entry_count, good, ARRAY_COUNT(good));
    return f;
}

static void done(struct fixture *f)
{
    assert_int_equal(f->disk.writes, 0);
    fake_disk_free(&f->disk);
    test_free(f);
}

static enum err open_table(struct fixture *f)
{
    struct span scratch = {.data = f->room, .size = sizeof f->room};

    return gpt_open(&f->disk.block, scratch, &f->gpt);
}

/* On error nothing was written to the result. */
static void assert_refused(struct fixture *f, const char *name, enum err expected)
{
    struct gpt before;

    memset(&f->gpt, 0x5a, sizeof f->gpt);
    before = f->gpt;
    assert_err_in(name, open_table(f), expected);
    assert_memory_equal(&f->gpt, &before, sizeof before);
}

static void assert_is_good(const struct gpt *gpt, enum gpt_copy used)
{
    assert_int_equal(gpt->used, used);
    assert_int_equal(gpt->count, ARRAY_COUNT(good));
    for (size_t i = 0; i < gpt->count; i++) {
        assert_string_equal(gpt->partitions[i].name, good[i].name);
        assert_true(gpt->partitions[i].first_lba == good[i].first_lba);
        assert_true(gpt->partitions[i].block_count == good[i].last_lba - good[i].first_lba + 1);
    }
}

static void reads_both_block_sizes(void **state)
{
    static const struct {
        uint32_t block_bytes;
        uint32_t entry_count;
    } cases[] = {{512, ENTRY_COUNT}, {512, 5}, {4096, 64}, {4096, ENTRY_COUNT}};

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        struct fixture *f = with_table(cases[i].block_bytes, cases[i].entry_count);
        struct partition part;

        assert_err(open_table(f), OK);
        assert_is_good(&f->gpt, GPT_PRIMARY);
        assert_err(gpt_find(&f->gpt, "boot", &part), OK);
        assert_ptr_equal(part.disk, &f->disk.block);
        assert_true(part.first_lba == 16);
        assert_true(part.size_bytes == 85 * cases[i].block_bytes);
        assert_err(gpt_find(&f->gpt, "boo", &part), E_GPT_NOT_FOUND);
        assert_err(gpt_find(&f->gpt, "", &part), E_GPT_NOT_FOUND);
        done(f);
    }
}

static void holes_between_entries_are_passed_over(void **state)
{
    struct fixture *f = with_table(512, ENTRY_COUNT);

    memset(&fake_gpt_entries(&f->disk, 1)[1], 0, sizeof(struct gpt_entry));
    fake_gpt_seal(&f->disk, 1);
    assert_err(open_table(f), OK);
    assert_int_equal(f->gpt.count, ARRAY_COUNT(good) - 1);
    assert_string_equal(f->gpt.partitions[1].name, "boot");
    done(f);
}

static void both_valid_the_primary_counts(void **state)
{
    struct fixture *f = with_table(512, ENTRY_COUNT);

    fake_gpt_entries(&f->disk, LAST)[0].name[0] = 'M';
    fake_gpt_seal(&f->disk, LAST);
    assert_err(open_table(f), OK);
    assert_is_good(&f->gpt, GPT_PRIMARY);
    memset(fake_disk_at(&f->disk, 1), 0, 512);
    assert_err(open_table(f), OK);
    assert_int_equal(f->gpt.used, GPT_BACKUP);
    assert_string_equal(f->gpt.partitions[0].name, "Misc");
    done(f);
}

/* Flips each bit of `length` bytes: the backup counts; and with the backup gone nothing does. */
static void flip_all(struct fixture *f, uint8_t *bytes, size_t length)
{
    uint8_t *backup = fake_disk_at(&f->disk, LAST);

    for (size_t bit = 0; bit < 8 * length; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_err(open_table(f), OK);
        assert_is_good(&f->gpt, GPT_BACKUP);
        backup[0] ^= 1;
        assert_int_not_equal(open_table(f), OK);
        backup[0] ^= 1;
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_err(open_table(f), OK);
    assert_is_good(&f->gpt, GPT_PRIMARY);
}

static void every_flipped_bit_is_seen(void **state)
{
    struct fixture *f = with_table(512, ENTRY_COUNT);

    flip_all(f, fake_disk_at(&f->disk, 1), GPT_HEADER_BYTES);
    flip_all(f, (uint8_t *)fake_gpt_entries(&f->disk, 1), ENTRY_COUNT * GPT_ENTRY_BYTES);
    done(f);
}

#define FIELD(name) offsetof(struct gpt_header, name), sizeof(((struct gpt_header *)0)->name)

/* Each with correct checksums in the primary, and no backup. */
static const struct {
    const char *name;
    size_t offset;
    size_t size;
    uint64_t value;
    enum err err;
} hostile_headers[] = {
    {"another signature", FIELD(signature), 0, E_GPT_SIGNATURE},
    {"revision 0", FIELD(revision), 0, E_GPT_HEADER},
    {"revision 2", FIELD(revision), 0x20000, E_GPT_HEADER},
    {"no header", FIELD(header_bytes), 0, E_GPT_HEADER},
    {"header of 1", FIELD(header_bytes), 1, E_GPT_HEADER},
    {"header too short", FIELD(header_bytes), 91, E_GPT_HEADER},
    {"header beyond its block", FIELD(header_bytes), 513, E_GPT_HEADER},
    {"header at the maximum", FIELD(header_bytes), UINT32_MAX, E_GPT_HEADER},
    {"my_lba 0", FIELD(my_lba), 0, E_GPT_HEADER},
    {"my_lba is the backup's", FIELD(my_lba), LAST, E_GPT_HEADER},
    {"my_lba at the maximum", FIELD(my_lba), UINT64_MAX, E_GPT_HEADER},
    {"usable from 0", FIELD(first_usable_lba), 0, E_GPT_HEADER},
    {"usable from the header", FIELD(first_usable_lba), 1, E_GPT_HEADER},
    {"usable over the entries", FIELD(first_usable_lba), 3, E_GPT_HEADER},
    {"usable backwards", FIELD(first_usable_lba), LAST_USABLE + 1, E_GPT_HEADER},
    {"usable from the maximum", FIELD(first_usable_lba), UINT64_MAX, E_GPT_HEADER},
    {"usable to 0", FIELD(last_usable_lba), 0, E_GPT_HEADER},
    {"usable over the backup", FIELD(last_usable_lba), LAST, E_GPT_HEADER},
    {"usable beyond the disk", FIELD(last_usable_lba), BLOCKS, E_GPT_HEADER},
    {"usable to the maximum", FIELD(last_usable_lba), UINT64_MAX, E_GPT_HEADER},
    {"entries at 0", FIELD(entries_lba), 0, E_GPT_HEADER},
    {"entries over the header", FIELD(entries_lba), 1, E_GPT_HEADER},
    {"entries reach into usable", FIELD(entries_lba), 3, E_GPT_HEADER},
    {"entries in usable", FIELD(entries_lba), 100, E_GPT_HEADER},
    {"entries over the backup header", FIELD(entries_lba), LAST - 1, E_GPT_HEADER},
    {"entries beyond the disk", FIELD(entries_lba), BLOCKS, E_GPT_HEADER},
    {"entries at the maximum", FIELD(entries_lba), UINT64_MAX, E_GPT_HEADER},
    {"no entries", FIELD(entry_count), 0, E_GPT_HEADER},
    {"entries into usable", FIELD(entry_count), 9, E_GPT_HEADER},
    {"129 entries", FIELD(entry_count), 129, E_GPT_HEADER},
    {"entry count whose size wraps", FIELD(entry_count), 0x2000001, E_GPT_HEADER},
    {"entry count at the maximum", FIELD(entry_count), UINT32_MAX, E_GPT_HEADER},
    {"entries of 0", FIELD(entry_bytes), 0, E_GPT_HEADER},
    {"entries of 1", FIELD(entry_bytes), 1, E_GPT_HEADER},
    {"entries of 64", FIELD(entry_bytes), 64, E_GPT_HEADER},
    {"entries of 256", FIELD(entry_bytes), 256, E_GPT_HEADER},
    {"entries of the maximum", FIELD(entry_bytes), UINT32_MAX, E_GPT_HEADER},
};

static void put_field(uint8_t *field, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++) {
        field[i] = (uint8_t)(value >> 8 * i);
    }
}

static void hostile_headers_are_refused(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(hostile_headers); i++) {
        struct fixture *f = with_table(512, ENTRY_COUNT);
        uint8_t *header = fake_disk_at(&f->disk, 1);

        put_field(header + hostile_headers[i].offset, hostile_headers[i].size,
                  hostile_headers[i].value);
        fake_gpt_seal(&f->disk, 1);
        assert_err_in(hostile_headers[i].name, open_table(f), OK);
        assert_is_good(&f->gpt, GPT_BACKUP);
        memset(fake_disk_at(&f->disk, LAST), 0, 512);
        assert_refused(f, hostile_headers[i].name, hostile_headers[i].err);
        done(f);
    }
}

/* In the backup the entries lie behind the usable blocks: those could begin at the headers. */
static void the_backup_is_checked_as_well(void **state)
{
    for (uint64_t first_usable = 0; first_usable <= 2; first_usable++) {
        struct fixture *f = with_table(512, ENTRY_COUNT);

        memset(fake_disk_at(&f->disk, 1), 0, 512);
        put_le64(fake_gpt_header(&f->disk, LAST)->first_usable_lba, first_usable);
        fake_gpt_seal(&f->disk, LAST);
        if (first_usable == 2) {
            assert_err(open_table(f), OK);
        } else {
            assert_refused(f, "usable over a header", E_GPT_SIGNATURE);
        }
        done(f);
    }
}

static const struct {
    const char *name;
    struct fake_gpt_entry entry; /* instead of "vbmeta", blocks 8 to 15 */
    enum err err;
} hostile_entries[] = {
    {"backwards", {"vbmeta", 15, 8}, E_GPT_RANGE},
    {"from 0", {"vbmeta", 0, 15}, E_GPT_RANGE},
    {"over the table", {"vbmeta", FIRST_USABLE - 1, FIRST_USABLE - 1}, E_GPT_RANGE},
    {"over the backup", {"vbmeta", 8, LAST_USABLE + 1}, E_GPT_RANGE},
    {"beyond the disk", {"vbmeta", BLOCKS, BLOCKS + 1}, E_GPT_RANGE},
    {"to the maximum", {"vbmeta", 8, UINT64_MAX}, E_GPT_RANGE},
    {"at the maximum", {"vbmeta", UINT64_MAX, UINT64_MAX}, E_GPT_RANGE},
    {"count wraps", {"vbmeta", 0, UINT64_MAX}, E_GPT_RANGE},
    {"over the one before", {"vbmeta", 4, 15}, E_GPT_RANGE},
    {"over the one after", {"vbmeta", 8, 16}, E_GPT_RANGE},
    {"inside another", {"vbmeta", 50, 60}, E_GPT_RANGE},
    {"around another", {"vbmeta", 10, 110}, E_GPT_RANGE},
    {"the same as another", {"vbmeta", 16, 100}, E_GPT_RANGE},
    {"a name twice", {"boot", 8, 15}, E_GPT_NAME},
    {"no name", {"", 8, 15}, E_GPT_NAME},
    {"a name with a control character", {"vb\nmeta", 8, 15}, E_GPT_NAME},
    {"a name beyond ASCII", {"vbm\xe9ta", 8, 15}, E_GPT_NAME},
};

static void hostile_entries_are_refused(void **state)
{
    for (size_t i = 0; i < ARRAY_COUNT(hostile_entries); i++) {
        struct fixture *f = with_table(512, ENTRY_COUNT);
        struct fake_gpt_entry entries[ARRAY_COUNT(good)];

        memcpy(entries, good, sizeof entries);
        entries[1] = hostile_entries[i].entry;
        memset(fake_gpt_entries(&f->disk, 1), 0, ENTRY_COUNT * GPT_ENTRY_BYTES);
        fake_gpt_write(&f->disk, 1, ENTRY_COUNT, entries, ARRAY_COUNT(entries));
        assert_err_in(hostile_entries[i].name, open_table(f), OK);
        assert_is_good(&f->gpt, GPT_BACKUP);
        memset(fake_disk_at(&f->disk, LAST), 0, 512);
        assert_refused(f, hostile_entries[i].name, hostile_entries[i].err);
        done(f);
    }
}

static void a_name_of_two_byte_letters(void **state)
{
    struct fixture *f = with_table(512, ENTRY_COUNT);

    fake_gpt_entries(&f->disk, 1)[1].name[1] = 0x01; /* U+0176, whose low byte is a letter */
    fake_gpt_seal(&f->disk, 1);
    memset(fake_disk_at(&f->disk, LAST), 0, 512);
    assert_refused(f, "wide letter", E_GPT_NAME);
    done(f);
}

static void only_so_many_partitions(void **state)
{
    static char names[GPT_PARTITIONS_MAX + 1][4];
    struct fake_gpt_entry entries[GPT_PARTITIONS_MAX + 1];
    struct fixture *f = test_calloc(1, sizeof *f);

    for (size_t i = 0; i <= GPT_PARTITIONS_MAX; i++) {
        names[i][0] = 'p';
        names[i][1] = (char)('0' + i / 10);
        names[i][2] = (char)('0' + i % 10);
        entries[i] = (struct fake_gpt_entry){names[i], 40 + i, 40 + i};
    }
    fake_disk_init(&f->disk, BLOCKS, 512);
    fake_gpt_write_both(&f->disk, 128, entries, GPT_PARTITIONS_MAX);
    assert_err(open_table(f), OK);
    assert_int_equal(f->gpt.count, GPT_PARTITIONS_MAX);
    fake_gpt_write_both(&f->disk, 128, entries, GPT_PARTITIONS_MAX + 1);
    assert_refused(f, "65 partitions", E_GPT_HEADER);
    done(f);
}

static void no_table_at_all(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    fake_disk_init(&f->disk, BLOCKS, 512);
    assert_refused(f, "zeros", E_GPT_SIGNATURE);
    memset(f->disk.bytes, 0xff, BLOCKS * 512);
    assert_refused(f, "ones", E_GPT_SIGNATURE);
    for (uint64_t blocks = 0; blocks < 3; blocks++) {
        f->disk.block.block_count = blocks;
        assert_refused(f, "a disk of no size", E_GPT_SIGNATURE);
    }
    done(f);
}

/* Both bad in different ways: the primary's error is told. */
static void the_error_is_the_primarys(void **state)
{
    struct fixture *f = with_table(512, ENTRY_COUNT);

    fake_gpt_entries(&f->disk, 1)[0].first_lba[0] ^= 1;
    memset(fake_disk_at(&f->disk, LAST), 0, 512);
    assert_refused(f, "entries damaged", E_GPT_CRC);
    done(f);
}

static void the_disk_fails(void **state)
{
    struct fixture *f = with_table(512, ENTRY_COUNT);

    for (unsigned request = 1; request <= 2; request++) {
        fake_disk_forget(&f->disk);
        f->disk.fail_at = request;
        assert_err(open_table(f), OK);
        assert_is_good(&f->gpt, GPT_BACKUP);
    }
    f->disk.fail_at = 0;
    for (unsigned request = 1; request <= 2; request++) {
        fake_disk_forget(&f->disk);
        f->disk.fail_from = request;
        assert_refused(f, "dead disk", E_BLOCK_IO);
    }
    done(f);
}

static void an_odd_machine(void **state)
{
    struct fixture *f = with_table(512, ENTRY_COUNT);
    struct span small = {.data = f->room, .size = 4096 + 128 * 128 - 1};

    assert_err(gpt_open(&f->disk.block, small, &f->gpt), E_SLICE_RANGE);
    f->disk.block.block_bytes = 1024;
    assert_refused(f, "blocks of 1024", E_GPT_HEADER);
    f->disk.block.block_bytes = 0;
    assert_refused(f, "blocks of 0", E_GPT_HEADER);
    f->disk.block.block_bytes = 4096;
    f->disk.block.block_count = UINT64_MAX;
    assert_refused(f, "a size that wraps", E_GPT_HEADER);
    f->disk.block.block_count = BLOCKS;
    done(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_block_sizes),
        cmocka_unit_test(holes_between_entries_are_passed_over),
        cmocka_unit_test(both_valid_the_primary_counts),
        cmocka_unit_test(every_flipped_bit_is_seen),
        cmocka_unit_test(hostile_headers_are_refused),
        cmocka_unit_test(the_backup_is_checked_as_well),
        cmocka_unit_test(hostile_entries_are_refused),
        cmocka_unit_test(a_name_of_two_byte_letters),
        cmocka_unit_test(only_so_many_partitions),
        cmocka_unit_test(no_table_at_all),
        cmocka_unit_test(the_error_is_the_primarys),
        cmocka_unit_test(the_disk_fails),
        cmocka_unit_test(an_odd_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
