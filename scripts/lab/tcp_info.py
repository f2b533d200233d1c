# SPDX-License-Identifier: MIT
"""How long a TCP connection of this computer has been silent: Linux's sock_diag(7)."""

from __future__ import annotations

import socket
import struct

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLMSG_DONE = 3
REQUEST_DUMP = 0x301
INET_DIAG_INFO = 2
ESTABLISHED = 1 << 1  # of the states

HEADER = struct.Struct("=IHHII")
REQUEST = struct.Struct("=BBBxI2s46x")
MESSAGE_BYTES = 72
ATTRIBUTE = struct.Struct("=HH")
LAST_DATA_RECV = 52  # in struct tcp_info


def silent_ms(port: int) -> int | None:
    """
    Since when the server on 127.0.0.1:`port` has got nothing from its client, or since when the
    client is there; of several clients the first, whom it serves. None when there is none. OSError
    when the kernel does not say.
    """
    found = [silent for silent in _connections(port) if silent is not None]
    return max(found, default=None)


def _connections(port: int) -> list[int | None]:
    own = struct.pack(">H", port)
    info = 1 << INET_DIAG_INFO - 1
    request = REQUEST.pack(socket.AF_INET, socket.IPPROTO_TCP, info, ESTABLISHED, own)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_SOCK_DIAG) as netlink:
        netlink.settimeout(1.0)
        size = HEADER.size + len(request)
        netlink.send(HEADER.pack(size, SOCK_DIAG_BY_FAMILY, REQUEST_DUMP, 1, 0) + request)
        found: list[int | None] = []
        while not _take(netlink.recv(65536), found):
            pass
        return found


def _take(data: bytes, found: list[int | None]) -> bool:
    """The messages of one datagram. True: that was the last."""
    while len(data) >= HEADER.size:
        size, kind, *_ = HEADER.unpack_from(data)
        if kind == NLMSG_DONE:
            return True
        if kind != SOCK_DIAG_BY_FAMILY or size < HEADER.size:
            raise OSError("sock_diag is not to be had here")
        found.append(_silence(data[HEADER.size + MESSAGE_BYTES : size]))
        data = data[(size + 3) & ~3 :]
    return False


def _silence(attributes: bytes) -> int | None:
    while len(attributes) >= ATTRIBUTE.size:
        size, kind = ATTRIBUTE.unpack_from(attributes)
        if kind == INET_DIAG_INFO and size >= ATTRIBUTE.size + LAST_DATA_RECV + 4:
            return struct.unpack_from("=I", attributes, ATTRIBUTE.size + LAST_DATA_RECV)[0]
        if size < ATTRIBUTE.size:
            break
        attributes = attributes[(size + 3) & ~3 :]
    return None
