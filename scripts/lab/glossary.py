# SPDX-License-Identifier: MIT
"""
The glossary, docs/glossary.yaml: read, and rendered for the documentation and for the pages.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

import yaml

from . import paths
from .errors import LabError

FILE = paths.ROOT / "docs" / "glossary.yaml"
MARKDOWN = paths.ROOT / "docs" / "glossary.md"
JAVASCRIPT = paths.ROOT / "scripts" / "web" / "shared" / "glossary-words.js"
KEYS = ("name", "zh_name", "written", "en", "zh")


@functools.lru_cache
def load(file: Path = FILE) -> dict[str, dict]:
    """By name, in the file's order."""
    entries = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for entry in yaml.load(file.read_text(encoding="utf-8"), Loader=loader):
        if tuple(entry) != KEYS or not all(entry.values()):
            raise LabError(f"{paths.short(file)}: {entry.get('name')}: wants {', '.join(KEYS)}")
        if entry["name"] in entries:
            raise LabError(f"{paths.short(file)}: {entry['name']} is there twice")
        entries[entry["name"]] = entry
    return entries


def name(entry: dict, language: str) -> str:
    return entry["zh_name"] if language == "zh" else entry["name"]


def markdown(entries: dict[str, dict]) -> str:
    lines = [
        "# Glossary · 词汇表",
        "",
        "Made from [glossary.yaml](glossary.yaml) by `docs/glossary.py`.",
        "",
        "| word | 词 | what it is | 释义 |",
        "| --- | --- | --- | --- |",
    ]
    rows = ((e["name"], e["zh_name"], e["en"], e["zh"]) for e in entries.values())
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def javascript(entries: dict[str, dict]) -> str:
    rows = (f"  {json.dumps(entry, ensure_ascii=False)}," for entry in entries.values())
    return "\n".join(
        [
            "// SPDX-License-Identifier: MIT",
            "// Made from docs/glossary.yaml by docs/glossary.py.",
            "",
            "export const GLOSSARY = [",
            *rows,
            "];",
            "",
        ]
    )


RENDERED = {MARKDOWN: markdown, JAVASCRIPT: javascript}


def render() -> None:
    entries = load()
    for file, make in RENDERED.items():
        file.write_text(make(entries), encoding="utf-8")
