/* SPDX-License-Identifier: MIT */
/* One phone model: board/<codename>.yaml, read and checked. Host tools only. */
#include "board/model.h"

#include "base/bytes.h"
#include "board/board_dt.h"
#include "board/yaml_keys.h"
#include "format/fuses.h"

#include <stdio.h>
#include <string.h>

#define KIB         1024ull
#define GIB         (KIB * KIB * KIB)
#define BLOCK_BYTES 4096

/* What the YAML says, before it becomes a struct model. */
struct model_yaml {
    char codename[32];
    char name[48];
    char soc[48];
    char released[8];
    unsigned os;
    const struct yaml_node *numbers;
    bool on_policy_list;
    unsigned protections;
    uint64_t rollback_index;
    const struct yaml_node *panel;
    uint64_t slot_count;
    const struct yaml_node *partitions;
};

struct panel_yaml {
    uint64_t width_px;
    uint64_t height_px;
};

struct numbers_yaml {
    char cn[32];
    char global[32];
};

struct partition_yaml {
    char name[MODEL_PARTITION_NAME_SIZE];
    uint64_t size_bytes;
};

/* In the order of enum os and of the bits of enum protection. */
static const char *const oses[] = {BOARD_OS_MIUI, BOARD_OS_ANDROID_ONE, NULL};
static const char *const protections[] = {BOARD_BOOTLOADER_LOCK, BOARD_VERIFIED_BOOT,
                                          BOARD_ANTI_ROLLBACK, NULL};

static const struct yaml_key model_keys[] = {
    YAML_TEXT(struct model_yaml, codename, "codename", YAML_REQUIRED, 1, "a-z0-9_",
              "the model's code name, as the file is called"),
    YAML_TEXT(struct model_yaml, name, "name", YAML_REQUIRED, 1, " -~",
              "the name it is sold under"),
    YAML_TEXT(struct model_yaml, released, "released", YAML_REQUIRED, 7, "-0-9",
              "the month of release, as 2018-06"),
    YAML_CHOICE(struct model_yaml, os, "os", YAML_REQUIRED, oses, "the system it is sold with"),
    YAML_TEXT(struct model_yaml, soc, "soc", YAML_REQUIRED, 1, " -~", "the system on chip"),
    YAML_MAP(struct model_yaml, numbers, "model_numbers", YAML_REQUIRED, 1, 2,
             "the model number of each market that it is made for: cn, global"),
    YAML_BOOL(struct model_yaml, on_policy_list, "policy_list", YAML_REQUIRED,
              "is it on the shipped ROMs' region list?"),
    YAML_CHOICES(struct model_yaml, protections, "protections", YAML_REQUIRED, protections,
                 "what its year brought; [] for none"),
    YAML_NUMBER(struct model_yaml, rollback_index, "rollback_index", YAML_OPTIONAL, 0,
                8 * FUSES_ROLLBACK_BYTES, "the anti-rollback index it leaves the factory with"),
    YAML_MAP(struct model_yaml, panel, "panel", YAML_REQUIRED, 1, 2, "width_px and height_px"),
    YAML_NUMBER(struct model_yaml, slot_count, "slots", YAML_REQUIRED, 0, 2,
                "0 without A/B slots, 2 with"),
    YAML_MAPS(struct model_yaml, partitions, "partitions", YAML_REQUIRED, 1, MODEL_PARTITIONS_MAX,
              "a list of {name: ..., size: ...}"),
};

static const struct yaml_key panel_keys[] = {
    YAML_NUMBER(struct panel_yaml, width_px, "width_px", YAML_REQUIRED, BOARD_PANEL_WIDTH_PX_MIN,
                BOARD_PANEL_WIDTH_PX_MAX, "pixels across"),
    YAML_NUMBER(struct panel_yaml, height_px, "height_px", YAML_REQUIRED, BOARD_PANEL_HEIGHT_PX_MIN,
                BOARD_PANEL_HEIGHT_PX_MAX, "pixels down; the phone stands upright"),
};

