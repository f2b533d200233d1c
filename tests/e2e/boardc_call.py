# SPDX-License-Identifier: MIT
"""
boardc, called: what it says when all is well, and when it refuses. Needs only boardc, in the build
folder that FLASHLAB_BUILD names (default build/).
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOARDC = Path(os.environ.get("FLASHLAB_BUILD", ROOT / "build")).resolve() / "board" / "boardc"
HANG_S = 30  # a detector, not a measure

GOOD = """\
codename: test
name: Test phone
released: 2018-06
os: miui
soc: Chip 1
model_numbers: {cn: M1, global: M2}
policy_list: true
protections: [bootloader-lock, verified-boot, anti-rollback]
rollback_index: 2
panel: {width_px: 720, height_px: 1440}
slots: 0
partitions:
  - {name: boot, size: 64 MiB}
  - {name: vbmeta, size: 64 KiB}
  - {name: misc, size: 4 MiB}
  - {name: userdata, size: 4 GiB}
"""


def boardc(*words: object) -> subprocess.CompletedProcess:
    return subprocess.run([BOARDC, *map(str, words)], text=True, capture_output=True, timeout=HANG_S,
                          stdin=subprocess.DEVNULL, check=False, errors="replace")


def succeed(*words: object) -> str:
    done = boardc(*words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def refuse(*words: object) -> str:
    """The one line that says why."""
    done = boardc(*words)
    assert done.returncode == 1 and done.stdout == "", done
    assert done.stderr.count("\n") == 1 and done.stderr.endswith("\n")
    return done.stderr[:-1]


def write_model(folder: Path, text: str | bytes, name: str = "test.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path
