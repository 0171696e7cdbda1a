"""Gathers changes that are the same thing at many places, so that each is read once."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from harness.diff.comparison import Comparison, Side
from harness.diff.options import KINDS, Kind
from harness.diff.usage import dollars
from harness.model import Change

NUMBERED = re.compile(r"\w+ \d+")
"""The last step of a path that leads to a thing and not to a value."""


class Group(NamedTuple):
    """Changes of one kind that say the same."""

    first: Change
    others: tuple[Change, ...]


class Section(NamedTuple):
    """The changes of one kind."""

    kind: Kind
    groups: tuple[Group, ...]


def sections(changes: Iterable[Change]) -> list[Section]:
    """Return the changes by kind, in the order of a report; those that say the same at several places as one."""
    by_kind: dict[Kind, dict[tuple[str, str], list[Change]]] = {kind: {} for kind in KINDS}
    for change in changes:
        name = change.path.rpartition(" / ")[2]
        key = "" if NUMBERED.fullmatch(name) else name, change.message
        by_kind[change.kind].setdefault(key, []).append(change)
    return [
        Section(kind, tuple(Group(same[0], tuple(same[1:])) for same in groups.values()))
        for kind, groups in by_kind.items()
        if groups
    ]


def elsewhere(group: Group) -> str:
    """Return at how many more places a change is."""
    count = len(group.others)
    return f"and at {count} more place{'s' * (count != 1)}"


def size(side: Side) -> str:
    """Return what was compared in a few words: dialect, events, turns, responses, tokens, cost."""
    counts = ((side.events, "event"), (side.turns, "turn"), (side.responses, "response"))
    told = [f"{count} {noun}{'s' * (count != 1)}" for count, noun in counts if count]
    tokens = [f"{count} {name.replace('_', ' ')}" for name, count in (side.tokens or {}).items()]
    cost = [] if side.cost_usd is None else [dollars(side.cost_usd)]
    return ", ".join([side.dialect, *told, *tokens, *cost])


def limits(one: Comparison) -> str:
    """Return from which difference on a time counts."""
    return f"a time counts when it differs by more than {one.options.tolerance:.0%} and {one.options.floor_ms:.0f} ms"
