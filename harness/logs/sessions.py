"""What a log can be made into on its way to another: some of its entries only, one log per session."""

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import get_args

from harness.model import Entry, Side

SIDES = frozenset(get_args(Side))
SESSION_BEGINS = re.compile(r"(?:\w+_)?session\.created")
"""The first event that a server sends: `session.created`, `transcription_session.created`."""
OPENS = re.compile(r"\b(?:establish|open|connected|connecting)", re.IGNORECASE)
"""A note of the recorder that a connection begins."""
MOST_HELD = 1_000
"""So many entries wait for the server's first event; a client that sends more before it gets no answer."""


def wanted(entry: Entry, only: Sequence[str]) -> bool:
    """Tell whether one of `only` names the entry: a side (`client`), or a pattern of types (`response.*`).

    Every entry is wanted where nothing is named. A note of the recorder has a side, and no type.
    """
    return not only or any(one == entry.side if one in SIDES else fnmatchcase(_type(entry), one) for one in only)


def sessions(entries: Iterable[Entry]) -> Iterator[tuple[int, Entry]]:
    """Yield each entry with the number of its session, from 1.

    A session begins at a `session.created` with another id. What a recorder notes, and a client sends, between the
    opening of its connection and that event belongs to it as well.
    """
    number, current = 1, ""
    held: list[Entry] = []
    for entry in entries:
        begun = _session_id(entry)
        if begun and current and begun != current:
            number += 1
        current = begun or current
        if _opens(entry):
            yield from ((number, one) for one in held)
            held = [entry]
        elif held and entry.side != "server" and len(held) < MOST_HELD:
            held.append(entry)
        else:
            yield from ((number, one) for one in held)
            held = []
            yield number, entry
    yield from ((number, one) for one in held)


def _opens(entry: Entry) -> bool:
    return entry.content is None and OPENS.search(entry.label) is not None


def _type(entry: Entry) -> str:
    kind = entry.content.get("type") if isinstance(entry.content, dict) else None
    return kind if isinstance(kind, str) else ""


def _session_id(entry: Entry) -> str:
    """Return the id of the session that begins with this entry, empty when none does."""
    if not SESSION_BEGINS.fullmatch(_type(entry)):
        return ""
    session = entry.content.get("session") if isinstance(entry.content, dict) else None
    identifier = session.get("id") if isinstance(session, dict) else None
    return identifier if isinstance(identifier, str) else ""
