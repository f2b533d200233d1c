/* SPDX-License-Identifier: MIT */
/*
 * Bytes from outside: bounded slices, endian loads and stores, checked arithmetic. Part of base/.
 *
 * Every offset and size that an image, a disk, a host or a device names goes through here.
 * Sizes in bytes. All checked functions return false, and write nothing, when a result would wrap.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The smaller one; each may be evaluated twice. */
#define MIN(a, b) ((a) < (b) ? (a) : (b))

/* The struct that holds `member`, from a pointer to that member. */
#define CONTAINER_OF(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))

/* Bytes that may be read. Owned by someone else. */
struct slice {
    const uint8_t *data;
    size_t size;
};

/* Bytes that may be read and written. Owned by someone else. */
struct span {
    uint8_t *data;
    size_t size;
};

static inline struct slice slice_of(const void *data, size_t size)
{
    return (struct slice){.data = data, .size = size};
}

static inline struct slice span_slice(struct span span)
{
    return (struct slice){.data = span.data, .size = span.size};
}

/* `length` bytes of `whole` from `offset`; E_SLICE_RANGE when they are not all inside. */
NODISCARD static inline enum err slice_sub(struct slice whole, uint64_t offset, uint64_t length,
                                           struct slice *out_part)
{
    if (offset > whole.size || length > whole.size - offset) {
        return E_SLICE_RANGE;
    }
    *out_part = slice_of(whole.data + offset, (size_t)length);
    return OK;
}

/* True when every byte is `value`; true for an empty slice. */
static inline bool slice_is_all(struct slice bytes, uint8_t value)
{
    for (size_t i = 0; i < bytes.size; i++) {
        if (bytes.data[i] != value) {
            return false;
        }
    }
    return true;
}

NODISCARD static inline bool add_u64(uint64_t a, uint64_t b, uint64_t *out_sum)
{
    return !__builtin_add_overflow(a, b, out_sum);
}

NODISCARD static inline bool mul_u64(uint64_t a, uint64_t b, uint64_t *out_product)
{
    return !__builtin_mul_overflow(a, b, out_product);
}

/* The next multiple of `unit` (not zero) at or above `value`. */
NODISCARD static inline bool round_up_u64(uint64_t value, uint64_t unit, uint64_t *out_rounded)
{
    uint64_t rest = value % unit;

    if (rest == 0) {
        *out_rounded = value;
        return true;
    }
    return add_u64(value, unit - rest, out_rounded);
}

static inline uint16_t le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t le64(const uint8_t *p)
{
    return (uint64_t)le32(p) | (uint64_t)le32(p + 4) << 32;
}

static inline uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static inline uint64_t be64(const uint8_t *p)
{
    return (uint64_t)be32(p) << 32 | (uint64_t)be32(p + 4);
}

static inline void put_le16(uint8_t *p, uint16_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static inline void put_le32(uint8_t *p, uint32_t value)
{
    put_le16(p, (uint16_t)value);
    put_le16(p + 2, (uint16_t)(value >> 16));
}

static inline void put_le64(uint8_t *p, uint64_t value)
{
    put_le32(p, (uint32_t)value);
    put_le32(p + 4, (uint32_t)(value >> 32));
}

static inline void put_be32(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 24);
    p[1] = (uint8_t)(value >> 16);
    p[2] = (uint8_t)(value >> 8);
    p[3] = (uint8_t)value;
}

static inline void put_be64(uint8_t *p, uint64_t value)
{
    put_be32(p, (uint32_t)(value >> 32));
    put_be32(p + 4, (uint32_t)value);
}

#endif
