/* SPDX-License-Identifier: MIT */
/*
 * The checksums that a flash_all script gives before its images. Stage fastboot.
 *
 * `getvar crc` says 1: the phone takes two lists, flashed to the names crclist and sparsecrclist,
 * which are no partitions, and keeps them until it restarts.
 *
 *   CRC-LIST                     SPARSECRC-LIST
 *   boot 0xdc4e81d2              system 0xb7d66688 27
 *
 * CRC-32 of an image as it is downloaded; of a sparse one over the data of so many downloads. After
 * a download that does not match nothing is flashed or erased any more until the phone restarts:
 * what is half written must not be taken for a whole.
 */
#ifndef FASTBOOT_CRC_LIST_H
#define FASTBOOT_CRC_LIST_H

#include "base/bytes.h"
#include "format/gpt.h"

#define CRC_LIST_NAME        "crclist"
#define CRC_LIST_SPARSE_NAME "sparsecrclist"
#define CRC_LIST_ENTRIES_MAX 48

struct crc_entry {
    char name[GPT_NAME_UNITS + 1];
    uint32_t crc;
    uint32_t downloads; /* 0: not sparse, there is one */
    uint32_t seen;      /* of them, with this checksum: */
    uint32_t seen_crc;
};

/* Both lists. All zero: none was given. */
struct crc_lists {
    struct crc_entry entries[CRC_LIST_ENTRIES_MAX];
    size_t count;
    bool failed;
};

/*
 * Takes a list in the place of the last of its kind. NULL, or the words of the refusal: then the
 * last one stays.
 */
const char *crc_list_take(struct crc_lists *lists, struct slice text, bool sparse);

/* Half a GiB takes seconds, and somebody watches: how many bytes of it were looked at. */
typedef void crc_list_report(void *context, uint64_t done, uint64_t total);

/*
 * May `image`, the next download for the partition `name`, be written? NULL, or the words of the
 * refusal. Takes note of it; `report` hears of each quarter of a MiB.
 */
const char *crc_list_refusal(struct crc_lists *lists, const char *name, struct slice image,
                             crc_list_report *report, void *context);
/* So for what brings no image. */
const char *crc_list_refusal_after(const struct crc_lists *lists);

#endif
