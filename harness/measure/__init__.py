"""The figures of a session: how long each turn took, how much audio was made and heard, what it cost."""

from harness.measure.figures import Figure, Row, Stats
from harness.measure.rows import stats

__all__ = ["Figure", "Row", "Stats", "stats"]
