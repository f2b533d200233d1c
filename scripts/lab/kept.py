# SPDX-License-Identifier: MIT
"""
What is kept because making it takes a while: made anew when an input changed.

    FOLDER/.made/KEY.json   of what it was made, and its name      FOLDER/.made/KEY.lock
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
from pathlib import Path
from typing import Callable, Iterator

from . import outside


@contextlib.contextmanager
def kept(
    folder: Path,
    key: str,
    inputs: list,
    *,
    make: Callable[[], str],
    is_whole: Callable[[str], bool],
    remove: Callable[[str], None],
) -> Iterator[str]:
    """
    The name of the thing, made now if it is not there, not whole, or not of today's inputs. Nobody
    else makes it anew before the `with` block is left.
    """
    made = folder / ".made"
    made.mkdir(parents=True, exist_ok=True)
    record = made / f"{key}.json"
    with open(made / f"{key}.lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest = _digest(inputs)
        before = _read(record)
        name = before.get("name", "")
        if before.get("inputs") != digest or not name or not is_whole(name):
            made_now = make()
            if name not in ("", made_now):
                remove(name)
            name = made_now
            record.write_text(json.dumps({"inputs": digest, "name": name}) + "\n", encoding="utf-8")
        # Others may use it at the same time.
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield name


@contextlib.contextmanager
def kept_file(folder: Path, name: str, inputs: list, make: Callable[[Path], None]) -> Iterator[Path]:
    """A file that is made whole or not at all, and anew when an input changed."""

    import tempfile

    def make_whole() -> str:
        with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as work:
            made = Path(work) / name
            make(made)
            _remove(folder / name)
            made.rename(folder / name)
        return name

    with kept(
        folder,
        name,
        inputs,
        make=make_whole,
        is_whole=lambda there: (folder / there).exists(),
        remove=lambda there: _remove(folder / there),
    ) as there:
        yield folder / there


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _read(record: Path) -> dict:
    try:
        data = outside.read_json(record)
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _digest(inputs: list) -> str:
    """Of names, sizes and times, as make looks at them; of folders, what lies directly in them."""
    import hashlib  # takes longer than most that need nothing kept

    seen = hashlib.sha256()
    for word in inputs:
        seen.update(f"{word}\0".encode())
        if isinstance(word, Path) and word.exists():
            files = sorted(word.iterdir()) if word.is_dir() else [word]
            for file in files:
                status = file.lstat() if word.is_dir() else file.stat()
                seen.update(f"{file} {status.st_size} {status.st_mtime_ns}\0".encode())
    return seen.hexdigest()
