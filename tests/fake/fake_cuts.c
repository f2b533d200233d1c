/* SPDX-License-Identifier: MIT */
/* Cuts of the power. */
#include "tests/fake/fake_cuts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHORT_SECTOR_BYTES 1024
#define SECTOR_BYTES       512

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "fake cuts: %s\n", what);
        abort();
    }
}

/* What is done to memory, noted for fake_cuts_restore. */

static void touch(struct fake_cuts *cuts, bool in_nor, uint64_t offset, size_t size)
{
    need(cuts->range_count < FAKE_CUTS_RANGES_MAX, "too many changes");
    cuts->ranges[cuts->range_count++] = (struct cut_range){in_nor, offset, size};
}

void fake_cuts_restore(struct fake_cuts *cuts)
{
    for (size_t i = 0; i < cuts->range_count; i++) {
        const struct cut_range *range = &cuts->ranges[i];
        uint8_t *now = range->in_nor ? cuts->flash->bytes : cuts->disk->bytes;
        const uint8_t *base = range->in_nor ? cuts->base_nor : cuts->base_disk;

        memcpy(now + range->offset, base + range->offset, range->size);
    }
    cuts->range_count = 0;
}

void fake_cuts_set_base(struct fake_cuts *cuts)
{
    memcpy(cuts->base_disk, cuts->disk->bytes, cuts->block.block_count * SECTOR_BYTES);
    memcpy(cuts->base_nor, cuts->flash->bytes, cuts->nor.size_bytes);
    cuts->range_count = 0;
}

/* The recorder. */

static void note(struct fake_cuts *cuts, enum cut_event_kind kind, uint64_t offset, size_t size,
                 const void *bytes)
{
    struct cut_list *list = cuts->into;
    uint8_t *copy = NULL;

    if (kind != CUT_EVENT_FLUSH) {
        touch(cuts, kind == CUT_EVENT_PROGRAM || kind == CUT_EVENT_ERASE, offset, size);
    }
    if (list == NULL || (kind == CUT_EVENT_FLUSH && cuts->no_flush)) {
        return;
    }
    if (bytes != NULL) {
        copy = malloc(size);
        need(copy != NULL, "no memory");
        memcpy(copy, bytes, size);
    }
    need(list->count < FAKE_CUTS_EVENTS_MAX, "too many events");
    list->events[list->count++] =
        (struct cut_event){.kind = kind, .offset = offset, .size = size, .bytes = copy};
}

static struct fake_cuts *of_block(struct block *block)
{
    return CONTAINER_OF(block, struct fake_cuts, block);
}

static struct fake_cuts *of_nor(struct nor *nor)
{
    return CONTAINER_OF(nor, struct fake_cuts, nor);
}

static enum err cuts_read(struct block *block, uint64_t lba, size_t count, void *out)
{
    struct block *under = &of_block(block)->disk->block;

    return under->ops->read(under, lba, count, out);
}

static enum err cuts_read_begin(struct block *block, uint64_t lba, size_t count, void *out)
{
    struct block *under = &of_block(block)->disk->block;

    return under->ops->read_begin(under, lba, count, out);
}

static enum err cuts_read_wait(struct block *block)
{
    struct block *under = &of_block(block)->disk->block;

    return under->ops->read_wait(under);
}

static enum err cuts_write(struct block *block, uint64_t lba, size_t count, const void *data)
{
    struct block *under = &of_block(block)->disk->block;

    TRY(under->ops->write(under, lba, count, data));
    note(of_block(block), CUT_EVENT_WRITE, lba * SECTOR_BYTES, count * SECTOR_BYTES, data);
    return OK;
}

static enum err cuts_zero(struct block *block, uint64_t lba, uint64_t count)
{
    struct block *under = &of_block(block)->disk->block;

    TRY(under->ops->zero(under, lba, count));
    note(of_block(block), CUT_EVENT_WRITE, lba * SECTOR_BYTES, (size_t)count * SECTOR_BYTES, NULL);
    return OK;
}

static enum err cuts_flush(struct block *block)
{
    struct block *under = &of_block(block)->disk->block;

    TRY(under->ops->flush(under));
    note(of_block(block), CUT_EVENT_FLUSH, 0, 0, NULL);
    return OK;
}

static enum err cuts_nor_read(struct nor *nor, uint32_t offset, size_t length, void *out)
{
    struct nor *under = &of_nor(nor)->flash->nor;

    return under->ops->read(under, offset, length, out);
}

static enum err cuts_program(struct nor *nor, uint32_t offset, struct slice bytes)
{
    struct nor *under = &of_nor(nor)->flash->nor;

    TRY(under->ops->program(under, offset, bytes));
    note(of_nor(nor), CUT_EVENT_PROGRAM, offset, bytes.size, bytes.data);
    return OK;
}

static enum err cuts_erase(struct nor *nor, uint32_t offset)
{
    struct nor *under = &of_nor(nor)->flash->nor;

