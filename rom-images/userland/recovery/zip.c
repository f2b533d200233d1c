/* SPDX-License-Identifier: MIT */
/* The files in a package. PKWARE's APPNOTE 6.3, chapter 4. */
#include "recovery/zip.h"

#include <stddef.h>
#include <string.h>

#define SAME_FIELDS_BYTES                                                                          \
    (offsetof(struct zip_local, extra_bytes) - offsetof(struct zip_local, flags))

/* Where the reading stands. */
struct reading {
    struct recovery_package *package;
    uint64_t central; /* offset of the next directory record */
    uint64_t content; /* where the next file must begin */
};

static enum recovery_fault read_end(struct recovery_package *package, struct zip_end *end)
{
    /* The end record's last field is not signed; recovery_package_check has seen its value. */
    const size_t size = sizeof(*end) - sizeof(end->comment_bytes);

    return recovery_package_read(package, package->signed_bytes - size,
                                 (struct span){.data = (uint8_t *)end, .size = size});
}

static bool end_is_right(const struct zip_end *end, uint64_t end_offset)
{
    uint16_t entries = le16(end->entries);

    return le32(end->magic) == ZIP_END_MAGIC && le16(end->disk) == 0 &&
           le16(end->central_disk) == 0 && le16(end->disk_entries) == entries && entries != 0 &&
           entries <= RECOVERY_FILES_MAX &&
           (uint64_t)le32(end->central_offset) + le32(end->central_bytes) == end_offset;
}

static bool name_is_plain(const char *name)
{
    if (name[0] == '\0' || name[0] == '/' || name[strlen(name) - 1] == '/' ||
        strstr(name, "..") != NULL || strstr(name, "//") != NULL) {
        return false;
    }
    for (const char *c = name; *c != '\0'; c++) {
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
              *c == '-' || *c == '_' || *c == '.' || *c == '/')) {
            return false;
        }
    }
    return true;
}

/* A name of name_bytes at `offset`. */
static enum recovery_fault read_name(struct recovery_package *package, uint64_t offset,
                                     size_t name_bytes, char out[RECOVERY_NAME_BYTES])
{
    enum recovery_fault fault;

    memset(out, 0, RECOVERY_NAME_BYTES);
    if (name_bytes == 0 || name_bytes >= RECOVERY_NAME_BYTES) {
        return FAULT_ZIP_NAME;
    }
    fault = recovery_package_read(package, offset,
                                  (struct span){.data = (uint8_t *)out, .size = name_bytes});
    if (fault != FAULT_NONE) {
        return fault;
    }
    return strlen(out) == name_bytes && name_is_plain(out) ? FAULT_NONE : FAULT_ZIP_NAME;
}

static bool record_is_plain(const struct zip_central *record)
{
    return le32(record->magic) == ZIP_CENTRAL_MAGIC && le16(record->flags) == 0 &&
           le16(record->version) == ZIP_VERSION && le16(record->method) == ZIP_STORED &&
           le32(record->packed_bytes) == le32(record->bytes) && le16(record->extra_bytes) == 0 &&
           le16(record->comment_bytes) == 0 && le16(record->disk) == 0;
}

/* The local header before the content says what the directory says. */
static enum recovery_fault check_local(struct reading *reading, const struct zip_central *record,
                                       const char *name)
{
    char local_name[RECOVERY_NAME_BYTES];
    struct zip_local local;
    enum recovery_fault fault =
        recovery_package_read(reading->package, reading->content,
                              (struct span){.data = (uint8_t *)&local, .size = sizeof(local)});

    if (fault != FAULT_NONE) {
        return fault;
    }
    /* From the flags to the length of the name both have the same fields. */
    if (le32(local.magic) != ZIP_LOCAL_MAGIC || le16(local.version) != ZIP_VERSION ||
        memcmp(local.flags, record->flags, SAME_FIELDS_BYTES) != 0 ||
        le16(local.extra_bytes) != 0) {
        return FAULT_ZIP_LOCAL;
    }
    fault = read_name(reading->package, reading->content + sizeof(local), le16(local.name_bytes),
                      local_name);
    if (fault != FAULT_NONE) {
        return fault;
    }
    return strcmp(local_name, name) == 0 ? FAULT_NONE : FAULT_ZIP_LOCAL;
}

/* One directory record, and the file that it describes. */
static enum recovery_fault read_file(struct reading *reading, struct recovery_file *file)
{
    struct zip_central record;
    enum recovery_fault fault =
        recovery_package_read(reading->package, reading->central,
                              (struct span){.data = (uint8_t *)&record, .size = sizeof(record)});

    if (fault != FAULT_NONE) {
        return fault;
    }
    if (!record_is_plain(&record)) {
        return FAULT_ZIP_CENTRAL;
    }
    if (le32(record.offset) != reading->content) {
        return FAULT_ZIP_GAP;
    }
    fault = read_name(reading->package, reading->central + sizeof(record), le16(record.name_bytes),
                      file->name);
    if (fault == FAULT_NONE) {
        fault = check_local(reading, &record, file->name);
    }
    file->offset = reading->content + sizeof(struct zip_local) + le16(record.name_bytes);
    file->size_bytes = le32(record.bytes);
    reading->central += sizeof(record) + le16(record.name_bytes);
    reading->content = file->offset + file->size_bytes;
    return fault;
}

enum recovery_fault recovery_zip_read(struct recovery_package *package,
                                      struct recovery_zip *out_zip)
{
    uint64_t end_offset = package->signed_bytes -
                          (sizeof(struct zip_end) - sizeof(((struct zip_end *)0)->comment_bytes));
    struct reading reading = {.package = package};
    struct zip_end end;
    enum recovery_fault fault = read_end(package, &end);

    if (fault != FAULT_NONE) {
        return fault;
    }
    if (!end_is_right(&end, end_offset)) {
        return FAULT_ZIP_END;
    }
    reading.central = le32(end.central_offset);
    out_zip->count = 0;
    for (size_t i = 0; i < le16(end.entries); i++) {
        struct recovery_file *file = &out_zip->files[i];

        fault = read_file(&reading, file);
        if (fault == FAULT_NONE && recovery_zip_find(out_zip, file->name) != NULL) {
            fault = FAULT_ZIP_NAME;
        }
        if (fault != FAULT_NONE) {
            return fault;
        }
        out_zip->count++;
    }
    return reading.content == le32(end.central_offset) && reading.central == end_offset
               ? FAULT_NONE
               : FAULT_ZIP_GAP;
}

const struct recovery_file *recovery_zip_find(const struct recovery_zip *zip, const char *name)
{
    for (size_t i = 0; i < zip->count; i++) {
        if (strcmp(zip->files[i].name, name) == 0) {
            return &zip->files[i];
        }
    }
    return NULL;
}
