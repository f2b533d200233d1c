# SPDX-License-Identifier: MIT
"""
Where things are. FLASHLAB_BUILD names another build folder than build/, FLASHLAB_PHONES another one
for the phones: the workshop's are not among those that a person keeps.
"""

import os
from pathlib import Path

from .errors import LabError

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("FLASHLAB_BUILD") or ROOT / "build").absolute()

PHONES = Path(os.environ.get("FLASHLAB_PHONES") or BUILD / "phones").absolute()
LAST = BUILD / "last"  # what the last `run --fresh` left: phone.json, trace, log, picture
DISKS = BUILD / "disks"  # as they leave the factory, a model and a ROM each: phones get copies
KEYS = BUILD / "keys"

FIRMWARE = BUILD / "bootloader" / "flashlab.bin"
BOARDC = BUILD / "board" / "boardc"
ROMC = BUILD / "rom-images" / "romc"
USERLAND = BUILD / "rom-images" / "userland"
KERNEL = BUILD / "rom-images" / "kernel.lz4"
ROOT_KEY = KEYS / "oem.avbpubkey"

# Debian's arm64 packages: the checkout's, or those of a build folder elsewhere that has its own.
ARM64 = ROOT / "build" / "arm64"
if not (ARM64 / "complete").exists():
    ARM64 = BUILD / "arm64"
# The sources of the page's libraries, in the same way.
WASM = ROOT / "build" / "wasm"
if not (WASM / "complete").exists():
    WASM = BUILD / "wasm"
MODULES = ARM64 / "modules"
BUSYBOX = ARM64 / "busybox"

# What phones and ROMs are made of: a computer that has these needs no compiler.
PARTS = (FIRMWARE, BOARDC, ROMC, USERLAND, KERNEL, KEYS, MODULES, BUSYBOX)

MODEL_FILES = ROOT / "board"
ROM_FILES = ROOT / "rom-images"


def short(path: Path) -> str:
    """As a person in the checkout would write it."""
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def need(*paths: Path) -> None:
    """Says what is not built yet, before anything is begun."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise LabError("not built yet: " + ", ".join(missing) + "\nbuild it with: make")
