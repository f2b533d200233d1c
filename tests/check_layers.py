#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks the walls: who may include whom, that no two files need each other, what the core may need.

    check_layers.py SOURCE_ROOT CORE_ARCHIVE [--nm NM]      the tree, and the core as built for the phone
    check_layers.py --self-test SOURCE_ROOT [--nm NM --cc CC]  plants one violation of each and must see it

Prints a line a violation, `file:line: what`, and ends with exit 1 when there is one.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# Look only to your left; fastboot and rescue stand side by side (FORBIDDEN).
CORE = ["base", "format", "iface", "board", "storage", "verify", "policy", "screen", "fastboot", "rescue", "boot", "flow"]
HARDWARE = ["base", "format", "iface", "arch", "driver", "port"]
SEES_BOTH_RAILS = "port"

# Headers outside bootloader/ that its code may include, and from where.
OUTSIDE = {"board/board_dt.h": {"board", "boot"}}

# The host's rooms, and those that each may look into. The phone's writers and programs share its formats.
SHARED = {"bootloader/base", "bootloader/format"}
HOST = {
    "board": SHARED | {"bootloader/board"},
    "rom-images/write": SHARED | {"board"},
    "rom-images/rom": SHARED | {"board", "rom-images/write"},
    "rom-images/package": SHARED | {"board", "rom-images/write", "rom-images/rom"},
    "rom-images": SHARED | {"board", "rom-images/write", "rom-images/rom", "rom-images/package"},
    "rom-images/userland": SHARED | {"bootloader/screen"},
    "rom-images/userland/adb": SHARED | {"rom-images/userland"},
    "rom-images/userland/rom": SHARED | {"rom-images/userland", "bootloader/screen"},
    "rom-images/userland/recovery": SHARED | {"rom-images/userland", "rom-images/userland/adb", "bootloader/screen"},
    "rom-images/kernel-module": set(),
    "scripts/usb": SHARED | {"bootloader/rescue", "rom-images/write"},
}
# One header of a room that is closed otherwise, and whom it is for.
OPEN_HEADERS = {
    "bootloader/verify/boot_image.h": {"rom-images/rom"},
    "bootloader/verify/signature.h": {"rom-images/userland/recovery"},
    "rom-images/package/recovery_zip_format.h": {"rom-images/userland/recovery"},
}

# What a folder, or one file, must not reach, also not by way of another header, and why.
FORBIDDEN = [
    ("port/web_page.c", re.compile(r"^(arch|driver)/"), "a web page has no machine under it"),
    ("policy", re.compile(r"^iface/"), "policy/ cannot do I/O, not even by mistake"),
    ("verify", re.compile(r"^storage/(gpt|state)\.h$"), "verify/ sees partitions, never the disk"),
    ("rescue", re.compile(r"^fastboot/"), "rescue/ answers a phone on which fastboot is gone: it stands on its own"),
]

# Start-up order is written down, never left to the linker; and nothing is replaced behind the reader's back.
FORBIDDEN_WORDS = re.compile(r"__attribute__\s*\(\(.*\b(weak|constructor|destructor|section)\b|#\s*pragma\s+weak")

# What the core may take from elsewhere: the memory and string functions of compiler and C library, and the
# two libraries.
ALLOWED_SYMBOLS = re.compile(
    r"^(mem(cpy|move|set|cmp|chr)|str(n?len|n?cmp|r?chr|c?spn)|fdt_\w+|inflateBack(Init_)?)$"
)
WRITABLE = set("DdBbCSsGg")

CORE_ROOT = "bootloader/"
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
CODE = [*HOST, "bootloader"]  # where C is
PLACES = ["", "bootloader/", "scripts/", "rom-images/", "rom-images/userland/"]  # that an include may name a file from


def layer_of(path: str) -> str:
    """The folder of a file of bootloader/; "" for one that lies in no folder."""
    inside = path.removeprefix(CORE_ROOT)
    return inside.split("/")[0] if "/" in inside else ""


def room_of(path: str) -> str:
    return path.rpartition("/")[0]


def allowed(user: str, used: str) -> bool:
    if user == SEES_BOTH_RAILS:
        return True
    return any(user in rail and used in rail and rail.index(used) <= rail.index(user) for rail in (CORE, HARDWARE))


def module_of(name: str) -> str:
    """A file and its header."""
    return name.rsplit(".", 1)[0]


def way_back(module: str, needs: dict[str, set[str]]) -> list[str] | None:
    """The shortest way from a module back to itself."""
    ways = [[module]]
    seen = {module}
    while ways:
        way = ways.pop(0)
        for used in sorted(needs.get(way[-1], set()) - {way[-1]}):
            if used == module:
                return way
            if used not in seen:
                seen.add(used)
                ways.append([*way, used])
    return None


