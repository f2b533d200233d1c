# SPDX-License-Identifier: MIT
"""
The lab's own account service: who may unlock a phone, and from when. All of it is on this machine.

A phone is bound to an account; a waiting time goes by; then the service signs the phone's token.
The waiting time is counted on a clock that a workshop may move. Kept in the phone's folder:

    account.json    the account, the serial number, since when, how many hours, how far the clock
                    was moved
    unlock.bin      the last answer: for `fastboot stage`
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from . import catalog, fastboot, language, outside, paths, store, verdict
from .errors import LabError
from .options import Add

HOUR_S = 3600
HOURS_MAX = 1440
HOURS_BEFORE_2018 = 72
HOURS_2018 = 360
MOVE_HOURS_MAX = 10 * 365 * 24
COULD_NOT, COULD_NOT_ZH = "Couldn't unlock", "解锁失败"


class Binding(NamedTuple):
    account: str
    serial: str
    bound_at_s: float  # on the service's clock
    wait_hours: int
    clock_ahead_s: float  # the service's clock before the real one

    def hours_left(self) -> int:
        """Whole hours, rounded up; 0: the waiting is over."""
        gone_s = time.time() + self.clock_ahead_s - self.bound_at_s
        return max(0, math.ceil(self.wait_hours - gone_s / HOUR_S))


def default_hours(model: str) -> int:
    released = str(catalog.facts_of_model(model).get("released", ""))
    return HOURS_BEFORE_2018 if released < "2018" else HOURS_2018


def _must_need_an_account(model: str) -> None:
    facts = catalog.facts_of_model(catalog.check("model", model))
    if "bootloader-lock" not in facts.get("protections", []):
        raise LabError(
            f"a {model} was never locked: it is flashed without an account",
            zh=f"{model} 从未上锁，刷机不需要账号",
        )
    if facts.get("os") == "android-one":
        raise LabError(
            f"a {model} is unlocked without an account: fastboot flashing unlock, and yes on the phone",
            zh=f"{model} 解锁不需要账号：fastboot flashing unlock，再在手机上确认",
        )


def load(folder: Path) -> Binding | None:
    file = folder / "account.json"
    if not file.is_file():
        return None
    try:
        binding = Binding(**outside.read_json(file))
        numbers = (binding.bound_at_s, binding.clock_ahead_s, binding.wait_hours)
        texts = (binding.account, binding.serial)
        if all(map(math.isfinite, numbers)) and all(isinstance(text, str) for text in texts):
            return binding
    except (OSError, ValueError, TypeError):
        pass
    raise LabError(
        f"{file} cannot be read: remove it, and bind the phone again",
        zh=f"{file} 无法读取：请删除它，再重新绑定账号",
    )


def _save(folder: Path, binding: Binding) -> None:
    part = folder / f".account.{os.getpid()}"
    try:
        part.write_text(json.dumps(binding._asdict(), indent=2) + "\n", encoding="utf-8")
        os.replace(part, folder / "account.json")
    finally:
        part.unlink(missing_ok=True)


def bind(folder: Path, account: str, hours: int | None) -> Binding:
    """From now on, anew if it was bound before. The real phones do it in the system's settings."""
    phone = store.facts(folder)
    _must_need_an_account(str(phone.get("model")))
    _must_have_started(folder)
    before = load(folder)
    ahead_s = before.clock_ahead_s if before else 0.0
    binding = Binding(
        account=account,
        serial=str(phone.get("serial")),
        bound_at_s=time.time() + ahead_s,
        wait_hours=default_hours(str(phone.get("model"))) if hours is None else hours,
        clock_ahead_s=ahead_s,
    )
    _save(folder, binding)
    return binding


def _must_have_started(folder: Path) -> None:
    """A phone that was never switched on may: it left the factory with a ROM that starts."""
    from . import schema

    if not (folder / "trace.jsonl").is_file():
        return
    words = verdict.words(schema.read_trace(folder / "trace.jsonl"))
    if words is None or not words.startswith("home"):
        raise LabError(
            "an account is added in the running system's settings, and this phone's last run "
            f"ended elsewhere: {words or 'no verdict'}\n"
            f"start it first: scripts/phone run {folder.name}",
            zh=f"账号要在运行中的系统设置里添加，而手机上次启动的结果是：{words or '没有结果'}；先让它正常开机",
        )


def move_clock(folder: Path, hours: float) -> Binding:
    binding = _bound(folder)
    binding = binding._replace(clock_ahead_s=binding.clock_ahead_s + hours * HOUR_S)
    _save(folder, binding)
    return binding


def _bound(folder: Path) -> Binding:
    binding = load(folder)
    if binding is None:
        raise LabError(
            f"no account is bound to it (scripts/phone account bind {folder.name})",
            zh=f"还没有绑定账号（scripts/phone account bind {folder.name}）",
        )
    return binding


def unlock(folder: Path, token: str | None) -> Path:
    """The file that answers the phone's token; or the refusal, in the words of the real service."""
    phone = store.facts(folder)
    binding = load(folder)
    if binding is None:
        raise LabError(
            f"{COULD_NOT}\nno account is bound to it (scripts/phone account bind {folder.name})",
            zh=f"{COULD_NOT_ZH}\n还没有绑定账号（scripts/phone account bind {folder.name}）",
        )
    left = binding.hours_left()
    if left > 0:
        raise LabError(
            f"{COULD_NOT}\nAfter {left} hours of trying to unlock the device",
            zh=f"{COULD_NOT_ZH}\n请在 {left} 小时后再尝试解锁设备",
        )
    answer = folder / "unlock.bin"
    try:
        _sign(token or fastboot.token(folder), str(phone.get("model")), binding.serial, answer)
    except LabError as error:
        raise LabError(
            f"{COULD_NOT}\n{error}", zh=f"{COULD_NOT_ZH}\n{error.zh or error}"
        ) from None
    return answer


