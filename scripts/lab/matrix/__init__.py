# SPDX-License-Identifier: MIT
"""
Many boots from one specification: scripts/phone matrix. docs/testing.md says how it is used.

    cells.py        a cell: what phone, what ROM, on what way it came there
    variants.py     ROMs and tampers of one's own, beside those of rom-images/
    expect.py       rules and tables: what each cell is to come to
    spec.py         the file: axes, include, exclude, expect -> cells
    factory.py      the disks and NORs that cells start from: made once, kept, or from a pack
    packages.py     what is flashed: fastboot packages and recovery zips, as a cell wants them
    way.py          how all cells of a run are booted
    boot.py         one cell to its outcome            flashing.py   the ways that take a client
    engine.py       all of them, side by side          shard.py      a part of them
    results.py      JSON lines: written, resumed, merged
    report.py       progress and the summary           junit.py, picture.py   for others to read
    command.py      the command line
"""
