"""Findings that are known and accepted: kept in a file, so that only new ones fail.

A finding is known again by its log and its code, not by its line or its ids: a log that is recorded anew in every run
has others each time. What is accepted and no longer found is stale, and must be taken out.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from harness.errors import UnreadableError, UsageError
from harness.model import Report, Severity
from harness.reports.checked import Checked, failures, verdict_of

VERSION = 1

Key: TypeAlias = tuple[str, str]
"""A log and the code of a rule."""


class Baseline:
    """What is accepted, counted down while it is found."""

    def __init__(self, accepted: Counter[Key]) -> None:
        self._left = Counter(accepted)
        self._checked: set[str] = set()

    def sift(self, report: Report) -> Report:
        """Return the report without the findings that are accepted."""
        log = _name(report.path)
        self._checked.add(log)
        fresh = []
        for finding in report.findings:
            key = (log, finding.code)
            if self._left[key] > 0:
                self._left[key] -= 1
            else:
                fresh.append(finding)
        return replace(report, findings=tuple(fresh), verdict=verdict_of(fresh))

    def stale(self) -> list[str]:
        """Return a line for each accepted finding of the checked logs that is not there any more."""
        return [
            f"{log}: {code} is in the baseline {count} time{'s' * (count > 1)} more than it was found"
            for (log, code), count in sorted(self._left.items())
            if count > 0 and log in self._checked
        ]


def read(path: str) -> Baseline:
    """Return the baseline of a file.

    Raises:
        UnreadableError: it cannot be opened.
        UsageError: it is no baseline.
    """
    try:
        text = Path(path).read_text("utf-8")
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror}") from None
    try:
        rows = json.loads(text)["accepted"]
        return Baseline(Counter({(row["path"], row["code"]): int(row["count"]) for row in rows}))
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{path} is no baseline; write one with --write-baseline") from None


def write(path: str, checked: Iterable[Checked], fail_on: Severity) -> None:
    """Write a file that accepts every finding at or above a severity."""
    keys = Counter(
        (_name(one.report.path), finding.code) for one in checked for finding in failures(one.report, fail_on)
    )
    rows = [{"path": log, "code": code, "count": count} for (log, code), count in sorted(keys.items())]
    Path(path).write_text(json.dumps({"version": VERSION, "accepted": rows}, indent=2) + "\n", "utf-8")


def _name(path: str) -> str:
    return Path(path).as_posix()
