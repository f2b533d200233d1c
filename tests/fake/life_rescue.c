/* SPDX-License-Identifier: MIT */
/* EDL on a fake phone: the rescue mode's own code. */
#include "tests/fake/life_rescue.h"

#include "rescue/rescue_session.h"
#include "rescue/rescue_stream.h"
#include "tests/fake/fake_rescue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512

static void need(bool given, const char *what)
{
    if (!given) {
        fprintf(stderr, "life rescue: %s\n", what);
        abort();
    }
}

static void no_report(struct rescue_host *host, const char *command, const char *target,
                      const char *refusal)
{
}

/* One client: the challenge, this element, and these bytes behind it. */
static bool ask(struct life *life, const char *element, struct slice bytes)
{
    static const struct rescue_host_ops ops = {.report = no_report};
    static struct fake_rescue client;
    struct rescue_host host = {.ops = &ops};
    struct phone *phone = &life->desk->phone.phone;
    const struct rescue_context context = {phone, &life->desk->flow.board, &host};
    struct rescue rescue = {.context = &context,
                            .stream = {.link = &client.link, .power = phone->power}};

    fake_rescue_init(&client);
    client.key = fake_root_key();
    fake_rescue_come(&client);
    need(rescue_stream_meet(&rescue.stream), "the phone meets nobody");
    fake_rescue_command(&client, "<sig TargetName=\"req\"/>");
    fake_rescue_command(&client, element);
    if (bytes.size != 0) {
        fake_rescue_packet(&client, RESCUE_PACKET_DATA, bytes);
    }
    rescue_session(&rescue);
    return strstr(client.received, "\"NAK\"") == NULL;
}

bool life_rescue(struct life *life, const char *part, struct slice image)
{
    size_t sectors = (image.size + SECTOR - 1) / SECTOR;
    uint8_t *padded = calloc(sectors, SECTOR);
    char element[128];
    bool done;

    need(padded != NULL, "no memory");
    memcpy(padded, image.data, image.size);
    snprintf(element, sizeof element, "<program label=\"%s\" num_partition_sectors=\"%zu\"/>", part,
             sectors);
    done = ask(life, element, slice_of(padded, sectors * SECTOR));
    free(padded);
    return done;
}

bool life_rescue_erase(struct life *life, const char *part)
{
    char element[128];

    snprintf(element, sizeof element, "<erase label=\"%s\"/>", part);
    return ask(life, element, slice_of(NULL, 0));
}
