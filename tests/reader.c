/* SPDX-License-Identifier: MIT */
/*
 * reader KIND: what the core makes of files, for tests that hold it against other people's readers.
 *
 * A file's path a line on standard input; for each a line on standard output: "OK" and what was
 * read, or the error's name. KIND is sparse, gzip or lz4 (what comes out goes to PATH.out), gpt, dtb
 * or boot.
 */
#include "board/dtb.h"
#include "board/file.h"
#include "boot/unpack.h"
#include "fastboot/sparse.h"
#include "storage/gpt.h"
#include "tests/fake/fake_disk.h"
#include "verify/boot_image.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUT_BYTES   (8u << 20)
#define SECTOR      512
#define OUTPUT_MODE 0644

static uint8_t *out;

static enum err put_out(const char *path, size_t size)
{
    char name[FILE_PATH_BYTES];

    if (!file_path(name, "%s.out", path) || !file_write(name, OUTPUT_MODE, slice_of(out, size))) {
        exit(1);
    }
    printf("OK %zu\n", size);
    return OK;
}

static enum err read_sparse(const char *path, struct slice file)
{
    struct sparse sparse;
    struct sparse_piece piece;

    TRY(sparse_open(file, OUT_BYTES, &sparse));
    memset(out, 0, (size_t)sparse.total_bytes);
    while (sparse_next(&sparse, &piece)) {
        uint8_t *to = out + piece.offset_bytes;

        for (uint64_t i = 0; piece.kind == SPARSE_KIND_FILL && i < piece.length_bytes; i++) {
            to[i] = piece.fill[i % sizeof piece.fill];
        }
        if (piece.kind == SPARSE_KIND_DATA) {
            memcpy(to, piece.data.data, piece.data.size);
        }
    }
    return put_out(path, (size_t)sparse.total_bytes);
}

static enum err read_packed(const char *path, struct slice file, bool gzip)
{
    static uint8_t scratch[UNPACK_SCRATCH_BYTES];
    struct span room = {out, OUT_BYTES};
    size_t count;

    if (boot_image_packing(file) != (gzip ? PACKING_GZIP : PACKING_LZ4)) {
        return E_KERNEL_MAGIC; /* a phone would not unpack it */
    }
    TRY(gzip ? unpack_gzip(file, room, (struct span){scratch, sizeof scratch}, NULL, &count)
             : unpack_lz4(file, room, NULL, &count));
    return put_out(path, count);
}

static enum err read_gzip(const char *path, struct slice file)
{
    return read_packed(path, file, true);
}

static enum err read_lz4(const char *path, struct slice file)
{
    return read_packed(path, file, false);
}

static enum err read_gpt(const char *path, struct slice file)
{
    static uint8_t room[0x8000];
    struct fake_disk disk;
    struct gpt gpt;
    enum err err;

    fake_disk_init(&disk, file.size / SECTOR, SECTOR);
    memcpy(disk.bytes, file.data, file.size / SECTOR * SECTOR);
    err = gpt_open(&disk.block, (struct span){room, sizeof room}, &gpt);
    if (err == OK) {
        printf("OK");
        for (size_t i = 0; i < gpt.count; i++) {
            printf(" %s:%" PRIu64 "+%" PRIu64, gpt.partitions[i].name, gpt.partitions[i].first_lba,
                   gpt.partitions[i].block_count);
        }
        printf("\n");
    }
    fake_disk_free(&disk);
    return err;
}

static enum err read_dtb(const char *path, struct slice file)
{
    struct dtb dtb;

    TRY(dtb_check(file, &dtb));
    printf("OK %zu\n", dtb_packed_size(&dtb));
    return OK;
}

static enum err read_boot(const char *path, struct slice file)
{
    struct boot_image image;

    TRY(boot_image_parse(file, file.size, &image));
    printf("OK kernel=%" PRIu64 "+%" PRIu64 " ramdisk=%" PRIu64 "+%" PRIu64 " page=%u cmdline=%s\n",
           (uint64_t)image.kernel_offset, (uint64_t)image.kernel_bytes,
           (uint64_t)image.ramdisk_offset, (uint64_t)image.ramdisk_bytes,
           (unsigned)image.page_bytes, image.cmdline);
    return OK;
}

static const struct {
    const char *name;
    enum err (*read)(const char *path, struct slice file);
} kinds[] = {{"sparse", read_sparse}, {"gzip", read_gzip}, {"lz4", read_lz4},
             {"gpt", read_gpt},       {"dtb", read_dtb},   {"boot", read_boot}};

static int read_all(enum err (*read)(const char *path, struct slice file))
{
    char path[FILE_PATH_BYTES];

    while (fgets(path, sizeof path, stdin) != NULL) {
        struct slice file;
        enum err err;

        path[strcspn(path, "\n")] = '\0';
        if (!file_map(path, &file)) {
            return 1;
        }
        err = read(path, file);
        if (err != OK) {
            printf("%s\n", err_name(err));
        }
        file_unmap(&file);
    }
    return 0;
}

int main(int argc, char **argv)
{
    out = malloc(OUT_BYTES);
    for (size_t i = 0; argc == 2 && out != NULL && i < ARRAY_COUNT(kinds); i++) {
        if (strcmp(kinds[i].name, argv[1]) == 0) {
            return read_all(kinds[i].read);
        }
    }
    fprintf(stderr, "usage: reader sparse|gzip|lz4|gpt|dtb|boot <PATHS\n");
    return 2;
}
