"""Finds the events that name a thing which nothing else names, where another thing lacks just such an event.

One wrong id is then one wrong id, and not a thing that came and another that went.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from harness.turns.vocabulary import STREAMS

REACH = 64
"""How many events away the thing is sought that is meant: a short response."""

Key = TypeVar("Key", bound=Hashable)


def aliases(keys: Sequence[Key | None], letters: Sequence[str], likely: Callable[[int, Key], bool]) -> dict[Key, Key]:
    """Return for each stray key the key that is meant.

    Args:
        keys: what each event names, nothing or empty where it names none.
        letters: the letters of the events.
        likely: whether the event of that number may mean that key.
    """
    counts = Counter(filter(None, keys))
    singles = {key for key, count in counts.items() if count == 1}
    if not singles or len(singles) == len(counts):
        return {}
    told: dict[Key, set[str]] = {}
    for key, letter in zip(keys, letters, strict=True):
        if key and key not in singles:
            told.setdefault(key, set()).add(letter)
    found: dict[Key, Key] = {}
    for number, key in enumerate(keys):
        if key and key in singles:
            letter = letters[number]
            near = (one for one in _near(keys, number) if _lacks(told, one, letter) and likely(number, one))
            meant = next(near, None)
            if meant is not None:
                found[key] = meant
    return found


def _near(keys: Sequence[Key | None], number: int) -> list[Key]:
    """Return what the events around one name, the nearest first."""
    around = range(max(0, number - REACH), min(len(keys), number + REACH))
    nearest = sorted(around, key=lambda other: abs(other - number))
    return list(dict.fromkeys(key for other in nearest if (key := keys[other])))


def _lacks(told: dict[Key, set[str]], key: Key, letter: str) -> bool:
    """Tell whether an event of that letter is missing from a thing, or is one more piece of what it has."""
    return key in told and (letter in STREAMS) == (letter in told[key])