class Tree:
    """The sources in C, by their paths, and what they include: the words, and the file that is meant."""

    def __init__(self, root: Path) -> None:
        self.problems: list[str] = []
        paths = {path for folder in CODE for path in (root / folder).rglob("*.[chS]")}
        texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in sorted(paths)}
        self.includes: dict[str, list[tuple[int, str, str]]] = {}
        for name, text in texts.items():
            found = self.includes.setdefault(name, [])
            for n, line in enumerate(text.splitlines(), 1):
                if match := INCLUDE.match(line):
                    found.append((n, match[1], self.meant(name, match[1], texts)))
                if name.startswith(CORE_ROOT) and FORBIDDEN_WORDS.search(line):
                    self.report(name, n, "no weak symbols, constructors or sections: call it by name")

    @staticmethod
    def meant(user: str, words: str, known: dict[str, str]) -> str:
        """The file; "" when it is none of these."""
        places = ["bootloader/"] if user.startswith(CORE_ROOT) else PLACES
        return next((place + words for place in places if place + words in known), "")

    def report(self, name: str, line: int, what: str) -> None:
        self.problems.append(f"{name}:{line}: {what}")

    def check_core(self) -> None:
        for name, includes in self.includes.items():
            if not name.startswith(CORE_ROOT):
                continue
            user = layer_of(name)
            if user not in CORE + HARDWARE:
                self.report(name, 1, "belongs to a folder: the stage whose question it answers, or a mechanism")
            for line, words, used in includes:
                if words in OUTSIDE:
                    if user not in OUTSIDE[words]:
                        self.report(name, line, f"{words} is for {', '.join(sorted(OUTSIDE[words]))} only")
                elif used:
                    if not allowed(user, layer_of(used)):
                        self.report(name, line, f"{user}/ may not include {words}: look only to your left")
                elif "/" in words or f"{room_of(name)}/{words}" in self.includes:
                    self.report(name, line, f"{words}: write it as folder/file.h, inside bootloader/")

    def check_host(self) -> None:
        for name, includes in self.includes.items():
            user = room_of(name)
            if name.startswith(CORE_ROOT):
                continue
            if user not in HOST:
                self.report(name, 1, "lies in no room: give its folder a line in HOST")
                continue
            for line, words, used in includes:
                room = room_of(used)
                if used and room != user and room not in HOST[user] and user not in OPEN_HEADERS.get(used, ()):
                    self.report(name, line, f"{user}/ may not include {words}: the room {room} is closed to it")

    def reached(self, name: str) -> set[str]:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            for _, _, used in self.includes.get(waiting.pop(), []):
                if used and used not in seen:
                    seen.add(used)
                    waiting.append(used)
        return seen

    def check_circles(self) -> None:
        """A file and its header are one module: no module may need itself by way of another."""
        needs: dict[str, set[str]] = {}
        for name, includes in self.includes.items():
            needs.setdefault(module_of(name), set()).update(module_of(used) for _, _, used in includes if used)
        for module in sorted(needs):
            way = way_back(module, needs)
            if way and module == min(way):
                self.report(f"{module}.h", 1, f"a circle: {' -> '.join([*way, module])}")

    def check_reached(self) -> None:
        for name in self.includes:
            for folder, pattern, why in FORBIDDEN:
                if name.startswith(CORE_ROOT) and folder in (layer_of(name), name.removeprefix(CORE_ROOT)):
                    for used in sorted(self.reached(name)):
                        if pattern.search(used.removeprefix(CORE_ROOT)):
                            self.report(name, 1, f"reaches {used.removeprefix(CORE_ROOT)}: {why}")


def check_symbols(archive: Path, nm: str) -> list[str]:
    """The core as it was built: needs nothing from outside, keeps nothing that changes."""
    text = subprocess.run([nm, "-A", archive], check=True, capture_output=True, text=True).stdout
    defined: set[str] = set()
    needed: list[tuple[str, str]] = []
    problems: list[str] = []
    for line in text.splitlines():
        where, _, rest = line.rpartition(":")
        fields = rest.split()
        kind, name = fields[-2], fields[-1]
        member = where.split(":")[-1]
        if kind == "U":
            needed.append((member, name))
        else:
            defined.add(name)
            if kind in WRITABLE:
                problems.append(f"{member}: {name} can be written: the core keeps no state of its own")
            elif kind in "wvWV":
                problems.append(f"{member}: {name} is weak")
    for member, name in needed:
        if name not in defined and not ALLOWED_SYMBOLS.match(name):
            problems.append(f"{member}: needs {name}, which the core may not use")
    if not defined:
        problems.append(f"{archive}: no symbols: nothing was checked")
    return problems


