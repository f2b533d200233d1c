/* SPDX-License-Identifier: MIT */
/*
 * adbd: the running ROM's side of adb, at the port lab.adb. Started by init, as root, without keys:
 * it is a phone in a lab, and its serial line has a root shell as well.
 *
 *   adb shell [COMMAND]                busybox's sh: adb_command.h
 *   adb push, adb pull                 adb_sync.h
 *   adb reboot [bootloader|recovery|sideload|sideload-auto-reboot]
 *   adb root, remount, tcpip, ...      one sentence: see `answers`
 *
 * Everything else is refused at once. What goes out waits until the computer has taken what came
 * before; nothing is buffered beyond.
 */
#include "adb/adb_command.h"
#include "adb/adb_port.h"
#include "adb/adb_sync.h"
#include "boot_message.h"
#include "props.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES   65536
#define NOBODY_MS    300 /* between two looks for a computer */
#define LINGER_MS    100 /* between two looks at a command that said all and goes on */
#define BANNER_BYTES 512

#define REBOOT "reboot:"
#define FILES  "sync:"

/* What a stream is for: adb_stream.tag. */
enum stream_tag {
    TAG_COMMAND,
    TAG_FILES,
    TAG_ANSWERED,    /* the sentence is on its way */
    TAG_REBOOT,      /* reboots[tag - TAG_REBOOT] */
    TAG_ANSWER = 64, /* answers[tag - TAG_ANSWER] is still to be said */
};

/* Where `adb reboot TARGET` goes: what is left in the bootloader message. */
static const struct {
    const char *target;
    const char *command;
    const char *recovery;
} reboots[] = {
    {"", "", ""},
    {"bootloader", BCB_BOOT_BOOTLOADER, ""},
    {"recovery", BCB_BOOT_RECOVERY, ""},
    {"sideload", BCB_BOOT_RECOVERY, RECOVERY_WORD RECOVERY_SIDELOAD "\n"},
    {"sideload-auto-reboot", BCB_BOOT_RECOVERY, RECOVERY_WORD RECOVERY_SIDELOAD_REBOOT "\n"},
};

#define NOT_THIS "This phone has one connection to the computer, and this is it.\n"
#define NO_WRITE                                                                                   \
    "The system is read-only: its blocks were signed. Flash another one with fastboot.\n"

static const struct {
    const char *service; /* as it begins */
    const char *text;
} answers[] = {
    {"root:", "adbd is already running as root\n"},
    {"unroot:", "This phone's adbd always runs as root.\n"},
    {"tcpip:", NOT_THIS},
    {"usb:", NOT_THIS},
    {"remount:", NO_WRITE},
    {"disable-verity:", NO_WRITE},
    {"enable-verity:", NO_WRITE},
    {"reverse:", "FAIL0019this phone has no network"},
    {REBOOT, "This phone reboots into the system, bootloader, recovery, sideload or "
             "sideload-auto-reboot.\n"},
};

/* Files that are put or fetched through a stream. */
struct files {
    struct adb_stream *stream; /* NULL: a free place */
    struct adb_sync sync;
};

struct adbd {
    struct adb_port port;
    struct adb_session session;
    char banner[BANNER_BYTES];
    struct adb_command commands[ADB_STREAMS_MAX];
    struct files files[ADB_STREAMS_MAX];
};

static bool on_send(void *context, struct slice bytes)
{
    struct adbd *adbd = context;

    return adb_port_send(&adbd->port, bytes);
}

/* stream NULL: a free one. */
static struct adb_command *command_of(struct adbd *adbd, const struct adb_stream *stream)
{
    for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
        if (adbd->commands[i].stream == stream) {
            return &adbd->commands[i];
        }
    }
    return NULL;
}

static struct files *files_of(struct adbd *adbd, const struct adb_stream *stream)
{
    for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
        if (adbd->files[i].stream == stream) {
            return &adbd->files[i];
        }
    }
    return NULL;
}

