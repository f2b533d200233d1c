# SPDX-License-Identifier: MIT
"""
Results as JUnit XML, as CI systems read it: a test case for each cell, a suite for each model.

A verdict that differs is a <failure>, what the lab could not find out an <error>, a cell without a
result a <skipped>. tests/e2e/junit.xsd is what it is held to.
"""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from .results import Table

KINDS = {"differs": "failure", "infra": "error"}


def write(table: Table, out: Path) -> None:
    root = ElementTree.Element("testsuites", name=_clean(table.header.title))
    suites: dict[str, ElementTree.Element] = {}
    for name in table.header.cells:
        model = name.split("/")[0]
        if model not in suites:
            suites[model] = ElementTree.SubElement(root, "testsuite", name=_clean(model))
        _case(suites[model], name, table.records.get(name))
    for suite in suites.values():
        _count(suite)
    part = out.with_name(f".{out.name}.part")
    ElementTree.ElementTree(root).write(part, encoding="utf-8", xml_declaration=True)
    os.replace(part, out)


def _case(suite: ElementTree.Element, name: str, record: dict | None) -> None:
    seconds = f"{record['seconds']:.3f}" if record else "0.000"
    case = ElementTree.SubElement(
        suite, "testcase", classname=_clean(suite.get("name", "")), name=_clean(name), time=seconds
    )
    if record is None:
        ElementTree.SubElement(case, "skipped", message="not done")
    elif record["result"] in KINDS:
        message = f"{record['verdict']}; expected {record['expected']}"
        element = ElementTree.SubElement(case, KINDS[record["result"]], message=_clean(message))
        lines = [record.get("why", ""), *map(_event, record.get("trace", []))]
        element.text = _clean("\n".join(line for line in lines if line))


def _event(event: dict) -> str:
    return json.dumps(event, ensure_ascii=False)


def _count(suite: ElementTree.Element) -> None:
    cases = list(suite)
    suite.set("tests", str(len(cases)))
    for kind, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(kind) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")


def _clean(text: str) -> str:
    """Without what XML cannot hold: part of a verdict is a claim of the ROM's."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