    TRY(under->ops->erase(under, offset));
    note(of_nor(nor), CUT_EVENT_ERASE, offset, under->sector_bytes, NULL);
    return OK;
}

void fake_cuts_insert(struct fake_cuts *cuts, struct fake_phone *phone)
{
    static const struct block_ops block_ops = {.read = cuts_read,
                                               .write = cuts_write,
                                               .flush = cuts_flush,
                                               .zero = cuts_zero,
                                               .read_begin = cuts_read_begin,
                                               .read_wait = cuts_read_wait};
    static const struct nor_ops nor_ops = {
        .read = cuts_nor_read, .program = cuts_program, .erase = cuts_erase};

    phone->nor.nor.sector_bytes = SHORT_SECTOR_BYTES;
    *cuts = (struct fake_cuts){.block = phone->disk.block,
                               .nor = phone->nor.nor,
                               .disk = &phone->disk,
                               .flash = &phone->nor,
                               .base_disk = malloc(phone->disk.block.block_count * SECTOR_BYTES),
                               .base_nor = malloc(phone->nor.nor.size_bytes)};
    need(cuts->base_disk != NULL && cuts->base_nor != NULL, "no memory");
    cuts->block.ops = &block_ops;
    cuts->nor.ops = &nor_ops;
    phone->phone.disk = &cuts->block;
    phone->phone.nor = &cuts->nor;
    fake_cuts_set_base(cuts);
}

void fake_cuts_free(struct fake_cuts *cuts)
{
    free(cuts->base_disk);
    free(cuts->base_nor);
}

void cut_list_free(struct cut_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->events[i].bytes);
    }
    list->count = 0;
}

void fake_cuts_note(struct fake_cuts *cuts, struct cut_list *list)
{
    if (list != NULL) {
        cut_list_free(list);
    }
    cuts->into = list;
}

/* The phone as a cut leaves it. */

/* Sectors [first, end) of a write. */
static void apply_sectors(struct fake_cuts *cuts, const struct cut_event *event, size_t first,
                          size_t end)
{
    uint64_t offset = event->offset + first * SECTOR_BYTES;
    size_t size = (end - first) * SECTOR_BYTES;

    touch(cuts, false, offset, size);
    if (event->bytes == NULL) {
        memset(cuts->disk->bytes + offset, 0, size);
    } else {
        memcpy(cuts->disk->bytes + offset, event->bytes + first * SECTOR_BYTES, size);
    }
}

static void apply_write(struct fake_cuts *cuts, const struct cut_event *event, enum cut_torn torn)
{
    size_t sectors = event->size / SECTOR_BYTES;

    switch (torn) {
    case CUT_TORN_FIRST:
        apply_sectors(cuts, event, 0, 1);
        break;
    case CUT_TORN_HALF:
        apply_sectors(cuts, event, 0, sectors / 2);
        break;
    case CUT_TORN_ALL_BUT_ONE:
        apply_sectors(cuts, event, 0, sectors - 1);
        break;
    case CUT_TORN_LAST:
        apply_sectors(cuts, event, sectors - 1, sectors);
        break;
    case CUT_TORN_NOT:
    case CUT_TORN_BITS:
    case CUT_TORN_COUNT:
        break;
    }
}

static void apply_nor(struct fake_cuts *cuts, const struct cut_event *event, enum fake_cut how,
                      uint32_t seed)
{
    struct fake_nor *flash = cuts->flash;

    touch(cuts, true, event->offset, event->size);
    fake_nor_power_on(flash, how == FAKE_CUT_AFTER ? 0 : 1, how);
    flash->cut_seed = seed;
    if (event->kind == CUT_EVENT_ERASE) {
        (void)!flash->nor.ops->erase(&flash->nor, (uint32_t)event->offset);
    } else {
        (void)!flash->nor.ops->program(&flash->nor, (uint32_t)event->offset,
                                       slice_of(event->bytes, event->size));
    }
    fake_nor_power_on(flash, 0, FAKE_CUT_BEFORE);
}

static size_t last_flush(const struct cut_list *list, size_t events)
{
    while (events != 0 && list->events[events - 1].kind != CUT_EVENT_FLUSH) {
        events--;
    }
    return events;
}

static bool is_lost(const struct cut_list *list, const struct cut *cut, size_t event)
{
    if (list->events[event].kind != CUT_EVENT_WRITE || event < last_flush(list, cut->events)) {
        return false;
    }
    return cut->lost == CUT_LOST_ALL || (cut->lost == CUT_LOST_ONE && event == cut->which) ||
           (cut->lost == CUT_LOST_ALL_BUT_ONE && event != cut->which);
}

