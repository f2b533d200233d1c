/* SPDX-License-Identifier: MIT */
/* The kernel's command line. Stage boot. */
#include "boot/cmdline.h"

#include "base/words.h"
#include "format/vbmeta.h"

#include <string.h>

static const char firmware_prefix[] = "androidboot.";

/*
 * Not for an image to say: `androidboot.*`; and `bootconfig`, at which a kernel takes such words from
 * behind the ramdisk and puts them before ours (Linux, bootconfig.rst).
 */
static bool is_firmwares(struct slice word)
{
    static const char bootconfig[] = "bootconfig";
    uint8_t plain[sizeof bootconfig];
    size_t length = sizeof bootconfig - 1;
    size_t size = words_plain(word, (struct span){plain, sizeof plain});

    return words_begins(word, firmware_prefix) ||
           (words_begins(word, bootconfig) && (size == length || plain[length] == '='));
}

/* Whatever a terminal or a reader of lines would take for more than a character. */
static bool is_printable(struct slice word)
{
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] < ' ' || word.data[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static void add_image_words(struct text *out, const char *cmdline)
{
    struct words words = {slice_of(cmdline, strlen(cmdline))};
    struct slice word;

    while (words_next(&words, &word)) {
        if (is_firmwares(word) || words_is_open(word) || !is_printable(word)) {
            continue;
        }
        for (size_t i = 0; i < word.size; i++) {
            text_char(out, (char)word.data[i]);
        }
        text_char(out, ' ');
    }
}

static void add(struct text *out, const char *key, const char *value)
{
    if (out->length != 0 && out->chars[out->length - 1] != ' ') {
        text_char(out, ' ');
    }
    text_all(out, firmware_prefix, key, "=", value);
}

enum err cmdline_build(const char *image_cmdline, const struct board *board,
                       const struct state *state, enum boot_state boot_state, struct text *out)
{
    const char *hwc = region_hwc(board->made_for);

    add_image_words(out, image_cmdline);
    add(out, "hardware", board->codename);
    add(out, "serialno", board->serial);
    if (hwc != NULL) {
        add(out, "hwc", hwc);
    }
    add(out, "verifiedbootstate", boot_state_name(boot_state));
    add(out, "vbmeta.device_state", state->unlocked ? "unlocked" : "locked");
    add(out, "flashlab.regime", regime_name(board->regime));
    if (board_has(board, PROTECTION_ANTI_ROLLBACK)) {
        add(out, "anti", "");
        text_u64(out, board->rollback_index);
    }
    return out->full ? E_TEXT_SPACE : OK;
}

enum err cmdline_add_slot(const char *suffix, struct text *out)
{
    if (suffix[0] != '\0') {
        add(out, "slot_suffix", suffix);
    }
    return out->full ? E_TEXT_SPACE : OK;
}

enum err cmdline_add_port(const char *adb_port, struct text *out)
{
    if (adb_port[0] != '\0') {
        add(out, "flashlab.adb", adb_port);
    }
    return out->full ? E_TEXT_SPACE : OK;
}

/*
 * "blocks of the image, block where the tree begins, root digest, salt": numbers decimal, else hex;
 * and another hash function than SHA-256.
 */
static void add_tree(struct text *out, const struct verified_hashtree *tree)
{
    add(out, "verity.system", "");
    text_u64(out, tree->image_bytes / VERITY_BLOCK_BYTES);
    text_char(out, ',');
    text_u64(out, tree->tree_offset / VERITY_BLOCK_BYTES);
    text_char(out, ',');
    text_bytes_hex(out, slice_of(tree->root_digest, hash_bytes(tree->hash)));
    text_char(out, ',');
    text_bytes_hex(out, slice_of(tree->salt, tree->salt_bytes));
    if (tree->hash != HASH_SHA256) { /* ROMs from before there were others know of none */
        text_char(out, ',');
        text_str(out, hash_name(tree->hash));
    }
}

enum err cmdline_add_verified(const struct verified *verified, bool locked, struct text *out)
{
    const char *mode = locked ? "enforcing" : "eio";

    if (verified->cmdline[0] != '\0') {
        text_char(out, ' ');
        add_image_words(out, verified->cmdline);
    }
    add(out, "veritymode", verified->hashtree_disabled ? "disabled" : mode);
    if (verified->system.present && !verified->hashtree_disabled) {
        add_tree(out, &verified->system);
    }
    return out->full ? E_TEXT_SPACE : OK;
}
