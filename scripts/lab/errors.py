# SPDX-License-Identifier: MIT
"""What a person is told when something cannot be done."""


class LabError(Exception):
    """
    A message for a person, and the exit code that goes with it (2: asked for what is not there).
    """

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Ended(BaseException):
    """A signal asked us to end; what was begun is cleaned up on the way out."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"ended by signal {signal_number}")
        self.code = 128 + signal_number
