# SPDX-License-Identifier: MIT
"""
The matrix as a picture: a row for each model and market, a column for each ROM, lock and policy, a
square for each cell. SVG for a page or a report; HTML with the cell's screen and events behind it.
"""

from __future__ import annotations

import html
import json
import os
from pathlib import Path
from typing import NamedTuple

from ..errors import WRONG_WORDS, LabError
from ..schema import printable
from .results import Table

SIDE, GAP, STEP = 18, 3, 21
LEFT, TOP = 190, 150
LINE = 18  # of the legend
FONT = "font-family='Roboto, DejaVu Sans, sans-serif'"
WHOLE_WIDTH = 900  # at least: the title and the legend need it

# Kind of verdict -> colour, and words for the legend. The first that begins the verdict counts.
KINDS = (
    ("home green", "#2e9e4f", "home, green"),
    ("home yellow", "#e0c22f", "home, yellow: the user's key"),
    ("home orange", "#e8862e", "home, orange: unlocked"),
    ("home", "#4f9fc7", "home, nothing verified"),
    ("brick region", "#c8322d", "brick: the region"),
    ("brick", "#8c1f4a", "brick: not authentic, or nothing there"),
    ("loop", "#5a4a42", "loop: it never comes home"),
    ("recovery", "#7d56c2", "recovery: the ROM's own check"),
    ("dead", "#16161a", "dead: the hard brick"),
    ("fastboot", "#3a6fd8", "fastboot"),
    ("off", "#9a9aa2", "off"),
    ("none", "#ffffff", "no verdict"),
)
NOT_DONE = "#e9e9ee"


class Square(NamedTuple):
    name: str
    row: str
    column: tuple[str, ...]
    record: dict | None


def write(table: Table, out: Path, pictures: Path) -> None:
    """`pictures`: the folder that the records' pictures are named from."""
    if out.suffix not in (".svg", ".html"):
        raise LabError(f"--picture {out}: a name that ends in .svg or .html", WRONG_WORDS)
    squares = [_square(name, table.records.get(name)) for name in table.header.cells]
    drawing = _svg(table, squares)
    if out.suffix == ".html":
        drawing = _page(table, drawing, _details(squares, pictures, out.parent))
    part = out.with_name(f".{out.name}.part")
    part.write_text(drawing, encoding="utf-8")
    os.replace(part, out)


def check_name(name: str | None) -> None:
    if name and Path(name).suffix not in (".svg", ".html"):
        raise LabError(f"--picture {name}: a name that ends in .svg or .html", WRONG_WORDS)


def _square(name: str, record: dict | None) -> Square:
    model, region, rom, lock, policy, *more = name.split("/")
    return Square(name, f"{model} {region}", (" ".join([rom, *more]), lock, policy), record)


def _svg(table: Table, squares: list[Square]) -> str:
    rows = list(dict.fromkeys(square.row for square in squares))
    columns = list(dict.fromkeys(square.column for square in squares))
    there = [kind for kind in KINDS if any(_kind(square) == kind for square in squares)]
    width = max(LEFT + _x(columns, len(columns)) + SIDE, WHOLE_WIDTH)
    legend = TOP + STEP * len(rows) + 24
    height = legend + LINE * (len(there) + 3)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' "
        f"height='{height}' {FONT} font-size='11'>",
        "<defs><pattern id='lab' width='6' height='6' patternUnits='userSpaceOnUse'>"
        "<rect width='6' height='6' fill='#fff'/><path d='M0 6 6 0' stroke='#16161a'/></pattern></defs>",
        f"<rect width='{width}' height='{height}' fill='#fbfbfd'/>",
        _text(12, 24, table.header.title, "font-size='16' font-weight='bold'"),
        *_headings(columns),
    ]
    for number, row in enumerate(rows):
        parts.append(_text(LEFT - 8, TOP + STEP * number + 13, row, "text-anchor='end'"))
    for square in squares:
        x, y = LEFT + _x(columns, columns.index(square.column)), TOP + STEP * rows.index(square.row)
        parts.append(_drawn(square, x, y))
    parts += _legend(there, legend)
    return "\n".join([*parts, "</svg>", ""])


def _x(columns: list[tuple[str, ...]], number: int) -> int:
    """A little more room where another ROM begins."""
    groups = len({column[0] for column in columns[: number + 1]})
    return STEP * number + 8 * (groups - 1)


def _headings(columns: list[tuple[str, ...]]) -> list[str]:
    parts = []
    for number, (rom, lock, policy) in enumerate(columns):
        x = LEFT + _x(columns, number)
        if number == 0 or columns[number - 1][0] != rom:
            parts.append(_text(x, TOP - 102, rom, "font-weight='bold'"))
        turn = f"transform='rotate(-90 {x + 13} {TOP - 6})'"
        mark = "" if lock == "locked" else "font-style='italic'"
        parts.append(_text(x + 13, TOP - 6, f"{lock} {policy}", f"{turn} font-size='10' {mark}"))
    return parts


