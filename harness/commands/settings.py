"""The thresholds that a user set: in `[tool.harness.thresholds]` of a pyproject.toml, and by `--set`, which wins."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from harness.errors import UsageError
from harness.rules.thresholds import parse_settings

PROJECT = "pyproject.toml"


def thresholds(options: Iterable[str], folder: Path | None = None) -> dict[str, float]:
    """Return the thresholds that are set in the project of a folder, the working one by default, and by options.

    Raises:
        UsageError: an option is not NAME=VALUE, there is no such threshold, or the project's file cannot be read.
    """
    from harness.rules.catalogue import checks

    checks()  # imports the rules, which declare the thresholds
    return parse_settings({**_of_project(folder or Path.cwd()), **dict(map(_split, options))})


def _split(option: str) -> tuple[str, str]:
    name, equals, value = option.partition("=")
    if not equals:
        raise UsageError(f"--set wants NAME=VALUE, got {option!r}")
    return name.strip(), value.strip()


def _of_project(folder: Path) -> dict[str, object]:
    path = next((one / PROJECT for one in (folder, *folder.parents) if (one / PROJECT).is_file()), None)
    if path is None:
        return {}
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from None
    tools = document.get("tool", {}).get("harness", {})
    found = tools.get("thresholds", {}) if isinstance(tools, dict) else {}
    if not isinstance(found, dict):
        raise UsageError(f"{path}: [tool.harness.thresholds] is no table")
    return found
