/* SPDX-License-Identifier: MIT */
/*
 * The recovery: the first process of the system in the partition `recovery`.
 *
 * A menu that the phone's keys drive: restart, erase the user's data, take a package from a
 * computer. There is no shell: what a locked phone runs must not let anybody in.
 *
 * The bootloader message is cleared when the person leaves, as the real recovery does; a phone
 * whose power is cut here comes back here.
 */
#include "boot_message.h"
#include "first_process.h"
#include "framebuffer.h"
#include "modules.h"
#include "props.h"
#include "recovery/asked.h"
#include "recovery/sideload.h"
#include "recovery/draw.h"
#include "recovery/install.h"
#include "recovery/keys.h"
#include "recovery/storage.h"
#include "recovery/wipe.h"
#include "trace.h"
#include "waiting.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#define STAGE        "recovery"
#define NOBODY_MS    100 /* between two looks for a computer */
#define REPORT_PERCENT 10  /* in the trace, a step of so much */

struct recovery {
    struct props props;
    struct modules modules;
    struct trace trace;
    struct framebuffer fb;
    struct recovery_keys keys;
    struct recovery_view view;
    enum recovery_page shown; /* what the person sees */
    struct recovery_sideload sideload;
    struct recovery_storage storage;
    struct bootloader_message message; /* as it lies in misc */
    struct recovery_asked asked;       /* what it asked for */
};

static void show(struct recovery *recovery)
{
    recovery_draw(framebuffer_canvas(&recovery->fb), &recovery->view);
    framebuffer_show(&recovery->fb);
}

/* A page, and what is selected on it, for the person and for the trace. */
static void show_page(struct recovery *recovery)
{
    bool turned = recovery->shown != recovery->view.page;
    struct trace_event event;

    show(recovery);
    recovery->shown = recovery->view.page;
    if (turned) {
        /* Before it is told: what was pressed until now was meant for the page before. */
        recovery_keys_forget(&recovery->keys);
    }
    trace_begin_stage(&event, STAGE, "page");
    json_str(&event.text, "page", recovery_page_about(recovery->view.page)->name);
    json_u64(&event.text, "selected", recovery->view.selected);
    trace_send(&recovery->trace, &event);
}

static void report_menu(struct recovery *recovery)
{
    const struct bootloader_message *message = &recovery->message;
    bool asked =
        string_equals((const char *)message->command, sizeof(message->command), BCB_BOOT_RECOVERY);
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
    props_load(&recovery->props);
    recovery->view.port = props_get(&recovery->props, "ro.boot.flashlab.adb", "PORT");
    modules_read(&recovery->modules);
    modules_load_early(&recovery->modules);
    modules_load_rest(&recovery->modules);
    (void)framebuffer_open(&recovery->fb);
    (void)boot_message_read(&recovery->message); /* unreadable: nobody asked for anything */
    recovery_asked_read(&recovery->message, &recovery->asked);
    recovery->view.mismatch = recovery->asked.what[RECOVERY_ASKED_MISMATCH];
    recovery->view.asked = recovery->asked.unknown;
    show(recovery);
    /* Before the menu is reported: who reads that may press at once. */
    recovery_keys_open(&recovery->keys, DEVICE_WAIT_MS);
    (void)trace_open(&recovery->trace, DEVICE_WAIT_MS);
    report_menu(recovery);
}

/* `command`: whom the bootloader starts; "": the ROM. `arguments`: what a recovery is asked for. */
static void restart(struct recovery *recovery, const char *command, const char *arguments)
{
    struct trace_event event;

    boot_message_make(command, arguments, &recovery->message);
    /* Not written: it comes back here, which does no harm. */
    (void)boot_message_write(&recovery->message);
    trace_begin_stage(&event, STAGE, "restart");
    json_str(&event.text, "command", command);
    trace_send(&recovery->trace, &event);
    sync();
    (void)reboot(RB_AUTOBOOT);
}

/* It was asked for; what was done is asked no more. */
static void settle(struct recovery *recovery, enum recovery_asked_what what, bool done)
{
    struct trace_event event;

    if (!recovery->asked.what[what]) {
        return;
    }
    if (done) {
        recovery->asked.what[what] = false;
        recovery_asked_done(&recovery->message, what);
        (void)boot_message_write(&recovery->message);
    }
    trace_begin_stage(&event, STAGE, "asked");
    json_str(&event.text, "what", recovery_asked_name(what));
    json_bool(&event.text, "done", done);
    trace_send(&recovery->trace, &event);
}

static void wipe(struct recovery *recovery)
{
    bool done = recovery_wipe_data();
    struct trace_event event;

    settle(recovery, RECOVERY_ASKED_PROMPT, done);
    trace_begin_stage(&event, STAGE, "wipe");
    json_bool(&event.text, "done", done);
    trace_send(&recovery->trace, &event);
    recovery_go(&recovery->view, done ? RECOVERY_WIPED : RECOVERY_WIPE_FAILED);
    show_page(recovery);
}

