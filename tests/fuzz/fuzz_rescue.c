/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes rescue mode: what a client says before it is authorised; and, with the first 100 bytes as
 * a command, what an authorised one sends behind `program`.
 */
#include "tests/fuzz/fuzz.h"

#include "tests/fake/fake_disk.h"
#include "tests/fake/fake_rescue.h"

static void tell(struct rescue_host *host, const char *command, const char *target, const char *why)
{
}

static const struct rescue_host_ops host_ops = {.report = tell};
static struct rescue_host host = {.ops = &host_ops};
static struct board board = {.codename = "whyred", .serial = "1"};
static struct fake_disk disk;
static struct fake_power power;
static struct fake_rescue client;
static uint8_t scratch[RESCUE_DATA_BYTES_MAX];
static struct phone phone = {
    .disk = &disk.block, .power = &power.power, .scratch = {scratch, sizeof scratch}};
static struct rescue_context context = {&phone, &board, &host};

/* The client comes, and sends these bytes. */
static void come(struct rescue *rescue, const uint8_t *data, size_t size)
{
    fake_rescue_come(&client);
    fuzz_assert(rescue_stream_meet(&rescue->stream));
    fake_rescue_bytes(&client, slice_of(data, size));
    client.received_bytes = 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rescue rescue;
    struct rescue_xml xml;
    size_t head = size < 100 ? size : 100;

    if (disk.bytes == NULL) {
        fake_disk_init(&disk, 64, 512);
        fake_power_init(&power);
        fake_rescue_init(&client);
    }
    rescue = (struct rescue){.context = &context, .stream = {&client.link, &power.power, 0}};
    if (size > sizeof client.sent) {
        return 0;
    }
    come(&rescue, data, size);
    rescue_session(&rescue);
    fuzz_assert(!rescue.authorised && !rescue.reset && disk.writes == 0);
    if (rescue_xml_parse(slice_of(data, head), &xml) == OK) {
        come(&rescue, data + head, size - head);
        (void)!rescue_program(&rescue, &xml);
        disk.writes = 0;
    }
    return 0;
}
