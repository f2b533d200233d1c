/* SPDX-License-Identifier: MIT */
/*
 * The port to QEMU's `virt` machine: the only file that knows every driver. It fills `struct
 * phone`, runs the flow and stays when nothing is started.
 *
 * QEMU: -M virt,secure=on -cpu cortex-a53 -m 1G -global virtio-mmio.force-legacy=false
 * (scripts/phone has the whole line)
 */
#include "arch/cpu.h"
#include "arch/exception.h"
#include "arch/memory_map.h"
#include "arch/rest.h"
#include "arch/smc.h"
#include "base/text.h"
#include "driver/fw_cfg.h"
#include "driver/pflash.h"
#include "driver/pl011.h"
#include "driver/ramfb.h"
#include "driver/secure_gpio.h"
#include "driver/virtio_blk.h"
#include "driver/virtio_input.h"
#include "driver/virtio_serial.h"
#include "flow/flow.h"
#include "flow/read.h"
#include "flow/events.h"
#include "format/nor_map.h"
#include "iface/phone.h"
#include "port/lab_switches.h"
#include "screen/screens.h"
#include "storage/fuse_burn.h"
#include "storage/restarts.h"

#include <string.h>

/* From entry.S. */
_Noreturn void cpu_enter_kernel(uint64_t entry, uint64_t dtb);
_Noreturn void port_main(void);

/* The note of a restart: these bits, and the reason in the last ones. */
#define RESTART_NOTE      0x52454e00u
#define RESTART_NOTE_MASK 0xffffff00u

#define KERNEL_CLEARED_BYTES (48u << 20) /* what kernels of the lab lie in, and a little more */
#define KERNEL_AMID_OFFSET   (1u << 20)  /* text that stays: a kernel gives its beginning away */

static const char *const port_names[] = {"lab.trace", "lab.fastboot", "lab.edl"};

/* One machine, so one of each; the core only ever sees pointers in `phone`. */
static struct {
    struct pl011 uart;
    struct pl011 secure_uart;
    struct pflash flash;
    struct fw_cfg fw_cfg;
    struct ramfb ramfb;
    struct virtio_blk disk;
    struct virtio_serial serial;
    struct virtio_input input;
    struct power power;
    struct phone phone;
    struct flow flow;
    struct boot_record record;
    struct text logged;
    char logged_chars[16384];
    uint8_t *dma_next;
    uint64_t empty_slots[MAP_VIRTIO_COUNT];
    size_t empty_slot_count;
} machine;

/* Page-aligned pieces of the DMA memory, never given back. */
static uint8_t *take_dma(size_t size)
{
    uint8_t *taken = machine.dma_next;

    machine.dma_next += (size + 4095) & ~(size_t)4095;
    if (machine.dma_next > (uint8_t *)MAP_DMA + MAP_DMA_SIZE) {
        panic("the drivers want more DMA memory than there is");
    }
    return taken;
}

static void power_off(struct power *power)
{
    secure_gpio_raise(MAP_SECURE_GPIO, SECURE_GPIO_OFF);
}

static void power_restart(struct power *power, enum restart why)
{
    mmio_write32(MAP_RESTART_NOTE, RESTART_NOTE | (uint32_t)why);
    secure_gpio_raise(MAP_SECURE_GPIO, SECURE_GPIO_RESET);
}

static void power_reset(struct power *power)
{
    power_restart(power, RESTART_PLAIN);
}

/* Once: the note is taken away. After power-on the memory there is anything, most likely zero. */
static enum restart take_restart_note(void)
{
    uint32_t note = mmio_read32(MAP_RESTART_NOTE);
    uint32_t why = note & ~RESTART_NOTE_MASK;

    mmio_write32(MAP_RESTART_NOTE, 0);
    if ((note & RESTART_NOTE_MASK) != RESTART_NOTE || why > RESTART_EARLY) {
        return RESTART_NONE;
    }
    return (enum restart)why;
}

/* The devices must not write to memory that is the kernel's now. */
static void power_enter_kernel(struct power *power, uint64_t entry, uint64_t dtb)
{
    virtio_reset(&machine.disk.device);
    virtio_reset(&machine.serial.device);
    if (machine.phone.keys != NULL) {
        virtio_reset(&machine.input.device);
    }
    cpu_enter_kernel(entry, dtb);
}

