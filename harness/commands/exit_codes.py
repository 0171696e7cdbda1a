"""What the exit code of a command means: a contract with every script and CI job that runs one."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Of several that apply the greatest is given."""

    CLEAN = 0
    FINDINGS = 1
    """Findings at or above `--fail-on`; differences, for `diff`."""
    USAGE = 2
    """A wrong option or argument."""
    UNREADABLE = 3
    """An input could not be read, or only a part of it."""
    INTERNAL = 4
    """A bug of ours."""
    STALE_BASELINE = 5
    """The baseline accepts what is not found any more."""
    INTERRUPTED = 130
    """Ctrl-C, as shells count it: 128 + SIGINT."""
