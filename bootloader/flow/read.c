/* SPDX-License-Identifier: MIT */
/* Bringing each stage what it reads. Part of the flow. */
#include "flow/read.h"

#include "base/text.h"
#include "format/nor_map.h"
#include "format/fuses.h"
#include "format/state_record.h"
#include "storage/restarts.h"

/* The header of a device tree: its second word is the size of the whole. */
#define DTB_HEADER_BYTES 40
#define DTB_SIZE_OFFSET  4

/* When no board says how large the panel is. */
#define DEFAULT_WIDTH_PX  720
#define DEFAULT_HEIGHT_PX 1440

#define KEY_ID_BYTES 4 /* of the hash of a user's key: what a person compares */

static enum err read_nor(const struct phone *phone, uint32_t offset, struct span room,
                         size_t length, struct slice *out_bytes)
{
    if (length > room.size) {
        return E_SLICE_RANGE;
    }
    TRY(phone->nor->ops->read(phone->nor, offset, length, room.data));
    *out_bytes = slice_of(room.data, length);
    return OK;
}

/*
 * The overlay is much smaller than its place in the NOR: read what its header says,
 * at most that place.
 */
static enum err read_overlay(const struct phone *phone, struct slice *out_overlay)
{
    uint32_t size;

    TRY(read_nor(phone, NOR_OVERLAY_OFFSET, phone->scratch, DTB_HEADER_BYTES, out_overlay));
    size = be32(out_overlay->data + DTB_SIZE_OFFSET);
    if (size < DTB_HEADER_BYTES || size > NOR_OVERLAY_BYTES) {
        return E_DTB_HEADER;
    }
    return read_nor(phone, NOR_OVERLAY_OFFSET, phone->scratch, size, out_overlay);
}

enum err flow_read_board(struct flow *flow)
{
    const struct phone *phone = flow->phone;
    struct slice bytes;

    TRY(read_overlay(phone, &bytes));
    TRY(board_merge(phone->machine_dtb, bytes, phone->dtb));
    TRY(read_nor(phone, NOR_FUSES_OFFSET, phone->scratch, sizeof(struct fuses_record), &bytes));
    return board_read(span_slice(phone->dtb), bytes, &flow->board);
}

enum err flow_read_state(struct flow *flow)
{
    const struct phone *phone = flow->phone;
    uint8_t records[2][sizeof(struct state_record)];
    struct slice half_a;
    struct slice half_b;
    struct span room_a = {records[0], sizeof records[0]};
    struct span room_b = {records[1], sizeof records[1]};

    TRY(read_nor(phone, NOR_STATE_A_OFFSET, room_a, room_a.size, &half_a));
    TRY(read_nor(phone, NOR_STATE_B_OFFSET, room_b, room_b.size, &half_b));
    TRY(state_decode(half_a, half_b, flow->board.lock_changes, &flow->state));
    return restarts_read(phone->nor, &flow->state);
}

enum err flow_read_gpt(struct flow *flow)
{
    const struct phone *phone = flow->phone;

    if (phone->disk == NULL) {
        return E_BLOCK_IO;
    }
    return gpt_open(phone->disk, phone->scratch, &flow->gpt);
}

static const char *failed_check(const struct flow *flow)
{
    const enum err errs[] = {flow->board_err, flow->gpt_err, candidate_why(&flow->candidate),
                             flow->boot_err};

    for (size_t i = 0; i < ARRAY_COUNT(errs); i++) {
        if (errs[i] != OK) {
            return err_name(errs[i]);
        }
    }
    return "";
}

void flow_start_panel(struct panel *panel, const struct board *board)
{
    uint32_t width_px = board->panel_width_px != 0 ? board->panel_width_px : DEFAULT_WIDTH_PX;
    uint32_t height_px = board->panel_height_px != 0 ? board->panel_height_px : DEFAULT_HEIGHT_PX;

    if (panel->canvas.width_px == 0) {
        /* A phone without a panel is still a phone: the serial line and the trace speak. */
        (void)panel->ops->start(panel, width_px, height_px);
    }
}

static struct screen_facts facts_of(const struct flow *flow)
{
    struct screen_facts facts = {
        .reason = flow->decision.reason,
        .unlocked = flow->state.unlocked,
        .name = flow->board.name,
        .codename = flow->board.codename,
        .serial = flow->board.serial,
        .made_for = flow->board.made_for,
        .rom_region = flow->candidate.verified.region,
        .rom_region_text = flow->candidate.verified.region_text,
        .rom_version = flow->candidate.verified.rom_version,
        .detail = failed_check(flow),
        .wait = flow->wait,
        .wait_s = flow->wait_s,
    };
    struct text key_id = text_in(facts.key_id, sizeof facts.key_id);

    text_bytes_hex(&key_id, slice_of(flow->state.user_key_sha256, KEY_ID_BYTES));
    return facts;
}

void flow_show(struct flow *flow, enum screen screen)
{
    struct panel *panel = flow->phone->panel;
    struct screen_facts facts = facts_of(flow);

    flow_start_panel(panel, &flow->board);
    screen_draw(&panel->canvas, screen, &facts);
}

void flow_show_wait(struct flow *flow)
{
    struct screen_facts facts = facts_of(flow);

    screen_draw_wait(&flow->phone->panel->canvas, flow->screen, &facts);
}
