/* SPDX-License-Identifier: MIT */
/* ROMs as packages carry them. */
#include "tests/fake/fake_release.h"

#include "flow/flow.h"
#include "format/misc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512
#define LOOKS  50 /* at the keys, before somebody presses Power */

static const uint8_t salt[] = "salt";

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "fake release: no %s\n", what);
        abort();
    }
}

static size_t put_vbmeta(const struct fake_phone *phone, uint8_t *out, size_t room,
                         const struct vbmeta_hash_spec *hash, const struct vbmeta_chain_spec *chain)
{
    static const struct vbmeta_property_spec properties[] = {{ROM_PROPERTY_NAME, "cn"},
                                                             {ROM_PROPERTY_REGION, "cn"}};
    const struct vbmeta_spec spec = {
        .properties = properties,
        .property_count = ARRAY_COUNT(properties),
        .hashes = hash,
        .hash_count = 1,
        .chains = chain,
        .chain_count = chain != NULL ? 1 : 0,
        .key = fake_root_key(),
        .rollback_index = phone->model.rollback_index,
    };
    size_t size = vbmeta_write(&spec, (struct span){out, room});

    need(size != 0, "vbmeta");
    return size;
}

static void make_recovery(const struct fake_phone *phone, struct fake_release *release)
{
    struct slice image = span_slice(release->recovery.boot);
    const struct vbmeta_hash_spec hash =
        vbmeta_hash_image("recovery", image, slice_of(salt, sizeof salt));
    size_t offset = (image.size + SECTOR - 1) / SECTOR * SECTOR;
    struct vbmeta_footer footer;
    size_t size;

    memset(release->recovery_image, 0, sizeof release->recovery_image);
    memcpy(release->recovery_image, image.data, image.size);
    size = put_vbmeta(phone, release->recovery_image + offset,
                      FAKE_RELEASE_RECOVERY_BYTES - offset - SECTOR, &hash, NULL);
    vbmeta_write_footer(image.size, offset, size, &footer);
    memcpy(release->recovery_image + FAKE_RELEASE_RECOVERY_BYTES - sizeof footer, &footer,
           sizeof footer);
    size = (offset + size + VERITY_BLOCK_BYTES - 1) / VERITY_BLOCK_BYTES * VERITY_BLOCK_BYTES;
    memcpy(release->packed_recovery, release->recovery_image, size);
    memcpy(release->packed_recovery + size,
           release->recovery_image + FAKE_RELEASE_RECOVERY_BYTES - VERITY_BLOCK_BYTES,
           VERITY_BLOCK_BYTES);
    release->packed_bytes = size + VERITY_BLOCK_BYTES;
}

void fake_release_make(const struct fake_phone *phone, struct fake_release *release, size_t more)
{
    struct fake_rom_spec spec = fake_rom_ordinary("cn", fake_root_key());
    const struct signing_key *key = fake_root_key();
    const struct vbmeta_chain_spec chain = {.partition = "recovery",
                                            .location = 2,
                                            .public_key =
                                                slice_of(key->public_key, sizeof key->public_key)};
    struct vbmeta_hash_spec hash;

    spec.ramdisk_bytes += more;
    spec.kernel_bytes += more;
    fake_rom_make(&spec, &release->rom);
    spec.ramdisk_bytes += 64;
    fake_rom_make(&spec, &release->recovery);
    make_recovery(phone, release);
    hash = vbmeta_hash_image("boot", span_slice(release->rom.boot), slice_of(salt, sizeof salt));
    release->vbmeta_bytes =
        put_vbmeta(phone, release->vbmeta, sizeof release->vbmeta, &hash, &chain);
}

void fake_release_free(struct fake_release *release)
{
    fake_rom_free(&release->rom);
    fake_rom_free(&release->recovery);
}

uint8_t *fake_release_partition(struct fake_phone *phone, const char *name, uint64_t *out_bytes)
{
    static const struct {
        const char *name;
        uint64_t lba;
        uint64_t bytes;
    } all[] = {{"boot", FAKE_PHONE_BOOT_LBA, FAKE_RELEASE_BOOT_BYTES},
               {"recovery", FAKE_PHONE_RECOVERY_LBA, FAKE_RELEASE_RECOVERY_BYTES},
               {"vbmeta", FAKE_PHONE_VBMETA_LBA, FAKE_RELEASE_VBMETA_BYTES}};

    for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
        if (strcmp(all[i].name, name) == 0) {
            *out_bytes = all[i].bytes;
            return fake_disk_at(&phone->disk, all[i].lba);
        }
    }
    return NULL;
}

void fake_release_flash(struct fake_phone *phone, const struct fake_release *release)
{
    uint64_t room;

    memcpy(fake_release_partition(phone, "boot", &room), release->rom.boot.data,
           release->rom.boot.size);
    memcpy(fake_release_partition(phone, "recovery", &room), release->recovery_image,
           FAKE_RELEASE_RECOVERY_BYTES);
    memcpy(fake_release_partition(phone, "vbmeta", &room), release->vbmeta, release->vbmeta_bytes);
}

uint64_t fake_release_start(struct fake_phone *phone, bool recovery)
{
    struct flow flow;
    struct fake_keys keys;

    phone->power.entered = 0;
    phone->trace.length = 0;
    phone->log.length = 0;
    fake_keys_init(&keys);
    keys.deadline_looks = LOOKS;
    phone->phone.keys = &keys.keys;
    if (recovery) {
        memcpy(fake_disk_at(&phone->disk, FAKE_PHONE_MISC_LBA), BCB_BOOT_RECOVERY,
               sizeof BCB_BOOT_RECOVERY);
    }
    flow_run(&phone->phone, &flow);
    phone->phone.keys = NULL;
    return phone->power.entered != 0 ? flow.candidate.image.ramdisk_bytes : 0;
}
