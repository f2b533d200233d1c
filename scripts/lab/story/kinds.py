# SPDX-License-Identifier: MIT
"""
What a step of a story can do: one row of KINDS each. tests/scenarios/README.md says it in words.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Callable, Generator, Iterator

from .. import disk, fuses, language, paths, schema, store, verdict
from ..errors import LabError
from . import events
from .events import Event, Failed
from .stage import Stage
from .step import Step

WORDS = ("adb", "fastboot", "scripts/phone")  # what may be typed, beside a package's scripts
SCRIPT = re.compile(r".*/flash_all\w*\.sh")
MARK = b"holiday pictures of the phone's owner\n"
MARK_OFFSET = 1 << 20
PERCENT = re.compile(r"\(~(\d+)%\)")  # as adb sideload writes its progress, a line each
VERDICT = "verdict: "
CONNECT = ["adb", "connect"]
CONNECTED = "connected to"
AGAIN_S = 1.0  # a person tries once more: the phone may say that it waits before its port answers
STARTS = ["scripts/phone", "power"]


def phone(stage: Stage, step: Step) -> Iterator[Event]:
    """Another phone, fresh from the factory."""
    yield from stage.make(step.what)


def type_(stage: Stage, step: Step) -> Iterator[Event]:
    """A command, what it must say, and how it must end."""
    words = yield from stage.words(str(step.what))
    if words[0] not in WORDS and not SCRIPT.fullmatch(words[0]):
        raise LabError(f"a story types {', '.join(WORDS)} or a package's flash_all script")
    stage.restarts = stage.power_ons()
    code, said = yield from _run(stage, words)
    if words[:2] == CONNECT and not any(CONNECTED in line for line in said):
        time.sleep(AGAIN_S)
        code, said = yield from _run(stage, words)
    lines = said if words[:2] != STARTS else [line for line in said if not line.startswith(VERDICT)]
    yield events.Ended(code, events.fold(lines, step.says), len(lines))
    last = language.side(said[-1], "en") if said else "nothing"
    if code != step.exit:
        raise Failed(step, f"exit code {step.exit}", f"exit code {code}, after: {last}")
    for wanted in step.says:
        if not any(wanted in line for line in said):
            raise Failed(step, f"the words {wanted!r}", last)


def _run(stage: Stage, words: list[str]) -> Generator[Event, None, tuple[int, list[str]]]:
    yield events.Typed(" ".join(words))
    said: list[str] = []
    code = yield from _listen(stage, words, said)
    return code, said


def _listen(stage: Stage, words: list[str], said: list[str]):
    """Passes on what a command says, and gives its exit code. A start's verdict is one."""
    running = stage.bench.run(words)
    silent = 0
    try:
        while True:
            line = next(running)
            silent = silent + 1 if line is None else 0
            if line is None:
                yield events.Waiting(words[0], silent)
                continue
            if not _is_worth_passing_on(line):
                continue
            said.append(schema.printable(line.strip()))
            if words[:2] == STARTS and said[-1].startswith(VERDICT):
                yield stage.verdict(said[-1].removeprefix(VERDICT))
            else:
                yield events.Said(said[-1])
    except StopIteration as end:
        return end.value
    finally:
        running.close()


def _is_worth_passing_on(line: str) -> bool:
    """Of a hundred percentages, the tens."""
    percent = PERCENT.search(line)
    return bool(line.strip()) and (percent is None or percent[1].endswith("0"))


def restarts(stage: Stage, step: Step) -> Iterator[Event]:
    """The phone starts anew, and comes to this verdict."""
    before = stage.restarts
    yield from _verdict(stage, step, lambda trace: verdict.power_ons(trace) > before)


def verdict_(stage: Stage, step: Step) -> Iterator[Event]:
    """The phone comes to this verdict."""
    yield from _verdict(stage, step, lambda trace: True)


def _verdict(stage: Stage, step: Step, ready: Callable[[list[dict]], bool]) -> Iterator[Event]:
    def look() -> str | None:
        trace = stage.trace()
        words = verdict.words(verdict.of_last_start(trace)) if ready(trace) else None
        return words if words and verdict.meets(words, str(step.what)) else None

    words = yield from stage.wait(step, look, str(step.what))
    stage.restarts = stage.power_ons()
    yield stage.verdict(words)


