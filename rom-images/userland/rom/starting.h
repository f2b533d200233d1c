/* SPDX-License-Identifier: MIT */
/*
 * What a person sees between the logo and the home screen where the system takes a moment: when the
 * ROM has looked at the phone's region and will restart. Pure: facts in, pixels out.
 */
#ifndef USERLAND_STARTING_H
#define USERLAND_STARTING_H

#include "rom/home.h"

/* Covers the whole canvas. */
void starting_draw(const struct canvas *canvas, const struct home_facts *facts);

#endif
