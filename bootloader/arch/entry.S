/* SPDX-License-Identifier: MIT */
/*
 * Power-on: the processor starts here, at EL3, at the first byte of NOR bank 0, with the MMU off.
 *
 * Copies the firmware to the secure RAM, makes a stack, turns the MMU on and calls port_main().
 * Then the exception vectors, and the way down into the ROM's kernel.
 *
 * QEMU: -M virt,secure=on -drive if=pflash,unit=0,...
 */
#include "arch/exception_stack.h"
#include "arch/memory_map.h"

#define SCR_NS  (1 << 0)  /* lower levels are non-secure */
#define SCR_RES (3 << 4)  /* reads as one */
#define SCR_HCE (1 << 8)
#define SCR_RW  (1 << 10) /* the level below is AArch64 */

.section .text.start, "ax"
.global _start
_start:
    msr     daifset, #15

    /* The image, from the NOR to where it was linked: 64 bytes a step. */
    mov     x0, #MAP_NOR_BASE
    ldr     x1, =image_start
    ldr     x2, =image_end
copy:
    ldp     x3, x4, [x0], #16
    ldp     x5, x6, [x0], #16
    ldp     x7, x8, [x0], #16
    ldp     x9, x10, [x0], #16
    stp     x3, x4, [x1], #16
    stp     x5, x6, [x1], #16
    stp     x7, x8, [x1], #16
    stp     x9, x10, [x1], #16
    cmp     x1, x2
    b.lo    copy

    ldr     x1, =bss_start
    ldr     x2, =stack_guard
clear:
    stp     xzr, xzr, [x1], #16
    cmp     x1, x2
    b.lo    clear

    ldr     x0, =running
    br      x0                          /* from the NOR into the secure RAM */

running:
    ldr     x0, =stack_top
    mov     sp, x0
    ldr     x0, =vectors
    msr     vbar_el3, x0
    msr     cptr_el3, xzr               /* the libraries may use SIMD */
    mov     x0, #(SCR_RES | SCR_HCE | SCR_RW | SCR_NS)
    msr     scr_el3, x0
    ldr     x0, =62500000
    msr     cntfrq_el0, x0
    isb
    bl      mmu_start
    bl      gic_start
    bl      port_main
halt:
    wfi
    b       halt

/*
 * void cpu_enter_kernel(uint64_t entry, uint64_t dtb): non-secure EL1 with the MMU off, as
 * Linux' booting.rst asks. The stack is empty again: the next use of it is an SMC.
 */
.section .text, "ax"
.global cpu_enter_kernel
cpu_enter_kernel:
    ldr     x4, =stack_top
    mov     sp, x4
    msr     elr_el3, x0
    mov     x4, #0x3c5                  /* EL1h, all interrupts masked */
    msr     spsr_el3, x4
    ldr     x4, =0x30d00800             /* SCTLR_EL1: only what reads as one */
    msr     sctlr_el1, x4
    ic      iallu
    dsb     sy
    isb
    mov     x0, x1
    mov     x1, xzr
    mov     x2, xzr
    mov     x3, xzr
    eret

/*
 * The vectors. Only an SMC from AArch64 below is expected; everything else is the firmware's own
 * mistake and ends in exception_panic() with the registers.
 */
#define FRAME_BYTES (32 * 8)

.macro save_frame
    sub     sp, sp, #FRAME_BYTES
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    str     x30, [sp, #240]
.endm

/* Keeps x0 and x1 in two system registers that nothing else uses; says in x0 which vector it was. */
.macro panic_vector kind
    .balign 128
    msr     tpidr_el3, x0
    msr     afsr0_el3, x1
    mov     x0, #\kind
    b       panic_common
.endm

.section .text.vectors, "ax"
.balign 2048
vectors:
    panic_vector 0                      /* EL3 with SP_EL0: never used */
    panic_vector 1
    panic_vector 2
    panic_vector 3
    panic_vector 4                      /* EL3 itself */
    panic_vector 5
    panic_vector 6
    panic_vector 7
    .balign 128
    b       from_below                  /* a lower level, AArch64: SMC */
    panic_vector 9
    panic_vector 10
    panic_vector 11
    panic_vector 12                     /* a lower level, AArch32 */
    panic_vector 13
    panic_vector 14
    panic_vector 15

/* On a stack of its own, since the fault may be the stack's. */
panic_common:
    ldr     x1, =exception_frame
    stp     x2, x3, [x1, #16]
    stp     x4, x5, [x1, #32]
    stp     x6, x7, [x1, #48]
    stp     x8, x9, [x1, #64]
    stp     x10, x11, [x1, #80]
    stp     x12, x13, [x1, #96]
    stp     x14, x15, [x1, #112]
    stp     x16, x17, [x1, #128]
    stp     x18, x19, [x1, #144]
    stp     x20, x21, [x1, #160]
    stp     x22, x23, [x1, #176]
    stp     x24, x25, [x1, #192]
    stp     x26, x27, [x1, #208]
    stp     x28, x29, [x1, #224]
    str     x30, [x1, #240]
    mrs     x2, tpidr_el3
    str     x2, [x1, #0]
    mrs     x2, afsr0_el3
    str     x2, [x1, #8]
    mov     x2, sp
    str     x2, [x1, #248]
    ldr     x2, =(exception_stack + EXCEPTION_STACK_BYTES)
    mov     sp, x2
    bl      exception_panic             /* (vector) */
    b       halt

/* Hands the caller's registers to smc_handle() and brings them back, x0 to x3 changed. */
from_below:
    save_frame
    mrs     x1, esr_el3
    lsr     x1, x1, #26
    cmp     x1, #0x17                   /* SMC from AArch64 */
    b.ne    not_smc
    mov     x0, sp
    bl      smc_handle                  /* (frame) */
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    ldr     x30, [sp, #240]
    add     sp, sp, #FRAME_BYTES
    eret
not_smc:
    ldp     x0, x1, [sp, #0]
    msr     tpidr_el3, x0
    msr     afsr0_el3, x1
    mov     x0, #8
    b       panic_common
