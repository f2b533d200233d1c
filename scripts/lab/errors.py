# SPDX-License-Identifier: MIT
"""What a person is told when something cannot be done, and the exit statuses (docs/testing.md)."""

import errno

AS_EXPECTED = 0
DIFFERS = 1  # the phone did otherwise than it should
WRONG_WORDS = 2  # asked for what is not there, or makes no sense
LAB_FAILED = 3  # the lab could not find out: no QEMU, a full disk, the time is over

FULL = "No space left on device"  # how programs of the host put ENOSPC


class LabError(Exception):
    """
    A message for a person, and the exit code that goes with it (2: asked for what is not there).
    `zh` is the same in Chinese, where the workshop's page may show it.
    """

    def __init__(self, message: str, code: int = 1, zh: str = "") -> None:
        super().__init__(message)
        self.code, self.zh = code, zh


class NoVerdict(LabError):
    """
    A run without a verdict. `kind` says why in one word:

        timeout      the phone hangs                   off          it switched itself off
        qemu         QEMU did not start, or failed     killed       somebody killed QEMU
        disk-full    this computer's disk is full      lab          anything else of the lab's
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message, DIFFERS if kind == "off" else LAB_FAILED)
        self.kind = kind

    @classmethod
    def of(cls, error: Exception) -> "NoVerdict":
        """The same for an error that came from anywhere else in the lab."""
        if isinstance(error, NoVerdict):
            return error
        full = getattr(error, "errno", None) == errno.ENOSPC or FULL in str(error)
        return cls("disk-full" if full else "lab", str(error))


class Ended(BaseException):
    """A signal asked us to end; what was begun is cleaned up on the way out."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"ended by signal {signal_number}")
        self.code = 128 + signal_number
