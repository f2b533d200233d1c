/* SPDX-License-Identifier: MIT */
/*
 * The phone's NOR flash: two 16-bit chips of the Intel command set side by side, as QEMU's cfi01
 * models them: every command is given to both, in both halves of a 32-bit word.
 *
 * QEMU: -drive if=pflash,unit=0,file=...,format=raw
 *
 * QEMU's flash would let a zero become a one again; programming here refuses that, and reads back.
 */
#ifndef DRIVER_PFLASH_H
#define DRIVER_PFLASH_H

#include "iface/nor.h"

struct pflash {
    struct nor nor;
    uintptr_t base;
};

/* Nothing is written: the processor started in the array, so it is what can be read. */
void pflash_init(struct pflash *flash, uintptr_t base, uint32_t size_bytes, uint32_t sector_bytes);

#endif
