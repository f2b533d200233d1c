# SPDX-License-Identifier: MIT
"""scripts/phone matrix: the command line."""

from __future__ import annotations

import argparse
import contextlib
import fnmatch
import os
import resource
import sys
from pathlib import Path
from typing import ContextManager

from .. import paths
from ..errors import WRONG_WORDS, Ended, LabError, NoVerdict
from ..options import Add, out_file, seconds, whole
from . import engine, picture, report, results, shard
from .cells import Cell
from .spec import Spec, read
from .way import Way

FOLDER = paths.BUILD / "matrix"
MERGE = "merge"
CORES = os.cpu_count() or 1


class Run:
    """One run of a specification, or of a shard of it."""

    def __init__(self, args: argparse.Namespace) -> None:
        spec = read(Path(args.files[0]))
        chosen = [cell for cell in spec.cells if _is_wanted(cell, args.only)]
        if not chosen:
            raise LabError(f"--only {' '.join(args.only)}: no cell has such a name", WRONG_WORDS)
        self.spec = spec._replace(cells=chosen)
        self.args = args
        self.shard = shard.parse(args.shard) if args.shard else shard.of_environment(os.environ)
        self.cells = self.shard.part(chosen)
        self.head = results.header(self.spec, self.shard, self.cells)
        self.out = Path(args.out) if args.out else _usual_out(self.spec, self.shard)
        self.failures = self.out.with_suffix(".failures")
        self.pictures = self.out.with_suffix(".pictures")

    def to_do(self) -> list[Cell]:
        if not (self.args.resume and self.out.exists()):
            return self.cells
        names = set(results.to_do(results.read(self.out), self.head, self.out))
        return [cell for cell in self.cells if cell.name in names]

    def go(self) -> int:
        cells = self.to_do()
        self.out.parent.mkdir(parents=True, exist_ok=True)
        again = self.args.resume and self.out.exists()
        writer = results.Writer.again(self.out) if again else results.Writer.anew(self.out, self.head)
        progress = report.Progress(len(cells))
        try:
            if cells:
                self._boot(cells, writer, progress)
        except (Ended, LabError, OSError) as error:
            progress.end()
            _say_where(self.out, error)
            raise
        finally:
            writer.close()
        progress.end()
        table = results.read(self.out)
        _show(table, self.args, self.pictures)
        _show_speed(len(cells), progress)
        self._show_next(table)
        return table.exit_status()

    def _show_next(self, table: results.Table) -> None:
        """Where to look, and how to boot one of those again."""
        wrong = [name for name, record in table.records.items() if record["result"] != "as-expected"]
        if wrong:
            print(
                f"trace, log and screen of each: {paths.short(self.failures)}/\n"
                f"one of them again: scripts/phone matrix {self.args.files[0]} --only '{wrong[0]}'",
                file=sys.stderr,
            )

    def _boot(self, cells: list[Cell], writer: results.Writer, progress: report.Progress) -> None:
        def on_done(done: engine.Done) -> None:
            record = results.record(self.spec, done.cell, done.outcome)
            if record["result"] != "as-expected":
                engine.keep_files(done, self.failures)
            if self.args.picture:
                record["picture"] = _kept_picture(done.folder, self.pictures)
            writer.write(record)
            progress.cell(record)

        way = Way(self.args.timeout, self.spec.wait, pictures=bool(self.args.picture))
        with _source(self.spec) as source:
            source.prepare(cells, self.args.jobs, progress.making)
            progress.begin()
            runner = engine.Engine(self.spec, source, way, self.args.jobs, self.args.retry_infra)
            runner.run(cells, on_done)


def _source(spec: Spec) -> ContextManager:
    """A pack where there is one; else what this checkout has built."""
    from . import factory, pack

    there = pack.there()
    return pack.Pack(spec, there) if there else factory.Factory(spec)


def _is_wanted(cell: Cell, only: list[str]) -> bool:
    return not only or any(fnmatch.fnmatchcase(cell.name, pattern) for pattern in only)


def _usual_out(spec: Spec, part: shard.Shard) -> Path:
    tail = f".{part.number}-of-{part.count}" if part.count > 1 else ""
    return FOLDER / f"{spec.file.stem}{tail}.jsonl"


def _say_where(out: Path, error: BaseException) -> None:
    with contextlib.suppress(LabError):
        table = results.read(out)
        print(report.total(table), flush=True)
        if isinstance(error, Ended):
            print(f"ended; what was done is in {paths.short(out)}: --resume goes on", file=sys.stderr)


def _kept_picture(folder: Path, into: Path) -> str | None:
    """The picture under a name of its content: equal screens are one file."""
    import hashlib

    from .boot import PICTURE

    file = folder / PICTURE
    if not file.is_file():
        return None
    data = file.read_bytes()
    name = f"{hashlib.sha256(data).hexdigest()[:16]}.png"
    into.mkdir(parents=True, exist_ok=True)
    if not (into / name).exists():
        (into / name).write_bytes(data)
    return f"{into.name}/{name}"


