# SPDX-License-Identifier: MIT
"""Many cells, some side by side: one process, a thread for each phone that runs."""

from __future__ import annotations

import queue
import secrets
import shutil
import threading
from pathlib import Path
from typing import Callable, Iterator, NamedTuple

from .. import paths, store
from ..errors import NoVerdict
from . import boot
from .boot import Outcome
from .cells import Cell
from .factory import Source
from .spec import Spec
from .way import Stopped, Way

GIVE_UP = 8  # failures of the lab one after the other: the next thousand would fail too
SIGNAL_S = 0.5
KEPT = ("trace.jsonl", "log.txt", boot.PICTURE)


class Done(NamedTuple):
    cell: Cell
    outcome: Outcome
    folder: Path  # the cell's files, until the next one of this worker begins


class GaveUp(NoVerdict):
    """The lab fails again and again."""


class Engine:
    """
    run() hands each outcome to `on_done` in the calling thread, while the worker waits: the files
    in its folder are the cell's own until then.
    """

    def __init__(self, spec: Spec, source: Source, way: Way, jobs: int, retries: int = 0) -> None:
        self._spec = spec
        self._source = source
        self._stop = threading.Event()
        self._way = way._replace(stopped=self._stop.is_set)
        self._jobs = jobs
        self._retries = retries
        self._done: queue.Queue = queue.Queue()

    def run(self, cells: list[Cell], on_done: Callable[[Done], None]) -> None:
        """All of them, or until something is raised: then the phones are switched off first."""
        left = _Shared(iter(cells))
        workers = [
            threading.Thread(target=self._work, args=(left,), daemon=True)
            for _ in range(min(self._jobs, len(cells)))
        ]
        store.sweep()
        for worker in workers:
            worker.start()
        try:
            self._listen(len(workers), on_done)
        finally:
            self._stop.set()
            self._release_all()
            for worker in workers:
                worker.join()

    def _listen(self, working: int, on_done: Callable[[Done], None]) -> None:
        failures = 0
        while working:
            try:
                # A signal from just before the wait, or that a worker took, is heard only behind it.
                what, answered = self._done.get(timeout=SIGNAL_S)
            except queue.Empty:
                continue
            if what is None:
                working -= 1
                continue
            if isinstance(what, BaseException):
                raise what
            try:
                on_done(what)
            finally:
                answered.set()
            failures = failures + 1 if what.outcome.infra else 0
            if failures >= GIVE_UP:
                raise GaveUp("lab", f"the lab failed {failures} times one after the other, the last "
                             f"time at {what.cell.name}: {what.outcome.why}")  # fmt: skip

    def _release_all(self) -> None:
        """Workers that wait for their answer may go."""
        while True:
            try:
                _, answered = self._done.get_nowait()
            except queue.Empty:
                return
            if answered:
                answered.set()

    def _work(self, left: "_Shared") -> None:
        try:
            with _Folder() as folder:
                for cell in left:
                    if self._stop.is_set():
                        return
                    self._report(Done(cell, self._outcome(cell, folder), folder))
        except Stopped:
            pass
        except BaseException as error:  # goes on in the thread that called run()
            self._done.put((error, None))
        finally:
            self._done.put((None, None))

    def _report(self, done: Done) -> None:
        answered = threading.Event()
        self._done.put((done, answered))
        while not answered.wait(1.0):
            if self._stop.is_set():
                return

    def _outcome(self, cell: Cell, folder: Path) -> Outcome:
        expected = self._spec.expected[cell]
        for _ in range(self._retries + 1):
            outcome = boot.boot(cell, self._source, folder, expected, self._way)
            if not outcome.infra:
                break
        return outcome


class _Shared:
    """An iterator for several threads."""

    def __init__(self, items: Iterator[Cell]) -> None:
        self._items = items
        self._lock = threading.Lock()

    def __iter__(self) -> "_Shared":
        return self

    def __next__(self) -> Cell:
        with self._lock:
            return next(self._items)


class _Folder:
    """A worker's phone: one folder for all its cells, gone with it; a killed one is swept away."""

    def __enter__(self) -> Path:
        paths.PHONES.mkdir(parents=True, exist_ok=True)
        self._path = paths.PHONES / f".matrix-{secrets.token_hex(6)}"
        self._path.mkdir()
        self._held = store.Held(self._path)
        return self._path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)
        self._held.__exit__()


def keep_files(done: Done, into: Path) -> Path:
    """Trace, log and picture of a cell that did otherwise, in a folder of its name."""
    target = into / done.cell.folder
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in KEPT:
        if (done.folder / name).is_file():
            shutil.copyfile(done.folder / name, target / name)
    return target
