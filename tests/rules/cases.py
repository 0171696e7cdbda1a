"""Good and bad dialogues, one pair for each rule: what the tests play and what the fixtures are written from."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import words as w

from harness.model import Entry, Event, Place, Report, Side
from harness.rules.monitor import Monitor

Body = dict[str, Any]
START_NS = 1_789_984_800_000_000_000
"""When the dialogues with stamps begin, in Unix nanoseconds."""


class Step(NamedTuple):
    """One event of a dialogue."""

    side: Side
    body: Body
    code: str = ""
    """The rule that must find it; several with blanks between."""
    at_s: float | None = None
    """When it was recorded, in seconds from the start."""


class Case(NamedTuple):
    """A dialogue in which a rule finds nothing, and one in which it finds the marked event."""

    good: list[Step]
    bad: list[Step]
    dialect: str | None = "openai-ga"
    """None: the one that is found."""


def c(*bodies: Body) -> list[Step]:
    """Return events of the client."""
    return [Step("client", body) for body in bodies]


def s(*bodies: Body) -> list[Step]:
    """Return events of the server."""
    return [Step("server", body) for body in bodies]


def found(code: str, steps: list[Step], nth: int = 0) -> list[Step]:
    """Mark one of some events as the one that a rule must find."""
    return [step._replace(code=code) if index == nth else step for index, step in enumerate(steps)]


def changed(steps: Iterable[Step], kind: str, code: str, nth: int = 0, **fields: Any) -> list[Step]:
    """Return a dialogue with some fields of one event changed, and the event marked.

    A field `item__status` is `status` of the object `item`.
    """
    steps = list(steps)
    index = [at for at, step in enumerate(steps) if step.body["type"] == kind][nth]
    body = dict(steps[index].body)
    for name, value in fields.items():
        _set(body, name.split("__"), value)
    steps[index] = steps[index]._replace(body=body, code=f"{steps[index].code} {code}".strip())
    return steps


def _set(holder: Body, path: list[str], value: Any) -> None:
    for name in path[:-1]:
        holder[name] = dict(holder[name])
        holder = holder[name]
    holder[path[-1]] = value


def only(base: list[Step], kind: str, code: str, nth: int = 0, **fields: Any) -> Case:
    """Return the case of a dialogue that is good but for one changed event."""
    return Case(base, changed(base, kind, code, nth, **fields))


def marked(steps: Iterable[Step], kind: str, code: str, nth: int = 0) -> list[Step]:
    """Mark the nth event of a type as the one that a rule must find."""
    return changed(steps, kind, code, nth)


def named(steps: list[Step]) -> list[Step]:
    """Give every event of the server an `event_id`."""
    return [
        step._replace(body={"event_id": f"event_{index}", **step.body}) if step.side == "server" else step
        for index, step in enumerate(steps)
    ]


def play(case: Case, steps: list[Step]) -> Report:
    """Judge a dialogue; line N is its Nth event."""
    monitor = Monitor(case.dialect, path="case")
    for index, step in enumerate(named(steps)):
        at_ns = None if step.at_s is None else START_NS + round(step.at_s * 1e9)
        monitor.feed(Event(index, Place("case", index + 1, 1), at_ns, step.side, step.body["type"], step.body))
    return monitor.finish(entries=len(steps))


def entries(steps: list[Step]) -> list[Entry]:
    """Return a dialogue as the entries of a log; the marked one says in its label what is expected."""
    made = []
    for index, step in enumerate(named(steps)):
        label = f"expect: {step.code}" if step.code else "Sending" if step.side == "client" else "Received"
        stamp = _stamp(index / 20 if step.at_s is None else step.at_s)
        made.append(Entry(Place("", index + 2, 1), None, step.side, label, step.body, stamp=stamp))
    return made


def _stamp(at_s: float) -> str:
    hours, rest = divmod(at_s, 3600)
    return f"2026-09-21T{10 + int(hours):02d}:{int(rest // 60):02d}:{rest % 60:06.3f}Z"


# -- what many dialogues share ----

OPENED = s(w.session_created())
MANUAL = s(w.session_created(**w.listening(None)))
ASKED = [*OPENED, *c(w.said("Hi", "item_u"), w.create_response()), *s(*w.entered())]
ANSWER = s(*w.text_response("Hello", "!"))
WHOLE = [*ASKED, *ANSWER]
SPOKEN = s(*w.audio_item("Hello"))
AUDIO_SESSION = {"output_modalities": ["audio"]}
AUDIO_OPENED = s(w.session_created(**AUDIO_SESSION))
AUDIO_ASKED = [*AUDIO_OPENED, *c(w.said("Hi", "item_u"), w.create_response()), *s(*w.entered())]
AUDIO_ANSWER = s(
    w.created(**AUDIO_SESSION),
    *w.audio_item("Hello"),
    w.done("resp_1", w.message("Hello", kind="output_audio"), **AUDIO_SESSION),
)
AUDIO_WHOLE = [*AUDIO_ASKED, *AUDIO_ANSWER]
CALLED = [*ASKED, *s(*w.call_response("{}"))]
