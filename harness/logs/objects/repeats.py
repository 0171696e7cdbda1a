"""The same event, printed by two layers of one program."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from harness.logs.objects.lexicon import ELIDED
from harness.model import JSON, Place

REMEMBERED: Final = 64
"""Two layers print an event within a few lines of each other."""


class Repeats:
    """The events of late, by their id."""

    def __init__(self) -> None:
        self._late: OrderedDict[str, tuple[Mapping[str, JSON], Place]] = OrderedDict()

    def seen(self, event: Mapping[str, JSON], place: Place) -> Place | None:
        """Return where the same event stood before, None when it is new; and remember it.

        A server never repeats an `event_id`, so equal ids with equal bodies are one event. An id that is cut
        (`event_…`) says nothing, and different bodies under one id are a fault for the judge to find.
        """
        name = event.get("event_id")
        if not isinstance(name, str) or not name or "…" in name or "..." in name or "XX" in name:
            return None
        earlier = self._late.get(name)
        if earlier is not None and agree(earlier[0], event):
            return earlier[1]
        self._late[name] = (event, place)
        if len(self._late) > REMEMBERED:
            self._late.popitem(last=False)
        return None


def agree(left: JSON | Mapping[str, JSON], right: JSON | Mapping[str, JSON]) -> bool:
    """Say whether two values are the same but for what one of them leaves out with a mark."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(agree(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        short = min(left, right, key=len)
        if len(left) != len(right) and not any(_is_elided(item) for item in short):
            return False
        return all(agree(one, other) for one, other in zip(left, right, strict=False))
    return left == right or _is_elided(left) or _is_elided(right)


def _is_elided(value: JSON | Mapping[str, JSON]) -> bool:
    return isinstance(value, str) and ELIDED.fullmatch(value) is not None
