# SPDX-License-Identifier: MIT
"""How a command ends: done, refused in words, asked to stop by a signal, or nobody reads any more."""

from __future__ import annotations

import os
import select
import signal
import sys
from typing import Callable

from .errors import Ended, LabError
from .outside import tell

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(name: str, command: Callable[[], int]) -> int:
    """The command's exit code; what went wrong is told on standard error, as `name: reason`."""
    for number in SIGNALS:
        signal.signal(number, _end)
    try:
        return _complete(command)
    except LabError as error:
        tell(f"{name}: {error}", f"{name}: {error.zh}" if error.zh else "")
        return error.code
    except OSError as error:
        if isinstance(error, BrokenPipeError) and _nobody_reads():
            return 128 + signal.SIGPIPE
        tell(f"{name}: {error}")
        return 1
    except Ended as ended:
        tell("")
        return ended.code


def _complete(command: Callable[[], int]) -> int:
    """Done only when what was said is out; argparse ends by SystemExit."""
    try:
        code = command()
    except SystemExit as done:
        code = int(done.code or 0)
    sys.stdout.flush()
    return code


def _end(number: int, _: object) -> None:
    for ending in SIGNALS:
        # Once is enough: nothing may get between the cleaning up.
        signal.signal(ending, signal.SIG_IGN)
    raise Ended(number)


def _nobody_reads() -> bool:
    """Standard output was a pipe, and its reader has gone (phone play | head): no fault of ours."""
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    gone = any(happened & select.POLLERR for _, happened in output.poll(0))
    if gone:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return gone
