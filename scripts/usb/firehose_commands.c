/* SPDX-License-Identifier: MIT */
/*
 * What a tool's commands are to the phone. Numbers are read and written anew, so that nothing of a
 * tool's text goes further but names of commands.
 */
#include "usb/firehose_commands.h"

#include <stdio.h>
#include <string.h>

#define SECTOR_BYTES 512

/* An attribute's number; false: it is not there, or is none. */
static bool number(const struct rescue_xml *xml, const char *name, uint64_t *out_number)
{
    return rescue_xml_u64(xml, name, out_number) == OK;
}

static bool refuse(struct firehose *firehose, const char *words)
{
    char element[FIREHOSE_ELEMENT_BYTES];

    snprintf(element, sizeof element, "<log value=\"ERROR: %s\"/>", words);
    return firehose_say(firehose, element) &&
           firehose_say(firehose, "<response value=\"NAK\" rawmode=\"false\"/>");
}

/* By name alone: the phone says what it thinks of it, and whether it listens at all. */
static bool pass_name(struct firehose *firehose, const struct rescue_xml *xml)
{
    char element[64];

    snprintf(element, sizeof element, "<%.*s/>", (int)xml->name.size, (const char *)xml->name.data);
    return firehose_command(firehose, element);
}

/* Nothing to do - for who may do things: the phone says whether that is so. */
static bool acknowledge(struct firehose *firehose)
{
    return firehose_command(firehose, "<configure MaxPayloadSizeToTargetInBytes=\"512\"/>");
}

static bool cannot(struct firehose *firehose, const struct rescue_xml *xml, const char *words)
{
    return firehose->authorised ? refuse(firehose, words) : pass_name(firehose, xml);
}

static bool run_configure(struct firehose *firehose, const struct rescue_xml *xml)
{
    uint64_t bytes = RESCUE_DATA_BYTES_MAX;
    char element[96];

    (void)!number(xml, "MaxPayloadSizeToTargetInBytes", &bytes);
    if (bytes == 0 || bytes > RESCUE_DATA_BYTES_MAX) {
        bytes = RESCUE_DATA_BYTES_MAX;
    }
    firehose->payload_bytes = bytes;
    snprintf(element, sizeof element, "<configure MaxPayloadSizeToTargetInBytes=\"%llu\"/>",
             (unsigned long long)bytes);
    return firehose_command(firehose, element);
}

/* Sectors of the whole disk: a tool's label says nothing about where. */
static bool run_on_sectors(struct firehose *firehose, const struct rescue_xml *xml, bool data)
{
    uint64_t drive = 0, start = 0, count = 0, bytes = SECTOR_BYTES;
    char element[FIREHOSE_ELEMENT_BYTES];

    (void)!number(xml, "SECTOR_SIZE_IN_BYTES", &bytes);
    (void)!number(xml, "physical_partition_number", &drive);
    if (!number(xml, "start_sector", &start) || !number(xml, "num_partition_sectors", &count)) {
        return pass_name(firehose, xml);
    }
    if (drive != 0 || bytes != SECTOR_BYTES || !mul_u64(count, SECTOR_BYTES, &bytes)) {
        return cannot(firehose, xml, "there is one drive, number 0, with sectors of 512 bytes");
    }
    firehose->raw_bytes = data ? bytes : 0;
    firehose->raw_unit = SECTOR_BYTES;
    snprintf(element, sizeof element,
             "<%.*s start_sector=\"%llu\" num_partition_sectors=\"%llu\"/>", (int)xml->name.size,
             (const char *)xml->name.data, (unsigned long long)start, (unsigned long long)count);
    return firehose_command(firehose, element);
}

static bool run_program(struct firehose *firehose, const struct rescue_xml *xml)
{
    return run_on_sectors(firehose, xml, true);
}

static bool run_erase(struct firehose *firehose, const struct rescue_xml *xml)
{
    return run_on_sectors(firehose, xml, false);
}

/* The phone's partition table is right as it is; only what puts its checksums right is taken. */
static bool run_patch(struct firehose *firehose, const struct rescue_xml *xml)
{
    static const char checksum[] = "CRC32(";
    struct slice value;

    if (rescue_xml_value(xml, "value", &value) == OK && value.size >= strlen(checksum) &&
        memcmp(value.data, checksum, strlen(checksum)) == 0) {
        return acknowledge(firehose);
    }
    return cannot(firehose, xml,
                  "only a patch of the partition table's checksums is taken (value CRC32)");
}

static bool run_set_bootable(struct firehose *firehose, const struct rescue_xml *xml)
{
    return acknowledge(firehose);
}

static bool run_power(struct firehose *firehose, const struct rescue_xml *xml)
{
    if (firehose_value_is(xml, "value", "reset")) {
        return firehose_command(firehose, "<reset/>");
    }
    return cannot(firehose, xml, "only power with value reset is known");
}

/* A tool with an account of its own: the phone's own way to let it in (docs/rescue.md). */
static bool run_sig(struct firehose *firehose, const struct rescue_xml *xml)
{
    uint64_t bytes;
    char element[96];

    if (!firehose_value_is(xml, "TargetName", "sig")) {
        return firehose_command(firehose, "<sig TargetName=\"req\"/>");
    }
    if (!number(xml, "size_in_bytes", &bytes) || bytes == 0 || bytes > sizeof firehose->rest) {
        return pass_name(firehose, xml);
    }
    firehose->raw_bytes = bytes;
    firehose->raw_unit = (size_t)bytes; /* in one packet */
    snprintf(element, sizeof element, "<sig TargetName=\"sig\" size_in_bytes=\"%llu\"/>",
             (unsigned long long)bytes);
    return firehose_command(firehose, element);
}

static const struct {
    const char *name;
    bool (*run)(struct firehose *firehose, const struct rescue_xml *xml);
} commands[] = {
    {"nop", pass_name},           {"sig", run_sig},
    {"configure", run_configure}, {"getstorageinfo", pass_name},
    {"program", run_program},     {"erase", run_erase},
    {"patch", run_patch},         {"setbootablestoragedrive", run_set_bootable},
    {"power", run_power},
};

bool firehose_run(struct firehose *firehose, struct slice text)
{
    struct rescue_xml xml;

    if (rescue_xml_parse(text, &xml) != OK) {
        return refuse(firehose, "that is not one command inside a data element");
    }
    for (size_t i = 0; i < ARRAY_COUNT(commands); i++) {
        if (rescue_xml_is(&xml, commands[i].name)) {
            return commands[i].run(firehose, &xml);
        }
    }
    return pass_name(firehose, &xml);
}
