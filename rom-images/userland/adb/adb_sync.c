/* SPDX-License-Identifier: MIT */
/* The file service. */
#define _GNU_SOURCE
#include "adb/adb_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAT_BYTES  16
#define DENT_BYTES  20 /* before the name */
#define WHY_BYTES   200
#define FOLDER_MODE 0755
#define FILE_MODES  0777

const char *const adb_sync_places[] = {"/data", "/sdcard", NULL};

void adb_sync_begin(struct adb_sync *sync, const char *root)
{
    sync->root = root;
    sync->state = ADB_SYNC_ASKED;
    sync->have = 0;
    sync->left = 0;
    sync->refused = false;
    sync->file = -1;
    sync->folder = NULL;
    sync->out_at = 0;
    sync->out_end = 0;
}

static void close_file(struct adb_sync *sync)
{
    if (sync->file >= 0) {
        close(sync->file);
    }
    sync->file = -1;
}

void adb_sync_end(struct adb_sync *sync)
{
    if (sync->state == ADB_SYNC_PUTTING && sync->file >= 0) {
        (void)unlink(sync->path);
    }
    close_file(sync);
    if (sync->folder != NULL) {
        closedir(sync->folder);
    }
    adb_sync_begin(sync, sync->root);
}

/* Answers. */

/* Room for so much behind what still waits; NULL: it asks more than it takes. */
static uint8_t *answer_room(struct adb_sync *sync, size_t size)
{
    uint8_t *room;

    if (sync->out_at != 0) {
        memmove(sync->out, sync->out + sync->out_at, sync->out_end - sync->out_at);
        sync->out_end -= sync->out_at;
        sync->out_at = 0;
    }
    if (size > sizeof(sync->out) - sync->out_end) {
        return NULL;
    }
    room = sync->out + sync->out_end;
    sync->out_end += size;
    return room;
}

static bool answer(struct adb_sync *sync, const char *id, const void *bytes, size_t size)
{
    uint8_t *room = answer_room(sync, ADB_SYNC_HEADER_BYTES + size);

    if (room == NULL) {
        return false;
    }
    memcpy(room, id, 4);
    put_le32(room + 4, (uint32_t)size);
    memcpy(room + ADB_SYNC_HEADER_BYTES, bytes, size);
    return true;
}

static bool fail(struct adb_sync *sync, const char *why)
{
    return answer(sync, "FAIL", why, strlen(why));
}

static bool fail_errno(struct adb_sync *sync)
{
    return fail(sync, strerror(errno));
}

static void put_facts(uint8_t *out, const struct stat *facts)
{
    put_le32(out, (uint32_t)facts->st_mode);
    put_le32(out + 4, facts->st_size > UINT32_MAX ? UINT32_MAX : (uint32_t)facts->st_size);
    put_le32(out + 8, (uint32_t)facts->st_mtime);
}

/* Paths. */

static bool set_path(struct adb_sync *sync, const char *name, size_t length)
{
    int size = snprintf(sync->path, sizeof(sync->path), "%s%s%.*s", sync->root,
                        name[0] == '/' ? "" : "/", (int)length, name);

    return size > 0 && (size_t)size < sizeof(sync->path);
}

/* A folder that leads up could lead out of where files may be put. */
static bool leads_up(const char *name, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t part = 0;

        while (at + part < length && name[at + part] != '/') {
            part++;
        }
        if (part == 2 && name[at] == '.' && name[at + 1] == '.') {
            return true;
        }
        at += part + 1;
    }
    return false;
}

static bool may_be_put(const char *name, size_t length)
{
    for (size_t i = 0; adb_sync_places[i] != NULL; i++) {
        size_t place = strlen(adb_sync_places[i]);

        if (length > place + 1 && memcmp(name, adb_sync_places[i], place) == 0 &&
            name[place] == '/') {
            return !leads_up(name, length);
        }
    }
    return false;
}

/* The folders that a file is to lie in. */
static bool make_folders(struct adb_sync *sync)
{
    for (char *at = sync->path + strlen(sync->root) + 1; (at = strchr(at, '/')) != NULL; at++) {
        bool there;

        *at = '\0';
        there = mkdir(sync->path, FOLDER_MODE) == 0 || errno == EEXIST;
        *at = '/';
        if (!there) {
            return false;
        }
    }
    return true;
}

/* Requests. */

