"""Logs whose text or clock is damaged."""

import orjson

from benchmarks.mutation.logs import START, STEP, Log
from benchmarks.mutation.mutants import LOST, RECORDER, Draft, Operator
from harness.logs.writing import json_line
from harness.model import Entry, Event, Subject

HOUR = 3_600_000_000_000


def lines_of(log: Log) -> list[bytes]:
    """Return the session as JSON Lines, with stamps fifty milliseconds apart."""
    return [_line(event, START + index * STEP) for index, event in enumerate(log.events)]


def _line(event: Event, at_ns: int) -> bytes:
    seconds, fraction = divmod(at_ns, 1_000_000_000)
    minutes, second = divmod(seconds - START // 1_000_000_000, 60)
    stamp = f"2025-10-09T{8 + minutes // 60:02d}:{minutes % 60:02d}:{second:02d}.{fraction:09d}Z"
    label = "sent" if event.side == "client" else "received"
    return json_line(Entry(event.place, at_ns, event.side, label, event.body, (), stamp))


def _damaged(log: Log, at: int, new: list[bytes], note: str, lines: int = 1) -> Draft:
    text = lines_of(log)
    exact = frozenset(range(at, at + max(lines, len(new))))
    return Draft(log.events, exact, note, subjects=RECORDER, text=b"".join([*text[:at], *new, *text[at + lines :]]))


def split_line(log: Log, at: int) -> Draft | None:
    """Break the line of an event in two."""
    line = lines_of(log)[at]
    half = len(line) // 2
    return _damaged(log, at, [line[:half] + b"\n", line[half:]], "its line broken in two")


def merged_lines(log: Log, at: int) -> Draft | None:
    """Lose the newline between two events."""
    if at + 1 >= len(log.events):
        return None
    text = lines_of(log)
    return _damaged(log, at, [text[at].rstrip(b"\n") + text[at + 1]], "the newline behind it lost", lines=2)


def duplicate_key(log: Log, at: int) -> Draft | None:
    """Write one key of an event twice."""
    line = lines_of(log)[at]
    name = next((name for name in log.events[at].body if name != "type"), None)
    if name is None:
        return None
    twin = b'"content":{' + orjson.dumps(name) + b':"mutated",'
    return _damaged(log, at, [line.replace(b'"content":{', twin, 1)], f"{name} written twice")


def cut_line(log: Log, at: int) -> Draft | None:
    """Lose the end of a line."""
    line = lines_of(log)[at]
    return _damaged(log, at, [line[: len(line) * 2 // 3] + b"\n"], "the end of its line lost")


def _stamped(log: Log, at: int, shift: int, note: str, subjects: frozenset[Subject] = RECORDER) -> Draft | None:
    if not 0 < at < len(log.events):
        return None
    events = tuple(
        event._replace(at_ns=START + index * STEP + (shift if index >= at else 0))
        for index, event in enumerate(log.events)
    )
    return Draft(events, frozenset((at, at - 1)), note, subjects=subjects)


def clock_reset(log: Log, at: int) -> Draft | None:
    """Set the recorder's clock an hour back."""
    return _stamped(log, at, -HOUR, "from here on an hour earlier")


def time_dilation(log: Log, at: int) -> Draft | None:
    """Let two hours pass, more than any session may last."""
    return _stamped(log, at, 2 * HOUR, "two hours pass before it", LOST)


OPERATORS = (
    Operator("split line", split_line),
    Operator("merged lines", merged_lines),
    Operator("duplicate JSON key", duplicate_key),
    Operator("cut line", cut_line),
    Operator("clock reset", clock_reset),
    Operator("time dilation", time_dilation),
)
