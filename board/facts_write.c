/* SPDX-License-Identifier: MIT */
/* The facts of a model as one JSON object, for scripts. */
#include "board/facts_write.h"

#include "board/board_dt.h"

/* A list inside the object: `,"key":[` ... `]`. */
static void list_begin(struct text *text, const char *key)
{
    text_all(text, ",\"", key, "\":[");
}

static void list_next(struct text *text, bool *first)
{
    if (!*first) {
        text_char(text, ',');
    }
    *first = false;
}

/* Only for our own words: nothing in them needs escaping. */
static void list_word(struct text *text, bool *first, const char *word)
{
    list_next(text, first);
    text_all(text, "\"", word, "\"");
}

static void write_markets(const struct model *model, struct text *text)
{
    static const enum region regions[] = {REGION_CN, REGION_GLOBAL};
    bool first = true;

    list_begin(text, "regions");
    for (size_t i = 0; i < ARRAY_COUNT(regions); i++) {
        if (model_number(model, regions[i]) != NULL) {
            list_word(text, &first, region_name(regions[i]));
        }
    }
    text_char(text, ']');
    json_str(text, "model_number_cn", model->number_cn);
    json_str(text, "model_number_global", model->number_global);
}

static void write_protections(const struct model *model, struct text *text)
{
    static const struct {
        enum protection protection;
        const char *name;
    } rows[] = {
        {PROTECTION_BOOTLOADER_LOCK, BOARD_BOOTLOADER_LOCK},
        {PROTECTION_VERIFIED_BOOT, BOARD_VERIFIED_BOOT},
        {PROTECTION_ANTI_ROLLBACK, BOARD_ANTI_ROLLBACK},
    };
    bool first = true;

    list_begin(text, "protections");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if ((model->protections & rows[i].protection) != 0) {
            list_word(text, &first, rows[i].name);
        }
    }
    text_char(text, ']');
}

static void write_partitions(const struct model *model, struct text *text)
{
    bool first = true;

    list_begin(text, "partitions");
    for (size_t i = 0; i < model->partition_count; i++) {
        list_next(text, &first);
        json_begin(text);
        json_str(text, "name", model->partitions[i].name);
        json_u64(text, "size_bytes", model->partitions[i].size_bytes);
        json_end(text);
    }
    text_char(text, ']');
}

void facts_write(const struct model *model, struct text *text)
{
    json_begin(text);
    json_str(text, "codename", model->codename);
    json_str(text, "name", model->name);
    json_str(text, "soc", model->soc);
    json_str(text, "os", os_name(model->os));
    json_u64(text, "released", model->released);
    write_markets(model, text);
    json_bool(text, "policy_list", model->on_policy_list);
    write_protections(model, text);
    json_u64(text, "rollback_index", model->rollback_index);
    json_u64(text, "panel_width_px", model->panel_width_px);
    json_u64(text, "panel_height_px", model->panel_height_px);
    json_u64(text, "slots", model->slot_count);
    write_partitions(model, text);
    json_end(text);
}