def check_tests(root: Path) -> list[str]:
    """A unit test is named after a module, with its folder's name before it or its own subject behind it."""
    modules = {path.stem for folder in CODE for path in (root / folder).rglob("*.[ch]")}
    modules |= {f"{path.parent.name}_{path.stem}" for folder in CODE for path in (root / folder).rglob("*.[ch]")}
    problems = []
    for path in sorted((root / "tests/unit").glob("test_*.c")):
        words = path.stem.removeprefix("test_").split("_")
        if not any("_".join(words[:n]) in modules for n in range(1, len(words) + 1)):
            problems.append(f"tests/unit/{path.name}:1: is named after no module")
    return problems


def check_sources(root: Path) -> list[str]:
    tree = Tree(root)
    tree.check_core()
    tree.check_host()
    tree.check_circles()
    tree.check_reached()
    if len(tree.includes) < 200:
        tree.problems.append(f"{root}: only {len(tree.includes)} sources: nothing was checked")
    return tree.problems + check_tests(root)


# One violation of each: where it is planted, what it says, and what the check must answer.
PLANTED_SOURCES = [
    ("bootloader/base/planted.c", '#include "iface/block.h"', "may not include iface/block.h"),
    ("bootloader/board/planted.c", '#include "storage/gpt.h"', "may not include storage/gpt.h"),
    ("bootloader/verify/planted.c", '#include "policy/policy.h"', "may not include policy/policy.h"),
    ("bootloader/screen/planted.c", '#include "boot/boot.h"', "may not include boot/boot.h"),
    ("bootloader/policy/planted.c", '#include "arch/cpu.h"', "may not include arch/cpu.h"),
    ("bootloader/driver/planted.c", '#include "policy/policy.h"', "may not include policy/policy.h"),
    ("bootloader/arch/planted.c", '#include "driver/virtio.h"', "may not include driver/virtio.h"),
    ("bootloader/flow/planted.c", '#include "driver/virtio.h"', "may not include driver/virtio.h"),
    ("bootloader/planted.c", '#include "base/err.h"', "belongs to a folder"),
    ("bootloader/fastboot/planted.c", '#include "rescue/rescue.h"', "may not include rescue/rescue.h"),
    ("bootloader/rescue/planted.c", '#include "fastboot/tcp.h"', "stands on its own"),
    ("bootloader/fastboot/reply.c", '#include "fastboot/session.h"', "bootloader/fastboot/reply -> bootloader/fastboot/session"),
    ("bootloader/flow/verity.c", '#include "flow/look.h"', "a circle: bootloader/flow/candidate ->"),
    ("bootloader/flow/context.h", '#include "flow/flow.h"', "a circle: bootloader/flow/context -> "),
    ("bootloader/storage/planted.c", '#include "board/board_dt.h"', "is for board, boot only"),
    ("bootloader/storage/planted.c", '#include "rom-images/romc.h"', "write it as folder/file.h"),
    ("bootloader/storage/planted.c", '#include "gpt.h"', "write it as folder/file.h"),
    ("bootloader/policy/planted.c", '#include "iface/block.h"', "cannot do I/O"),
    ("bootloader/policy/planted.h", '#include "storage/planted.h"', "cannot do I/O"),
    ("bootloader/verify/planted.c", '#include "storage/gpt.h"', "never the disk"),
    ("bootloader/port/web_page.c", '#include "arch/cpu.h"', "a web page has no machine"),
    ("bootloader/port/web_page.c", '#include "driver/pflash.h"', "a web page has no machine"),
    ("bootloader/port/planted.c", "int x __attribute__((weak));", "no weak symbols"),
    ("bootloader/driver/planted.c", 'int x __attribute__((section(".init")));', "no weak symbols"),
    ("bootloader/driver/planted.c", "__attribute__((constructor)) void f(void);", "no weak symbols"),
    ("bootloader/screen/icons.h", '#include "screen/items.h"', "a circle: bootloader/screen/icons -> "),
    ("bootloader/storage/partition.h", '#include "storage/partition_write.h"', "a circle: bootloader/storage/partition"),
    ("bootloader/driver/virtio_serial_control.c", '#include "driver/virtio_serial.h"', "a circle: bootloader/driver/virtio_s"),
    ("board/yaml_bytes.h", '#include "board/yaml_tree.h"', "a circle: board/yaml_bytes -> board/yaml_tree"),
    ("board/planted.c", '#include "rom-images/write/keys.h"', "board/ may not include rom-images/write/keys.h"),
    ("board/planted.c", '#include "policy/policy.h"', "board/ may not include policy/policy.h"),
    ("rom-images/write/planted.c", '#include "rom-images/rom/rom.h"', "write/ may not include rom-images/rom/rom.h"),
    ("rom-images/write/planted.c", '#include "verify/boot_image.h"', "rom-images/write/ may not include verify"),
    ("rom-images/rom/planted.c", '#include "rom-images/package/flash_script.h"', "rom-images/rom/ may not include"),
    ("rom-images/package/planted.c", '#include "storage/gpt.h"', "rom-images/package/ may not include storage/gpt.h"),
    ("rom-images/package/planted.c", '#include "props.h"', "the room rom-images/userland is closed to it"),
    ("rom-images/planted.c", '#include "flow/flow.h"', "rom-images/ may not include flow/flow.h"),
    ("rom-images/planted/planted.c", "int x;", "lies in no room"),
    ("rom-images/userland/planted.c", '#include "rom/home.h"', "rom-images/userland/ may not include rom/home.h"),
    ("rom-images/userland/adb/planted.c", '#include "recovery/menu.h"', "userland/adb/ may not include recovery"),
    ("rom-images/userland/adb/planted.c", '#include "screen/canvas.h"', "userland/adb/ may not include screen"),
    ("rom-images/userland/rom/planted.c", '#include "recovery/menu.h"', "userland/rom/ may not include recovery"),
    ("rom-images/userland/rom/planted.c", '#include "adb/adb_wire.h"', "userland/rom/ may not include adb"),
    ("rom-images/userland/rom/planted.c", '#include "verify/signature.h"', "userland/rom/ may not include verify"),
    ("rom-images/userland/recovery/planted.c", '#include "rom/home.h"', "recovery/ may not include rom/home.h"),
    ("rom-images/userland/recovery/planted.c", '#include "verify/verify.h"', "recovery/ may not include verify"),
    ("scripts/usb/planted.c", '#include "storage/gpt.h"', "scripts/usb/ may not include storage/gpt.h"),
    ("scripts/usb/queue.h", '#include "usb/firehose.h"', "a circle: scripts/usb/"),
    ("tests/unit/test_unknown.c", "int x;", "is named after no module"),
]
PLANTED_SYMBOLS = [
    ("int planted_counter;", "planted_counter can be written"),
    ("static int hidden = 1; int *planted(void); int *planted(void) { return &hidden; }", "hidden can be written"),
    ("int planted(void) { static int calls; return calls++; }", "can be written"),
    ("void *malloc(unsigned long); void *planted(void) { return malloc(1); }", "needs malloc"),
    ("int puts(const char *); void planted(void) { puts(\"\"); }", "needs puts"),
    ("__attribute__((weak)) int planted(void) { return 1; }", "planted is weak"),
]


