"""Events lost, doubled, moved and added."""

from zlib import crc32

from benchmarks.mutation import equivalence
from benchmarks.mutation.logs import Log, numbered
from benchmarks.mutation.mutants import EITHER, LOST, RECORDER, Draft, Operator
from benchmarks.mutation.neighbours import stranger

FAR = 5
"""How many events a delayed or hastened one is moved."""


def _drop(log: Log, at: int, side: str) -> Draft | None:
    event = log.events[at]
    if event.side != side:
        return None
    events = numbered((*log.events[:at], *log.events[at + 1 :]))
    subjects = LOST if side == "server" else EITHER | RECORDER
    return Draft(
        events,
        frozenset((at - 1, at)),
        "dropped",
        equivalence.around(log, at),
        equivalence.dropped(log, at),
        missing=event.type,
        subjects=subjects,
    )


def drop_server(log: Log, at: int) -> Draft | None:
    """Lose an event of the server."""
    return _drop(log, at, "server")


def drop_client(log: Log, at: int) -> Draft | None:
    """Lose an event of the client; audio has an operator of its own."""
    return None if _is_audio(log, at) else _drop(log, at, "client")


def drop_client_audio(log: Log, at: int) -> Draft | None:
    """Lose audio that the client sent."""
    return _drop(log, at, "client") if _is_audio(log, at) else None


def _is_audio(log: Log, at: int) -> bool:
    return log.structure.letters[at] == ">input_audio_buffer.append"


def duplicate_same_id(log: Log, at: int) -> Draft | None:
    """Write an event of the server twice."""
    event = log.events[at]
    if event.side != "server" or not event.body.get("event_id"):
        return None
    events = numbered((*log.events[: at + 1], *log.events[at:]))
    return Draft(events, frozenset((at + 1,)), "doubled", subjects=LOST)


def duplicate_fresh_id(log: Log, at: int) -> Draft | None:
    """Send an event of the server twice, each with its own event_id."""
    event = log.events[at]
    if event.side != "server":
        return None
    twin = event._replace(body={**event.body, "event_id": "event_MutantFreshTwin00001"})
    events = numbered((*log.events[: at + 1], twin, *log.events[at + 1 :]))
    return Draft(events, frozenset((at + 1,)), "sent twice", equivalent=equivalence.repeated(log, at))


def _move(log: Log, source: int, target: int, note: str) -> Draft:
    rest = [*log.events[:source], *log.events[source + 1 :]]
    rest.insert(target, log.events[source])
    same = log.events[source].body == log.events[target].body if abs(source - target) == 1 else False
    kind = equivalence.NO_OP if same else equivalence.moved(log, source, target)
    gap = frozenset(index + (target < source) for index in equivalence.around(log, source))
    fair = gap | equivalence.passed(log, source, target)
    return Draft(numbered(rest), frozenset((target,)), note, fair, kind, subjects=LOST)


def swap(log: Log, at: int) -> Draft | None:
    """Exchange two neighbours of the server."""
    if at + 1 >= len(log.events) or {log.events[at].side, log.events[at + 1].side} != {"server"}:
        return None
    draft = _move(log, at, at + 1, f"swapped with {log.events[at + 1].type}")
    return Draft(draft.events, frozenset((at, at + 1)), draft.note, equivalent=draft.equivalent, subjects=LOST)


def swap_sides(log: Log, at: int) -> Draft | None:
    """Exchange two neighbours of different sides."""
    if at + 1 >= len(log.events) or log.events[at].side == log.events[at + 1].side:
        return None
    draft = _move(log, at, at + 1, f"swapped with {log.events[at + 1].type}")
    return Draft(
        draft.events, frozenset((at, at + 1)), draft.note, equivalent=draft.equivalent, subjects=EITHER | RECORDER
    )


def delay(log: Log, at: int) -> Draft | None:
    """Move an event of the server five places back."""
    if log.events[at].side != "server" or at + FAR >= len(log.events):
        return None
    return _move(log, at, at + FAR, f"moved from {at} to {at + FAR}")


def hasten(log: Log, at: int) -> Draft | None:
    """Move an event of the server five places forward."""
    if log.events[at].side != "server" or at < FAR:
        return None
    return _move(log, at, at - FAR, f"moved from {at} to {at - FAR}")


def truncate(log: Log, at: int) -> Draft | None:
    """End the log behind an event of the server."""
    if at + 1 >= len(log.events) or log.events[at].side != "server":
        return None
    known = log.structure
    open_words = [word for word in known.words.values() if word[0][0] <= at < word[-1][0]]
    involved = {index for word in open_words for index, _ in word if index <= at}
    asked = {cause for effect in range(at + 1, len(log.events)) for cause in known.expected_by(effect) if cause <= at}
    return Draft(
        log.events[: at + 1],
        frozenset((at,)),
        f"cut behind {at}",
        fair=frozenset(involved | asked),
        equivalent=equivalence.cut(log, at + 1),
        subjects=LOST,
    )


def insert_foreign(log: Log, at: int) -> Draft | None:
    """Put an event of another session in."""
    if log.events[at].side != "server":
        return None
    other = stranger(log)
    if other is None:
        return None
    servers = [index for index, event in enumerate(other.events) if event.side == "server"]
    chosen = servers[crc32(f"{log.name}{at}".encode()) % len(servers)]
    events = numbered((*log.events[:at], other.events[chosen], *log.events[at:]))
    note = f"{other.events[chosen].type} of {other.name} put in"
    return Draft(events, frozenset((at,)), note, equivalent=equivalence.foreign(other, chosen), subjects=LOST)


def interleave(log: Log, at: int) -> Draft | None:
    """Write two sessions into one log from here on, turn by turn."""
    other = stranger(log)
    if other is None or log.events[at].side != "server" or at % 4:
        return None
    events = list(log.events[:at])
    rest, strange = list(log.events[at:]), list(other.events)
    while rest or strange:
        events += strange[:1] + rest[:1]
        rest, strange = rest[1:], strange[1:]
    return Draft(numbered(events), frozenset((at, at + 1)), f"mixed with {other.name}", subjects=LOST)


def flip_direction(log: Log, at: int) -> Draft | None:
    """Record an event as sent by the other side."""
    event = log.events[at]
    side = "client" if event.side == "server" else "server"
    events = (*log.events[:at], event._replace(side=side), *log.events[at + 1 :])  # type: ignore[arg-type]
    return Draft(events, frozenset((at,)), f"recorded as sent by the {side}", subjects=RECORDER)


def drop_opening(log: Log, at: int) -> Draft | None:
    """Lose the session's first event, as a log of a sideband connection does."""
    if at or log.events[0].type != "session.created":
        return None
    return Draft(
        numbered(log.events[1:]), frozenset((0,)), "session.created dropped", missing="session.created", subjects=LOST
    )


OPERATORS = (
    Operator("drop server event", drop_server, table=True),
    Operator("duplicate, same event_id", duplicate_same_id, table=True),
    Operator("duplicate, fresh event_id", duplicate_fresh_id, table=True),
    Operator("swap adjacent", swap, table=True),
    Operator("delay by 5", delay, table=True),
    Operator("hasten by 5", hasten, table=True),
    Operator("truncate tail", truncate, table=True),
    Operator("insert foreign event", insert_foreign, table=True),
    Operator("drop client event", drop_client, table=True),
    Operator("drop client audio", drop_client_audio),
    Operator("swap across sides", swap_sides),
    Operator("interleave two sessions", interleave),
    Operator("direction flip", flip_direction),
    Operator("drop session.created", drop_opening),
)
