# SPDX-License-Identifier: MIT
"""What a TCP server of this computer has taken of its clients and said to them: sock_diag(7)."""

from __future__ import annotations

import socket
import struct
from typing import Iterator, NamedTuple

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLMSG_DONE = 3
REQUEST_DUMP = 0x301
INET_DIAG_INFO = 2
STATES = 1 << 1 | 1 << 8  # ESTABLISHED, and CLOSE_WAIT: the client has closed its end

HEADER = struct.Struct("=IHHII")
REQUEST = struct.Struct("=BBBxI2s46x")
# Of inet_diag_msg: bytes that nobody has read yet; the socket's inode, 0 before a program has it.
MESSAGE = struct.Struct("=56xI8xI")
ATTRIBUTE = struct.Struct("=HH")
# Of tcp_info: unacked, last_data_sent, last_data_recv, bytes_acked, bytes_received.
INFO = struct.Struct("=24xI16xI4xI64xQQ")


class Connection(NamedTuple):
    """Of a server that serves one client at a time, from the server's side."""

    heard_ms: int  # since something came of it, or since it is there
    answered_ms: int | None  # since something was said to it; None: nothing ever
    taken: bool  # it has said something, and all of that was read
    waiting: bool  # for its turn: the server has not accepted it

    @property
    def quiet_ms(self) -> int:
        """Since anything went either way."""
        return self.heard_ms if self.answered_ms is None else min(self.heard_ms, self.answered_ms)


def connections(port: int) -> list[Connection]:
    """
    The clients of the server on 127.0.0.1:`port`. OSError when the kernel does not say. Its clock
    for connections is coarse: a tick is up to 10 ms.
    """
    own = struct.pack(">H", port)
    info = 1 << INET_DIAG_INFO - 1
    request = REQUEST.pack(socket.AF_INET, socket.IPPROTO_TCP, info, STATES, own)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, NETLINK_SOCK_DIAG) as netlink:
        netlink.settimeout(1.0)
        size = HEADER.size + len(request)
        netlink.send(HEADER.pack(size, SOCK_DIAG_BY_FAMILY, REQUEST_DUMP, 1, 0) + request)
        found: list[Connection] = []
        while not _take(netlink.recv(65536), found):
            pass
        return found


def _take(data: bytes, found: list[Connection]) -> bool:
    """The messages of one datagram. True: that was the last."""
    while len(data) >= HEADER.size:
        size, kind, *_ = HEADER.unpack_from(data)
        if kind == NLMSG_DONE:
            return True
        if kind != SOCK_DIAG_BY_FAMILY or size < HEADER.size + MESSAGE.size:
            raise OSError("sock_diag is not to be had here")
        found.append(_connection(data[HEADER.size : size]))
        data = data[(size + 3) & ~3 :]
    return False


def _connection(message: bytes) -> Connection:
    unread, inode = MESSAGE.unpack_from(message)
    for kind, value in _attributes(message[MESSAGE.size :]):
        if kind == INET_DIAG_INFO and len(value) >= INFO.size:
            unacked, sent_ms, heard_ms, acked, received = INFO.unpack_from(value)
            answered = acked != 0 or unacked != 0
            taken = received != 0 and not unread
            return Connection(heard_ms, sent_ms if answered else None, taken, inode == 0)
    raise OSError("sock_diag does not say what a connection has carried")


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= ATTRIBUTE.size:
        size, kind = ATTRIBUTE.unpack_from(data)
        if size < ATTRIBUTE.size:
            return
        yield kind, data[ATTRIBUTE.size : size]
        data = data[(size + 3) & ~3 :]