def _sign(token: str, model: str, serial: str, answer: Path) -> None:
    paths.need(paths.ROMC, paths.ROOT_KEY)
    words = ["sign-unlock", "--product", model, "--chip-id", serial]
    words += ["--keys", str(paths.KEYS), "-o", str(answer), "--", token]
    done = subprocess.run(
        [str(paths.ROMC), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LabError(done.stderr.strip().removeprefix("romc: "))


def describe(binding: Binding) -> dict[str, str]:
    """In each language."""
    left, ahead = binding.hours_left(), round(binding.clock_ahead_s / HOUR_S)
    return {"en": _in_english(binding, left, ahead), "zh": _in_chinese(binding, left, ahead)}


def _in_english(binding: Binding, left: int, ahead: int) -> str:
    may = "it may be unlocked now" if left == 0 else f"{left} of {binding.wait_hours} hours to wait"
    moved = f" (the clock was moved {ahead} hours ahead)" if ahead else ""
    return f"bound to account {binding.account}; {may}{moved}"


def _in_chinese(binding: Binding, left: int, ahead: int) -> str:
    may = "现在可以解锁" if left == 0 else f"共 {binding.wait_hours} 小时，还要等 {left} 小时"
    moved = f"（时钟已拨快 {ahead} 小时）" if ahead else ""
    return f"已绑定账号 {binding.account}；{may}{moved}"


# The commands.


def cmd_bind(args: argparse.Namespace) -> int:
    return _say(args.name, bind(store.folder_of(args.name), args.account, args.hours))


def cmd_wait(args: argparse.Namespace) -> int:
    return _say(args.name, move_clock(store.folder_of(args.name), args.hours))


def cmd_status(args: argparse.Namespace) -> int:
    binding = load(store.folder_of(args.name))
    if binding is None:
        print(language.pick(f"{args.name}: bound to no account", f"{args.name}：没有绑定账号"))
        return 0
    return _say(args.name, binding)


def _say(name: str, binding: Binding) -> int:
    said = {tongue: outside.clean(text) for tongue, text in describe(binding).items()}
    print(language.pick(f"{name}: {said['en']}", f"{name}：{said['zh']}"))
    return 0


def cmd_unlock(args: argparse.Namespace) -> int:
    folder = store.folder_of(args.name)
    answer = unlock(folder, args.token)
    if args.output:
        Path(args.output).write_bytes(answer.read_bytes())
        answer = Path(args.output)
    if args.apply:
        return fastboot.run(folder, ["stage", str(answer.absolute())]) or fastboot.run(
            folder, ["oem", "unlock"]
        )
    where = os.path.relpath(answer)
    print(
        language.pick(
            f"the answer is in {where}; it counts until the phone is switched off. Now:",
            f"答复在 {where}，手机关机前有效。接下来：",
        )
    )
    print(f"  scripts/phone fastboot {args.name} stage {where}")
    print(f"  scripts/phone fastboot {args.name} oem unlock")
    return 0


def _hours(text: str) -> float:
    found = re.fullmatch(r"(\d{1,6})([hd]?)", text, re.ASCII)
    hours = int(found[1]) * (24 if found[2] == "d" else 1) if found else 0
    if not 0 < hours <= MOVE_HOURS_MAX:
        raise argparse.ArgumentTypeError(f"hours such as 360h, or days such as 15d, not {text!r}")
    return hours


def _wait_hours(text: str) -> int:
    if not re.fullmatch(r"\d{1,4}h?", text, re.ASCII) or int(text.rstrip("h")) > HOURS_MAX:
        raise argparse.ArgumentTypeError(f"0 to {HOURS_MAX} hours, not {text!r}")
    return int(text.rstrip("h"))


def _account(text: str) -> str:
    if not re.fullmatch(r"[\w.@+-]{1,64}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be an account's name")
    return text


def add_command(phone_command: Add) -> None:
    """bind, wait, status and unlock, under `phone account`."""
    parser = phone_command(
        "account",
        None,
        "ask the lab's own account service to unlock a phone",
        "  scripts/phone account bind mine\n"
        "  scripts/phone account wait mine 360h\n"
        "  scripts/phone account unlock mine --apply",
    )
    commands = parser.add_subparsers(metavar="WHAT", required=True)

    def command(name: str, run, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about + ".")
        sub.set_defaults(run=run)
        sub.add_argument("name", metavar="NAME")
        return sub

    sub = command("bind", cmd_bind, "add an account to the phone: the waiting time begins")
    sub.add_argument("--account", metavar="WHO", type=_account, default="workshop")
    sub.add_argument(
        "--hours",
        metavar="N",
        type=_wait_hours,
        help=f"the waiting time (default {HOURS_2018}, for models from before 2018 "
        f"{HOURS_BEFORE_2018}; at most {HOURS_MAX})",
    )
    sub = command("wait", cmd_wait, "move the service's clock ahead, without waiting")
    sub.add_argument("hours", metavar="HOURS", type=_hours, help="such as 360h or 15d")
    command("status", cmd_status, "say who it is bound to, and how long is left to wait")
    sub = command("unlock", cmd_unlock, "sign the answer to the phone's token")
    sub.add_argument("--token", metavar="T", help="(default: the phone in fastboot mode is asked)")
    sub.add_argument("-o", "--output", metavar="FILE", help="write the answer there too")
    sub.add_argument("--apply", action="store_true", help="unlock with it: stage, oem unlock")
