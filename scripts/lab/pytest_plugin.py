# SPDX-License-Identifier: MIT
"""
A pytest plugin for authors of flashing tools: the fixture `flashlab_phone`. docs/testing.md.

    PYTHONPATH=.../flashlab/scripts /usr/bin/python3 -m pytest -p lab.pytest_plugin

    def test_my_tool(flashlab_phone):
        phone = flashlab_phone(region="cn", lock="unlocked", state="fastboot")
        subprocess.run(["my-tool", "--device", phone.fastboot, "flash", "boot", "x.img"], check=True)
        phone.power_off()
        assert phone.power_on() == "brick bad-hash"

power_on() gives the verdict; expect_verdict() waits for the next one, when a tool restarts the phone.
Phones are fresh from the factory, and gone at the end of the test. A failed test tells what they did.
"""

from __future__ import annotations

import contextlib
from typing import Callable, Iterator

import pytest

from . import dut


@pytest.fixture
def flashlab_phone(request: pytest.FixtureRequest) -> Iterator[Callable[..., dut.Phone]]:
    """Makes phones: flashlab_phone(model=..., region=..., rom=..., lock=..., policy=..., state=...)."""
    with contextlib.ExitStack() as stack:
        made: list[dut.Phone] = []
        request.node.flashlab_phones = made

        def make(state: str = dut.OFF, **choices: str) -> dut.Phone:
            phone = stack.enter_context(dut.fresh(**choices))
            made.append(phone)
            if state != dut.OFF:
                phone.power_on(state)
            return phone

        yield make


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = (yield).get_result()
    if report.failed:
        for number, phone in enumerate(getattr(item, "flashlab_phones", []), 1):
            report.sections.append((f"phone {number}", phone.told()))
