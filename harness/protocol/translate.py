"""Translates a recorded session between two generations of the protocol, event by event and field by field.

The tables in `translations/` say what corresponds to what; what has no counterpart is left out and told as a `Loss`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from harness.engine.paths import value_at, walk
from harness.errors import UsageError
from harness.model import JSON, Entry, Event, Place, Session

FOLDER = Path(__file__).parent / "translations"

Table = Mapping[str, Any]
"""One of the files in `translations/`."""

Body = dict[str, JSON]


class Loss(NamedTuple):
    """Something that the other dialect has no word for."""

    place: Place
    what: str
    """The event type, or the path of the field."""
    why: str


class Translation(NamedTuple):
    """A session in another dialect."""

    session: Session
    losses: tuple[Loss, ...]


def translate(session: Session, dialect: str) -> Translation:
    """Return a session as it would read in another dialect.

    Raises:
        UsageError: no table translates between the two dialects.
    """
    if session.dialect == dialect:
        return Translation(session, ())
    for table in _tables():
        if {table["older"], table["newer"]} == {session.dialect, dialect}:
            return _Translator(table, to_newer=table["newer"] == dialect).session(session)
    pairs = ", ".join(f"{table['older']} and {table['newer']}" for table in _tables())
    raise UsageError(f"no translation from {session.dialect} to {dialect}; there is one between {pairs}")


@cache
def _tables() -> tuple[Table, ...]:
    return tuple(orjson.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json")))


class _Translator:
    def __init__(self, table: Table, to_newer: bool) -> None:
        self.table, self.to_newer = table, to_newer
        self.names = {pair[not to_newer]: pair[to_newer] for pair in table["events"]}
        self.completions = table["completions"] if to_newer else {}
        self.untold = table["older_only"] if to_newer else table["newer_only"]
        self.required = table["required_by_newer"] if to_newer else {}
        self.open: dict[JSON, tuple[str, Body]] = {}
        """Items whose completion is still to come: the event that it precedes, and what it says already."""
        self.config: Body = {}
        """The session's configuration, translated, as the server last told it."""
        self.losses: list[Loss] = []

    def session(self, session: Session) -> Translation:
        events = {event.seq: event for event in session.events}
        entries = [
            made
            for seq, entry in enumerate(session.entries)
            for made in ([entry] if seq not in events else self.entries(entry, events[seq]))
        ]
        made_events = tuple(
            Event(seq, entry.place, entry.at_ns, entry.side, str(entry.content["type"]), entry.content)
            for seq, entry in enumerate(entries)
            if isinstance(entry.content, dict) and "type" in entry.content
        )
        dialect = self.table["newer" if self.to_newer else "older"]
        translated = replace(session, dialect=dialect, entries=tuple(entries), events=made_events)
        return Translation(translated, tuple(self.losses))

    def entries(self, entry: Entry, event: Event) -> Iterator[Entry]:
        for body in self.bodies(event):
            yield entry._replace(content=body)

    def bodies(self, event: Event) -> Iterator[Body]:
        """Yield the events that say in the other dialect what `event` says in its own."""
        if event.type in self.untold:
            if self.untold[event.type]:
                self.losses.append(Loss(event.place, event.type, self.untold[event.type]))
            return
        name = self.names.get(event.type, event.type)
        body: Body = {**event.body, "type": name}
        for path, kind in self.table["places"].get(event.side, ()):
            body = self.at(body, path, kind, event.place)
        config = body.get("session")
        if event.side == "server" and isinstance(config, dict):
            self.config = config
        body |= {key: value for key, value in self.required.get(name, {}).items() if key not in body}
        waiting = self.open.get(_item_id(body))
        if waiting is not None and waiting[0] == name:
            del self.open[_item_id(body)]
            yield {**waiting[1], "item": body.get("item")}
        yield body
        yield from self.completed(name, body)

    def completed(self, name: str, body: Body) -> Iterator[Body]:
        """Yield the event that completes another one at once, or remember that it must come later."""
        rule = self.completions.get(name)
        if rule is None:
            return
        done: Body = {**body, "type": rule["done"], "event_id": f"{body.get('event_id')}d"}
        if value_at(body, "item.status") == rule["unless"]:
            self.open[_item_id(body)] = (rule["then_before"], done)
        else:
            yield done

    def at(self, body: Body, path: str, kind: str, place: Place) -> Body:
        """Return an event with the object at a path translated, or each object of the list there."""
        first, _, rest = path.partition(".")
        name, listed, _ = first.partition("[")
        value = body.get(name)
        if rest and isinstance(value, dict):
            return {**body, name: self.at(value, rest, kind, place)}
        if listed and isinstance(value, list):
            made = [self.object(element, kind, name, place) for element in value]
            return {**body, name: made}
        if not rest and not listed and isinstance(value, dict):
            return {**body, name: self.object(value, kind, name, place)}
        return body

    def object(self, value: JSON, kind: str, where: str, place: Place) -> JSON:
        """Return a session, a response or an item with its fields where the other dialect has them."""
        if not isinstance(value, dict):
            return value
        rules = self.table["objects"][kind]
        untold = rules.get("older_only" if self.to_newer else "newer_only", {})
        for key in untold.keys() & value.keys():
            if value[key] is not None and untold[key]:
                self.losses.append(Loss(place, f"{where}.{key}", untold[key]))
        result = {key: member for key, member in value.items() if key not in untold}
        for move in rules.get("moves", ()):
            result = self.moved(result, move)
        return self.constants(self.parts(result, rules.get("parts", {})), rules)

    def moved(self, value: Body, move: Sequence[str]) -> Body:
        """Return an object with one field at its other place, its value translated."""
        source, target = move[not self.to_newer], move[self.to_newer]
        found = next(walk(value, source), None)
        if found is None:
            return value
        return _with(_without(value, source), target, self.value(found.value, move[2]))

    def value(self, value: JSON, kind: str) -> JSON:
        """Return what the other dialect says for a value; itself where there is no other word."""
        pairs = self.table["values"].get(kind, ())
        for pair in pairs:
            here, there = pair[not self.to_newer], pair[self.to_newer]
            same_type = isinstance(here, dict) and value_at(value, "type") == here["type"]
            if value is not None and (value == here or same_type):
                return there  # type: ignore[no-any-return]
        return value

    def parts(self, item: Body, by_role: Mapping[str, Sequence[Sequence[str]]]) -> Body:
        """Return an item whose content parts are called as in the other dialect."""
        names = {pair[not self.to_newer]: pair[self.to_newer] for pair in by_role.get(str(item.get("role")), ())}
        content = item.get("content")
        if not names or not isinstance(content, list):
            return item
        renamed = [_renamed(part, names) for part in content]
        return {**item, "content": renamed}

    def constants(self, value: Body, rules: Table) -> Body:
        """Return an object with the fields that are always the same in the other dialect, and without ours."""
        ours = rules.get("older_constants" if self.to_newer else "newer_constants", {})
        theirs = rules.get("newer_constants" if self.to_newer else "older_constants", {})
        result = {**theirs, **{key: member for key, member in value.items() if key not in ours or key in theirs}}
        for source, target in rules.get("newer_copies", ()) if self.to_newer else ():
            found = value_at(result, source)
            result = result if found is None or value_at(result, target) is not None else _with(result, target, found)
        for path, default in rules.get("newer_defaults" if self.to_newer else "older_defaults", {}).items():
            result = _completed(result, path, default)
        for path in rules.get("newer_from_session", ()) if self.to_newer else ():
            found = value_at(self.config, path)
            result = _completed(result, path, {} if isinstance(found, dict) and "type" not in found else found)
        for path, prefix in rules.get("newer_ids", {}).items() if self.to_newer else ():
            # Every id of a session ends with letters and digits of its own; the session's serve for what had no id.
            result = _completed(result, path, prefix + str(self.config.get("id", "")).rpartition("_")[2])
        return result


def _item_id(body: Body) -> JSON:
    return value_at(body, "item.id")


def _completed(value: Body, path: str, member: JSON) -> Body:
    """Return an object with a value at a path where it has none; its parent must be there."""
    parent, _, name = path.rpartition(".")
    holder = value_at(value, parent) if parent else value
    missing = isinstance(holder, dict) and name not in holder
    return _with(value, path, member) if missing else value


def _renamed(part: JSON, names: Mapping[str, str]) -> JSON:
    if not isinstance(part, dict):
        return part
    return {**part, "type": names.get(str(part.get("type")), part.get("type"))}


def _without(value: Body, path: str) -> Body:
    """Return an object without the field at a path, and without the objects that this leaves empty."""
    name, _, rest = path.partition(".")
    result = {key: member for key, member in value.items() if key != name}
    inner = value.get(name)
    if rest and isinstance(inner, dict):
        left = _without(inner, rest)
        return {**value, name: left} if left else result
    return result


def _with(value: Body, path: str, member: JSON) -> Body:
    """Return an object with a value at a path, the objects on the way made where they miss."""
    name, _, rest = path.partition(".")
    inner = value.get(name)
    return {**value, name: _with(inner if isinstance(inner, dict) else {}, rest, member) if rest else member}
