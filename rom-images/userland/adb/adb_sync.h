/* SPDX-License-Identifier: MIT */
/*
 * The file service, `adb push` and `adb pull`: AOSP's sync protocol, version 1 (SYNC.TXT). One
 * connection to it; transport-free: bytes in, bytes out. Everything that comes is from the other
 * side of a cable.
 *
 * A request is four letters, a length of at most ADB_SYNC_NAME_MAX (little endian), a name:
 *
 *   STAT path          mode, size and time; all zero: it is not there
 *   LIST path          DENT for each name, then DONE
 *   RECV path          DATA..., then DONE; or FAIL
 *   SEND path,mode     then DATA of at most ADB_SYNC_CHUNK_MAX bytes each, and DONE with a time;
 *                      answered OKAY, or FAIL at once, and what still comes is dropped
 *   QUIT
 *
 * Written is below adb_sync_places only: the rest of the system is what was signed.
 */
#ifndef USERLAND_ADB_SYNC_H
#define USERLAND_ADB_SYNC_H

#include "base/bytes.h"

#include <dirent.h>

#define ADB_SYNC_HEADER_BYTES 8
#define ADB_SYNC_NAME_MAX     1024
#define ADB_SYNC_CHUNK_MAX    (64u << 10)
#define ADB_SYNC_OUT_BYTES    (ADB_SYNC_HEADER_BYTES + ADB_SYNC_CHUNK_MAX)

enum adb_sync_state {
    ADB_SYNC_ASKED = 0, /* a request may come */
    ADB_SYNC_PUTTING,   /* DATA or DONE of a SEND */
    ADB_SYNC_GIVING,    /* the file of a RECV */
    ADB_SYNC_LISTING,
};

struct adb_sync {
    const char *root; /* before every path: "" on the phone, a folder in a test */
    enum adb_sync_state state;
    size_t have; /* of the header and name that come */
    uint8_t request[ADB_SYNC_HEADER_BYTES + ADB_SYNC_NAME_MAX + 1];
    uint32_t left;  /* of a chunk that comes */
    bool refused;   /* the SEND was: what comes is dropped */
    int file;       /* of a SEND or RECV; -1: none */
    DIR *folder;    /* of a LIST */
    char path[ADB_SYNC_NAME_MAX + 64]; /* of the file or folder, with the root */
    size_t out_at;  /* what is still to be sent */
    size_t out_end;
    uint8_t out[ADB_SYNC_OUT_BYTES];
};

/* The folders that files may be put into; ends with NULL. */
extern const char *const adb_sync_places[];

void adb_sync_begin(struct adb_sync *sync, const char *root);
/* Forgets all; a file that was not put whole is taken away. */
void adb_sync_end(struct adb_sync *sync);

/* What came. False: it is over (QUIT), or what came is none of this protocol. */
bool adb_sync_feed(struct adb_sync *sync, struct slice bytes);

/* What is to be sent next; empty: nothing, until something comes. */
struct slice adb_sync_output(struct adb_sync *sync);
/* So much of it was. */
void adb_sync_sent(struct adb_sync *sync, size_t size);

#endif