/* What happened is seen after the rest: its interrupt must not end the next one. */
static void power_rest(struct power *power, uint32_t us)
{
    const struct virtio_device *const devices[] = {&machine.disk.device, &machine.serial.device,
                                                   &machine.input.device};

    cpu_rest(us);
    for (size_t i = 0; i < ARRAY_COUNT(devices); i++) {
        if (devices[i]->base != 0) {
            virtio_acknowledge(devices[i]);
        }
    }
}

/* For the ROM that said that it is well. */
static enum err raise_rollback(uint64_t index)
{
    return fuse_burn_rollback(&machine.flash.nor, index);
}

static void rom_is_well(void)
{
    /* When it fails, the next start counts one more; the ROM can do nothing about it. */
    (void)!restarts_clear(&machine.flash.nor, &machine.flow.state);
}

static uint64_t power_now_us(struct power *power)
{
    return cpu_now_us();
}

static const struct power_ops power_ops = {
    .off = power_off,
    .reset = power_reset,
    .restart = power_restart,
    .enter_kernel = power_enter_kernel,
    .rest = power_rest,
    .now_us = power_now_us,
};

/* Tells a panic on every channel that there is: serial line, trace, screen. */
static void report_panic(const char *text)
{
    struct phone *phone = &machine.phone;
    struct screen_facts facts = {.name = "",
                                 .codename = "",
                                 .serial = "",
                                 .rom_region_text = "",
                                 .rom_version = "",
                                 .detail = text};

    flow_report_panic(phone, text);
    flow_start_panel(&machine.ramfb.panel, &machine.flow.board);
    screen_draw(&machine.ramfb.panel.canvas, SCREEN_PANIC, &facts);
}

static void start_block(const struct virtio_device *device)
{
    struct span ram = {(uint8_t *)MAP_RAM_BASE, MAP_RAM_SIZE};

    if (machine.phone.disk == NULL &&
        virtio_blk_init(&machine.disk, device, take_dma(VIRTIO_BLK_DMA_BYTES), ram) == OK) {
        machine.phone.disk = &machine.disk.block;
    }
}

static void start_serial(const struct virtio_device *device)
{
    if (machine.phone.trace == NULL &&
        virtio_serial_init(&machine.serial, device, take_dma(VIRTIO_SERIAL_DMA_BYTES), port_names,
                           ARRAY_COUNT(port_names)) == OK) {
        machine.phone.trace = virtio_serial_link(&machine.serial, "lab.trace");
        machine.phone.fastboot = virtio_serial_link(&machine.serial, "lab.fastboot");
        machine.phone.rescue = virtio_serial_link(&machine.serial, "lab.edl");
    }
}

static void start_keys(const struct virtio_device *device)
{
    if (machine.phone.keys == NULL &&
        virtio_input_init(&machine.input, device, take_dma(VIRTIO_INPUT_DMA_BYTES)) == OK) {
        machine.phone.keys = &machine.input.keys;
    }
}

static const struct {
    uint32_t id;
    void (*start)(const struct virtio_device *device);
} virtio_drivers[] = {
    {VIRTIO_ID_BLOCK, start_block},
    {VIRTIO_ID_CONSOLE, start_serial},
    {VIRTIO_ID_INPUT, start_keys},
};

/* QEMU fills the slots from the last. */
static void start_virtio(void)
{
    for (size_t slot = MAP_VIRTIO_COUNT; slot-- != 0;) {
        uintptr_t base = MAP_VIRTIO_BASE + slot * MAP_VIRTIO_STRIDE;
        struct virtio_device device;

        if (virtio_probe(base, &device) != OK) {
            machine.empty_slots[machine.empty_slot_count++] = base;
            continue;
        }
        for (size_t i = 0; i < ARRAY_COUNT(virtio_drivers); i++) {
            if (virtio_drivers[i].id == device.id) {
                virtio_drivers[i].start(&device);
            }
        }
    }
}

