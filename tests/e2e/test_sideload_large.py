# SPDX-License-Identifier: MIT
"""A package as large as the real ones: progress on both sides, and a ROM that verifies afterwards."""

from __future__ import annotations

import re
import subprocess

import pytest
from conftest import HANG_S
from story import run
from test_recovery import wait_for_page
from test_sideload import MENU_TO_ASSISTANT, adb, pytestmark, sideload  # noqa: F401

from lab import keys, paths, store, verdict

MEDIA_MIB = 280  # the rest is two kernels, two ramdisks and the apps
PACKAGE_BYTES = 300 << 20
TENS = list(range(10, 101, 10))


@pytest.fixture
def package(build, tmp_path):
    manifest = tmp_path / "cn.yaml"
    manifest.write_text(
        (paths.ROM_FILES / "cn.yaml").read_text(encoding="utf-8") + f"media_mib: {MEDIA_MIB}\n",
        encoding="utf-8",
    )
    inputs = store.rom_inputs("dipper", "cn")
    done = subprocess.run(
        [paths.ROMC, "ota", manifest, *inputs[1:], "-o", tmp_path],
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    made = tmp_path / done.stdout.strip()
    yield made
    made.unlink()


@pytest.mark.soak
def test_three_hundred_mebibytes(factory, package, adb):  # noqa: F811
    assert package.stat().st_size >= PACKAGE_BYTES
    folder = factory("dipper", "cn", "global", policy="shipped")

    def then(running):
        keys.press(folder, MENU_TO_ASSISTANT)
        wait_for_page(running, "waiting")
        adb.connect(running)
        code, said, event = sideload(running, adb, package)
        assert (code, event["result"], event["bytes"]) == (
            0, "installed", package.stat().st_size,
        )  # fmt: skip
        # The client's percentage, of both passes together; it writes a line only when it moves.
        shown = [int(number) for number in re.findall(r"\(~(\d+)%\)", said)]
        assert shown == sorted(shown) and len(set(shown)) > 80 and "Total xfer: 2.00x" in said
        for page in ("checking", "installing"):
            told = [
                e["percent"] for e in running.events
                if e["event"] == "progress" and e["page"] == page
            ]  # fmt: skip
            assert [percent // 10 * 10 for percent in told] == TENS, (page, told)
        seen = len(running.events)
        adb("reboot")
        assert running.wait_for(lambda: verdict.words(running.events[seen:]), HANG_S) == (
            "home green rom=cn"
        )

        # The whole of the large system is read under dm-verity.
        def system():
            results = [e["result"] for e in running.events[seen:] if e["event"] == "system"]
            return results if len(results) == 2 else None

        assert running.wait_for(system, HANG_S) == ["mounted", "checked"]

    assert run(folder, then, verdicts=3).words == "recovery region-mismatch"
