/* SPDX-License-Identifier: MIT */
/* A fake phone on a desk. */
#include "tests/fake/fake_desk.h"

#include "flow/fastboot_host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOWNLOAD_BYTES (1u << 20)

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "fake desk: %s\n", what);
        abort();
    }
}

/* tcp_begin takes what is there already for another's: so nobody is at first. */
#define LOOKS_ALONE 2
#define IDLE_MAX    10000 /* nobody says more, and no key will be pressed: it would wait for ever */

static struct fake_desk *desk_of(struct link *link)
{
    return CONTAINER_OF(link, struct fake_desk, link);
}

static uint32_t link_changes(struct link *link)
{
    struct fake_desk *desk = desk_of(link);

    if (desk->looks < LOOKS_ALONE) {
        desk->looks++;
        return 0;
    }
    return desk->client.link.ops->changes(&desk->client.link);
}

static enum err link_read(struct link *link, struct span room, size_t *out_count)
{
    struct fake_desk *desk = desk_of(link);

    if (desk->looks < LOOKS_ALONE) {
        *out_count = 0;
        return OK;
    }
    desk->idle++;
    need(desk->idle < IDLE_MAX, "fastboot mode waits for ever");
    TRY(desk->client.link.ops->read(&desk->client.link, room, out_count));
    if (*out_count != 0) {
        desk->idle = 0;
    }
    return OK;
}

static enum err link_write_to(struct link *link, uint32_t reader, struct slice bytes)
{
    struct fake_desk *desk = desk_of(link);

    return desk->client.link.ops->write_to(&desk->client.link, reader, bytes);
}

/* A new client each time: the one before went with the fastboot mode that it was in. */
void fake_desk_begin(struct fake_desk *desk)
{
    fake_client_renew(&desk->client);
    desk->looks = 0;
    desk->idle = 0;
    fake_client_come(&desk->client);
}

struct fake_desk *fake_desk_new(const struct fake_phone_spec *spec)
{
    static const struct link_ops ops = {
        .write_to = link_write_to, .read = link_read, .changes = link_changes};
    struct fake_desk *desk = calloc(1, sizeof *desk);
    struct phone *phone;

    need(desk != NULL, "no memory");
    fake_phone_make(spec, &desk->phone);
    phone = &desk->phone.phone;
    phone->download = (struct span){malloc(DOWNLOAD_BYTES), DOWNLOAD_BYTES};
    phone->fastboot = &desk->link;
    desk->link.ops = &ops;
    fake_client_init(&desk->client);
    fake_desk_begin(desk);
    fake_client_command(&desk->client, "reboot");
    phone->lab.volume_down = true;
    flow_run(phone, &desk->flow);
    phone->lab.volume_down = false;
    need(desk->phone.power.resets == 1, "it did not come into fastboot mode");
    return desk;
}

void fake_desk_free(struct fake_desk *desk)
{
    fake_client_free(&desk->client);
    free(desk->phone.phone.download.data);
    fake_phone_free(&desk->phone);
    free(desk);
}

static void forget_last_boot(struct fake_desk *desk)
{
    desk->phone.power.entered = 0;
    desk->phone.trace.length = 0;
    memset(desk->phone.trace.chars, 0, sizeof desk->phone.trace.chars);
    desk->phone.log.length = 0;
    fake_disk_forget(&desk->phone.disk);
}

void fake_desk_start(struct fake_desk *desk)
{
    forget_last_boot(desk);
    flow_run(&desk->phone.phone, &desk->flow);
}

static void write_script(struct fake_desk *desk, struct slice download, const char *const *commands)
{
    fake_desk_begin(desk);
    if (download.size != 0) {
        fake_client_download(&desk->client, download.data, download.size, 0);
    }
    for (; *commands != NULL; commands++) {
        fake_client_command(&desk->client, *commands);
    }
}

void fake_desk_serve(struct fake_desk *desk, struct slice download, const char *const *commands)
{
    forget_last_boot(desk);
    write_script(desk, download, commands);
    desk->phone.phone.lab.volume_down = true;
    flow_run(&desk->phone.phone, &desk->flow);
    desk->phone.phone.lab.volume_down = false;
}

bool fake_desk_ask(struct fake_desk *desk, struct slice download, const char *const *commands)
{
    write_script(desk, download, commands);
    return fake_desk_finish(desk);
}

bool fake_desk_finish(struct fake_desk *desk)
{
    unsigned resets = desk->phone.power.resets;

    fake_client_command(&desk->client, "reboot");
    desk->flow.decision = (struct decision){FATE_FASTBOOT, REASON_KEYS, BOOT_STATE_RED};
    return flow_fastboot(&desk->flow) != FASTBOOT_NEXT_REBOOT || desk->phone.power.resets != resets;
}

void fake_desk_set_lock(struct fake_desk *desk, bool unlocked)
{
    struct state state = desk->flow.state;

    state.unlocked = unlocked;
    need(state_commit(&desk->phone.nor.nor, &state) == OK, "the state cannot be written");
}
