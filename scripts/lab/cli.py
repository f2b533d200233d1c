# SPDX-License-Identifier: MIT
"""The commands of scripts/phone."""

from __future__ import annotations

import argparse
import contextlib
import os
import select
import shutil
import signal
import sys
from pathlib import Path
from typing import Iterator

from . import (
    account,
    exercises,
    fastboot,
    keys,
    lastline,
    listing,
    paths,
    play,
    power,
    reach,
    session,
    shell,
    store,
    terminal,
    usb,
)
from .catalog import DEFAULTS
from .errors import Ended, LabError



def cmd_new(args: argparse.Namespace) -> int:
    store.check_name(args.name)
    if (paths.PHONES / args.name).exists():
        raise store.already_there(args.name)
    with store.NewPhone(**_choices(args)) as phone:
        folder = phone.keep(args.name)
    session.tell(f"{args.name} is ready in {folder}; start it with: scripts/phone run {args.name}")
    return 0


def cmd_run(args: argparse.Namespace) -> int:
    options = session.Options(
        headless=args.headless,
        timeout_s=args.timeout,
        expect=args.expect,
        stay=args.stay,
        rtc=args.rtc,
        lab=keys.switches(args),
    )
    if args.trace and not Path(args.trace).absolute().parent.is_dir():
        raise LabError(f"--trace {args.trace}: there is no such folder", code=2)
    with lastline.LastLine(args.json, options.expect) as last:
        return _run(args, options, last)


def _run(args: argparse.Namespace, options: session.Options, last: lastline.LastLine) -> int:
    if args.name and (args.fresh or args.keep):
        raise LabError("either the NAME of a phone, or --fresh (with --keep NAME)", code=2)
    if args.name:
        folder = store.folder_of(args.name)
        _refuse_choices(args)
        with store.Held(folder), _trace_copied(folder, args.trace):
            return session.run(folder, options, last)
    if not args.fresh:
        raise LabError(
            "which phone? Give its NAME, or --fresh for one straight from the factory", code=2
        )
    if args.keep and (paths.PHONES / store.check_name(args.keep)).exists():
        raise store.already_there(args.keep)
    with store.NewPhone(**_choices(args), tag="fresh", for_one_run=not args.keep) as phone:
        if args.keep:
            folder = phone.keep(args.keep)
            with store.Held(folder), _trace_copied(folder, args.trace):
                return session.run(folder, options, last)
        with _trace_copied(phone.folder, args.trace):
            return session.run_fresh(phone, options, last)


@contextlib.contextmanager
def _trace_copied(folder: Path, out: str | None) -> Iterator[None]:
    """What the phone told goes to a file of the person's own, however the run ends."""
    try:
        yield
    finally:
        if out and (folder / "trace.jsonl").is_file():
            shutil.copyfile(folder / "trace.jsonl", out)


def cmd_shot(args: argparse.Namespace) -> int:
    folder = store.folder_of(args.name) if args.name else paths.LAST
    last = folder / "screen.png"
    out = Path(args.output or f"{args.name or 'last'}.png")
    if args.name and store.is_running(folder):
        session.shoot_running(folder, out)
        session.tell(f"{args.name} is running: this is its screen now")
    elif last.is_file():
        out.write_bytes(last.read_bytes())
        session.tell(
            f"{args.name or 'the last phone'} is off: this is the picture of {session.taken_at(last)}"
        )
    else:
        raise LabError(f"{args.name or 'the last phone'} is off, and there is no picture of it yet")
    print(out)
    return 0


def cmd_explain(args: argparse.Namespace) -> int:
    from . import schema

    folder = store.folder_of(args.name) if args.name else paths.LAST
    events = schema.read_trace(folder / "trace.jsonl")
    exercises.check_may_explain(folder)
    phone = store.facts(folder)
    print(f"{args.name or 'The last fresh phone'}: {listing.in_words(phone)}")
    kept = reach.known(folder) if args.name else None
    is_on = bool(args.name) and store.is_running(folder)
    for line in schema.explain(events, schema.Schema(), kept, is_on):
        print(_wrapped(line))
    if is_on:
        print(f"{args.name} is still on ({reach.in_words(folder)}): this is how far it is.")
    return 0


def _wrapped(line: str) -> str:
    """A step of explain, folded under its own first word where a terminal is narrower."""
    return terminal.folded(line, indent=" " * 19 if line[:1] == " " else "")


def cmd_fastboot(args: argparse.Namespace) -> int:
    return fastboot.run(store.folder_of(args.name), args.words)


def cmd_rescue(args: argparse.Namespace) -> int:
    from . import rescue, roms

    folder = store.folder_of(args.name)
    package = Path(args.package) if args.package else None
    if package is None:
        package = roms.package(store.facts(folder).get("model", "?"), args.rom)
    return rescue.run(folder, args.account, package, session.tell)


def cmd_rm(args: argparse.Namespace) -> int:
    for name in args.names:
        store.folder_of(name)
    if not args.yes:
        if not sys.stdin.isatty():
            raise LabError("say --yes to remove without being asked", code=2)
        answer = input(f"remove {', '.join(args.names)} for ever? [y/N] ")
        if answer.strip().lower() not in ("y", "yes"):
            session.tell("nothing is removed")
            return 1
    for name in args.names:
        store.remove(name)
    return 0


def _choices(args: argparse.Namespace) -> dict:
    chosen = {key: getattr(args, key) or default for key, default in DEFAULTS.items()}
    return {**chosen, "serial": args.serial, "rollback": args.rollback}


def _refuse_choices(args: argparse.Namespace) -> None:
    given = [
        f"--{key}" for key in (*DEFAULTS, "serial", "rollback") if getattr(args, key) is not None
    ]
    if given:
        raise LabError(
            f"{' '.join(given)}: what a phone is was decided when it was made; "
            "these go with new, or with run --fresh",
            code=2,
        )