def event(stage: Stage, step: Step) -> Iterator[Event]:
    """The phone reports this: an event's name as stage/event, and fields with their values."""
    fields = {key: value for key, value in step.what.items() if key != "name"}

    def look() -> dict | None:
        last = [e for e in stage.trace() if schema.key(e) == step.what["name"]]
        return last[-1] if last and fields.items() <= last[-1].items() else None

    wanted = " ".join(f"{key}={value}" for key, value in step.what.items())
    found = yield from stage.wait(step, look, wanted)
    yield events.Reported(found, schema.Schema().sentence(found))


def remember(stage: Stage, step: Step) -> Iterator[Event]:
    """Takes note of every byte on the disk, for `same`."""
    stage.digest = disk_digest(stage.folder / "disk.img")
    yield _noted("the disk as it is now was noted", "已记下存储器此刻的内容")


def same(stage: Stage, step: Step) -> Iterator[Event]:
    """Not a byte of the disk has changed since."""
    if disk_digest(stage.folder / "disk.img") != stage.digest:
        raise Failed(step, f"the {step.what} as it was", "it was changed")
    yield _noted("compared: not one byte of the disk has changed", "比对结果：存储器一个字节都没有变")


def user_data(stage: Stage, step: Step) -> Iterator[Event]:
    """leave: the owner's data is put into userdata. gone, there: is it still?"""
    image = stage.folder / "disk.img"
    at = disk.partitions(image)["userdata"][0] + MARK_OFFSET
    with open(image, "r+b") as file:
        file.seek(at)
        if step.what == "leave":
            file.write(MARK)
        elif (found := file.read(len(MARK)) == MARK) != (step.what == "there"):
            seen = "it is still there" if found else "it is gone"
            raise Failed(step, f"the owner's data {step.what}", seen)
    yield _noted(*USER_DATA[str(step.what)])


USER_DATA = {
    "leave": ("the owner's pictures are put on the phone", "机主的照片已放进手机"),
    "there": ("the owner's pictures are still there", "机主的照片还在"),
    "gone": ("the owner's pictures are gone", "机主的照片没有了"),
}


def fuses_(stage: Stage, step: Step) -> Iterator[Event]:
    """So much the rollback fuses must count."""
    counted = fuses.count(fuses.read(stage.folder / "nor.img"), fuses.ROLLBACK)
    if counted != step.what:
        raise Failed(step, f"fuses that count {step.what}", str(counted))
    yield _noted(f"the rollback fuses count {counted}", f"防回滚熔丝的计数是 {counted}")


def force(stage: Stage, step: Step) -> Iterator[Event]:
    """What a custom recovery does: writes a ROM past every check. The phone must be off."""
    if store.is_running(stage.folder):
        raise LabError(f"the phone {stage.name} must be off for that")
    folder = Path((yield from stage.words(str(step.what)))[0])
    image = stage.folder / "disk.img"
    for name in ("vbmeta", "boot"):
        with open(image, "r+b") as file:
            file.seek(disk.partitions(image)[name][0])
            file.write((paths.ROOT / folder / "images" / f"{name}.img").read_bytes())
    yield _noted(f"a custom recovery writes {folder}", f"第三方恢复系统写入 {folder}")


def _noted(english: str, chinese: str) -> events.Noted:
    return events.Noted({"en": english, "zh": chinese})


def disk_digest(image: Path) -> str:
    """Of what is on the disk, and where; holes are passed over."""
    import hashlib

    seen = hashlib.sha256()
    with open(image, "rb") as file:
        end, at = file.seek(0, os.SEEK_END), 0
        while at < end:
            try:
                first = os.lseek(file.fileno(), at, os.SEEK_DATA)
            except OSError:
                break  # nothing but a hole is left
            at = os.lseek(file.fileno(), first, os.SEEK_HOLE)
            seen.update(f"{first}-{at} ".encode() + os.pread(file.fileno(), at - first, first))
    return seen.hexdigest()


KINDS: dict[str, Callable[..., Iterator[Event]]] = {
    "type": type_,
    "phone": phone,
    "restarts": restarts,
    "verdict": verdict_,
    "event": event,
    "remember": remember,
    "same": same,
    "user_data": user_data,
    "fuses": fuses_,
    "force": force,
}

# What a step is given: in words, and whether it is that. A sentence or a word, where nothing is said.
WANTED: dict[str, tuple[str, Callable[[object], bool]]] = {
    "phone": ("keys and values", lambda what: isinstance(what, dict)),
    "event": ("a name, and fields", lambda what: isinstance(what, dict) and "name" in what),
    "user_data": (" or ".join(USER_DATA), lambda what: str(what) in USER_DATA),
    "fuses": ("a number", lambda what: isinstance(what, int)),
}
A_WORD = ("a word", lambda what: isinstance(what, str) and bool(what.strip()))
