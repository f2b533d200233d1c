/* SPDX-License-Identifier: MIT */
/*
 * init: the ROM's first process. From the kernel to the home screen, then the phone's housekeeping.
 *
 * What comes before `home` is on the way that a person waits for, so it is only what is needed: the
 * file systems, the properties, two kernel modules, one picture. The rest comes after: adb and the
 * shell are programs of /system, and start when that is mounted.
 *
 * busybox's poweroff, halt and reboot ask by signals: SIGUSR2, SIGUSR1 and SIGTERM.
 */
#include "boot_message.h"
#include "rom/boot_success.h"
#include "rom/console.h"
#include "first_process.h"
#include "framebuffer.h"
#include "rom/home.h"
#include "modules.h"
#include "rom/popup.h"
#include "props.h"
#include "rom/region_check.h"
#include "rom/starting.h"
#include "rom/system_mount.h"
#include "trace.h"
#include "waiting.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SHELL_PAUSE_MS 1000
#define STARTING_MS    1000 /* the moment that a person sees before a refused system restarts */
#define NEVER          INT64_MAX

struct phone {
    struct props props;
    struct modules modules;
    struct trace trace;
    struct framebuffer fb;
    struct home_facts facts;
    const char *clock_stopped_at;
    bool adverts;
    unsigned popups;
    pid_t shell;
    int system; /* the pipe with news of /system; -1: there will be no more */
    char prompt[80];
    /* When each is due, by now_ms(). */
    int64_t minute_ms;
    int64_t popup_ms;
    int64_t shell_ms;
};

static int64_t now_ms(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void draw(struct phone *phone)
{
    const struct canvas *canvas = framebuffer_canvas(&phone->fb);

    phone->facts.time = clock_read(phone->clock_stopped_at);
    home_draw(canvas, &phone->facts);
    popup_draw_pile(canvas, phone->popups);
    framebuffer_show(&phone->fb);
}

static void report_home(struct phone *phone)
{
    struct trace_event event;

    trace_begin(&event, "home");
    json_str(&event.text, "region", phone->facts.region);
    json_str(&event.text, "rom", props_get(&phone->props, "ro.flashlab.rom", ""));
    json_str(&event.text, "version", phone->facts.version);
    json_str(&event.text, "model", props_get(&phone->props, "ro.product.device", ""));
    json_str(&event.text, "verified_boot_state", phone->facts.boot_state);
    trace_send(&phone->trace, &event);
}

static void shut_down(int how)
{
    sync();
    (void)reboot(how);
    fprintf(stderr, "init: reboot: %s\n", strerror(errno));
}

static void report_region_check(struct phone *phone, enum region_check result)
{
    struct trace_event event;

    trace_begin(&event, "region-check");
    json_str(&event.text, "hwc", props_get(&phone->props, "ro.boot.hwc", ""));
    json_str(&event.text, "mod_device", props_get(&phone->props, "ro.product.mod_device", ""));
    json_str(&event.text, "lock", props_get(&phone->props, "ro.secureboot.lockstate", ""));
    json_str(&event.text, "result", region_check_name(result));
    trace_send(&phone->trace, &event);
}

/* The ROM will not run on this phone: it tells the recovery, and restarts. Does not come back. */
static void turn_away(struct phone *phone)
{
    struct bootloader_message message;

    modules_load_rest(&phone->modules);
    boot_message_make(BCB_BOOT_RECOVERY, RECOVERY_WORD RECOVERY_SHOW_MISMATCH, &message);
    if (!boot_message_write(&message)) {
        /* A restart would come back here for ever. */
        trace_what(&phone->trace, "fault", "the region does not fit, and misc cannot be written");
        shut_down(RB_POWER_OFF);
    }
    usleep(STARTING_MS * 1000);
    shut_down(RB_AUTOBOOT);
    for (;;) {
        pause();
    }
}

/* Everything up to the moment that the person sees the home screen and the trace says so. */
static void come_home(struct phone *phone)
{
    enum region_check check;
    const char *no_panel;

    props_load(&phone->props);
    home_read_facts(&phone->props, &phone->facts);
    phone->clock_stopped_at = props_get(&phone->props, "ro.flashlab.clock", "");
    phone->adverts = strcmp(props_get(&phone->props, "ro.flashlab.adverts", "0"), "1") == 0;

    /* The port comes up while the picture is being drawn. */
    modules_read(&phone->modules);
    modules_load_early(&phone->modules);
    no_panel = framebuffer_open(&phone->fb);
    check = region_check(&phone->props);
    if (check == REGION_CHECK_REFUSE) {
        starting_draw(framebuffer_canvas(&phone->fb), &phone->facts);
        framebuffer_show(&phone->fb);
    } else {
        draw(phone);
    }
    if (!trace_open(&phone->trace, phone->modules.count == 0 ? 0 : DEVICE_WAIT_MS)) {
        fprintf(stderr, "init: no port lab.trace\n");
    }
    if (no_panel != NULL) {
        trace_what(&phone->trace, "fault", no_panel);
    }
    if (check != REGION_CHECK_NOT_IN_LAB) {
        report_region_check(phone, check);
    }
    if (check == REGION_CHECK_REFUSE) {
        turn_away(phone);
    }
    report_home(phone);
}

/* adb, for a computer at the port lab.adb; it lives as long as the phone. */
static void start_adbd(void)
{
    static char *const arguments[] = {(char *)"adbd", NULL};
    static char *const environment[] = {NULL};
    sigset_t none;

    if (fork() == 0) {
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execve("/bin/adbd", arguments, environment);
        _exit(127);
    }
}

static void start_shell(struct phone *phone)
{
    phone->shell_ms = NEVER;
    phone->shell = console_start_shell(phone->prompt);
    if (phone->shell < 0) {
        phone->shell_ms = now_ms() + SHELL_PAUSE_MS;
    }
}

static void reap(struct phone *phone)
{
    pid_t pid;

    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
        if (pid == phone->shell) {
            /* A pause: a shell that cannot run must not keep the phone busy. */
            phone->shell_ms = now_ms() + SHELL_PAUSE_MS;
        }
    }
}

