/* SPDX-License-Identifier: MIT */
/* A command that runs for a stream of adbd. */
#include "adb/adb_command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define OUTPUT_BYTES 4096
#define OTHER_FDS    64 /* below this, all that adbd has open */
#define BY_SIGNAL    128
#define TERMINALS    "/dev/pts"

/* The ends of what a command is started with, as it sees them. */
struct ends {
    int input;
    int output;
    int errors;
};

static void become(const struct adb_shell_request *request, const struct ends *ends)
{
    char term[ADB_SHELL_TERM_BYTES + 8];
    char *const environment[] = {(char *)"PATH=/bin:/sbin:/usr/bin:/usr/sbin",
                                 (char *)"HOME=/", term, NULL};
    char *const interactive[] = {(char *)"sh", NULL};
    char *const one[] = {(char *)"sh", (char *)"-c", (char *)request->command, NULL};

    snprintf(term, sizeof(term), "TERM=%s", request->term);
    setsid();
    signal(SIGPIPE, SIG_DFL);
    dup2(ends->input, STDIN_FILENO);
    dup2(ends->output, STDOUT_FILENO);
    dup2(ends->errors, STDERR_FILENO);
    if (request->terminal) {
        (void)ioctl(STDIN_FILENO, TIOCSCTTY, 0);
    }
    for (int fd = STDERR_FILENO + 1; fd < OTHER_FDS; fd++) {
        close(fd);
    }
    execve("/bin/sh", request->command[0] == '\0' ? interactive : one, environment);
    _exit(127);
}

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
}

/* `pipes` pairs; false: none is left open. */
static bool open_pipes(int (*pipes)[2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pipe(pipes[i]) != 0) {
            close_all(pipes[0], 2 * i);
            return false;
        }
    }
    return true;
}

static bool start_on_pipes(struct adb_command *command)
{
    size_t count = command->request.packets ? 3 : 2;
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    struct ends ends;

    if (!open_pipes(pipes, count)) {
        return false;
    }
    ends = (struct ends){pipes[0][0], pipes[1][1], pipes[count - 1][1]};
    command->pid = fork();
    if (command->pid == 0) {
        become(&command->request, &ends);
    }
    close(pipes[0][0]);
    close(pipes[1][1]);
    command->input = pipes[0][1];
    command->output = pipes[1][0];
    if (count == 3) {
        close(pipes[2][1]);
        command->errors = pipes[2][0];
    }
    (void)fcntl(command->input, F_SETFL, O_NONBLOCK);
    return command->pid > 0;
}