def _add_choices(parser: argparse.ArgumentParser) -> None:
    helps = {
        "model": "codename: board/<codename>.yaml",
        "region": "the market it was made for",
        "rom": "the ROM on it: rom-images/<rom>.yaml",
        "lock": "locked or unlocked",
        "policy": "announced, shipped or none",
    }
    for key, default in DEFAULTS.items():
        parser.add_argument(
            f"--{key}", metavar=key.upper(), help=f"{helps[key]} (default {default})"
        )
    parser.add_argument("--serial", metavar="S", help="its serial number (default: a random one)")
    parser.add_argument(
        "--rollback",
        metavar="N",
        type=int,
        help="the anti-rollback index its fuses count (default: as its model left the factory)",
    )


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError("must be more than 0 seconds")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/phone",
        description="A virtual phone: make one, run it, look at it.",
        epilog="Each command has a --help of its own, with examples.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run, about: str, examples: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=about,
            description=about + ".",
            epilog="examples:\n" + examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(run=run)
        return sub

    sub = command(
        "new",
        cmd_new,
        "make a phone, fresh from the factory, and keep it",
        "  scripts/phone new mine --model dipper --region cn --rom cn\n"
        "  scripts/phone new theirs --region cn --rom global --lock unlocked",
    )
    sub.add_argument("name", metavar="NAME")
    _add_choices(sub)

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
    _add_choices(sub)
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
        type=_seconds,
        default=60.0,
        help="no verdict after so many seconds: it hangs (default 60)",
    )
    sub.add_argument(
        "--rtc", metavar="TIME", help="the phone's time at power-on: 2018-09-14T09:41:00"
    )
    sub.add_argument("--trace", metavar="FILE", help="copy what it checked there (docs/trace.md)")
    sub.add_argument("--json", action="store_true", help="the last line as a JSON object")
    keys.add_switches(sub)
    power.add_commands(command)
    from .matrix import command as matrix

    matrix.add_command(command, _seconds)

    sub = command(
        "shot",
        cmd_shot,
        "take a picture of a phone's screen",
        "  scripts/phone shot mine\n  scripts/phone shot mine -o brick.png\n"
        "  scripts/phone shot -o last.png      (what the last run --fresh showed)",
    )
    sub.add_argument("name", metavar="NAME", nargs="?")
    sub.add_argument("-o", "--output", metavar="FILE", help="default NAME.png")

    sub = command(
        "explain",
        cmd_explain,
        "say in words what the last run checked and decided",
        "  scripts/phone explain mine\n  scripts/phone explain           (the last run --fresh)",
    )
    sub.add_argument("name", metavar="NAME", nargs="?")

    sub = command(
        "fastboot",
        cmd_fastboot,
        "run the stock fastboot client on a phone in fastboot mode",
        "  scripts/phone fastboot mine getvar all\n"
        "  scripts/phone fastboot mine flash boot boot.img",
    )
    sub.add_argument("name", metavar="NAME")
    sub.add_argument("words", metavar="WORD", nargs=argparse.REMAINDER, help="for the client")

    sub = command(
        "account",
        None,
        "ask the lab's own account service to unlock a phone",
        "  scripts/phone account bind mine\n"
        "  scripts/phone account wait mine 360h\n"
        "  scripts/phone account unlock mine --apply",
    )
    account.add_commands(sub)

    sub = command(
        "rescue",
        cmd_rescue,
        "write a ROM to a phone in rescue mode (EDL): one that is dead, or after fastboot oem edl",
        "  scripts/phone rescue mine --account plain --rom cn\n"
        "  scripts/phone rescue mine --account authorised --rom cn\n"
        "  scripts/phone rescue mine --account authorised --package build/roms/NAME",
    )
    sub.add_argument("name", metavar="NAME")
    sub.add_argument(
        "--account",
        choices=("plain", "authorised"),
        default="plain",
        help="only the maker's authorised accounts may write (default plain)",
    )
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("--rom", metavar="ROM", help="a ROM of rom-images/, packed for this model")
    what.add_argument("--package", metavar="DIR", help="the folder of a fastboot package")

    play.add_command(command)
    exercises.add_commands(command)
    shell.add_command(command)
    usb.add_command(command)
    command("list", listing.cmd_list, "list the phones that are kept", "  scripts/phone list")

    sub = command(
        "rm", cmd_rm, "remove phones", "  scripts/phone rm mine\n  scripts/phone rm --yes a b"
    )
    sub.add_argument("names", metavar="NAME", nargs="+")
    sub.add_argument("--yes", action="store_true", help="do not ask")
    return parser


ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _end(number: int, _: object) -> None:
    for ending in ENDING:
        signal.signal(
            ending, signal.SIG_IGN
        )  # once is enough: nothing may get between the cleaning up
    raise Ended(number)


def _nobody_reads() -> bool:
    """Standard output was a pipe, and its reader has gone (phone play | head): no fault of ours."""
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    gone = any(happened & select.POLLERR for _, happened in output.poll(0))
    if gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return gone


def main(argv: list[str]) -> int:
    for number in ENDING:
        signal.signal(number, _end)
    try:
        args = _parser().parse_args(argv)
        code = args.run(args)
        sys.stdout.flush()
        return code
    except LabError as error:
        session.tell(f"phone: {error}")
        return error.code
    except OSError as error:
        if isinstance(error, BrokenPipeError) and _nobody_reads():
            return 128 + signal.SIGPIPE
        session.tell(f"phone: {error}")
        return 1
    except Ended as ended:
        session.tell("")
        return ended.code
