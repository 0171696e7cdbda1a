"""Metamorphic controls: changes after which a good session is as good as before."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import orjson

from benchmarks.mutation import equivalence
from benchmarks.mutation.judging import check_text
from benchmarks.mutation.logs import Log, check, numbered
from benchmarks.mutation.operators.f_damage import START, STEP, lines_of
from harness.model import JSON, Event, Report

ID = re.compile(r"^(?:event|item|resp|sess|conv|call|rs|msg)_[A-Za-z0-9]{8,}$")
HOURS = 7 * 3_600_000_000_000


class Control(NamedTuple):
    """One harmless change of one session, and what the checker says of it that it did not say before."""

    name: str
    log: str
    alarms: tuple[str, ...]


def renamed_ids(log: Log) -> Report:
    """Give every id another name, the same one everywhere."""
    names: dict[str, str] = {}

    def rename(value: JSON) -> JSON:
        if isinstance(value, dict):
            return {name: rename(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [rename(inner) for inner in value]
        if isinstance(value, str) and ID.match(value):
            head, _, tail = value.partition("_")
            return names.setdefault(value, f"{head}_{len(names):0{len(tail)}d}")
        return value

    return check(_bodies(log, lambda event: rename(event.body)))


def _bodies(log: Log, change: Callable[[Event], JSON]) -> Iterator[Event]:
    for event in log.events:
        yield event._replace(body=change(event))  # type: ignore[arg-type]


def reordered_keys(log: Log) -> Report:
    """Write the fields of every object the other way round, `type` last."""

    def turn(value: JSON) -> JSON:
        if isinstance(value, dict):
            return {name: turn(value[name]) for name in reversed(value)}
        return [turn(inner) for inner in value] if isinstance(value, list) else value

    return check(_bodies(log, lambda event: turn(event.body)))


def rechunked(log: Log, size: int) -> Report:
    """Cut every stream of text into pieces of another size."""
    events: list[Event] = []
    for at, event in enumerate(log.events):
        delta = event.body.get("delta")
        if not log.structure.facts_of_piece(at) or not isinstance(delta, str) or not delta:
            events.append(event)
            continue
        for start in range(0, len(delta), size):
            body: dict[str, JSON] = {**event.body, "delta": delta[start : start + size]}
            if start:
                body["event_id"] = f"event_Control{at:05d}x{start:05d}"
            events.append(event._replace(body=body))
    return check(numbered(events))


def swapped(log: Log) -> Report:
    """Exchange every pair of neighbours that do not depend on each other."""
    events, at = list(log.events), 0
    while at + 1 < len(events):
        if equivalence.moved(log, at, at + 1):
            events[at], events[at + 1] = events[at + 1], events[at]
            at += 1
        at += 1
    return check(numbered(events))


def shifted(log: Log) -> Report:
    """Let everything happen hours later."""
    return check(e._replace(at_ns=START + HOURS + i * STEP) for i, e in enumerate(log.events))


def late_transcription(log: Log) -> Report:
    """Let the transcription of what the user said come last of all."""

    def late(letter: str) -> bool:
        return letter.startswith("conversation.item.input_audio_transcription.")

    letters = zip(log.events, log.structure.letters, strict=True)
    ordered = sorted(letters, key=lambda pair: late(pair[1]))
    return check(numbered([event for event, _ in ordered]))


def bom_and_crlf(log: Log) -> Report:
    """Write the log as Windows does."""
    return check_text(b"\xef\xbb\xbf" + b"".join(lines_of(log)).replace(b"\n", b"\r\n"))


def json_lines(log: Log) -> Report:
    """Write the log as JSON Lines."""
    return check_text(b"".join(lines_of(log)))


def spaced(log: Log) -> Report:
    """Write the log as JSON Lines with a space behind every colon and comma."""
    import json

    text = "".join(json.dumps(orjson.loads(line)) + "\n" for line in lines_of(log))
    return check_text(text.encode())


CONTROLS: dict[str, Callable[[Log], Report]] = {
    "ids renamed": renamed_ids,
    "keys reordered": reordered_keys,
    "deltas of one character": lambda log: rechunked(log, 1),
    "deltas of seven characters": lambda log: rechunked(log, 7),
    "independent events swapped": swapped,
    "time shifted": shifted,
    "transcription last": late_transcription,
    "BOM and CRLF": bom_and_crlf,
    "as JSON Lines": json_lines,
    "as spaced JSON": spaced,
}


def run(logs: tuple[Log, ...]) -> Iterator[Control]:
    """Yield every control of every session."""
    for name, change in CONTROLS.items():
        for log in logs:
            known = [(one.code, one.severity) for one in log.report.findings]
            alarms = []
            for one in change(log).findings:
                if (one.code, one.severity) in known:
                    known.remove((one.code, one.severity))
                else:
                    alarms.append(f"{one.severity} {one.code} line {one.place.line}: {one.message}")
            yield Control(name, log.name, tuple(alarms))
