# SPDX-License-Identifier: MIT
"""What the end-to-end tests share. FLASHLAB_BUILD names the build folder (default build/)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PHONE = ROOT / "scripts" / "phone"
sys.path.insert(0, str(ROOT / "scripts"))

from lab import adb, paths, store  # noqa: E402
from lab.qemu import RunningPhone  # noqa: E402

pytest_plugins = ["lab.pytest_plugin", "page_room", "workshop_room"]

HANG_S = 120  # a detector, not a measure: a busy machine is slow, and that is no fault
TOLD_LINES = 12  # of a phone's trace and log, when its test fails
CLOCK = "2018-09-14T09:41:00"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: takes long, and runs with `make soak` only")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not os.environ.get("FLASHLAB_SOAK"):
        long = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]
    keep_together(items)


def keep_together(items: list[pytest.Item]) -> None:
    """
    Tests that share something which their module sets up run in one process (--dist loadgroup), so
    that it is set up once; they begin first, those that say so (BEGINS_FIRST) before all others, and
    the small ones fill what is left.
    """
    shares = {id(item): shares_a_stage(item) for item in items}
    for item in items:
        if shares[id(item)]:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=lambda item: (not begins_first(item), not shares[id(item)]))


def begins_first(item: pytest.Item) -> bool:
    """A module that takes half a minute or more, and would be waited for at the end."""
    return getattr(item.module, "BEGINS_FIRST", False)


def shares_a_stage(item: pytest.Item) -> bool:
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    return any(fixture.scope in ("module", "class") for found in fixtures for fixture in found[-1:])


@pytest.fixture(autouse=True)
def seen_phones(request, monkeypatch):
    """The phones that a test ran in this process, so that a failure tells what they did."""
    seen = request.node.phones = []
    start = RunningPhone._start

    def start_and_note(running: RunningPhone) -> None:
        seen.append(running)
        start(running)

    monkeypatch.setattr(RunningPhone, "_start", start_and_note)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = (yield).get_result()
    if report.failed:
        for running in getattr(item, "phones", []):
            report.sections.append((f"phone {running.folder.name}", what_it_did(running)))


def what_it_did(running: RunningPhone) -> str:
    events = [json.dumps(event, ensure_ascii=False) for event in running.events[-TOLD_LINES:]]
    log = running.log.decode(errors="replace").splitlines()[-TOLD_LINES:]
    counts = f"{len(running.events)} events, QEMU's exit code: {running.exit_code}"
    return "\n".join([counts, *events, "its log:", *log])


def without_display() -> dict[str, str]:
    return {
        key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")
    }


def phone(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    """scripts/phone WORDS..., to its end."""
    return subprocess.run(
        [PHONE, *words],
        env={**without_display(), **(env or {})},
        text=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=HANG_S,
        check=False,
    )


def beside(running: RunningPhone, command: list[object]) -> subprocess.CompletedProcess[str]:
    """
    A client of the phone, to its end, and what it said. The phone is listened to meanwhile: when
    nobody reads its trace and log, all of QEMU waits, and the client with it.
    """
    words = list(map(str, command))
    with tempfile.TemporaryFile() as said, subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
    ) as client:
        deadline = time.monotonic() + HANG_S
        while client.poll() is None:
            if time.monotonic() > deadline:
                client.kill()
                raise subprocess.TimeoutExpired(words, HANG_S)
            listen(running, 0.02)
        listen(running, 0.05)
        said.seek(0)
        text = said.read().decode(errors="replace")
    return subprocess.CompletedProcess(words, client.returncode, text)


def listen(running: RunningPhone, most_s: float) -> None:
    """Also to one that has ended, which has nothing to wait for."""
    if running.running:
        running.pump(most_s)
    else:
        time.sleep(most_s)


def last_line(done: subprocess.CompletedProcess) -> str:
    return (done.stdout.splitlines() or [""])[-1]


def processes_in(folder: Path) -> list[str]:
    """The QEMUs whose working folder is `folder` or below: what a run may leave behind."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            where = (entry / "cwd").readlink()
            line = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if b"qemu-system" in line and (where == folder or folder in where.parents):
            found.append(entry.name)
    return found


@pytest.fixture(scope="session", autouse=True)
def own_adb_server():
    """Whatever asks adb here, a story's steps too, has a server that ends with the tests."""
    name = "ANDROID_ADB_SERVER_PORT"
    if not shutil.which("adb") or name in os.environ:
        yield
        return
    with adb.Server() as server:
        os.environ[name] = server.environment[name]
        yield
        del os.environ[name]


@pytest.fixture(scope="session")
def build() -> Path:
    """The build folder, with everything that a phone is made of."""
    paths.need(paths.BOARDC, paths.ROMC, paths.FIRMWARE, paths.ROOT_KEY, paths.KERNEL)
    return paths.BUILD


@pytest.fixture
def factory(build):
    """Makes phones, and takes them away at the end of the test."""
    made = []

    def make(model="dipper", region="cn", rom="cn", lock="locked", policy="announced"):
        new = store.NewPhone(
            model=model,
            region=region,
            rom=rom,
            lock=lock,
            policy=policy,
            serial="e2e00001",
            tag="test",
        )
        new.__enter__()
        made.append(new)
        return new.folder

    yield make
    for new in made:
        new.__exit__()


class Fake:
    """
    A build folder and a phone of its own, on the fake QEMU: nothing real is needed, nothing real is
    hurt.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.phone_folder = folder / "build" / "phones" / "fake"
        self.phone_folder.mkdir(parents=True)
        facts = {
            "model": "dipper",
            "region": "cn",
            "rom": "cn",
            "lock": "locked",
            "policy": "announced",
            "serial": "f",
        }
        (self.phone_folder / "phone.json").write_text(json.dumps(facts))
        (self.phone_folder / "nor.img").write_bytes(bytes(0x180000))
        shutil.copy(Path(__file__).with_name("fake_qemu.py"), folder / "qemu-system-aarch64")
        (folder / "qemu-system-aarch64").chmod(0o755)

    def env(self, story: str) -> dict[str, str]:
        return {
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "FAKE_QEMU": story,
            "FLASHLAB_BUILD": str(self.folder / "build"),
        }

    def __call__(
        self, story: str, *words: str, env: dict | None = None
    ) -> subprocess.CompletedProcess:
        return phone(*words, env={**self.env(story), **(env or {})})


@pytest.fixture
def fake(tmp_path) -> Fake:
    return Fake(tmp_path)
