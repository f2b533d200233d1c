/* SPDX-License-Identifier: MIT */
/*
 * Control requests: a setup packet in, a reply out; no state. USB 2.0, chapter 9; BOS: USB 3.2,
 * 9.6.2; Microsoft's OS descriptors 1.0 and 2.0, which let Windows bind WinUSB to the phone.
 */
#ifndef USB_CONTROL_H
#define USB_CONTROL_H

#include "usb/control_reply.h"
#include "usb/identity.h"

/*
 * USB_OK: *out_reply is what is sent, at most the length asked for; nothing for a request that
 * sends nothing. USB_STALL: the phone does not know that request.
 */
enum usb_status control_answer(const struct identity *identity, const struct identity_names *names,
                               const struct usb_setup *setup, struct control_reply *out_reply);

/* Does this request put the function back to its beginning (9.1.1.5: SET_CONFIGURATION)? */
bool control_is_configuration(const struct usb_setup *setup);

#endif
