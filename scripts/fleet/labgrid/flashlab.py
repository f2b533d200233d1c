# SPDX-License-Identifier: MIT
"""
A phone of the lab for labgrid: what it is (FlashlabPhone), what can be done with it (FlashlabDriver), and
the states that it is brought into (FlashlabStrategy). env.yaml imports it; docs/fleets.md.

The phone is fresh from the factory when its driver is activated, and gone when labgrid lets go of it.
"""

from __future__ import annotations

import contextlib
import enum
import subprocess
import sys
import time
from pathlib import Path

import attr
from labgrid import step, target_factory
from labgrid.driver.common import Driver
from labgrid.driver.exception import ExecutionError
from labgrid.protocol import PowerProtocol, ResetProtocol
from labgrid.resource.common import Resource
from labgrid.strategy import Strategy, StrategyError

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lab import adb, dut, errors, verdict  # noqa: E402

TIMEOUT_S = 300.0  # a detector of hangs, not a measure
LOOK_S = 0.2
ADB_STATES = ("device", "sideload", "recovery")


def _fact(name: str):
    return attr.ib(default=dut.USUAL[name], validator=attr.validators.instance_of(str))


@target_factory.reg_resource
@attr.s(eq=False)
class FlashlabPhone(Resource):
    """Which phone: the words of `scripts/phone new`, and their usual values."""

    model = _fact("model")
    region = _fact("region")
    rom = _fact("rom")
    lock = _fact("lock")
    policy = _fact("policy")


@target_factory.reg_driver
@attr.s(eq=False)
class FlashlabDriver(Driver, PowerProtocol, ResetProtocol):
    """Power, the stock clients, keys, screen and trace of one phone."""

    bindings = {"facts": FlashlabPhone}

    def on_activate(self) -> None:
        self._stack = contextlib.ExitStack()
        self._server: adb.Server | None = None
        facts = {name: getattr(self.facts, name) for name in dut.CHOICES}
        self._phone = self._stack.enter_context(dut.fresh(**facts))

    def on_deactivate(self) -> None:
        self._stack.close()

    # Power.

    @Driver.check_active
    @step(args=["state"], result=True)
    def on(self, state: str = "any") -> str:
        """Holds the keys of a state (home, brick, fastboot, recovery, any) and gives the verdict."""
        return self._phone.power_on(state)

    @Driver.check_active
    @step()
    def off(self) -> None:
        self._phone.power_off()

    @Driver.check_active
    @step(args=["state"], result=True)
    def cycle(self, state: str = "any") -> str:
        self._phone.power_off()
        return self._phone.power_on(state)

    @Driver.check_active
    @step()
    def reset(self) -> None:
        self.cycle()

    # What a tool talks to.

    @property
    def ports(self) -> dict[str, int]:
        """fastboot and adb: TCP ports on 127.0.0.1, for a tool of one's own."""
        return self._phone.ports

    @Driver.check_active
    @step(args=["words"], result=True)
    def fastboot(self, *words: str) -> str:
        """Debian's fastboot: what it said. ExecutionError when it failed."""
        return _run(["fastboot", "-s", self._phone.fastboot, *words])

    @Driver.check_active
    @step(args=["words"], result=True)
    def adb(self, *words: str) -> str:
        """Debian's adb, in the recovery's sideload and in a ROM."""
        if self._server is None:
            self._server = self._stack.enter_context(adb.Server())
        self._connect()
        return _run(["adb", "-s", self._phone.adb, *words], self._server.environment)

    def _connect(self) -> None:
        """A restart has ended the last connection; the client learns of the next state by and by."""
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            with contextlib.suppress(ExecutionError):
                _run(["adb", "connect", self._phone.adb], self._server.environment)
                state = _run(["adb", "-s", self._phone.adb, "get-state"], self._server.environment)
                if state.strip() in ADB_STATES:
                    return
            time.sleep(LOOK_S)
        raise ExecutionError(f"adb does not find the phone at {self._phone.adb}")

    @Driver.check_active
    @step(args=["chords"])
    def press(self, *chords: str) -> None:
        """Keys, one after the other; volume-down+power are pressed together."""
        self._phone.press(*chords)

    @Driver.check_active
    @step(args=["out"])
    def screenshot(self, out: str) -> Path:
        return self._phone.screenshot(Path(out).absolute())

    # What it did.

    @property
    def trace(self) -> list[dict]:
        """All events since it was switched on (docs/trace.md)."""
        return self._phone.trace

    @property
    def verdict(self) -> str:
        """The last one since it was switched on; empty: none yet, or it is off."""
        return (verdict.words(self._phone.trace) or "") if self._phone.is_on else ""

    @Driver.check_active
    @step(args=["begins"], result=True)
    def expect_verdict(self, begins: str) -> str:
        """Waits for the next verdict, which must begin so, in whole words."""
        return self._phone.expect_verdict(begins)


def _run(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise ExecutionError(f"{' '.join(command)}: {done.stdout.strip()}", done.stdout.splitlines())
    return done.stdout


Status = enum.Enum("Status", ["unknown", dut.OFF, *dut.STATES])


@target_factory.reg_driver
@attr.s(eq=False)
class FlashlabStrategy(Strategy):
    """Brings the phone into a state: off, home, brick, fastboot, recovery, any."""

    bindings = {"phone": FlashlabDriver}
    status = attr.ib(default=Status.unknown)

    @step(args=["status"])
    def transition(self, status: Status | str) -> None:
        """A phone that is in that state by its own last verdict stays as it is."""
        wanted = self._named(status)
        self.target.activate(self.phone)
        try:
            if wanted is Status[dut.OFF]:
                self.phone.off()
            elif not self._is_there(wanted):
                self.phone.cycle(wanted.name)
        except (errors.LabError, dut.Unexpected) as error:
            self.status = Status.unknown
            raise StrategyError(f"the phone did not come to {wanted.name}: {error}") from error
        self.status = wanted

    def force(self, status: Status | str) -> None:
        """Says that the phone is there already."""
        self.status = self._named(status)
        self.target.activate(self.phone)

    def _is_there(self, wanted: Status) -> bool:
        words = self.phone.verdict
        return bool(words) and verdict.meets(words, dut.STATES[wanted.name][1])

    @staticmethod
    def _named(status: Status | str) -> Status:
        names = [each.name for each in Status if each is not Status.unknown]
        name = status.name if isinstance(status, Status) else status
        if name not in names:
            raise StrategyError(f"there is no state {name!r}: {', '.join(names)}")
        return Status[name]
