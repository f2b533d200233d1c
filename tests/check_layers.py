#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks the walls of the bootloader: who may include whom, and what the core may need.

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

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


# At the end of their folders, while their headers say what all in it share.
LAST = {"flow/flow.c", "fastboot/fastboot.c", "rescue/rescue.c"}
# One module, in several files for their length.
ONE_MODULE = {
    "driver/virtio_serial_control": "driver/virtio_serial",
    "fastboot/crc_list": "fastboot/reply",
    "screen/choices": "screen/items",
    "screen/fastboot_screen": "screen/items",
    "screen/icons": "screen/grid",
    "screen/key_help": "screen/items",
    "screen/page": "screen/items",
    "screen/screens": "screen/items",
    "storage/partition_write": "storage/partition",
}


def layer_of(path: str) -> str:
    """The folder of a file, given relative to bootloader/; "" for one that lies in no folder."""
    return path.split("/")[0] if "/" in path else ""


def allowed(user: str, used: str) -> bool:
    if user == SEES_BOTH_RAILS:
        return True
    return any(user in rail and used in rail and rail.index(used) <= rail.index(user) for rail in (CORE, HARDWARE))


def module_of(name: str) -> str:
    """A file and its header, as a rule."""
    module = name.rsplit(".", 1)[0]
    return name if name in LAST else ONE_MODULE.get(module, module)


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
    """The sources under bootloader/ and what they include."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.base = root / "bootloader"
        self.includes: dict[str, list[tuple[int, str]]] = {}
        self.problems: list[str] = []
        for path in sorted(self.base.rglob("*.[chS]")):
            name = path.relative_to(self.base).as_posix()
            lines = path.read_text(encoding="utf-8").splitlines()
            self.includes[name] = [(n, m[1]) for n, line in enumerate(lines, 1) if (m := INCLUDE.match(line))]
            for n, line in enumerate(lines, 1):
                if FORBIDDEN_WORDS.search(line):
                    self.report(name, n, "no weak symbols, constructors or sections: call it by name")

    def report(self, name: str, line: int, what: str) -> None:
        self.problems.append(f"bootloader/{name}:{line}: {what}")

    def check_direct(self) -> None:
        for name, includes in self.includes.items():
            user = layer_of(name)
            if user not in CORE + HARDWARE:
                self.report(name, 1, "belongs to a folder: the stage whose question it answers, or a mechanism")
            for line, used in includes:
                if used in OUTSIDE:
                    if user not in OUTSIDE[used]:
                        self.report(name, line, f"{used} is for {', '.join(sorted(OUTSIDE[used]))} only")
                elif used in self.includes:
                    if not allowed(user, layer_of(used)):
                        self.report(name, line, f"{user}/ may not include {used}: look only to your left")
                elif (self.base / name).parent.joinpath(used).exists() or "/" in used or used.startswith(".."):
                    self.report(name, line, f"{used}: write it as folder/file.h, inside bootloader/")

    def reached(self, name: str) -> set[str]:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            for _, used in self.includes.get(waiting.pop(), []):
                if used not in seen:
                    seen.add(used)
                    waiting.append(used)
        return seen

    def check_circles(self) -> None:
        """A file and its header are one module: no module may need itself by way of another."""
        needs: dict[str, set[str]] = {}
        for name, includes in self.includes.items():
            needs.setdefault(module_of(name), set()).update(
                module_of(used) for _, used in includes if used in self.includes
            )
        for module in sorted(needs):
            way = way_back(module, needs)
            if way and module == min(way):
                self.report(f"{module}.h", 1, f"a circle: {' -> '.join([*way, module])}")

    def check_reached(self) -> None:
        for name in self.includes:
            for folder, pattern, why in FORBIDDEN:
                if folder in (layer_of(name), name):
                    for used in sorted(self.reached(name)):
                        if pattern.search(used):
                            self.report(name, 1, f"reaches {used}: {why}")


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


def check_sources(root: Path) -> list[str]:
    tree = Tree(root)
    tree.check_direct()
    tree.check_circles()
    tree.check_reached()
    if len(tree.includes) < 20:
        tree.problems.append(f"{root}/bootloader: only {len(tree.includes)} sources: nothing was checked")
    return tree.problems


# One violation of each: where it is planted, what it says, and what the check must answer.
PLANTED_SOURCES = [
    ("base/planted.c", '#include "iface/block.h"', "may not include iface/block.h"),
    ("board/planted.c", '#include "storage/gpt.h"', "may not include storage/gpt.h"),
    ("verify/planted.c", '#include "policy/policy.h"', "may not include policy/policy.h"),
    ("screen/planted.c", '#include "boot/boot.h"', "may not include boot/boot.h"),
    ("policy/planted.c", '#include "arch/cpu.h"', "may not include arch/cpu.h"),
    ("driver/planted.c", '#include "policy/policy.h"', "may not include policy/policy.h"),
    ("arch/planted.c", '#include "driver/virtio.h"', "may not include driver/virtio.h"),
    ("flow/planted.c", '#include "driver/virtio.h"', "may not include driver/virtio.h"),
    ("planted.c", '#include "base/err.h"', "belongs to a folder"),
    ("fastboot/planted.c", '#include "rescue/rescue.h"', "may not include rescue/rescue.h"),
    ("rescue/planted.c", '#include "fastboot/tcp.h"', "stands on its own"),
    ("fastboot/reply.c", '#include "fastboot/session.h"', "a circle: fastboot/commands -> fastboot/reply"),
    ("flow/verity.c", '#include "flow/look.h"', "a circle: flow/candidate ->"),
    ("storage/planted.c", '#include "board/board_dt.h"', "is for board, boot only"),
    ("storage/planted.c", '#include "rom-images/romc.h"', "write it as folder/file.h"),
    ("storage/planted.c", '#include "gpt.h"', "write it as folder/file.h"),
    ("policy/planted.c", '#include "iface/block.h"', "cannot do I/O"),
    ("policy/planted.h", '#include "storage/planted.h"', "cannot do I/O"),
    ("verify/planted.c", '#include "storage/gpt.h"', "never the disk"),
    ("port/web_page.c", '#include "arch/cpu.h"', "a web page has no machine"),
    ("port/web_page.c", '#include "driver/pflash.h"', "a web page has no machine"),
    ("port/planted.c", "int x __attribute__((weak));", "no weak symbols"),
    ("driver/planted.c", 'int x __attribute__((section(".init")));', "no weak symbols"),
    ("driver/planted.c", "__attribute__((constructor)) void f(void);", "no weak symbols"),
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
        for name, line, expected in PLANTED_SOURCES:
            shutil.rmtree(copy / "bootloader", ignore_errors=True)
            shutil.copytree(root / "bootloader", copy / "bootloader")
            (copy / "bootloader/storage/planted.h").write_text('#include "iface/block.h"\n')
            (copy / "bootloader" / name).write_text(line + "\n")
            if not any(expected in found for found in check_sources(copy)):
                problems.append(f"planted in {name}: {line}: was not seen")
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
