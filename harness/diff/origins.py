"""Looks through a log for what is told too late to grow a tree in one pass: who made what, and whose it is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from harness.diff.vocabulary import plain_letters
from harness.engine.paths import value_at
from harness.model import JSON, Event
from harness.protocol.causes import attribute
from harness.protocol.dialects import Dialect

CREATE, CREATED, DONE = ">response.create", "response.created", "response.done"


class Origins(NamedTuple):
    """Where the events of a log come from, by their numbers."""

    causes: list[int | None]
    """For each event, the one that made it happen."""
    asking: dict[str, int]
    """For each response, the event that called for it."""
    owners: dict[str, str]
    """For each item of a response, the response."""

    @property
    def calling(self) -> frozenset[int]:
        """Return the events that called for a response."""
        return frozenset(self.asking.values())


def origins(dialect: Dialect, events: Sequence[Event]) -> Origins:
    """Return where the events come from; pieces of something are not among them."""
    letters = [dialect.letters.get((event.side, event.type), "") for event in events]
    causes = _causes(dialect, events, letters)
    owners: dict[str, str] = {}
    for event in events:
        response_id, item_id = named(event.body, "response"), named(event.body, "item")
        if response_id and item_id:
            owners.setdefault(item_id, response_id)
    return Origins(causes, _asking(events, letters, causes), owners)


def named(body: dict[str, JSON], kind: str) -> str:
    """Return the id of the item or the response that an event names, empty when it names none."""
    value = body.get(f"{kind}_id") or value_at(body, f"{kind}.id")
    return value if isinstance(value, str) else ""


def _causes(dialect: Dialect, events: Sequence[Event], letters: Sequence[str]) -> list[int | None]:
    """Return what made each event happen, None where its ids tell enough.

    That the values of events agree is no matter here, and a part of an item names its item.
    """
    declared = dialect.declarations
    linked = {letter for link in declared.links for letter in (link.effect, *(cause.letter for cause in link.causes))}
    outer = {scope.within for scope in declared.scopes}
    inner = (plain_letters(scope) for scope in declared.scopes if scope.within and scope.name not in outer)
    mute = frozenset().union(*inner) - linked
    spare = replace(dialect, declarations=replace(declared, facts=()))
    told = [number for number, letter in enumerate(letters) if letter not in mute]
    causes: list[int | None] = [None] * len(events)
    for number, cause in zip(told, attribute(spare, [events[number] for number in told]), strict=True):
        causes[number] = None if cause is None else told[cause]
    return causes


def _asking(events: Sequence[Event], letters: Sequence[str], causes: Sequence[int | None]) -> dict[str, int]:
    """Return what called for each response.

    Requests are answered in their order; but one that was passed over while a response was made and done gives way
    to a newer one.
    """
    asking: dict[str, int] = {}
    waiting: list[int] = []
    done = -1
    for number, letter in enumerate(letters):
        if letter == CREATE:
            waiting.append(number)
        elif letter == DONE:
            done = number
        elif letter == CREATED:
            cause = causes[number]
            if cause is not None and letters[cause] == CREATE and waiting:
                cause = next((one for one in waiting if one > done), waiting[0])
                waiting.remove(cause)
            response_id = named(events[number].body, "response")
            if cause is not None and named(events[cause].body, "response") != response_id:
                asking.setdefault(response_id, cause)
    return asking
