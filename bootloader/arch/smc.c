/* SPDX-License-Identifier: MIT */
/* PSCI and the lab's own services: one row a function. */
#include "arch/smc.h"

#include "arch/exception.h"
#include "arch/smc_services.h"

#define PSCI_VERSION_1_0  0x00010000
#define PSCI_SUCCESS      0
#define PSCI_NO_MIGRATION 2
#define NOT_SUPPORTED     ((uint64_t)FLASHLAB_SMC_UNKNOWN)

/* A ROM that ran for longer is not one that dies early, whether it says that it is well or not. */
#define EARLY_US 120000000u

static struct smc_backend backend;

static uint64_t version(uint64_t argument)
{
    return PSCI_VERSION_1_0;
}

static uint64_t migrate_info_type(uint64_t argument)
{
    return PSCI_NO_MIGRATION;
}

static uint64_t system_off(uint64_t argument)
{
    backend.power->ops->off(backend.power);
    panic("the phone did not switch off");
}

static bool is_early(void)
{
    const struct boot_record *record = backend.record;
    uint64_t ran_us = backend.power->ops->now_us(backend.power) - record->entered_us;

    return record->is_rom && !record->is_well && ran_us < EARLY_US;
}

static uint64_t system_reset(uint64_t argument)
{
    backend.power->ops->restart(backend.power, is_early() ? RESTART_EARLY : RESTART_PLAIN);
    panic("the phone did not reset");
}

static uint64_t features(uint64_t argument);

static uint64_t lab_version(uint64_t argument)
{
    return FLASHLAB_SMC_VERSION_1_0;
}

static uint64_t success(uint64_t argument)
{
    struct boot_record *record = backend.record;

    record->is_well = true;
    backend.rom_is_well();
    if (!record->authentic) {
        return FLASHLAB_SUCCESS_NOT_AUTHENTIC;
    }
    if (record->rollback_to <= record->rollback) {
        return FLASHLAB_SUCCESS_UNCHANGED;
    }
    if (backend.raise_rollback(record->rollback_to) != OK) {
        return FLASHLAB_SUCCESS_FAILED;
    }
    record->rollback = record->rollback_to;
    return FLASHLAB_SUCCESS_RAISED;
}

static uint64_t lock(uint64_t argument)
{
    return backend.record->unlocked ? FLASHLAB_LOCK_UNLOCKED : FLASHLAB_LOCK_LOCKED;
}

static uint64_t boot_state(uint64_t argument)
{
    return backend.record->boot_state;
}

static const struct {
    uint32_t id;
    uint64_t (*run)(uint64_t argument);
} services[] = {
    {0x84000000, version},
    {0x84000006, migrate_info_type},
    {0x84000008, system_off},
    {0x84000009, system_reset},
    {0x8400000a, features},
    {FLASHLAB_SMC_VERSION, lab_version},
    {FLASHLAB_SMC_SUCCESS, success},
    {FLASHLAB_SMC_LOCK, lock},
    {FLASHLAB_SMC_STATE, boot_state},
};

static uint64_t features(uint64_t argument)
{
    for (size_t i = 0; i < ARRAY_COUNT(services); i++) {
        if (services[i].id == (uint32_t)argument) {
            return PSCI_SUCCESS;
        }
    }
    return NOT_SUPPORTED;
}

void smc_start(const struct smc_backend *new_backend)
{
    backend = *new_backend;
}

void smc_handle(struct smc_frame *frame)
{
    for (size_t i = 0; i < ARRAY_COUNT(services); i++) {
        if (services[i].id == (uint32_t)frame->x[0]) {
            frame->x[0] = services[i].run(frame->x[1]);
            return;
        }
    }
    frame->x[0] = NOT_SUPPORTED;
}
