/* SPDX-License-Identifier: MIT */
/*
 * Cuts of the power. A recorder stands between a fake phone and its disk and NOR, and notes each
 * event: a block write, a flush, a NOR program or erase. From the notes it makes the phone as a cut
 * leaves it: at any event, torn in any way, and with what was not flushed lost in whole or in part.
 *
 * The disk has a cache: a write is on the medium only after a flush. The NOR has none.
 */
#ifndef TESTS_FAKE_CUTS_H
#define TESTS_FAKE_CUTS_H

#include "tests/fake/fake_phone.h"

#define FAKE_CUTS_EVENTS_MAX 256
#define FAKE_CUTS_RANGES_MAX 4096

enum cut_event_kind {
    CUT_EVENT_WRITE, /* also of zeros */
    CUT_EVENT_FLUSH,
    CUT_EVENT_PROGRAM,
    CUT_EVENT_ERASE,
};

struct cut_event {
    enum cut_event_kind kind;
    uint64_t offset; /* bytes, from the start of disk or NOR */
    size_t size;
    uint8_t *bytes; /* NULL: zeros, or nothing */
};

struct cut_list {
    struct cut_event events[FAKE_CUTS_EVENTS_MAX];
    size_t count;
};

/* What of the event at which the power goes is done; of writes by sectors, else by words. */
enum cut_torn {
    CUT_TORN_NOT, /* nothing of it */
    CUT_TORN_FIRST,
    CUT_TORN_HALF,
    CUT_TORN_ALL_BUT_ONE,
    CUT_TORN_LAST,
    CUT_TORN_BITS, /* NOR only: some bits of each word, by the seed */
    CUT_TORN_COUNT,
};

/* Which of the writes since the last flush are lost. */
enum cut_lost {
    CUT_LOST_NONE,
    CUT_LOST_ALL,
    CUT_LOST_ONE,         /* `which` alone */
    CUT_LOST_ALL_BUT_ONE, /* all but `which` */
};

struct cut {
    size_t events; /* that are over; the next is the one that is torn */
    enum cut_torn torn;
    enum cut_lost lost;
    size_t which;
    uint32_t seed;
};

/* A part of the phone's memory that may differ from `base`. */
struct cut_range {
    bool in_nor;
    uint64_t offset;
    size_t size;
};

struct fake_cuts {
    struct block block;
    struct nor nor;
    struct fake_disk *disk;
    struct fake_nor *flash;
    struct cut_list *into; /* where events are noted; NULL: nowhere */
    bool no_flush; /* a planted fault: flushes are not noted, as if nobody had asked for one */

    uint8_t *base_disk;
    uint8_t *base_nor;
    struct cut_range ranges[FAKE_CUTS_RANGES_MAX];
    size_t range_count;
};

/*
 * Puts the recorder into the phone. The NOR's sectors become short, so that an erase costs little:
 * the records are shorter still.
 */
void fake_cuts_insert(struct fake_cuts *cuts, struct fake_phone *phone);
void fake_cuts_free(struct fake_cuts *cuts);

/* The phone as it is now is where each cut begins from now on. */
void fake_cuts_set_base(struct fake_cuts *cuts);
/* So it is again. */
void fake_cuts_restore(struct fake_cuts *cuts);

/* An empty list; the events go there until `fake_cuts_note(cuts, NULL)`. */
void fake_cuts_note(struct fake_cuts *cuts, struct cut_list *list);
void cut_list_free(struct cut_list *list);

/* Does to the phone what the list did until the cut. */
void fake_cuts_apply(struct fake_cuts *cuts, const struct cut_list *list, const struct cut *cut);

/* All ways to cut it, `seeds` of each that goes by bits; how many. Stops when `visit` says false. */
size_t cut_list_each(const struct cut_list *list, uint32_t seeds,
                     bool (*visit)(void *context, const struct cut *cut), void *context);

/* One of them at random: `random` gives numbers below its argument. */
struct cut cut_list_any(const struct cut_list *list, uint32_t (*random)(void *, uint32_t),
                        void *context);

#endif
