/* SPDX-License-Identifier: MIT */
/* The lab's switches: words between commas. */
#include "port/lab_switches.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    const char *word;
    size_t offset; /* of its bool */
} switches[] = {
    {"no-wait", "1", offsetof(struct lab, no_wait)},
    {"hold", "volume-up", offsetof(struct lab, volume_up)},
    {"hold", "volume-down", offsetof(struct lab, volume_down)},
    {"hold", "power", offsetof(struct lab, power)},
};

#define PORT_SWITCH "adb-port"

const char *const lab_switch_names[] = {"no-wait", "hold", PORT_SWITCH, NULL};

static void take_word(struct lab *lab, const char *name, const char *word, size_t length)
{
    for (size_t i = 0; i < ARRAY_COUNT(switches); i++) {
        if (strcmp(switches[i].name, name) == 0 && strlen(switches[i].word) == length &&
            memcmp(switches[i].word, word, length) == 0) {
            *(bool *)((uint8_t *)lab + switches[i].offset) = true;
        }
    }
}

/* Digits only: the ROM gets them on its command line. */
static void take_port(struct lab *lab, struct slice value)
{
    for (size_t i = 0; i < value.size; i++) {
        if (i >= LAB_PORT_CHARS - 1 || value.data[i] < '0' || value.data[i] > '9') {
            lab->adb_port[0] = '\0';
            return;
        }
        lab->adb_port[i] = (char)value.data[i];
        lab->adb_port[i + 1] = '\0';
    }
}

void lab_switch(struct lab *lab, const char *name, struct slice value)
{
    size_t first = 0;

    if (strcmp(name, PORT_SWITCH) == 0) {
        take_port(lab, value);
        return;
    }
    for (size_t i = 0; i <= value.size; i++) {
        if (i == value.size || value.data[i] == ',') {
            take_word(lab, name, (const char *)value.data + first, i - first);
            first = i + 1;
        }
    }
}
