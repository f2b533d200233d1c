/* SPDX-License-Identifier: MIT */
/*
 * The port to a web page: the core as wasm32, with no machine under it. It fills `struct phone`
 * with devices that the page plays (scripts/web/power_on.js), and runs the flow.
 *
 * One instance of the module is one power-on. The NOR flash is copied in before and read out after;
 * disk, links, keys and time stay in the page. Off, a restart and the entry into a kernel end the
 * instance, and so does the flow's own end. Where the page has to wait it unwinds the whole stack at
 * an import and comes back later (Binaryen's asyncify), so nothing here knows of it.
 *
 * Build: scripts/web/meson.build
 */
#include "base/text.h"
#include "flow/flow.h"
#include "format/nor_map.h"
#include "iface/phone.h"
#include "storage/fuse_burn.h"
#include "storage/restarts.h"

#include <libfdt.h>
#include <string.h>

#define IMPORT(name) __attribute__((import_module("page"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

/* How an instance ends: these, or an enum restart. */
enum end {
    END_OFF,
    END_KERNEL = 8,
    END_STAYS
};
enum channel {
    CHANNEL_TRACE,
    CHANNEL_LOG
};
enum link_number {
    LINK_FASTBOOT,
    LINK_RESCUE
};
enum held {
    HELD_VOLUME_UP = 1,
    HELD_VOLUME_DOWN = 2,
    HELD_POWER = 4
};

/* What the page gives. Blocks are counted in 32 bits: 2 TiB. A disk's answer is 0: done. */
IMPORT(say) void page_say(enum channel channel, const void *bytes, size_t size);
IMPORT(nor_changed) void page_nor_changed(uint32_t offset, size_t size);
IMPORT(disk_read) int page_disk_read(uint32_t lba, uint32_t count, void *out);
IMPORT(disk_write) int page_disk_write(uint32_t lba, uint32_t count, const void *data);
IMPORT(disk_zero) int page_disk_zero(uint32_t lba, uint32_t count);
IMPORT(disk_flush) int page_disk_flush(void);
IMPORT(link_read) size_t page_link_read(enum link_number number, void *out, size_t size);
IMPORT(link_write) void page_link_write(enum link_number number, const void *bytes, size_t size);
IMPORT(link_changes) uint32_t page_link_changes(enum link_number number);
IMPORT(key_pressed) int page_key_pressed(void);
IMPORT(key_held) int page_key_held(int key);
IMPORT(now_us) double page_now_us(void);
IMPORT(rest) void page_rest(uint32_t us);
IMPORT(end) void page_end(int how); /* never comes back: the page throws */

/* What it asks for; declared for -Wmissing-prototypes. */
void *async_room(void);
uint8_t *nor_bytes(void);
uint8_t *machine_dtb(void);
const struct canvas *panel_canvas(void);
const char *boot_arguments(void);
const uint8_t *ramdisk_bytes(void);
size_t ramdisk_size(void);
const char *rom_is_well(void);
void power_on(uint32_t disk_blocks, int restart, int held, int no_wait);

/* As much as on QEMU's machine (arch/memory_map.h), but for what fastboot receives. */
#define MIB            (1u << 20)
#define NOR_USED_BYTES (NOR_STATE_B_OFFSET + NOR_STATE_BYTES)
#define DISK_BLOCK     512
#define TOLD_BYTES     16384
#define ASYNC_BYTES    65536

static struct {
    _Alignas(2 * MIB) uint8_t kernel[126 * MIB];
    uint8_t ramdisk[64 * MIB];
    uint8_t download[128 * MIB];
    uint8_t scratch[8 * MIB];
    uint8_t dtb[MIB];
    uint8_t machine_dtb[MIB];
    uint8_t nor[NOR_USED_BYTES];
    uint32_t pixels[4 * MIB];
} ram;

static struct {
    struct nor nor;
    struct block disk;
    struct {
        void *out;
        uint64_t lba;
        size_t count;
    } reading;
    struct panel panel;
    struct link trace;
    struct link log;
    struct link fastboot;
    struct link rescue;
    struct keys keys;
    struct power power;
    struct phone phone;
    struct flow flow;
    struct boot_record record;
    struct text logged;
    char logged_chars[TOLD_BYTES];
} page;

/* NOR. */

static bool nor_is_inside(uint32_t offset, size_t length)
{
    return offset <= sizeof ram.nor && length <= sizeof ram.nor - offset;
}

static enum err nor_read(struct nor *nor, uint32_t offset, size_t length, void *out)
{
    if (!nor_is_inside(offset, length)) {
        return E_NOR_RANGE;
    }
    memcpy(out, ram.nor + offset, length);
    return OK;
}

static enum err nor_program(struct nor *nor, uint32_t offset, struct slice bytes)
{
    if (offset % 4 != 0 || bytes.size % 4 != 0 || !nor_is_inside(offset, bytes.size)) {
        return E_NOR_RANGE;
    }
    for (size_t i = 0; i < bytes.size; i++) {
        ram.nor[offset + i] &= bytes.data[i];
    }
    page_nor_changed(offset, bytes.size);
    return memcmp(ram.nor + offset, bytes.data, bytes.size) == 0 ? OK : E_NOR_PROGRAM;
}

