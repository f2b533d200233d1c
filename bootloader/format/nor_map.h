/* SPDX-License-Identifier: MIT */
/*
 * The phone's own NOR flash (bank 0, secure world only): what lies where.
 * Offsets and sizes in bytes.
 *
 * Written at the factory by boardc; read by the firmware. The sectors are 256 KiB,
 * the unit of erasing.
 */
#ifndef FORMAT_NOR_MAP_H
#define FORMAT_NOR_MAP_H

#define NOR_BYTES        0x4000000 /* the whole bank: 64 MiB */
#define NOR_SECTOR_BYTES 0x40000

#define NOR_FIRMWARE_OFFSET 0x000000 /* the bootloader, at most 1 MiB */
#define NOR_FIRMWARE_BYTES  0x100000
#define NOR_OVERLAY_OFFSET  0x100000 /* the board's device-tree overlay */
#define NOR_OVERLAY_BYTES   0x040000
#define NOR_FUSES_OFFSET    0x140000 /* one sector, never erased by the firmware: format/fuses.h */
#define NOR_FUSES_BYTES     0x040000
#define NOR_STATE_A_OFFSET  0x180000 /* the two halves of the state journal: format/state_record.h */
#define NOR_STATE_B_OFFSET  0x1c0000
#define NOR_STATE_BYTES     0x040000 /* each half */

#endif