static bool on_stat(struct adb_sync *sync, const char *name, size_t length)
{
    uint8_t *room = answer_room(sync, STAT_BYTES);
    struct stat facts = {0};

    if (room == NULL) {
        return false;
    }
    if (!set_path(sync, name, length) || lstat(sync->path, &facts) != 0) {
        facts = (struct stat){0};
    }
    memcpy(room, "STAT", 4);
    put_facts(room + 4, &facts);
    return true;
}

static bool on_list(struct adb_sync *sync, const char *name, size_t length)
{
    /* One that cannot be listed has no names: the protocol knows no refusal here. */
    sync->folder = set_path(sync, name, length) ? opendir(sync->path) : NULL;
    sync->state = ADB_SYNC_LISTING;
    return true;
}

static bool on_recv(struct adb_sync *sync, const char *name, size_t length)
{
    struct stat facts;

    if (!set_path(sync, name, length)) {
        return fail(sync, "the name is too long");
    }
    sync->file = open(sync->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (sync->file < 0) {
        return fail_errno(sync);
    }
    if (fstat(sync->file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        close_file(sync);
        return fail(sync, "this is no file that could be read to its end");
    }
    sync->state = ADB_SYNC_GIVING;
    return true;
}

/* False: refused, and the other side has been told; *out_room: was there room to tell it? */
static bool open_put(struct adb_sync *sync, const char *name, size_t length, uint32_t mode,
                     bool *out_room)
{
    if (S_ISLNK(mode)) {
        *out_room = fail(sync, "links cannot be put here");
        return false;
    }
    if (!may_be_put(name, length)) {
        *out_room = fail(sync, "read-only; files can be put below /data and /sdcard");
        return false;
    }
    if (set_path(sync, name, length) && make_folders(sync)) {
        sync->file = open(sync->path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK |
                                          O_CLOEXEC, mode & FILE_MODES);
    }
    if (sync->file < 0) {
        *out_room = fail_errno(sync);
        return false;
    }
    (void)fchmod(sync->file, mode & FILE_MODES); /* whatever the umask, as it was */
    return true;
}

static bool on_send(struct adb_sync *sync, const char *name, size_t length)
{
    const char *comma = memrchr(name, ',', length);
    uint32_t mode = comma != NULL ? (uint32_t)strtoul(comma + 1, NULL, 10) : 0644;
    bool room = true;

    sync->state = ADB_SYNC_PUTTING;
    sync->refused =
        !open_put(sync, name, comma != NULL ? (size_t)(comma - name) : length, mode, &room);
    return room;
}

static const struct {
    char id[5];
    bool (*run)(struct adb_sync *sync, const char *name, size_t length);
} requests[] = {
    {"STAT", on_stat},
    {"LIST", on_list},
    {"RECV", on_recv},
    {"SEND", on_send},
};

/* The request is whole: a name that is a text of one piece, behind the header. */
static bool run_request(struct adb_sync *sync, size_t length)
{
    char *name = (char *)sync->request + ADB_SYNC_HEADER_BYTES;

    name[length] = '\0';
    for (size_t i = 0; i < ARRAY_COUNT(requests); i++) {
        if (memcmp(sync->request, requests[i].id, 4) == 0) {
            return strlen(name) == length && requests[i].run(sync, name, length);
        }
    }
    return false;
}

/* What comes. */

static size_t move(struct adb_sync *sync, size_t wanted, struct slice *bytes)
{
    size_t size = wanted - sync->have;

    size = bytes->size < size ? bytes->size : size;
    memcpy(sync->request + sync->have, bytes->data, size);
    *bytes = slice_of(bytes->data + size, bytes->size - size);
    return sync->have += size;
}

static bool take_request(struct adb_sync *sync, struct slice *bytes)
{
    uint32_t length;

    if (sync->have < ADB_SYNC_HEADER_BYTES && move(sync, ADB_SYNC_HEADER_BYTES, bytes) <
        ADB_SYNC_HEADER_BYTES) {
        return true;
    }
    length = le32(sync->request + 4);
    if (length > ADB_SYNC_NAME_MAX || memcmp(sync->request, "QUIT", 4) == 0) {
        return false;
    }
    if (move(sync, ADB_SYNC_HEADER_BYTES + length, bytes) < ADB_SYNC_HEADER_BYTES + length) {
        return true;
    }
    sync->have = 0;
    return run_request(sync, length);
}

static bool refuse_rest(struct adb_sync *sync)
{
    bool told = fail_errno(sync);

    sync->refused = true;
    (void)unlink(sync->path);
    close_file(sync);
    return told;
}

static bool take_chunk(struct adb_sync *sync, struct slice *bytes)
{
    struct slice piece = slice_of(bytes->data, bytes->size < sync->left ? bytes->size : sync->left);

    *bytes = slice_of(bytes->data + piece.size, bytes->size - piece.size);
    sync->left -= (uint32_t)piece.size;
    while (!sync->refused && piece.size != 0) {
        ssize_t written = write(sync->file, piece.data, piece.size);

        if (written <= 0) {
            return refuse_rest(sync);
        }
        piece = slice_of(piece.data + written, piece.size - (size_t)written);
    }
    return true;
}

static bool finish_put(struct adb_sync *sync, uint32_t time_s)
{
    const struct timespec times[] = {{.tv_sec = time_s}, {.tv_sec = time_s}};

    sync->state = ADB_SYNC_ASKED;
    if (sync->refused) {
        sync->refused = false;
        return true;
    }
    (void)futimens(sync->file, times);
    close_file(sync);
    return answer(sync, "OKAY", "", 0);
}

static bool take_put(struct adb_sync *sync, struct slice *bytes)
{
    uint32_t number;

    if (sync->left != 0) {
        return take_chunk(sync, bytes);
    }
    if (move(sync, ADB_SYNC_HEADER_BYTES, bytes) < ADB_SYNC_HEADER_BYTES) {
        return true;
    }
    sync->have = 0;
    number = le32(sync->request + 4);
    if (memcmp(sync->request, "DONE", 4) == 0) {
        return finish_put(sync, number);
    }
    sync->left = number;
    return memcmp(sync->request, "DATA", 4) == 0 && number <= ADB_SYNC_CHUNK_MAX;
}

bool adb_sync_feed(struct adb_sync *sync, struct slice bytes)
{
    while (bytes.size != 0) {
        bool goes_on = false; /* while it answers, nobody may ask */

        if (sync->state == ADB_SYNC_ASKED) {
            goes_on = take_request(sync, &bytes);
        } else if (sync->state == ADB_SYNC_PUTTING) {
            goes_on = take_put(sync, &bytes);
        }
        if (!goes_on) {
            return false;
        }
    }
    return true;
}

/* What goes. */

static void give_chunk(struct adb_sync *sync)
{
    uint8_t *room = answer_room(sync, ADB_SYNC_OUT_BYTES);
    ssize_t got = read(sync->file, room + ADB_SYNC_HEADER_BYTES, ADB_SYNC_CHUNK_MAX);

    sync->out_end = 0;
    if (got > 0) {
        memcpy(room, "DATA", 4);
        put_le32(room + 4, (uint32_t)got);
        sync->out_end = ADB_SYNC_HEADER_BYTES + (size_t)got;
        return;
    }
    (void)!(got == 0 ? answer(sync, "DONE", "", 0) : fail_errno(sync));
    close_file(sync);
    sync->state = ADB_SYNC_ASKED;
}

static void put_entry(struct adb_sync *sync, const char *id, const struct stat *facts,
                      const char *name)
{
    uint8_t *room = answer_room(sync, DENT_BYTES + strlen(name));

    memcpy(room, id, 4);
    put_facts(room + 4, facts);
    put_le32(room + 16, (uint32_t)strlen(name));
    memcpy(room + DENT_BYTES, name, strlen(name));
}

/* For one more name, of any length, and the end. */
static bool has_room(const struct adb_sync *sync)
{
    return sizeof(sync->out) - sync->out_end > 2 * DENT_BYTES + NAME_MAX + 1;
}

static void list_more(struct adb_sync *sync)
{
    const struct dirent *entry = NULL;
    struct stat facts;

    while (sync->folder != NULL && has_room(sync) && (entry = readdir(sync->folder)) != NULL) {
        if (fstatat(dirfd(sync->folder), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0) {
            put_entry(sync, "DENT", &facts, entry->d_name);
        }
    }
    if (entry != NULL) {
        return; /* there may be more */
    }
    put_entry(sync, "DONE", &(struct stat){0}, "");
    if (sync->folder != NULL) {
        closedir(sync->folder);
        sync->folder = NULL;
    }
    sync->state = ADB_SYNC_ASKED;
}

struct slice adb_sync_output(struct adb_sync *sync)
{
    if (sync->out_at == sync->out_end) {
        sync->out_at = 0;
        sync->out_end = 0;
        if (sync->state == ADB_SYNC_GIVING) {
            give_chunk(sync);
        } else if (sync->state == ADB_SYNC_LISTING) {
            list_more(sync);
        }
    }
    return slice_of(sync->out + sync->out_at, sync->out_end - sync->out_at);
}

void adb_sync_sent(struct adb_sync *sync, size_t size)
{
    sync->out_at += size;
}
