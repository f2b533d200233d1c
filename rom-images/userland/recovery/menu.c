/* SPDX-License-Identifier: MIT */
/* The recovery's pages, and what keys do on them. */
#include "recovery/menu.h"

#define BACK_ITEM {TEXT_BACK, RECOVERY_MAIN, RECOVERY_DO_SHOW}
#define LEAVE_ITEM {TEXT_BACK, RECOVERY_MAIN, RECOVERY_DO_STOP_LISTENING} /* the computer's pages */

static const struct recovery_page_about pages[RECOVERY_PAGE_COUNT] = {
    [RECOVERY_MAIN] = {"main", TEXT_MAIN_MENU, TEXT_NOTHING, false, 3,
                       {{TEXT_REBOOT, RECOVERY_MAIN, RECOVERY_DO_REBOOT},
                        {TEXT_WIPE_DATA, RECOVERY_WIPE, RECOVERY_DO_SHOW},
                        {TEXT_ASSISTANT, RECOVERY_WAITING, RECOVERY_DO_LISTEN}}},
    [RECOVERY_WIPE] = {"wipe", TEXT_WIPE_DATA, TEXT_WIPE_BODY, false, 2,
                       {{TEXT_CANCEL, RECOVERY_MAIN, RECOVERY_DO_SHOW},
                        {TEXT_CONFIRM, RECOVERY_WIPE, RECOVERY_DO_WIPE}}},
    [RECOVERY_WIPED] = {"wiped", TEXT_WIPE_DATA, TEXT_WIPED_BODY, false, 1, {BACK_ITEM}},
    [RECOVERY_WIPE_FAILED] = {"wipe-failed", TEXT_WIPE_DATA, TEXT_WIPE_FAILED_BODY, false, 1,
                              {BACK_ITEM}},
    [RECOVERY_WAITING] = {"waiting", TEXT_ASSISTANT, TEXT_WAITING_BODY, false, 1,
                          {{TEXT_CANCEL, RECOVERY_MAIN, RECOVERY_DO_STOP_LISTENING}}},
    [RECOVERY_CHECKING] = {"checking", TEXT_ASSISTANT, TEXT_CHECKING_BODY, true, 0, {{0}}},
    [RECOVERY_INSTALLING] = {"installing", TEXT_ASSISTANT, TEXT_INSTALLING_BODY, true, 0, {{0}}},
    [RECOVERY_INSTALLED] = {"installed", TEXT_ASSISTANT, TEXT_INSTALLED_BODY, false, 2,
                            {{TEXT_REBOOT, RECOVERY_INSTALLED, RECOVERY_DO_REBOOT}, LEAVE_ITEM}},
    [RECOVERY_REFUSED] = {"refused", TEXT_ASSISTANT, TEXT_REFUSED_BODY, false, 1, {LEAVE_ITEM}},
};

const struct recovery_page_about *recovery_page_about(enum recovery_page page)
{
    return &pages[(size_t)page < RECOVERY_PAGE_COUNT ? page : RECOVERY_MAIN];
}

void recovery_go(struct recovery_view *view, enum recovery_page page)
{
    view->page = page;
    view->selected = 0;
    view->percent = 0;
}

static enum recovery_action choose(struct recovery_view *view, const struct recovery_item *item)
{
    if (item->leads_to != view->page) {
        recovery_go(view, item->leads_to);
    }
    return item->action;
}

enum recovery_action recovery_press(struct recovery_view *view, enum recovery_key key)
{
    const struct recovery_page_about *about = recovery_page_about(view->page);

    if (view->selected >= about->item_count) {
        return RECOVERY_DO_NOTHING;
    }
    switch (key) {
    case RECOVERY_KEY_UP:
        if (view->selected == 0) {
            return RECOVERY_DO_NOTHING;
        }
        view->selected--;
        return RECOVERY_DO_SHOW;
    case RECOVERY_KEY_DOWN:
        if (view->selected + 1 == about->item_count) {
            return RECOVERY_DO_NOTHING;
        }
        view->selected++;
        return RECOVERY_DO_SHOW;
    case RECOVERY_KEY_POWER:
        return choose(view, &about->items[view->selected]);
    }
    return RECOVERY_DO_NOTHING;
}
