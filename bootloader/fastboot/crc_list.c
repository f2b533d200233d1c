/* SPDX-License-Identifier: MIT */
/* The lists of checksums. Stage fastboot. */
#include "fastboot/crc_list.h"

#include "base/crc32.h"
#include "base/text.h"
#include "fastboot/sparse.h"

#include <string.h>

#define HEAD        "CRC-LIST"
#define SPARSE_HEAD "SPARSECRC-LIST"

#define LIST_BYTES_MAX 0x10000 /* more than the longest one takes; blanks cost time, too */
#define PIECE_BYTES    0x40000 /* between two reports */

#define FAILED        "Check CRC failed"
#define SPARSE_FAILED "failed to check sparse crc"
#define FAILED_BEFORE "Error: Last flash failed : CRC Error"

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* The next word of the list; empty at its end. */
static struct slice next_word(struct slice *rest)
{
    struct slice word;

    while (rest->size != 0 && is_space(*rest->data)) {
        *rest = slice_of(rest->data + 1, rest->size - 1);
    }
    word = slice_of(rest->data, 0);
    while (word.size < rest->size && !is_space(rest->data[word.size])) {
        word.size++;
    }
    *rest = slice_of(rest->data + word.size, rest->size - word.size);
    return word;
}

static bool is_word(struct slice word, const char *text)
{
    return word.size == strlen(text) && memcmp(word.data, text, word.size) == 0;
}

static bool read_hex(struct slice word, uint32_t *out_number)
{
    static const char known[] = "0123456789abcdef0123456789ABCDEF";
    uint32_t number = 0;

    if (word.size < 3 || word.size > 10 || word.data[0] != '0' || (word.data[1] | 0x20) != 'x') {
        return false;
    }
    for (size_t i = 2; i < word.size; i++) {
        const char *digit = memchr(known, word.data[i], sizeof known - 1);

        if (digit == NULL) {
            return false;
        }
        number = number << 4 | (uint32_t)(digit - known) % 16;
    }
    *out_number = number;
    return true;
}

/* "boot 0xdc4e81d2", or "system 0xb7d66688 27" */
static bool read_entry(struct slice name, struct slice *rest, bool sparse,
                       struct crc_entry *out_entry)
{
    struct crc_entry entry = {.downloads = 0};
    uint64_t downloads = 0;

    if (name.size >= sizeof entry.name || !read_hex(next_word(rest), &entry.crc) ||
        (sparse && (!text_to_u64(next_word(rest), UINT32_MAX, &downloads) || downloads == 0))) {
        return false;
    }
    entry.downloads = (uint32_t)downloads;
    memcpy(entry.name, name.data, name.size);
    *out_entry = entry;
    return true;
}

/* Adds what a list says; false when it is none. */
static bool add_list(struct crc_lists *lists, struct slice text, bool sparse)
{
    if (!is_word(next_word(&text), sparse ? SPARSE_HEAD : HEAD)) {
        return false;
    }
    for (struct slice name = next_word(&text); name.size != 0; name = next_word(&text)) {
        if (lists->count == CRC_LIST_ENTRIES_MAX ||
            !read_entry(name, &text, sparse, &lists->entries[lists->count])) {
            return false;
        }
        lists->count++;
    }
    return true;
}

/* A list of the same kind from before counts no more. */
static void forget(struct crc_lists *lists, bool sparse)
{
    size_t kept = 0;

    for (size_t i = 0; i < lists->count; i++) {
        if ((lists->entries[i].downloads != 0) != sparse) {
            lists->entries[kept++] = lists->entries[i];
        }
    }
    lists->count = kept;
}

const char *crc_list_take(struct crc_lists *lists, struct slice text, bool sparse)
{
    const char *refusal = crc_list_refusal_after(lists);
    struct crc_lists next = *lists;

    if (refusal != NULL) {
        return refusal;
    }
    if (text.size > LIST_BYTES_MAX) {
        return "the list of checksums is too long: 48 names, 64 KiB";
    }
    forget(&next, sparse);
    if (add_list(&next, text, sparse)) {
        *lists = next;
        return NULL;
    }
    return sparse ? "not a list of checksums: it begins with " SPARSE_HEAD
                    ", then NAME 0xCRC DOWNLOADS a line"
                  : "not a list of checksums: it begins with " HEAD ", then NAME 0xCRC a line";
}

static struct crc_entry *find(struct crc_lists *lists, const char *name, bool sparse)
{
    for (size_t i = 0; i < lists->count; i++) {
        struct crc_entry *entry = &lists->entries[i];

        if ((entry->downloads != 0) == sparse && strcmp(entry->name, name) == 0) {
            return entry;
        }
    }
    return NULL;
}

const char *crc_list_refusal_after(const struct crc_lists *lists)
{
    return lists->failed ? FAILED_BEFORE : NULL;
}

static uint32_t crc_of(uint32_t crc, struct slice image, crc_list_report *report, void *context)
{
    for (size_t done = 0; done < image.size;) {
        size_t now = MIN(image.size - done, (size_t)PIECE_BYTES);

        crc = crc32_update(crc, slice_of(image.data + done, now));
        done += now;
        report(context, done, image.size);
    }
    return crc;
}

const char *crc_list_refusal(struct crc_lists *lists, const char *name, struct slice image,
                             crc_list_report *report, void *context)
{
    bool sparse = sparse_is(image);
    struct crc_entry *entry = find(lists, name, sparse);

    if (lists->failed) {
        return FAILED_BEFORE;
    }
    if (entry == NULL) {
        return NULL;
    }
    entry->seen_crc = crc_of(entry->seen == 0 ? 0 : entry->seen_crc, image, report, context);
    entry->seen++;
    if (entry->seen < entry->downloads) {
        return NULL; /* only the last one tells */
    }
    entry->seen = 0;
    if (entry->seen_crc == entry->crc) {
        return NULL;
    }
    lists->failed = true;
    return sparse ? SPARSE_FAILED : FAILED;
}