/* Init restarts when it is asked to; the bootloader reads whom to start. */
static void reboot_to(size_t which)
{
    struct bootloader_message message;

    if (reboots[which].command[0] != '\0') {
        boot_message_make(reboots[which].command, reboots[which].recovery, &message);
        (void)boot_message_write(&message);
    }
    kill(1, SIGTERM);
}

static bool is_reboot(struct adb_stream *stream, const char *service)
{
    for (size_t i = 0; i < ARRAY_COUNT(reboots); i++) {
        if (strncmp(service, REBOOT, strlen(REBOOT)) == 0 &&
            strcmp(service + strlen(REBOOT), reboots[i].target) == 0) {
            stream->tag = (int)(TAG_REBOOT + i);
            return true;
        }
    }
    return false;
}

static bool is_answered(struct adb_stream *stream, const char *service)
{
    for (size_t i = 0; i < ARRAY_COUNT(answers); i++) {
        if (strncmp(service, answers[i].service, strlen(answers[i].service)) == 0) {
            stream->tag = (int)(TAG_ANSWER + i);
            return true;
        }
    }
    return false;
}

static bool open_files(struct adbd *adbd, struct adb_stream *stream)
{
    struct files *files = files_of(adbd, NULL);

    if (files == NULL) {
        return false;
    }
    stream->tag = TAG_FILES;
    files->stream = stream;
    adb_sync_begin(&files->sync, "");
    return true;
}

static bool on_open(void *context, struct adb_stream *stream, const char *service)
{
    struct adbd *adbd = context;
    struct adb_command *command = command_of(adbd, NULL);
    struct adb_shell_request request;

    if (is_reboot(stream, service) || is_answered(stream, service)) {
        return true;
    }
    if (strcmp(service, FILES) == 0) {
        return open_files(adbd, stream);
    }
    return command != NULL && adb_shell_parse(service, &request) &&
           adb_command_start(command, stream, &request);
}

static void pass_files(struct adbd *adbd, struct files *files)
{
    struct slice bytes;

    if (files->stream->may_write && (bytes = adb_sync_output(&files->sync)).size != 0) {
        adb_sync_sent(&files->sync, adb_stream_write(&adbd->session, files->stream, bytes));
    }
}

static void end_files(struct files *files)
{
    adb_sync_end(&files->sync);
    files->stream = NULL;
}

static bool on_data(void *context, struct adb_stream *stream, struct slice bytes)
{
    struct adbd *adbd = context;
    struct adb_command *command = command_of(adbd, stream);
    struct files *files = files_of(adbd, stream);

    if (command != NULL && !adb_command_type(command, bytes)) {
        adb_command_stop(command);
        return false;
    }
    if (files != NULL && !adb_sync_feed(&files->sync, bytes)) {
        end_files(files);
        return false;
    }
    if (files != NULL) {
        pass_files(adbd, files);
    }
    return command != NULL || files != NULL;
}

static void say_answer(struct adbd *adbd, struct adb_stream *stream, const char *text)
{
    stream->tag = TAG_ANSWERED;
    (void)adb_stream_write(&adbd->session, stream, slice_of(text, strlen(text)));
}

/* Nothing is ready to be read or written. */
static const struct pollfd no_polls[ADB_COMMAND_POLLS] = {{.fd = -1}, {.fd = -1}, {.fd = -1}};

static void on_ready(void *context, struct adb_stream *stream)
{
    struct adbd *adbd = context;
    int tag = stream->tag;

    if (tag == TAG_COMMAND) {
        adb_command_work(command_of(adbd, stream), &adbd->session, no_polls);
    } else if (tag == TAG_FILES) {
        pass_files(adbd, files_of(adbd, stream));
    } else if (tag >= TAG_ANSWER) {
        say_answer(adbd, stream, answers[tag - TAG_ANSWER].text);
    } else {
        /* The cable stays in a virtual phone: the computer would wait for an end. */
        adb_stream_close(&adbd->session, stream);
        if (tag >= TAG_REBOOT) {
            reboot_to((size_t)(tag - TAG_REBOOT));
        }
    }
}