static int open_terminal(int *out_master)
{
    char path[sizeof(TERMINALS) + 16];
    int unlocked = 0;
    int number;

    (void)mkdir(TERMINALS, 0755);
    if (access(TERMINALS "/ptmx", R_OK) != 0) {
        (void)mount("devpts", TERMINALS, "devpts", MS_NOSUID | MS_NOEXEC, "ptmxmode=600");
    }
    *out_master = open(TERMINALS "/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (*out_master < 0 || ioctl(*out_master, TIOCSPTLCK, &unlocked) != 0 ||
        ioctl(*out_master, TIOCGPTN, &number) != 0) {
        return -1;
    }
    snprintf(path, sizeof(path), TERMINALS "/%d", number);
    return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static bool start_on_terminal(struct adb_command *command)
{
    int master = -1;
    int terminal = open_terminal(&master);

    if (terminal < 0) {
        close_all(&master, 1);
        return false;
    }
    command->pid = fork();
    if (command->pid == 0) {
        become(&command->request, &(struct ends){terminal, terminal, terminal});
    }
    close(terminal);
    command->input = master;
    command->output = master;
    return command->pid > 0;
}

bool adb_command_start(struct adb_command *command, struct adb_stream *stream,
                       const struct adb_shell_request *request)
{
    command->request = *request;
    command->input = -1;
    command->output = -1;
    command->errors = -1;
    command->parser = (struct adb_shell_parser){0};
    command->closing = false;
    command->told = false;
    command->typed_at = 0;
    command->typed_end = 0;
    if (request->terminal ? !start_on_terminal(command) : !start_on_pipes(command)) {
        command->pid = 0;
        adb_command_stop(command);
        return false;
    }
    command->stream = stream;
    return true;
}

static void close_input(struct adb_command *command)
{
    if (command->input >= 0 && command->input != command->output) {
        close(command->input);
    }
    command->input = -1;
}

void adb_command_stop(struct adb_command *command)
{
    if (command->pid > 0) {
        kill(command->pid, SIGKILL);  /* it may not have become a group yet */
        kill(-command->pid, SIGKILL); /* and may have started others */
        (void)waitpid(command->pid, NULL, 0);
    }
    close_input(command);
    close_all((const int[]){command->output, command->errors}, 2);
    command->output = -1;
    command->errors = -1;
    command->pid = 0;
    command->stream = NULL;
}

static void resize(const struct adb_command *command, struct slice text)
{
    struct winsize size = {0};

    if (command->request.terminal && adb_shell_window(text, &size.ws_row, &size.ws_col)) {
        (void)ioctl(command->output, TIOCSWINSZ, &size);
    }
}

static bool add_typed(struct adb_command *command, struct slice bytes)
{
    if (bytes.size > sizeof(command->typed) - command->typed_end) {
        return false;
    }
    memcpy(command->typed + command->typed_end, bytes.data, bytes.size);
    command->typed_end += bytes.size;
    return true;
}

static bool take_packets(struct adb_command *command, struct slice bytes)
{
    struct slice piece;
    uint8_t kind;

    while (adb_shell_take(&command->parser, &bytes, &kind, &piece)) {
        if (kind == ADB_SHELL_STDIN) {
            if (!add_typed(command, piece)) {
                return false;
            }
        } else if (kind == ADB_SHELL_CLOSE_STDIN) {
            command->closing = true;
        } else if (kind == ADB_SHELL_WINDOW_SIZE) {
            resize(command, piece);
        }
    }
    return true;
}

/* Gives it what it takes now. */
static void pass_input(struct adb_command *command)
{
    while (command->input >= 0 && command->typed_at < command->typed_end) {
        ssize_t written = write(command->input, command->typed + command->typed_at,
                                command->typed_end - command->typed_at);

        if (written < 0 && errno == EAGAIN) {
            return;
        }
        if (written <= 0) {
            close_input(command); /* it reads no more */
        } else {
            command->typed_at += (size_t)written;
        }
    }
    command->typed_at = 0;
    command->typed_end = 0;
    if (command->closing) {
        close_input(command);
    }
}

bool adb_command_type(struct adb_command *command, struct slice bytes)
{
    bool taken =
        command->request.packets ? take_packets(command, bytes) : add_typed(command, bytes);

    if (!taken) {
        return false;
    }
    pass_input(command);
    command->stream->held = command->typed_end != 0;
    return true;
}

void adb_command_polls(const struct adb_command *command, struct pollfd out[ADB_COMMAND_POLLS])
{
    bool may_say = command->stream != NULL && command->stream->may_write;

    out[0] = (struct pollfd){.fd = may_say ? command->output : -1, .events = POLLIN};
    out[1] = (struct pollfd){.fd = may_say ? command->errors : -1, .events = POLLIN};
    out[2] = (struct pollfd){.fd = -1, .events = POLLOUT};
    if (command->stream != NULL && command->typed_end != 0) {
        out[2].fd = command->input;
    }
}

static void say(struct adb_command *command, struct adb_session *session, enum adb_shell_kind kind,
                struct slice bytes)
{
    uint8_t packet[ADB_SHELL_HEADER_BYTES + OUTPUT_BYTES];

    if (command->request.packets) {
        adb_shell_put(packet, kind, bytes.size);
        memcpy(packet + ADB_SHELL_HEADER_BYTES, bytes.data, bytes.size);
        bytes = slice_of(packet, ADB_SHELL_HEADER_BYTES + bytes.size);
    }
    (void)adb_stream_write(session, command->stream, bytes);
}

/* True: it ended, or cannot be read any more. */
static bool pass_output(struct adb_command *command, struct adb_session *session, int fd,
                        enum adb_shell_kind kind)
{
    uint8_t bytes[OUTPUT_BYTES];
    size_t room = session->peer_payload_max > ADB_SHELL_HEADER_BYTES
                      ? session->peer_payload_max - ADB_SHELL_HEADER_BYTES
                      : 0;
    ssize_t got = read(fd, bytes, room < sizeof(bytes) ? room : sizeof(bytes));

    if (got > 0) {
        say(command, session, kind, slice_of(bytes, (size_t)got));
    }
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

static void look_at_end(struct adb_command *command)
{
    int status;

    if (command->pid > 0 && waitpid(command->pid, &status, WNOHANG) == command->pid) {
        command->status =
            WIFSIGNALED(status) ? BY_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
        command->pid = 0;
    }
}

/* All is said. With packets its status follows, as soon as there is one; then the end. */
static void end(struct adb_command *command, struct adb_session *session)
{
    uint8_t status;

    if (command->request.packets && !command->told) {
        look_at_end(command);
        if (command->pid == 0 && command->stream->may_write) {
            status = (uint8_t)command->status;
            command->told = true;
            say(command, session, ADB_SHELL_EXIT, slice_of(&status, 1));
        }
    } else if (!command->request.packets || command->stream->may_write) {
        struct adb_stream *stream = command->stream;

        adb_command_stop(command);
        adb_stream_close(session, stream);
    }
}

void adb_command_work(struct adb_command *command, struct adb_session *session,
                      const struct pollfd polls[ADB_COMMAND_POLLS])
{
    if (polls[2].fd >= 0 && polls[2].revents != 0) {
        pass_input(command);
        if (command->typed_end == 0) {
            adb_stream_taken(session, command->stream);
        }
    }
    if (polls[0].fd >= 0 && polls[0].revents != 0 &&
        pass_output(command, session, command->output, ADB_SHELL_STDOUT)) {
        command->input = command->input == command->output ? -1 : command->input;
        close(command->output);
        command->output = -1;
    }
    if (polls[1].fd >= 0 && polls[1].revents != 0 && command->stream->may_write &&
        pass_output(command, session, command->errors, ADB_SHELL_STDERR)) {
        close(command->errors);
        command->errors = -1;
    }
    if (command->output < 0 && command->errors < 0) {
        end(command, session);
    }
}

bool adb_command_lingers(const struct adb_command *command)
{
    return command->stream != NULL && command->output < 0 && command->errors < 0;
}
