"""What a comparison looks at, and how closely."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["configuration", "lifecycle", "content", "timing", "usage"]

KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order of a report."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a comparison looks at, and how closely."""

    tolerance: float = 0.2
    """How much longer or shorter a phase or some audio may be, as a part of the left one."""
    floor_ms: float = 100
    """And by how many milliseconds at least: what takes less than a tenth of a second is felt as at once."""
    level_db: float = 6
    """By how many decibels audio may be louder or softer: twice the amplitude."""
    kinds: frozenset[Kind] = frozenset(KINDS)
    """The kinds of changes that count."""
    paths: tuple[str, ...] = ()
    """Only changes at these paths count, such as `turn[1].response[*].output[0]`; all when there are none."""

    def exceeds(self, left_ms: float, right_ms: float) -> bool:
        """Tell whether two lengths of time differ by more than is allowed."""
        apart = abs(right_ms - left_ms)
        return apart > self.floor_ms and apart > self.tolerance * left_ms