static const struct yaml_key number_keys[] = {
    YAML_TEXT(struct numbers_yaml, cn, "cn", YAML_OPTIONAL, 1, "A-Z0-9", "the China model number"),
    YAML_TEXT(struct numbers_yaml, global, "global", YAML_OPTIONAL, 1, "A-Z0-9",
              "the Global model number"),
};

static const struct yaml_key partition_keys[] = {
    YAML_TEXT(struct partition_yaml, name, "name", YAML_REQUIRED, 1, "a-zA-Z0-9_",
              "the partition's name"),
    YAML_SIZE(struct partition_yaml, size_bytes, "size", YAML_REQUIRED, BLOCK_BYTES, 64 * GIB,
              "the partition's size"),
};

/* The line of a key that the table has found, or of the whole file. */
static unsigned line_of(const struct yaml_tree *tree, const char *key)
{
    const struct yaml_node *node = yaml_tree_find(tree->root, key);

    return node != NULL ? node->line : tree->root->line;
}

/* "dipper.yaml" must be about dipper: the file's name is how people ask for a model. */
static bool check_file_name(struct yaml_tree *tree, const char *codename)
{
    const char *slash = strrchr(tree->file, '/');
    const char *base = slash != NULL ? slash + 1 : tree->file;
    size_t length = strlen(codename);

    if (strncmp(base, codename, length) == 0 && strcmp(base + length, ".yaml") == 0) {
        return true;
    }
    return yaml_tree_fail(tree, line_of(tree, "codename"),
                          "the codename is %s, so the file must be called %s.yaml", codename,
                          codename);
}

/* "2018-06" -> 201806; 0 when it is no month. */
static uint32_t parse_month(const char *text)
{
    uint32_t value = 0;

    for (size_t i = 0; i < 7; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';

        if (digit == (i == 4)) {
            return 0;
        }
        value = digit ? 10 * value + (uint32_t)(text[i] - '0') : value;
    }
    return value % 100 >= 1 && value % 100 <= 12 ? value : 0;
}

static bool take_month(struct yaml_tree *tree, const char *text, struct model *model)
{
    model->released = parse_month(text);
    if (model->released < BOARD_RELEASED_MIN || model->released > BOARD_RELEASED_MAX) {
        return yaml_tree_fail(tree, line_of(tree, "released"),
                              "released \"%s\" is not a month from 2010-01 to 2099-12: write it as "
                              "2018-06",
                              text);
    }
    return true;
}

static bool take_protections(struct yaml_tree *tree, const struct model_yaml *yaml,
                             struct model *model)
{
    bool has_index = yaml_tree_find(tree->root, "rollback_index") != NULL;
    bool counts = (yaml->protections & PROTECTION_ANTI_ROLLBACK) != 0;

    if (has_index && !counts) {
        return yaml_tree_fail(
            tree, line_of(tree, "rollback_index"),
            "rollback_index without the protection anti-rollback: take it out, or "
            "add anti-rollback to protections");
    }
    if (counts && !has_index) {
        return yaml_tree_fail(tree, line_of(tree, "protections"),
                              "anti-rollback needs the key \"rollback_index\": the index that the "
                              "phone leaves the factory with");
    }
    model->protections = yaml->protections;
    model->rollback_index = (uint32_t)yaml->rollback_index;
    return true;
}

static bool take_panel(struct yaml_tree *tree, const struct model_yaml *yaml, struct model *model)
{
    struct panel_yaml panel;

    if (!yaml_keys_read(tree, yaml->panel, panel_keys, ARRAY_COUNT(panel_keys), &panel)) {
        return false;
    }
    if (panel.height_px < panel.width_px) {
        return yaml_tree_fail(tree, yaml->panel->line,
                              "the panel is wider than high: a phone stands upright");
    }
    model->panel_width_px = (uint32_t)panel.width_px;
    model->panel_height_px = (uint32_t)panel.height_px;
    return true;
}

static bool take_partition(struct yaml_tree *tree, const struct yaml_node *node,
                           struct model *model)
{
    struct partition_yaml partition;
    struct model_partition *to = &model->partitions[model->partition_count];

