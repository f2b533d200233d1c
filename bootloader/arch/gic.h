/* SPDX-License-Identifier: MIT */
/* The interrupt controller. Called once, by entry.S. */
#ifndef ARCH_GIC_H
#define ARCH_GIC_H

void gic_start(void);

#endif
