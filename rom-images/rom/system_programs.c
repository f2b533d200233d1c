/* SPDX-License-Identifier: MIT */
/* What is in /system/bin. */
#include "rom-images/rom/system_programs.h"

#include "base/text.h"
#include "board/file.h"

#include <assert.h>
#include <string.h>
#include <sys/stat.h>

/* The applets a person at the console may want; all of them are in Debian's busybox-static. */
static const char *const applets[] = {
    "[",        "ash",     "awk",  "basename", "cat",      "chmod",     "chown",  "clear",
    "cmp",      "cp",      "cut",  "date",     "dd",       "devmem",    "df",     "diff",
    "dirname",  "dmesg",   "du",   "echo",     "env",      "expr",      "false",  "find",
    "free",     "grep",    "halt", "head",     "hexdump",  "hostname",  "id",     "insmod",
    "kill",     "killall", "less", "ln",       "ls",       "lsmod",     "md5sum", "mkdir",
    "mknod",    "modinfo", "more", "mount",    "mv",       "nproc",     "od",     "ping",
    "poweroff", "printf",  "ps",   "pwd",      "readlink", "reboot",    "rm",     "rmdir",
    "rmmod",    "sed",     "seq",  "setsid",   "sh",       "sha256sum", "sleep",  "sort",
    "stat",     "strings", "stty", "sync",     "tail",     "tee",       "test",   "time",
    "top",      "touch",   "tr",   "true",     "umount",   "uname",     "uniq",   "uptime",
    "vi",       "watch",   "wc",   "which",    "whoami",   "xargs",     "xxd",    "yes",
};

static_assert(ARRAY_COUNT(applets) + USERLAND_FILES_MAX + 1 <= SYSTEM_PROGRAMS_MAX, "all fit");

static bool has(const struct system_programs *programs, const char *path)
{
    for (size_t i = 0; i < programs->count; i++) {
        if (strcmp(programs->path[i], path) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds bin/NAME, unless there is one. */
static void add(struct system_programs *programs, const char *name, struct archive_node node)
{
    struct text path =
        text_in(programs->path[programs->count], sizeof(programs->path[programs->count]));

    text_all(&path, "bin/", name);
    if (!has(programs, path.chars)) {
        node.path = path.chars;
        programs->nodes[programs->count++] = node;
    }
}

static void add_userland(struct system_programs *programs, const struct userland_files *userland)
{
    for (size_t i = 0; i < userland->count; i++) {
        const struct userland_file *file = &userland->list[i];

        if (!file->is_module && strcmp(file->name, USERLAND_INIT) != 0 &&
            strcmp(file->name, USERLAND_RECOVERY) != 0) {
            add(programs, file->name,
                (struct archive_node){.mode = S_IFREG | 0755, .content = file->content});
        }
    }
}

static bool add_busybox(struct system_programs *programs, const char *busybox)
{
    if (!file_map(busybox, &programs->busybox)) {
        return false;
    }
    if (!userland_is_for_phone(programs->busybox)) {
        return complain("%s: not an arm64 program", busybox);
    }
    add(programs, "busybox",
        (struct archive_node){.mode = S_IFREG | 0755, .content = programs->busybox});
    for (size_t i = 0; i < ARRAY_COUNT(applets); i++) {
        add(programs, applets[i],
            (struct archive_node){.mode = S_IFLNK | 0777, .target = "busybox"});
    }
    return true;
}

bool system_programs_make(const struct userland_files *userland, const char *busybox,
                          struct system_programs *programs)
{
    *programs = (struct system_programs){.count = 0};
    add_userland(programs, userland);
    return busybox == NULL || add_busybox(programs, busybox);
}

void system_programs_free(struct system_programs *programs)
{
    file_unmap(&programs->busybox);
}
