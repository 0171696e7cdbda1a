"""What a benchmark measured, and whether that is enough."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure with its goal. Ratios are taken in one run, so that they hold on any machine."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    """The least that is enough, or the most where `at_most` is set; None for a figure that is only told."""
    at_most: bool = False

    @property
    def reached(self) -> bool:
        """Tell whether the goal is reached."""
        if self.goal is None:
            return True
        return self.value <= self.goal if self.at_most else self.value >= self.goal


def fastest_s(work: Callable[[], object], rounds: int) -> float:
    """Return the seconds that the fastest of several rounds took: the one the rest of the machine disturbed least."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
