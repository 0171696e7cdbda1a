"""Workflow commands: each finding becomes an annotation on the line of the log in a pull request."""

from collections.abc import Iterable, Iterator

from harness.model import Finding, Severity
from harness.reports.checked import Checked, Options, unread
from harness.reports.line import Line, plain

COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}

DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = {**DATA, ":": "%3A", ",": "%2C"}
"""What the runner takes for syntax, in a message and in a property before it."""


def render(checked: Iterable[Checked], options: Options) -> Iterator[Line]:
    """Yield one command for each finding, and one for each log that was only partly read."""
    for one in checked:
        for finding in one.report.findings:
            yield plain(_command(finding))
        if not one.complete:
            yield plain(f"::error file={_escape(one.report.path, PROPERTY)}::The log was {unread(one)}.")


def _command(finding: Finding) -> str:
    properties = {
        "file": finding.place.path,
        "line": str(finding.place.line),
        "col": str(finding.place.column),
        "title": f"{finding.code} {finding.name}",
    }
    written = ",".join(f"{key}={_escape(value, PROPERTY)}" for key, value in properties.items())
    text = "\n".join(part for part in (finding.message, finding.why, finding.hint) if part)
    return f"::{COMMANDS[finding.severity]} {written}::{_escape(text, DATA)}"


def _escape(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)
