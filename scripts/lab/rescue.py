# SPDX-License-Identifier: MIT
"""
Rescue mode (EDL) from the outside: an account that signs, and a ROM package that is written. What a
phone answers is not trusted: sizes, times and texts are bounded. docs/rescue.md has the protocol.
"""

from __future__ import annotations

import argparse
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable, NamedTuple

from . import fuses, outside, paths, roms, session, sparse, store, verdict
from .errors import LabError
from .options import Add
from .qemu import RESCUE_SOCKET, RunningPhone
from .qmp import connect
from .schema import printable

ACCOUNTS = {"plain": "user", "authorised": "oem"}  # whose key signs

XML, DATA = 1, 2
XML_BYTES_MAX = 4096
DATA_BYTES_MAX = 262144
MISC_BYTES_MAX = 1 << 16
SECTOR = 512
REPLIES_MAX = 200  # to one command
HELLO_S = 20.0
ANSWER_S = 30.0
VERDICT_S = 60.0
SILENT, SILENT_ZH = "the phone does not answer", "手机没有回应"

ATTRIBUTE = r'([A-Za-z0-9_]{1,31})="([^"<>&\n]{0,400})"'
PROLOG = r'(?:<\?xml version="1\.0"\?>)?'
ELEMENT = re.compile(
    rf"{PROLOG}<data><([A-Za-z_]{{1,31}})((?: {ATTRIBUTE})*) ?/></data>", re.ASCII
)


def add_command(command: Add) -> None:
    sub = command(
        "rescue",
        cmd_rescue,
        "write a ROM to a phone in rescue mode (EDL): one that is dead, or after fastboot oem edl",
        "  scripts/phone rescue mine --account plain --rom cn\n"
        "  scripts/phone rescue mine --account authorised --rom cn\n"
        "  scripts/phone rescue mine --account authorised --package build/roms/NAME",
    )
    sub.add_argument("name", metavar="NAME")
    sub.add_argument(
        "--account",
        choices=("plain", "authorised"),
        default="plain",
        help="only the maker's authorised accounts may write (default plain)",
    )
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("--rom", metavar="ROM", help="a ROM of rom-images/, packed for this model")
    what.add_argument("--package", metavar="DIR", help="the folder of a fastboot package")


def cmd_rescue(args: argparse.Namespace) -> int:
    folder = store.folder_of(args.name)
    package = Path(args.package) if args.package else None
    if package is None:
        package = roms.package(store.facts(folder).get("model", "?"), args.rom)
    return run(folder, args.account, package, session.tell)


Say = Callable[[str, str], None]  # in English, in Chinese


class Reply(NamedTuple):
    name: str
    values: dict[str, str]


class Refused(LabError):
    """The phone said no: its own words."""


