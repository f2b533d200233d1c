# SPDX-License-Identifier: MIT
"""
A running phone: QEMU, its trace, its log, its screen. Shared by scripts/phone, tests/e2e and the
bench.

Every channel of ours is one end of a socket pair that is there before QEMU starts: nothing is lost,
two phones cannot meet. What other programs talk to is a port on 127.0.0.1 that was free, written down
in the phone's folder (ports.json). QEMU runs in that folder and dies with this process.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Callable, NamedTuple, TypeVar

from .cable import SOCKET as CABLE
from .cable import PORT_ID, Cable
from .errors import LabError
from .qmp import SOCKET, Ended, Qmp
from .saved import Saved
from .trace import Trace

QEMU = "qemu-system-aarch64"
NEEDED = ((QEMU, "qemu-system-arm"), ("setpriv", "util-linux"))
MACHINE = (
    "-M virt,secure=on -cpu cortex-a53 -m 1G -nodefaults -nic none "
    "-global virtio-mmio.force-legacy=false"
).split()


class Service(NamedTuple):
    """One of the phone's services, a virtserialport: ours alone, or for programs of the host."""

    name: str
    tcp: bool = False


# A row more is a port more.
TRACE = "lab.trace"
FASTBOOT = "lab.fastboot"
ADB = "lab.adb"
SERVICES = (Service(TRACE), Service(FASTBOOT, tcp=True), Service(ADB, tcp=True))
OURS = tuple(service.name for service in SERVICES if not service.tcp)
PORTS = "ports.json"  # in the phone's folder while it runs: service -> TCP port on 127.0.0.1
PID = "qemu.pid"  # so too: QEMU's process
RESCUE = "lab.edl"
RESCUE_SOCKET = "edl.sock"  # in the phone's folder while it runs: lab.edl listens there
VNC = "vnc.sock"  # so too, with the display SCREEN_SERVER: the screen, for those who may watch
SCREEN_SERVER = f"vnc=unix:{VNC},share=force-shared"
CONSOLE = "console"
CONTROL = "control"
SECURE = "secure"  # the secure UART, out of a ROM's reach

END_S = 3.0  # how long QEMU may take to end when asked
CHUNK = 65536
LOG_BYTES_MAX = 16 << 20

# A host without room, or with a bad disk, is a fault that the phone hears of; QEMU would stop it.
FAULTS = "werror=report,rerror=report"
# Where that is no outcome of the phone's, QEMU halts the machine when this computer has no room.
NO_ROOM_HALTS = "werror=enospc,rerror=report"

Found = TypeVar("Found")


def storage(nor: str = "nor.img", disk: str = "disk.img") -> list[str]:
    return [
        "-drive",
        f"if=pflash,unit=0,format=raw,file={nor}",
        "-drive",
        # what the phone erases gives its room back
        f"if=none,id=disk,format=raw,discard=unmap,file={disk},{FAULTS}",
        "-device",
        "virtio-blk-device,drive=disk",
    ]


def overlaid_storage(disk: Path, disk_format: str = "raw", faults: str = FAULTS) -> list[str]:
    """
    For one run: QEMU writes to an overlay of its own, a file without a name in the phone's folder;
    nothing is copied, nothing remains.
    """
    name = str(disk).replace(",", ",,")
    return [
        *storage()[:2],
        "-drive",
        f"if=none,id=disk,format={disk_format},snapshot=on,discard=unmap,{faults},file={name}",
        "-device",
        "virtio-blk-device,drive=disk",
    ]


def channels(fds: dict[str, int]) -> list[str]:
    """
    The devices behind the sockets: `fds` has one for each service, the console and the control.
    """
    line = ["-device", "virtio-serial-device"]
    for name, tcp in SERVICES:
        line += [
            "-chardev",
            f"socket,id={name},fd={fds[name]}" + (",server=on,wait=off,nodelay=on" if tcp else ""),
            "-device",
            f"virtserialport,chardev={name},name={name},id={PORT_ID}{name}",
        ]
    line += [
        "-chardev",
        f"socket,id={RESCUE},path={RESCUE_SOCKET},server=on,wait=off",
        "-device",
        f"virtserialport,chardev={RESCUE},name={RESCUE},id={PORT_ID}{RESCUE}",
    ]
    line += [
        "-chardev",
        f"socket,id={CONSOLE},fd={fds[CONSOLE]}",
        "-serial",
        f"chardev:{CONSOLE}",
    ]
    if SECURE in fds:
        line += ["-chardev", f"socket,id={SECURE},fd={fds[SECURE]}", "-serial", f"chardev:{SECURE}"]
    return line + [
        "-chardev",
        f"socket,id={CONTROL},fd={fds[CONTROL]}",
        "-mon",
        f"chardev={CONTROL},mode=control",
        "-qmp",
        f"unix:{SOCKET},server=on,wait=off",
    ]


