"""The findings of the shell itself: logs that it could not, or was told not to, read."""

from collections.abc import Sequence
from dataclasses import replace

from harness.model import Finding, Place, Repair, Report, Rule
from harness.reports.checked import Checked, verdict_of

UNREADABLE = Rule(
    code="LOG001",
    name="log-cannot-be-read",
    severity="error",
    subject="recorder",
    layer="house",
    what="The log cannot be opened, or nothing in it is an entry of any known shape.",
    why="Nothing was checked; that must not read as a pass.",
    source="The file system; the shapes that `--shape` names.",
    do="look at the path and its permissions; docs/formats.md shows what a log can look like",
)
REPAIRED = Rule(
    code="LOG002",
    name="repairs-refused",
    severity="error",
    subject="recorder",
    layer="house",
    what="With --strict: the log could only be read by guessing.",
    why="A guess may be wrong; whoever says --strict wants to rest on none.",
    source="The repairs that `--repairs` lists.",
    do="list the guesses with --repairs and mend the log, or check without --strict",
)
REFUSALS = (UNREADABLE, REPAIRED)


def unreadable(path: str, message: str) -> Checked:
    """Return what there is to say about a log that could not be read at all."""
    finding = _finding(UNREADABLE, Place(path, 1, 1), message)
    report = Report(path, "", (finding,), "errors", (UNREADABLE.code,), {})
    return Checked(report, complete=False)


def refuse_repairs(one: Checked) -> Checked:
    """Return the same with a finding when repairs were needed; what needs guesses does not count as read."""
    report, repairs = one.report, one.report.repairs
    if not repairs:
        return one
    findings = (_repaired(repairs), *report.findings)
    return replace(one, report=replace(report, findings=findings, verdict=verdict_of(findings)), complete=False)


def _repaired(repairs: Sequence[Repair]) -> Finding:
    first, count = repairs[0], len(repairs)
    message = (
        f"{count} guess{'es were' if count > 1 else ' was'} needed to read this log, "
        f"first `{first.kind}`: {first.before!r} was read as {first.after!r}"
    )
    return _finding(REPAIRED, first.place, message)


def _finding(rule: Rule, place: Place, message: str) -> Finding:
    return Finding(rule.code, rule.name, rule.severity, rule.subject, rule.layer, None, place, message, hint=rule.do)
