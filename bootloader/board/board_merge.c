/* SPDX-License-Identifier: MIT */
/*
 * The machine's device tree and the board overlay become one tree. Stage board.
 *
 * Room is used from both ends: the merged tree grows from its start; its end holds, while the
 * overlay is applied, a copy of the overlay, because libfdt writes into the one that it is given
 * and ours lies in the NOR. After that the tree has all of room (its totalsize), for the stages
 * that add to it.
 *
 * Only one shape of overlay is taken: a single fragment for "/", no fix-ups, no symbols. boardc
 * writes no other, and libfdt follows the offsets in fix-ups without a check.
 */
#include "board/board.h"

#include "base/text.h"
#include "board/dtb.h"

#include <libfdt.h>
#include <limits.h>
#include <string.h>

/*
 * Adding a node costs libfdt a walk through all that is there: the time of an overlay grows with the
 * square of its size. boardc's are of 600 bytes; 250 KiB of nodes would take the phone a minute.
 */
#define OVERLAY_BYTES_MAX 8192

static bool name_is(const void *tree, int node, const char *name)
{
    int length;
    const char *found = fdt_get_name(tree, node, &length);

    return found != NULL && string_equals(found, (size_t)length + 1, name);
}

/* The one child of `node`, or a negative number when there is none, or a second. */
static int only_child(const void *tree, int node)
{
    int child = fdt_first_subnode(tree, node);

    return child >= 0 && fdt_next_subnode(tree, child) >= 0 ? -FDT_ERR_BADOVERLAY : child;
}

/* / { fragment@0 { target-path = "/"; __overlay__ { ... }; }; }; */
static enum err check_shape(const void *overlay)
{
    int fragment = only_child(overlay, 0);
    int content = fragment >= 0 ? only_child(overlay, fragment) : -FDT_ERR_BADOVERLAY;
    int length;
    const char *target;

    if (content < 0 || !name_is(overlay, content, "__overlay__") ||
        fdt_getprop(overlay, fragment, "target", NULL) != NULL) {
        return E_DTB_OVERLAY;
    }
    target = fdt_getprop(overlay, fragment, "target-path", &length);
    return target != NULL && length == 2 && string_equals(target, 2, "/") ? OK : E_DTB_OVERLAY;
}

/*
 * Splits room: `out_copy`, big enough for the overlay, is its end; `out_tree` is what lies before.
 */
static enum err split_room(struct span room, const struct dtb *overlay, struct span *out_tree,
                           struct span *out_copy)
{
    size_t size = dtb_packed_size(overlay);
    size_t start;

    if (size > room.size) {
        return E_DTB_SPACE;
    }
    start = (room.size - size) & ~(size_t)7;
    *out_tree = (struct span){.data = room.data, .size = start};
    *out_copy = (struct span){.data = room.data + start, .size = room.size - start};
    return OK;
}

enum err board_merge(struct slice machine_dtb, struct slice overlay, struct span room)
{
    struct dtb machine;
    struct dtb addition;
    struct span tree;
    struct span copy;
    int error;

    TRY(dtb_check(machine_dtb, &machine));
    TRY(dtb_check(overlay, &addition));
    if (dtb_packed_size(&addition) > OVERLAY_BYTES_MAX) {
        return E_DTB_OVERLAY;
    }
    TRY(split_room(room, &addition, &tree, &copy));
    TRY(dtb_write(&addition, copy));
    TRY(check_shape(copy.data));
    TRY(dtb_write(&machine, tree));
    error = fdt_overlay_apply(tree.data, copy.data);
    if (error == -FDT_ERR_NOSPACE) {
        return E_DTB_SPACE;
    }
    if (error != 0) {
        return E_DTB_OVERLAY;
    }
    fdt_set_totalsize(room.data, room.size < INT_MAX ? (uint32_t)room.size : INT_MAX);
    return OK;
}
