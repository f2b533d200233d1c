/* SPDX-License-Identifier: MIT */
/*
 * driver/fw_cfg.h on a fake device: files found, read and written; and that one which answers late,
 * on a computer that stands still meanwhile, is waited for, while a dead one is not.
 */
#include "tests/unit/check.h"

#include "arch/cpu.h"
#include "driver/fw_cfg.h"

#define BASE     0x09020000u
#define DMA      16
#define FILE_DIR 0x19u
#define ONE      0x20u
#define TWO      0x21u
#define NEVER    UINT32_MAX

static struct {
    uint8_t directory[4 + 2 * 64];
    uint8_t one[5];
    uint8_t two[4];
    uint32_t selected;
    uint32_t offset;
    uint8_t *request; /* that is under way; NULL: none */
    uint32_t late;    /* looks at the clock until one is done */
    uint32_t due;
    uint64_t look_us; /* from one look to the next */
    uint64_t now_us;
    bool fails;
} device;

static _Alignas(8) uint8_t dma[FW_CFG_DMA_BYTES];

static struct span file_of(uint32_t selector)
{
    switch (selector) {
    case FILE_DIR:
        return (struct span){device.directory, sizeof device.directory};
    case ONE:
        return (struct span){device.one, sizeof device.one};
    case TWO:
        return (struct span){device.two, sizeof device.two};
    default:
        return (struct span){NULL, 0};
    }
}

static void finish(void)
{
    uint32_t control = be32(device.request);
    uint32_t size = be32(device.request + 4);
    uint8_t *memory = (uint8_t *)(uintptr_t)be64(device.request + 8);
    struct span file;

    if ((control & 8) != 0) {
        device.selected = control >> 16;
        device.offset = 0;
    }
    file = file_of(device.selected);
    if (file.data == NULL && (control & 2) != 0) {
        memset(memory, 0, size); /* what is no file reads as zeros, however much */
        file.size = size;
        control = 0;
    }
    assert_true(size <= file.size - device.offset);
    if ((control & 2) != 0) {
        memcpy(memory, file.data + device.offset, size);
    } else if ((control & 16) != 0) {
        memcpy(file.data + device.offset, memory, size);
    }
    device.offset += size;
    put_be32(device.request, device.fails ? 1 : 0);
    device.request = NULL;
}

void mmio_write64(uintptr_t address, uint64_t value)
{
    assert_int_equal(address, BASE + DMA);
    device.request = (uint8_t *)(uintptr_t)__builtin_bswap64(value);
    device.due = device.late;
    if (device.due == 0) {
        finish();
    }
}

void cpu_barrier(void)
{
}

uint64_t cpu_now_us(void)
{
    if (device.request != NULL && device.due != NEVER && --device.due == 0) {
        finish();
    }
    device.now_us += device.look_us;
    return device.now_us;
}

static void put_entry(size_t index, uint32_t size, uint8_t selector, const char *name)
{
    uint8_t *entry = device.directory + 4 + index * 64;

    put_be32(entry, size);
    entry[5] = selector;
    strcpy((char *)entry + 8, name);
}

static struct fw_cfg start(void)
{
    struct fw_cfg fw_cfg;

    memset(&device, 0, sizeof device);
    device.look_us = 1;
    put_be32(device.directory, 2);
    put_entry(0, sizeof device.one, ONE, "opt/one");
    put_entry(1, sizeof device.two, TWO, "etc/two");
    memcpy(device.one, "hello", 5);
    fw_cfg_init(&fw_cfg, BASE, dma);
    return fw_cfg;
}

static void check_hello(struct fw_cfg *fw_cfg)
{
    uint8_t room[8];
    size_t count;

    assert_err(fw_cfg_read(fw_cfg, "opt/one", (struct span){room, sizeof room}, &count), OK);
    assert_int_equal(count, 5);
    assert_memory_equal(room, "hello", 5);
}

static void reads_and_writes(void **state)
{
    struct fw_cfg fw_cfg = start();
    uint8_t room[8];
    size_t count;

    (void)state;
    check_hello(&fw_cfg);
    assert_err(fw_cfg_read(&fw_cfg, "opt/one", (struct span){room, 4}, &count), E_FW_CFG_SIZE);
    assert_err(fw_cfg_read(&fw_cfg, "opt/on", (struct span){room, 8}, &count), E_FW_CFG_ABSENT);
    assert_err(fw_cfg_write(&fw_cfg, "etc/two", slice_of("four", 4)), OK);
    assert_memory_equal(device.two, "four", 4);
    assert_err(fw_cfg_write(&fw_cfg, "etc/two", slice_of("three", 3)), E_FW_CFG_SIZE);
}

static void clears_memory(void **state)
{
    struct fw_cfg fw_cfg = start();
    uint8_t room[10000];
    struct span inside = {room + 1, sizeof room - 2};

    (void)state;
    memset(room, 0xa5, sizeof room);
    assert_err(fw_cfg_clear(&fw_cfg, inside), OK);
    for (size_t i = 0; i < inside.size; i++) {
        assert_int_equal(inside.data[i], 0);
    }
    assert_int_equal(room[0], 0xa5);
    assert_int_equal(room[sizeof room - 1], 0xa5);
    check_hello(&fw_cfg);
    device.fails = true;
    assert_err(fw_cfg_clear(&fw_cfg, inside), E_FW_CFG_DEVICE);
}

static void on_a_busy_computer(void **state)
{
    struct fw_cfg fw_cfg = start();

    (void)state;
    device.look_us = 60000000;
    check_hello(&fw_cfg);
    device.late = 20;
    check_hello(&fw_cfg);
}

static void fails_or_is_dead(void **state)
{
    struct fw_cfg fw_cfg = start();
    uint8_t room[8];
    size_t count;

    (void)state;
    device.fails = true;
    assert_err(fw_cfg_read(&fw_cfg, "opt/one", (struct span){room, 8}, &count), E_FW_CFG_DEVICE);
    device.fails = false;
    device.late = NEVER;
    assert_err(fw_cfg_read(&fw_cfg, "opt/one", (struct span){room, 8}, &count), E_FW_CFG_DEVICE);
    assert_in_range(device.now_us, 100000, 200000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes),
        cmocka_unit_test(clears_memory),
        cmocka_unit_test(on_a_busy_computer),
        cmocka_unit_test(fails_or_is_dead),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
