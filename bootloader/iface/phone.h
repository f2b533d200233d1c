/* SPDX-License-Identifier: MIT */
/*
 * A phone, as the flow sees it: its devices and its memory. Filled by port/ (or by a test's fake).
 */
#ifndef IFACE_PHONE_H
#define IFACE_PHONE_H

#include "base/text.h"
#include "iface/block.h"
#include "iface/boot_record.h"
#include "iface/keys.h"
#include "iface/lab.h"
#include "iface/link.h"
#include "iface/nor.h"
#include "iface/panel.h"
#include "iface/power.h"

struct phone {
    struct power *power;
    struct nor *nor;
    struct block *disk; /* NULL: the phone has none */
    struct panel *panel;
    struct link *log;          /* the serial line that a person reads */
    struct link *secure_trace; /* where no ROM can write: what decides is told here too; or NULL */
    struct link *trace;        /* lab.trace: JSON Lines; NULL: not there, and so for the next two */
    struct link *fastboot;     /* lab.fastboot */
    struct link *rescue;       /* lab.edl */
    struct keys *keys;
    struct text *logged; /* what was reported since power-on, in words; NULL: nobody keeps it */
    struct lab lab;
    enum restart restart;
    struct boot_record *record; /* for the services to the ROM; never NULL */

    struct slice machine_dtb; /* the machine's own device tree */
    struct span dtb;          /* where the merged tree is built; the kernel reads it there */
    struct span kernel;       /* where the kernel runs; begins on a 2 MiB boundary */
    struct span ramdisk;
    struct span scratch;  /* at least 1 MiB, for whoever is called */
    struct span download; /* what fastboot receives; may overlap kernel and ramdisk, not scratch */
    uint64_t framebuffer_bytes; /* set aside for the panel, from its first pixel */

    /* Addresses of device slots that are empty: the ROM's device tree leaves them out. */
    const uint64_t *empty_slots;
    size_t empty_slot_count;
};

#endif
