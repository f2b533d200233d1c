/* SPDX-License-Identifier: MIT */
/*
 * A ROM's root that tries to reach the secure world. Runs in the phone, for
 * tests/e2e/test_secure_world.py.
 *
 *   probe pages BASE BYTES     reads and writes each page of that memory, through /dev/mem, with
 *                              what would program and erase a NOR
 *   probe dma ADDRESS|self     has the keyboard's virtio device write key presses there, or into a
 *                              page of our own; it waits for them for two seconds
 *
 * Says how many of each came through: "pages=N reads=N writes=N", "dma: used=N status=N".
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

#define VIRTIO_BASE   0x0a000000
#define VIRTIO_STRIDE 0x200
#define VIRTIO_COUNT  32
#define VIRTIO_INPUT  18

/* Offsets of virtio-mmio 1.x, and of the one page that holds the queue. */
enum {
    DEVICE_ID = 0x008,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SEL = 0x024,
    QUEUE_SEL = 0x030,
    QUEUE_NUM = 0x038,
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    STATUS = 0x070,
    QUEUE_DESC = 0x080,
    QUEUE_DRIVER = 0x090,
    QUEUE_DEVICE = 0x0a0,
    AVAIL_AT = 0x400,
    USED_AT = 0x800,
    SELF_AT = 0xc00,
    QUEUE_SIZE = 16,
    NEEDS_RESET = 0x40,
    EVENTS = 4, /* pressed, released, and the end of each */
};

static sigjmp_buf refused;
static int memory;

static void on_fault(int number)
{
    siglongjmp(refused, number);
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void *map(uint64_t base, size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, (off_t)base);

    if (at == MAP_FAILED) {
        die("mmap");
    }
    return at;
}

/* True: nothing stopped it. */
static int try_read(const volatile uint32_t *at)
{
    if (sigsetjmp(refused, 1) != 0) {
        return 0;
    }
    (void)*at;
    return 1;
}

static int try_write(volatile uint32_t *at, uint32_t value)
{
    if (sigsetjmp(refused, 1) != 0) {
        return 0;
    }
    *at = value;
    return 1;
}

static void probe_pages(uint64_t base, uint64_t size)
{
    /* Intel command set, both chips: program, data; erase, confirm. */
    static const uint32_t words[] = {0x00400040, 0x00000000, 0x00200020, 0x00d000d0};
    unsigned long pages = 0;
    unsigned long reads = 0;
    unsigned long writes = 0;
    uint8_t *at = map(base, size);

    for (uint64_t offset = 0; offset < size; offset += PAGE, pages++) {
        reads += (unsigned long)try_read((volatile uint32_t *)(at + offset));
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
            writes += (unsigned long)try_write((volatile uint32_t *)(at + offset), words[i]);
        }
    }
    printf("pages=%lu reads=%lu writes=%lu\n", pages, reads, writes);
}

/* A page of our own, and where it lies in the machine's memory. */
static uint64_t page_of_our_own(uint8_t **out_page)
{
    uint8_t *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_LOCKED, -1, 0);
    int map_file = open("/proc/self/pagemap", O_RDONLY);
    uint64_t entry = 0;

    if (page == MAP_FAILED || map_file < 0) {
        die("page");
    }
    memset(page, 0, PAGE);
    if (pread(map_file, &entry, sizeof(entry), (off_t)((uintptr_t)page / PAGE * sizeof(entry))) !=
        (ssize_t)sizeof(entry)) {
        die("pagemap");
    }
    *out_page = page;
    return (entry & ((1ull << 55) - 1)) * PAGE;
}

static void put(volatile uint8_t *device, unsigned offset, uint32_t value)
{
    *(volatile uint32_t *)(device + offset) = value;
}

static void put_address(volatile uint8_t *device, unsigned offset, uint64_t value)
{
    put(device, offset, (uint32_t)value);
    put(device, offset + 4, (uint32_t)(value >> 32));
}

static volatile uint8_t *find_keyboard(void)
{
    volatile uint8_t *slots = map(VIRTIO_BASE, VIRTIO_STRIDE * VIRTIO_COUNT);

    for (unsigned i = 0; i < VIRTIO_COUNT; i++) {
        if (*(volatile uint32_t *)(slots + i * VIRTIO_STRIDE + DEVICE_ID) == VIRTIO_INPUT) {
            return slots + i * VIRTIO_STRIDE;
        }
    }
    fprintf(stderr, "probe: no keyboard\n");
    exit(1);
}

/* The event queue's buffers: that address, over and over. */
static void fill_queue(uint8_t *page, uint64_t address)
{
    uint16_t *avail = (uint16_t *)(page + AVAIL_AT);

    for (unsigned i = 0; i < QUEUE_SIZE; i++) {
        uint32_t length = 8;
        uint16_t writes = 2;

        memcpy(page + 16 * i, &address, sizeof(address));
        memcpy(page + 16 * i + 8, &length, sizeof(length));
        memcpy(page + 16 * i + 12, &writes, sizeof(writes));
        avail[2 + i] = (uint16_t)i;
    }
    __sync_synchronize();
    avail[1] = QUEUE_SIZE;
    __sync_synchronize();
}

static void probe_dma(const char *target)
{
    volatile uint8_t *keyboard = find_keyboard();
    uint8_t *page;
    uint64_t at = page_of_our_own(&page);
    volatile uint32_t *status;
    volatile uint16_t *used;

    fill_queue(page, strcmp(target, "self") == 0 ? at + SELF_AT : strtoull(target, NULL, 0));
    put(keyboard, STATUS, 0);
    put(keyboard, STATUS, 1 | 2);
    put(keyboard, DRIVER_FEATURES_SEL, 1);
    put(keyboard, DRIVER_FEATURES, 1); /* VIRTIO_F_VERSION_1 */
    put(keyboard, DRIVER_FEATURES_SEL, 0);
    put(keyboard, DRIVER_FEATURES, 0);
    put(keyboard, STATUS, 1 | 2 | 8);
    put(keyboard, QUEUE_SEL, 0);
    put(keyboard, QUEUE_NUM, QUEUE_SIZE);
    put_address(keyboard, QUEUE_DESC, at);
    put_address(keyboard, QUEUE_DRIVER, at + AVAIL_AT);
    put_address(keyboard, QUEUE_DEVICE, at + USED_AT);
    put(keyboard, QUEUE_READY, 1);
    put(keyboard, STATUS, 1 | 2 | 8 | 4);
    put(keyboard, QUEUE_NOTIFY, 0);
    printf("dma: armed\n");
    fflush(stdout);
    status = (volatile uint32_t *)(keyboard + STATUS);
    used = (volatile uint16_t *)(page + USED_AT) + 1;
    for (int waited = 0; waited < 100 && *used < EVENTS && (*status & NEEDS_RESET) == 0; waited++) {
        usleep(20000);
    }
    printf("dma: used=%u status=%#x\n", *used, *status);
    put(keyboard, STATUS, 0);
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_fault};

    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    memory = open("/dev/mem", O_RDWR | O_SYNC);
    if (memory < 0) {
        die("/dev/mem");
    }
    if (argc == 4 && strcmp(argv[1], "pages") == 0) {
        probe_pages(strtoull(argv[2], NULL, 0), strtoull(argv[3], NULL, 0));
    } else if (argc == 3 && strcmp(argv[1], "dma") == 0) {
        probe_dma(argv[2]);
    } else {
        fprintf(stderr, "usage: probe pages BASE BYTES | probe dma ADDRESS|self\n");
        return 2;
    }
    return 0;
}
