/* SPDX-License-Identifier: MIT */
/*
 * The life of a phone: ROMs that may run on it and ROMs that may not, user data, what a person does
 * with it, and cuts of the power at any moment (fake_cuts.h). After each, life_judge switches it on
 * and says which rule was broken:
 *
 *   it comes up to something that a person can go on from, and fastboot mode answers;
 *   while locked, nothing runs but what the maker signed for it;
 *   while locked, a start writes to nothing but misc, the journal, fuses, and data that is wiped;
 *   no burned fuse comes back, and the record in the fuses stays as it is;
 *   the lock is as it was, or as it was asked for;
 *   user data from before a change of the lock is gone.
 */
#ifndef TESTS_FAKE_LIFE_H
#define TESTS_FAKE_LIFE_H

#include "format/fuses.h"
#include "tests/fake/fake_cuts.h"
#include "tests/fake/fake_desk.h"

enum life_rom {
    LIFE_OLD,    /* the maker's, for the phone's market */
    LIFE_NEW,    /* so too; its index is higher by one */
    LIFE_ABROAD, /* the maker's, for the other market */
    LIFE_FORGED, /* signed by somebody else */
    LIFE_ROMS,
    LIFE_NOTHING = LIFE_ROMS, /* runs */
};

struct life_rom_images {
    struct fake_rom rom;
    bool may_run_locked;
};

/* What may become of the phone: of what was asked, all or nothing. */
struct life_truth {
    struct state before;
    struct fuses_record fuses;
    uint32_t data_lock;   /* the count of lock changes when the user data was written */
    bool lock_asked;      /* a change of the lock... */
    bool unlocked_asked;  /* ...to this */
    bool critical_asked;  /* so too, of the critical partitions' */
    uint64_t rollback_to; /* fuses may be burned up to this index */
    bool starts;          /* a ROM starts, whatever happens */
    bool data_may_go;     /* it was asked to erase user data */
};

struct life {
    struct fake_desk *desk;
    struct fake_cuts cuts;
    struct fake_keys keys;
    struct life_rom_images roms[LIFE_ROMS];
    char product[16];
    struct decision decision; /* of the last start */
};

/* A phone from the factory, with the old ROM in all of its slots, that was switched on once. */
struct life *life_new(const struct fake_phone_spec *spec);
void life_free(struct life *life);

/* What is there before anything is asked. */
struct life_truth life_truth_now(struct life *life);

/* A partition's bytes on the disk; NULL: there is none. */
uint8_t *life_partition(struct life *life, const char *name, size_t *out_bytes);
/* The user data that life_use() writes, every byte of it? */
bool life_is_whole(const uint8_t *data, size_t size);
/* Writes user data that can be told from zeros, behind the phone's back. */
void life_use(struct life *life);

/* The signed answer to the phone's present token (MIUI), for `oem unlock`. */
struct slice life_unlock_answer(struct life *life);
/* The keys that say yes (or no) to the next question of fastboot mode. */
void life_answer(struct life *life, bool yes);

/* Switches the phone on; in fastboot mode a client has it restart. */
void life_start(struct life *life);
/* The same, judged; what it does is noted in *list. NULL, or the rule that is broken. */
const char *life_judge(struct life *life, const struct life_truth *truth, struct cut_list *list);
/* What the last start started. */
enum life_rom life_runs(const struct life *life);

#endif
