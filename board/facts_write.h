/* SPDX-License-Identifier: MIT */
/* The facts of a model as one JSON object, for scripts. README.md lists the fields. */
#ifndef BOARD_FACTS_WRITE_H
#define BOARD_FACTS_WRITE_H

#include "base/text.h"
#include "board/model.h"

/* Adds the object to `text`; text->full tells when it did not fit (16 KiB always do). */
void facts_write(const struct model *model, struct text *text);

#endif
