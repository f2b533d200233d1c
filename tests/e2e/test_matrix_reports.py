# SPDX-License-Identifier: MIT
"""What others read of a matrix: JUnit XML, held to a schema; the picture."""

from __future__ import annotations

import json
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from conftest import ROOT, phone
from fake_pack import Matrix

from lab.matrix import junit, picture, results, shard, spec
from lab.matrix.boot import Outcome

SCHEMA = Path(__file__).with_name("junit.xsd")
POLICY = spec.read(ROOT / "tests" / "matrix" / "policy.yaml")
HOSTILE = "home green rom=\x1b[2J\x00<b>&\"'\ud800</script>"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def table() -> results.Table:
    """As expected but for a difference, a failure of the lab, a hostile verdict and one not done."""
    cells = POLICY.cells[:40]
    head = results.header(POLICY, shard.Shard(), cells)
    odd = {
        3: Outcome("brick no-rom", trace=({"stage": "flow", "event": "verdict"},)),
        5: Outcome("none timeout", why="the phone hangs", infra=True),
        7: Outcome(HOSTILE, why=HOSTILE),
    }
    records = {}
    for number, cell in enumerate(cells):
        outcome = odd.get(number) or Outcome(POLICY.expected[cell].verdict, seconds=0.25)
        if number != 9:
            records[cell.name] = results.record(POLICY, cell, outcome)
    return results.Table(head, records)


def test_junit_is_as_its_schema_says(tmp_path, table):
    out = tmp_path / "out.xml"
    junit.write(table, out)
    root = ElementTree.parse(out).getroot()
    cases = [case for suite in root for case in suite]
    assert [case.get("name") for case in cases] == list(table.header.cells)
    assert [len(root.findall(f".//{kind}")) for kind in ("failure", "error", "skipped")] == [2, 1, 1]
    assert sum(int(suite.get("failures")) for suite in root) == 2
    (error,) = root.findall(".//error")
    assert "none timeout; expected" in error.get("message") and "the phone hangs" in error.text
    if not shutil.which("xmllint"):
        pytest.skip("no xmllint (Debian package libxml2-utils)")
    check = ["xmllint", "--noout", "--schema", SCHEMA]
    assert subprocess.run([*check, out], capture_output=True, check=False).returncode == 0
    (tmp_path / "bad.xml").write_text(out.read_text().replace("<skipped ", "<left ", 1))
    bad = subprocess.run([*check, tmp_path / "bad.xml"], capture_output=True, check=False)
    assert bad.returncode != 0


def test_the_picture_has_a_square_for_each_cell(tmp_path, table):
    picture.write(table, tmp_path / "m.svg", tmp_path)
    root = ElementTree.parse(tmp_path / "m.svg").getroot()
    squares = [group for group in root.iter(f"{SVG}g") if group.get("class") == "cell"]
    assert [square.get("data-cell") for square in squares] == list(table.header.cells)
    titles = [square.find(f"{SVG}title").text for square in squares]
    assert titles[3].endswith("brick no-rom; expected " + table.records[table.header.cells[3]]["expected"])
    assert titles[9].endswith("not done")
    assert sum(square.find(f"{SVG}path") is not None for square in squares) == 2
    places = {(rect.get("x"), rect.get("y")) for square in squares for rect in square[1:2]}
    assert len(places) == len(squares)


def test_the_page_cannot_be_taken_over_by_a_verdict(tmp_path, table):
    picture.write(table, tmp_path / "m.html", tmp_path)
    text = (tmp_path / "m.html").read_text()
    assert "<b>" not in text and text.count("</script>") == 1 and "\x1b" not in text
    data = text.split("const cells = ", 1)[1].split(";\n", 1)[0]
    assert list(json.loads(data)) == list(table.header.cells)


def test_all_of_it_from_the_command_line(tmp_path):
    matrix = Matrix(tmp_path, {"brick": "brick", "home": "brick"}, each=2)
    page, xml = tmp_path / "m.html", tmp_path / "m.xml"
    done = matrix.run("--picture", str(page), "--junit", str(xml))
    assert done.returncode == 1
    assert len(ElementTree.parse(xml).getroot().findall(".//failure")) == 2
    pictures = {record["picture"] for record in matrix.records()}
    assert len(pictures) == 1  # the fake has one screen: equal screens are one file
    assert all((matrix.out.parent / name).is_file() for name in pictures)
    assert json.dumps(f"build/matrix/{pictures.pop()}") in page.read_text()
    done = phone("matrix", "merge", str(matrix.out), "--picture", str(tmp_path / "again.html"))
    assert done.returncode == 1 and (tmp_path / "again.html").read_text() == page.read_text()
    done = matrix.run("--picture", str(tmp_path / "m.gif"))
    assert done.returncode == 2 and "ends in .svg or .html" in done.stderr
