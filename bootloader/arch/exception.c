/* SPDX-License-Identifier: MIT */
/* A fault at EL3: put the registers into words, tell the port, stop. */
#include "arch/exception.h"

#include "arch/cpu.h"
#include "arch/exception_stack.h"
#include "base/text.h"

#define REGISTER_COUNT 32 /* x0 to x30, sp */
#define TEXT_BYTES     1536

/* Used by entry.S. */
extern uint64_t exception_frame[REGISTER_COUNT];
extern uint8_t exception_stack[EXCEPTION_STACK_BYTES];
uint64_t exception_frame[REGISTER_COUNT];
uint8_t exception_stack[EXCEPTION_STACK_BYTES] __attribute__((aligned(16)));

static exception_reporter *reporter;
static bool panicking;

static const char *const vector_kinds[4] = {"synchronous", "IRQ", "FIQ", "SError"};

void exception_set_reporter(exception_reporter *new_reporter)
{
    reporter = new_reporter;
}

_Noreturn void panic(const char *why)
{
    /* A fault while the first one is being told: the teller is broken, stay still. */
    if (!panicking && reporter != NULL) {
        panicking = true;
        reporter(why);
    }
    for (;;) {
        cpu_wait();
    }
}

static void put_register(struct text *text, const char *name, uint64_t value)
{
    text_all(text, name, " ");
    text_hex(text, value, 16);
}

static void put_general_registers(struct text *text)
{
    for (unsigned i = 0; i < REGISTER_COUNT - 1; i++) {
        char name[4] = {'x', (char)('0' + i / 10), (char)('0' + i % 10), '\0'};

        put_register(text, name, exception_frame[i]);
        text_char(text, i % 2 == 1 ? '\n' : ' ');
    }
    put_register(text, "sp ", exception_frame[REGISTER_COUNT - 1]);
}

_Noreturn void exception_panic(uint64_t vector)
{
    char chars[TEXT_BYTES];
    struct text text = text_in(chars, sizeof chars);

    text_all(&text, vector_kinds[vector % 4],
             vector < 8 ? " exception in the firmware" : " exception from below", "\n");
    put_register(&text, "elr", READ_SYSREG(elr_el3));
    text_char(&text, ' ');
    put_register(&text, "far", READ_SYSREG(far_el3));
    text_char(&text, '\n');
    put_register(&text, "esr", READ_SYSREG(esr_el3));
    text_char(&text, ' ');
    put_register(&text, "spsr", READ_SYSREG(spsr_el3));
    text_char(&text, '\n');
    put_general_registers(&text);
    panic(chars);
}
