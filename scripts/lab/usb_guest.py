# SPDX-License-Identifier: MIT
"""
A virtual machine that phones are plugged into, for tests and the bench: the phone's own arm64 kernel, with Debian's fastboot,
adb, qdl, lsusb and usbip (scripts/fetch-usb-guest) in an initramfs. Commands go in over its serial line.
"""

from __future__ import annotations

import lzma
import os
import re
import select
import shlex
import stat
import subprocess
import time
from pathlib import Path

from . import paths
from .errors import LabError

HANG_S = 120  # a detector of hangs, not a measure
PROGRAMS = paths.BUILD / "usb-guest"
COMMON = ("usb-common", "usbcore")
XHCI = (*COMMON, "xhci-hcd", "xhci-pci")
VHCI = (*COMMON, "usbip-core", "vhci-hcd", "e1000")
LEFT_OUT = ("gconv", "perl", "systemd", "krb5")  # of the libraries
QDL = ("qdl", "libxml2", "libicu")  # half of all bytes

INIT = """#!/bin/sh
export PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/root TERM=dumb
export LD_LIBRARY_PATH=/usr/lib/aarch64-linux-gnu:/usr/lib/aarch64-linux-gnu/android
/usr/bin/busybox --install -s /usr/bin
mkdir -p /proc /sys /dev; mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
mkdir -p /dev/bus/usb /tmp /root /var/run/vhci_hcd /usr/share/hwdata
exec </dev/ttyAMA0 >/dev/ttyAMA0 2>&1
stty -echo -onlcr
cd /root
for module in MODULES; do insmod /modules/$module.ko; done
ifconfig lo 127.0.0.1 up
[ ! -e /sys/class/net/eth0 ] || ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
echo "@@0"
while read -r line; do eval "$line"; echo "@@$?"; done
poweroff -f
"""


class Archive:
    """An initramfs, in memory: cpio's "newc"."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._folders: set[str] = set()

    def add(self, name: str, mode: int, data: bytes) -> None:
        parent = name.rpartition("/")[0]
        if parent and parent not in self._folders:
            self._folders.add(parent)
            self.add(parent, stat.S_IFDIR | 0o755, b"")
        fields = (len(self._parts) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        self._parts.append(_padded(head) + _padded(data))

    def file(self, name: str, data: bytes, mode: int = 0o755) -> None:
        self.add(name, stat.S_IFREG | mode, data)

    def tree(self, root: Path, name: str = "", without: tuple[str, ...] = ()) -> None:
        for path in sorted(root.iterdir()):
            inner = f"{name}{path.name}"
            if path.name in LEFT_OUT or path.name.startswith(without):
                continue
            if path.is_symlink():
                self.add(inner, stat.S_IFLNK | 0o777, os.readlink(path).encode())
            elif path.is_dir():
                self.tree(path, f"{inner}/", without)
            else:
                self.file(inner, path.read_bytes())

    def bytes(self) -> bytes:
        self.add("TRAILER!!!", 0, b"")
        return b"".join(self._parts)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def module(name: str) -> bytes:
    (found,) = (paths.MODULES / "kernel").rglob(f"{name}.ko*")
    data = found.read_bytes()
    return lzma.decompress(data) if found.suffix == ".xz" else data


def is_fetched() -> bool:
    return (PROGRAMS / "complete").exists()


def make_initramfs(
    out: Path, modules: tuple[str, ...], files: dict[str, bytes], without: tuple[str, ...] = ()
) -> Path:
    """`without`: how the names of files begin that are of no use there."""
    if not is_fetched():
        raise LabError("there are no programs for the guest: scripts/fetch-usb-guest fetches them")
    archive = Archive()
    archive.tree(PROGRAMS, without=without)
    archive.file("usr/bin/busybox", paths.BUSYBOX.read_bytes())
    archive.add("usr/bin/sh", stat.S_IFLNK | 0o777, b"busybox")
    for name in modules:
        archive.file(f"modules/{name}.ko", module(name))
    setup = INIT.replace("MODULES", " ".join(modules))
    archive.file("init", setup.encode())
    for name, data in files.items():
        archive.file(name, data, 0o644)
    out.write_bytes(archive.bytes())
    return out


class Guest:
    """Runs while it is a context; run() gives a command's exit code and what it said."""

    def __init__(self, initramfs: Path, devices: list[str]) -> None:
        self._line = [
            *("qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a53", "-m", "1G"),
            *("-nodefaults", "-no-reboot", "-display", "none", "-serial", "stdio"),
            *("-kernel", str(paths.ARM64 / "vmlinuz"), "-initrd", str(initramfs)),
            *("-append", "console=ttyAMA0 quiet loglevel=1 panic=-1"),
            *devices,
        ]
        self.said = ""

    def __enter__(self) -> "Guest":
        self._process = subprocess.Popen(
            self._line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()

    def run(self, command: str, hang_s: float = HANG_S) -> tuple[int, str]:
        self._process.stdin.write(command.encode() + b"\n")
        self._process.stdin.flush()
        return self._answer(hang_s)

    def until(self, command: str, expected: str) -> str:
        """Repeats a command until it says this."""
        deadline = time.monotonic() + HANG_S
        while True:
            said = self.run(command)[1]
            if re.search(expected, said):
                return said
            if time.monotonic() >= deadline:
                raise LabError(f"the guest never said {expected!r}: {said}")
            self.run("usleep 50000")

    def plugged(self, device: str) -> None:
        """Until this VENDOR:PRODUCT is plugged in; "" when nothing is."""
        look = "for d in /sys/bus/usb/devices/*-*/idVendor; do cat $d ${d%Vendor}Product; done"
        pattern = device.replace(":", r"\n") if device else r"No such file"
        self.until(f"{look} 2>&1", pattern)

    def _answer(self, hang_s: float = HANG_S) -> tuple[int, str]:
        said = b""
        deadline = time.monotonic() + hang_s
        while not (found := re.search(rb"@@(\d+)\n", said)):
            left = deadline - time.monotonic()
            ready = select.select([self._process.stdout], [], [], max(0.0, left))[0]
            data = os.read(self._process.stdout.fileno(), 65536) if ready else b""
            if not data:
                raise LabError(f"the guest says no more: {said.decode(errors='replace')[-2000:]}")
            said += data.replace(b"\r", b"")
        return int(found[1]), said[: found.start()].decode(errors="replace")


def words(line: str) -> list[str]:
    """The devices of a line that `phone usb` prints."""
    return shlex.split(line.partition(":")[2])
