// SPDX-License-Identifier: MIT
/*
 * smc_probe: calls everything that the firmware may not know, with arguments that it must not
 * trust. A kernel module for tests/e2e/test_secure_world.py; loading it is the test,
 * and it never stays.
 */
#include <linux/arm-smccc.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

#define SYSTEM_OFF   0x84000008u
#define SYSTEM_RESET 0x84000009u

static const unsigned long hostile[] = {
    0, 1, -1ul, 0x0e000000ul, 0x00140000ul, 0x40200000ul, 1ul << 63, 0x7ffffffffffffffful,
};

static unsigned long calls, answered, spoilt;

static void try_call(unsigned long id, unsigned int seed)
{
    unsigned long a = hostile[seed % ARRAY_SIZE(hostile)];
    unsigned long b = hostile[seed / 8 % ARRAY_SIZE(hostile)];
    unsigned long c = hostile[seed / 64 % ARRAY_SIZE(hostile)];
    struct arm_smccc_res result;

    if ((u32)id == SYSTEM_OFF || (u32)id == SYSTEM_RESET) {
        return;
    }
    arm_smccc_smc(id, a, b, c, a, b, c, a, &result);
    calls++;
    answered += result.a0 != -1ul;
    spoilt += result.a1 != a || result.a2 != b || result.a3 != c;
}

static int __init smc_probe_init(void)
{
    static const unsigned long ranges[] = {
        0x80000000, 0x81000000, 0x82000000, 0x83000000, 0x84000000, 0x86000000, 0xb2000000,
        0xbf000000, 0xc2000000, 0xc3000000, 0xc4000000, 0x00000000, 0x02000000, 0x32000000,
    };
    unsigned int seed = 12345;
    unsigned int i, n;

    for (i = 0; i < ARRAY_SIZE(ranges); i++) {
        for (n = 0; n < 512; n++) {
            try_call(ranges[i] + n, n);
            try_call(ranges[i] + 0xff00 + n % 256, n);
        }
    }
    for (n = 0; n < 20000; n++) {
        seed = seed * 1664525 + 1013904223;
        try_call((unsigned long)seed << 32 | (seed ^ n), n);
    }
    pr_info("smc_probe: calls=%lu answered=%lu spoilt=%lu\n", calls, answered, spoilt);
    return -EAGAIN;
}

module_init(smc_probe_init);
MODULE_DESCRIPTION("Calls what the firmware may not know");
MODULE_LICENSE("Dual MIT/GPL");
