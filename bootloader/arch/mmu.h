/* SPDX-License-Identifier: MIT */
/* The MMU of EL3: a flat map with rights. Called once, by entry.S, on the way to port_main(). */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

void mmu_start(void);

#endif