static void apply_torn(struct fake_cuts *cuts, const struct cut_event *event, const struct cut *cut)
{
    static const enum fake_cut nor_cuts[CUT_TORN_COUNT] = {
        [CUT_TORN_FIRST] = FAKE_CUT_FIRST_WORD,
        [CUT_TORN_HALF] = FAKE_CUT_HALF,
        [CUT_TORN_ALL_BUT_ONE] = FAKE_CUT_ALL_BUT_ONE,
        [CUT_TORN_LAST] = FAKE_CUT_LAST_WORD,
        [CUT_TORN_BITS] = FAKE_CUT_BITS,
    };

    if (event->kind == CUT_EVENT_WRITE) {
        apply_write(cuts, event, cut->torn);
    } else if (event->kind != CUT_EVENT_FLUSH && cut->torn != CUT_TORN_NOT) {
        apply_nor(cuts, event, nor_cuts[cut->torn], cut->seed);
    }
}

void fake_cuts_apply(struct fake_cuts *cuts, const struct cut_list *list, const struct cut *cut)
{
    for (size_t i = 0; i < cut->events; i++) {
        const struct cut_event *event = &list->events[i];

        if (event->kind == CUT_EVENT_PROGRAM || event->kind == CUT_EVENT_ERASE) {
            apply_nor(cuts, event, FAKE_CUT_AFTER, 0);
        } else if (event->kind == CUT_EVENT_WRITE && !is_lost(list, cut, i)) {
            apply_sectors(cuts, event, 0, event->size / SECTOR_BYTES);
        }
    }
    if (cut->events < list->count) {
        apply_torn(cuts, &list->events[cut->events], cut);
    }
}

/* All the ways. */

struct each {
    const struct cut_list *list;
    bool (*visit)(void *context, const struct cut *cut);
    void *context;
    size_t count;
    bool over;
};

static void visit(struct each *each, struct cut cut)
{
    if (!each->over) {
        each->count++;
        each->over = !each->visit(each->context, &cut);
    }
}

static size_t writes_at_stake(const struct cut_list *list, size_t events)
{
    size_t count = 0;

    for (size_t i = last_flush(list, events); i < events; i++) {
        count += list->events[i].kind == CUT_EVENT_WRITE ? 1 : 0;
    }
    return count;
}

static void each_lost(struct each *each, size_t events)
{
    size_t at_stake = writes_at_stake(each->list, events);

    visit(each, (struct cut){.events = events});
    if (at_stake != 0) {
        visit(each, (struct cut){.events = events, .lost = CUT_LOST_ALL});
    }
    for (size_t i = last_flush(each->list, events); i < events && at_stake > 1; i++) {
        if (each->list->events[i].kind == CUT_EVENT_WRITE) {
            visit(each, (struct cut){.events = events, .lost = CUT_LOST_ONE, .which = i});
            visit(each, (struct cut){.events = events, .lost = CUT_LOST_ALL_BUT_ONE, .which = i});
        }
    }
}

/* How many units there are that a cut may come between: one sector is whole, or not there. */
static bool can_tear(const struct cut_event *event, enum cut_torn torn)
{
    if (event->kind == CUT_EVENT_FLUSH ||
        (event->kind == CUT_EVENT_WRITE && torn == CUT_TORN_BITS)) {
        return false;
    }
    return event->size > (event->kind == CUT_EVENT_WRITE ? SECTOR_BYTES : 4u) ||
           torn == CUT_TORN_BITS;
}

static void each_torn(struct each *each, size_t events, uint32_t seeds)
{
    bool at_stake = writes_at_stake(each->list, events) != 0;

    for (enum cut_torn torn = CUT_TORN_FIRST; torn < CUT_TORN_COUNT; torn++) {
        if (!can_tear(&each->list->events[events], torn)) {
            continue;
        }
        for (uint32_t seed = 0; seed < (torn == CUT_TORN_BITS ? seeds : 1); seed++) {
            struct cut cut = {.events = events, .torn = torn, .seed = seed};

            visit(each, cut);
            cut.lost = CUT_LOST_ALL;
            if (at_stake) {
                visit(each, cut);
            }
        }
    }
}

size_t cut_list_each(const struct cut_list *list, uint32_t seeds,
                     bool (*each_visit)(void *context, const struct cut *cut), void *context)
{
    struct each each = {.list = list, .visit = each_visit, .context = context};

    for (size_t events = 0; events <= list->count; events++) {
        each_lost(&each, events);
        if (events < list->count) {
            each_torn(&each, events, seeds);
        }
    }
    return each.count;
}

struct cut cut_list_any(const struct cut_list *list, uint32_t (*random)(void *, uint32_t),
                        void *context)
{
    struct cut cut = {
        .events = random(context, (uint32_t)list->count + 1),
        .lost = (enum cut_lost)random(context, CUT_LOST_ALL_BUT_ONE + 1),
        .seed = random(context, UINT32_MAX),
    };

    cut.which = cut.events != 0 ? random(context, (uint32_t)cut.events) : 0;
    if (cut.events < list->count) {
        cut.torn = (enum cut_torn)random(context, CUT_TORN_COUNT);
        if (!can_tear(&list->events[cut.events], cut.torn)) {
            cut.torn = CUT_TORN_NOT;
        }
    }
    return cut;
}
