"""The judge of one live connection: what both sides send is noted at once and judged when there is time."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Generic, NamedTuple, Protocol, TypeVar, cast

import orjson

from harness.model import JSON, Event, Finding, Place, Report, Severity, Side, Verdict
from harness.replay import complaints
from harness.replay.wire import loads

TOLD_OTHERWISE = frozenset({"CLI901", "DIA640"})
"""The rules that tell of a refusal at the `error`, where the mock tells it at the event that it refuses, and of a
dialect that has had its day, which the user has chosen to serve."""
REFUSALS = frozenset({complaints.REFUSED.code, complaints.IDLE_CANCEL.code})
UNKNOWN_TYPE = "SCH110"
"""The rule that knows of a type that it is none; the refusal also knows what a client may send."""
ADVICE = "ADV"
"""The family of rules that tell of nothing illegal."""
GRAVITY: tuple[Severity, ...] = ("error", "warning", "note")


MOST_ALIKE = 100
"""So many complaints under one code are told of one connection; of more, how many there were."""
MOST_LIVE = 1_000
"""So many findings of one connection are known before it is over."""


class Judge(Protocol):
    """What the bench needs of a `Monitor`."""

    @property
    def dialect(self) -> str | None:
        """Return what the session speaks."""

    def feed(self, event: Event) -> list[Finding]:
        """Judge one event."""

    def finish(self) -> Report:
        """Settle what is still open."""


class _Noted(NamedTuple):
    at_ns: int
    side: Side
    body: bytes | dict[str, JSON]


_OWN: dict[str, JSON] = {"event_id": None, "delta": None, "obfuscation": None}
"""What each delta of a stream has for itself."""

JudgeT = TypeVar("JudgeT", bound=Judge)


class Bench(Generic[JudgeT]):
    """Judging must not delay the wire: `note` is cheap, `work` is done in between."""

    def __init__(
        self,
        name: str,
        make: Callable[[], JudgeT],
        joined: frozenset[str] = frozenset(),
        recorded_faults: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        """`name` is what places call the connection; `make` is called when the first event is judged.

        `joined` are the types of deltas of text that are judged a run at a time. `recorded_faults` tells the codes
        of what is wrong with the recording itself, which is no fault of ours.
        """
        self._recorded_faults = recorded_faults
        self._name, self._make, self._joined = name, make, joined
        self._judge: JudgeT | None = None
        self._noted: deque[_Noted] = deque()
        self._complaints: list[Finding] = []
        self._alike: Counter[str] = Counter()
        """How many complaints there were under each code."""
        self._known: dict[tuple[str, int | None], Finding] = {}
        """What the judge has found so far; of a finding told anew, the last telling."""
        self._count = 0
        self._report: Report | None = None
        self._excused = False
        self._is_cut_short = False

    def cut_short(self) -> None:
        """Blame nobody for what the server has not said: the client left before it could."""
        self._is_cut_short = True

    def excuse(self) -> None:
        """Blame nobody for what the server sends from now on: it is wrong on purpose."""
        self._excused = True

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
        """Add a finding that no rule over events makes; a client that shouts must not fill the memory."""
        self._alike[finding.code] += 1
        if self._alike[finding.code] <= MOST_ALIKE:
            self._complaints.append(finding)

    def work(self, limit: int | None = None) -> None:
        """Judge up to `limit` events, all when None; a run of deltas counts as one."""
        while self._noted and limit != 0:
            at_ns, side, noted = self._noted.popleft()
            body = _body(noted)
            number, self._count = self._count, self._count + 1
            if side == "server" and body.get("type") in self._joined:
                self._join_run(body)
            place = Place(self._name, number + 1, 1)
            event = Event(number, place, at_ns, side, str(body.get("type") or ""), body)
            for finding in self.judge.feed(event):
                if len(self._known) < MOST_LIVE:
                    self._known[finding.code, finding.seq] = finding
            limit = None if limit is None else limit - 1

    def _join_run(self, body: dict[str, JSON]) -> None:
        """Add to a delta those that follow it in the same stream; to every rule they say the same together."""
        pieces = [body.get("delta")]
        while self._noted:
            noted = self._noted[0].body
            following = _body(noted)
            if {**following, **_OWN} != {**body, **_OWN}:
                break
            self._noted.popleft()
            self._count += 1
            pieces.append(following["delta"])
        if all(isinstance(piece, str) for piece in pieces):
            body["delta"] = "".join(map(str, pieces))

    @property
    def count(self) -> int:
        """Return how many events have passed."""
        return self._count + len(self._noted)

    def findings(self) -> tuple[Finding, ...]:
        """Judge what is left and return what is known at this moment; the connection goes on."""
        if self._report is None:
            self.work()
        return self.noticed()

    def noticed(self) -> tuple[Finding, ...]:
        """Return what is known at this moment, without judging what is left."""
        return self._told(tuple(self._known.values())) if self._report is None else self._report.findings

    def so_far(self) -> Report:
        """Return what is known at this moment; the connection goes on."""
        found = self.findings()
        return Report(self._name, self.judge.dialect or "", found, verdict(found), (), {}, events=self._count)

    def finish(self) -> Report:
        """Judge what is left and return the report; later calls return the same."""
        if self._report is None:
            self.work()
            report = self.judge.finish()
            told = report.findings
            if self._is_cut_short:
                told = tuple(one for one in told if one.subject != "server" or (one.code, one.seq) in self._known)
            findings = self._told(told)
            self._report = replace(
                report, path=self._name, events=self._count, findings=findings, verdict=verdict(findings)
            )
        return self._report

    def dismiss(self) -> None:
        """Let go of the judge, which is large; the report stays."""
        self.finish()
        self._judge = None

    def _told(self, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Return what is told of the judge's findings and the complaints: one fault, one finding.

        Of what a refused event of the client is found guilty, the rule that is gravest is told, else the refusal.
        """
        refused = {one.seq: one for one in self._complaints if one.code in REFUSALS}
        found = tuple(one for one in found if one.code not in TOLD_OTHERWISE)
        for finding in found:
            complaint = refused.get(finding.seq)
            if complaint is not None and _explains(finding, complaint):
                refused[finding.seq] = finding
        rest = [one for one in found if one.seq not in refused]
        others = [one for one in self._complaints if one.code not in REFUSALS]
        return tuple(self._blamed(sorted([*rest, *refused.values(), *others], key=lambda one: one.place.line)))

    def _blamed(self, findings: list[Finding]) -> Iterator[Finding]:
        """Yield findings with who is to blame: for what the server sent, we are, unless it was recorded so.

        A value of the wrong type that the client sent comes back in what the server says of it; that is told once.
        """
        recorded = self._recorded_faults() if any(one.subject == "server" for one in findings) else frozenset()
        echoes = any(one.subject == "client" and one.layer == "schema" for one in findings)
        for finding in findings:
            if finding.subject != "server":
                yield finding
            elif self._excused:
                continue
            elif finding.code.startswith(ADVICE):
                continue  # a mock answers as it was recorded; whether that is what the client wanted is no fault
            elif finding.code not in recorded and not (echoes and finding.layer == "schema"):
                yield replace(finding, subject="harness")


def _explains(finding: Finding, refusal: Finding) -> bool:
    """Tell whether a rule's finding says better than the refusal itself why an event was refused."""
    graver = GRAVITY.index(finding.severity) < GRAVITY.index(refusal.severity)
    as_grave = finding.severity == refusal.severity and refusal.code in REFUSALS
    return finding.subject == "client" and finding.code != UNKNOWN_TYPE and (graver or as_grave)


def _body(noted: bytes | dict[str, JSON]) -> dict[str, JSON]:
    """Return an event to judge; what the server sent is read the fastest way, for which long integers are floats."""
    if not isinstance(noted, bytes):
        return noted
    try:
        return cast(dict[str, JSON], orjson.loads(noted))
    except orjson.JSONDecodeError:
        return cast(dict[str, JSON], loads(noted))


def verdict(findings: tuple[Finding, ...]) -> Verdict:
    """Return the verdict on some findings."""
    severities = {finding.severity for finding in findings}
    if "error" in severities:
        return "errors"
    if "warning" in severities:
        return "warnings"
    return "notes" if severities else "clean"
