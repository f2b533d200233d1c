/* SPDX-License-Identifier: MIT */
/*
 * A sleep of the processor, ended by its secure timer (PPI 29) or by a virtio device that has done
 * something: the host's processor rests too.
 */
#ifndef ARCH_REST_H
#define ARCH_REST_H

#include <stdint.h>

/*
 * Interrupt controller and timer are as before afterwards. A device's interrupt stays until the
 * device is told that it was seen (virtio_acknowledge), and no later rest lasts until then.
 */
void cpu_rest(uint32_t us);

/* So too, and only the device whose registers are there ends it: what others have to say waits. */
void cpu_rest_for_device(uint32_t us, uintptr_t virtio_base);

#endif
