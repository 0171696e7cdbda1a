"""Says in a few words what an event is about, for a line of context."""

import json
from collections.abc import Mapping

from harness.model import JSON

LONGEST = 44
"""Characters of a quoted text; a type of thirty, a place and a mark still fit on a line of 120."""

TELLING = (
    ("delta",),
    ("text",),
    ("transcript",),
    ("arguments",),
    ("error", "message"),
    ("audio",),
    ("part", "type"),
    ("item", "id"),
    ("response", "id"),
    ("item_id",),
    ("response_id",),
    ("session", "id"),
)
"""Where to look for what an event says, the most telling first. They are fields; no type of event is named."""


def gist(body: Mapping[str, JSON]) -> str:
    """Return the most telling value of the event, quoted and cut; empty when it has none."""
    for path in TELLING:
        value = _at(body, path)
        if isinstance(value, str) and value:
            return shorten(value) if path[-1].endswith("id") else quote(value)
    return ""


def _at(body: Mapping[str, JSON], path: tuple[str, ...]) -> JSON:
    value: JSON = dict(body)
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def quote(text: str) -> str:
    """Return the text in quotes, cut when long; text that no person reads (base64) becomes its length."""
    if len(text) > LONGEST and not any(map(str.isspace, text[:LONGEST])):
        return f"({len(text)} characters)"
    cut = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return json.dumps(cut, ensure_ascii=False)


def shorten(identifier: str) -> str:
    """Return an id with its middle left out: `resp_AJHM3wsi8zLgEdSguA5Wn` as `resp_…A5Wn`."""
    prefix, underscore, rest = identifier.partition("_")
    if not underscore or len(rest) <= 8:
        return identifier if len(identifier) <= LONGEST else f"{identifier[: LONGEST - 1]}…"
    return f"{prefix}_…{rest[-4:]}"
