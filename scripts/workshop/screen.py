# SPDX-License-Identifier: MIT
"""
A phone's screen for a browser: QEMU's VNC socket, bridged to a websocket.

Watching only: of what the browser sends (RFB 3.8, RFC 6143) the handshake and the messages that ask
for pictures pass; keys, pointer and clipboard do not: keys go by the verb `press`, which asks who
may.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct

from aiohttp import WSMsgType, web

from lab.errors import LabError
from lab.qemu import VNC
from lab.qmp import connect

from .live import LivePhone
from .said import Refusal

CHUNK = 65536
DIAL_S, LOOK_S = 20.0, 0.02
MESSAGE_BYTES_MAX = 65536
ENCODINGS_MAX = 256
HANDSHAKE_BYTES = 12 + 1 + 1  # version, no security, shared

SET_PIXEL_FORMAT, SET_ENCODINGS, UPDATE_REQUEST, KEY, POINTER, CUT_TEXT = 0, 2, 3, 4, 5, 6
CONTINUOUS_UPDATES, QEMU_KEY = 150, 255  # what newer viewers may send, where QEMU says it can
SIZES = {
    SET_PIXEL_FORMAT: 20,
    UPDATE_REQUEST: 10,
    KEY: 8,
    POINTER: 6,
    CONTINUOUS_UPDATES: 10,
    QEMU_KEY: 12,
}
PASS = (SET_PIXEL_FORMAT, SET_ENCODINGS, UPDATE_REQUEST, CONTINUOUS_UPDATES)


class Filter:
    """Takes what the browser sends, in any pieces, and gives what may pass."""

    def __init__(self) -> None:
        self._rest = b""
        self._handshake = HANDSHAKE_BYTES

    def take(self, data: bytes) -> bytes:
        """ValueError: no message that a viewer would send."""
        out, self._rest = data[: self._handshake], self._rest + data[self._handshake :]
        self._handshake -= len(out)
        while (size := self._size()) is not None and len(self._rest) >= size:
            message, self._rest = self._rest[:size], self._rest[size:]
            if message[0] in PASS:
                out += message
        return out

    def _size(self) -> int | None:
        """Of the next message; None: not known yet."""
        if not self._rest:
            return None
        kind = self._rest[0]
        if kind in SIZES:
            return SIZES[kind]
        if kind == SET_ENCODINGS and len(self._rest) >= 4:
            count = struct.unpack_from(">H", self._rest, 2)[0]
            if count > ENCODINGS_MAX:
                raise ValueError("too many encodings")
            return 4 + 4 * count
        if kind == CUT_TEXT and len(self._rest) >= 8:
            # negative: the extended clipboard
            length = abs(struct.unpack_from(">i", self._rest, 4)[0])
            if length > MESSAGE_BYTES_MAX:
                raise ValueError("too long a text")
            return 8 + length
        if kind in (SET_ENCODINGS, CUT_TEXT):
            return None
        raise ValueError(f"message {kind}")


async def serve(request: web.Request, phone: LivePhone) -> web.WebSocketResponse:
    """Until one of the two hangs up. LabError: the phone is off."""
    reader, writer = await _dial(phone)
    ws = web.WebSocketResponse(
        protocols=("binary",), max_msg_size=MESSAGE_BYTES_MAX, compress=False, heartbeat=20.0
    )
    await ws.prepare(request)
    down = asyncio.create_task(_down(reader, ws))
    try:
        await _up(ws, writer)
    finally:
        down.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await down
        writer.close()
    return ws


async def _dial(phone: LivePhone) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """QEMU listens a moment after it was started."""
    for _ in range(int(DIAL_S / LOOK_S)):
        if phone.state != "on":
            break
        with contextlib.suppress(LabError):
            return await asyncio.open_connection(sock=connect(phone.folder, VNC))
        await asyncio.sleep(LOOK_S)
    raise Refusal("is-off", phone=phone.name)


async def _down(reader: asyncio.StreamReader, ws: web.WebSocketResponse) -> None:
    """Waits for a slow browser, and QEMU then waits for us: pictures are left out, not piled up."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(CHUNK):
            await ws.send_bytes(data)
        await ws.close()


async def _up(ws: web.WebSocketResponse, writer: asyncio.StreamWriter) -> None:
    only = Filter()
    async for message in ws:
        if message.type != WSMsgType.BINARY:
            break
        try:
            writer.write(only.take(message.data))
            await writer.drain()
        except (ValueError, ConnectionError):
            break
    await ws.close()
