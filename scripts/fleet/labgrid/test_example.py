# SPDX-License-Identifier: MIT
"""
Tests of a flashing tool with labgrid - here Debian's fastboot and adb:

    /usr/bin/python3 -m pytest --lg-env scripts/fleet/labgrid/env.yaml scripts/fleet/labgrid
"""

import pytest


@pytest.fixture
def phone(target, strategy):
    strategy.transition("home")
    return target.get_driver("FlashlabDriver")


def test_the_rom_answers(phone):
    assert phone.verdict.startswith("home orange")
    assert phone.adb("shell", "getprop ro.product.device").strip() == "dipper"


def test_a_phone_without_a_rom_shows_why(phone, strategy, tmp_path):
    strategy.transition("fastboot")
    assert "product: dipper" in phone.fastboot("getvar", "product").replace(":dipper", ": dipper")
    boot = tmp_path / "boot.img"
    boot.write_bytes(bytes(4096))
    phone.fastboot("flash", "boot", str(boot))
    phone.fastboot("reboot")
    assert phone.expect_verdict("brick")
    assert any(event["event"] == "command" for event in phone.trace)
    assert phone.screenshot(tmp_path / "brick.png").stat().st_size > 1000
    phone.press("volume-down+power")
    phone.expect_verdict("fastboot")
