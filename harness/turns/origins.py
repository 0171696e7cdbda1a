"""Looks through a log for what is told too late to grow a tree in one pass: who made what, and whose it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from harness.engine.paths import value_at
from harness.model import JSON, Event
from harness.protocol.causes import attribute
from harness.protocol.dialects import Dialect
from harness.turns.fold import empty
from harness.turns.nodes import Meant
from harness.turns.strays import aliases
from harness.turns.vocabulary import STREAMS, plain_letters

CREATE, CREATED, DONE = ">response.create", "response.created", "response.done"
ITEM_CREATE = ">conversation.item.create"

Body = dict[str, JSON]


class Names(NamedTuple):
    """The things that the events of a log name, by the numbers of the events; empty where one names none."""

    items: list[str]
    responses: list[str]


class Origins(NamedTuple):
    """Where the events of a log come from, by their numbers."""

    names: Names
    """As they are meant."""
    causes: Sequence[int | None]
    """For each event, the one that made it happen."""
    asking: dict[str, int]
    """For each response, the event that called for it."""
    owners: dict[str, str]
    """For each item of a response, the response."""
    creating: dict[str, int]
    """For each item that a client made without naming it, the event by which it did."""
    meant: Meant


def named(body: Body, kind: str) -> str:
    """Return the id of the item or the response that an event names, empty when it names none."""
    value = body.get(f"{kind}_id")
    if value is None:
        holder = body.get(kind)
        value = holder.get("id") if isinstance(holder, dict) else None
    return value if isinstance(value, str) else ""


def origins(dialect: Dialect, events: Sequence[Event], letters: Sequence[str]) -> Origins:
    """Return where the events come from."""
    names = Names([named(event.body, "item") for event in events], [named(event.body, "response") for event in events])
    causes = _causes(dialect, events, letters)
    creating = _creating(events, letters, names)
    owners = _owners(events, names)
    meant = _meant(events, letters, names, owners, creating)
    owners = {meant.id(item): meant.id(owner) for item, owner in owners.items()}
    if meant.ids:
        names = Names([meant.id(item) for item in names.items], [meant.id(response) for response in names.responses])
    return Origins(names, causes, _asking(letters, causes, names), owners, creating, meant)


def _causes(dialect: Dialect, events: Sequence[Event], letters: Sequence[str]) -> list[int | None]:
    """Return what made each event happen, None where its ids tell enough.

    That the values of events agree is no matter here, and a part of an item names its item.
    """
    declared = dialect.declarations
    linked = {letter for link in declared.links for letter in (link.effect, *(cause.letter for cause in link.causes))}
    outer = {scope.within for scope in declared.scopes}
    inner = (plain_letters(scope) for scope in declared.scopes if scope.within and scope.name not in outer)
    mute = (frozenset().union(*inner) - linked) | STREAMS.keys()
    spare = replace(dialect, declarations=replace(declared, facts=()))
    told = [number for number, letter in enumerate(letters) if letter not in mute]
    causes: list[int | None] = [None] * len(events)
    for number, cause in zip(told, attribute(spare, [events[number] for number in told]), strict=True):
        causes[number] = None if cause is None else told[cause]
    return causes


def _owners(events: Sequence[Event], names: Names) -> dict[str, str]:
    """Return the response of each item, as most events that name both have it."""
    votes: dict[str, Counter[str]] = {}
    for event, item_id, response_id in zip(events, *names, strict=True):
        if item_id and response_id and "response_id" in event.body:
            votes.setdefault(item_id, Counter())[response_id] += 1
    return {item_id: count.most_common(1)[0][0] for item_id, count in votes.items()}


def _asking(letters: Sequence[str], causes: Sequence[int | None], names: Names) -> dict[str, int]:
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
            if cause is not None and names.responses[cause] != names.responses[number]:
                asking.setdefault(names.responses[number], cause)
    return asking


def _creating(events: Sequence[Event], letters: Sequence[str], names: Names) -> dict[str, int]:
    """Return by which event of the client each item was made: one that says the same, else the first left over."""
    waiting: list[int] = []
    known: set[str] = set()
    asked: dict[str, int] = {}
    unlike: list[tuple[int, str]] = []
    for number, (event, letter) in enumerate(zip(events, letters, strict=True)):
        if letter in STREAMS:
            continue
        item_id = names.items[number]
        if letter == ITEM_CREATE and not item_id:
            waiting.append(number)
        elif item_id and item_id not in known:
            known.add(item_id)
            if event.side == "server" and waiting and isinstance(event.body.get("item"), dict):
                same = next((one for one in waiting if _alike(events[one].body, event.body)), None)
                if same is None:
                    unlike.append((number, item_id))
                else:
                    waiting.remove(same)
                    asked[item_id] = same
    for number, item_id in unlike:
        left = next((one for one in waiting if one < number and _akin(events[one].body, events[number].body)), None)
        if left is not None:
            waiting.remove(left)
            asked[item_id] = left
    return asked


def _alike(asked: Body, told: Body) -> bool:
    """Tell whether the item that a client asks for says the same as one that the server tells of."""
    pairs = zip(_sayings(asked), _sayings(told), strict=False)
    return all(ours == theirs or empty(ours) or empty(theirs) for ours, theirs in pairs)


def _akin(asked: Body, told: Body) -> bool:
    """Tell whether two items say something in common."""
    pairs = zip(_sayings(asked), _sayings(told), strict=False)
    return any(not empty(ours) and ours == theirs for ours, theirs in pairs)


def _sayings(body: Body) -> list[JSON]:
    content = value_at(body, "item.content")
    texts = [value_at(part, "text") for part in (content if isinstance(content, list) else ())]
    return [*(value_at(body, f"item.{name}") for name in ("type", "role", "call_id", "output")), *texts]


def _meant(
    events: Sequence[Event], letters: Sequence[str], names: Names, owners: dict[str, str], creating: dict[str, int]
) -> Meant:
    """Return what is meant by names that only one event has."""

    def fits_response(number: int, near: str) -> bool:
        item = names.items[number]
        return not item or owners.get(item, near) in (near, names.responses[number])

    def fits_item(number: int, near: str) -> bool:
        item, response, owner = names.items[number], names.responses[number], owners.get(near)
        if item in creating or letters[number].startswith(">"):
            return False
        return owner == response if response else (owner is not None) == _is_output(events[number].body)

    ids = {**aliases(names.responses, letters, fits_response), **aliases(names.items, letters, fits_item)}
    items = [ids.get(item, item) for item in names.items] if ids else names.items
    parts = [
        (item, index) if item and isinstance(index := event.body.get("content_index"), int) else None
        for item, event in zip(items, events, strict=True)
    ]
    return Meant(ids, aliases(parts, letters, lambda number, near: near[0] == items[number]))


def _is_output(body: Body) -> bool:
    return value_at(body, "item.role") == "assistant" or value_at(body, "item.type") == "function_call"
