/* SPDX-License-Identifier: MIT */
/*
 * A virtio disk as QEMU makes it (hw/block/virtio-blk.c), with a cache that a cut of the power
 * loses; and the same disk as a liar.
 */
#ifndef TESTS_FAKE_BLK_H
#define TESTS_FAKE_BLK_H

#include "driver/virtio.h"

#define FAKE_BLK_SECTORS 4096

/* What is wrong with the answer to one request. */
enum fake_blk_lie {
    FAKE_BLK_HONEST,
    FAKE_BLK_SILENT,      /* there is none */
    FAKE_BLK_OTHER_HEAD,  /* it is of another chain of the queue */
    FAKE_BLK_NO_HEAD,     /* of one that the queue does not have */
    FAKE_BLK_FEWER_BYTES, /* were written than asked for, it says */
    FAKE_BLK_MORE_BYTES,  /* than there is room for */
    FAKE_BLK_NO_STATUS,   /* "done", and nothing was */
    FAKE_BLK_IO_ERROR,    /* no lie: it failed */
    FAKE_BLK_UNSUPPORTED, /* so too */
    FAKE_BLK_LIE_COUNT,
};

struct fake_blk {
    uint8_t *cache;        /* what is read back */
    uint8_t *medium;       /* what is still there after a cut */
    uint32_t features;     /* bits 0 to 31 that it offers */
    uint32_t zero_sectors; /* in one request */
    uint64_t capacity;     /* that it says */
    enum fake_blk_lie lie;
    unsigned lie_at; /* the request that it is told at, from 1; 0: none */
    unsigned requests;
    unsigned flushes;
    bool waits_for_rest; /* a computer that is busy: nothing is done before the processor rests */
    bool has_interrupt;  /* not acknowledged yet */
    unsigned rests;

    uint64_t rings[3]; /* descriptors, available, used */
    uint32_t size;
    uint16_t taken;
    uint32_t features_page;
    uint32_t status;
    unsigned resets;
    uint64_t now_us;
};

/* The one device there is, for mmio_read32 and so on. With flush, and zeroing of its own. */
void fake_blk_make(struct fake_blk *blk);
void fake_blk_free(struct fake_blk *blk);

/* The power goes: what was not flushed is lost. */
void fake_blk_cut(struct fake_blk *blk);

#endif
