/* SPDX-License-Identifier: MIT */
/*
 * flash_all.sh and its sisters, and their twins for Windows. A step is a line that names itself
 * when it fails.
 */
#include "rom-images/package/flash_script.h"

#include <string.h>

#define MARK '@'

static const struct {
    const char *names[FLASH_DIALECT_COUNT];
    const char *what;
} scripts[FLASH_SCRIPT_COUNT] = {
    [FLASH_ALL] = {{"flash_all.sh", "flash_all.bat"},
                   "flashes everything, user data too, and restarts the phone"},
    [FLASH_ALL_LOCK] = {{"flash_all_lock.sh", "flash_all_lock.bat"},
                        "flashes everything, user data too, and locks the bootloader"},
    [FLASH_ALL_EXCEPT_STORAGE] = {{"flash_all_except_storage.sh", "flash_all_except_storage.bat"},
                                  "flashes everything but user data, and restarts the phone"},
};

/* How a step is written. */
static const struct dialect {
    const char *client;
    const char *folder;   /* of the images */
    const char *if_fails; /* before the words that are said then */
    const char *end;
    const char *if_crc; /* before a step that only a phone with checksums takes */
    const char *line_end;
} dialects[FLASH_DIALECT_COUNT] = {
    [FLASH_SHELL] = {.client = "fastboot \"$@\" ",
                     .folder = "images/",
                     .if_fails = " || fail \"",
                     .end = "\"\n",
                     .if_crc = "[ \"$crc\" = 0 ] || ",
                     .line_end = "\n"},
    [FLASH_BATCH] = {.client = "fastboot %* ",
                     .folder = "images\\",
                     .if_fails = " || @echo ",
                     .end = " && exit /B 1\r\n",
                     .if_crc = "if %crc%==1 ",
                     .line_end = "\r\n"},
};

static const char *const slot_suffixes[] = {"_a", "_b"};
static const char *const lists[] = {"crclist", "sparsecrclist"};

/* A script that is being written. */
struct writer {
    const struct flash_plan *plan;
    enum flash_script script;
    enum flash_dialect dialect_number;
    const struct dialect *dialect;
    struct text *text;
};

const char *flash_script_name(enum flash_script script, enum flash_dialect dialect)
{
    return scripts[script].names[dialect];
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
static void put_step(const struct writer *writer, const char *words, const char *name)
{
    const struct dialect *dialect = writer->dialect;

    PUT(writer->text, dialect->client, words, dialect->if_fails, name, " error", dialect->end);
}

static void put_flash(const struct writer *writer, const char *image, const char *suffix,
                      const char *file_end)
{
    const struct dialect *dialect = writer->dialect;

    PUT(writer->text, dialect->client, "flash ", image, suffix, " ", dialect->folder, image,
        file_end, dialect->if_fails, "Flash ", image, suffix, " error", dialect->end);
}

/* Whatever happens on the way, the phone shall not start a mixture: boot goes first, comes last. */
static void put_erase(const struct writer *writer)
{
    if (!writer->plan->has_slots) {
        put_step(writer, "erase boot", "Erase boot");
        return;
    }
    put_step(writer, "erase boot_a", "Erase boot_a");
    put_step(writer, "erase boot_b", "Erase boot_b");
}

static void put_lists(const struct writer *writer)
{
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
        text_str(writer->text, writer->dialect->if_crc);
        put_flash(writer, lists[i], "", ".txt");
    }
}

static void put_image(const struct writer *writer, const struct flash_image *image)
{
    if (!image->has_slots) {
        put_flash(writer, image->partition, "", ".img");
        return;
    }
    for (size_t i = 0; i < ARRAY_COUNT(slot_suffixes); i++) {
        put_flash(writer, image->partition, slot_suffixes[i], ".img");
    }
}

static void put_steps(const struct writer *writer)
{
    const struct flash_plan *plan = writer->plan;

    put_erase(writer);
    put_lists(writer);
    for (size_t i = 0; i < plan->image_count; i++) {
        if (writer->script != FLASH_ALL_EXCEPT_STORAGE || !plan->images[i].is_user_data) {
            put_image(writer, &plan->images[i]);
        }
    }
    if (plan->has_slots) {
        put_step(writer, "set_active a", "Set active a");
    }
    if (writer->script == FLASH_ALL_LOCK) {
        put_step(writer, plan->lock, "Lock");
    } else {
        put_step(writer, "reboot", "Reboot");
    }
}

/* What stands for one @WORD@ of the template. */
static bool put_word(const struct writer *writer, struct slice word)
{
    const struct flash_plan *plan = writer->plan;
    const struct {
        const char *word;
        const char *value; /* NULL: the steps */
    } words[] = {
        {"SCRIPT", flash_script_name(writer->script, writer->dialect_number)},
        {"WHAT", scripts[writer->script].what},
        {"ROM", plan->rom},
        {"VERSION", plan->version},
        {"DEVICE", plan->device},
        {"STEPS", NULL},
    };

    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (strlen(words[i].word) == word.size &&
            memcmp(words[i].word, word.data, word.size) == 0) {
            if (words[i].value == NULL) {
                put_steps(writer);
            } else {
                text_str(writer->text, words[i].value);
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

static void put_char(const struct writer *writer, char c)
{
    if (c == '\n') {
        text_str(writer->text, writer->dialect->line_end);
    } else {
        text_char(writer->text, c);
    }
}

bool flash_script_make(const struct flash_plan *plan, enum flash_script script,
                       enum flash_dialect dialect, struct slice script_template, struct text *text)
{
    const struct writer writer = {.plan = plan,
                                  .script = script,
                                  .dialect_number = dialect,
                                  .dialect = &dialects[dialect],
                                  .text = text};
    size_t at = 0;

    while (at < script_template.size) {
        struct slice rest = slice_of(script_template.data + at, script_template.size - at);
        struct slice word;

        if (!take_word(rest, &word)) {
            put_char(&writer, (char)rest.data[0]);
            at++;
        } else if (put_word(&writer, word)) {
            at += word.size + 2;
        } else {
            return false;
        }
    }
    return !text->full;
}
