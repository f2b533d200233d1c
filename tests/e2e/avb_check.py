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
    trees: dict[str, Tree] = field(default_factory=dict)
    cmdlines: list[tuple[int, str]] = field(default_factory=list)  # flags, words
    chains: dict[str, tuple[int, bytes]] = field(default_factory=dict)  # location, public key
    size: int = 0


@dataclass
class Tree:
    image_size: int
    offset: int
    size: int
    salt: bytes
    root: bytes


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


def _take(body: bytes, at: int, *lengths: int) -> list[bytes]:
    """Parts that lie one after the other, and then nothing but padding."""
    parts = []
    for length in lengths:
        parts.append(body[at:at + length])
        assert len(parts[-1]) == length
        at += length
    assert not any(body[at:]) and len(body) - at < 8
    return parts


def _property(found: Vbmeta, body: bytes) -> None:
    key_size, value_size = struct.unpack(">QQ", body[:16])
    key, value = _take(body, 16, key_size + 1, value_size + 1)
    assert key[-1] == value[-1] == 0
    assert key[:-1].decode() not in found.properties
    found.properties[key[:-1].decode()] = value[:-1].decode()


def _hashtree(found: Vbmeta, body: bytes) -> None:
    (version, image_size, offset, size, data_block, hash_block, fec_roots, fec_offset, fec_size,
     algorithm, *lengths, flags) = struct.unpack(">IQQQIIIQQ32sIIII", body[:104])
    assert (version, data_block, hash_block, flags) == (1, 4096, 4096, 0)
    assert (fec_roots, fec_offset, fec_size) == (0, 0, 0)
    assert algorithm.rstrip(b"\0") == b"sha256" and not any(body[104:164])
    name, salt, root = _take(body, 164, *lengths)
    assert len(root) == 32 and name.decode() not in found.trees
    found.trees[name.decode()] = Tree(image_size, offset, size, salt, root)


def _hash(found: Vbmeta, body: bytes) -> None:
    size, algorithm, *lengths, flags = struct.unpack(">Q32sIIII", body[:56])
    assert algorithm.rstrip(b"\0") == b"sha256" and flags == 0 and not any(body[56:116])
    name, salt, digest = _take(body, 116, *lengths)
    assert name.decode() not in found.hashes
    found.hashes[name.decode()] = (size, salt, digest)


def _cmdline(found: Vbmeta, body: bytes) -> None:
    flags, length = struct.unpack(">II", body[:8])
    assert flags in (0, 1, 2)
    found.cmdlines.append((flags, _take(body, 8, length)[0].decode("ascii")))


def _chain(found: Vbmeta, body: bytes) -> None:
    location, *lengths = struct.unpack(">III", body[:12])
    assert location > 0 and not any(body[12:76])
    name, key = _take(body, 76, *lengths)
    check_key(key)
    assert name.decode() not in found.chains
    assert location not in [used for used, _ in found.chains.values()]
    found.chains[name.decode()] = (location, key)


KINDS = {0: _property, 1: _hashtree, 2: _hash, 3: _cmdline, 4: _chain}


def _descriptors(found: Vbmeta, data: bytes) -> None:
    while data:
        tag, following = struct.unpack(">QQ", data[:16])
        assert following % 8 == 0 and following <= len(data) - 16
        KINDS[tag](found, data[16:16 + following])
        data = data[16 + following:]
    spoken_for = [*found.hashes, *found.trees, *found.chains]
    assert len(spoken_for) == len(set(spoken_for))


def check_vbmeta(image: bytes) -> Vbmeta:
    """Checks everything that the image says of itself and returns it."""
    header = struct.unpack(">4sIIQQIQQQQQQQQQQQII48s80s", image[:256])
    (magic, major, _, auth_size, aux_size, algorithm, hash_at, hash_size, sig_at, sig_size, key_at,
     key_size, _, metadata_size, desc_at, desc_size, rollback, flags, location, _, reserved) = header
    assert (magic, major, location, metadata_size, any(reserved)) == (b"AVB0", 1, 0, 0, False)
    assert auth_size % 64 == 0 and aux_size % 64 == 0 and len(image) == 256 + auth_size + aux_size
    auth, aux = image[256:256 + auth_size], image[256 + auth_size:]
    found = Vbmeta(algorithm, rollback, flags, aux[key_at:key_at + key_size], size=len(image))
    if algorithm == 0:
        assert auth == b"" and found.public_key == b""
    else:
        assert (algorithm, hash_size, sig_size) == (2, 32, 512)
        digest = hashlib.sha256(image[:256] + aux).digest()
        assert auth[hash_at:hash_at + hash_size] == digest
        _check_signature(found.public_key, auth[sig_at:sig_at + sig_size], digest)
    _descriptors(found, aux[desc_at:desc_at + desc_size])
    return found


def check_footer(image: bytes) -> tuple[int, Vbmeta]:
    """The size of the content before its tree and vbmeta, and the vbmeta that the footer points at."""
    magic, major, minor, content, offset, size = struct.unpack(">4sIIQQQ", image[-64:-28])
    assert (magic, major, minor, any(image[-28:])) == (b"AVBf", 1, 0, False)
    assert offset % 4096 == 0 and content <= offset and offset + size <= len(image) - 64
    return content, check_vbmeta(image[offset:offset + size])


def check_chained(vbmeta: Vbmeta, name: str, image: bytes, location: int) -> Vbmeta:
    """A partition with its own vbmeta, which `vbmeta` hands its say to."""
    content, own = check_footer(image)
    assert vbmeta.chains[name] == (location, own.public_key)
    # A recovery says all of itself, so that it stands alone; others nothing.
    assert own.properties == (vbmeta.properties if name == "recovery" else {})
    assert (own.flags, own.cmdlines, own.chains) == (0, [], {})
    assert list(own.hashes) == [name]
    check_image(own, name, image[:content])
    return own


def check_tree(tree: Tree, image: bytes) -> None:
    """Builds the whole tree again, from the blocks up, as dm-verity lays it out."""
    assert tree.image_size % 4096 == 0 and 2 * 4096 <= tree.image_size <= tree.offset
    blocks = [image[at:at + 4096] for at in range(0, tree.image_size, 4096)]
    levels = []
    while len(blocks) > 1:
        hashes = b"".join(hashlib.sha256(tree.salt + block).digest() for block in blocks)
        hashes += bytes(-len(hashes) % 4096)
        levels.insert(0, hashes)
        blocks = [hashes[at:at + 4096] for at in range(0, len(hashes), 4096)]
    assert b"".join(levels) == image[tree.offset:tree.offset + tree.size]
    assert hashlib.sha256(tree.salt + blocks[0]).digest() == tree.root


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
