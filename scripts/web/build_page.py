#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
Writes the page into a folder that any web server can serve: `make page`.

    scripts/web/build_page.py [FOLDER]      (default build/page)

core.wasm and its like come from meson (scripts/web/meson.build); ROMs and factory NORs are made
here, with this build's keys. The folder is whole or as it was before.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import factory  # noqa: E402
import licences  # noqa: E402
import stories  # noqa: E402
from account_key import account_key  # noqa: E402
from lab import catalog, paths  # noqa: E402
from lab.errors import LabError  # noqa: E402
from stub import StubRoms  # noqa: E402

MODULES = ("core.wasm", "rom.wasm", "recovery.wasm")
# What of this folder is not for the page.
NOT_SERVED = {".py", ".c", ".build", ".md"}
NODE_ONLY = "node"


def say(message: str) -> None:
    print(f"page: {message}", file=sys.stderr, flush=True)


def write_data(out: Path, folder: Path) -> None:
    """
    models.json, and two packs a model: its factory NORs, and its ROMs, which are much alike; a
    third where the stories need other phones or ROMs.
    """
    roms = StubRoms(folder / "roms")
    models = []
    data = out / "data"
    data.mkdir()
    names = catalog.models()
    told = stories.compile_all()
    for number, model in enumerate(names, 1):
        about, content = factory.model_pack(model, roms, folder)
        models.append(about)
        (data / f"{model}.pack").write_bytes(content)
        about |= write_more(data, model, told, roms, folder)
        pieces: dict[str, bytes] = {}
        for rom in catalog.roms():
            pieces.update(factory.image_pieces(rom, roms.images(model, rom)))
        (data / f"{model}-roms.pack").write_bytes(factory.pack(factory.alike_together(pieces)))
        say(f"[{number}/{len(names)}] {about['name']} ({model})")
    dtb = factory.machine_dtb(folder)
    (data / "machine.dtb").write_bytes(dtb)
    about_roms = [{"name": rom, **about_rom(rom)} for rom in catalog.roms()]
    write_json(data / "account.json", account_key())
    write_json(data / "stories.json", {"stories": told.stories, "elsewhere": told.elsewhere, "exercises": told.exercises})
    table = {"models": models, "roms": about_roms, "seeds": factory.seeds(dtb)}
    write_json(data / "models.json", table)


def write_more(
    data: Path, model: str, told: stories.Compiled, roms: StubRoms, folder: Path
) -> dict:
    """
    ROMs of another rollback index or key - only the images that are others than the usual ROM's -
    and phones whose fuses count something else.
    """
    pieces: dict[str, bytes] = {}
    more = []
    for _, name, options in sorted(p for p in told.packages if p[0] == model and p[2]):
        rom = re.match(r"\w+", name)[0]
        usual = roms.images(model, rom)
        images = roms.images(model, rom, *options).items()
        others = {part: content for part, content in images if content != usual.get(part)}
        pieces.update(factory.image_pieces(name, others))
        more.append(name)
    for _, *words, count in sorted(p for p in told.phones if p[0] == model):
        name = f"nor/{'/'.join(words)}+{count}"
        content = factory.nor(model, *words, folder, "--rollback", count)
        pieces.update(factory.nor_pieces(name, content))
        more.append(name)
    if not more:
        return {}
    (data / f"{model}-more.pack").write_bytes(factory.pack(pieces))
    return {"more": more}


def write_json(file: Path, content: object) -> None:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    file.write_text(text + "\n", encoding="utf-8")


def about_rom(rom: str) -> dict:
    facts = catalog.facts_of_rom(rom)
    return {
        "title": {"en": facts["title"], "zh": facts["title_zh"]},
        "region": facts["region"],
        "official": facts.get("official", True),
    }


def is_served(path: Path) -> bool:
    return path.suffix not in NOT_SERVED and not {"__pycache__", NODE_ONLY} & {*path.parts}


def write_code(out: Path) -> None:
    for path in HERE.rglob("*"):
        if path.is_file() and is_served(path):
            target = out / path.relative_to(HERE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    for name in MODULES:
        source = paths.BUILD / "scripts" / "web" / name
        paths.need(source)
        shutil.copyfile(source, out / name)


def write_build(out: Path) -> None:
    """
    Marks the build: a phone that is kept in a browser belongs to one, as its keys do. Then the list
    of files for the time without a network.
    """
    files = sorted(path for path in out.rglob("*") if path.is_file())
    names = [path.relative_to(out).as_posix() for path in files]
    parts = (name.encode() + path.read_bytes() for name, path in zip(names, files))
    digest = hashlib.sha256(b"".join(parts))
    number = digest.hexdigest()[:16]
    table = out / "data" / "models.json"
    write_json(table, {**json.loads(table.read_text(encoding="utf-8")), "build": number})
    worker = out / "sw.js"
    served = ["./", *(name for name in names if name != worker.name)]
    text = worker.read_text(encoding="utf-8").replace("@BUILD@", number)
    worker.write_text(text.replace('["@FILES@"]', json.dumps(served)), encoding="utf-8")


def check_place(out: Path) -> None:
    """What is there goes: nothing, or a page of before."""
    if out.is_symlink() or out.exists() and not out.is_dir():
        raise LabError(f"{out} is no folder, and stays: name another")
    if out.is_dir() and any(out.iterdir()) and not (out / "core.wasm").is_file():
        raise LabError(f"{out} holds something else than a page, and stays: name another folder")


def build(out: Path) -> None:
    check_place(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".page-") as work:
        folder = Path(work)
        site = folder / "site"
        site.mkdir()
        (folder / "roms").mkdir()
        write_code(site)
        write_data(site, folder)
        licences.write(site / "licences.html")
        write_build(site)
        if out.exists():
            out.rename(folder / "before")
        site.rename(out)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make page", description=__doc__.strip().splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=paths.BUILD / "page")
    out = parser.parse_args(argv).folder.absolute()
    try:
        build(out)
    except (LabError, OSError) as error:
        print(f"page: {error}", file=sys.stderr)
        return 1
    files = [path for path in out.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    say(f"{len(files)} files, {size / 1024:.0f} KiB, in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
