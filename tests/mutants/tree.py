# SPDX-License-Identifier: MIT
"""
A copy of the tree with a build folder of its own, in which one mistake after the other is made. The
checkout itself is read only. pool.py has several of them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Iterator

from table import ROOT, Mutant

BUILD = Path(os.environ.get("FLASHLAB_BUILD") or ROOT / "build").absolute()
HANG_S = 900  # what takes so long hangs: a build, a test that boots phones,
UNIT_HANG_S = 150  # and a unit test, which takes some seconds: it has seen that something is wrong
ASKED_S = 10  # to end by itself, after which it is ended
TOLD_LINES = 30
FETCHED = ("arm64", "novnc", "wasm")  # into the build folder, and only read
PHONE = "+phone"  # behind a pytest node: it boots phones of this tree
PAGE = "+page"  # it holds the page of this tree against phones, which are built once: without mistakes


class TreeError(Exception):
    """The copy could not be built or run; the message is for a person."""


def _end(process: subprocess.Popen) -> None:
    """The command and all that it started: asked first, for a test has phones to switch off."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(ASKED_S if number == signal.SIGINT else None)


def _tail(told: str) -> str:
    return "\n".join(told.splitlines()[-TOLD_LINES:])


def files() -> list[str]:
    """What git knows, and new files."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise TreeError(f"git does not say which files there are:\n{_tail(done.stderr)}")
    return [name for name in filter(None, done.stdout.split("\0")) if (ROOT / name).is_file()]


def digest() -> str:
    """The same for the same tree."""
    whole = hashlib.sha256()
    for name in sorted(files()):
        whole.update(f"{name}\0".encode() + hashlib.sha256((ROOT / name).read_bytes()).digest())
    return whole.hexdigest()


class Tree:
    """One copy, from make() to remove()."""

    def __init__(self) -> None:
        self.folders: list[Path] = []  # to be removed
        self.process: subprocess.Popen | None = None  # what is running in it
        self.stopped = False

    def make(self) -> None:
        if not (BUILD / "build.ninja").is_file():
            raise TreeError(f"{BUILD} is not a build folder (make builds it)")
        self.root = self._folder(BUILD) / "tree"
        self.build_folder = self.root / "build"
        self.tmp = self._folder(None)  # a path to a socket is to be short
        self._copy()
        self._configure()

    def stop(self) -> None:
        """From another thread: ends what is running in it, and nothing more begins."""
        self.stopped = True
        if self.process:
            _end(self.process)

    def remove(self) -> None:
        for _ in range(10):  # what was killed a moment ago may still write
            for folder in self.folders:
                shutil.rmtree(folder, ignore_errors=True)
            if not any(folder.exists() for folder in self.folders):
                return
            time.sleep(0.1)

    def _folder(self, within: Path | None) -> Path:
        self.folders.append(Path(tempfile.mkdtemp(prefix="mutants.", dir=within)))
        return self.folders[-1]

    def _run(
        self,
        command: list[str],
        cwd: Path,
        env: dict[str, str] | None = None,
        limit_s: float = HANG_S,
    ) -> tuple[int, str]:
        """Exit status and output; 124 when it hangs. Nothing of it outlives us."""
        if self.stopped:
            raise TreeError("stopped")
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        if self.stopped:  # in between
            _end(self.process)
        try:
            told, _ = self.process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            _end(self.process)
            return 124, "it hangs"
        if self.stopped:
            raise TreeError("stopped")
        return self.process.returncode, told

    def _copy(self) -> None:
        for name in files():
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
        self.build_folder.mkdir(exist_ok=True)
        for fetched in FETCHED:
            own = ROOT / "build" / fetched
            os.symlink(own if own.is_dir() else BUILD / fetched, self.build_folder / fetched)

    def _configure(self) -> None:
        cross = "bootloader/arch/aarch64.ini"
        # A mistake may leave a function that nothing calls: that is no error here.
        command = ["meson", "setup", "build", "--cross-file", cross, "-Dwerror=false"]
        self._must(command, "the copy cannot be configured")
        told = self._must(["meson", "introspect", "build", "--tests"], "meson has no tests")
        self.unit = {test["name"]: test for test in json.loads(told)}

    def _must(self, command: list[str], what: str) -> str:
        status, told = self._run(command, self.root)
        if status != 0:
            raise TreeError(f"{what}:\n{_tail(told)}")
        return told

    @contextlib.contextmanager
    def mistaken(self, mutant: Mutant) -> Iterator[None]:
        """The tree with this mistake."""
        file = self.root / mutant.file
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(mutant.find, mutant.instead), encoding="utf-8")
        try:
            yield
        except TreeError as error:
            raise TreeError(f"{mutant.file}: {mutant.name}: {error}") from None
        finally:
            file.write_text(text, encoding="utf-8")

    def build(self, tests: tuple[str, ...] | list[str]) -> None:
        """What these tests need; a mistake that does not compile is one in the table."""
        targets = []
        for test in tests:
            if test in self.unit:
                command = Path(self.unit[test]["cmd"][0])
                if self.build_folder in command.parents:
                    targets.append(str(command.relative_to(self.build_folder)))
                targets += [f"tests/{key}.pem" for key in ("oem", "reseller", "user")]
            elif ".py" not in test:
                raise TreeError(f"there is no unit test {test!r}, and it is no pytest node")
            elif PHONE in test:
                targets.append("phone")
            elif PAGE in test:
                has_phone = (self.build_folder / "keys").is_dir()
                targets += ["page"] if has_phone else ["phone", "page"]
        if targets:
            self._must(["ninja", "-C", "build", *dict.fromkeys(targets)], "it does not build")
        if "phone" in targets:
            romc = self.build_folder / "rom-images" / "romc"
            self._must([str(romc), "keys", "build/keys"], "no keys")
        if "page" in targets:
            command = ["/usr/bin/env", f"FLASHLAB_BUILD={self.build_folder}", "scripts/web/build_page.py"]
            self._must([*command, "build/page"], "there is no page")

    def first_red(self, tests: tuple[str, ...] | list[str]) -> str | None:
        """The first of the tests that fails."""
        return next((test for test in tests if not self._is_green(test)), None)

    def _is_green(self, test: str) -> bool:
        env = {
            "FLASHLAB_BUILD": str(self.build_folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(self.tmp),
        }
        if test in self.unit:
            unit = self.unit[test]
            environment = {**unit["env"], **env}
            status, _ = self._run(unit["cmd"], self.build_folder, environment, UNIT_HANG_S)
            return status == 0
        node = f"tests/{test.removesuffix(PHONE).removesuffix(PAGE)}"
        pytest = ["/usr/bin/python3", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", node]
        status, told = self._run(pytest, self.root, env)
        if status not in (0, 1, 124):
            raise TreeError(f"pytest cannot run {node}:\n{_tail(told)}")
        return status == 0
