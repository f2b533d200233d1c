/* SPDX-License-Identifier: MIT */
/* What the home screen's clock shows. */
#include "rom/clock.h"

#include <time.h>

static bool two_digits(const char *text, int limit, int *out_value)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') {
        return false;
    }
    *out_value = (text[0] - '0') * 10 + text[1] - '0';
    return *out_value < limit;
}

static bool parse(const char *text, struct clock_time *out_time)
{
    struct clock_time time = {.month = 9, .day = 5, .weekday = 3};

    if (!two_digits(text, 24, &time.hour) || text[2] != ':' ||
        !two_digits(text + 3, 60, &time.minute) || text[5] != '\0') {
        return false;
    }
    *out_time = time;
    return true;
}

bool clock_is_stopped(const char *stopped_at)
{
    struct clock_time time;

    return parse(stopped_at, &time);
}

struct clock_time clock_read(const char *stopped_at)
{
    struct clock_time shown = {0};
    time_t now = time(NULL);
    struct tm utc;

    if (parse(stopped_at, &shown)) {
        return shown;
    }
    if (gmtime_r(&now, &utc) == NULL) {
        return (struct clock_time){.month = 1, .day = 1};
    }
    return (struct clock_time){
        .month = utc.tm_mon + 1,
        .day = utc.tm_mday,
        .weekday = utc.tm_wday,
        .hour = utc.tm_hour,
        .minute = utc.tm_min,
    };
}

int clock_to_next_minute_ms(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now) != 0) {
        return 60000;
    }
    return (int)(60000 - now.tv_sec % 60 * 1000 - now.tv_nsec / 1000000);
}
