# SPDX-License-Identifier: MIT
"""The page of licences: what is in the page's files, in the words of its packages."""

from __future__ import annotations

import html
from pathlib import Path

from lab import paths
from lab.errors import LabError

DOC = Path("/usr/share/doc")
LIBRARIES = paths.WASM
LIBFDT = LIBRARIES / "libfdt"

# What it is, and where its licence may stand: the first that is there.
PARTS = (
    ("Flashlab", (paths.ROOT / "LICENSE",)),
    (
        "libfdt, the device tree's library, in core.wasm",
        (LIBFDT / "BSD-2-Clause", LIBFDT / "COPYING.BSD", LIBFDT / "fdt.c"),
    ),
    (
        "zlib, which unpacks kernels, in core.wasm",
        (LIBRARIES / "zlib" / "LICENSE", LIBRARIES / "zlib" / "zlib.h"),
    ),
    (
        "wasi-libc, functions of the C library, in all .wasm files",
        (DOC / "wasi-libc" / "copyright",),
    ),
    (
        "compiler-rt of LLVM, in core.wasm",
        tuple(sorted(DOC.glob("libclang-rt-*-dev-wasm32/copyright"))),
    ),
    ("Roboto, the Latin letters", (DOC / "fonts-roboto-unhinted" / "copyright",)),
    ("Droid Sans Fallback, the Chinese letters", (DOC / "fonts-droid-fallback" / "copyright",)),
)

HEAD = """<!doctype html>
<!-- SPDX-License-Identifier: MIT -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self';
  img-src 'self'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Flashlab: licences</title>
<link rel="icon" href="page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="page/style.css">
<link rel="stylesheet" href="page/text.css">
</head>
<body>
<header class="top"><h1>Flashlab</h1><nav><a href="./">The phone</a></nav></header>
<article>
<p>What the page is made of, and under which terms. Nothing else is in it: no framework, no vendor's
picture.</p>
"""
TAIL = "</article>\n</body>\n</html>\n"


def write(out: Path) -> None:
    text = HEAD
    for name, files in PARTS:
        file = next((file for file in files if file.is_file()), None)
        if file is None:
            places = [str(file) for file in files]
            raise LabError(f"no licence was found of {name}: it should be in one of {places}")
        words = file.read_text(encoding="utf-8", errors="replace")
        text += f"<h2>{html.escape(name)}</h2>\n<pre>{html.escape(words)}</pre>\n"
    out.write_text(text + TAIL, encoding="utf-8")
