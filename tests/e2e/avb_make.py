# SPDX-License-Identifier: MIT
"""
Makes vbmeta images, hash trees and keys of every kind that AVB 2.0 has, from its own documents (README
of AOSP's external/avb; dm-verity's in the Linux kernel) and apart from the C code.
"""

from __future__ import annotations

import base64
import hashlib
import math
import secrets
import struct
from typing import NamedTuple

# By their number in the header: hash function, bits of RSA.
ALGORITHMS = {
    "SHA256_RSA2048": (1, "sha256", 2048),
    "SHA256_RSA4096": (2, "sha256", 4096),
    "SHA256_RSA8192": (3, "sha256", 8192),
    "SHA512_RSA2048": (4, "sha512", 2048),
    "SHA512_RSA4096": (5, "sha512", 4096),
    "SHA512_RSA8192": (6, "sha512", 8192),
}
# RFC 8017, 9.2: the DER of the digest's name.
PREFIXES = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
EXPONENT = 65537
BLOCK = 4096
VBMETA_ROOM = 65536


# A number that has a divisor in common with it is no prime, and most have: one look at many divisors.
SMALL = math.prod(n for n in range(3, 2000, 2) if all(n % m for m in range(3, math.isqrt(n) + 1, 2)))


class Key(NamedTuple):
    modulus: int
    exponent: int  # the private one
    primes: tuple[int, int] | None = None  # with them it signs four times as fast

    def private(self, number: int) -> int:
        if not self.primes:
            return pow(number, self.exponent, self.modulus)
        p, q = self.primes
        by_p, by_q = pow(number, self.exponent % (p - 1), p), pow(number, self.exponent % (q - 1), q)
        return by_q + q * ((by_p - by_q) * pow(q, -1, p) % p)

    @property
    def bits(self) -> int:
        return self.modulus.bit_length()


def _prime(bits: int) -> int:
    while True:
        number = secrets.randbits(bits) | 3 << bits - 2 | 1
        if math.gcd(number, SMALL) == 1 and _is_prime(number):
            return number


def _is_prime(number: int, rounds: int = 8) -> bool:
    """Miller and Rabin's."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(rounds):
        power = pow(secrets.randbelow(number - 3) + 2, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def new_key(bits: int) -> Key:
    while True:
        p, q = _prime(bits // 2), _prime(bits // 2)
        totient = (p - 1) * (q - 1)
        if p != q and totient % EXPONENT:
            return Key(p * q, pow(EXPONENT, -1, totient), (p, q))


def no_key(bits: int) -> Key:
    """One that nobody can sign with: for what is refused before a signature is looked at."""
    return Key(secrets.randbits(bits) | 1 << bits - 1 | 1, 1)


def key_in(pem: str) -> Key:
    """Of a PKCS #8 file, as romc writes it."""
    body = base64.b64decode("".join(pem.splitlines()[1:-1]))
    _version, _algorithm, packed = _numbers(body)
    _version, *numbers = (int.from_bytes(number, "big") for number in _numbers(packed))
    modulus, _public, exponent, p, q = numbers[:5]
    return Key(modulus, exponent, (p, q))


def _numbers(der: bytes) -> list[bytes]:
    """What is in a sequence, one after the other."""
    found, rest = [], _take(der)[0]
    while rest:
        content, rest = _take(rest)
        found.append(content)
    return found


def _take(der: bytes) -> tuple[bytes, bytes]:
    size, at = der[1], 2
    if size & 0x80:
        at += size & 0x7F
        size = int.from_bytes(der[2:at], "big")
    return der[at : at + size], der[at + size :]


def public(key: Key) -> bytes:
    size = key.bits // 8
    head = struct.pack(">II", key.bits, -pow(key.modulus, -1, 1 << 32) % (1 << 32))
    return head + key.modulus.to_bytes(size, "big") + pow(2, 2 * key.bits, key.modulus).to_bytes(size, "big")


def signature(key: Key, function: str, digest: bytes) -> bytes:
    size, tail = key.bits // 8, PREFIXES[function] + digest
    padded = b"\0\1" + b"\xff" * (size - 3 - len(tail)) + b"\0" + tail
    return key.private(int.from_bytes(padded, "big")).to_bytes(size, "big")


def _descriptor(tag: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 8)
    return struct.pack(">QQ", tag, len(body)) + body


