# SPDX-License-Identifier: MIT
"""
How long things take, each beside its floor or its peer in the same run: `make bench`.

    boots.py      power-on to a verdict, beside QEMU's own start and others' loaders
    peers.py      what those others need: a firmware that only powers off, kernel and ramdisk, U-Boot
    flashing.py   the stock fastboot client, beside the bare port
    table.py      how it is told
"""
