/* SPDX-License-Identifier: MIT */
/* boot/kernel.h: only an arm64 kernel that fits where it was loaded is entered. */
#include "tests/unit/check.h"

#include "boot/kernel.h"
#include "format/kernel_image.h"

#define ROOM_BYTES   0x20000
#define KERNEL_BYTES 0x8000

static _Alignas(4096) uint8_t memory[ROOM_BYTES];

struct numbers {
    const char *name;
    uint64_t text_offset;
    uint64_t image_bytes;
    uint64_t kernel_bytes;
    enum err expected;
};

static enum err check(const struct numbers *numbers, uint64_t *out_entry)
{
    struct kernel_image_header *header = (struct kernel_image_header *)(void *)memory;

    memset(memory, 0, sizeof memory);
    memcpy(header->magic, KERNEL_IMAGE_MAGIC, sizeof header->magic);
    put_le64(header->text_offset, numbers->text_offset);
    put_le64(header->image_bytes, numbers->image_bytes);
    return kernel_check((struct span){memory, sizeof memory}, numbers->kernel_bytes, out_entry);
}

static void numbers_of_all_sizes(void **state)
{
    static const struct numbers cases[] = {
        {"a kernel", 0, KERNEL_BYTES, KERNEL_BYTES, OK},
        {"with memory behind the file", 0, 2 * KERNEL_BYTES, KERNEL_BYTES, OK},
        {"fills the room", 0, ROOM_BYTES, ROOM_BYTES, OK},
        {"just a header", 0, 64, 64, OK},
        {"less than a header", 0, KERNEL_BYTES, 63, E_KERNEL_MAGIC},
        {"nothing", 0, KERNEL_BYTES, 0, E_KERNEL_MAGIC},
        {"longer than the room", 0, ROOM_BYTES, ROOM_BYTES + 1, E_KERNEL_MAGIC},
        {"longest of all", 0, UINT64_MAX, UINT64_MAX, E_KERNEL_MAGIC},
        {"wants an offset", 0x80000, KERNEL_BYTES, KERNEL_BYTES, E_KERNEL_RANGE},
        {"wants a huge offset", UINT64_MAX, KERNEL_BYTES, KERNEL_BYTES, E_KERNEL_RANGE},
        {"a device tree behind it", 0, KERNEL_BYTES - 1, KERNEL_BYTES, OK},
        {"says 0", 0, 0, KERNEL_BYTES, E_KERNEL_RANGE},
        {"needs more than the room", 0, ROOM_BYTES + 1, KERNEL_BYTES, E_KERNEL_RANGE},
        {"needs everything", 0, UINT64_MAX, KERNEL_BYTES, E_KERNEL_RANGE},
    };

    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint64_t entry = 1;

        assert_err_in(cases[i].name, check(&cases[i], &entry), cases[i].expected);
        assert_int_equal(entry, cases[i].expected == OK ? (uint64_t)(uintptr_t)memory : 1);
    }
}

static void every_bit_of_the_magic_counts(void **state)
{
    static const struct numbers good = {"", 0, KERNEL_BYTES, KERNEL_BYTES, OK};

    for (size_t bit = 0; bit < 32; bit++) {
        uint64_t entry;

        assert_err(check(&good, &entry), OK);
        memory[KERNEL_IMAGE_MAGIC_OFFSET + bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_err(kernel_check((struct span){memory, sizeof memory}, KERNEL_BYTES, &entry),
                   E_KERNEL_MAGIC);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_all_sizes),
        cmocka_unit_test(every_bit_of_the_magic_counts),
    };

    return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
