/* SPDX-License-Identifier: MIT */
/*
 * The commands of rescue mode as text. Stage fastboot. The grammar, and nothing beyond it:
 *
 *   [<?xml version="1.0"?>] <data> <NAME ATTRIBUTE="VALUE" .../> </data>
 *
 * with blanks and line ends between the tags. Names are letters, digits and _ (at most 31); values
 * are printable ASCII (at most 127) without " < > &. There are no entities,
 * comments or nested elements.
 */
#ifndef FASTBOOT_RESCUE_XML_H
#define FASTBOOT_RESCUE_XML_H

#include "base/bytes.h"

#define RESCUE_XML_NAME_MAX       31
#define RESCUE_XML_VALUE_MAX      127
#define RESCUE_XML_ATTRIBUTES_MAX 16

struct rescue_xml_attribute {
    struct slice name;
    struct slice value;
};

/* The one element. Points into the text that it was read from. */
struct rescue_xml {
    struct slice name;
    size_t count;
    struct rescue_xml_attribute attributes[RESCUE_XML_ATTRIBUTES_MAX];
};

/*
 *   E_RESCUE_XML             not that grammar
 *   E_RESCUE_XML_NAME        a name is too long
 *   E_RESCUE_XML_VALUE       a value is too long, or has a byte that is none of the above
 *   E_RESCUE_XML_COUNT       too many attributes
 *   E_RESCUE_XML_DUPLICATE   an attribute is there twice
 *
 * On error *out_xml is untouched.
 */
NODISCARD enum err rescue_xml_parse(struct slice text, struct rescue_xml *out_xml);

bool rescue_xml_is(const struct rescue_xml *xml, const char *name);

/* An attribute's value; E_RESCUE_ATTRIBUTE: there is no such attribute. */
NODISCARD enum err rescue_xml_value(const struct rescue_xml *xml, const char *name,
                                    struct slice *out_value);
/* The same as a decimal number; E_RESCUE_ATTRIBUTE also when it is none, or does not fit. */
NODISCARD enum err rescue_xml_u64(const struct rescue_xml *xml, const char *name,
                                  uint64_t *out_number);

#endif
