"""The judge of one live connection: what both sides send is noted at once and judged when there is time."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, NamedTuple, Protocol, TypeVar

import orjson

from harness.model import JSON, Event, Finding, Place, Report, Side, Verdict


class Judge(Protocol):
    """What the bench needs of a `Monitor`."""

    def feed(self, event: Event) -> list[Finding]:
        """Judge one event."""

    def finish(self) -> Report:
        """Settle what is still open."""


class _Noted(NamedTuple):
    at_ns: int
    side: Side
    body: bytes | dict[str, JSON]


JudgeT = TypeVar("JudgeT", bound=Judge)


class Bench(Generic[JudgeT]):
    """Judging must not delay the wire: `note` is cheap, `work` is done in between."""

    def __init__(self, name: str, make: Callable[[], JudgeT]) -> None:
        """`name` is what places call the connection; `make` is called when the first event is judged."""
        self._name, self._make = name, make
        self._judge: JudgeT | None = None
        self._noted: deque[_Noted] = deque()
        self._complaints: list[Finding] = []
        self._count = 0
        self._report: Report | None = None

    @property
    def judge(self) -> JudgeT:
        """Return the judge, made when it is first needed."""
        if self._judge is None:
            self._judge = self._make()
        return self._judge

    @property
    def backlog(self) -> int:
        """Return how many events wait to be judged."""
        return len(self._noted)

    def note(self, at_ns: int, side: Side, body: bytes | dict[str, JSON]) -> None:
        """Remember an event; server events may be given as they go over the wire."""
        self._noted.append(_Noted(at_ns, side, body))

    def place(self) -> Place:
        """Return where in the connection we are: its line is the number of the next event."""
        return Place(self._name, self._count + len(self._noted) + 1, 1)

    def complain(self, finding: Finding) -> None:
        """Add a finding that no rule over events makes."""
        self._complaints.append(finding)

    def work(self, limit: int | None = None) -> None:
        """Judge up to `limit` events, all when None."""
        feed = self.judge.feed
        for _ in range(len(self._noted) if limit is None else min(limit, len(self._noted))):
            at_ns, side, noted = self._noted.popleft()
            body = orjson.loads(noted) if isinstance(noted, bytes) else noted
            place = Place(self._name, self._count + 1, 1)
            feed(Event(self._count, place, at_ns, side, str(body.get("type") or ""), body))
            self._count += 1

    def finish(self) -> Report:
        """Judge what is left and return the report; later calls return the same.

        Of a complaint and a rule's error at the same event, the error stays: one fault, one finding.
        """
        if self._report is None:
            self.work()
            report = self.judge.finish()
            known = {finding.seq for finding in report.findings if finding.severity == "error"}
            fresh = (one for one in self._complaints if one.seq not in known)
            findings = tuple(map(_blamed, (*report.findings, *fresh)))
            self._report = replace(report, path=self._name, findings=findings, verdict=verdict(findings))
        return self._report


def _blamed(finding: Finding) -> Finding:
    """Return a finding about the server as what it is here: a bug of ours."""
    return replace(finding, subject="harness") if finding.subject == "server" else finding


def verdict(findings: tuple[Finding, ...]) -> Verdict:
    """Return the verdict on some findings."""
    severities = {finding.severity for finding in findings}
    if "error" in severities:
        return "errors"
    if "warning" in severities:
        return "warnings"
    return "notes" if severities else "clean"
