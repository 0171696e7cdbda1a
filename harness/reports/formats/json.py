"""The report for programs. Its shape is a contract: a key is added, never renamed or taken away."""

from collections.abc import Iterable, Iterator
from json import dumps

from harness.model import JSON, Finding
from harness.reports.checked import Checked, Options, verdict_of
from harness.reports.line import Line, plain
from harness.rules.ranking import likely_causes

VERSION = 1


def render(checked: Iterable[Checked], options: Options) -> Iterator[Line]:
    """Yield one JSON document about all sessions."""
    done = list(checked)
    document = {
        "version": VERSION,
        "sessions": [session_of(one) for one in done],
        "complete": all(one.complete for one in done),
    }
    yield plain(dumps(document, indent=2, ensure_ascii=False))


def session_of(one: Checked) -> dict[str, JSON]:
    """Return the contract's object about one session."""
    report = one.report
    return {
        "path": report.path,
        "dialect": report.dialect,
        "entries": report.entries,
        "events": report.events,
        "repairs": len(report.repairs),
        "verdict": verdict_of(report.findings),
        "findings": [finding_of(finding) for finding in report.findings],
        "likely": [report.findings.index(finding) for finding in likely_causes(report.findings)],
        "exercised": list(report.exercised),
        "not_exercised": dict(report.not_exercised),
    }


def finding_of(finding: Finding) -> dict[str, JSON]:
    """Return the contract's object about one finding."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "subject": finding.subject,
        "line": finding.place.line,
        "column": finding.place.column,
        "seq": finding.seq,
        "message": finding.message,
        "why": finding.why,
        "hint": finding.hint,
    }
