#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No two Python modules import each other, directly or by way of others: also not inside a function
or for types only.

    check_imports.py SOURCE_ROOT               the tree
    check_imports.py --self-test SOURCE_ROOT   plants a circle of each kind and must see it

Prints a line a circle and ends with exit 1 when there is one.
"""

from __future__ import annotations

import argparse
import ast
import sys
from pathlib import Path

from check_layers import way_back

# Where modules are found that are imported by a name from the top.
ROOTS = ["scripts", "scripts/workshop", "scripts/web", "scripts/fleet", "tests", "tests/e2e"]


def modules_of(root: Path) -> dict[str, Path]:
    """Path without .py, relative to the root -> file."""
    files = [path for folder in ("scripts", "tests") for path in sorted((root / folder).rglob("*.py"))]
    return {path.relative_to(root).with_suffix("").as_posix(): path for path in files}


def imported(module: str, node: ast.Import | ast.ImportFrom) -> list[list[str]]:
    """For each name that the statement brings: the paths that it could be, the nearest first."""
    if isinstance(node, ast.Import):
        names = [[alias.name.replace(".", "/")] for alias in node.names]
    else:
        base = (node.module or "").replace(".", "/")
        names = [[f"{base}/{alias.name}".strip("/"), base] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level:
        above = "/".join(module.split("/")[: -node.level])
        return [[f"{above}/{name}" for name in tried if name] for tried in names]
    beside = module.rpartition("/")[0]
    places = [beside, *ROOTS]
    return [[f"{place}/{name}" for name in tried if name for place in places] for tried in names]


def needs_of(modules: dict[str, Path], changed: dict[str, str]) -> dict[str, set[str]]:
    """Module -> modules that it imports. `changed` has other texts for some of them."""
    needs: dict[str, set[str]] = {}
    for module, path in modules.items():
        text = changed.get(module) or path.read_text(encoding="utf-8")
        found = needs.setdefault(module, set())
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for tried in imported(module, node):
                    found.update([name for name in tried if name in modules][:1])
        found.discard(module)
    return needs


def circles(modules: dict[str, Path], changed: dict[str, str]) -> list[str]:
    needs = needs_of(modules, changed)
    found = []
    for module in sorted(needs):
        way = way_back(module, needs)
        if way and module == min(way):
            found.append(f"{module}.py: a circle: {' -> '.join([*way, module])}")
    return found


# What is added to which module, and the circle that must be seen.
PLANTED = [
    ("scripts/lab/errors", "from . import store\n", "scripts/lab/errors -> "),
    ("scripts/lab/paths", "def late():\n    from .story.player import Player\n", "scripts/lab/paths -> "),
    ("tests/e2e/story", "import matrix_cell\n", "tests/e2e/matrix_cell -> tests/e2e/story"),
]


def self_test(modules: dict[str, Path]) -> list[str]:
    problems = []
    for module, added, expected in PLANTED:
        text = modules[module].read_text(encoding="utf-8")
        changed = {module: text + added}
        if not any(expected in line for line in circles(modules, changed)):
            problems.append(f"planted in {module}: {added!r}: was not seen")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    modules = modules_of(args.root)
    if len(modules) < 100:
        problems = [f"{args.root}: only {len(modules)} modules: nothing was checked"]
    else:
        problems = self_test(modules) if args.self_test else circles(modules, {})
    print("\n".join(problems) if problems else "imports: no circle")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
