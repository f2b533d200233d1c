/* SPDX-License-Identifier: MIT */
/*
 * What the compiler and Debian's libraries expect to find: stack protector and fortified calls.
 */
#include "arch/exception.h"

/* Called by generated code and by libfdt.a, libz.a; no header declares them. */
extern const uintptr_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);
_Noreturn void __chk_fail(void);
void *zcalloc(void *opaque, unsigned count, unsigned size);
void zcfree(void *opaque, void *taken);

const uintptr_t __stack_chk_guard = 0x0afe00de0bad00ff;

_Noreturn void __stack_chk_fail(void)
{
    panic("a stack frame was overwritten");
}

_Noreturn void __chk_fail(void)
{
    panic("a library wrote past a buffer");
}

/* zlib's, for who brings no memory of its own: here everybody does. */
void *zcalloc(void *opaque, unsigned count, unsigned size)
{
    panic("zlib was given no memory");
}

void zcfree(void *opaque, void *taken)
{
    panic("zlib was given no memory");
}