static enum err nor_erase(struct nor *nor, uint32_t offset)
{
    if (offset % NOR_SECTOR_BYTES != 0 || !nor_is_inside(offset, NOR_SECTOR_BYTES)) {
        return E_NOR_RANGE;
    }
    memset(ram.nor + offset, 0xff, NOR_SECTOR_BYTES);
    page_nor_changed(offset, NOR_SECTOR_BYTES);
    return OK;
}

/* Disk. */

static bool disk_is_inside(const struct block *block, uint64_t lba, uint64_t count)
{
    return lba <= block->block_count && count <= block->block_count - lba;
}

static enum err disk_read(struct block *block, uint64_t lba, size_t count, void *out)
{
    if (!disk_is_inside(block, lba, count)) {
        return E_BLOCK_RANGE;
    }
    return page_disk_read((uint32_t)lba, count, out) == 0 ? OK : E_BLOCK_IO;
}

static enum err disk_read_begin(struct block *block, uint64_t lba, size_t count, void *out)
{
    if (!disk_is_inside(block, lba, count)) {
        return E_BLOCK_RANGE;
    }
    page.reading.out = out;
    page.reading.lba = lba;
    page.reading.count = count;
    return OK;
}

static enum err disk_read_wait(struct block *block)
{
    return disk_read(block, page.reading.lba, page.reading.count, page.reading.out);
}

static enum err disk_write(struct block *block, uint64_t lba, size_t count, const void *data)
{
    if (!disk_is_inside(block, lba, count)) {
        return E_BLOCK_RANGE;
    }
    return page_disk_write((uint32_t)lba, count, data) == 0 ? OK : E_BLOCK_IO;
}

static enum err disk_flush(struct block *block)
{
    return page_disk_flush() == 0 ? OK : E_BLOCK_IO;
}

static enum err disk_zero(struct block *block, uint64_t lba, uint64_t count)
{
    if (!disk_is_inside(block, lba, count)) {
        return E_BLOCK_RANGE;
    }
    return page_disk_zero((uint32_t)lba, (uint32_t)count) == 0 ? OK : E_BLOCK_IO;
}

/* Panel. */

static enum err panel_start(struct panel *panel, uint32_t width_px, uint32_t height_px)
{
    if (height_px == 0 || width_px > ARRAY_COUNT(ram.pixels) / height_px) {
        return E_PANEL_SIZE;
    }
    memset(ram.pixels, 0, (size_t)width_px * height_px * sizeof *ram.pixels);
    panel->canvas = (struct canvas){ram.pixels, width_px, height_px, width_px};
    return OK;
}

/* Links. */

static enum err say(struct link *link, struct slice bytes)
{
    page_say(link == &page.log ? CHANNEL_LOG : CHANNEL_TRACE, bytes.data, bytes.size);
    return OK;
}

static enum link_number number_of(const struct link *link)
{
    return link == &page.rescue ? LINK_RESCUE : LINK_FASTBOOT;
}

static uint32_t link_changes(struct link *link)
{
    return page_link_changes(number_of(link));
}

static enum err link_write(struct link *link, struct slice bytes)
{
    if (link_changes(link) % 2 == 0) {
        return E_LINK_CLOSED;
    }
    page_link_write(number_of(link), bytes.data, bytes.size);
    return OK;
}

static enum err link_write_to(struct link *link, uint32_t reader, struct slice bytes)
{
    return link_changes(link) == reader ? link_write(link, bytes) : E_LINK_CLOSED;
}

static enum err link_read(struct link *link, struct span room, size_t *out_count)
{
    *out_count = page_link_read(number_of(link), room.data, room.size);
    return OK;
}

/* Keys and power. */

static enum key keys_pressed(struct keys *keys)
{
    return (enum key)page_key_pressed();
}

#define FORGET_MAX 256

static void keys_forget(struct keys *keys)
{
    for (int i = 0; i < FORGET_MAX && page_key_pressed() != KEY_NONE; i++) {
    }
}

static bool keys_held(struct keys *keys, enum key key)
{
    return page_key_held((int)key) != 0;
}

static void power_off(struct power *power)
{
    page_end(END_OFF);
}

static void power_restart(struct power *power, enum restart why)
{
    page_end((int)why);
}

static void power_reset(struct power *power)
{
    power_restart(power, RESTART_PLAIN);
}

static void power_enter_kernel(struct power *power, uint64_t entry, uint64_t dtb)
{
    page_end(END_KERNEL);
}

static void power_rest(struct power *power, uint32_t us)
{
    page_rest(us);
}

static uint64_t power_now_us(struct power *power)
{
    return (uint64_t)page_now_us();
}

