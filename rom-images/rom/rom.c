/* SPDX-License-Identifier: MIT */
/* One ROM's manifest, read by a table of keys. README.md lists them. */
#include "rom-images/rom/rom.h"

#include "base/text.h"
#include "board/yaml_keys.h"
#include "rom-images/write/boot_image_write.h"

#include <string.h>

#define MODEL_MARK "{model}"

static const char *const signers[] = {"oem", "reseller", "user", "none", NULL};

static const struct yaml_key rom_keys[] = {
    YAML_TEXT(struct rom, name, "name", YAML_REQUIRED, 1, "a-z0-9_", "the file's name"),
    YAML_TEXT(struct rom, title, "title", YAML_REQUIRED, 1, " -~", "what the home screen calls it"),
    YAML_TEXT(struct rom, title_zh, "title_zh", YAML_REQUIRED, 1, NULL, "the same in Chinese"),
    YAML_TEXT(struct rom, region, "region", YAML_OPTIONAL, 1, "a-z0-9_",
              "the region marker: cn or global; leave the key out for a ROM without one"),
    YAML_CHOICE(struct rom, signer, "signed_by", YAML_REQUIRED, signers, "whose key signs it"),
    YAML_BOOL(struct rom, official, "official", YAML_REQUIRED, "is it the maker's own?"),
    YAML_TEXT(struct rom, version, "version", YAML_REQUIRED, 1, "A-Z0-9.{}a-z",
              "the build's name, with {model} for the two letters of the model"),
    YAML_TEXT(struct rom, android, "android", YAML_REQUIRED, 1, "0-9.", "such as \"8.1.0\""),
    YAML_TEXT(struct rom, security_patch, "security_patch", YAML_REQUIRED, 10, "-0-9",
              "such as 2018-09-01"),
    YAML_TEXT(struct rom, build, "build", YAML_REQUIRED, 1, "a-z0-9.", "such as \"8.8.31\""),
    YAML_TEXT(struct rom, date, "date", YAML_REQUIRED, 8, "0-9", "such as \"20180905\""),
    YAML_TEXT(struct rom, cmdline, "cmdline", YAML_OPTIONAL, 1, " -~", "more words for the kernel"),
    YAML_TEXT(struct rom, clock, "clock", YAML_OPTIONAL, 5, "0-9:", "such as \"09:41\""),
    YAML_NUMBER(struct rom, rollback_index, "rollback_index", YAML_OPTIONAL, 0, ROM_ROLLBACK_MAX,
                "the anti-rollback index; without the key, the one the model was made with"),
    YAML_NUMBER(struct rom, media_mib, "media_mib", YAML_OPTIONAL, 0, ROM_MEDIA_MIB_MAX,
                "MiB of pictures and sounds in the system"),
    YAML_BOOL(struct rom, region_check, "region_check", YAML_OPTIONAL,
              "does the ROM itself look at the phone's region?"),
    YAML_BOOL(struct rom, adverts, "adverts", YAML_OPTIONAL, "do advertisements pop up?"),
};

const char *rom_signer_name(const struct rom *rom)
{
    return signers[rom->signer];
}

bool rom_signer_from_name(const char *name, unsigned *out_signer)
{
    for (unsigned i = 0; signers[i] != NULL; i++) {
        if (strcmp(signers[i], name) == 0) {
            *out_signer = i;
            return true;
        }
    }
    return false;
}

/* The line of a key that is there: for checks that the table cannot state. */
static unsigned line_of(const struct yaml_tree *tree, const char *key)
{
    const struct yaml_node *node = yaml_tree_find(tree->root, key);

    return node == NULL ? 0 : node->line;
}

/* The file is called after the ROM, so that what a person types is what the ROM says of itself. */
static bool check_name(struct yaml_tree *tree, const struct rom *rom)
{
    const char *slash = strrchr(tree->file, '/');
    const char *base = slash == NULL ? tree->file : slash + 1;
    size_t length = strlen(rom->name);

    if (strncmp(base, rom->name, length) == 0 && strcmp(base + length, ".yaml") == 0) {
        return true;
    }
    return yaml_tree_fail(tree, line_of(tree, "name"),
                          "name is \"%s\": the file must be called %s.yaml", rom->name, rom->name);
}

