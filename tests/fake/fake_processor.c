/* SPDX-License-Identifier: MIT */
/* The time that the phone's processor takes. */
#include "tests/fake/fake_processor.h"

#include "base/sha1.h"
#include "base/sha256.h"
#include "base/sha512.h"

#include <string.h>
#include <zlib.h>

/* docs/performance.md, halved: SHA-256 110 MB/s, deflate 110 MB/s. */
#define BLOCK_PS         10000 /* some five instructions */
#define MEMORY_BYTE_PS   500
#define HASH_BYTE_PS     18000
#define UNPACKED_BYTE_PS 18000
/* As SECURITY.md has it: 30 MiB of blocks that hold nothing but new codes took 17 s. */
#define DEFLATED_BYTE_PS 1100000
#define PS_A_US          1000000

static struct {
    uint64_t *now_us;
    uint64_t left_ps;
    unsigned times;
} processor;

void fake_processor_charge(uint64_t *now_us, unsigned times)
{
    processor.now_us = now_us;
    processor.times = times;
}

static void charge(uint64_t ps)
{
    if (processor.now_us != NULL) {
        processor.left_ps += ps;
        *processor.now_us += processor.left_ps / PS_A_US;
        processor.left_ps %= PS_A_US;
    }
}

static void charge_data(uint64_t bytes, uint64_t byte_ps)
{
    charge(bytes * byte_ps * processor.times);
}

/* The compiler's call, at each basic block of the core. */
void __sanitizer_cov_trace_pc(void);

void __sanitizer_cov_trace_pc(void)
{
    charge(BLOCK_PS);
}

/* The core's memory functions, as it is told to call them. */

void *paced_memcpy(void *to, const void *from, size_t size);
void *paced_memmove(void *to, const void *from, size_t size);
void *paced_memset(void *to, int byte, size_t size);
int paced_memcmp(const void *a, const void *b, size_t size);
void *paced_memchr(const void *in, int byte, size_t size);

void *paced_memcpy(void *to, const void *from, size_t size)
{
    charge(size * MEMORY_BYTE_PS);
    return memcpy(to, from, size);
}

void *paced_memmove(void *to, const void *from, size_t size)
{
    charge(size * MEMORY_BYTE_PS);
    return memmove(to, from, size);
}

void *paced_memset(void *to, int byte, size_t size)
{
    charge(size * MEMORY_BYTE_PS);
    return memset(to, byte, size);
}

int paced_memcmp(const void *a, const void *b, size_t size)
{
    charge(size * MEMORY_BYTE_PS);
    return memcmp(a, b, size);
}

void *paced_memchr(const void *in, int byte, size_t size)
{
    charge(size * MEMORY_BYTE_PS);
    return memchr(in, byte, size);
}

/* Hashes: the linker's --wrap. A block of them is one of the compiler's, however long it takes. */

void __real_sha256_update(struct sha256 *sha, struct slice bytes);
void __wrap_sha256_update(struct sha256 *sha, struct slice bytes);
void __real_sha512_update(struct sha512 *sha, struct slice bytes);
void __wrap_sha512_update(struct sha512 *sha, struct slice bytes);
void __real_sha1_update(struct sha1 *sha, struct slice bytes);
void __wrap_sha1_update(struct sha1 *sha, struct slice bytes);

void __wrap_sha256_update(struct sha256 *sha, struct slice bytes)
{
    charge_data(bytes.size, HASH_BYTE_PS);
    __real_sha256_update(sha, bytes);
}

void __wrap_sha512_update(struct sha512 *sha, struct slice bytes)
{
    charge_data(bytes.size, HASH_BYTE_PS);
    __real_sha512_update(sha, bytes);
}

void __wrap_sha1_update(struct sha1 *sha, struct slice bytes)
{
    charge_data(bytes.size, HASH_BYTE_PS);
    __real_sha1_update(sha, bytes);
}

/* zlib, between two calls of ours. */

struct inflating {
    in_func in;
    void *in_context;
    out_func out;
    void *out_context;
};

int __real_inflateBack(z_streamp stream, in_func in, void *in_context, out_func out,
                       void *out_context);
int __wrap_inflateBack(z_streamp stream, in_func in, void *in_context, out_func out,
                       void *out_context);

static unsigned take_in(void *context, z_const unsigned char **out_next)
{
    const struct inflating *inflating = context;
    unsigned count = inflating->in(inflating->in_context, out_next);

    charge_data(count, DEFLATED_BYTE_PS);
    return count;
}

static int give_out(void *context, unsigned char *bytes, unsigned count)
{
    const struct inflating *inflating = context;

    charge_data(count, UNPACKED_BYTE_PS);
    return inflating->out(inflating->out_context, bytes, count);
}

int __wrap_inflateBack(z_streamp stream, in_func in, void *in_context, out_func out,
                       void *out_context)
{
    struct inflating inflating = {in, in_context, out, out_context};

    return __real_inflateBack(stream, take_in, &inflating, give_out, &inflating);
}
