/* SPDX-License-Identifier: MIT */
/* The bootloader message. Stage storage. */
#include "storage/bcb.h"

#include "format/misc.h"
#include "iface/block.h"
#include "storage/partition_write.h"

#include <string.h>

static const struct {
    const char *word;
    enum bcb_command command;
} words[] = {
    {BCB_BOOT_RECOVERY, BCB_RECOVERY},
    {BCB_BOOT_BOOTLOADER, BCB_BOOTLOADER},
};

enum bcb_command bcb_decode(struct slice message)
{
    struct slice command;
    size_t length;

    if (slice_sub(message, offsetof(struct bootloader_message, command),
                  sizeof((struct bootloader_message *)0)->command, &command) != OK) {
        return BCB_NONE;
    }
    length = strnlen((const char *)command.data, command.size);
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (strlen(words[i].word) == length && memcmp(words[i].word, command.data, length) == 0) {
            return words[i].command;
        }
    }
    return BCB_NONE;
}

/* The command lies at the very start of the partition: its first block is enough. */
static enum err read_first_block(const struct partition *misc, struct span scratch,
                                 struct span *out_block)
{
    if (scratch.size < misc->disk->block_bytes) {
        return E_SLICE_RANGE;
    }
    *out_block = (struct span){.data = scratch.data, .size = misc->disk->block_bytes};
    return partition_read(misc, MISC_MESSAGE_OFFSET, *out_block);
}

enum err bcb_read(const struct partition *misc, struct span scratch, enum bcb_command *out_command)
{
    struct span block;

    TRY(read_first_block(misc, scratch, &block));
    *out_command = bcb_decode(span_slice(block));
    return OK;
}

enum err bcb_clear(const struct partition *misc, struct span scratch)
{
    struct span block;

    TRY(read_first_block(misc, scratch, &block));
    memset(block.data + offsetof(struct bootloader_message, command), 0,
           sizeof((struct bootloader_message *)0)->command);
    TRY(partition_write(misc, MISC_MESSAGE_OFFSET, span_slice(block)));
    return partition_flush(misc);
}
