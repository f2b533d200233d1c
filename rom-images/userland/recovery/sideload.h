/* SPDX-License-Identifier: MIT */
/*
 * "Connect with MIAssistant": a computer at the port lab.adb, with Android's stock adb.
 *
 *   adb devices             the phone, as `sideload`
 *   adb sideload FILE.zip   a package; the phone asks for its blocks as it needs them
 *   adb shell               what became of the last package, in words
 *   adb reboot [bootloader|recovery]
 */
#ifndef USERLAND_RECOVERY_SIDELOAD_H
#define USERLAND_RECOVERY_SIDELOAD_H

#include "adb/adb_port.h"
#include "adb/adb_session.h"
#include "package/recovery_zip_format.h"

#define SIDELOAD_WINDOW       8 /* blocks asked for and not yet taken */
#define SIDELOAD_BANNER_BYTES 256
#define SIDELOAD_REPORT_BYTES 256
#define SIDELOAD_TARGET_BYTES 32

struct recovery_sideload {
    struct adb_port port; /* closed: nobody is listened to */
    struct adb_session session;
    char banner[SIDELOAD_BANNER_BYTES];
    char report[SIDELOAD_REPORT_BYTES]; /* for `adb shell` */

    /* A package that waits to be taken: `adb sideload`. */
    struct adb_stream *stream; /* NULL: none */
    bool offered;              /* and recovery_sideload_offers() has not said so yet */
    uint64_t package_bytes;
    uint64_t first_block; /* the oldest in the ring */
    uint64_t next_block;  /* the next to be asked for */
    size_t ring_start;
    size_t ring_bytes;
    uint8_t ring[SIDELOAD_WINDOW * RECOVERY_ZIP_BLOCK_BYTES];

    bool reboot; /* `adb reboot` came, and where to */
    char reboot_to[SIDELOAD_TARGET_BYTES];
};

/* Begins to listen, as the phone `product`. False: there is no such port. */
bool recovery_sideload_open(struct recovery_sideload *sideload, const char *product);
void recovery_sideload_close(struct recovery_sideload *sideload);

/* Takes what has come; waits at most wait_ms for it. False: nobody is connected. */
bool recovery_sideload_pump(struct recovery_sideload *sideload, int wait_ms);

/* Has a package been offered since the last call? */
bool recovery_sideload_offers(struct recovery_sideload *sideload, uint64_t *out_bytes);

/* Reads a block of it, as recovery/package.h has it. False: the computer went away, or is silent. */
bool recovery_sideload_read(struct recovery_sideload *sideload, uint64_t index, uint64_t end,
                            uint8_t *out);

/* Tells the computer what became of it, and keeps `report` for who asks. */
void recovery_sideload_done(struct recovery_sideload *sideload, bool installed, const char *report);

/* "sideload-host:SIZE:BLOCK"; the part that tests see. False: not that, or sizes we do not take. */
bool recovery_sideload_parse(const char *service, uint64_t *out_size_bytes);

#endif
