# SPDX-License-Identifier: MIT
"""What romc is told for a ROM that is not just what rom-images/ says."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from .. import paths, store
from ..errors import LabError
from .variants import ROLLBACK_MAX, Variant

STEPS = {"lower": -1, "equal": 0, "higher": 1}


def key(model: str, variant: Variant) -> str:
    """A name for the result, the same on every computer."""
    if variant.is_plain:
        return f"{model}-{variant.like}"
    return f"{model}-{hashlib.sha256(variant.described().encode()).hexdigest()[:12]}"


def inputs(model: str, variant: Variant) -> list:
    """All that the result depends on: for kept.py."""
    return [
        paths.ROMC,
        *store.rom_inputs(model, variant.like or "cn"),
        variant.described(),
        *variant.files(),
    ]


def words(model: str, variant: Variant, work: Path) -> list:
    """romc's words after its command; a manifest of one's own is written into `work`."""
    said = store.rom_inputs(model, variant.like)
    said[0] = _manifest(variant, work)
    if variant.sign_with:
        said += ["--sign-with", variant.sign_with]
    if variant.rollback:
        said += ["--rollback-index", str(_index(model, variant.rollback))]
    return said


def _manifest(variant: Variant, work: Path) -> Path:
    original = paths.ROM_FILES / f"{variant.like}.yaml"
    if not variant.keys:
        return original
    changed = dict(variant.keys)
    lines = original.read_text(encoding="utf-8").splitlines()
    left = [line for line in lines if line.split(":")[0] not in changed]
    left += [f"{key}: {value}" for key, value in changed.items() if value]
    work.mkdir(parents=True, exist_ok=True)
    mine = work / f"{variant.like}.yaml"
    mine.write_text("\n".join(left) + "\n", encoding="utf-8")
    return mine


def _index(model: str, rollback: str) -> int:
    if rollback not in STEPS:
        return int(rollback)
    file = paths.MODEL_FILES / f"{model}.yaml"
    try:
        facts = json.loads(subprocess.check_output([paths.BOARDC, "facts", file]))
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise LabError(f"{file}: {error}") from None
    index = int(facts.get("rollback_index") or 0) + STEPS[rollback]
    if not 0 <= index <= ROLLBACK_MAX:
        raise LabError(f"{model}: there is no rollback index {rollback} than its own, {index}", code=2)
    return index
