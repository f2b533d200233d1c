/* SPDX-License-Identifier: MIT */
/*
 * What a ROM built for a model says of itself: version, properties, fingerprint. Pure.
 */
#ifndef ROM_IMAGES_ROM_IDENTITY_H
#define ROM_IMAGES_ROM_IDENTITY_H

#include "base/bytes.h"
#include "board/model.h"
#include "rom-images/rom/rom.h"

#define ROM_IDENTITY_PROPERTIES_BYTES 4096

struct rom_identity {
    char version[64];      /* "V9.6.1.0.OEAMIFD" */
    char mod_device[48];   /* "dipper", "dipper_global" */
    char fingerprint[192]; /* as Android composes it */
    char cmdline[1024];    /* for the boot image */
    uint64_t rollback_index;
    char properties[ROM_IDENTITY_PROPERTIES_BYTES]; /* /default.prop */
    size_t properties_bytes;
};

/*
 * What a model's recovery says of itself: /default.prop, into `out`. It says nothing of the ROM
 * beside it: a recovery outlives ROMs.
 */
struct text;
void rom_identity_recovery_properties(const struct model *model, struct text *out);

/* What every kernel of the lab is told: for the recovery too. */
extern const char rom_identity_kernel_words[];

/* False when a text does not fit: a caller's bug, as the fields of ROM and model are limited. */
NODISCARD bool rom_identity_make(const struct rom *rom, const struct model *model,
                                 struct rom_identity *out_identity);

#endif
