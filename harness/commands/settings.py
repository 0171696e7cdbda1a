"""The thresholds that a user set: in the project's configuration, and by `--set`, which wins."""

from collections.abc import Iterable
from pathlib import Path

from harness.commands.configuration import find
from harness.errors import UsageError
from harness.rules.thresholds import parse_settings


def thresholds(options: Iterable[str], folder: Path | None = None) -> dict[str, float]:
    """Return the thresholds that are set in the project of a folder, the working one by default, and by options.

    Raises:
        UsageError: an option is not NAME=VALUE, there is no such threshold, or the project's file cannot be read.
    """
    from harness.rules.catalogue import checks

    checks()  # imports the rules, which declare the thresholds
    return parse_settings({**find(folder).thresholds, **dict(map(_split, options))})


def _split(option: str) -> tuple[str, str]:
    name, equals, value = option.partition("=")
    if not equals:
        raise UsageError(f"--set wants NAME=VALUE, got {option!r}")
    return name.strip(), value.strip()
