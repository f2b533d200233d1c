/* SPDX-License-Identifier: MIT */
/*
 * The lab's switches as the host writes them, into iface/lab.h. Part of the flow.
 */
#ifndef LAB_SWITCHES_H
#define LAB_SWITCHES_H

#include "iface/lab.h"

#define LAB_SWITCH_BYTES_MAX 64

/*
 * Takes one switch, by its name below opt/flashlab/ ("hold", "no-wait", "adb-port"). Unknown words and values
 * are ignored: the switch stays off.
 */
void lab_switch(struct lab *lab, const char *name, struct slice value);

/* The names that there are; ends in NULL. */
extern const char *const lab_switch_names[];

#endif
