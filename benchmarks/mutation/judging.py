"""Runs the checker on a damaged session and compares with what it says of the good one."""

from collections import Counter
from dataclasses import dataclass
from io import BytesIO

from benchmarks.mutation.logs import Log, check
from benchmarks.mutation.mutants import Draft, Operator
from harness.api import read_stream
from harness.events import event_of
from harness.model import Event, Finding, Problem, Report
from harness.rules.monitor import Monitor


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the checker said of one mutant."""

    operator: str
    log: str
    held_out: bool
    at: int
    kind: str
    """The event's type."""
    note: str
    equivalent: str
    new: tuple[Finding, ...]
    """The findings that the good session does not have, in the order of the report."""
    exact: bool
    fair: bool
    """Whether the first finding is at the damage, or at what depends on it next to it."""
    near: bool
    named: bool | None
    """Whether the first finding names the missing event; None where none is missing."""
    subject: bool

    @property
    def found(self) -> bool:
        """Tell whether anything was found."""
        return bool(self.new)

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes of what was found."""
        return frozenset(finding.code for finding in self.new)


def judge(operator: Operator, log: Log, at: int) -> Outcome | None:
    """Damage a session at one position and see what the checker says; None where that is not possible."""
    draft = operator.edit(log, at)
    return None if draft is None else outcome(operator.name, log, at, draft)


def outcome(name: str, log: Log, at: int, draft: Draft) -> Outcome:
    """Return what the checker says of a damaged session."""
    report = check_text(draft.text) if draft.text else check(draft.events)
    new = tuple(_new(report, log, draft))
    first = new[0] if new else None
    place = first.place.line - 1 if first else -9
    return Outcome(
        operator=name,
        log=log.name,
        held_out=log.held_out,
        at=at,
        kind=log.events[at].type,
        note=draft.note,
        equivalent=draft.equivalent,
        new=new,
        exact=place in draft.exact,
        fair=place in draft.exact | draft.fair,
        near=any(abs(place - one) <= 1 for one in draft.exact),
        named=_names(first, draft.missing) if first and draft.missing else None,
        subject=first is not None and first.subject in draft.subjects,
    )


def _names(finding: Finding, kind: str) -> bool:
    return f"`{kind}`" in finding.message or kind in finding.expected


def _new(report: Report, log: Log, draft: Draft) -> list[Finding]:
    """Return the findings that are not among those of the good session, matched by code and event."""
    bodies = {id(event.body): index for index, event in enumerate(log.events)}
    known = Counter((one.code, one.seq) for one in log.report.findings)
    fresh = []
    for finding in report.findings:
        if finding.code in log.invented:
            continue
        seq = finding.seq
        if seq is not None and not draft.text and seq < len(draft.events):
            seq = bodies.get(id(draft.events[seq].body), seq)
        if known[finding.code, seq] > 0:
            known[finding.code, seq] -= 1
        else:
            fresh.append(finding)
    return fresh


def check_text(text: bytes) -> Report:
    """Judge a log given as text, its reading included."""
    monitor = Monitor()
    seq = 0
    for item in read_stream(BytesIO(text), ""):
        if isinstance(item, Problem):
            monitor.problem(item)
            continue
        event: Event | None = event_of(seq, item)
        seq += 1
        if event is not None:
            monitor.feed(event)
    return monitor.finish(entries=seq)
