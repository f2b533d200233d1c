# SPDX-License-Identifier: MIT
"""`phone new` makes a phone, `phone run` switches one on and waits for its verdict."""

from __future__ import annotations

import argparse
import contextlib
import shutil
from pathlib import Path
from typing import Iterator

from . import keys, lastline, options, paths, session, store
from .errors import LabError
from .options import Add


def add_commands(command: Add) -> None:
    sub = command(
        "new",
        cmd_new,
        "make a phone, fresh from the factory, and keep it",
        "  scripts/phone new mine --model dipper --region cn --rom cn\n"
        "  scripts/phone new theirs --region cn --rom global --lock unlocked",
    )
    sub.add_argument("name", metavar="NAME")
    options.add_choices(sub)

    sub = command(
        "run",
        cmd_run,
        "switch a phone on and wait for the verdict",
        "  scripts/phone run mine\n"
        "  scripts/phone run --fresh --region cn --rom global --headless\n"
        "  scripts/phone run --fresh --region cn --rom global --expect 'brick region-mismatch'\n"
        "  scripts/phone run --fresh --headless --trace boot.jsonl --json\n\n"
        "the last line is always the verdict: home, brick, dead, recovery, fastboot or off, and\n"
        "details; or `verdict: none` and why: timeout, off, qemu, killed, disk-full, lab,\n"
        "interrupted.\n\n"
        "exit status: 0 it ran, as expected; 1 another verdict than --expect, or it went off\n"
        "without one; 2 asked for what is not there; 3 the lab failed (docs/testing.md)",
    )
    sub.add_argument("name", metavar="NAME", nargs="?")
    sub.add_argument("--fresh", action="store_true", help="a phone for this run only")
    sub.add_argument("--keep", metavar="NAME", help="with --fresh: keep it under this name")
    options.add_choices(sub)
    sub.add_argument(
        "--headless", action="store_true", help="no window and no drawing: the verdict only"
    )
    sub.add_argument(
        "--stay", action="store_true", help="leave it on after the verdict, until Ctrl-C"
    )
    sub.add_argument(
        "--expect",
        metavar="FATE",
        help="how the verdict must begin; otherwise exit 1 (home, brick, 'brick rollback', ...)",
    )
    sub.add_argument(
        "--timeout",
        metavar="S",
        type=options.seconds,
        default=60.0,
        help="no verdict after so many seconds: it hangs (default 60)",
    )
    options.add_rtc(sub)
    sub.add_argument("--trace", metavar="FILE", help="copy what it checked there (docs/trace.md)")
    sub.add_argument("--json", action="store_true", help="the last line as a JSON object")
    keys.add_switches(sub)


def cmd_new(args: argparse.Namespace) -> int:
    store.check_name(args.name)
    if (paths.PHONES / args.name).exists():
        raise store.already_there(args.name)
    with store.NewPhone(**options.choices(args)) as phone:
        folder = phone.keep(args.name)
    session.tell(f"{args.name} is ready in {folder}; start it with: scripts/phone run {args.name}")
    return 0


def cmd_run(args: argparse.Namespace) -> int:
    how = session.Options(
        headless=args.headless,
        timeout_s=args.timeout,
        expect=args.expect,
        stay=args.stay,
        rtc=args.rtc,
        lab=keys.switches(args),
    )
    if args.trace is not None:
        _check_out(args.trace)
    with lastline.LastLine(args.json, how.expect) as last:
        return _run(args, how, last)


def _run(args: argparse.Namespace, how: session.Options, last: lastline.LastLine) -> int:
    if args.name and (args.fresh or args.keep):
        raise LabError("either the NAME of a phone, or --fresh (with --keep NAME)", code=2)
    if args.name:
        folder = store.folder_of(args.name)
        options.refuse_choices(args)
        with store.Held(folder), _trace_copied(folder, args.trace):
            return session.run(folder, how, last)
    if not args.fresh:
        raise LabError(
            "which phone? Give its NAME, or --fresh for one straight from the factory", code=2
        )
    if args.keep and (paths.PHONES / store.check_name(args.keep)).exists():
        raise store.already_there(args.keep)
    with store.NewPhone(**options.choices(args), tag="fresh", for_one_run=not args.keep) as phone:
        if args.keep:
            folder = phone.keep(args.keep)
            with store.Held(folder), _trace_copied(folder, args.trace):
                return session.run(folder, how, last)
        with _trace_copied(phone.folder, args.trace):
            return session.run_fresh(phone, how, last)


def _check_out(out: str) -> None:
    """Before the run: can there be a file?"""
    file = Path(out)
    if not out or file.is_dir():
        raise LabError(f"--trace {out}: name a file", code=2)
    if not file.absolute().parent.is_dir():
        raise LabError(f"--trace {out}: there is no such folder", code=2)


@contextlib.contextmanager
def _trace_copied(folder: Path, out: str | None) -> Iterator[None]:
    """What the phone told goes to a file of the person's own, however the run ends."""
    try:
        yield
    finally:
        if out and (folder / "trace.jsonl").is_file():
            try:
                shutil.copyfile(folder / "trace.jsonl", out)
            except OSError as error:
                raise LabError(f"--trace {out}: {error.strerror or error}") from None
