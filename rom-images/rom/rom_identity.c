/* SPDX-License-Identifier: MIT */
/*
 * What a ROM says of itself. The names of properties are Android's and those that the phones' ROMs
 * have; ro.flashlab.* is the lab's own.
 */
#include "rom-images/rom/rom_identity.h"

#include "base/text.h"

#include <string.h>

#define MODEL_MARK "{model}"
#define BRAND      "Xiaomi"

/*
 * "quiet": every line of the log is slow through an emulated serial port. "cryptomgr.notests": the
 * kernel's tests of its own ciphers are half of all instructions of a boot. "kpti=off" and
 * "init_on_alloc=0": a guard against a fault of processors that the emulated one does not have, and
 * the clearing of memory that is cleared; together a twelfth of the processor's time to home.
 */
const char rom_identity_kernel_words[] =
    "console=ttyAMA0 quiet loglevel=4 panic=-1 vt.global_cursor_default=0 fbcon=map:1 "
    "cryptomgr.notests kpti=off init_on_alloc=0 rdinit=/init";

/* The model's two letters in a build's name. Others take two of the codename: a lab value. */
static const struct {
    const char *codename;
    const char *letters;
} known_letters[] = {
    {"dipper", "EA"}, {"whyred", "EI"}, {"polaris", "DG"}, {"sagit", "CA"},
    {"mido", "CF"},   {"gemini", "AA"}, {"hermes", "HM"},
};

static void put_letters(struct text *text, const char *codename)
{
    for (size_t i = 0; i < ARRAY_COUNT(known_letters); i++) {
        if (strcmp(known_letters[i].codename, codename) == 0) {
            text_str(text, known_letters[i].letters);
            return;
        }
    }
    for (size_t i = 0; i < 2 && codename[i] != '\0'; i++) {
        bool lower = codename[i] >= 'a' && codename[i] <= 'z';

        text_char(text, lower ? (char)(codename[i] - 'a' + 'A') : codename[i]);
    }
}

static bool make_version(const struct rom *rom, const char *codename, char *out, size_t out_size)
{
    struct text text = text_in(out, out_size);
    const char *mark = strstr(rom->version, MODEL_MARK);

    if (mark == NULL) {
        text_str(&text, rom->version);
        return !text.full;
    }
    for (const char *c = rom->version; c != mark; c++) {
        text_char(&text, *c);
    }
    put_letters(&text, codename);
    text_str(&text, mark + strlen(MODEL_MARK));
    return !text.full;
}

/* brand/product/device:android/build/version:type/tags */
static bool make_fingerprint(const struct rom *rom, const struct model *model,
                             struct rom_identity *identity)
{
    struct text text = text_in(identity->fingerprint, sizeof(identity->fingerprint));
    const char *const words[] = {BRAND "/",
                                 model->codename,
                                 "/",
                                 model->codename,
                                 ":",
                                 rom->android,
                                 "/",
                                 rom->build,
                                 "/",
                                 identity->version,
                                 rom->official ? ":user/release-keys" : ":user/test-keys"};

    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        text_str(&text, words[i]);
    }
    return !text.full;
}

static bool make_cmdline(const struct rom *rom, struct rom_identity *identity)
{
    struct text text = text_in(identity->cmdline, sizeof(identity->cmdline));

    text_str(&text, rom_identity_kernel_words);
    if (rom->cmdline[0] != '\0') {
        text_all(&text, " ", rom->cmdline);
    }
    return !text.full;
}

static const char *flag(bool value)
{
    return value ? "1" : "0";
}

/* A ROM for both markets has the number of the market that it claims; else of the one there is. */
static const char *model_text(const struct rom *rom, const struct model *model)
{
    bool cn_first = strcmp(rom->region, "cn") == 0;
    const char *first = cn_first ? model->number_cn : model->number_global;
    const char *second = cn_first ? model->number_global : model->number_cn;

    return first[0] != '\0' ? first : second;
}

static bool make_properties(const struct rom *rom, const struct model *model,
                            struct rom_identity *identity)
{
    const char *const properties[][2] = {
        {"ro.product.brand", BRAND},
        {"ro.product.device", model->codename},
        {"ro.product.name", model->codename},
        {"ro.product.model", model_text(rom, model)},
        {"ro.product.mod_device", identity->mod_device},
        {"ro.product.marketname", model->name},
        {"ro.build.version.release", rom->android},
        {"ro.build.version.security_patch", rom->security_patch},
        {"ro.build.version.incremental", identity->version},
        {"ro.build.display.id", identity->version},
        {"ro.build.id", rom->build},
        {"ro.build.date", rom->date},
        {"ro.build.type", "user"},
        {"ro.build.tags", rom->official ? "release-keys" : "test-keys"},
        {"ro.build.fingerprint", identity->fingerprint},
        {"ro.miui.region", rom->region},
        {"ro.flashlab.rom", rom->name},
        {"ro.flashlab.title", rom->title},
        {"ro.flashlab.title_zh", rom->title_zh},
        {"ro.flashlab.region", rom->region},
        {"ro.flashlab.official", flag(rom->official)},
        {"ro.flashlab.signed_by", rom_signer_name(rom)},
        {"ro.flashlab.adverts", flag(rom->adverts)},
        {"ro.flashlab.region_check", flag(rom->region_check)},
        {"ro.flashlab.policy_list", flag(model->on_policy_list)},
        {"ro.flashlab.clock", rom->clock},
    };
    struct text text = text_in(identity->properties, sizeof(identity->properties));

    for (size_t i = 0; i < ARRAY_COUNT(properties); i++) {
        text_all(&text, properties[i][0], "=", properties[i][1], "\n");
    }
    identity->properties_bytes = text.length;
    return !text.full;
}

void rom_identity_recovery_properties(const struct model *model, struct text *out)
{
    const char *const properties[][2] = {
        {"ro.product.brand", BRAND},
        {"ro.product.device", model->codename},
        {"ro.product.marketname", model->name},
        {"ro.flashlab.policy_list", flag(model->on_policy_list)},
    };

    for (size_t i = 0; i < ARRAY_COUNT(properties); i++) {
        text_all(out, properties[i][0], "=", properties[i][1], "\n");
    }
}

bool rom_identity_make(const struct rom *rom, const struct model *model,
                       struct rom_identity *out_identity)
{
    struct rom_identity *identity = out_identity;
    struct text mod_device = text_in(identity->mod_device, sizeof(identity->mod_device));

    text_str(&mod_device, model->codename);
    if (strcmp(rom->region, "global") == 0) {
        text_str(&mod_device, "_global");
    }
    identity->rollback_index =
        rom->rollback_index == ROM_ROLLBACK_OF_MODEL ? model->rollback_index : rom->rollback_index;
    return make_version(rom, model->codename, identity->version, sizeof(identity->version)) &&
           make_fingerprint(rom, model, identity) && make_cmdline(rom, identity) &&
           make_properties(rom, model, identity) && !mod_device.full;
}
