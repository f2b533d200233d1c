/* SPDX-License-Identifier: MIT */
/*
 * The loop of fastboot mode: packets, keys, and a rest when there is neither. Stage fastboot.
 */
#include "fastboot/fastboot.h"

#include "fastboot/lock_rules.h"
#include "fastboot/slot_commands.h"
#include "fastboot/tcp.h"

/*
 * So many looks in vain, then a rest: what follows at once is met without one. Not by the clock: a
 * look at it costs more than a look at the link, and stops QEMU's other thread, which brings
 * the bytes.
 */
#define LOOKS   64
#define REST_US 100000 /* at most: what a client or a person does ends it */

/* The texts that the facts for the screen point to. */
struct facts_texts {
    char slot[2];
    char anti[8];
};

static void fill_facts(const struct fastboot_context *context, struct facts_texts *texts,
                       struct fastboot_facts *out_facts)
{
    const struct board *board = context->board;
    struct text slot = text_in(texts->slot, sizeof texts->slot);
    struct text anti = text_in(texts->anti, sizeof texts->anti);

    if (board->slot_count != 0) {
        text_char(&slot, slot_current(context));
    }
    if (board_has(board, PROTECTION_ANTI_ROLLBACK)) {
        text_u64(&anti, board->rollback_index);
    }
    *out_facts = (struct fastboot_facts){
        .name = board->name,
        .product = board->codename,
        .variant = "virtual",
        .serial = board->serial,
        .slot = texts->slot,
        .anti = texts->anti,
        .unlocked = !state_is_locked(board, context->state),
        .made_for = board->made_for,
    };
}

static void look_at_keys(struct session *session)
{
    const struct phone *phone = session->context->phone;

    switch (screen_fastboot_keys(&phone->panel->canvas, phone->keys, &session->facts)) {
    case FASTBOOT_CHOICE_RESTART:
        session_end(session, FASTBOOT_NEXT_REBOOT);
        break;
    case FASTBOOT_CHOICE_POWER_OFF:
        session_end(session, FASTBOOT_NEXT_POWER_OFF);
        break;
    case FASTBOOT_CHOICE_NONE:
        break;
    }
}

enum fastboot_next fastboot_serve(const struct fastboot_context *context)
{
    const struct phone *phone = context->phone;
    struct power *power = phone->power;
    struct facts_texts texts;
    struct session session;
    struct tcp tcp;
    unsigned looks = 0;

    session_begin(&session, context, &tcp.wire);
    fill_facts(context, &texts, &session.facts);
    tcp_begin(&tcp, phone->fastboot, &session);
    screen_draw_fastboot(&phone->panel->canvas, &session.facts);
    while (!session.ended) {
        if (phone->fastboot != NULL && tcp_poll(&tcp)) {
            looks = 0;
        } else if (++looks > LOOKS) {
            power->ops->rest(power, REST_US);
        }
        if (!session.ended) {
            look_at_keys(&session);
        }
    }
    tcp_end(&tcp);
    return session.next;
}
