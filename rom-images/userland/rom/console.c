/* SPDX-License-Identifier: MIT */
/* The root shell on the phone's serial line. */
#include "rom/console.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void become_shell(const char *prompt)
{
    static char prompt_variable[96];
    static char *const arguments[] = {(char *)"-sh", NULL};
    static char *const environment[] = {(char *)"PATH=/bin:/sbin:/usr/bin:/usr/sbin",
                                        (char *)"HOME=/",
                                        (char *)"TERM=vt100",
                                        (char *)"USER=root",
                                        prompt_variable,
                                        NULL};
    sigset_t none;
    int tty;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    tty = open("/dev/ttyAMA0", O_RDWR);
    if (tty < 0) {
        tty = open("/dev/console", O_RDWR);
    }
    if (tty >= 0) {
        (void)ioctl(tty, TIOCSCTTY, 1);
        dup2(tty, STDIN_FILENO);
        dup2(tty, STDOUT_FILENO);
        dup2(tty, STDERR_FILENO);
        if (tty > STDERR_FILENO) {
            close(tty);
        }
    }
    snprintf(prompt_variable, sizeof(prompt_variable), "PS1=%s", prompt);
    execve("/bin/sh", arguments, environment);
    fprintf(stderr, "init: /bin/sh: %s\n", strerror(errno));
    _exit(127);
}

pid_t console_start_shell(const char *prompt)
{
    pid_t pid = fork();

    if (pid == 0) {
        become_shell(prompt);
    }
    return pid;
}
