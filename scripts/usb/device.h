/* SPDX-License-Identifier: MIT */
/*
 * The device: transfers that wait, and the function of the mode that the phone is in. Pure; the
 * host's side (a front end) and the phone's side (a link) are handed in. All calls are made from
 * one loop, and nothing here waits.
 *
 * An OUT transfer is complete when the phone's stream has taken nearly all of it: a phone that
 * stalls holds up its host, as on a cable. While device_is_full() the front end reads no more.
 */
#ifndef USB_DEVICE_H
#define USB_DEVICE_H

#include "usb/adb.h"
#include "usb/control.h"
#include "usb/edl.h"
#include "usb/fastboot.h"
#include "usb/identity.h"

#define DEVICE_TRANSFERS_MAX 128

struct usb_host;

/* What a front end does for the device. */
struct usb_host_ops {
    void (*plug)(struct usb_host *host);
    void (*unplug)(struct usb_host *host);
    /* An IN transfer's end; `data` for USB_OK only. */
    void (*in_done)(struct usb_host *host, uint64_t id, enum usb_status status, struct slice data);
    /* An OUT transfer's end; `size` bytes were taken. */
    void (*out_done)(struct usb_host *host, uint64_t id, enum usb_status status, size_t size);
};

struct usb_host {
    const struct usb_host_ops *ops;
};

struct transfer {
    uint64_t id;
    size_t size;
};

struct transfers {
    struct transfer rows[DEVICE_TRANSFERS_MAX];
    size_t count;
};

struct device {
    struct identity_names names;
    enum usb_mode mode;
    bool plugged;          /* the host knows it */
    struct usb_host *host; /* NULL: nobody has the device */
    struct stream stream;
    bool lost;                 /* the phone closed it; what it said before is still to be had */
    struct function *function; /* NULL: the mode has none */
    struct {
        struct fastboot_function fastboot;
        struct adb_function adb;
        struct edl_function edl;
    } functions;
    struct transfers in, out;
    uint8_t *room; /* the IN transfer that is being filled */
    size_t filled;
    uint64_t
        given_id; /* the last IN transfer that ended well, while `room` still has its data; or 0 */
    size_t given_bytes;
    bool returned; /* the host never saw it: the next one gets it again */
};

/* `account`: who speaks to a phone in rescue mode, or NULL. False: no memory. */
NODISCARD bool device_init(struct device *device, const struct edl_account *account);
void device_free(struct device *device);

/* The mode changes: what is plugged is unplugged first. */
void device_set_mode(struct device *device, enum usb_mode mode);
/* Is an answer on its way that the host is to have before the mode changes? */
bool device_owes(const struct device *device);

/* The front end takes the device; false: somebody has it. Plugs it in when there is a mode. */
NODISCARD bool device_take(struct device *device, struct usb_host *host);
/* The front end's client has gone: the phone forgets it. */
void device_release(struct device *device, struct usb_host *host);

/* What the host asks for. Replies come by the host's ops, perhaps before these return. */
enum usb_status device_control(struct device *device, const struct usb_setup *setup,
                               struct control_reply *out_reply);
void device_in(struct device *device, uint64_t id, size_t size);
void device_out(struct device *device, uint64_t id, struct slice data);
/*
 * False: there is no such transfer, or it has ended already. A host that cancels an IN transfer that
 * has ended did so before it saw the end, and never will: what was in it is for the next one. (Tools
 * read with short timeouts, again and again.)
 */
NODISCARD bool device_cancel(struct device *device, uint64_t id);
void device_reset(struct device *device);
bool device_is_full(const struct device *device);

/* The link's side: bytes moved between the queues and the phone. */
bool device_wants_link(const struct device *device);
void device_moved(struct device *device);
/* Nothing has moved for a while: is a tool still there? If not, its stream is closed. */
void device_idle(struct device *device);
bool device_minds_idle(const struct device *device);
/*
 * The phone closed the stream: what was to go there fails. What the host waits for is not said yet:
 * a phone that restarts is unplugged in a moment. If it is not, give up: that fails too.
 */
void device_hung_up(struct device *device);
void device_give_up(struct device *device);

#endif
