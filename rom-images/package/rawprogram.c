/* SPDX-License-Identifier: MIT */
#include "rom-images/package/rawprogram.h"

#include "board/model.h"

#include <string.h>

static const struct gpt_plan_partition *find(const struct gpt_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (strcmp(plan->partitions[i].name, name) == 0) {
            return &plan->partitions[i];
        }
    }
    return NULL;
}

static void put_text(struct text *text, const char *name, const char *value)
{
    text_all(text, " ", name, "=\"", value, "\"");
}

static void put_number(struct text *text, const char *name, uint64_t value)
{
    text_all(text, " ", name, "=\"");
    text_u64(text, value);
    text_char(text, '"');
}

static bool put_program(const struct gpt_plan *plan, const char *label,
                        const struct rawprogram_file *file, struct text *text)
{
    const struct gpt_plan_partition *partition = find(plan, label);
    uint64_t sectors = (file->size_bytes + GPT_WRITE_BLOCK_BYTES - 1) / GPT_WRITE_BLOCK_BYTES;

    if (partition == NULL) {
        return false;
    }
    text_str(text, "  <program");
    put_number(text, "SECTOR_SIZE_IN_BYTES", GPT_WRITE_BLOCK_BYTES);
    put_number(text, "file_sector_offset", 0);
    put_text(text, "filename", file->filename);
    put_text(text, "label", label);
    put_number(text, "num_partition_sectors", sectors);
    put_number(text, "physical_partition_number", 0);
    put_text(text, "sparse", "false");
    put_number(text, "start_sector", partition->first_lba);
    text_str(text, "/>\n");
    return true;
}

static bool put_slot(const struct gpt_plan *plan, const char *suffix,
                     const struct rawprogram_file *file, struct text *text)
{
    char label[MODEL_PARTITION_NAME_SIZE + 2];
    struct text name = text_in(label, sizeof(label));

    text_all(&name, file->partition, suffix);
    return put_program(plan, label, file, text);
}

bool rawprogram_make(const struct gpt_plan *plan, const struct rawprogram_file *files, size_t count,
                     struct text *text)
{
    text_str(text, "<?xml version=\"1.0\" ?>\n<data>\n");
    for (size_t i = 0; i < count; i++) {
        bool put = files[i].has_slots ? put_slot(plan, "_a", &files[i], text) &&
                                            put_slot(plan, "_b", &files[i], text)
                                      : put_program(plan, files[i].partition, &files[i], text);

        if (!put) {
            return false;
        }
    }
    text_str(text, "</data>\n");
    return !text->full;
}
