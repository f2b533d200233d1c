# SPDX-License-Identifier: MIT
"""RSA signatures with the lab's own keys (build/keys), apart from romc: PKCS#1 v1.5 over SHA-256, RFC 8017."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import NamedTuple

from lab.errors import LabError

SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
SEQUENCE = 0x30
PEM_BEGIN, PEM_END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"


class Key(NamedTuple):
    modulus: int
    exponent: int  # the private one
    public: bytes  # as AVB lays it out


def load(folder: Path, name: str) -> Key:
    """NAME.pem (PKCS #8) and NAME.avbpubkey, as romc wrote them."""
    try:
        text = (folder / f"{name}.pem").read_text(encoding="ascii")
        public = (folder / f"{name}.avbpubkey").read_bytes()
        body = text.partition(PEM_BEGIN)[2].partition(PEM_END)[0]
        outer = _parts(_take(base64.b64decode(body), SEQUENCE)[0])
        numbers = _parts(_take(outer[2][1], SEQUENCE)[0])
        modulus, exponent = (int.from_bytes(numbers[i][1], "big") for i in (1, 3))
    except (OSError, ValueError, IndexError) as error:
        raise LabError(f"{folder}/{name}.pem cannot be used: {error}; make builds it") from None
    return Key(modulus, exponent, public)


def sign(key: Key, message: bytes) -> bytes:
    size = (key.modulus.bit_length() + 7) // 8
    tail = SHA256_PREFIX + hashlib.sha256(message).digest()
    padded = b"\0\1" + b"\xff" * (size - 3 - len(tail)) + b"\0" + tail
    return pow(int.from_bytes(padded, "big"), key.exponent, key.modulus).to_bytes(size, "big")


def _take(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first DER element, which must have that tag, and what follows it."""
    if len(data) < 2 or data[0] != tag:
        raise ValueError("not the DER of an RSA key")
    length, start = data[1], 2
    if length & 0x80:
        start = 2 + (length & 0x7F)
        length = int.from_bytes(data[2:start], "big")
    if start + length > len(data):
        raise ValueError("the DER is cut off")
    return data[start : start + length], data[start + length :]


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    while data:
        tag = data[0]
        content, data = _take(data, tag)
        found.append((tag, content))
    return found
