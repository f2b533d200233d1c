/* SPDX-License-Identifier: MIT */
/*
 * The panel as the kernel gives it: /dev/fb0, 32 bits a pixel (the firmware's simple-framebuffer).
 *
 * The first picture is drawn straight onto the panel: it is the one that a person waits for. Later
 * ones are drawn into ordinary memory and shown in one go, so that nobody sees one half drawn.
 */
#ifndef USERLAND_FRAMEBUFFER_H
#define USERLAND_FRAMEBUFFER_H

#include "screen/canvas.h"

struct framebuffer {
    struct canvas panel;  /* width 0: no panel */
    struct canvas hidden; /* the same size; width 0 until the second picture */
    bool shown;           /* the first picture is there */
};

/* NULL when it is ready; else what is wrong, in words, and the panel has width 0. */
const char *framebuffer_open(struct framebuffer *fb);

/* Where to draw the next picture. */
struct canvas *framebuffer_canvas(struct framebuffer *fb);

/* The picture is complete. */
void framebuffer_show(struct framebuffer *fb);

#endif
