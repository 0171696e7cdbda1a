"""The settings of a project: `harness.toml`, or `[tool.harness]` in `pyproject.toml`, found from a folder upwards."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.model import Severity
from harness.reports.checked import SEVERITIES

OWN, PROJECT = "harness.toml", "pyproject.toml"
KEYS = ("select", "ignore", "fail-on", "per-file-ignores", "thresholds")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a project has set; empty where it has set nothing."""

    path: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity | None = None
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each pattern of logs, seen from the folder of the file, the beginnings of codes that are ignored there."""
    thresholds: Mapping[str, object] = field(default_factory=dict)


def find(folder: Path | None = None) -> Configuration:
    """Return the configuration of a folder, the working one by default: the nearest file decides.

    Raises:
        UsageError: the file cannot be read, has a key that is not known, or a value of another kind.
    """
    start = folder or Path.cwd()
    for one in (start, *start.parents):
        if (one / OWN).is_file():
            return _made(one / OWN, _read(one / OWN))
        if (one / PROJECT).is_file():
            table = _read(one / PROJECT).get("tool", {}).get("harness")
            if table is not None:
                return _made(one / PROJECT, table)
    return Configuration()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from None


def _made(path: Path, table: object) -> Configuration:
    if not isinstance(table, dict):
        raise UsageError(f"{path}: [tool.harness] is no table")
    unknown = [name for name in table if name not in KEYS]
    if unknown:
        raise UsageError(f"{path}: {unknown[0]} is no setting of harness; there are {', '.join(KEYS)}")
    fail_on = table.get("fail-on")
    if fail_on is not None and fail_on not in SEVERITIES:
        raise UsageError(f"{path}: fail-on is {fail_on!r}; it can be {', '.join(SEVERITIES)}")
    files = _table(path, table, "per-file-ignores")
    return Configuration(
        path,
        _codes(path, "select", table.get("select", [])),
        _codes(path, "ignore", table.get("ignore", [])),
        fail_on,
        {pattern: _codes(path, f"per-file-ignores.{pattern}", codes) for pattern, codes in files.items()},
        _table(path, table, "thresholds"),
    )


def _table(path: Path, table: Mapping[str, object], key: str) -> dict[str, object]:
    found = table.get(key, {})
    if not isinstance(found, dict):
        raise UsageError(f"{path}: {key} is no table")
    return found


def _codes(path: Path, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise UsageError(f'{path}: {key} is no list of codes such as ["CNT401", "TIM"]')
    return tuple(value)
