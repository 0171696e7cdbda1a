"""Runs the catalogue over the events of one session, as they come: in a file, in a proxy, in a mock."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from harness.engine.judge import Judge
from harness.engine.violation import Violation
from harness.model import Event, Finding, Place, Problem, Repair, Report, Rule, Verdict
from harness.protocol import schemas
from harness.protocol.dialects import Dialect, all_dialects, detect, get
from harness.protocol.state import CONDITIONS, REDUCERS, Conversation, remember_event_id
from harness.protocol.state.course import lapses
from harness.rules import envelope
from harness.rules.catalogue import (
    ADVICE,
    END,
    EVERY,
    EVERY_REQUEST,
    NOTHING,
    CheckedRule,
    Remark,
    View,
    checks,
    declared,
)
from harness.rules.recorder import RECORDER
from harness.rules.thresholds import UNSET, Limits
from harness.rules.wording import to_finding

UNDECIDED = 64
"""How many events are looked at before a dialect is assumed: a session tells itself in its first event or two."""
ODDITIES = (envelope.UNKNOWN_VALUE.code, envelope.USUAL_FIELD.code, envelope.UNKNOWN_PARAMETER.code)
"""What is only odd about an event; a rule that finds a fault in it says more."""
SEVERITIES = ("error", "warning", "note")
VERDICTS: Mapping[str, Verdict] = {"error": "errors", "warning": "warnings", "note": "notes"}


class _Route(NamedTuple):
    """What concerns one event type of a dialect."""

    letter: str
    checks: tuple[CheckedRule, ...]


@cache
def _routes(name: str) -> Mapping[tuple[str, str], _Route]:
    dialect = get(name)
    usable = [one for one in checks() if one.rule.code not in dialect.waived]
    requests = {"client": (EVERY_REQUEST,), "server": ()}
    return {
        (side, kind): _Route(letter, tuple(one for one in usable if {letter, EVERY, *requests[side]} & {*one.on}))
        for (side, kind), letter in dialect.letters.items()
    }


class Monitor:
    """Judges a session while it goes on.

    `dialect` is the name of a dialect; without one it is found out from the first events, which are held back until
    then. Feed every event in the order of the log, then call `finish`. `limits` are the thresholds that a user set.

    Raises:
        UsageError: there is no such dialect.
    """

    def __init__(self, dialect: str | None = None, *, path: str = "", limits: Limits = UNSET) -> None:
        self._path = path
        self._limits = limits
        self._held: list[Event] = []
        self._findings: list[Finding] = []
        self._dialect: Dialect | None = None
        self._last: Event | None = None
        self._served = False
        self._gaps = 0
        """How many entries of the log could not be read."""
        self._guessed: set[int] = set()
        """The events of which the log holds only a part."""
        self._strangers: set[str] = set()
        """The types of other dialects that were reported; each is reported once."""
        self._taken: set[str] = set()
        """The letters of the events that the rules have looked at."""
        self._counts: dict[str, int] = {}
        self._lacking: dict[str, str] = {}
        """The rules that could not run, with what the log lacks."""
        self._sides = {"client": 0, "server": 0, "system": 0, "unknown": 0}
        if dialect is not None:
            self._start(get(dialect))

    @property
    def dialect(self) -> str | None:
        """Return the name of the session's dialect, None while it is not known."""
        return self._dialect.name if self._dialect else None

    @property
    def cause(self) -> int | None:
        """Return the `seq` of the event that made the last one happen, None where the connection did."""
        return self._judge.cause.seq if self._dialect and self._judge.cause else None

    def feed(self, event: Event, guessed: bool = False) -> list[Finding]:
        """Judge one event; return what is now known. Later events may make a finding more exact.

        `guessed` says that the log holds only a part of the event: what its schema misses is no fault of its sender.
        """
        if guessed:
            self._guessed.add(event.seq)
        if self._dialect is not None:
            return self._take(event)
        self._held.append(event)
        told = event.side != "client" and detect((event,))  # a client may speak a dialect that its server refuses
        if not told and len(self._held) < UNDECIDED:
            return []
        return self._decide()

    def problem(self, problem: Problem) -> Finding:
        """Turn a reader's problem into a finding of this session."""
        rule = next(one for one in RECORDER if one.code == problem.code)
        finding = _finding(rule, None, problem.place, problem.message, hint=problem.hint)
        self._findings.append(finding)
        self._count(rule.code)
        if rule.severity == "error":
            self._gaps += 1
            if self._dialect is not None:
                self._judge.miss()
        return finding

    def finish(self, *, entries: int = 0, repairs: tuple[Repair, ...] = ()) -> Report:
        """Settle what is still open and return the report on the whole session."""
        if self._dialect is None:
            self._decide()
        dialect = self._dialect or get("openai-ga")
        self._conclude(dialect)
        findings = _sorted(self._findings)
        exercised, idle = self._exercised(dialect)
        return Report(
            path=self._path,
            dialect=dialect.name,
            findings=findings,
            verdict=_verdict(findings),
            exercised=exercised,
            not_exercised=idle,
            entries=entries,
            events=sum(self._sides.values()),
            repairs=repairs,
            statistics={**self._sides, "lapses_ns": lapses(self._state)},
        )

    # -- setting out, and ending ----

    def _conclude(self, dialect: Dialect) -> None:
        """Settle what the session leaves open."""
        if self._last is not None:
            for one in checks():
                if END in one.on:
                    self._count(one.rule.code)
                    self._check(_Route(END, (one,)), self._last, len(self._findings))
        self._judge.finish()
        self._findings += [to_finding(case, dialect) for case in self._judge.docket.cases]
        for code, number in self._judge.judged().items():
            self._counts[code] = self._counts.get(code, 0) + number

    def _begins_anew(self, event: Event, letter: str) -> bool:
        """Tell whether an event opens another session than the one so far."""
        session = event.body.get("session")
        if letter != self._view.dialect.declarations.first[0] or not isinstance(session, dict):
            return False
        own_id = self._state.config.get("id")
        return isinstance(own_id, str) and isinstance(session.get("id"), str) and session["id"] != own_id

    def _restart(self, event: Event) -> None:
        """End the session so far and begin the next one of the same log."""
        dialect = self._view.dialect
        self._conclude(dialect)
        self._served = False
        self._start(detect((event,)) or dialect)
        self._add(envelope.SEVERAL, event, "another session begins here")

    def _start(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._state = Conversation(fields=dialect.fields)
        self._view = View(self._state, dialect, limits=self._limits)
        self._validators = schemas.validators(dialect.schemas)
        self._map = _routes(dialect.name)
        state = self._state
        self._judge = Judge(dialect.declarations, lambda name, attributes: CONDITIONS[name](state, attributes))

    def _decide(self) -> list[Finding]:
        """Settle on a dialect and judge the events that were held back."""
        self._start(detect(self._held) or next(iter(all_dialects().values())))
        for _ in range(self._gaps):
            self._judge.miss()
        held, self._held = self._held, []
        return [finding for event in held for finding in self._take(event)]

    # -- one event ----

    def _take(self, event: Event) -> list[Finding]:
        side = event.side
        self._sides[side] += 1
        self._last = event
        route = self._map.get((side, event.type))
        if self._served and route is not None and self._begins_anew(event, route.letter):
            self._restart(event)
            route = self._map.get((side, event.type))
        route = route or self._stray(event)
        if not self._served and side == "server":
            self._first(event, route)
        before = len(self._findings)
        damaged = self._validate(event, route)
        letter = route.letter if route else ""
        news = self._judge.feed(event, letter, damaged)
        if route is not None:
            if not news and (not damaged or event.side == "client" or event.seq in self._guessed):
                self._taken.update((letter,) if not damaged else ())
                self._check(route, event, before, damaged)
            reducer = REDUCERS.get(letter)
            if reducer is not None:
                reducer(self._state, event)
        remember_event_id(self._state, event)
        if not news and len(self._findings) == before:
            return []
        if side == "client":
            self._view.told.add(event.seq)
        return [*self._findings[before:], *self._told(news)]

    def _told(self, news: list[Violation]) -> Iterator[Finding]:
        return (to_finding(case, self._view.dialect) for case in news)

    def _first(self, event: Event, route: _Route | None) -> None:
        self._served = True
        self._state.complete = route is not None and route.letter in self._view.dialect.declarations.first
        if not self._state.complete:
            self._judge.start_midway()
            self._add(envelope.MIDWAY, event, f"the first server event is `{event.type}`")

    def _stray(self, event: Event) -> _Route | None:
        """Find the route of an event whose side or type is not the usual one; report it."""
        for side in ("server", "client"):
            route = self._map.get((side, event.type))
            if route is not None:
                if event.side in ("client", "server"):
                    self._add(envelope.WRONG_SIDE, event, f"`{event.type}` is sent by the {side} only")
                return route
        others = [one.name for one in all_dialects().values() if (event.side, event.type) in one.letters]
        if others and event.type in self._strangers:
            return None
        self._strangers.add(event.type)
        if others:
            said = f"`{event.type}` belongs to {others[0]}, the session is {self.dialect}"
            self._add(envelope.OTHER_DIALECT, event, said, side=event.side)
        else:
            known = [name for side, name in self._map if side == event.side]
            near = get_close_matches(event.type, known, n=1)
            name = f"`{event.type}`" if event.type else "an event without a type"
            said = f"{name} is not known in {self.dialect}{f'; did you mean `{near[0]}`?' if near else ''}"
            rule = envelope.UNKNOWN_REQUEST if event.side == "client" else envelope.UNKNOWN_TYPE
            self._add(rule, event, said, side=event.side)
        return None

    def _validate(self, event: Event, route: _Route | None) -> bool:
        if route is None:
            return True
        side = "client" if route.letter.startswith(">") else "server"
        if self._validators.is_usual(side, event.type, event.body):
            return False
        faults = self._validators.check(side, event.type, event.body)
        if event.seq in self._guessed:
            return any(fault.pointer != "/event_id" for fault in faults)
        if faults and event.side in ("client", "server") and event.side != side:
            return True  # told already: it is not an event of this side at all
        if faults:
            first, *others = faults
            why = "; ".join(fault.message for fault in others)
            finding = self._add(envelope.SCHEMA, event, first.message, why=why, pointer=first.pointer, side=event.side)
            self._findings[-1] = replace(finding, expected=(first.expected,) if first.expected else ())
            return True
        unknown = self._validators.unknown_values(side, event.type, event.body)
        for fault in unknown:
            self._add(envelope.UNKNOWN_VALUE, event, fault.message, pointer=fault.pointer, side=event.side)
        absent = () if unknown else self._validators.absent(side, event.type, event.body)
        for fault in absent[:1]:
            why = "; ".join(other.message for other in absent[1:])
            self._add(envelope.USUAL_FIELD, event, fault.message, why=why, pointer=fault.pointer, side=event.side)
        if event.side == "client":
            self._undeclared(event)
        return False

    def _undeclared(self, event: Event) -> None:
        for pointer in self._validators.undeclared("client", event.type, event.body)[:1]:
            name = pointer.removeprefix("/").replace("/", ".")
            self._add(envelope.UNKNOWN_PARAMETER, event, f"{name} is not a field of `{event.type}`", pointer=pointer)

    def _check(self, route: _Route, event: Event, before: int, faulty: bool = False) -> None:
        """Run the rules on an event until one finds a fault, which explains what others say; advice is heard always."""
        view = self._view
        view.cause = self._judge.cause
        for one in route.checks:
            if faulty and not one.is_advice:
                continue
            if one.needs and not self._can_judge(one):
                continue
            remarks = one.check(view, event)
            first = next(remarks, None) if remarks is not NOTHING else None
            if first is None:
                continue
            odd = [finding for finding in self._findings[before:] if finding.code in ODDITIES]
            if self._remark(one, (first, *remarks), event):
                for finding in odd:
                    self._findings.remove(finding)
                faulty = True

    def _can_judge(self, one: CheckedRule) -> bool:
        """Tell whether the log has what a rule needs; note what it lacks."""
        for need in one.needs:
            if not need.holds(self._state):
                self._lacking[one.rule.code] = need.otherwise
                return False
        self._count(one.rule.code)
        return True

    def _remark(self, one: CheckedRule, remarks: tuple[Remark, ...], event: Event) -> bool:
        """Note what a rule says; tell whether it is a fault, which advice never is."""
        troubles = self._judge.docket.troubles
        found = [_remarked(one.rule, remark, event) for remark in remarks if not troubles(*remark.about)]
        self._findings.extend(found)
        faults = [finding for finding in found if finding.severity != "note" and not finding.code.startswith(ADVICE)]
        for finding in faults:
            if finding.seq is not None:
                self._judge.docket.settle(finding.seq)
        return bool(faults)

    def _add(self, rule: Rule, event: Event, message: str, why: str = "", pointer: str = "", side: str = "") -> Finding:
        self._count(rule.code)
        if side == "client":
            rule = replace(rule, subject="client")
        finding = _finding(rule, event.seq, event.place, message, why=why, pointer=pointer)
        self._findings.append(finding)
        return finding

    # -- the report ----

    def _count(self, code: str) -> None:
        self._counts[code] = self._counts.get(code, 0) + 1

    def _exercised(self, dialect: Dialect) -> tuple[tuple[str, ...], dict[str, str]]:
        judged = {
            envelope.SCHEMA.code: sum(self._sides.values()),
            envelope.UNKNOWN_PARAMETER.code: self._sides["client"],
        }
        counts = {**self._counts, **judged}
        for route in self._map.values():
            for one in route.checks if route.letter in self._taken else ():
                if not one.needs:
                    counts[one.rule.code] = 1
        rules = [*(one.rule for one in checks()), *declared(dialect.declarations)]
        silent = "nothing in the log concerns it"
        idle = {one.code: self._lacking.get(one.code, silent) for one in rules if not counts.get(one.code)}
        idle.update(dialect.waived)
        return tuple(sorted(code for code, count in counts.items() if count)), dict(sorted(idle.items()))


def _finding(
    rule: Rule, seq: int | None, place: Place, message: str, why: str = "", hint: str = "", pointer: str = ""
) -> Finding:
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        subject=rule.subject,
        layer=rule.layer,
        seq=seq,
        place=place,
        message=message,
        why=why,
        hint=hint or rule.do,
        pointer=pointer,
    )


def _remarked(rule: Rule, remark: Remark, event: Event) -> Finding:
    seq, place = remark.at or (event.seq, event.place)
    finding = _finding(rule, seq, place, remark.message, remark.why, remark.hint, remark.pointer)
    told = replace(finding, severity=remark.severity or rule.severity, expected=remark.expected)
    return replace(told, witnesses=remark.witnesses, evidence=remark.evidence)


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda one: (one.place.line, SEVERITIES.index(one.severity), one.code)))


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    worst = min((SEVERITIES.index(one.severity) for one in findings), default=None)
    return "clean" if worst is None else VERDICTS[SEVERITIES[worst]]
