# SPDX-License-Identifier: MIT
"""Where the services of a phone that is on are reached, and what advice may say of it."""

from __future__ import annotations

from pathlib import Path

from . import outside, qemu, store

NAMES = {"fastboot": qemu.FASTBOOT, "adb": qemu.ADB}  # as a person calls the services


def ports(folder: Path) -> dict[str, int]:
    """Service -> TCP port on 127.0.0.1, of a phone that is on; nothing of one that is off."""
    try:
        found = outside.read_json(folder / qemu.PORTS)
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: port for name, port in found.items() if isinstance(port, int)}


def in_words(folder: Path) -> str:
    """fastboot tcp:127.0.0.1:5554, adb 127.0.0.1:5555"""
    there = ports(folder)
    at = {"fastboot": "tcp:127.0.0.1:", "adb": "127.0.0.1:"}
    return ", ".join(f"{name} {at[name]}{there[NAMES[name]]}" for name in at if NAMES[name] in there)


def known(folder: Path) -> dict[str, str]:
    """What advice may say of a phone: its name, its model, where fastboot finds it."""
    port = ports(folder).get(qemu.FASTBOOT, "PORT")
    return {
        "phone": folder.name,
        "model": str(store.facts(folder).get("model", "?")),
        "at": f"tcp:127.0.0.1:{port}",
    }