def _kind(square: Square) -> tuple[str, str, str] | None:
    if square.record is None:
        return None
    said = str(square.record["verdict"])
    return next((kind for kind in KINDS if said.startswith(kind[0])), KINDS[-1])


def _drawn(square: Square, x: int, y: int) -> str:
    kind = _kind(square)
    result = square.record["result"] if square.record else "not done"
    colour = "url(#lab)" if result == "infra" else kind[1] if kind else NOT_DONE
    title = f"{square.name}: {_said(square)}"
    cross = ""
    if result == "differs":
        cross = (
            f"<path d='M{x} {y}l{SIDE} {SIDE}m0 -{SIDE}l-{SIDE} {SIDE}' stroke='#fff' stroke-width='2'/>"
            f"<rect x='{x - 2}' y='{y - 2}' width='{SIDE + 4}' height='{SIDE + 4}' fill='none' "
            "stroke='#d0006f' stroke-width='3'/>"
        )
    return (
        f"<g class='cell' data-cell='{_escaped(square.name)}'><title>{_escaped(title)}</title>"
        f"<rect x='{x}' y='{y}' width='{SIDE}' height='{SIDE}' rx='3' fill='{colour}' "
        f"stroke='#00000030'/>{cross}</g>"
    )


def _said(square: Square) -> str:
    if square.record is None:
        return "not done"
    said = printable(square.record["verdict"])
    if square.record["result"] == "as-expected":
        return said
    return f"{said}; expected {printable(square.record['expected'])}"


def _legend(kinds: list[tuple[str, str, str]], y: int) -> list[str]:
    entries = [(colour, words) for _, colour, words in kinds]
    entries += [("url(#lab)", "the lab failed: nothing is known"), (NOT_DONE, "not done")]
    parts = []
    for number, (colour, words) in enumerate(entries):
        at = y + LINE * number
        parts.append(f"<rect x='{LEFT}' y='{at}' width='12' height='12' rx='2' fill='{colour}' "
                     "stroke='#00000040'/>")  # fmt: skip
        parts.append(_text(LEFT + 20, at + 10, words))
    parts.append(_text(LEFT + 300, y + 10, "crossed, with a frame: another verdict than expected"))
    return parts


def _text(x: int, y: int, text: str, more: str = "") -> str:
    return f"<text x='{x}' y='{y}' fill='#26262c' {more}>{_escaped(text)}</text>"


def _escaped(text: str) -> str:
    return html.escape(printable(text), quote=True)


def _details(squares: list[Square], pictures: Path, beside: Path) -> dict[str, dict]:
    """What stands behind each square; a picture by its way from the page."""
    found = {}
    for square in squares:
        record = square.record or {}
        picture = record.get("picture")
        found[square.name] = {
            "said": _said(square),
            "why": printable(record.get("why", "")) if record.get("why") else "",
            "picture": os.path.relpath(pictures / picture, beside) if picture else "",
            "trace": [
                " ".join(f"{key}={printable(value)}" for key, value in event.items())
                for event in record.get("trace", [])
            ],
        }
    return found


def _page(table: Table, drawing: str, details: dict[str, dict]) -> str:
    data = json.dumps(details, ensure_ascii=True).replace("<", "\\u003c")
    return f"""<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>{_escaped(table.header.title)}</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ margin: 0; background: #fbfbfd; color: #26262c; font: 14px Roboto, "DejaVu Sans", sans-serif; }}
main {{ display: flex; flex-wrap: wrap; align-items: flex-start; gap: 1em; padding: 1em; }}
.map {{ overflow: auto; max-width: 100%; }}
.cell {{ cursor: pointer; }} .cell:hover rect, .cell.chosen rect {{ stroke: #26262c; stroke-width: 2; }}
aside {{ max-width: 26em; }} aside img {{ width: 14em; border-radius: .5em; display: block; }}
aside pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font-size: 11px; }}
</style>
<main><div class="map">{drawing}</div>
<aside><h2>Choose a square</h2><p></p><img alt="" hidden><p class="why"></p><pre></pre></aside></main>
<script>
const cells = {data};
const side = document.querySelector("aside"), image = side.querySelector("img");
function show(square) {{
  const name = square.dataset.cell, cell = cells[name];
  document.querySelectorAll(".chosen").forEach(other => other.classList.remove("chosen"));
  square.classList.add("chosen");
  side.querySelector("h2").textContent = name;
  side.querySelector("p").textContent = cell.said;
  side.querySelector(".why").textContent = cell.why;
  side.querySelector("pre").textContent = cell.trace.join("\\n");
  image.hidden = !cell.picture;
  if (cell.picture) image.src = cell.picture;
}}
document.querySelectorAll(".cell").forEach(square => square.addEventListener("click", () => show(square)));
</script>
</html>
"""
