/* SPDX-License-Identifier: MIT */
/* A fake phone in fastboot mode, and a client at the other end of its link. */
#ifndef TESTS_FAKE_FASTBOOT_H
#define TESTS_FAKE_FASTBOOT_H

#include "fastboot/tcp.h"
#include "tests/fake/fake_client.h"
#include "tests/fake/fake_phone.h"

struct fake_fastboot {
    struct fake_phone phone;
    struct board board;
    struct state state;
    struct gpt gpt;
    struct verified verified;
    struct fastboot_context context;
    struct fake_client client;
    struct session session;
    struct tcp tcp;

    struct fastboot_host host;
    struct decision outcome; /* what a dry run comes to */
    struct state asked;      /* what it was asked about */
    size_t asked_image_bytes;
    unsigned reported; /* answers that were reported */
    struct fake_keys keys;
};

/* A phone as `spec` says, with a partition more: persist (critical), and cache. */
void fake_fastboot_make(const struct fake_phone_spec *spec, struct fake_fastboot *fastboot);
void fake_fastboot_free(struct fake_fastboot *fastboot);
/* The same, in memory of its own. */
struct fake_fastboot *fake_fastboot_new(const struct fake_phone_spec *spec);
void fake_fastboot_delete(struct fake_fastboot *fastboot);
/* Reads journal and fuses again, as after a reset; the same disk and NOR. */
void fake_fastboot_reboot(struct fake_fastboot *fastboot);

/* Lets the phone take all of it. Fails when it does not come to an end. */
void fake_fastboot_run(struct fake_fastboot *fastboot);

/* The last reply; "" when there was none. */
const char *fake_fastboot_last(const struct fake_fastboot *fastboot);
/* A client comes, gives this command, and goes: the last reply. */
const char *fake_fastboot_ask(struct fake_fastboot *fastboot, const char *command);
/* So too, with a download before it. */
const char *fake_fastboot_ask_with(struct fake_fastboot *fastboot, struct slice download,
                                   const char *command);
/* A client comes and gives this command, and stays: the last reply. */
const char *fake_fastboot_ask_staying(struct fake_fastboot *fastboot, const char *command);
/* Some reply that begins so? */
bool fake_fastboot_said(const struct fake_fastboot *fastboot, const char *beginning);

/* Of a partition, by its name. */
void fake_fastboot_sha256(struct fake_fastboot *fastboot, const char *name,
                          uint8_t out_digest[SHA256_BYTES]);
uint8_t *fake_fastboot_bytes(struct fake_fastboot *fastboot, const char *name, uint64_t *out_size);

#endif
