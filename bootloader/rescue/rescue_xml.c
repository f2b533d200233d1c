/* SPDX-License-Identifier: MIT */
/* Reads one element, strictly, from the front of the text to its end. */
#include "rescue/rescue_xml.h"

#include "base/text.h"

#include <string.h>

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_name(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_value(uint8_t c)
{
    return c >= ' ' && c <= '~' && c != '"' && c != '<' && c != '>' && c != '&';
}

static void skip(struct slice *rest, size_t count)
{
    *rest = slice_of(rest->data + count, rest->size - count);
}

static size_t skip_blanks(struct slice *rest)
{
    size_t count = 0;

    while (count != rest->size && is_blank(rest->data[count])) {
        count++;
    }
    skip(rest, count);
    return count;
}

/* Takes `word` off the front, if it is there. */
static bool take_word(struct slice *rest, const char *word)
{
    size_t length = strlen(word);

    if (rest->size < length || memcmp(rest->data, word, length) != 0) {
        return false;
    }
    skip(rest, length);
    return true;
}

static enum err take_name(struct slice *rest, struct slice *out_name)
{
    size_t length = 0;

    while (length != rest->size && is_name(rest->data[length])) {
        length++;
    }
    if (length == 0) {
        return E_RESCUE_XML;
    }
    if (length > RESCUE_XML_NAME_MAX) {
        return E_RESCUE_XML_NAME;
    }
    *out_name = slice_of(rest->data, length);
    skip(rest, length);
    return OK;
}

static enum err take_value(struct slice *rest, struct slice *out_value)
{
    size_t length = 0;

    if (!take_word(rest, "=\"")) {
        return E_RESCUE_XML;
    }
    while (length != rest->size && is_value(rest->data[length])) {
        length++;
    }
    if (length == rest->size) {
        return E_RESCUE_XML;
    }
    if (rest->data[length] != '"' || length > RESCUE_XML_VALUE_MAX) {
        return E_RESCUE_XML_VALUE;
    }
    *out_value = slice_of(rest->data, length);
    skip(rest, length + 1);
    return OK;
}

static bool same(struct slice a, struct slice b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static enum err add_attribute(struct slice *rest, struct rescue_xml *xml)
{
    struct rescue_xml_attribute attribute;

    TRY(take_name(rest, &attribute.name));
    TRY(take_value(rest, &attribute.value));
    if (xml->count == RESCUE_XML_ATTRIBUTES_MAX) {
        return E_RESCUE_XML_COUNT;
    }
    for (size_t i = 0; i < xml->count; i++) {
        if (same(xml->attributes[i].name, attribute.name)) {
            return E_RESCUE_XML_DUPLICATE;
        }
    }
    xml->attributes[xml->count++] = attribute;
    return OK;
}

/* From behind the tag's name to `end`, which is taken too. */
static enum err take_attributes(struct slice *rest, const char *end, struct rescue_xml *xml)
{
    for (;;) {
        size_t blanks = skip_blanks(rest);

        if (take_word(rest, end)) {
            return OK;
        }
        if (blanks == 0) {
            return E_RESCUE_XML;
        }
        TRY(add_attribute(rest, xml));
    }
}

enum err rescue_xml_parse(struct slice text, struct rescue_xml *out_xml)
{
    struct rescue_xml prolog = {.count = 0};
    struct rescue_xml xml = {.count = 0};
    struct slice rest = text;

    skip_blanks(&rest);
    if (take_word(&rest, "<?xml")) {
        TRY(take_attributes(&rest, "?>", &prolog));
        skip_blanks(&rest);
    }
    if (!take_word(&rest, "<data>")) {
        return E_RESCUE_XML;
    }
    skip_blanks(&rest);
    if (!take_word(&rest, "<")) {
        return E_RESCUE_XML;
    }
    TRY(take_name(&rest, &xml.name));
    TRY(take_attributes(&rest, "/>", &xml));
    skip_blanks(&rest);
    if (!take_word(&rest, "</data>")) {
        return E_RESCUE_XML;
    }
    skip_blanks(&rest);
    if (rest.size != 0) {
        return E_RESCUE_XML;
    }
    *out_xml = xml;
    return OK;
}

static bool is_word(struct slice slice, const char *word)
{
    return same(slice, slice_of(word, strlen(word)));
}

bool rescue_xml_is(const struct rescue_xml *xml, const char *name)
{
    return is_word(xml->name, name);
}

enum err rescue_xml_value(const struct rescue_xml *xml, const char *name, struct slice *out_value)
{
    for (size_t i = 0; i < xml->count; i++) {
        if (is_word(xml->attributes[i].name, name)) {
            *out_value = xml->attributes[i].value;
            return OK;
        }
    }
    return E_RESCUE_ATTRIBUTE;
}

enum err rescue_xml_u64(const struct rescue_xml *xml, const char *name, uint64_t *out_number)
{
    struct slice digits;

    TRY(rescue_xml_value(xml, name, &digits));
    return text_to_u64(digits, UINT64_MAX, out_number) ? OK : E_RESCUE_ATTRIBUTE;
}
