# SPDX-License-Identifier: MIT
"""
A second opinion on vbmeta images, keys and ramdisks, written from the formats' own documents (AVB 2.0;
RFC 5958 and 8017; newc) and apart from the C code: what romc makes must satisfy it.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import dataclass, field

SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


@dataclass
class Vbmeta:
    algorithm: int
    rollback_index: int
    flags: int
    public_key: bytes
    properties: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, tuple[int, bytes, bytes]] = field(default_factory=dict)  # size, salt, digest


def _der(data: bytes) -> tuple[bytes, bytes]:
    """The content of the first DER element, and what follows it."""
    size, at = data[1], 2
    if size & 0x80:
        at += size & 0x7f
        size = int.from_bytes(data[2:at], "big")
    assert at + size <= len(data)
    return data[at:at + size], data[at + size:]


def check_private_key(pem: str) -> int:
    """The modulus of an RSA key in a PKCS #8 file, whose numbers must belong together."""
    lines = pem.splitlines()
    assert (lines[0], lines[-1]) == ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----")
    info, rest = _der(base64.b64decode("".join(lines[1:-1]), validate=True))
    assert rest == b""
    _version, rest = _der(info)
    _algorithm, rest = _der(rest)
    key, _ = _der(_der(rest)[0])
    numbers = []
    while key:
        number, key = _der(key)
        numbers.append(int.from_bytes(number, "big"))
    version, n, e, d, p, q, dp, dq, iq = numbers
    assert (version, e, n.bit_length(), p * q) == (0, 65537, 4096, n)
    for base in (2, 3, 65537):  # Fermat: no composite gets past all three by chance
        assert pow(base, p - 1, p) == pow(base, q - 1, q) == 1
    assert e * d % (p - 1) == e * d % (q - 1) == 1
    assert (dp, dq, iq * q % p) == (d % (p - 1), d % (q - 1), 1)
    return n


def check_key(key: bytes) -> int:
    """The modulus of a public key in AVB's form, whose helper numbers must be right."""
    bits, n0inv = struct.unpack(">II", key[:8])
    assert len(key) == 8 + 2 * bits // 8
    modulus = int.from_bytes(key[8:8 + bits // 8], "big")
    assert modulus.bit_length() == bits
    assert n0inv == -pow(modulus, -1, 1 << 32) % (1 << 32)
    assert int.from_bytes(key[8 + bits // 8:], "big") == pow(2, 2 * bits, modulus)
    return modulus


def _check_signature(key: bytes, signature: bytes, digest: bytes) -> None:
    modulus = check_key(key)
    size = len(signature)
    padding = b"\xff" * (size - 3 - len(SHA256_PREFIX) - 32)
    expected = b"\x00\x01" + padding + b"\x00" + SHA256_PREFIX + digest
    opened = pow(int.from_bytes(signature, "big"), 65537, modulus)
    assert opened.to_bytes(size, "big") == expected


def _descriptors(found: Vbmeta, data: bytes) -> None:
    while data:
        tag, following = struct.unpack(">QQ", data[:16])
        assert following % 8 == 0 and following <= len(data) - 16
        body, data = data[16:16 + following], data[16 + following:]
        if tag == 0:
            key_size, value_size = struct.unpack(">QQ", body[:16])
            key = body[16:16 + key_size].decode()
            value = body[17 + key_size:17 + key_size + value_size].decode()
            assert body[16 + key_size] == 0 and not any(body[17 + key_size + value_size:])
            assert key not in found.properties
            found.properties[key] = value
        elif tag == 2:
            size, algorithm, *sizes, flags = struct.unpack(">Q32sIIII", body[:56])
            assert algorithm.rstrip(b"\0") == b"sha256" and flags == 0 and not any(body[56:116])
            parts, at = [], 116
            for length in sizes:
                parts.append(body[at:at + length])
                at += length
            assert not any(body[at:])
            assert parts[0].decode() not in found.hashes
            found.hashes[parts[0].decode()] = (size, parts[1], parts[2])
        else:
            raise AssertionError(f"descriptor {tag}")


def check_vbmeta(image: bytes) -> Vbmeta:
    """Checks everything that the image says of itself and returns it."""
    header = struct.unpack(">4sIIQQIQQQQQQQQQQQII48s80s", image[:256])
    (magic, major, _, auth_size, aux_size, algorithm, hash_at, hash_size, sig_at, sig_size, key_at,
     key_size, _, metadata_size, desc_at, desc_size, rollback, flags, location, _, reserved) = header
    assert (magic, major, location, metadata_size, any(reserved)) == (b"AVB0", 1, 0, 0, False)
    assert auth_size % 64 == 0 and aux_size % 64 == 0 and len(image) == 256 + auth_size + aux_size
    auth, aux = image[256:256 + auth_size], image[256 + auth_size:]
    found = Vbmeta(algorithm, rollback, flags, aux[key_at:key_at + key_size])
    if algorithm == 0:
        assert auth == b"" and found.public_key == b""
    else:
        assert (algorithm, hash_size, sig_size) == (2, 32, 512)
        digest = hashlib.sha256(image[:256] + aux).digest()
        assert auth[hash_at:hash_at + hash_size] == digest
        _check_signature(found.public_key, auth[sig_at:sig_at + sig_size], digest)
    _descriptors(found, aux[desc_at:desc_at + desc_size])
    return found


def check_image(vbmeta: Vbmeta, name: str, image: bytes) -> None:
    size, salt, digest = vbmeta.hashes[name]
    assert size == len(image)
    assert hashlib.sha256(salt + image).digest() == digest


@dataclass
class Entry:
    mode: int
    uid: int
    gid: int
    mtime: int
    device: tuple[int, int]
    content: bytes


def read_newc(archive: bytes) -> dict[str, Entry]:
    """The entries of a ramdisk, in the archive's order."""
    entries, at = {}, 0
    while True:
        assert archive[at:at + 6] == b"070701"
        numbers = [int(archive[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        _, mode, uid, gid, _, mtime, size, _, _, major, minor, name_size, _ = numbers
        name = archive[at + 110:at + 110 + name_size - 1].decode()
        begin = (at + 110 + name_size + 3) & ~3
        at = (begin + size + 3) & ~3
        if name == "TRAILER!!!":
            assert at == len(archive)
            return entries
        assert name not in entries
        entries[name] = Entry(mode, uid, gid, mtime, (major, minor), archive[begin:begin + size])