def switches(lab: dict[str, str]) -> list[str]:
    """The lab's own switches for one run: bootloader/iface/lab.h. A comma is written twice."""
    line = []
    for name, value in lab.items():
        doubled = value.replace(",", ",,")
        line += ["-fw_cfg", f"name=opt/flashlab/{name},string={doubled}"]
    return line


def panel(display: str) -> list[str]:
    return ["-device", "ramfb", "-device", "virtio-keyboard-device", "-display", display]


def _write(file: Path, text: str) -> None:
    """Whole, or not at all: others read it at any moment."""
    part = file.with_name(f".{file.name}.part")
    part.write_text(text + "\n", encoding="ascii")
    os.replace(part, file)


def _listening(port: int) -> socket.socket:
    """On this computer only, at this port or (0) at any."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=1)
    except OSError as error:
        raise LabError(
            f"the port {port} of 127.0.0.1 cannot be had ({error.strerror}): another phone may have "
            "it (scripts/phone list); without --port a free one is taken"
        ) from None


class RunningPhone:
    """
    Use as a context manager: entering starts QEMU, leaving ends it, whatever the way.

    events      the firmware's events and the ROM's claims: trace.py says which is which
    bad_lines   lines of the trace that are no events
    log         what the serial line said
    exit_code   QEMU's, once it has ended
    started     time.monotonic() when QEMU was started
    ports       service -> TCP port, of those for other programs
    """

    def __init__(
        self,
        folder: Path,
        *,
        display: str = "none",
        rtc: str | None = None,
        options: list[str] | None = None,
        machine: list[str] | None = None,
        on_log: Callable[[bytes], None] | None = None,
        lab: dict[str, str] | None = None,
        port: int | None = None,
    ) -> None:
        self.folder = folder
        self._trace = Trace(lambda line: self._trace_file.write(line))
        self.events, self.bad_lines = self._trace.events, self._trace.bad_lines
        self.log = bytearray()
        self.exit_code: int | None = None
        self.started = 0.0
        self._display = display
        self.ports: dict[str, int] = {}
        self._first_port = port  # of those for other programs; None: any that are free
        self._options = (["-rtc", f"base={rtc}"] if rtc else []) + (options or storage())
        self._lab = lab or {}
        self._machine = machine or MACHINE
        secure = any("secure=on" in word for word in self._machine)
        self._listened = (*OURS, CONSOLE, SECURE) if secure else (*OURS, CONSOLE)
        self._on_log = on_log
        self._sockets: dict[str, socket.socket] = {}
        self._process: subprocess.Popen | None = None
        self._files: list = []
        self.qmp: Qmp | None = None
        self.cable: Cable | None = None

    # Starting and ending.

    def __enter__(self) -> "RunningPhone":
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start(self) -> None:
        for tool, package in NEEDED:
            if not shutil.which(tool):
                raise LabError(f"{tool} is not installed (Debian package {package})")
        theirs = {}
        for name in (*self._listened, CONTROL):
            self._sockets[name], theirs[name] = socket.socketpair()
        for number, service in enumerate(service for service in SERVICES if service.tcp):
            port = self._first_port + number if self._first_port else 0
            theirs[service.name] = _listening(port)
            self.ports[service.name] = theirs[service.name].getsockname()[1]
        self._trace_file = Saved(self.folder / "trace.jsonl")
        self._log_file = Saved(self.folder / "log.txt")
        self._errors = os.fdopen(os.memfd_create("qemu-errors"), "r+b")
        self._files = [self._trace_file, self._log_file, self._errors]
        self._forget()
        fds = {name: sock.fileno() for name, sock in theirs.items()}
        told = switches({"adb-port": str(self.ports[ADB]), **self._lab})
        command = [QEMU, *self._machine, *self._options, *told, *channels(fds)]
        command += panel(self._display)
        self.started = time.monotonic()
        try:
            # setpriv: QEMU gets a signal when this process dies, even of SIGKILL. A session of
            # its own:
            # Ctrl-C reaches us only, and we end QEMU.
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--", *command],
                cwd=self.folder,
                env={**os.environ, "TMPDIR": str(self.folder)},  # for its overlays
                stdin=subprocess.DEVNULL,
                stdout=self._errors,
                stderr=self._errors,
                pass_fds=list(fds.values()),
                start_new_session=True,
            )
        finally:
            for sock in theirs.values():
                sock.close()
        self.cable = Cable(self.folder, self._sockets[CONTROL], self.ports)
        self.qmp = self.cable.qmp
        self._pidfd = os.pidfd_open(self._process.pid)
        self._files.append(os.fdopen(self._pidfd, "rb", buffering=0))
        self._poll = select.poll()
        self._poll.register(self._pidfd, select.POLLIN)
        self._poll.register(self.cable.fileno(), select.POLLIN)
        listened = (*self._listened, CONTROL)
        for name in listened:
            self._poll.register(self._sockets[name].fileno(), select.POLLIN)
        self._names = {self._sockets[name].fileno(): name for name in listened}
        # Last: a full disk may fail here, and QEMU can be ended by now.
        _write(self.folder / PORTS, json.dumps(self.ports))
        _write(self.folder / PID, str(self._process.pid))

    def stop(self) -> None:
        """Ends QEMU and closes everything; Ctrl-C does not get between. Safe to call twice."""
        ends = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ends)
        try:
            if self._process and self.exit_code is None:
                self._end_qemu()
            for sock in (*self._sockets.values(), *([self.cable] if self.cable else [])):
                sock.close()
            for file in self._files:
                file.close()
            self._sockets, self._files = {}, []
            self._forget()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _forget(self) -> None:
        """What is in the folder only while the phone runs."""
        for name in (SOCKET, RESCUE_SOCKET, CABLE, VNC, PORTS, PID):
            (self.folder / name).unlink(missing_ok=True)

    def _end_qemu(self) -> None:
        assert self._process
        self._process.terminate()
        deadline = time.monotonic() + END_S
        while self.running and time.monotonic() < deadline:
            self.pump(0.1)
        if self.running:
            self._process.kill()
            self.exit_code = self._process.wait()

    @property
    def pid(self) -> int:
        """QEMU's process."""
        assert self._process
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self.exit_code is None

    def complaint(self) -> str:
        """What QEMU itself said, such as why it could not start."""
        if self._errors.closed:
            return ""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace").strip()

    # Listening.

    def pump(self, timeout_s: float) -> None:
        """Takes what has come, waiting at most so long for something."""
        if not self.running:
            return
        wait_s = self.cable.wait_s(timeout_s)
        ready = [fd for fd, _ in self._poll.poll(max(0, math.ceil(wait_s * 1000)))]
        for fd in ready:
            if fd in self._names:
                self._take(fd)
            elif fd == self.cable.fileno():
                self.cable.welcome()
        self.cable.tick()
        if ready == [self._pidfd]:  # it has ended, and nothing it said is left to take
            assert self._process
            self._trace.finish()
            self.exit_code = self._process.wait()

    def _take(self, fd: int) -> None:
        if self._names[fd] == CONTROL:
            if not self.qmp.take():
                self._ignore(fd)
            return
        data = self._receive(fd)
        name = self._names.get(fd)
        if name == TRACE:
            # What the firmware wrote to both, it wrote to the secure UART first.
            self._drain_secure()
            self._trace.feed(data)
        elif name == SECURE:
            self._trace.feed_secure(data)
        elif name == CONSOLE:
            self._take_log(data)

    def _receive(self, fd: int) -> bytes:
        """What is there now; a channel whose other end is closed is listened to no more."""
        try:
            data = self._sockets[self._names[fd]].recv(CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return b""
        except ConnectionResetError:
            data = b""
        if not data:
            self._ignore(fd)
        return data

    def _ignore(self, fd: int) -> None:
        self._poll.unregister(fd)
        del self._names[fd]

    def _drain_secure(self) -> None:
        for fd, name in list(self._names.items()):
            if name == SECURE:
                while data := self._receive(fd):
                    self._trace.feed_secure(data)

    def _take_log(self, data: bytes) -> None:
        if len(self.log) < LOG_BYTES_MAX:
            self.log += data
            self._log_file.write(data)
        if self._on_log:
            self._on_log(data)

    def wait_for(self, look: Callable[[], Found | None], timeout_s: float) -> Found | None:
        """
        What `look` finds, or None when the time is over or QEMU has ended. Never sleeps past news.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            found = look()
            if found is not None:
                return found
            left = deadline - time.monotonic()
            if left <= 0 or not self.running:
                return None
            self.pump(min(left, 1.0))

    def settle(self, seconds: float) -> None:
        self.wait_for(lambda: None, seconds)

    # Acting.

    def type(self, text: str) -> None:
        """Types on the console."""
        self._sockets[CONSOLE].sendall(text.encode())

    def shoot(self, out: Path, image_format: str = "png") -> None:
        assert self.qmp
        self.qmp.screendump(self.folder, out, image_format)

    def shoot_if_on(self, out: Path) -> None:
        """A phone may be switched off at any moment: then there is no picture."""
        if self.running:
            with contextlib.suppress(Ended):
                self.shoot(out)
