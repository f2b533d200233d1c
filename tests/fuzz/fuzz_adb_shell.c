/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes adb_shell.h: the input is the name of a service, up to its NUL, and the packets of the
 * client that opened it, in two parts.
 */
#include "tests/fuzz/fuzz.h"

#include "adb/adb_session.h"
#include "adb/adb_shell.h"

static void parse_service(const char *service)
{
    struct adb_shell_request request;

    if (adb_shell_parse(service, &request)) {
        fuzz_assert(request.command > service && request.command <= service + strlen(service));
        fuzz_assert(strnlen(request.term, sizeof request.term) < sizeof request.term);
        fuzz_assert(request.term[0] != '\0' && (request.packets || !request.terminal));
    }
}

/* Each byte is a header's or a piece's, and all are taken. */
static void take(struct adb_shell_parser *parser, struct slice bytes)
{
    const uint8_t *end = bytes.data + bytes.size;
    struct slice piece;
    uint8_t kind;

    while (adb_shell_take(parser, &bytes, &kind, &piece)) {
        uint16_t rows;
        uint16_t columns;

        fuzz_assert(piece.data + piece.size == bytes.data && bytes.data + bytes.size == end);
        fuzz_assert(kind == parser->header[0]);
        (void)adb_shell_window(piece, &rows, &columns);
    }
    fuzz_assert(bytes.size == 0 && parser->have <= ADB_SHELL_HEADER_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adb_shell_parser parser = {0};
    char service[ADB_SERVICE_MAX] = "";
    size_t length = strnlen((const char *)data, size);
    size_t half;

    if (length >= sizeof service) {
        return 0; /* no session lets such a name through */
    }
    memcpy(service, data, length);
    parse_service(service);
    data += length < size ? length + 1 : length;
    size -= length < size ? length + 1 : length;
    half = size / 2;
    take(&parser, slice_of(data, half));
    take(&parser, slice_of(data + half, size - half));
    return 0;
}
