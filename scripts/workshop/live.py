# SPDX-License-Identifier: MIT
"""
One phone of the workshop: it is made, switched on in a thread of its own, listened to, and told of.

What pages see of it goes out as messages: `phone` its label, `trace` events of its
trace, `log` its serial line, `output` what was typed and what came of it.
"""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections import deque
from pathlib import Path
from typing import Callable

from lab import catalog, fuses, language, power, schema, store, verdict
from lab.errors import LabError
from lab.qemu import SCREEN_SERVER, RunningPhone

from .fleet import Fleet
from .jobs import Job
from .said import Refusal, Sides, say, sides

EVENTS_MAX = 4000  # of one start
LOG_MAX = 20_000  # letters that a new page gets
OUTPUT_MAX = 400  # lines so too
VERDICT_S = 90.0
LOOK_S = 0.03
MODES = ("home", "brick", "dead", "recovery", "fastboot", "off")

Tell = Callable[["LivePhone", dict], None]


def mode_of(state: str, words: str | None) -> str:
    """What its screen is about, in one word."""
    if state != "on":
        return "off"
    word = (words or "starting").split()[0]
    return word if word in MODES else "starting"


class LivePhone:
    in_browser = False  # see claimed.py

    def __init__(self, fleet: Fleet, name: str, facts: dict, tell: Tell, owner: str = "") -> None:
        self.fleet, self.name, self.owner = fleet, name, owner
        self.facts = dict(facts)
        self.state = "making"  # off, waiting (for its turn to start), on
        self.cable = True
        self.trouble: Sides | None = None
        self.verdict: str | None = None
        self.busy: Sides | None = None  # what is being done with it
        self.progress: float | None = None
        self.starts = 0  # counts up at each start of the firmware
        self.events: list[dict] = []  # of the last start
        self.log = ""
        self.output: deque[dict] = deque(maxlen=OUTPUT_MAX)
        self.seen: dict = {}  # lock, slot, rom, ... as the trace said last
        self._index: int | None = None
        self._reported: dict | None = None  # the label that was sent last
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._job: Job | None = None
        self._starter: asyncio.Task | None = None

    @property
    def folder(self) -> Path:
        return self.fleet.phones_folder / self.name

    @property
    def mode(self) -> str:
        return mode_of(self.state, self.verdict)

    @property
    def lock(self) -> str:
        """As the trace said last; before that, as it left the factory."""
        return self.seen.get("lock", self.facts["lock"])

    def label(self) -> dict:
        """What a page shows of it."""
        model = catalog.facts_of_model(self.facts["model"])
        place = self.fleet.waiting.index(self.name) + 1 if self.name in self.fleet.waiting else 0
        return {
            "name": self.name,
            "owner": self.owner,
            "model": self.facts["model"],
            "title": str(model.get("name", self.facts["model"])),
            "released": str(model.get("released", "")),
            "made_for": self.facts["region"],
            "policy": self.facts["policy"],
            "lock": self.lock,
            "rom": self.seen.get("rom", self.facts["rom"]),
            "slot": self.seen.get("slot"),
            "index": self._index,
            "state": self.state,
            "place": place,
            "mode": self.mode,
            "verdict": self.verdict,
            "busy": self.busy,
            "progress": self.progress,
            "cable": self.cable,
            "trouble": self.trouble,
            "starts": self.starts,
        }

    def whole(self) -> dict:
        """For a page that has just been opened."""
        return {
            "label": self.label(),
            "events": self.events,
            "log": self.log[-LOG_MAX:],
            "output": list(self.output),
        }

    def tell(self, kind: str = "phone", **what: object) -> None:
        """Its label when nothing is said, and then only if that has changed."""
        if kind == "phone":
            what = {"label": self.label()}
            if what["label"] == self._reported:
                return
            self._reported = what["label"]
        self._tell(self, {"kind": kind, **what})

    # Made, and taken away.

    async def make(self) -> None:
        """Fresh from the factory."""
        self.state = "making"
        self.tell()
        try:
            await self.fleet.in_background(self._make)
        except BaseException as error:
            self.trouble = say("not-made", phone=self.name, why=sides(error))
            self.tell()
            raise
        self.state, self.trouble, self.cable = "off", None, True
        self._read_index()
        self.tell()

    def _make(self) -> None:
        facts = {key: self.facts[key] for key in ("model", "region", "rom", "lock", "policy")}
        with store.NewPhone(**facts, rollback=self.facts.get("rollback"), tag="shop") as phone:
            (phone.folder / "uploads").mkdir()
            phone.keep(self.name)

    async def factory(self, facts: dict) -> None:
        """Taken away, and made anew."""
        await self.gone()
        self.facts = dict(facts)
        self.verdict, self.events, self.log, self.seen = None, [], "", {}
        self.starts += 1
        self.tell("trace", start=self.starts, fresh=True, events=[])
        self.forget_output()
        await self.make()

    async def gone(self) -> None:
        self.stop_job()
        await self.power_off()
        await self.fleet.in_background(shutil.rmtree, self.folder, True)

    # Power.

    async def power_on(self, hold: str = "") -> str:
        """Waits for its turn, then for the verdict."""
        if self.state != "off":
            raise Refusal("is-on" if self.state == "on" else "being-made", phone=self.name)
        self.fleet.waiting.append(self.name)
        self.state, self.verdict, self.trouble = "waiting", None, None
        self.tell()
        self._starter = asyncio.current_task()
        try:
            async with self.fleet.starting:
                self.fleet.waiting.remove(self.name)
                self._start(hold)
                return await self.until(lambda: self.verdict)
        finally:
            self._starter = None
            if self.name in self.fleet.waiting:
                self.fleet.waiting.remove(self.name)
            if self.state == "waiting":
                self.state = "off"
                self.tell()

    def _start(self, hold: str) -> None:
        self.state = "on"
        (self.folder / "trace.jsonl").unlink(missing_ok=True)
        self.log = ""
        self._news([], fresh=True)
        lab = {**({"hold": hold} if hold else {}), **({"no-wait": "1"} if self.fleet.hurry else {})}
        threading.Thread(target=self._keep, args=(lab,), name=self.name, daemon=True).start()

    def _keep(self, lab: dict) -> None:
        """The thread: runs QEMU until it ends. QEMU dies with this thread."""
        said: Sides | None = None
        try:
            with store.Held(self.folder), fuses.watched(self.folder):
                with RunningPhone(
                    self.folder, display=SCREEN_SERVER, lab=lab, on_log=self._heard_log
                ) as phone:
                    self._listen(phone)
                    if phone.exit_code not in (0, -9):
                        complaint = phone.complaint()
                        said = {"en": complaint} if complaint else say(
                            "qemu-ended", code=phone.exit_code
                        )
        except (LabError, OSError) as error:
            said = sides(error)
        self._loop.call_soon_threadsafe(self._went_off, said)

    def _listen(self, phone: RunningPhone) -> None:
        reported = 0
        while phone.running:
            phone.pump(1.0)
            if len(phone.events) > reported:
                self._loop.call_soon_threadsafe(self._news, phone.events[reported:])
                reported = len(phone.events)

    def _heard_log(self, data: bytes) -> None:
        self._loop.call_soon_threadsafe(self._take_log, data.decode("utf-8", "replace"))

    def _take_log(self, text: str) -> None:
        clean = "".join(c for c in text if c.isprintable() or c in "\t\n")
        self.log = (self.log + clean)[-2 * LOG_MAX :]
        self.tell("log", text=clean)

    def _went_off(self, said: Sides | None) -> None:
        self.state, self.trouble = "off", said
        self.stop_job()
        self._read_index()
        self.tell()

    async def power_off(self) -> None:
        await self._end(power.off)

    async def cut(self) -> None:
        """The power is gone, from one moment to the next."""
        await self._end(power.cut)

    async def _end(self, end: Callable[[Path], None]) -> None:
        if self._starter and self.state == "waiting":
            self._starter.cancel()
            await asyncio.sleep(0)
        if self.state != "on":
            return
        for attempt in range(100):
            try:
                await asyncio.to_thread(end, self.folder)
                break
            except LabError:  # off by itself meanwhile, or QEMU does not listen yet
                if self.state != "on" or attempt == 99:
                    break
                await asyncio.sleep(0.05)
        await self.until(lambda: self.state == "off" or None)

    # Listening.

    def _news(self, events: list[dict], fresh: bool = False) -> None:
        """A power-on begins a new story, whoever asked for it: a restart is one too."""
        batch: list[dict] = []
        if fresh:
            self._begin()
        for event in events:
            if schema.key(event) == "flow/power-on" and self.events:
                self._pass_on(batch)
                batch = []
                self._begin()
            if len(self.events) < EVENTS_MAX:
                self.events.append(event)
                batch.append(event)
            self._note(event)
        self._pass_on(batch)
        self.verdict = verdict.words(self.events)
        if self.verdict:
            self._read_index()
        self.tell()

    def _begin(self) -> None:
        self.events = []
        self.starts += 1
        self.tell("trace", start=self.starts, fresh=True, events=[])

    def _pass_on(self, batch: list[dict]) -> None:
        if batch:
            self.tell("trace", start=self.starts, fresh=False, events=batch)

    def _note(self, event: dict) -> None:
        key = schema.key(event)
        if key == "storage/state":
            self.seen["lock"] = event.get("lock")
        elif key == "storage/slot":
            self.seen["slot"] = event.get("slot")
        elif key == "verify/claims":
            self.seen["rom"] = event.get("rom") or None

    def _read_index(self) -> None:
        """From the fuses themselves; None: such a phone has no anti-rollback."""
        model = catalog.facts_of_model(self.facts["model"])
        if "anti-rollback" not in model.get("protections", []):
            self._index = None
            return
        try:
            self._index = fuses.count(fuses.read(self.folder / "nor.img"), fuses.ROLLBACK)
        except OSError:
            self._index = None

    async def until(self, look: Callable[[], object], limit_s: float = VERDICT_S):
        """What `look` finds. LabError: the time is over, or the phone went off."""
        for _ in range(int(limit_s / LOOK_S)):
            found = look()
            if found is not None:
                return found
            if self.state == "off":
                if self.trouble:
                    raise LabError(self.trouble["en"], zh=self.trouble.get("zh", ""))
                raise Refusal("went-off", phone=self.name)
            await asyncio.sleep(LOOK_S)
        raise Refusal("never-came", phone=self.name, seconds=f"{limit_s:g}")

    # Programs of the host.

    def say(self, kind: str, text: str | Sides, **more: object) -> None:
        """A line of its output: typed, tried, said, note, error or ended; our own in both languages."""
        words = {"text": text} if isinstance(text, str) else {"text": text["en"], "sides": text}
        line = {"type": kind, **words, **more}
        self.output.append(line)
        self.tell("output", line=line)

    @property
    def last_output(self) -> dict | None:
        return self.output[-1] if self.output else None

    def forget_output(self) -> None:
        """An empty terminal, on every page."""
        self.output.clear()
        self.tell("output", line=None)

    async def run(self, words: list[str], shown: str, total: int = 0) -> tuple[int, list[str]]:
        """One program, `shown` as a person would type it; `total`: its steps, for the progress."""
        if self._job:
            raise Refusal("busy", phone=self.name, what=self.busy or "")
        done = 0

        def on_line(line: str) -> None:
            nonlocal done
            done += line.startswith(("Finished.", "Rebooting"))
            if total:
                self.progress = min(1.0, done / total)
                self.tell()
            self.say("said", language.sides(line))

        self.say("typed", shown)
        self._job = job = Job(words, on_line)
        try:
            code = await job.run()
        finally:
            self._job, self.progress = None, None
            self.tell()
        self.say("ended", "", code=code)
        return code, job.said

    def stop_job(self) -> None:
        if self._job:
            self._job.kill()

    async def pull_cable(self, out: bool) -> None:
        """What is under way breaks off; the phone sees its client go."""
        self.cable = not out
        if out:
            self.stop_job()
        self.tell()
