# SPDX-License-Identifier: MIT
"""
What a phone's NOR remembers, changed from outside: the key that its owner enrolled, and the stored
indexes. Layout: bootloader/format/state_record.h and nor_map.h.

Written apart from the firmware, for phones that a test wants in a certain state.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

OFFSETS = (0x180000, 0x1C0000)
MAGIC = b"FLSTATE1"
RECORD_BYTES = 340
USER_KEY_OFFSET, ROLLBACK_OFFSET, SEQUENCE_OFFSET, CRC_OFFSET = 40, 72, 328, 336


def enroll(nor: Path, key: bytes, rollback: dict[int, int] | None = None) -> None:
    """The digest of the user's public key (AVB form), and indexes by their location."""
    with open(nor, "r+b") as file:
        for offset in OFFSETS:
            file.seek(offset)
            record = bytearray(file.read(RECORD_BYTES))
            if record[:8] != MAGIC:
                continue
            crc = struct.unpack_from("<I", record, CRC_OFFSET)[0]
            assert crc == zlib.crc32(record[:CRC_OFFSET]), "the factory's record is damaged"
            record[USER_KEY_OFFSET : USER_KEY_OFFSET + 32] = hashlib.sha256(key).digest()
            for location, index in (rollback or {}).items():
                struct.pack_into("<Q", record, ROLLBACK_OFFSET + 8 * location, index)
            struct.pack_into("<I", record, CRC_OFFSET, zlib.crc32(record[:CRC_OFFSET]))
            file.seek(offset)
            file.write(record)


def stored_index(nor: Path, location: int) -> int:
    """Of the record that counts: the one with the higher sequence."""
    data = nor.read_bytes()
    records = [data[offset : offset + RECORD_BYTES] for offset in OFFSETS]
    valid = [record for record in records if record[:8] == MAGIC]
    newest = max(valid, key=lambda record: struct.unpack_from("<Q", record, SEQUENCE_OFFSET)[0])
    return struct.unpack_from("<Q", newest, ROLLBACK_OFFSET + 8 * location)[0]
