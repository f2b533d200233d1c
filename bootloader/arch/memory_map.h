/* SPDX-License-Identifier: MIT */
/*
 * The physical memory of QEMU's `virt` machine (secure=on, 1 GiB), and what this firmware puts
 * where. Also used by the linker script and by assembly: numbers only.
 *
 *   0x00000000  NOR bank 0, 64 MiB     secure world only: firmware, overlay, fuses, state
 *   0x08000000  devices                interrupt controller, serial line, fw_cfg, virtio, GPIO
 *   0x0e000000  secure RAM, 16 MiB     secure world only, out of reach of virtio: the running
 *                                      firmware
 *   0x40000000  RAM, 1 GiB             both worlds
 *     0x40000000    1 MiB  the machine's device tree, as QEMU leaves it
 *     0x40100000    1 MiB  the ROM's device tree
 *     0x40200000  126 MiB  its kernel
 *     0x48000000   64 MiB  its ramdisk
 *     0x50000000  512 MiB  what fastboot receives
 *     0x7e000000   16 MiB  the panel's pixels; stays reserved when the kernel runs
 *     0x7f000000   16 MiB  virtio rings and buffers, scratch; free again when the kernel runs
 *
 * What every start writes lies close together: the host clears its memory in pages of 2 MiB, each when
 * it is first touched.
 */
#ifndef ARCH_MEMORY_MAP_H
#define ARCH_MEMORY_MAP_H

#define MAP_NOR_BASE        0x00000000
#define MAP_DEVICES_BASE    0x08000000
#define MAP_GICD_BASE       0x08000000
#define MAP_GICC_BASE       0x08010000
#define MAP_PL011_BASE      0x09000000
#define MAP_FW_CFG_BASE     0x09020000
#define MAP_SECURE_UART     0x09040000
#define MAP_SECURE_GPIO     0x090b0000
#define MAP_VIRTIO_BASE     0x0a000000
#define MAP_VIRTIO_STRIDE   0x200
#define MAP_VIRTIO_COUNT    32
#define MAP_VIRTIO_IRQ      48 /* of the first slot; the others follow */
#define MAP_SECURE_RAM_BASE 0x0e000000
#define MAP_SECURE_RAM_SIZE 0x01000000
#define MAP_RESTART_NOTE    0x0e1ffff8 /* above the stack: memory lives through a reset */

#define MAP_RAM_BASE         0x40000000
#define MAP_RAM_SIZE         0x40000000
#define MAP_MACHINE_DTB      0x40000000
#define MAP_MACHINE_DTB_SIZE 0x00100000
#define MAP_KERNEL           0x40200000
#define MAP_KERNEL_SIZE      0x07e00000
#define MAP_RAMDISK          0x48000000
#define MAP_RAMDISK_SIZE     0x04000000
#define MAP_DTB              0x40100000
#define MAP_DTB_SIZE         0x00100000
#define MAP_DOWNLOAD         0x50000000
#define MAP_DOWNLOAD_SIZE    0x20000000
#define MAP_PIXELS           0x7e000000
#define MAP_PIXELS_SIZE      0x01000000
#define MAP_DMA              0x7f000000
#define MAP_DMA_SIZE         0x001a0000
#define MAP_SCRATCH          0x7f1a0000
#define MAP_SCRATCH_SIZE     0x00e60000

#endif
