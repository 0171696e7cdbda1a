"""The outcome of a comparison: what changed, and a verdict in one line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from harness.diff.options import KINDS, Options
from harness.diff.vocabulary import WORDS
from harness.model import Change

SAME = "same"
SAME_SHAPE = "same shape, different words"


@dataclass(frozen=True, slots=True)
class Side:
    """What was compared."""

    path: str
    dialect: str
    events: int
    turns: int | None = None
    """None when the logs are the same to the letter: nothing is counted then. So are responses and tokens."""
    responses: int | None = None
    tokens: Mapping[str, int] | None = None
    cost_usd: float | None = None
    """What the tokens cost at list prices; None where that is not known of every response."""


@dataclass(frozen=True, slots=True)
class Comparison(Sequence[Change]):
    """The changes from one session to another, as few as explain the difference; empty when they are the same."""

    left: Side
    right: Side
    options: Options
    changes: tuple[Change, ...]
    following: tuple[Change, ...] = ()
    """What differs too, and follows from the changes: a longer answer uses more tokens."""
    notes: tuple[str, ...] = ()
    """What was set aside, or could not be compared. Never to be read as the same."""

    @property
    def verdict(self) -> str:
        """Return `same`, `same shape, different words`, or `different: …` with what differs."""
        if not self.changes:
            return SAME
        if all(_is_words(change) for change in self.changes):
            return SAME_SHAPE
        counts = Counter(change.kind for change in self.changes)
        return "different: " + ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind])

    @property
    def same_shape(self) -> bool:
        """Tell whether nothing differs but words."""
        return self.verdict in (SAME, SAME_SHAPE)

    @overload
    def __getitem__(self, index: int) -> Change: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Change, ...]: ...
    def __getitem__(self, index: int | slice) -> Change | tuple[Change, ...]:
        """Return a change by its index."""
        return self.changes[index]

    def __len__(self) -> int:
        """Return how many changes there are."""
        return len(self.changes)


def _is_words(change: Change) -> bool:
    return change.kind == "content" and change.path.rpartition(" / ")[2] in WORDS