def property_of(key: str, value: str) -> bytes:
    name, text = key.encode(), value.encode()
    return _descriptor(0, struct.pack(">QQ", len(name), len(text)) + name + b"\0" + text + b"\0")


def hash_of(name: str, image: bytes, function: str = "sha256", salt: bytes = b"", digest: bytes | None = None) -> bytes:
    if digest is None:
        digest = hashlib.new(function, salt + image).digest()
    lengths = struct.pack(">IIII", len(name), len(salt), len(digest), 0)
    head = struct.pack(">Q32s", len(image), function.encode()) + lengths + bytes(60)
    return _descriptor(2, head + name.encode() + salt + digest)


def tree_over(image: bytes, function: str, salt: bytes) -> tuple[bytes, bytes]:
    """The tree and its root digest: a level's digests fill their places up to a power of two."""
    place = {20: 32, 32: 32, 64: 64}[hashlib.new(function).digest_size]
    blocks, levels = [image[at : at + BLOCK] for at in range(0, len(image), BLOCK)], []
    while len(blocks) > 1:
        level = b"".join(hashlib.new(function, salt + block).digest().ljust(place, b"\0") for block in blocks)
        level += bytes(-len(level) % BLOCK)
        levels.insert(0, level)
        blocks = [level[at : at + BLOCK] for at in range(0, len(level), BLOCK)]
    return b"".join(levels), hashlib.new(function, salt + blocks[0]).digest()


def hashtree_of(name: str, size: int, tree_size: int, root: bytes, function: str, salt: bytes) -> bytes:
    """Of a tree right behind the image."""
    head = struct.pack(">IQQQIIIQQ32s", 1, size, size, tree_size, BLOCK, BLOCK, 0, 0, 0, function.encode())
    head += struct.pack(">IIII", len(name), len(salt), len(root), 0) + bytes(60)
    return _descriptor(1, head + name.encode() + salt + root)


def cmdline_of(words: bytes, flags: int = 0) -> bytes:
    return _descriptor(3, struct.pack(">II", flags, len(words)) + words)


def chain_of(name: str, location: int, key: Key) -> bytes:
    blob = public(key)
    head = struct.pack(">IIII", location, len(name), len(blob), 0) + bytes(60)
    return _descriptor(4, head + name.encode() + blob)


def _block(data: bytes) -> bytes:
    return data + bytes(-len(data) % 64)


def vbmeta(
    key: Key, algorithm: str, *descriptors: bytes, index: int = 0, minor: int = 0, flags: int = 0
) -> bytes:
    """Header, authentication block (hash, signature), auxiliary block (descriptors, key)."""
    number, function, bits = ALGORITHMS[algorithm]
    assert key.bits == bits
    listed, blob = b"".join(descriptors), public(key)
    auxiliary = _block(listed + blob)
    hash_size, signature_size = hashlib.new(function).digest_size, bits // 8
    header = struct.pack(
        ">4sIIQQIQQQQQQQQQQQII48s80s", b"AVB0", 1, minor, -(-(hash_size + signature_size) // 64) * 64,
        len(auxiliary), number, 0, hash_size, hash_size, signature_size, len(listed), len(blob),
        len(listed) + len(blob), 0, 0, len(listed), index, flags, 0, b"avb_make", b"",
    )  # fmt: skip
    digest = hashlib.new(function, header + auxiliary).digest()
    return header + _block(digest + signature(key, function, digest)) + auxiliary


def with_footer(image: bytes, own_vbmeta: bytes, size: int) -> bytes:
    """A partition of that size that carries its own vbmeta behind its image."""
    at = -(-len(image) // BLOCK) * BLOCK
    whole = (image.ljust(at, b"\0") + own_vbmeta).ljust(size - 64, b"\0")
    assert len(whole) == size - 64, "it does not fit"
    return whole + struct.pack(">4sIIQQQ28s", b"AVBf", 1, 0, len(image), at, len(own_vbmeta), b"")


def boot_image(kernel: bytes, ramdisk: bytes, page: int = 2048) -> bytes:
    """A header of version 0, kernel and ramdisk, each in whole pages."""
    head = struct.pack("<8s10I", b"ANDROID!", len(kernel), 0, len(ramdisk), 0, 0, 0, 0, page, 0, 0)
    return b"".join(part + bytes(-len(part) % page) for part in (head, kernel, ramdisk))
