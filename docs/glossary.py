#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Renders docs/glossary.yaml: into docs/glossary.md, and for the pages."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from lab import glossary  # noqa: E402

glossary.render()
