"""One input after its check: what every output format is made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.model import Finding, Report, Rule, Severity, Verdict
from harness.reports.context import Summary

SEVERITIES: tuple[Severity, ...] = ("note", "warning", "error")
"""From the mildest to the gravest."""

_VERDICTS: dict[Severity, Verdict] = {"note": "notes", "warning": "warnings", "error": "errors"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A session's report and what is needed to show it."""

    report: Report
    complete: bool = True
    """False when something of the log could not be read."""
    context: Mapping[int, Summary] = field(default_factory=dict)
    """The events that the findings point at, by `seq`."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much to say."""

    fail_on: Severity = "error"
    """Findings of this severity and above count as failures."""
    repairs: bool = False
    """List every guess of the reader."""
    verbose: bool = False
    """Name the rules that were not exercised, with the reasons."""
    rules: Mapping[str, Rule] = field(default_factory=dict)
    """The catalogue by code, for formats that carry the manual of a rule."""


def unread(one: Checked) -> str:
    """Return how little of an incomplete log was read."""
    return "only partly read" if one.report.entries else "not read"


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Return the gravest severity among the findings as a verdict."""
    gravest = max((SEVERITIES.index(finding.severity) for finding in findings), default=None)
    return "clean" if gravest is None else _VERDICTS[SEVERITIES[gravest]]


def failures(report: Report, fail_on: Severity) -> tuple[Finding, ...]:
    """Return the findings at or above the severity."""
    least = SEVERITIES.index(fail_on)
    return tuple(finding for finding in report.findings if SEVERITIES.index(finding.severity) >= least)


def gravest(findings: Iterable[Finding]) -> Finding | None:
    """Return the first of the gravest findings, None when there is none."""
    return max(findings, key=lambda finding: SEVERITIES.index(finding.severity), default=None)
