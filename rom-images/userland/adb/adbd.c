/* SPDX-License-Identifier: MIT */
/*
 * adbd: the running ROM's side of adb, at the port lab.adb. Started by init, as root, without keys:
 * it is a phone in a lab, and its serial line has a root shell as well.
 *
 *   adb shell COMMAND                  what busybox's sh says; no terminal, so an interactive shell
 *                                      has no prompt
 *   adb reboot [bootloader|recovery]
 *   adb root, remount, tcpip, ...      one sentence: see `answers`
 *
 * Everything else, such as push and install, is refused at once. A command's output waits until the
 * computer has taken what came before; nothing is buffered beyond.
 */
#include "adb/adb_port.h"
#include "adb/adb_session.h"
#include "boot_message.h"
#include "props.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_BYTES   65536
#define OUTPUT_BYTES 4096
#define NOBODY_MS    300 /* between two looks for a computer */
#define BANNER_BYTES 512

#define SHELL  "shell:"
#define EXEC   "exec:"
#define REBOOT "reboot:"

/* What a stream is for: adb_stream.tag. */
enum stream_tag {
    TAG_COMMAND,
    TAG_REBOOT,
    TAG_REBOOT_BOOTLOADER,
    TAG_REBOOT_RECOVERY,
    TAG_ANSWERED, /* the sentence is on its way */
    TAG_ANSWER,   /* and answers[tag - TAG_ANSWER] is still to be said */
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
};

/* A command that runs for a stream. */
struct command {
    struct adb_stream *stream; /* NULL: a free place */
    pid_t pid;
    int output; /* what it says */
    int input;  /* what is typed; -1: nothing more */
};

struct adbd {
    struct adb_port port;
    struct adb_session session;
    char banner[BANNER_BYTES];
    struct command commands[ADB_STREAMS_MAX];
};

static bool on_send(void *context, struct slice bytes)
{
    struct adbd *adbd = context;

    return adb_port_send(&adbd->port, bytes);
}

static void become_command(const char *line, int input, int output)
{
    static char *const environment[] = {(char *)"PATH=/bin:/sbin:/usr/bin:/usr/sbin",
                                        (char *)"HOME=/", (char *)"TERM=dumb", NULL};
    char *const interactive[] = {(char *)"sh", NULL};
    char *const one[] = {(char *)"sh", (char *)"-c", (char *)line, NULL};

    setsid();
    signal(SIGPIPE, SIG_DFL);
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    for (int fd = STDERR_FILENO + 1; fd < 64; fd++) {
        close(fd);
    }
    execve("/bin/sh", line[0] == '\0' ? interactive : one, environment);
    _exit(127);
}

static bool start(struct command *command, const char *line)
{
    int input[2];
    int output[2];

    if (pipe(input) != 0) {
        return false;
    }
    if (pipe(output) != 0) {
        close(input[0]);
        close(input[1]);
        return false;
    }
    command->pid = fork();
    if (command->pid == 0) {
        become_command(line, input[0], output[1]);
    }
    close(input[0]);
    close(output[1]);
    command->input = input[1];
    command->output = output[0];
    return command->pid > 0;
}

/* Ends the command; its stream is the session's to close. */
static void stop(struct command *command)
{
    if (command->pid > 0) {
        kill(command->pid, SIGKILL);  /* it may not have become a group yet */
        kill(-command->pid, SIGKILL); /* and may have started others */
        (void)waitpid(command->pid, NULL, 0);
    }
    close(command->output);
    if (command->input >= 0) {
        close(command->input);
    }
    *command = (struct command){0};
}

static struct command *command_of(struct adbd *adbd, const struct adb_stream *stream)
{
    for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
        if (adbd->commands[i].stream == stream) {
            return &adbd->commands[i];
        }
    }
    return NULL;
}

static enum stream_tag reboot_tag(const char *target)
{
    if (strcmp(target, "bootloader") == 0) {
        return TAG_REBOOT_BOOTLOADER;
    }
    return strcmp(target, "recovery") == 0 ? TAG_REBOOT_RECOVERY : TAG_REBOOT;
}