def _show(table: results.Table, args: argparse.Namespace, pictures: Path) -> None:
    if args.junit:
        from . import junit

        junit.write(table, Path(args.junit))
    if args.picture:
        picture.write(table, Path(args.picture), pictures.parent)
    for line in report.summary(table):
        print(line)
    print(report.total(table), flush=True)


def _show_speed(count: int, progress: report.Progress) -> None:
    if not count:
        print("nothing was left to do", file=sys.stderr)
        return
    ours = resource.getrusage(resource.RUSAGE_SELF)
    phones = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{count} boots in {progress.seconds:.1f} s: {progress.rate():.2f} cells/s; processor time a "
        f"boot: {(ours.ru_utime + ours.ru_stime) / count:.3f} s ours, "
        f"{(phones.ru_utime + phones.ru_stime) / count:.3f} s QEMU's",
        file=sys.stderr,
    )


def _list(run: Run) -> int:
    width = max(len(cell.name) for cell in run.cells)
    for cell in run.cells:
        print(f"{cell.name:<{width}}  {run.spec.expected[cell]}")
    return 0


def _merge(args: argparse.Namespace) -> int:
    if args.resume or args.list or args.shard:
        raise LabError("merge takes result files, --out, --junit and --picture", WRONG_WORDS)
    files = [Path(name) for name in args.files[1:]]
    table = results.merge((file, results.read(file)) for file in files)
    out = Path(args.out) if args.out else None
    if out:
        results.write_whole(table, out)
        print(f"merged into {out}", file=sys.stderr)
    _show(table, args, files[0])
    return table.exit_status()


def cmd_matrix(args: argparse.Namespace) -> int:
    picture.check_name(args.picture)
    if args.files[0] == MERGE:
        return _merge(args)
    if len(args.files) > 1:
        raise LabError("one specification at a time (or: matrix merge FILES)", WRONG_WORDS)
    run = Run(args)
    if args.list:
        return _list(run)
    try:
        return run.go()
    except OSError as error:
        raise NoVerdict.of(error) from None


EXAMPLES = """\
  scripts/phone matrix tests/matrix/policy.yaml --list
  scripts/phone matrix tests/matrix/policy.yaml --jobs 2 --junit out.xml --picture out.html
  scripts/phone matrix tests/matrix/policy.yaml --only 'dipper/*' --only '*/unlocked/*'
  scripts/phone matrix tests/matrix/policy.yaml --shard 2/4 --out part2.jsonl
  scripts/phone matrix tests/matrix/policy.yaml --resume
  scripts/phone matrix merge part*.jsonl --out all.jsonl --junit out.xml

exit status: 0 all as expected; 1 a verdict differs; 2 the specification or the words are wrong;
3 the lab failed, or a shard or a cell is missing. How to write one: docs/testing.md"""


def add_command(command: Add) -> None:
    sub = command("matrix", cmd_matrix, "boot many phones, as a specification says", EXAMPLES)
    sub.usage = "scripts/phone matrix [OPTION ...] SPEC.yaml\n       scripts/phone matrix merge FILE ... [OPTION ...]"
    sub.add_argument("files", metavar="SPEC.yaml", nargs="+",
                     help="the specification; merge FILE ...: results, put together")  # fmt: skip
    sub.add_argument("--list", action="store_true", help="print the cells and what is expected")
    sub.add_argument("--jobs", metavar="N", type=whole(1, 1024), default=CORES,
                     help=f"phones that run side by side (default {CORES}: the cores)")  # fmt: skip
    sub.add_argument("--only", metavar="GLOB", action="append", default=[],
                     help="only cells with such a name, as --list prints them; may be repeated")  # fmt: skip
    sub.add_argument("--shard", metavar="K/N", help="the K-th of N parts (default: as the variables "
                     "of Slurm, Kubernetes or a CI system say)")  # fmt: skip
    sub.add_argument("--resume", action="store_true", help="only what the result file does not have")
    sub.add_argument("--retry-infra", metavar="N", type=whole(0, 1024), default=0, nargs="?",
                     const=1, help="do a cell again, at most N times, when the lab failed (default 0; 1)")  # fmt: skip
    sub.add_argument("--timeout", metavar="S", type=seconds, default=60.0,
                     help="a cell without a verdict after so many seconds hangs (default 60)")  # fmt: skip
    sub.add_argument("--out", metavar="FILE", type=out_file, help="the results, JSON lines (default "
                     "build/matrix/SPEC.jsonl); FILE.failures/ has traces and screens")  # fmt: skip
    sub.add_argument("--junit", metavar="FILE", type=out_file, help="the results for CI systems")
    sub.add_argument("--picture", metavar="FILE", type=out_file,
                     help="the matrix as a picture, .svg or .html, with "
                     "the screen of every cell behind it")  # fmt: skip
