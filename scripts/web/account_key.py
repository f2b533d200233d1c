# SPDX-License-Identifier: MIT
"""
The key of the lab's account service for the page: build/keys/oem.pem (PKCS #8, RFC 5208): its
primes, in hex.

It is this checkout's own, made at its first build, and opens the phones of the same build alone; so
a page may show it. The page's account service signs with it, in the reader's browser.
"""

from __future__ import annotations

import base64
from pathlib import Path

from lab import paths
from lab.errors import LabError

NUMBERS = ("version", "n", "e", "d", "p", "q", "dp", "dq", "qinv")  # RFC 8017, A.1.2
BANNER = "PRIVATE KEY-----"


def _elements(der: bytes) -> list[bytes]:
    """The contents of the elements that lie one behind the other."""
    found = []
    while der:
        length, begin = der[1], 2
        if length & 0x80:
            begin = 2 + (length & 0x7F)
            length = int.from_bytes(der[2:begin], "big")
        found.append(der[begin : begin + length])
        der = der[begin + length :]
    return found


def account_key() -> dict:
    """The maker's; and `plain`, the one of an account that the maker never authorised."""
    paths.need(paths.ROOT_KEY)
    return {**_key(paths.ROOT_KEY), "plain": _key(paths.ROOT_KEY.with_name("user.avbpubkey"))}


def _key(public: Path) -> dict[str, str]:
    file = public.with_suffix(".pem")
    try:
        body = file.read_text(encoding="ascii").split(BANNER)[1].split("-----")[0]
        outer = _elements(_elements(base64.b64decode(body))[0])
        numbers = dict(zip(NUMBERS, _elements(_elements(outer[2])[0])))
    except (OSError, ValueError, IndexError) as error:
        raise LabError(f"{file} cannot be used: {error}; make builds it") from None
    return {name: numbers[name].hex() for name in ("p", "q")}