static bool check_os_version(struct yaml_tree *tree, struct rom *rom)
{
    const char *android = rom->android;
    const char *patch = rom->security_patch;
    uint64_t v[3];
    uint64_t d[3];

    if (!text_take_u64(&android, '.', 127, &v[0]) || !text_take_u64(&android, '.', 127, &v[1]) ||
        !text_take_u64(&android, '\0', 127, &v[2])) {
        return yaml_tree_fail(tree, line_of(tree, "android"),
                              "android is \"%s\": three numbers up to 127 with dots are needed, "
                              "such as \"8.1.0\"",
                              rom->android);
    }
    if (!text_take_u64(&patch, '-', 2127, &d[0]) || !text_take_u64(&patch, '-', 12, &d[1]) ||
        !text_take_u64(&patch, '\0', 31, &d[2]) || d[0] < 2000 || d[1] < 1 || d[2] < 1) {
        return yaml_tree_fail(tree, line_of(tree, "security_patch"),
                              "security_patch is \"%s\": a day from 2000 to 2127 is needed, such "
                              "as 2018-09-01",
                              rom->security_patch);
    }
    rom->os_version = boot_image_os_version((unsigned)v[0], (unsigned)v[1], (unsigned)v[2],
                                            (unsigned)d[0], (unsigned)d[1]);
    return true;
}

static bool check_date(struct yaml_tree *tree, const struct rom *rom)
{
    unsigned month = (unsigned)(rom->date[4] - '0') * 10 + (unsigned)(rom->date[5] - '0');
    unsigned day = (unsigned)(rom->date[6] - '0') * 10 + (unsigned)(rom->date[7] - '0');

    if (month >= 1 && month <= 12 && day >= 1 && day <= 31) {
        return true;
    }
    return yaml_tree_fail(tree, line_of(tree, "date"),
                          "date is \"%s\": year, month and day are needed, such as \"20180905\"",
                          rom->date);
}

static bool check_clock(struct yaml_tree *tree, const struct rom *rom)
{
    const char *text = rom->clock;
    uint64_t hour;
    uint64_t minute;

    if (text[0] == '\0' || (text_take_u64(&text, ':', 23, &hour) &&
                            text_take_u64(&text, '\0', 59, &minute))) {
        return true;
    }
    return yaml_tree_fail(tree, line_of(tree, "clock"),
                          "clock is \"%s\": hour and minute are needed, such as \"09:41\"",
                          rom->clock);
}

/* Braces are there for {model} only, and that at most once. */
static bool check_version(struct yaml_tree *tree, const struct rom *rom)
{
    const char *mark = strstr(rom->version, MODEL_MARK);
    size_t opened = 0;

    for (const char *c = rom->version; *c != '\0'; c++) {
        opened += *c == '{' || *c == '}' ? 1 : 0;
    }
    if (opened == (mark == NULL ? 0u : 2u)) {
        return true;
    }
    return yaml_tree_fail(tree, line_of(tree, "version"),
                          "version is \"%s\": braces may only stand once, as " MODEL_MARK,
                          rom->version);
}

bool rom_load(struct yaml_tree *tree, const char *file, struct rom *out_rom)
{
    struct rom rom = {.rollback_index = ROM_ROLLBACK_OF_MODEL};

    if (!yaml_tree_load(tree, file) ||
        !yaml_keys_read(tree, tree->root, rom_keys, ARRAY_COUNT(rom_keys), &rom) ||
        !check_name(tree, &rom) || !check_os_version(tree, &rom) || !check_date(tree, &rom) ||
        !check_version(tree, &rom) || !check_clock(tree, &rom)) {
        return false;
    }
    *out_rom = rom;
    return true;
}