/* A package from the computer: checked in one pass, installed in the next. */
static void report_progress(struct recovery *recovery, unsigned percent)
{
    struct trace_event event;

    trace_begin_stage(&event, STAGE, "progress");
    json_str(&event.text, "page", recovery_page_about(recovery->view.page)->name);
    json_u64(&event.text, "percent", percent);
    trace_send(&recovery->trace, &event);
}

static void show_percent(void *context, unsigned percent)
{
    struct recovery *recovery = context;

    if (percent == recovery->view.percent) {
        return;
    }
    if (percent / REPORT_PERCENT != recovery->view.percent / REPORT_PERCENT) {
        report_progress(recovery, percent);
    }
    recovery->view.percent = percent;
    show(recovery);
}

static bool read_block(void *context, uint64_t index, uint64_t end, uint8_t *out)
{
    struct recovery *recovery = context;

    return recovery_sideload_read(&recovery->sideload, index, end, out);
}

static void show_checked(void *context, uint64_t done_blocks, uint64_t all_blocks)
{
    show_percent(context, (unsigned)(done_blocks * 100 / all_blocks));
}

/*
 * The last moment before the first write: a phone whose power is cut from now on comes back here.
 */
static bool begin_install(void *context, const struct recovery_metadata *metadata)
{
    struct recovery *recovery = context;

    boot_message_make(BCB_BOOT_RECOVERY, RECOVERY_WORD, &recovery->message);
    recovery_go(&recovery->view, RECOVERY_INSTALLING);
    show_page(recovery);
    return boot_message_write(&recovery->message);
}

static bool target_size(void *context, const char *partition, uint64_t *out_bytes)
{
    return recovery_storage_size(&((struct recovery *)context)->storage, partition, out_bytes);
}

static bool target_write(void *context, const char *partition, uint64_t offset, struct slice bytes)
{
    return recovery_storage_write(&((struct recovery *)context)->storage, partition, offset, bytes);
}

static bool target_finish(void *context, const char *partition)
{
    return recovery_storage_finish(&((struct recovery *)context)->storage, partition);
}

static enum recovery_fault install(struct recovery *recovery, uint64_t package_bytes)
{
    static struct recovery_package package; /* large */
    const struct recovery_reader reader = {.size_bytes = package_bytes,
                                           .read = read_block,
                                           .progress = show_checked,
                                           .context = recovery};
    const struct recovery_target target = {.size = target_size,
                                           .write = target_write,
                                           .finish = target_finish,
                                           .begin = begin_install,
                                           .progress = show_percent,
                                           .context = recovery};
    uint8_t key[RECOVERY_KEY_BYTES];
    uint8_t vbmeta[RECOVERY_VBMETA_BYTES];
    struct recovery_phone phone;
    enum recovery_fault fault;

    recovery_phone_read(&recovery->props, recovery_storage_vbmeta(vbmeta), &phone);
    fault = recovery_package_check(&package, &reader, recovery_storage_key(key));
    if (fault != FAULT_NONE) {
        return fault;
    }
    fault = recovery_install(&package, &phone, &target);
    recovery_package_free(&package);
    return fault;
}

static void take_package(struct recovery *recovery, uint64_t package_bytes)
{
    enum recovery_fault fault;
    struct trace_event event;
    const char *text;

    recovery_go(&recovery->view, RECOVERY_CHECKING);
    show_page(recovery);
    fault = install(recovery, package_bytes);
    recovery_storage_close(&recovery->storage);
    text = fault == FAULT_NONE ? "The package is installed." : recovery_fault_text(fault);
    recovery_sideload_done(&recovery->sideload, fault == FAULT_NONE, text);
    trace_begin_stage(&event, STAGE, "package");
    json_str(&event.text, "result", fault == FAULT_NONE ? "installed" : "refused");
    json_str(&event.text, "check", recovery_fault_name(fault));
    json_str(&event.text, "text", text);
    json_u64(&event.text, "bytes", package_bytes);
    trace_send(&recovery->trace, &event);
    recovery->view.fault = fault;
    if (fault == FAULT_NONE) {
        recovery->view.mismatch = false; /* another ROM is there now */
    }
    recovery_go(&recovery->view, fault == FAULT_NONE ? RECOVERY_INSTALLED : RECOVERY_REFUSED);
    show_page(recovery);
    settle(recovery, RECOVERY_ASKED_SIDELOAD, fault == FAULT_NONE);
    if (fault == FAULT_NONE && recovery->asked.what[RECOVERY_ASKED_SIDELOAD_REBOOT]) {
        settle(recovery, RECOVERY_ASKED_SIDELOAD_REBOOT, true);
        restart(recovery, "", "");
    }
}