static const struct nor_ops nor_ops = {nor_read, nor_program, nor_erase};
static const struct block_ops block_ops = {
    .read = disk_read,
    .write = disk_write,
    .flush = disk_flush,
    .zero = disk_zero,
    .read_begin = disk_read_begin,
    .read_wait = disk_read_wait,
};
static const struct panel_ops panel_ops = {panel_start};
static const struct link_ops say_ops = {.write = say};
static const struct link_ops link_ops = {
    .write = link_write,
    .write_to = link_write_to,
    .read = link_read,
    .changes = link_changes,
};
static const struct keys_ops keys_ops = {
    .pressed = keys_pressed, .forget = keys_forget, .held = keys_held};
static const struct power_ops power_ops = {
    .off = power_off,
    .reset = power_reset,
    .restart = power_restart,
    .enter_kernel = power_enter_kernel,
    .rest = power_rest,
    .now_us = power_now_us,
};

/* What the page looks at and fills. */

/* Where asyncify puts the stack away: two words of its own, then room. */
EXPORT(async_room) void *async_room(void)
{
    static struct {
        void *at;
        void *end;
        uint8_t stack[ASYNC_BYTES];
    } room;

    room.at = room.stack;
    room.end = room.stack + sizeof room.stack;
    return &room;
}

EXPORT(nor_bytes) uint8_t *nor_bytes(void)
{
    return ram.nor;
}

EXPORT(machine_dtb) uint8_t *machine_dtb(void)
{
    return ram.machine_dtb;
}

EXPORT(panel_canvas) const struct canvas *panel_canvas(void)
{
    return &page.panel.canvas;
}

/* What the bootloader tells the kernel; empty before there is one. */
EXPORT(boot_arguments) const char *boot_arguments(void)
{
    int chosen = fdt_path_offset(ram.dtb, "/chosen");
    const char *bootargs = chosen < 0 ? NULL : fdt_getprop(ram.dtb, chosen, "bootargs", NULL);

    return bootargs == NULL ? "" : bootargs;
}

EXPORT(ramdisk_bytes) const uint8_t *ramdisk_bytes(void)
{
    return ram.ramdisk;
}

EXPORT(ramdisk_size) size_t ramdisk_size(void)
{
    return (size_t)page.flow.candidate.image.ramdisk_bytes;
}

/*
 * The ROM that runs says that it is well: what the service FLASHLAB_SMC_SUCCESS does on the other
 * port (arch/smc_services.h), answered in the words of the ROM's kernel module.
 */
EXPORT(rom_is_well) const char *rom_is_well(void)
{
    struct boot_record *record = &page.record;

    record->is_well = true;
    (void)!restarts_clear(&page.nor, &page.flow.state);
    if (!record->authentic) {
        return "not-authentic";
    }
    if (record->rollback_to <= record->rollback) {
        return "unchanged";
    }
    if (fuse_burn_rollback(&page.nor, record->rollback_to) != OK) {
        return "failed";
    }
    record->rollback = record->rollback_to;
    return "raised";
}

static void start_devices(uint32_t disk_blocks)
{
    page.nor = (struct nor){&nor_ops, NOR_BYTES, NOR_SECTOR_BYTES};
    page.disk = (struct block){&block_ops, disk_blocks, DISK_BLOCK};
    page.panel.ops = &panel_ops;
    page.trace.ops = &say_ops;
    page.log.ops = &say_ops;
    page.fastboot.ops = &link_ops;
    page.rescue.ops = &link_ops;
    page.keys.ops = &keys_ops;
    page.power.ops = &power_ops;
    page.logged = text_in(page.logged_chars, sizeof page.logged_chars);
}

static void fill_phone(struct phone *phone)
{
    phone->power = &page.power;
    phone->nor = &page.nor;
    phone->disk = &page.disk;
    phone->panel = &page.panel;
    phone->log = &page.log;
    phone->trace = &page.trace;
    phone->fastboot = &page.fastboot;
    phone->rescue = &page.rescue;
    phone->keys = &page.keys;
    phone->logged = &page.logged;
    phone->record = &page.record;
    phone->machine_dtb = slice_of(ram.machine_dtb, sizeof ram.machine_dtb);
    phone->dtb = (struct span){ram.dtb, sizeof ram.dtb};
    phone->kernel = (struct span){ram.kernel, sizeof ram.kernel};
    phone->ramdisk = (struct span){ram.ramdisk, sizeof ram.ramdisk};
    phone->scratch = (struct span){ram.scratch, sizeof ram.scratch};
    phone->download = (struct span){ram.download, sizeof ram.download};
    phone->framebuffer_bytes = sizeof ram.pixels;
}

EXPORT(power_on) void power_on(uint32_t disk_blocks, int restart, int held, int no_wait)
{
    start_devices(disk_blocks);
    fill_phone(&page.phone);
    page.phone.restart = (enum restart)restart;
    page.phone.lab = (struct lab){
        .no_wait = no_wait != 0,
        .volume_up = (held & HELD_VOLUME_UP) != 0,
        .volume_down = (held & HELD_VOLUME_DOWN) != 0,
        .power = (held & HELD_POWER) != 0,
    };
    flow_run(&page.phone, &page.flow);
    page_end(END_STAYS);
}