def self_test(root: Path, nm: str, cc: str) -> list[str]:
    problems = [f"the tree itself: {line}" for line in check_sources(root)]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for tree in ("bootloader", "board", "rom-images", "scripts/usb", "tests/unit"):
            shutil.copytree(root / tree, copy / tree)
        (copy / "bootloader/storage/planted.h").write_text('#include "iface/block.h"\n')
        for name, line, expected in PLANTED_SOURCES:
            planted = copy / name
            planted.parent.mkdir(exist_ok=True)
            before = planted.read_text(encoding="utf-8") if planted.exists() else None
            planted.write_text(line + "\n" + (before or ""))
            if not any(expected in found for found in check_sources(copy)):
                problems.append(f"planted in {name}: {line}: was not seen")
            planted.unlink() if before is None else planted.write_text(before)
        for code, expected in PLANTED_SYMBOLS:
            (copy / "planted.c").write_text(code + "\n")
            subprocess.run([cc, "-O1", "-fno-builtin", "-c", "planted.c"], cwd=copy, check=True)
            if not any(expected in found for found in check_symbols(copy / "planted.o", nm)):
                problems.append(f"planted: {code}: was not seen")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("archive", type=Path, nargs="?")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--nm", default="aarch64-linux-gnu-nm")
    parser.add_argument("--cc", default="aarch64-linux-gnu-gcc")
    args = parser.parse_args()
    if args.self_test:
        problems = self_test(args.root, args.nm, args.cc)
    elif args.archive is None:
        parser.error("the core's archive is missing")
    else:
        problems = check_sources(args.root) + check_symbols(args.archive, args.nm)
    print("\n".join(problems) if problems else "layers: no violation")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
