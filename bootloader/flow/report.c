/* SPDX-License-Identifier: MIT */
/* One event, told to programs and to people. */
#include "flow/report.h"

#include <string.h>

static void send(struct link *link, struct text *line)
{
    if (link != NULL && !line->full) {
        /* Nobody at the other end is no reason to stop. */
        (void)link->ops->write(link, slice_of(line->chars, line->length));
    }
}

void report_begin(struct report *report, const struct phone *phone, const char *stage,
                  const char *event)
{
    uint64_t t_us = phone->power->ops->now_us(phone->power);

    report->phone = phone;
    report->decides = strcmp(stage, "flow") == 0;
    report->json = text_in(report->json_chars, sizeof report->json_chars);
    report->words = text_in(report->words_chars, sizeof report->words_chars);
    json_begin(&report->json);
    json_u64(&report->json, "t_us", t_us);
    json_str(&report->json, "stage", stage);
    json_str(&report->json, "event", event);
    text_char(&report->words, '[');
    text_u64(&report->words, t_us / 1000);
    text_all(&report->words, " ms] ", stage, ": ", event);
}

static void say_key(struct report *report, const char *key)
{
    text_all(&report->words, " ", key, "=");
}

void report_str(struct report *report, const char *key, const char *value)
{
    json_str(&report->json, key, value);
    say_key(report, key);
    /* A ROM's own words: nothing that a terminal would obey. */
    for (; *value != '\0'; value++) {
        text_char(&report->words, *value < ' ' || *value > '~' ? '?' : *value);
    }
}

void report_u64(struct report *report, const char *key, uint64_t value)
{
    json_u64(&report->json, key, value);
    say_key(report, key);
    text_u64(&report->words, value);
}

void report_bool(struct report *report, const char *key, bool value)
{
    json_bool(&report->json, key, value);
    say_key(report, key);
    text_str(&report->words, value ? "yes" : "no");
}

void report_end(struct report *report)
{
    json_end(&report->json);
    text_char(&report->json, '\n');
    text_char(&report->words, '\n');
    if (report->decides) {
        send(report->phone->secure_trace, &report->json);
    }
    send(report->phone->trace, &report->json);
    send(report->phone->log, &report->words);
    if (report->phone->logged != NULL && !report->words.full) {
        text_str(report->phone->logged, report->words_chars);
    }
}
