/* SPDX-License-Identifier: MIT */
/* Clients of rescue mode, one after the other. */
#include "rescue/rescue.h"

#include "rescue/rescue_session.h"

#define POLL_US 100000u /* at most: what a client does ends the rest */

enum rescue_next rescue_serve(const struct rescue_context *context)
{
    struct power *power = context->phone->power;
    struct link *link = context->phone->rescue;
    struct rescue rescue = {.context = context, .stream = {.link = link, .power = power}};

    if (link == NULL || link->ops->changes == NULL) {
        return RESCUE_NEXT_NONE;
    }
    while (!rescue.reset) {
        if (rescue_stream_meet(&rescue.stream)) {
            rescue_session(&rescue);
        } else {
            power->ops->rest(power, POLL_US);
        }
    }
    if (link->ops->close != NULL) {
        (void)link->ops->close(link);
    }
    return RESCUE_NEXT_RESET;
}