    if (!yaml_keys_read(tree, node, partition_keys, ARRAY_COUNT(partition_keys), &partition)) {
        return false;
    }
    if (partition.size_bytes % BLOCK_BYTES != 0) {
        return yaml_tree_fail(tree, yaml_tree_find(node, "size")->line,
                              "the size of %s is not a multiple of 4 KiB", partition.name);
    }
    for (size_t i = 0; i < model->partition_count; i++) {
        if (strcmp(model->partitions[i].name, partition.name) == 0) {
            return yaml_tree_fail(tree, yaml_tree_find(node, "name")->line,
                                  "the partition %s is here twice: take one out", partition.name);
        }
    }
    memcpy(to->name, partition.name, sizeof(to->name));
    to->size_bytes = partition.size_bytes;
    model->partition_count++;
    return true;
}

/* The partitions that the bootloader cannot do without. With slots those of a ROM come in pairs. */
static bool check_needed(struct yaml_tree *tree, const struct model *model)
{
    static const struct {
        const char *name;
        bool in_slots;
    } needed[] = {{"boot", true}, {"vbmeta", true}, {"misc", false}, {"userdata", false}};

    for (size_t i = 0; i < ARRAY_COUNT(needed); i++) {
        unsigned copies = needed[i].in_slots && model->slot_count == 2 ? 2 : 1;

        for (unsigned slot = 0; slot < copies; slot++) {
            char name[16];
            size_t k = 0;

            snprintf(name, sizeof(name), "%s%s", needed[i].name,
                     copies == 1 ? "" : (slot == 0 ? "_a" : "_b"));
            while (k < model->partition_count && strcmp(model->partitions[k].name, name) != 0) {
                k++;
            }
            if (k == model->partition_count) {
                return yaml_tree_fail(tree, line_of(tree, "partitions"),
                                      "the partition %s is missing: every phone of this lab has it",
                                      name);
            }
        }
    }
    return true;
}

static bool take_partitions(struct yaml_tree *tree, const struct model_yaml *yaml,
                            struct model *model)
{
    for (const struct yaml_node *node = yaml->partitions->first; node != NULL; node = node->next) {
        if (!take_partition(tree, node, model)) {
            return false;
        }
    }
    return check_needed(tree, model);
}

static bool take_all(struct yaml_tree *tree, const struct model_yaml *yaml, struct model *model)
{
    struct numbers_yaml numbers = {0};

    memcpy(model->codename, yaml->codename, sizeof(model->codename));
    memcpy(model->name, yaml->name, sizeof(model->name));
    memcpy(model->soc, yaml->soc, sizeof(model->soc));
    model->os = (enum os)yaml->os;
    model->on_policy_list = yaml->on_policy_list;
    if (yaml->slot_count == 1) {
        return yaml_tree_fail(tree, line_of(tree, "slots"), "slots is 1: a phone has 0 or 2");
    }
    model->slot_count = (uint32_t)yaml->slot_count;
    if (!yaml_keys_read(tree, yaml->numbers, number_keys, ARRAY_COUNT(number_keys), &numbers)) {
        return false;
    }
    memcpy(model->number_cn, numbers.cn, sizeof(model->number_cn));
    memcpy(model->number_global, numbers.global, sizeof(model->number_global));
    return check_file_name(tree, yaml->codename) && take_month(tree, yaml->released, model) &&
           take_protections(tree, yaml, model) && take_panel(tree, yaml, model) &&
           take_partitions(tree, yaml, model);
}

bool model_load(struct yaml_tree *tree, const char *file, struct model *out_model)
{
    struct model_yaml yaml = {0};
    struct model model = {0};

    if (!yaml_tree_load(tree, file) ||
        !yaml_keys_read(tree, tree->root, model_keys, ARRAY_COUNT(model_keys), &yaml) ||
        !take_all(tree, &yaml, &model)) {
        return false;
    }
    *out_model = model;
    return true;
}

const char *model_number(const struct model *model, enum region region)
{
    const char *number = NULL;

    if (region == REGION_CN) {
        number = model->number_cn;
    }
    if (region == REGION_GLOBAL) {
        number = model->number_global;
    }
    return number != NULL && *number != '\0' ? number : NULL;
}
