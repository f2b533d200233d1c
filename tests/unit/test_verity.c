/* SPDX-License-Identifier: MIT */
/*
 * flow/verity.h, storage/verity_note.h: a ROM's note is a question, and only what is found counts.
 */
#include "tests/unit/check.h"

#include "base/crc32.h"
#include "flow/verity.h"
#include "format/misc.h"
#include "storage/verity_note.h"
#include "tests/fake/fake_avb.h"

#define MISC_BLOCKS 16

struct fixture {
    struct fake_avb avb;
    struct fake_disk misc;
    struct span scratch;
    struct gpt gpt;
    struct verified verified;
};

static void start(struct fixture *f)
{
    const struct fake_avb_spec spec = {.key = fake_root_key()};

    *f = (struct fixture){.scratch = {NULL, 0}};
    fake_avb_make(&spec, &f->avb);
    fake_disk_init(&f->misc, MISC_BLOCKS, 512);
    assert_err(fake_avb_claims(&f->avb, NULL, false), OK);
    f->scratch = (struct span){.data = f->avb.scratch, .size = VBMETA_MAX_BYTES};
    f->verified = f->avb.verified;
    f->gpt =
        (struct gpt){.disk = &f->misc.block,
                     .count = 1,
                     .partitions = {{.name = "misc", .first_lba = 0, .block_count = MISC_BLOCKS}}};
}

static void end(struct fixture *f)
{
    assert_int_equal(f->misc.writes + f->avb.disk.writes, 0);
    fake_disk_free(&f->misc);
    fake_avb_free(&f->avb);
}

static struct verity_note *put_note(struct fixture *f, uint64_t block)
{
    struct verity_note *note = (struct verity_note *)(f->misc.bytes + MISC_VERITY_OFFSET);

    memcpy(note->magic, VERITY_NOTE_MAGIC, sizeof note->magic);
    put_le64(note->block, block);
    put_le32(note->crc32, crc32(slice_of(note, offsetof(struct verity_note, crc32))));
    return note;
}

static void apply(struct fixture *f)
{
    verity_apply_note(&f->gpt, &f->avb.parts.list[PART_SYSTEM], f->scratch, &f->verified);
}

static void assert_applied(struct fixture *f, enum verdict verdict, enum err why)
{
    apply(f);
    assert_int_equal(f->verified.verdict, verdict);
    assert_err(f->verified.why, why);
}

static void a_changed_block(void **state)
{
    struct fixture f;

    start(&f);
    fake_avb_at(&f.avb, PART_SYSTEM)[200 * 4096 + 7] ^= 1;
    assert_applied(&f, VERDICT_AUTHENTIC, OK); /* nobody noted anything */
    (void)put_note(&f, 199);
    assert_applied(&f, VERDICT_AUTHENTIC, OK);
    (void)put_note(&f, 200);
    assert_applied(&f, VERDICT_BAD_HASH, E_HASHTREE_BLOCK);
    end(&f);
}

/* Whoever can write to misc can ask for a look, and no more. */
static void notes_alone_brick_nothing(void **state)
{
    static const uint64_t blocks[] = {0, 1, 299, 300, UINT64_MAX / 4096, UINT64_MAX};
    struct fixture f;

    start(&f);
    for (size_t i = 0; i < ARRAY_COUNT(blocks); i++) {
        (void)put_note(&f, blocks[i]);
        assert_applied(&f, VERDICT_AUTHENTIC, OK);
    }
    end(&f);
}

static void damaged_notes_are_none(void **state)
{
    struct fixture f;

    start(&f);
    fake_avb_at(&f.avb, PART_SYSTEM)[0] ^= 1;
    for (size_t bit = 0; bit < 8 * sizeof(struct verity_note); bit++) {
        uint8_t *note = (uint8_t *)put_note(&f, 0);

        note[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_applied(&f, VERDICT_AUTHENTIC, OK);
        memset(note, 0, sizeof(struct verity_note));
    }
    (void)put_note(&f, 0);
    assert_applied(&f, VERDICT_BAD_HASH, E_HASHTREE_BLOCK);
    end(&f);
}

static void nobody_asks_where_nothing_is_verified(void **state)
{
    struct fixture f;

    start(&f);
    fake_avb_at(&f.avb, PART_SYSTEM)[0] ^= 1;
    (void)put_note(&f, 0);
    f.verified.hashtree_disabled = true;
    assert_applied(&f, VERDICT_AUTHENTIC, OK);
    f.verified.hashtree_disabled = false;
    f.verified.system.present = false;
    assert_applied(&f, VERDICT_AUTHENTIC, OK);
    f.verified.system.present = true;
    f.gpt.count = 0;
    assert_applied(&f, VERDICT_AUTHENTIC, OK);
    f.gpt.count = 1;
    f.gpt.partitions[0].block_count = MISC_VERITY_OFFSET / 512;
    assert_applied(&f, VERDICT_AUTHENTIC, OK); /* no room for a note */
    end(&f);
}

/* Never to the better, and a system that cannot be read is not a good one. */
static void other_verdicts(void **state)
{
    struct fixture f;

    start(&f);
    (void)put_note(&f, 0);
    f.avb.disk.fail_from = 1;
    f.verified.verdict = VERDICT_WRONG_KEY;
    assert_applied(&f, VERDICT_WRONG_KEY, OK);
    f.verified.verdict = VERDICT_USER_KEY;
    assert_applied(&f, VERDICT_BAD_HASH, E_BLOCK_IO);
    end(&f);
}

static void a_misc_that_fails(void **state)
{
    struct fixture f;

    start(&f);
    (void)put_note(&f, 0);
    fake_avb_at(&f.avb, PART_SYSTEM)[0] ^= 1;
    f.misc.fail_from = 1;
    assert_applied(&f, VERDICT_AUTHENTIC, OK);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_block),
        cmocka_unit_test(notes_alone_brick_nothing),
        cmocka_unit_test(damaged_notes_are_none),
        cmocka_unit_test(nobody_asks_where_nothing_is_verified),
        cmocka_unit_test(other_verdicts),
        cmocka_unit_test(a_misc_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
