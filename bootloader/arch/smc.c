/* SPDX-License-Identifier: MIT */
/* PSCI: one row a function. */
#include "arch/smc.h"

#include "arch/exception.h"

#define PSCI_VERSION_1_0     0x00010000
#define PSCI_SUCCESS         0
#define PSCI_NOT_SUPPORTED   UINT64_MAX
#define PSCI_NO_MIGRATION    2

static struct power *power;

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
    power->ops->off(power);
    panic("the phone did not switch off");
}

static uint64_t system_reset(uint64_t argument)
{
    power->ops->reset(power);
    panic("the phone did not reset");
}

static uint64_t features(uint64_t argument);

static const struct {
    uint32_t id;
    uint64_t (*run)(uint64_t argument);
} services[] = {
    {0x84000000, version},    {0x84000006, migrate_info_type}, {0x84000008, system_off},
    {0x84000009, system_reset}, {0x8400000a, features},
};

static uint64_t features(uint64_t argument)
{
    for (size_t i = 0; i < ARRAY_COUNT(services); i++) {
        if (services[i].id == (uint32_t)argument) {
            return PSCI_SUCCESS;
        }
    }
    return PSCI_NOT_SUPPORTED;
}

void smc_start(struct power *new_power)
{
    power = new_power;
}

void smc_handle(struct smc_frame *frame)
{
    for (size_t i = 0; i < ARRAY_COUNT(services); i++) {
        if (services[i].id == (uint32_t)frame->x[0]) {
            frame->x[0] = services[i].run(frame->x[1]);
            return;
        }
    }
    frame->x[0] = PSCI_NOT_SUPPORTED;
}
