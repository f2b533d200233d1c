#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
Makes the table of events in docs/trace.md from scripts/lab/trace.yaml, where each event says when it
comes (`when`) and what its fields mean (`page`).

    docs/trace_page.py            prints the page as it should be
    docs/trace_page.py --write    writes it
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from lab.schema import Schema  # noqa: E402

PAGE = ROOT / "docs" / "trace.md"
HEAD = "| event | when | fields |\n| --- | --- | --- |\n"
TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")


def table(schema: Schema) -> str:
    rows = (f"| `{name}` | {e['when']} | {e['page']} |\n" for name, e in schema.events.items())
    return HEAD + "".join(rows)


def page(text: str, schema: Schema) -> str:
    """The page with its table made anew."""
    if len(TABLE.findall(text)) != 1:
        raise SystemExit(f"{PAGE}: its table of events is not there, or there twice")
    return TABLE.sub(lambda _: table(schema), text)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write docs/trace.md")
    made = page(PAGE.read_text(encoding="utf-8"), Schema())
    if parser.parse_args().write:
        PAGE.write_text(made, encoding="utf-8")
    else:
        sys.stdout.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