/* A switch that is not there is off. */
static void read_lab_switches(struct lab *lab)
{
    for (size_t i = 0; lab_switch_names[i] != NULL; i++) {
        char chars[FW_CFG_NAME_BYTES];
        struct text name = text_in(chars, sizeof chars);
        uint8_t value[LAB_SWITCH_BYTES_MAX];
        size_t count;

        text_all(&name, "opt/flashlab/", lab_switch_names[i]);
        if (fw_cfg_read(&machine.fw_cfg, chars, (struct span){value, sizeof value}, &count) == OK) {
            lab_switch(lab, lab_switch_names[i], slice_of(value, count));
        }
    }
    if (machine.phone.restart != RESTART_NONE) { /* the keys were held at power-on only */
        lab->volume_up = false;
        lab->volume_down = false;
        lab->power = false;
    }
}

static struct span memory(uintptr_t base, size_t size)
{
    return (struct span){(uint8_t *)base, size};
}

static void fill_phone(struct phone *phone)
{
    phone->power = &machine.power;
    phone->nor = &machine.flash.nor;
    phone->panel = &machine.ramfb.panel;
    phone->record = &machine.record;
    phone->log = &machine.uart.link;
    phone->secure_trace = &machine.secure_uart.link;
    machine.logged = text_in(machine.logged_chars, sizeof machine.logged_chars);
    phone->logged = &machine.logged;
    phone->machine_dtb = slice_of((const void *)MAP_MACHINE_DTB, MAP_MACHINE_DTB_SIZE);
    phone->dtb = memory(MAP_DTB, MAP_DTB_SIZE);
    phone->kernel = memory(MAP_KERNEL, MAP_KERNEL_SIZE);
    phone->ramdisk = memory(MAP_RAMDISK, MAP_RAMDISK_SIZE);
    phone->scratch = memory(MAP_SCRATCH, MAP_SCRATCH_SIZE);
    phone->download = memory(MAP_DOWNLOAD, MAP_DOWNLOAD_SIZE);
    phone->framebuffer_bytes = MAP_PIXELS_SIZE;
    phone->empty_slots = machine.empty_slots;
}

/*
 * After a restart there is code of the ROM's kernel where the next one goes, and QEMU keeps what it
 * translated: a store to such a page costs a thousand others until nothing of it is left. One
 * transfer of a device takes all of it away. Who presses the machine's reset leaves no note, but
 * the kernel in its place: memory that was just switched on is zeros in QEMU.
 */
static void forget_the_last_kernel(void)
{
    struct slice amid = slice_of((const uint8_t *)MAP_KERNEL + KERNEL_AMID_OFFSET, 64);

    if (machine.phone.restart != RESTART_NONE || !slice_is_all(amid, 0)) {
        /* When it fails, the next kernel only comes slower. */
        (void)!fw_cfg_clear(&machine.fw_cfg, memory(MAP_KERNEL, KERNEL_CLEARED_BYTES));
    }
}

static void start_machine(void)
{
    machine.dma_next = (uint8_t *)MAP_DMA;
    machine.power.ops = &power_ops;
    machine.phone.restart = take_restart_note();
    pl011_init(&machine.uart, MAP_PL011_BASE);
    pl011_init(&machine.secure_uart, MAP_SECURE_UART);
    pflash_init(&machine.flash, MAP_NOR_BASE, NOR_BYTES, NOR_SECTOR_BYTES);
    fw_cfg_init(&machine.fw_cfg, MAP_FW_CFG_BASE, take_dma(FW_CFG_DMA_BYTES));
    forget_the_last_kernel();
    ramfb_init(&machine.ramfb, &machine.fw_cfg, memory(MAP_PIXELS, MAP_PIXELS_SIZE));
    fill_phone(&machine.phone);
    smc_start(&(struct smc_backend){
        .power = &machine.power,
        .record = &machine.record,
        .raise_rollback = raise_rollback,
        .rom_is_well = rom_is_well,
    });
    exception_set_reporter(report_panic);
    start_virtio();
    read_lab_switches(&machine.phone.lab);
    machine.phone.empty_slot_count = machine.empty_slot_count;
}

_Noreturn void port_main(void)
{
    start_machine();
    flow_run(&machine.phone, &machine.flow);
    for (;;) {
        cpu_wait();
    }
}