static void listen_to_computer(struct recovery *recovery)
{
    if (!recovery_sideload_open(&recovery->sideload,
                                props_get(&recovery->props, "ro.product.device", "phone"))) {
        trace_what(&recovery->trace, "fault", "no port lab.adb");
    }
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
        restart(recovery, "", "");
        break;
    case RECOVERY_DO_WIPE:
        wipe(recovery);
        break;
    case RECOVERY_DO_LISTEN:
        listen_to_computer(recovery);
        break;
    case RECOVERY_DO_STOP_LISTENING:
        recovery_sideload_close(&recovery->sideload);
        show_page(recovery);
        break;
    }
}

/* What needs nobody. False: some of it could not be done, and nothing after it is tried. */
static bool obey_alone(struct recovery *recovery)
{
    bool data = recovery->asked.what[RECOVERY_ASKED_WIPE_DATA];
    bool cache = recovery->asked.what[RECOVERY_ASKED_WIPE_CACHE];
    bool done = (!data || recovery_wipe_data()) && (!cache || data || recovery_wipe_cache());

    settle(recovery, RECOVERY_ASKED_WIPE_DATA, done);
    settle(recovery, RECOVERY_ASKED_WIPE_CACHE, done);
    settle(recovery, RECOVERY_ASKED_EXIT, done);
    return done;
}

/* What the message asked for; a restart when that is all done. */
static void obey(struct recovery *recovery)
{
    const struct recovery_asked asked = recovery->asked;
    bool alone = asked.what[RECOVERY_ASKED_WIPE_DATA] || asked.what[RECOVERY_ASKED_WIPE_CACHE] ||
                 asked.what[RECOVERY_ASKED_EXIT];

    settle(recovery, RECOVERY_ASKED_PACKAGE, false);
    settle(recovery, RECOVERY_ASKED_UNKNOWN, false);
    if (alone && !obey_alone(recovery)) {
        recovery_go(&recovery->view, RECOVERY_WIPE_FAILED);
        show_page(recovery);
    } else if (alone && !recovery_asked_more(&recovery->message)) {
        restart(recovery, "", "");
    } else if (asked.what[RECOVERY_ASKED_PROMPT]) {
        recovery_go(&recovery->view, RECOVERY_WIPE);
        show_page(recovery);
    } else if (asked.what[RECOVERY_ASKED_SIDELOAD] || asked.what[RECOVERY_ASKED_SIDELOAD_REBOOT]) {
        recovery_go(&recovery->view, RECOVERY_WAITING);
        listen_to_computer(recovery);
    }
}

/* Where `adb reboot TARGET` goes. */
static void restart_to(struct recovery *recovery, const char *target)
{
    static const struct {
        const char *target;
        const char *command;
        const char *arguments;
    } commands[] = {
        {"bootloader", BCB_BOOT_BOOTLOADER, ""},
        {"recovery", BCB_BOOT_RECOVERY, ""},
        {"sideload", BCB_BOOT_RECOVERY, RECOVERY_WORD RECOVERY_SIDELOAD "\n"},
        {"sideload-auto-reboot", BCB_BOOT_RECOVERY, RECOVERY_WORD RECOVERY_SIDELOAD_REBOOT "\n"},
    };

    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        if (strcmp(commands[i].target, target) == 0) {
            restart(recovery, commands[i].command, commands[i].arguments);
        }
    }
    restart(recovery, "", "");
}

/* What the computer wants. False: nobody is connected. */
static bool serve_computer(struct recovery *recovery)
{
    uint64_t package_bytes;
    bool connected = recovery_sideload_pump(&recovery->sideload, 0);

    if (recovery_sideload_offers(&recovery->sideload, &package_bytes)) {
        take_package(recovery, package_bytes);
    }
    if (recovery->sideload.reboot) {
        restart_to(recovery, recovery->sideload.reboot_to);
    }
    return connected;
}

static void serve(struct recovery *recovery)
{
    struct pollfd wake[RECOVERY_INPUTS_MAX + 1];
    bool connected = false;
    enum recovery_key key;

    for (;;) {
        bool listening = recovery->sideload.port.fd >= 0;
        size_t count = recovery->keys.count;

        for (size_t i = 0; i < count; i++) {
            wake[i] = (struct pollfd){.fd = recovery->keys.fds[i], .events = POLLIN};
        }
        wake[count] = (struct pollfd){.fd = recovery->sideload.port.fd, .events = POLLIN};
        (void)poll(wake, count + (listening && connected ? 1 : 0),
                   listening && !connected ? NOBODY_MS : -1);
        while (recovery_keys_next(&recovery->keys, &key)) {
            act(recovery, recovery_press(&recovery->view, key));
        }
        connected = recovery->sideload.port.fd >= 0 && serve_computer(recovery);
    }
}

int main(void)
{
    static struct recovery recovery; /* zeros, so that the file does not carry it */

    recovery.trace.fd = -1;
    recovery.sideload.port.fd = -1;
    first_process_mount();
    first_process_open_files();
    recovery_storage_init(&recovery.storage);
    come_up(&recovery);
    obey(&recovery);
    serve(&recovery);
}
