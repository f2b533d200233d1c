/* SPDX-License-Identifier: MIT */
/* flash_all.sh and its sisters. A step is a line of shell that names itself when it fails. */
#include "rom-images/package/flash_script.h"

#include <string.h>

#define MARK '@'

static const struct {
    const char *name;
    const char *what;
} scripts[FLASH_SCRIPT_COUNT] = {
    [FLASH_ALL] = {"flash_all.sh", "flashes everything, user data too, and restarts the phone"},
    [FLASH_ALL_LOCK] = {"flash_all_lock.sh",
                        "flashes everything, user data too, and locks the bootloader"},
    [FLASH_ALL_EXCEPT_STORAGE] = {"flash_all_except_storage.sh",
                                  "flashes everything but user data, and restarts the phone"},
};

static const char *const slot_suffixes[] = {"_a", "_b"};

const char *flash_script_name(enum flash_script script)
{
    return scripts[script].name;
}

static void put_all(struct text *text, const char *const words[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_str(text, words[i]);
    }
}

#define PUT(text, ...)                                                                             \
    put_all((text), (const char *const[]){__VA_ARGS__},                                            \
            ARRAY_COUNT(((const char *const[]){__VA_ARGS__})))

/* A step without an image, such as "reboot"; `name` is what stands before "error". */
static void put_step(struct text *text, const char *words, const char *name)
{
    PUT(text, "fastboot \"$@\" ", words, " || fail \"", name, " error\"\n");
}

static void put_flash(struct text *text, const char *image, const char *suffix)
{
    PUT(text, "fastboot \"$@\" flash ", image, suffix, " images/", image, ".img || fail \"Flash ",
        image, suffix, " error\"\n");
}

/* Whatever happens on the way, the phone shall not start a mixture: boot goes first, comes last. */
static void put_erase(struct text *text, bool has_slots)
{
    if (!has_slots) {
        put_step(text, "erase boot", "Erase boot");
        return;
    }
    put_step(text, "erase boot_a", "Erase boot_a");
    put_step(text, "erase boot_b", "Erase boot_b");
}

static void put_image(struct text *text, const struct flash_image *image)
{
    if (!image->has_slots) {
        put_flash(text, image->partition, "");
        return;
    }
    for (size_t i = 0; i < ARRAY_COUNT(slot_suffixes); i++) {
        put_flash(text, image->partition, slot_suffixes[i]);
    }
}

static void put_steps(struct text *text, const struct flash_plan *plan, enum flash_script script)
{
    put_erase(text, plan->has_slots);
    for (size_t i = 0; i < plan->image_count; i++) {
        if (script != FLASH_ALL_EXCEPT_STORAGE || !plan->images[i].is_user_data) {
            put_image(text, &plan->images[i]);
        }
    }
    if (plan->has_slots) {
        put_step(text, "set_active a", "Set active a");
    }
    if (script == FLASH_ALL_LOCK) {
        put_step(text, plan->lock, "Lock");
    } else {
        put_step(text, "reboot", "Reboot");
    }
}

/* What stands for one @WORD@ of the template. */
static bool put_word(struct text *text, const struct flash_plan *plan, enum flash_script script,
                     struct slice word)
{
    const struct {
        const char *word;
        const char *value; /* NULL: the steps */
    } words[] = {
        {"SCRIPT", scripts[script].name}, {"WHAT", scripts[script].what}, {"ROM", plan->rom},
        {"VERSION", plan->version},       {"DEVICE", plan->device},       {"STEPS", NULL},
    };

    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (strlen(words[i].word) == word.size &&
            memcmp(words[i].word, word.data, word.size) == 0) {
            if (words[i].value == NULL) {
                put_steps(text, plan, script);
            } else {
                text_str(text, words[i].value);
            }
            return true;
        }
    }
    return false;
}

/* Is it "@WORD@", and not the "$@" of the shell? */
static bool take_word(struct slice rest, struct slice *out_word)
{
    size_t length = 1;

    while (length < rest.size && rest.data[length] >= 'A' && rest.data[length] <= 'Z') {
        length++;
    }
    if (rest.data[0] != MARK || length == 1 || length == rest.size || rest.data[length] != MARK) {
        return false;
    }
    *out_word = slice_of(rest.data + 1, length - 1);
    return true;
}

bool flash_script_make(const struct flash_plan *plan, enum flash_script script,
                       struct slice script_template, struct text *text)
{
    size_t at = 0;

    while (at < script_template.size) {
        struct slice rest = slice_of(script_template.data + at, script_template.size - at);
        struct slice word;

        if (!take_word(rest, &word)) {
            text_char(text, (char)rest.data[0]);
            at++;
        } else if (put_word(text, plan, script, word)) {
            at += word.size + 2;
        } else {
            return false;
        }
    }
    return !text->full;
}
