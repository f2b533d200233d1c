/* SPDX-License-Identifier: MIT */
/*
 * The kernel modules that a ROM loads, in loading order: what the lab's devices need, and what
 * those need in turn. Debian's package has no modules.dep, so the dependencies come from the
 * modules themselves.
 */
#ifndef ROM_IMAGES_KERNEL_MODULES_H
#define ROM_IMAGES_KERNEL_MODULES_H

#include "rom-images/rom/unpack.h"

#define KERNEL_MODULES_MAX       32
#define KERNEL_MODULE_NAME_BYTES 56

struct kernel_module {
    char name[KERNEL_MODULE_NAME_BYTES]; /* "virtio_mmio" */
    struct plain_file file;
};

struct kernel_modules {
    size_t count;
    struct kernel_module list[KERNEL_MODULES_MAX]; /* each after those that it needs */
};

/*
 * Reads them from `dir`, the folder with modules.order and modules.builtin. What the kernel has
 * built in is left out. False: it said why on standard error. Either way end with
 * kernel_modules_free.
 */
NODISCARD bool kernel_modules_read(const char *dir, struct kernel_modules *modules);

void kernel_modules_free(struct kernel_modules *modules);

/* The value of `key` in the .modinfo section of a module; false when there is none. */
NODISCARD bool kernel_module_info(struct slice module, const char *key, struct slice *out_value);

#endif
