# SPDX-License-Identifier: MIT
"""
ROM packages for fastboot: every model's, kept in build/roms and made anew when an input changed.

    NAME/, NAME.tgz, NAME-img.zip   what romc wrote      .made/MODEL-ROM.json   of what, and its name
"""

from __future__ import annotations

import argparse
import concurrent.futures
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from . import catalog, paths, store
from .errors import LabError

ROMS = paths.BUILD / "roms"
TEMPLATES = paths.ROM_FILES / "flash_scripts"
RESELLERS_END = "2018"  # shops put their ROMs on phones from before the lock
PARTS = ("", ".tgz", "-img.zip")
WORKERS = min(4, os.cpu_count() or 1)
STALE_S = 600  # what an interrupted romc left is swept away after this


def fits(model: str, rom: str) -> bool:
    """Is there such a package? The maker's ROMs are there for every model."""
    if catalog.facts_of_rom(rom).get("official", True):
        return True
    return str(catalog.facts_of_model(model).get("released", "")) < RESELLERS_END


def all_packages() -> list[tuple[str, str]]:
    return [(m, r) for m in catalog.models() for r in catalog.roms() if fits(m, r)]


def package(model: str, rom: str, out: Path = ROMS) -> Path:
    """The folder of the package, made now if it is not there or not of today's inputs."""
    catalog.check("model", model)
    catalog.check("rom", rom)
    made = out / ".made"
    made.mkdir(parents=True, exist_ok=True)
    with open(made / f"{model}-{rom}.lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _package(model, rom, out, made / f"{model}-{rom}.json")


def _package(model: str, rom: str, out: Path, record: Path) -> Path:
    paths.need(paths.ROMC, paths.ROOT_KEY, paths.KERNEL, paths.BUSYBOX)
    inputs = [*store.rom_inputs(model, rom), "--scripts", TEMPLATES]
    digest = _digest([paths.ROMC, *inputs])
    before = _read(record)
    if before.get("inputs") == digest and _is_whole(out, before.get("name", "")):
        return out / before["name"]
    name = _romc(["package", *inputs, "-o", out])
    if before.get("name") not in (None, name):
        _remove(out, before["name"])
    record.write_text(json.dumps({"inputs": digest, "name": name}) + "\n", encoding="utf-8")
    return out / name


def _romc(words: list) -> str:
    done = subprocess.run(
        [str(paths.ROMC), *map(str, words)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LabError(done.stderr.strip() or f"romc ended with {done.returncode}")
    return done.stdout.strip()


def _read(record: Path) -> dict:
    try:
        data = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _is_whole(out: Path, name: str) -> bool:
    return bool(name) and all((out / f"{name}{part}").exists() for part in PARTS)


def _remove(out: Path, name: str) -> None:
    shutil.rmtree(out / name, ignore_errors=True)
    for part in PARTS[1:]:
        (out / f"{name}{part}").unlink(missing_ok=True)


def _digest(inputs: list) -> str:
    """Of names, sizes and times, as make looks at them; of folders, what lies directly in them."""
    seen = hashlib.sha256()
    for word in inputs:
        seen.update(f"{word}\0".encode())
        if isinstance(word, Path) and word.exists():
            files = sorted(word.iterdir()) if word.is_dir() else [word]
            for file in files:
                status = file.lstat() if word.is_dir() else file.stat()
                seen.update(f"{file} {status.st_size} {status.st_mtime_ns}\0".encode())
    return seen.hexdigest()


def _sweep(out: Path) -> None:
    for left in out.glob(".package-*"):
        try:
            if time.time() - left.stat().st_mtime > STALE_S:
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue


def _used_bytes(out: Path) -> int:
    files = {(s.st_dev, s.st_ino): s.st_blocks * 512 for s in (f.stat() for f in out.rglob("*"))}
    return sum(files.values())


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/roms",
        description="Builds ROM packages for fastboot into build/roms: all, or those of some models.",
    )
    parser.add_argument("models", metavar="MODEL", nargs="*", help="codenames (default: all)")
    parser.add_argument("--rom", metavar="ROM", help="only this ROM")
    args = parser.parse_args(argv)
    try:
        for model in args.models:
            catalog.check("model", model)
        if args.rom:
            catalog.check("rom", args.rom)
        wanted = [
            (model, rom)
            for model, rom in all_packages()
            if model in (args.models or [model]) and rom == (args.rom or rom)
        ]
        return _build_all(wanted)
    except LabError as error:
        print(f"roms: {error}", file=sys.stderr)
        return error.code
    except OSError as error:
        print(f"roms: {error}", file=sys.stderr)
        return 1


def _build_all(wanted: list[tuple[str, str]]) -> int:
    if not wanted:
        raise LabError("there is no such package", code=2)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        try:
            done = pool.map(lambda choice: package(*choice), wanted)
            for number, ((model, rom), folder) in enumerate(zip(wanted, done), 1):
                said = f"[{number}/{len(wanted)}] {model} {rom}: {folder.name}"
                print(said, file=sys.stderr, flush=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    _sweep(ROMS)
    size = _used_bytes(ROMS) / (1 << 20)
    print(f"{len(wanted)} packages in {os.path.relpath(ROMS)}, {size:.0f} MiB", file=sys.stderr)
    return 0
