# SPDX-License-Identifier: MIT
"""
The phone on a USB cable: runs the bridge (scripts/usb) for a phone, says how to plug it in, and tells
the bridge what the phone is, through restarts and while it is off. docs/usb.md.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import select
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Callable

from . import cable, catalog, outside, paths, qmp, reach, session, store
from .errors import LabError
from .options import Add, whole
from .qemu import ADB, FASTBOOT, QEMU, RESCUE_SOCKET
from .rescue import ACCOUNTS

USBPHONE = paths.BUILD / "scripts" / "usb" / "usbphone"
PORT_FILE = "usb-port.txt"  # in the phone's folder: the bridge's last port, so that words stay good
OFF_LOOK_S = 0.3  # while the phone is off
CONTROLLER = Path("/sys/devices/platform/vhci_hcd.0")
TCP_PORTS = {"fastboot": FASTBOOT, "adb": ADB}


class Bridge:
    """One usbphone. Use as a context manager. `port`: where clients connect; 0 for --vhci."""

    def __init__(self, folder: Path, way: str, port: int = 0, account: str | None = None) -> None:
        paths.need(USBPHONE)
        facts = store.facts(folder)
        line = [str(USBPHONE), f"--{way}", *([] if way == "vhci" else [str(port)])]
        line += ["--serial", facts.get("serial", "?")]
        line += ["--product", catalog.about_model(facts.get("model", "?")).split(",")[0]]
        if account:
            line += ["--account", str(paths.KEYS / f"{ACCOUNTS[account]}.pem")]
        self._folder = folder
        self._process = subprocess.Popen(
            line, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._pidfd = os.pidfd_open(self._process.pid)
        self.port = 0
        if way != "vhci":
            said = self._process.stdout.readline().decode()
            if not said:
                self.close()
                raise LabError("the bridge could not start")
            self.port = int(said.rpartition(":")[2])

    def __enter__(self) -> "Bridge":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        os.close(self._pidfd)

    def follow(self) -> None:
        """Until the bridge ends: what the phone is on its cable, each time that changes."""
        while not self._ended():
            with contextlib.suppress(LabError, OSError), self._connect() as phone:
                self._follow(phone)
            self._say(cable.OFF)
            if self._ended(OFF_LOOK_S):
                break
        raise LabError(f"the bridge ended with {self._process.wait()}")

    def _connect(self) -> socket.socket:
        if not store.is_running(self._folder):
            raise LabError("the phone is off")
        return qmp.connect(self._folder, cable.SOCKET)

    def _follow(self, phone: socket.socket) -> None:
        ports = reach.ports(self._folder)
        rest = b""
        while True:
            ready, _, _ = select.select([phone, self._pidfd], [], [])
            data = phone.recv(4096) if phone in ready else b""
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                self._say(line.decode("ascii", "replace"), ports)

    def _say(self, mode: str, ports: dict[str, int] | None = None) -> None:
        address = ""
        if ports and TCP_PORTS.get(mode) in ports:
            address = f" 127.0.0.1:{ports[TCP_PORTS[mode]]}"
        elif mode == "edl":
            address = f" ./{RESCUE_SOCKET}"  # it runs in the phone's folder
        with contextlib.suppress(OSError):
            self._process.stdin.write(f"{mode}{address}\n".encode())

    def _ended(self, wait_s: float = 0.0) -> bool:
        return bool(select.select([self._pidfd], [], [], wait_s)[0])


# What a person is told.


def qemu_words(port: int, version: tuple[int, ...]) -> str:
    """`reconnect` counts seconds, and gave way to `reconnect-ms` in QEMU 9.2."""
    again = "reconnect-ms=1000" if version >= (9, 2) else "reconnect=1"
    return (
        f"-device qemu-xhci -chardev socket,id=phone,host=127.0.0.1,port={port},{again} "
        "-device usb-redir,chardev=phone"
    )


def libvirt_words(port: int) -> str:
    return (
        f"<redirdev bus='usb' type='tcp'><source mode='connect' host='127.0.0.1' service='{port}'>"
        "<reconnect enabled='yes' timeout='1'/></source></redirdev>"
    )


def usbip_words(port: int) -> str:
    return f"usbip --tcp-port {port} attach --remote 127.0.0.1 --busid 1-1"


def qemu_version() -> tuple[int, ...]:
    try:
        said = subprocess.run([QEMU, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return (0,)
    found = re.search(r"version (\d+)\.(\d+)", said.stdout)
    return (int(found[1]), int(found[2])) if found else (0,)


def _tell_redir(port: int) -> None:
    print(f"QEMU:    {qemu_words(port, qemu_version())}")
    print(f"libvirt: {libvirt_words(port)}", flush=True)


def _tell_usbip(port: int) -> None:
    print(usbip_words(port), flush=True)
    session.tell(
        "A restart of the phone unplugs it; this plugs it in again, each time:\n"
        f"  while sleep 1; do {usbip_words(port)}; done 2>/dev/null"
    )


def _tell_plug(_: int) -> None:
    session.tell("The phone is on this computer's USB: fastboot devices, adb devices, lsusb.")


WAYS: dict[str, Callable[[int], None]] = {
    "redir": _tell_redir,
    "usbip": _tell_usbip,
    "vhci": _tell_plug,
}


# The command.


def cmd_usb(args: argparse.Namespace) -> int:
    folder = store.folder_of(args.name)
    way = "usbip" if args.usbip else "vhci" if args.plug else "redir"
    if way == "vhci":
        if args.port is not None:
            raise LabError("--port goes with virtual machines and --usbip", code=2)
        _need_controller()
    port = args.port if args.port is not None else _last_port(folder)
    with Bridge(folder, way, port, args.account) as bridge:
        if bridge.port:
            with outside.written(folder / PORT_FILE) as file:
                file.write(f"{bridge.port}\n".encode())
        WAYS[way](bridge.port)
        if not store.is_running(folder):
            session.tell(f"{args.name} is off: scripts/phone power {args.name} on")
        session.tell("Ctrl-C pulls the cable.")
        bridge.follow()
    return 0


def _last_port(folder: Path) -> int:
    """The port of the last time, if it is free; 0: any."""
    try:
        with outside.opened(folder / PORT_FILE) as file:
            port = int(file.read(outside.WORD_CHARS_MAX).decode("ascii"))
        socket.create_server(("127.0.0.1", port)).close()
        return port
    except (OSError, ValueError, OverflowError):
        return 0


def _need_controller() -> None:
    if os.geteuid() != 0:
        raise LabError("--plug needs root: sudo scripts/phone usb NAME --plug")
    if not CONTROLLER.exists() and shutil.which("modprobe"):
        subprocess.run(["modprobe", "vhci-hcd"], check=False, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 2.0
    while not CONTROLLER.exists():
        if time.monotonic() > deadline:
            raise LabError(
                "this kernel has no virtual USB controller (module vhci-hcd); "
                "a virtual machine can have the phone: scripts/phone usb NAME"
            )
        time.sleep(0.05)


def add_command(command: Add) -> None:
    sub = command(
        "usb",
        cmd_usb,
        "put a phone on a USB cable, and say how to plug it in; stays until Ctrl-C",
        "  scripts/phone usb mine             (words for a virtual machine of QEMU or libvirt)\n"
        "  scripts/phone usb mine --usbip     (the usbip line for a Linux host)\n"
        "  sudo scripts/phone usb mine --plug (into this computer's own USB)\n"
        "  scripts/phone usb mine --account authorised    (stock qdl may rescue it)\n"
        "docs/usb.md tells which tool takes which way.",
    )
    sub.add_argument("name", metavar="NAME")
    way = sub.add_mutually_exclusive_group()
    way.add_argument("--usbip", action="store_true", help="a USB/IP server instead of usbredir")
    way.add_argument(
        "--plug", action="store_true", help="plug it into this computer (root; Linux's vhci-hcd)"
    )
    sub.add_argument(
        "--port", metavar="N", type=whole(0, 65535), help="on 127.0.0.1 (default: as the last time, or a free one)"
    )
    sub.add_argument(
        "--account",
        choices=sorted(ACCOUNTS),
        help="who answers the challenge of a phone in rescue mode (default: nobody)",
    )
