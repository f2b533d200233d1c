/* SPDX-License-Identifier: MIT */
/*
 * A fake phone on a desk: it can be switched on, and it can be asked in fastboot mode, by a client
 * of which no word is faked between the wire and the flow. It has no keys.
 */
#ifndef TESTS_FAKE_DESK_H
#define TESTS_FAKE_DESK_H

#include "flow/flow.h"
#include "tests/fake/fake_fastboot.h"

struct fake_desk {
    struct fake_phone phone;
    struct fake_client client;
    struct link link; /* the client's, who comes only when fastboot mode has looked for one */
    unsigned looks;
    unsigned idle; /* reads that brought nothing, in a row */
    struct flow flow;
};

/* The phone of the spec, its disk empty; it has been in fastboot mode, and is again when asked. */
struct fake_desk *fake_desk_new(const struct fake_phone_spec *spec);
void fake_desk_free(struct fake_desk *desk);

/* Power-on, no key held, to its end: the decision is in desk->flow. The trace is that of this boot. */
void fake_desk_start(struct fake_desk *desk);

/*
 * In fastboot mode: a client that does what its script says, and in the end gives `reboot`. The
 * script is written to desk->client between the two (fake_client_download, fake_client_command).
 * True when a command before that ended fastboot mode.
 */
void fake_desk_begin(struct fake_desk *desk);
bool fake_desk_finish(struct fake_desk *desk);

/*
 * The same in one: a client that stages `download` (size 0: nothing), gives the commands up to a
 * NULL, and in the end `reboot`. Its replies are in desk->client. True when a command before that
 * ended fastboot mode.
 */
bool fake_desk_ask(struct fake_desk *desk, struct slice download, const char *const *commands);

/*
 * Power-on with Volume down held, into fastboot mode, and there a client that does the same, without
 * `reboot`: what it ends with is what the phone does. The trace is that of this boot.
 */
void fake_desk_serve(struct fake_desk *desk, struct slice download, const char *const *commands);

/* Changes the lock behind the phone's back: nothing is wiped. */
void fake_desk_set_lock(struct fake_desk *desk, bool unlocked);

#endif
