# SPDX-License-Identifier: MIT
"""
A recovery ROM without some of its images, or with no more than the beginning of each, sealed anew:
small enough for a slow cable. Written from rom-images/package/recovery_zip_format.h, apart from romc.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import rsa_sign

from lab import paths

PURPOSE = b"flashlab recovery ROM 1\0"
SIGNER = b"signed by flashlab's romc\0"
BLOCK = 65536
COMMENT = 544


def small_zip(
    source: Path, *left_out: str, signed_by: str = "oem", most_bytes: int | None = None
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(out, "w") as small:
        for info in whole.infolist():
            if info.filename not in left_out:
                small.writestr(info, whole.read(info)[:most_bytes])
        small.comment = bytes(COMMENT)
    signed = out.getvalue()[: -COMMENT - 2]
    message = PURPOSE + len(signed).to_bytes(8, "little")
    for at in range(0, len(signed), BLOCK):
        message += hashlib.sha256(signed[at : at + BLOCK]).digest()
    signature = rsa_sign.sign(rsa_sign.load(paths.KEYS, signed_by), message)
    end = (518).to_bytes(2, "little") + b"\xff\xff" + COMMENT.to_bytes(2, "little")
    return signed + COMMENT.to_bytes(2, "little") + SIGNER + signature + end
