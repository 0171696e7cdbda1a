"""A sound voice session as long as one likes, its audio elided: one recorded turn again and again, with ids of its own.

A turn has 121 events: 55 appends of the client, 27 pieces of audio, 23 of transcripts, and what holds them.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

import harness
from harness.model import JSON, Event

RECORDING = Path(__file__).parents[1] / "fixtures" / "sessions" / "spoken-turn.yaml"
OPENING = 3
"""`session.created`, `session.update`, `session.updated`: what comes once."""
START = datetime(2026, 1, 1, tzinfo=UTC)
PACE = timedelta(milliseconds=20)
LASTS_MS = 5_000
"""How much audio a turn adds to the clock of `audio_start_ms` and `audio_end_ms`."""
NAMED = re.compile(rb'"((?:item|resp|event)_\w{10,})"')


def lines(events: int) -> Iterator[bytes]:
    """Yield a session of about so many events as native JSON Lines, whole turns only."""
    recorded = harness.load(RECORDING).events
    turn = [(event, orjson.dumps(_elided(event))) for event in recorded[OPENING:]]
    number = 0
    for event in recorded[:OPENING]:
        yield _line(event, event.body, number)
        number += 1
    last, answer = None, _answer(recorded)
    for count in range(max(1, round((events - OPENING) / len(turn)))):
        own = rb'"\g<1>%06d"' % count
        for event, text in turn:
            body = orjson.loads(NAMED.sub(own, text))
            if event.body.get("previous_item_id", "") is None and answer not in text:
                body["previous_item_id"] = last
            for key in ("audio_start_ms", "audio_end_ms"):
                if key in body:
                    body[key] += count * LASTS_MS
            yield _line(event, body, number)
            number += 1
        last = f"{answer.decode()}{count:06d}"


def _elided(event: Event) -> dict[str, JSON]:
    name = next((name for name in ("audio", "delta") if name in event.body), "")
    if "audio" not in event.type or not name or "transcript" in event.type:
        return event.body
    return {**event.body, name: "<audio data elided: 4096 bytes>"}


def _answer(events: tuple[Event, ...]) -> bytes:
    """Return the id of the item that ends the turn."""
    added = [event.body["item"] for event in events if event.type == "conversation.item.added"]
    return str(added[-1]["id"]).encode() if isinstance(added[-1], dict) else b""


def _line(event: Event, body: Any, number: int) -> bytes:
    stamp = (START + number * PACE).isoformat()
    return orjson.dumps({"timestamp": stamp, "sender": event.side, "message": event.type, "content": body}) + b"\n"
