"""A sound session as long as one likes: the seed's turn again and again, each time with ids and times of its own."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import harness
from harness.model import Entry

SEED = Path(__file__).parents[1] / "fixtures" / "sessions" / "seed.yaml"
TURN = 4
"""The first entry of the seed's turn: the audio of the user."""
LASTS_MS = 5_000


def entries(turns: int) -> Iterator[dict[str, Any]]:
    """Yield the entries of a session, in the keys of the native format; each turn has 28 events."""
    seed = harness.load(SEED).entries
    yield from (_native(entry, json.dumps(entry.content), 0) for entry in seed[:TURN])
    greeting, answer = _item_ids(seed)
    previous = greeting
    for number in range(turns):
        ids = f"_{number:04d}"
        for entry in seed[TURN:]:
            text = json.dumps(entry.content).replace(greeting, "PREVIOUS").replace("_AJHM", ids)
            yield _native(entry, text.replace("PREVIOUS", previous), number)
        previous = answer.replace("_AJHM", ids)


def _item_ids(seed: tuple[Entry, ...]) -> tuple[str, str]:
    """Return the ids of the items before the turn and at its end."""
    contents = [entry.content for entry in seed if isinstance(entry.content, dict)]
    items = [one["item"] for one in contents if one["type"] == "conversation.item.created"]
    ids = [item["id"] for item in items if isinstance(item, dict)]
    return str(ids[0]), str(ids[-1])


def _native(entry: Entry, text: str, number: int) -> dict[str, Any]:
    content = json.loads(text)
    for key in ("audio_start_ms", "audio_end_ms"):
        if content and key in content:
            content[key] += number * LASTS_MS
    stamp = datetime.fromisoformat(entry.stamp) + timedelta(milliseconds=number * LASTS_MS)
    return {"timestamp": stamp.isoformat(), "sender": entry.side, "message": entry.label, "content": content}