static void handle_signal(struct phone *phone, int number)
{
    static const struct {
        int number;
        int how;
    } ends[] = {
        {SIGUSR1, RB_HALT_SYSTEM},
        {SIGUSR2, RB_POWER_OFF},
        {SIGTERM, RB_AUTOBOOT},
    };

    if (number == SIGCHLD) {
        reap(phone);
    }
    for (size_t i = 0; i < ARRAY_COUNT(ends); i++) {
        if (ends[i].number == number) {
            shut_down(ends[i].how);
        }
    }
}

static int watch_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void plan_minute(struct phone *phone)
{
    bool still = phone->fb.panel.width_px == 0 || clock_is_stopped(phone->clock_stopped_at);

    phone->minute_ms = still ? NEVER : now_ms() + clock_to_next_minute_ms();
}

static void pop_up(struct phone *phone)
{
    phone->popups++;
    draw(phone);
    trace_what(&phone->trace, "popup", popup_kind(phone->popups - 1));
    phone->popup_ms = now_ms() + POPUP_EVERY_MS;
}

/* Does what is due; says how long nothing is, -1 for ever. */
static int run_due(struct phone *phone)
{
    int64_t now = now_ms();
    int64_t next;

    if (phone->shell_ms <= now) {
        start_shell(phone);
    }
    if (phone->minute_ms <= now) {
        draw(phone);
        plan_minute(phone);
    }
    if (phone->popup_ms <= now) {
        pop_up(phone);
    }
    next = MIN(phone->shell_ms, phone->minute_ms);
    next = MIN(phone->popup_ms, next);
    if (next == NEVER) {
        return -1;
    }
    now = now_ms();
    return next > now ? (int)(next - now) : 0;
}

static void report_system(struct phone *phone, const struct system_news *news)
{
    struct trace_event event;

    trace_begin(&event, "system");
    json_str(&event.text, "result", system_result_name(news->result));
    json_str(&event.text, "verity", props_get(&phone->props, "ro.boot.veritymode", ""));
    if (news->result == SYSTEM_IO_ERROR) {
        json_u64(&event.text, "block", news->block);
    }
    if (news->what[0] != '\0') {
        json_str(&event.text, "what", news->what);
    }
    trace_send(&phone->trace, &event);
}

/* What is in /system can run, or never will. */
static void use_system(struct phone *phone, enum system_result result)
{
    if (result == SYSTEM_MOUNTED) {
        start_adbd();
        phone->shell_ms = now_ms();
    } else if (result == SYSTEM_FAULT && phone->shell_ms == NEVER && phone->shell < 0) {
        fprintf(stderr, "init: no /system: no shell, no adb\n");
    }
}

/* As Android does: a locked phone restarts, and the bootloader has the last word. */
static void hear_of_system(struct phone *phone)
{
    struct system_news news;
    bool noted;

    if (!system_mount_news(phone->system, &news)) {
        phone->system = -1;
        return;
    }
    /* First noted, then told: what was told lasts. */
    noted = news.result == SYSTEM_IO_ERROR && system_mount_note(news.block);
    report_system(phone, &news);
    use_system(phone, news.result);
    if (news.result == SYSTEM_CHECKED) {
        system_mount_forget();
    }
    if (noted && strcmp(props_get(&phone->props, "ro.boot.veritymode", ""), "enforcing") == 0) {
        shut_down(RB_AUTOBOOT);
    }
}

static void keep_house(struct phone *phone, int signals)
{
    struct pollfd wake[] = {{.fd = signals, .events = POLLIN}, {.events = POLLIN}};
    struct signalfd_siginfo info;

    for (;;) {
        wake[1].fd = phone->system;
        (void)poll(wake, ARRAY_COUNT(wake), run_due(phone));
        if (wake[1].revents != 0) {
            hear_of_system(phone);
        }
        while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
            handle_signal(phone, (int)info.ssi_signo);
        }
    }
}

int main(void)
{
    static struct phone phone = {.trace = {.fd = -1}, .shell = -1, .shell_ms = NEVER};
    int signals = watch_signals();

    umask(022);
    first_process_mount();
    first_process_open_files();
    come_home(&phone);

    snprintf(phone.prompt, sizeof(phone.prompt), "%.32s:\\w # ",
             props_get(&phone.props, "ro.product.device", "phone"));
    modules_load_rest(&phone.modules);
    boot_success_report(&phone.trace, props_get(&phone.props, "ro.boot.slot_suffix", ""));
    phone.system = system_mount_start(&phone.props);
    plan_minute(&phone);
    phone.popup_ms =
        phone.adverts && phone.fb.panel.width_px != 0 ? now_ms() + POPUP_FIRST_MS : NEVER;
    keep_house(&phone, signals);
}
