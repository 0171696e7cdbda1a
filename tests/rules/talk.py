"""A conversation as a test writes it down: who sends what, and which event is expected to be found at fault."""

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias

from harness.model import Event, Finding, Place, Report, Side
from harness.rules.monitor import Monitor

Body: TypeAlias = dict[str, Any]


class Wrong(NamedTuple):
    """An event that a rule must find."""

    code: str
    body: Body


def wrong(code: str, body: Body) -> Wrong:
    """Mark an event as the one that `code` must be found at."""
    return Wrong(code, body)


Spoken: TypeAlias = Body | Wrong | Iterable["Body | Wrong"]


class Voice:
    """One side of a conversation; `client >> body` and `server << body` both mean that it sends the body."""

    def __init__(self, talk: "Talk", side: Side) -> None:
        self._talk, self._side = talk, side

    def __lshift__(self, spoken: Spoken) -> "Voice":
        for one in [spoken] if isinstance(spoken, (dict, Wrong)) else spoken:
            self._talk.say(self._side, one)
        return self

    __rshift__ = __lshift__


class Talk:
    """A session that a test makes up; line N of it is its Nth event."""

    def __init__(self, dialect: str | None = "openai-ga") -> None:
        self.monitor = Monitor(dialect, path="talk")
        self.client, self.server = Voice(self, "client"), Voice(self, "server")
        self.wanted: list[tuple[str, int, str]] = []
        self.causes: list[int | None] = []
        self.told: list[Finding] = []
        """What was found while the session went on."""
        self._count = 0

    def say(self, side: Side, spoken: Body | Wrong) -> None:
        body = spoken.body if isinstance(spoken, Wrong) else spoken
        self._count += 1
        if side == "server" and "event_id" not in body:
            body = {**body, "event_id": f"event_{self._count}"}
        body = {name: value for name, value in body.items() if value is not ABSENT}
        if isinstance(spoken, Wrong):
            self.wanted.append((spoken.code, self._count, body["type"]))
        event = Event(self._count - 1, Place("talk", self._count, 1), None, side, body["type"], body)
        self.told += self.monitor.feed(event)
        self.causes.append(self.monitor.cause)

    def finish(self) -> Report:
        return self.monitor.finish(entries=self._count)

    def ends(self, *others: str) -> Report:
        """End the session: what was found must be what was marked, and `others` (codes) anywhere.

        What the client may be blamed for besides has rules and tests of its own.
        """
        report = self.finish()
        marked = [(code, line) for code, line, _ in self.wanted]
        found = [
            (one.code, one.place.line)
            for one in report.findings
            if one.subject != "client" or (one.code, one.place.line) in marked
        ]
        extra = [code for code, line in found if (code, line) not in marked]
        missed = [want for want in self.wanted if want[:2] not in found]
        assert not missed, f"not found: {missed}; found: {_told(report)}"
        assert sorted(extra) == sorted(others), f"found besides: {_told(report)}"
        return report


ABSENT: Any = object()
"""A field that is left out of an event."""


def _told(report: Report) -> str:
    return "\n" + "\n".join(f"{one.code} line {one.place.line}: {one.message} | {one.why}" for one in report.findings)


def at(events: list[Body], kind: str, nth: int = 0) -> int:
    """Return the index of the nth event of a type."""
    return [index for index, body in enumerate(events) if body["type"] == kind][nth]


def without(events: list[Body], kind: str, nth: int = 0) -> list[Body]:
    """Return events with one of them left out."""
    index = at(events, kind, nth)
    return events[:index] + events[index + 1 :]


def blamed(events: list[Body], kind: str, code: str, nth: int = 0, **changes: Any) -> list[Body | Wrong]:
    """Return events with one of them changed, and marked as the one at fault."""
    index = at(events, kind, nth)
    return [*events[:index], wrong(code, {**events[index], **changes}), *events[index + 1 :]]


def moved(events: list[Body], start: int, end: int) -> list[Body]:
    """Return events with the one at `start` put at `end`."""
    rest = events[:start] + events[start + 1 :]
    return [*rest[:end], events[start], *rest[end:]]
