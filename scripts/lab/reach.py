# SPDX-License-Identifier: MIT
"""Where the services of a phone that is on are reached, and what advice may say of it."""

from __future__ import annotations

from pathlib import Path

from . import outside, qemu, store

PORT_MAX = 65535

# As a person types it, before the port.
TYPED = (("fastboot tcp:127.0.0.1:", qemu.FASTBOOT), ("adb 127.0.0.1:", qemu.ADB))


def ports(folder: Path) -> dict[str, int]:
    """Service -> TCP port on 127.0.0.1, of a phone that is on; nothing of one that is off."""
    try:
        found = outside.read_json(folder / qemu.PORTS)
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: port for name, port in found.items() if _is_port(port)}


def _is_port(found: object) -> bool:
    return type(found) is int and 0 < found <= PORT_MAX


def in_words(folder: Path) -> str:
    """fastboot tcp:127.0.0.1:5554, adb 127.0.0.1:5555"""
    there = ports(folder)
    return ", ".join(f"{as_typed}{there[name]}" for as_typed, name in TYPED if name in there)


def known(folder: Path) -> dict[str, str]:
    """What advice may say of a phone: its name, its model, where fastboot finds it."""
    port = ports(folder).get(qemu.FASTBOOT, "PORT")
    return {
        "phone": folder.name,
        "model": str(store.facts(folder).get("model", "?")),
        "at": f"tcp:127.0.0.1:{port}",
    }
