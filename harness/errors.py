"""Exceptions: misuse and I/O only. Bad input is a `Problem` with a place, never one of these."""


class HarnessError(Exception):
    """The base of all exceptions that this package raises on purpose."""


class UsageError(HarnessError):
    """The caller asked for something that does not exist or does not fit together (exit code 2)."""


class UnreadableError(HarnessError):
    """A log cannot be opened, or no reader knows its shape (exit code 3)."""
