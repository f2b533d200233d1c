# SPDX-License-Identifier: MIT
"""
ROMs and tampers that a specification makes of those in rom-images/.

A ROM of one's own:      like: cn            another's manifest
                         keys: {region: ~}   keys of the manifest changed, or (~) left out
                         sign-with: user     oem, reseller, user or none
                         rollback: lower     lower, equal, higher than the model's index; or a number
                         images: {boot: F}   files of one's own, written over its partitions
                         package: DIR        the folder of a fastboot package, all its images
                         zip: FILE           a recovery zip, for the path sideload
A tamper:                flip: boot          one bit of a partition's image (`at`: where, 0 to 1), or zip
                         cut: boot           its second half is gone (`at`), or of the zip
                         sign-with, rollback, keys: as above
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import NamedTuple

from .. import catalog
from ..yaml_lines import Value

SIGNERS = ("oem", "reseller", "user", "none")
ROLLBACKS = ("lower", "equal", "higher")
ROLLBACK_MAX = 64
ZIP = "zip"  # in the place of a partition: the recovery zip itself


class Change(NamedTuple):
    """One image changed: `how` is flip or cut, `at` where: a part of its length, None the usual."""

    how: str
    part: str
    at: float | None = None


class Variant(NamedTuple):
    """What a ROM is, or what a tamper does to it; empty fields change nothing."""

    like: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    sign_with: str = ""
    rollback: str = ""
    images: tuple[tuple[str, Path], ...] = ()
    package: Path | None = None
    zip: Path | None = None
    changes: tuple[Change, ...] = ()

    def tampered(self, tamper: "Variant") -> "Variant":
        return self._replace(
            keys=self.keys + tamper.keys,
            sign_with=tamper.sign_with or self.sign_with,
            rollback=tamper.rollback or self.rollback,
            changes=self.changes + tamper.changes,
        )

    @property
    def is_plain(self) -> bool:
        """Just what rom-images/ says."""
        return self == Variant(like=self.like)

    def described(self) -> str:
        """The same on every computer: files by their names and contents."""
        own = [f"{file.name} {_sha256_now(file)}" for file in self.files()]
        parts = [part for part, _ in self.images]
        return repr((self._replace(images=(), package=None, zip=None), parts, own))

    def files(self) -> list[Path]:
        """The files of one's own that it is made of."""
        own = [path for _, path in self.images]
        own += sorted(self.package.glob("images/*")) if self.package else []
        return own + ([self.zip] if self.zip else [])


def _sha256_now(file: Path) -> str:
    status = file.stat()
    return _sha256(file, status.st_size, status.st_mtime_ns)


@functools.lru_cache(maxsize=None)
def _sha256(file: Path, size: int, mtime_ns: int) -> str:
    digest = hashlib.sha256()
    with open(file, "rb") as source:
        while piece := source.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


PARTS = ("boot", "recovery", "vbmeta", "dtbo", "system")
TAMPERS = {
    "none": Variant(),
    "downgrade": Variant(rollback="lower"),
    "own-key": Variant(sign_with="user"),
    "unsigned": Variant(sign_with="none"),
    **{f"flip-{part}": Variant(changes=(Change("flip", part),)) for part in (*PARTS, ZIP)},
    **{f"cut-{part}": Variant(changes=(Change("cut", part),)) for part in (*PARTS, ZIP)},
}
ROM_FIELDS = ("like", "keys", "sign-with", "rollback", "images", "package", "zip")
TAMPER_FIELDS = ("flip", "cut", "at", "keys", "sign-with", "rollback")


def rom(value: Value, folder: Path) -> Variant:
    """A ROM of one's own; its files are named from the specification's folder."""
    fields = value.map("a ROM", ROM_FIELDS)
    like = fields["like"].text("like") if "like" in fields else ""
    if like and like not in catalog.roms():
        fields["like"].fail(f"there is no ROM {like!r} in rom-images ({', '.join(catalog.roms())})")
    if not like and not ("package" in fields or "zip" in fields):
        value.fail("a ROM needs like: (a ROM of rom-images), package: or zip:")
    images = fields["images"].map("images") if "images" in fields else {}
    return _common(fields)._replace(
        like=like,
        images=tuple((part, _file(image, folder)) for part, image in images.items()),
        package=_package(fields["package"], folder) if "package" in fields else None,
        zip=_file(fields["zip"], folder) if "zip" in fields else None,
    )


def tamper(value: Value) -> Variant:
    fields = value.map("a tamper", TAMPER_FIELDS)
    at = _at(fields["at"]) if "at" in fields else None
    changes = []
    for how in ("flip", "cut"):
        if how in fields:
            part = fields[how].text(how)
            if part not in (*PARTS, ZIP):
                fields[how].fail(f"{how} can be of {', '.join((*PARTS, ZIP))}, not of {part!r}")
            changes.append(Change(how, part, at))
    if at is not None and not changes:
        fields["at"].fail("at: goes with flip or cut")
    return _common(fields)._replace(changes=tuple(changes))


def _common(fields: dict[str, Value]) -> Variant:
    keys = fields["keys"].map("keys") if "keys" in fields else {}
    for key, value in keys.items():
        if not isinstance(value.data, str) or "\n" in value.data:
            value.fail(f"keys: {key} must be one word or line, or ~ to leave it out")
    return Variant(
        keys=tuple((key, str(value.data)) for key, value in keys.items()),
        sign_with=_one_of(fields, "sign-with", SIGNERS),
        rollback=_rollback(fields),
    )


def _one_of(fields: dict[str, Value], name: str, there: tuple[str, ...]) -> str:
    if name not in fields:
        return ""
    word = fields[name].text(name)
    if word not in there:
        fields[name].fail(f"{name} is one of {', '.join(there)}, not {word!r}")
    return word


def _rollback(fields: dict[str, Value]) -> str:
    if "rollback" not in fields:
        return ""
    word = fields["rollback"].text("rollback")
    number = int(word) if word.isascii() and word.isdigit() else -1
    if word not in ROLLBACKS and not 0 <= number <= ROLLBACK_MAX:
        fields["rollback"].fail(f"rollback is {', '.join(ROLLBACKS)} or 0 to {ROLLBACK_MAX}")
    return word


def _at(value: Value) -> float:
    try:
        at = float(value.text("at"))
    except ValueError:
        at = -1.0
    if not 0 <= at < 1:
        value.fail("at: says where, from 0 (the beginning) to below 1 (the end)")
    return at


def _file(value: Value, folder: Path) -> Path:
    path = folder / value.text("a file's name")
    if not path.is_file():
        value.fail(f"there is no file {path}")
    return path


def _package(value: Value, folder: Path) -> Path:
    path = folder / value.text("package")
    if not (path / "images").is_dir():
        value.fail(f"{path} is not the folder of a fastboot package: it has no images/")
    return path