class Rescue:
    """One conversation. `hello` is what the phone said of itself."""

    def __init__(self, sock: socket.socket, greeting_s: float = HELLO_S) -> None:
        self._sock = sock
        self._deadline = time.monotonic() + greeting_s
        hello = self._reply()
        for _ in range(REPLIES_MAX):  # the end of what was said to the client before
            if hello.name == "hello":
                break
            hello = self._reply()
        self.hello = hello.values
        if hello.name != "hello" or not {"product", "serial"} <= self.hello.keys():
            raise LabError(
                "what answers there is not a phone in rescue mode",
                zh="那里回应的不是救援模式的手机",
            )

    def command(self, name: str, **values: object) -> list[Reply]:
        """Sends one command; gives what came before its ACK. A NAK is Refused."""
        words = "".join(f' {key}="{value}"' for key, value in values.items())
        text = f'<?xml version="1.0"?><data><{name}{words}/></data>'.encode("ascii")
        self._send(XML, text)
        return self.answer()

    def answer(self) -> list[Reply]:
        self._deadline = time.monotonic() + ANSWER_S
        said: list[Reply] = []
        while len(said) < REPLIES_MAX:
            reply = self._reply()
            if reply.name != "response":
                said.append(reply)
            elif reply.values.get("value") == "ACK":
                return said
            else:
                logs = [r.values.get("value", "") for r in said if r.name == "log"]
                words = "; ".join(logs)
                raise Refused(
                    printable(words or "refused, and it did not say why"),
                    zh=printable(words or "拒绝，没有说明原因"),
                )
        raise LabError("the phone says more than it should", zh="手机发来的内容过多")

    def data(self, data: bytes) -> None:
        self._send(DATA, data)

    def _send(self, kind: int, data: bytes) -> None:
        try:
            self._sock.settimeout(ANSWER_S)
            self._sock.sendall(struct.pack("<II", kind, len(data)) + data)
        except OSError as error:
            raise LabError(
                f"the phone takes no more: {error}", zh=f"手机不再接收：{error}"
            ) from None

    def _reply(self) -> Reply:
        kind, size = struct.unpack("<II", self._take(8))
        if kind != XML or size > XML_BYTES_MAX:
            raise LabError("the phone sends something that is no packet of rescue mode")
        found = ELEMENT.fullmatch(self._take(size).decode("ascii", "replace"))
        if not found:
            raise LabError("the phone sends something that is not one element")
        return Reply(found[1], dict(re.findall(ATTRIBUTE, found[2])))

    def _take(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise LabError(SILENT, zh=SILENT_ZH)
            self._sock.settimeout(left)
            try:
                more = self._sock.recv(size - len(data))
            except TimeoutError:
                raise LabError(SILENT, zh=SILENT_ZH) from None
            except OSError as error:
                raise LabError(
                    f"the phone does not answer: {error}", zh=f"{SILENT_ZH}：{error}"
                ) from None
            if not more:
                raise LabError("the phone hung up", zh="手机断开了连接")
            data += more
        return data


def authenticate(phone: Rescue, account: str, keys: Path | None = None) -> None:
    """Challenge and answer. Refused: not one of the maker's accounts."""
    said = phone.command("sig", TargetName="req")
    blob = next((r.values.get("blob", "") for r in said if r.name == "sig"), "")
    if not re.fullmatch(r"[0-9a-f]{64}", blob):
        raise LabError("the phone's challenge is not one")
    answer = _sign(blob, phone.hello["serial"], ACCOUNTS[account], keys or paths.KEYS)
    phone.command("sig", TargetName="sig", size_in_bytes=len(answer))
    phone.data(answer)
    phone.answer()


def _sign(challenge: str, serial: str, key: str, keys: Path) -> bytes:
    paths.need(paths.ROMC)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "answer"
        words = ["sign-rescue", f"--challenge={challenge}", f"--chip-id={serial}"]
        words += ["--sign-with", key, "--keys", str(keys), "-o", str(out)]
        done = subprocess.run(
            [str(paths.ROMC), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise LabError(outside.clean(done.stderr.strip().removeprefix("romc: ")))
        return out.read_bytes()


class Bar:
    """How far one image has come: drawn in a terminal, said once elsewhere."""

    def __init__(self, name: str, total: int) -> None:
        self.name, self.total, self.done = name, total, 0
        self._begun, self._shown = time.monotonic(), 0.0
        self._live = sys.stderr.isatty()

    def add(self, count: int) -> None:
        self.done += count
        now = time.monotonic()
        if self._live and (now - self._shown > 0.1 or self.done == self.total):
            self._shown = now
            part = self.done / self.total if self.total else 1.0
            line = f"\r{self.name:<10} [{'#' * int(30 * part):<30}] {100 * part:3.0f} %"
            print(line, end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        took = time.monotonic() - self._begun
        words = f"{self.name:<10} {self.done / (1 << 20):8.1f} MiB in {took:.1f} s"
        print(f"\r{words:<60}" if self._live else words, file=sys.stderr, flush=True)


def images_of(package: Path) -> list[tuple[str, Path]]:
    """
    (partition, image), in the order in which they are written: vbmeta, then boot, come last, so
    that a phone whose rescue was cut short still refuses to start, and can be rescued again.
    """
    folder = package / "images"
    found = {file.stem: file for file in sorted(folder.glob("*.img"))}
    if "boot" not in found:
        raise LabError(f"{folder} has no boot.img: that is not a fastboot package", code=2)
    names = [name for name in found if name not in ("vbmeta", "boot")]
    names += [name for name in ("vbmeta", "boot") if name in found]
    return [(name, found[name]) for name in names]


def check_product(package: Path, product: str) -> None:
    try:
        with outside.opened(package / "misc.txt") as file:
            words = file.read(MISC_BYTES_MAX).decode("utf-8", "replace")
    except OSError as error:
        raise LabError(f"{package} is not a fastboot package: {error}", code=2) from None
    meant = re.search(r"^device=(\S+)\s*$", words, re.MULTILINE)
    if not meant or meant[1] != product:
        device = meant[1] if meant else "no phone"
        raise LabError(
            f"Missmatching image and device: the package is for {device}, "
            f"this is a {printable(product)}",
            zh=f"Missmatching image and device：刷机包是给 {device} 的，这台是 {printable(product)}",
        )


def write_package(phone: Rescue, package: Path) -> None:
    images = images_of(package)
    check_product(package, phone.hello["product"])
    phone.command("configure", MemoryName="ufs", MaxPayloadSizeToTargetInBytes=DATA_BYTES_MAX)
    phone.command("erase", label="boot")
    for name, file in images:
        with outside.opened(file) as source:
            _write_image(phone, name, source)


def _write_image(phone: Rescue, name: str, source) -> None:
    pieces = sparse.pieces(source)
    if pieces.is_sparse:
        phone.command("erase", label=name)
    bar = Bar(name, pieces.total_bytes)
    for offset, length, chunks in pieces:
        sectors = -(-length // SECTOR)
        phone.command(
            "program",
            label=name,
            start_sector=offset // SECTOR,
            num_partition_sectors=sectors,
            SECTOR_SIZE_IN_BYTES=SECTOR,
        )
        for chunk in chunks:
            phone.data(chunk + bytes(-len(chunk) % SECTOR))
            bar.add(len(chunk))
        phone.answer()
    bar.end()


def rescue(sock: socket.socket, account: str, package: Path, say: Say) -> None:
    """The whole way, from hello to reset."""
    phone = Rescue(sock)
    who = f"{printable(phone.hello['product'])} {printable(phone.hello['serial'])}"
    say(f"{who} is in rescue mode", f"{who} 处于救援模式")
    try:
        authenticate(phone, account)
    except Refused as refusal:
        try:
            phone.command("erase", label="boot")
        except Refused as answer:
            raise Refused(
                f"the {account} account was refused: {refusal}\n"
                f"what it is told from now on: {answer}\nnothing was written",
                zh=f"账号 {account} 被拒绝：{refusal}\n之后对它的回答：{answer}\n什么都没有写入",
            ) from None
        raise LabError(
            "the phone refused the account, and obeyed it all the same",
            zh="手机拒绝了账号，却照样执行了命令",
        ) from None
    say(
        f"the {account} account is accepted; writing {package.name}",
        f"账号 {account} 已通过；正在写入 {package.name}",
    )
    write_package(phone, package)
    phone.command("reset")
    say("written; the phone restarts", "已写入，手机重启")


def run(folder: Path, account: str, package: Path, say: Say) -> int:
    """On a phone that runs already, or on one that is switched on for it and off again."""
    images_of(package)
    if store.is_running(folder):
        with connect(folder, RESCUE_SOCKET) as sock:
            try:
                rescue(sock, account, package, say)
            except LabError as error:
                raise _with_hint(folder.name, error) from None
        return 0
    with store.Held(folder), fuses.watched(folder), RunningPhone(folder) as phone:
        words = phone.wait_for(lambda: verdict.words(phone.events), VERDICT_S)
        if not words or words.split()[0] != "dead":
            raise LabError(
                f"{folder.name} is not in rescue mode: {words}\n{_way_in(folder.name)}",
                zh=f"{folder.name} 不在救援模式：{words}\n{_way_in(folder.name, WAY_IN_ZH)}",
            )
        say(f"verdict: {words}; the screen stays black", f"verdict: {words}；屏幕保持全黑")
        known = len(phone.events)
        _beside(phone, lambda: _talk(folder, account, package, say))
        words = phone.wait_for(lambda: verdict.words(phone.events[known:]), VERDICT_S)
        if words is None:
            raise LabError(f"no verdict after {VERDICT_S:g} s", zh=f"{VERDICT_S:g} 秒后还没有结果")
    print(f"verdict: {words}", flush=True)
    say(*_what_next(folder.name, words))
    return 0


def _talk(folder: Path, account: str, package: Path, say: Say) -> None:
    with connect(folder, RESCUE_SOCKET) as sock:
        rescue(sock, account, package, say)


def _beside(phone: RunningPhone, work: Callable[[], None]) -> None:
    """Does `work` while the phone's other channels are read; an error of it is ours."""
    errors: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # handed on below
            errors.append(error)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    while thread.is_alive():
        phone.pump(0.1)
        if not phone.running:
            thread.join(1.0)
            break
    if errors:
        raise errors[0]


WAY_IN = (
    "a phone that is dead is in rescue mode by itself; any other is brought there with:\n"
    "  scripts/phone power {name} on --hold power,volume-down\n"
    "  scripts/phone fastboot {name} oem edl"
)
WAY_IN_ZH = (
    "黑屏的手机自己就在救援模式；其他手机这样进入：\n"
    "  scripts/phone power {name} on --hold power,volume-down\n"
    "  scripts/phone fastboot {name} oem edl"
)


def _way_in(name: str, words: str = WAY_IN) -> str:
    return words.format(name=name)


def _with_hint(name: str, error: LabError) -> LabError:
    if isinstance(error, Refused) or SILENT not in str(error):
        return error
    return LabError(
        f"{name} is on, but not in rescue mode\n{_way_in(name)}",
        zh=f"{name} 已开机，但不在救援模式\n{_way_in(name, WAY_IN_ZH)}",
    )


def _what_next(name: str, words: str) -> tuple[str, str]:
    """In English, in Chinese."""
    fate = words.split()[0]
    if fate == "home":
        return (
            f"{name} is healthy again; start it with: scripts/phone run {name}",
            f"{name} 恢复正常了；启动它：scripts/phone run {name}",
        )
    if fate == "dead":
        return (
            f"{name} is still dead: rescue writes the disk, and never brings a fuse back. "
            "It takes a ROM whose rollback index is not below the fuses'",
            f"{name} 仍然黑屏：救援只写存储，不能恢复熔丝。需要防回滚序号不低于熔丝的系统",
        )
    return (
        f"{name} answers again: scripts/phone explain {name} says why it stops here",
        f"{name} 又有响应了：scripts/phone explain {name} 说明它为什么停在这里",
    )