/* Init restarts when it is asked to; the bootloader reads whom to start. */
static void reboot_to(enum stream_tag tag)
{
    struct bootloader_message message;

    if (tag != TAG_REBOOT) {
        boot_message_make(tag == TAG_REBOOT_BOOTLOADER ? BCB_BOOT_BOOTLOADER : BCB_BOOT_RECOVERY,
                          "", &message);
        (void)boot_message_write(&message);
    }
    kill(1, SIGTERM);
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

static bool on_open(void *context, struct adb_stream *stream, const char *service)
{
    struct adbd *adbd = context;
    struct command *command = command_of(adbd, NULL);

    if (strncmp(service, REBOOT, strlen(REBOOT)) == 0) {
        stream->tag = reboot_tag(service + strlen(REBOOT));
        return true;
    }
    if (is_answered(stream, service)) {
        return true;
    }
    if (command == NULL || (strncmp(service, SHELL, strlen(SHELL)) != 0 &&
                            strncmp(service, EXEC, strlen(EXEC)) != 0)) {
        return false;
    }
    if (!start(command, strchr(service, ':') + 1)) {
        *command = (struct command){0};
        return false;
    }
    command->stream = stream;
    return true;
}

static bool on_data(void *context, struct adb_stream *stream, struct slice bytes)
{
    struct command *command = command_of(context, stream);

    /* A command that does not read must not stop the others: what it does not take is lost. */
    if (command != NULL && command->input >= 0) {
        struct pollfd writable = {.fd = command->input, .events = POLLOUT};

        if (poll(&writable, 1, 0) == 1 && (writable.revents & POLLOUT) != 0) {
            size_t size = MIN(bytes.size, OUTPUT_BYTES);

            (void)!write(command->input, bytes.data, size);
        }
    }
    return command != NULL;
}

/* A command's output is the main loop's: it looks at stream->may_write. */
static void on_ready(void *context, struct adb_stream *stream)
{
    struct adbd *adbd = context;
    enum stream_tag tag = (enum stream_tag)stream->tag;

    if (tag >= TAG_ANSWER) {
        const char *text = answers[tag - TAG_ANSWER].text;

        stream->tag = TAG_ANSWERED;
        (void)adb_stream_write(&adbd->session, stream, slice_of(text, strlen(text)));
    } else if (tag == TAG_ANSWERED) {
        adb_stream_close(&adbd->session, stream);
    } else if (tag != TAG_COMMAND) {
        /* The cable stays in a virtual phone: the computer would wait for an end. */
        adb_stream_close(&adbd->session, stream);
        reboot_to(tag);
    }
}

static void on_closed(void *context, struct adb_stream *stream)
{
    struct command *command = command_of(context, stream);

    if (command != NULL) {
        stop(command);
    }
}

/* Passes on what a command said; at its end the stream closes. */
static void pass_output(struct adbd *adbd, struct command *command)
{
    struct adb_stream *stream = command->stream;
    uint8_t bytes[OUTPUT_BYTES];
    ssize_t got = read(command->output, bytes, sizeof(bytes));

    if (got > 0) {
        (void)adb_stream_write(&adbd->session, stream, slice_of(bytes, (size_t)got));
    } else {
        stop(command);
        adb_stream_close(&adbd->session, stream);
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

static void serve(struct adbd *adbd)
{
    struct pollfd wake[1 + ADB_STREAMS_MAX];

    for (;;) {
        /* A port without a computer is always ready, to say that it has none. */
        wake[0] = (struct pollfd){.fd = adbd->port.gone ? -1 : adbd->port.fd, .events = POLLIN};
        for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
            const struct command *command = &adbd->commands[i];
            bool ready = command->stream != NULL && command->stream->may_write;

            wake[1 + i] = (struct pollfd){.fd = ready ? command->output : -1, .events = POLLIN};
        }
        (void)poll(wake, 1 + ADB_STREAMS_MAX, adbd->port.gone ? NOBODY_MS : -1);
        for (size_t i = 0; i < ADB_STREAMS_MAX; i++) {
            if (wake[1 + i].fd >= 0 && wake[1 + i].revents != 0) {
                pass_output(adbd, &adbd->commands[i]);
            }
        }
        listen_to_port(adbd);
    }
}

int main(void)
{
    static const struct adb_session_ops ops = {
        .send = on_send, .open = on_open, .data = on_data, .ready = on_ready, .closed = on_closed};
    static struct adbd adbd;
    static struct props props;

    signal(SIGPIPE, SIG_IGN);
    if (!adb_port_open(&adbd.port)) {
        return 1; /* a machine without the port has no use for us */
    }
    props_load(&props);
    snprintf(adbd.banner, sizeof(adbd.banner),
             "device::ro.product.name=%.60s;ro.product.model=%.60s;ro.product.device=%.60s;",
             props_get(&props, "ro.product.name", ""), props_get(&props, "ro.product.model", ""),
             props_get(&props, "ro.product.device", ""));
    adbd.session.ops = &ops;
    adbd.session.context = &adbd;
    adbd.session.banner = adbd.banner;
    serve(&adbd);
}
