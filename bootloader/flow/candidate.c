/* SPDX-License-Identifier: MIT */
/* May this start? Part of the flow. */
#include "flow/candidate.h"

#include "flow/verity.h"
#include "storage/memory_block.h"

/* A look that is under way. */
struct look {
    const struct candidate_source *source;
    struct candidate_watcher *watcher;
    struct verify_parts parts;
    struct memory_block memory; /* the image, as its partition would hold it */
    struct candidate *candidate;
};

/* One that is not there stays empty. */
static void find_parts(struct look *look)
{
    const struct candidate_source *source = look->source;

    for (size_t i = 0; i < PART_COUNT; i++) {
        char chars[GPT_NAME_BYTES];
        struct text name = text_in(chars, sizeof chars);
        struct partition partition;

        text_all(&name, part_name((enum part)i), source->suffix);
        if (gpt_find(source->gpt, chars, &partition) == OK) {
            look->parts.list[i] = partition;
        }
    }
    if (source->image.size != 0) {
        memory_block_init(&look->memory, source->image);
        look->parts.list[source->part] = (struct partition){
            .disk = &look->memory.block,
            .size_bytes = look->memory.block.block_count * look->memory.block.block_bytes,
        };
    }
}

static void begin(struct look *look)
{
    *look->candidate = (struct candidate){
        .suffix = look->source->suffix,
        .part = look->source->part,
    };
    find_parts(look);
}

static bool at(struct look *look, enum candidate_step step)
{
    return look->watcher == NULL || look->watcher->ops->at(look->watcher, step, look->candidate);
}

static void decide(struct look *look)
{
    look->candidate->decision =
        policy_decide(look->source->board, look->source->state, &look->candidate->verified);
}

static enum err read_claims(struct look *look)
{
    const struct board *board = look->source->board;
    const struct state *state = look->source->state;
    const struct verify_trust trust = {
        .root_key_sha256 = board->root_key_sha256,
        .user_key_sha256 = state->user_key_sha256,
        .unlocked = !state_is_locked(board, state),
        .no_hashtree = !board_has(board, PROTECTION_VERIFIED_BOOT),
    };

    return verify_claims(&look->parts, look->source->part, &trust, look->source->phone->scratch,
                         &look->candidate->verified);
}

static enum err load(struct look *look)
{
    const struct phone *phone = look->source->phone;
    struct candidate *candidate = look->candidate;
    struct verify_room room = {
        .kernel = phone->kernel,
        .ramdisk = phone->ramdisk,
        .scratch = phone->scratch,
        .progress = look->source->loading,
    };

    TRY(verify_images(&look->parts, candidate->part, &room, &candidate->verified,
                      &candidate->image));
    if (candidate->part == PART_BOOT) {
        verity_apply_note(look->source->gpt, &look->parts.list[PART_SYSTEM], phone->scratch,
                          &candidate->verified);
    }
    return OK;
}

/* The last check: what policy lets start has to be something that can be entered. */
static enum err kernel_err_of(const struct look *look, uint64_t *out_entry)
{
    struct candidate *candidate = look->candidate;
    const struct boot_facts facts =
        candidate_facts(look->source->board, look->source->state, candidate);

    if (candidate->image.kernel_bytes == 0 && candidate->verified.why != OK) {
        return candidate->verified.why; /* why there is nothing to enter */
    }
    return boot_check(look->source->phone, &facts, look->source->loading, out_entry);
}

static void check_kernel(struct look *look)
{
    struct candidate *candidate = look->candidate;

    candidate->kernel_err = kernel_err_of(look, &candidate->kernel_entry);
    if (candidate->kernel_err == E_KERNEL_STOPPED) {
        candidate->kernel_err = OK; /* nothing is wrong with it: something else is wanted */
        return;
    }
    if (candidate->kernel_err != OK) {
        /* Of words for the kernel there may be more than it takes. */
        candidate->decision = (struct decision){
            FATE_BRICK, candidate->kernel_err == E_TEXT_SPACE ? REASON_UNSUPPORTED : REASON_NO_ROM,
            BOOT_STATE_RED};
        (void)at(look, CANDIDATE_NO_KERNEL);
        return;
    }
    candidate->loaded = true;
}

/* Is it worth reading in full? An erased vbmeta may mean that nothing else is there either. */
static bool is_worth_loading(const struct candidate *candidate)
{
    return candidate->decision.fate == FATE_BOOT || candidate->verified.why == E_VBMETA_MAGIC;
}

static enum err walk(struct look *look)
{
    struct candidate *candidate = look->candidate;
    enum err err;

    TRY(read_claims(look));
    decide(look);
    if (!at(look, CANDIDATE_CLAIMED)) {
        return OK;
    }
    if (is_worth_loading(candidate)) {
        (void)at(look, CANDIDATE_LOADING);
        err = load(look);
        if (err == E_BOOT_IMAGE_STOPPED) {
            return OK; /* as after the claims: something else is wanted */
        }
        TRY(err);
        (void)at(look, CANDIDATE_LOADED);
        decide(look);
    }
    (void)at(look, CANDIDATE_DECIDED);
    if (candidate->decision.fate == FATE_BOOT) {
        check_kernel(look);
    }
    return OK;
}

static void note_disk(struct candidate *candidate, enum err err)
{
    if (err != OK) {
        candidate->disk_err = err;
        candidate->decision = (struct decision){FATE_BRICK, REASON_BAD_GPT, BOOT_STATE_RED};
    }
}

void candidate_look(const struct candidate_source *source, struct candidate_watcher *watcher,
                    struct candidate *out_candidate)
{
    struct look look = {.source = source, .watcher = watcher, .candidate = out_candidate};

    begin(&look);
    (void)at(&look, CANDIDATE_BEGINS);
    note_disk(out_candidate, walk(&look));
}

void candidate_look_at_claims(const struct candidate_source *source,
                              struct candidate *out_candidate)
{
    struct look look = {.source = source, .candidate = out_candidate};
    enum err err;

    begin(&look);
    err = read_claims(&look);
    decide(&look);
    note_disk(out_candidate, err);
}

enum err candidate_why(const struct candidate *candidate)
{
    const enum err errs[] = {candidate->disk_err, candidate->kernel_err, candidate->verified.why};

    for (size_t i = 0; i < ARRAY_COUNT(errs); i++) {
        if (errs[i] != OK) {
            return errs[i];
        }
    }
    return OK;
}

struct boot_facts candidate_facts(const struct board *board, const struct state *state,
                                  const struct candidate *candidate)
{
    return (struct boot_facts){
        .board = board,
        .state = state,
        .verified = &candidate->verified,
        .image = &candidate->image,
        .boot_state = candidate->decision.boot_state,
        .slot_suffix = candidate->suffix,
    };
}