static void on_closed(void *context, struct adb_stream *stream)
{
    struct adb_command *command = command_of(context, stream);
    struct files *files = files_of(context, stream);

    if (command != NULL) {
        adb_command_stop(command);
    }
    if (files != NULL) {
        end_files(files);
    }
}

static void listen_to_port(struct adbd *adbd)
{
    static uint8_t room[READ_BYTES];
    struct slice bytes;

    switch (adb_port_receive(&adbd->port, (struct span){room, sizeof(room)}, 0, &bytes)) {
    case ADB_PORT_QUIET:
        break;
    case ADB_PORT_BYTES:
        adb_session_feed(&adbd->session, bytes);
        break;
    case ADB_PORT_NOBODY:
        adb_session_reset(&adbd->session);
        break;
    }
}

static int wait_ms(const struct adbd *adbd)
{
    int ms = adbd->port.gone ? NOBODY_MS : -1;

    for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
        if (adb_command_lingers(&adbd->commands[i])) {
            ms = LINGER_MS;
        }
    }
    return ms;
}

/* A signal ended the waiting: nothing was found out. */
static void forget_news(struct pollfd *wake, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        wake[i].revents = 0;
    }
}

static void serve(struct adbd *adbd)
{
    struct pollfd wake[1 + ADB_COMMAND_POLLS * ADB_STREAMS_MAX];

    for (;;) {
        /* A port without a computer is always ready, to say that it has none. */
        wake[0] = (struct pollfd){.fd = adbd->port.gone ? -1 : adbd->port.fd, .events = POLLIN};
        for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
            adb_command_polls(&adbd->commands[i], &wake[1 + ADB_COMMAND_POLLS * i]);
        }
        if (poll(wake, ARRAY_COUNT(wake), wait_ms(adbd)) < 0) {
            forget_news(wake, ARRAY_COUNT(wake));
        }
        for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
            if (adbd->commands[i].stream != NULL) {
                adb_command_work(&adbd->commands[i], &adbd->session,
                                 &wake[1 + ADB_COMMAND_POLLS * i]);
            }
        }
        listen_to_port(adbd);
    }
}

/* Where files may be put: memory, and gone when the phone goes off. */
static void make_places(void)
{
    (void)mkdir("/data", 0771);
    (void)mount("tmpfs", "/data", "tmpfs", MS_NOSUID | MS_NODEV, "size=128m,mode=771");
    (void)mkdir("/data/local", 0751);
    (void)mkdir("/data/local/tmp", 0771);
    (void)mkdir("/data/media", 0770);
    (void)mkdir("/sdcard", 0771);
    (void)mount("/data/media", "/sdcard", NULL, MS_BIND, NULL);
}

static void wake_up(int number)
{
    (void)number; /* that poll() ends is all */
}

int main(void)
{
    static const struct adb_session_ops ops = {
        .send = on_send, .open = on_open, .data = on_data, .ready = on_ready, .closed = on_closed};
    static const struct sigaction ended = {.sa_handler = wake_up};
    static struct adbd adbd;
    static struct props props;

    signal(SIGPIPE, SIG_IGN);
    (void)sigaction(SIGCHLD, &ended, NULL);
    if (!adb_port_open(&adbd.port)) {
        return 1; /* a machine without the port has no use for us */
    }
    make_places();
    props_load(&props);
    snprintf(adbd.banner, sizeof(adbd.banner),
             "device::ro.product.name=%.60s;ro.product.model=%.60s;ro.product.device=%.60s;"
             "features=shell_v2",
             props_get(&props, "ro.product.name", ""), props_get(&props, "ro.product.model", ""),
             props_get(&props, "ro.product.device", ""));
    adbd.session.ops = &ops;
    adbd.session.context = &adbd;
    adbd.session.banner = adbd.banner;
    serve(&adbd);
}
