/* SPDX-License-Identifier: MIT */
/* What phone is this: the facts of the merged tree and of the fuses. Stage board. */
#include "board/board.h"

#include "base/text.h"
#include "board/board_dt.h"
#include "board/fuses.h"

#include <libfdt.h>
#include <string.h>

/* The node that the facts stand in. */
struct node {
    const void *tree;
    int offset;
};

static const char *const os_names[] = {
    [OS_MIUI] = BOARD_OS_MIUI,
    [OS_ANDROID_ONE] = BOARD_OS_ANDROID_ONE,
};

static const char *const regime_names[] = {
    [REGIME_ANNOUNCED] = BOARD_REGIME_ANNOUNCED,
    [REGIME_SHIPPED] = BOARD_REGIME_SHIPPED,
    [REGIME_NONE] = BOARD_REGIME_NONE,
};

const char *os_name(enum os os)
{
    return os < ARRAY_COUNT(os_names) ? os_names[os] : "unknown";
}

const char *regime_name(enum regime regime)
{
    return regime < ARRAY_COUNT(regime_names) ? regime_names[regime] : "unknown";
}

static enum err get_property(const struct node *node, const char *name, struct slice *out_value)
{
    int length;
    const void *value = fdt_getprop(node->tree, node->offset, name, &length);

    if (value == NULL || length < 0) {
        return E_BOARD_MISSING;
    }
    *out_value = slice_of(value, (size_t)length);
    return OK;
}

/* A text of 1 to out_size - 1 characters, each from `first` to `last`, and one NUL at its end. */
static enum err get_text(const struct node *node, const char *name, char first, char *out,
                         size_t out_size)
{
    struct slice value;

    TRY(get_property(node, name, &value));
    if (value.size < 2 || value.size > out_size || value.data[value.size - 1] != '\0') {
        return E_BOARD_VALUE;
    }
    for (size_t i = 0; i + 1 < value.size; i++) {
        if (value.data[i] < (uint8_t)first || value.data[i] > '~') {
            return E_BOARD_VALUE;
        }
    }
    memset(out, 0, out_size);
    memcpy(out, value.data, value.size);
    return OK;
}

/* The place of a text in a list of allowed ones. */
static enum err get_choice(const struct node *node, const char *name, const char *const *choices,
                           size_t choice_count, unsigned *out_place)
{
    struct slice value;

    TRY(get_property(node, name, &value));
    for (unsigned i = 0; i < choice_count; i++) {
        if (value.size == strlen(choices[i]) + 1 &&
            string_equals((const char *)value.data, value.size, choices[i])) {
            *out_place = i;
            return OK;
        }
    }
    return E_BOARD_VALUE;
}

static enum err get_number(const struct node *node, const char *name, uint32_t min, uint32_t max,
                           uint32_t *out_number)
{
    struct slice value;
    uint32_t number;

    TRY(get_property(node, name, &value));
    if (value.size != sizeof(number)) {
        return E_BOARD_VALUE;
    }
    number = be32(value.data);
    if (number < min || number > max) {
        return E_BOARD_VALUE;
    }
    *out_number = number;
    return OK;
}

/* A flag is there or not; one with a value is a mistake. */
static enum err get_flag(const struct node *node, const char *name, bool *out_flag)
{
    struct slice value;
    bool there = get_property(node, name, &value) == OK;

    if (there && value.size != 0) {
        return E_BOARD_VALUE;
    }
    *out_flag = there;
    return OK;
}

static enum err read_protections(const struct node *node, struct board *board)
{
    static const struct {
        const char *name;
        enum protection protection;
    } rows[] = {
        {BOARD_BOOTLOADER_LOCK, PROTECTION_BOOTLOADER_LOCK},
        {BOARD_VERIFIED_BOOT, PROTECTION_VERIFIED_BOOT},
        {BOARD_ANTI_ROLLBACK, PROTECTION_ANTI_ROLLBACK},
    };

    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        bool there;

        TRY(get_flag(node, rows[i].name, &there));
        if (there) {
            board->protections |= rows[i].protection;
        }
    }
    return OK;
}

static bool is_codename(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text);
}

static enum err read_model(const struct node *node, struct board *board)
{
    unsigned os;
    unsigned regime;

    TRY(get_text(node, BOARD_CODENAME, '0', board->codename, sizeof(board->codename)));
    TRY(get_text(node, BOARD_NAME, ' ', board->name, sizeof(board->name)));
    TRY(get_choice(node, BOARD_OS, os_names, ARRAY_COUNT(os_names), &os));
    TRY(get_choice(node, BOARD_REGIME, regime_names, ARRAY_COUNT(regime_names), &regime));
    TRY(get_number(node, BOARD_RELEASED, BOARD_RELEASED_MIN, BOARD_RELEASED_MAX, &board->released));
    TRY(get_number(node, BOARD_PANEL_WIDTH, BOARD_PANEL_WIDTH_PX_MIN, BOARD_PANEL_WIDTH_PX_MAX,
                   &board->panel_width_px));
    TRY(get_number(node, BOARD_PANEL_HEIGHT, BOARD_PANEL_HEIGHT_PX_MIN, BOARD_PANEL_HEIGHT_PX_MAX,
                   &board->panel_height_px));
    TRY(get_number(node, BOARD_SLOT_COUNT, 0, 2, &board->slot_count));
    TRY(get_flag(node, BOARD_POLICY_LIST, &board->on_policy_list));
    TRY(read_protections(node, board));
    if (!is_codename(board->codename) || board->slot_count == 1 || board->released % 100 < 1 ||
        board->released % 100 > 12) {
        return E_BOARD_VALUE;
    }
    board->os = (enum os)os;
    board->regime = (enum regime)regime;
    return OK;
}

static enum err read_fuses(struct slice bytes, struct board *board)
{
    struct fuses fuses;

    TRY(fuses_decode(bytes, &fuses));
    if (strcmp(fuses.codename, board->codename) != 0) {
        return E_BOARD_CODENAME;
    }
    board->made_for = fuses.region;
    memcpy(board->serial, fuses.serial, sizeof(board->serial));
    memcpy(board->root_key_sha256, fuses.root_key_sha256, sizeof(board->root_key_sha256));
    board->lock_changes = fuses.lock_changes;
    if (board_has(board, PROTECTION_ANTI_ROLLBACK)) {
        board->rollback_index = fuses.rollback_index;
    }
    return OK;
}

enum err board_read(struct slice merged_dtb, struct slice fuse_bytes, struct board *out_board)
{
    struct board board = {0};
    struct node node = {.tree = merged_dtb.data};

    if (merged_dtb.size < sizeof(struct fdt_header) || fdt_check_header(merged_dtb.data) != 0 ||
        fdt_totalsize(merged_dtb.data) > merged_dtb.size) {
        return E_DTB_HEADER;
    }
    node.offset = fdt_path_offset(merged_dtb.data, "/" BOARD_NODE);
    if (node.offset < 0) {
        return E_BOARD_MISSING;
    }
    TRY(read_model(&node, &board));
    TRY(read_fuses(fuse_bytes, &board));
    *out_board = board;
    return OK;
}
