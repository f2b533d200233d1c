/* SPDX-License-Identifier: MIT */
#include "usb/edl.h"

#include <string.h>

static struct edl_function *of(struct function *function)
{
    return CONTAINER_OF(function, struct edl_function, function);
}

static void begin(struct function *function)
{
    struct edl_function *edl = of(function);

    sahara_begin(&edl->sahara);
    firehose_begin(&edl->firehose);
    edl->document_left = 0;
}

static enum usb_status out(struct function *function, struct slice data)
{
    struct edl_function *edl = of(function);

    if (edl->sahara.state == SAHARA_DONE) {
        return firehose_take(&edl->firehose, data);
    }
    sahara_take(&edl->sahara, data);
    return USB_OK;
}

/* A document is one transfer, or several when the host's buffer is small. */
static bool give_document(struct edl_function *edl, struct span room, size_t *filled)
{
    struct queue *said = &edl->firehose.said;

    if (edl->document_left == 0) {
        if (queue_size(said) == 0) {
            return false;
        }
        edl->document_left = le32(queue_slice(said).data);
        queue_drop(said, 4);
    }
    edl->document_left -= (uint32_t)function_move(said, room, filled, edl->document_left);
    return true;
}

static bool give_packet(struct sahara *sahara, struct span room, size_t *filled)
{
    if (sahara->packet_bytes > room.size) {
        return true; /* an empty transfer: such a buffer holds no packet */
    }
    memcpy(room.data, sahara->packet, sahara->packet_bytes);
    *filled = sahara->packet_bytes;
    sahara->packet_bytes = 0;
    return true;
}

static bool in(struct function *function, struct span room, size_t *filled)
{
    struct edl_function *edl = of(function);

    return edl->sahara.packet_bytes != 0 ? give_packet(&edl->sahara, room, filled)
                                         : give_document(edl, room, filled);
}

static void heard(struct function *function)
{
    if (!firehose_listen(&of(function)->firehose)) {
        function_redial(function);
    }
}

static bool owes(const struct function *function)
{
    const struct edl_function *edl = CONTAINER_OF(function, const struct edl_function, function);

    return edl->firehose.waiting || queue_size(&edl->firehose.said) != 0;
}

/* The phone speaks first, and only when somebody is there. */
static bool wants_stream(const struct function *function)
{
    const struct edl_function *edl = CONTAINER_OF(function, const struct edl_function, function);

    return edl->sahara.state == SAHARA_DONE;
}

/* Sahara is answered at once: who waits in vain came to the rest of another's, and comes again. */
static void cancelled(struct function *function)
{
    struct edl_function *edl = of(function);

    if (edl->sahara.state != SAHARA_DONE) {
        sahara_begin(&edl->sahara);
    }
}

static const struct function_ops ops = {.begin = begin,
                                        .out = out,
                                        .in = in,
                                        .heard = heard,
                                        .owes = owes,
                                        .wants_stream = wants_stream,
                                        .idle = function_redial,
                                        .cancelled = cancelled};

void edl_function_init(struct edl_function *edl, struct stream *stream,
                       const struct edl_account *account)
{
    *edl = (struct edl_function){.function = {.ops = &ops, .stream = stream}};
    firehose_init(&edl->firehose, stream, account);
    sahara_begin(&edl->sahara);
}

void edl_function_free(struct edl_function *edl)
{
    firehose_free(&edl->firehose);
}
