/* SPDX-License-Identifier: MIT */
/* The serial line. Arm DDI 0183, chapter 3. */
#include "driver/pl011.h"

#include "arch/cpu.h"

#define UARTDR      0x00
#define UARTFR      0x18
#define UARTLCR_H   0x2c
#define UARTCR      0x30
#define FR_TX_EMPTY (1u << 7)
#define FR_RX_EMPTY (1u << 4)
#define LCR_H_FIFO  0x70u  /* eight bits, with the FIFOs */
#define CR_ENABLE   0x301u /* the device, sending, receiving */
#define FIFO_BYTES  16     /* in the oldest revision; asked once for so many */
#define SPINS_MAX   1000000

/* `*room`: bytes that the FIFO takes without being asked. */
static void put(struct pl011 *uart, uint8_t byte, int *room)
{
    if (*room == 0) {
        for (int i = 0; i < SPINS_MAX && (mmio_read32(uart->base + UARTFR) & FR_TX_EMPTY) == 0;
             i++) {
        }
        *room = FIFO_BYTES;
    }
    (*room)--;
    mmio_write32(uart->base + UARTDR, byte);
}

static enum err pl011_write(struct link *link, struct slice bytes)
{
    struct pl011 *uart = CONTAINER_OF(link, struct pl011, link);
    int room = 0;

    for (size_t i = 0; i < bytes.size; i++) {
        if (bytes.data[i] == '\n') {
            put(uart, '\r', &room);
        }
        put(uart, bytes.data[i], &room);
    }
    return OK;
}

static enum err pl011_read(struct link *link, struct span room, size_t *out_count)
{
    struct pl011 *uart = CONTAINER_OF(link, struct pl011, link);
    size_t count = 0;

    while (count < room.size && (mmio_read32(uart->base + UARTFR) & FR_RX_EMPTY) == 0) {
        room.data[count++] = (uint8_t)mmio_read32(uart->base + UARTDR);
    }
    *out_count = count;
    return OK;
}

static const struct link_ops ops = {.write = pl011_write, .read = pl011_read};

void pl011_init(struct pl011 *uart, uintptr_t base)
{
    uart->link.ops = &ops;
    uart->base = base;
    mmio_write32(base + UARTLCR_H, LCR_H_FIFO);
    mmio_write32(base + UARTCR, CR_ENABLE);
}
