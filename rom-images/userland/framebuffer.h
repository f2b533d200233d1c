/* SPDX-License-Identifier: MIT */
/*
 * The panel as the kernel gives it: /dev/fb0, 32 bits a pixel (the firmware's simple-framebuffer).
 *
 * Pictures are drawn into `canvas` in ordinary memory and then shown in one go, so that nobody sees one
 * half drawn.
 */
#ifndef USERLAND_FRAMEBUFFER_H
#define USERLAND_FRAMEBUFFER_H

#include "screen/canvas.h"

struct framebuffer {
    struct canvas canvas; /* width 0: no panel */
    struct canvas panel;
};

/* NULL when it is ready; else what is wrong, in words, and the canvas has width 0. */
const char *framebuffer_open(struct framebuffer *fb);

/* Copies the canvas to the panel. */
void framebuffer_show(const struct framebuffer *fb);

#endif
