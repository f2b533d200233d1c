/* SPDX-License-Identifier: MIT */
/*
 * The recovery: the first process of the system in the partition `recovery`.
 *
 * A menu that the phone's keys drive: restart, erase the user's data, take a package from a computer.
 * There is no shell: what a locked phone runs must not let anybody in.
 *
 * The bootloader message is cleared when the person leaves, as the real recovery does; a phone whose
 * power is cut here comes back here.
 */
#include "boot_message.h"
#include "first_process.h"
#include "framebuffer.h"
#include "modules.h"
#include "props.h"
#include "recovery_draw.h"
#include "recovery_keys.h"
#include "recovery_wipe.h"
#include "trace.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#define STAGE        "recovery"
#define PORT_WAIT_MS 5000
#define KEYS_WAIT_MS 2000

struct recovery {
    struct props props;
    struct modules modules;
    struct trace trace;
    struct framebuffer fb;
    struct recovery_keys keys;
    struct recovery_view view;
};

static void show(struct recovery *recovery)
{
    recovery_draw(framebuffer_canvas(&recovery->fb), &recovery->view);
    framebuffer_show(&recovery->fb);
}

/* A page, and what is selected on it, for the person and for the trace. */
static void show_page(struct recovery *recovery)
{
    struct trace_event event;

    show(recovery);
    trace_begin_stage(&event, STAGE, "page");
    json_str(&event.text, "page", recovery_page_about(recovery->view.page)->name);
    json_u64(&event.text, "selected", recovery->view.selected);
    trace_send(&recovery->trace, &event);
}

static void report_menu(struct recovery *recovery, const struct bootloader_message *message)
{
    bool asked = string_equals((const char *)message->command, sizeof(message->command),
                               BCB_BOOT_RECOVERY);
    struct trace_event event;

    trace_begin_stage(&event, STAGE, "menu");
    json_str(&event.text, "reason",
             recovery->view.mismatch ? "version-mismatch" : (asked ? "asked" : "keys"));
    json_bool(&event.text, "mismatch", recovery->view.mismatch);
    json_str(&event.text, "model", props_get(&recovery->props, "ro.product.device", ""));
    json_str(&event.text, "hwc", props_get(&recovery->props, "ro.boot.hwc", ""));
    trace_send(&recovery->trace, &event);
}

/* From the kernel to the menu. */
static void come_up(struct recovery *recovery)
{
    struct bootloader_message message = {0};

    props_load(&recovery->props);
    modules_read(&recovery->modules);
    modules_load_early(&recovery->modules);
    modules_load_rest(&recovery->modules);
    (void)framebuffer_open(&recovery->fb);
    (void)boot_message_read(&message); /* unreadable: nobody asked for anything */
    recovery->view.mismatch = boot_message_asks(&message, RECOVERY_SHOW_MISMATCH);
    show(recovery);
    (void)trace_open(&recovery->trace, PORT_WAIT_MS);
    report_menu(recovery, &message);
}

/* `command`: whom the bootloader starts; "": the ROM. */
static void restart(struct recovery *recovery, const char *command)
{
    struct bootloader_message message;
    struct trace_event event;

    boot_message_make(command, "", &message);
    (void)boot_message_write(&message); /* not written: it comes back here, which does no harm */
    trace_begin_stage(&event, STAGE, "restart");
    json_str(&event.text, "command", command);
    trace_send(&recovery->trace, &event);
    sync();
    (void)reboot(RB_AUTOBOOT);
}

static void wipe(struct recovery *recovery)
{
    bool done = recovery_wipe_data();
    struct trace_event event;

    trace_begin_stage(&event, STAGE, "wipe");
    json_bool(&event.text, "done", done);
    trace_send(&recovery->trace, &event);
    recovery_go(&recovery->view, done ? RECOVERY_WIPED : RECOVERY_WIPE_FAILED);
    show_page(recovery);
}

static void act(struct recovery *recovery, enum recovery_action action)
{
    switch (action) {
    case RECOVERY_DO_NOTHING:
        break;
    case RECOVERY_DO_SHOW:
        show_page(recovery);
        break;
    case RECOVERY_DO_REBOOT:
        restart(recovery, "");
        break;
    case RECOVERY_DO_WIPE:
        wipe(recovery);
        break;
    case RECOVERY_DO_LISTEN:
    case RECOVERY_DO_STOP_LISTENING:
        show_page(recovery);
        break;
    }
}

static void serve(struct recovery *recovery)
{
    struct pollfd wake[RECOVERY_INPUTS_MAX];
    enum recovery_key key;

    for (;;) {
        for (size_t i = 0; i < recovery->keys.count; i++) {
            wake[i] = (struct pollfd){.fd = recovery->keys.fds[i], .events = POLLIN};
        }
        (void)poll(wake, recovery->keys.count, -1);
        while (recovery_keys_next(&recovery->keys, &key)) {
            act(recovery, recovery_press(&recovery->view, key));
        }
    }
}

int main(void)
{
    static struct recovery recovery = {.trace = {.fd = -1}};

    first_process_mount();
    first_process_open_files();
    come_up(&recovery);
    recovery_keys_open(&recovery.keys, KEYS_WAIT_MS);
    serve(&recovery);
}
