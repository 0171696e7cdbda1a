"""Nothing that differs goes unseen: every field of the seed is changed, and what is set aside is listed here."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_up import with_events

from harness import api
from harness.diff import compare

SEED = api.load(Path(__file__).parents[2] / "fixtures" / "sessions" / "seed.yaml")

ASIDE = {
    "event_id",
    "previous_item_id",
    "object",
    "expires_at",
    "limit",
    "remaining",
    "reset_seconds",
    "cached_tokens",
    "audio",
}
"""Fields whose values no two runs share, and audio that the log does not hold."""
ASIDE_AT = {
    ("response.text.delta", "output_index"),  # the index is that of the item, which every other event tells
    ("rate_limits.updated", "rate_limits.0.name"),
    ("rate_limits.updated", "rate_limits.1.name"),
    ("session.created", "session.id"),
    ("response.created", "response.usage"),
    ("conversation.item.created", "item.id"),
}


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, member in pairs:
            yield from leaves(member, (*path, key))
    elif not isinstance(value, dict | list):
        yield path


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1000 if isinstance(value, int | float) else f"{value or ''} other"


def cases() -> list[tuple[int, tuple[str | int, ...]]]:
    """Return every field of every event, of the deltas those of one."""
    first = {event.type: index for index, event in reversed(list(enumerate(SEED.events)))}
    indices = [
        i for i, event in enumerate(SEED.events) if event.type != "response.text.delta" or first[event.type] == i
    ]
    return [(index, path) for index in indices for path in leaves(SEED.events[index].body) if path != ("type",)]


@pytest.mark.parametrize(("index", "path"), cases(), ids=lambda part: str(part))
def test_a_changed_field_is_one_change_or_set_aside(index: int, path: tuple[str | int, ...]) -> None:
    event = SEED.events[index]
    body = copy.deepcopy(event.body)
    holder: Any = body
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = other(holder[path[-1]])
    edited = [*SEED.events[:index], event._replace(body=body), *SEED.events[index + 1 :]]
    changes = compare(SEED, with_events(SEED, edited))
    aside = path[-1] in ASIDE or (event.type, ".".join(map(str, path))) in ASIDE_AT
    assert len(changes) <= 1, list(changes)
    assert bool(changes) or aside
