"""Scores: every operator at every position of every good session, and what the checker made of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import mean
from zlib import crc32

from benchmarks.mutation.judging import Outcome, judge, outcome
from benchmarks.mutation.logs import Log
from benchmarks.mutation.mutants import Draft, Operator

QUICK = 8
"""One position in so many is tried by a quick run."""
PAIRED = ("drop server event", "duplicate, fresh event_id", "unknown item_id", "corrupt delta", "wrong JSON type")
"""The operators of which pairs are made, as the first and as the second fault of one log."""
APART = 4
"""How many events at least lie between the two faults."""


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of a set of mutants."""

    outcomes: tuple[Outcome, ...]

    @property
    def killable(self) -> list[Outcome]:
        """Return the mutants that must be found."""
        return [one for one in self.outcomes if not one.equivalent]

    @property
    def found(self) -> list[Outcome]:
        """Return the killable mutants that were found."""
        return [one for one in self.killable if one.found]

    @property
    def survivors(self) -> list[Outcome]:
        """Return the mutants that must be found and were not."""
        return [one for one in self.killable if not one.found]

    @property
    def surprises(self) -> list[Outcome]:
        """Return the mutants that were found although they are equivalent: false alarms, or classes too wide."""
        return [one for one in self.outcomes if one.equivalent and one.found]

    def rate(self, name: str) -> float | None:
        """Return the share, in percent, of found killable mutants that have a property; None when there are none."""
        values = [getattr(one, name) for one in self.found]
        values = [value for value in values if value is not None]
        return 100 * sum(values) / len(values) if values else None

    @property
    def raw(self) -> float:
        """Return the share of all mutants that were found, in percent."""
        return 100 * sum(one.found for one in self.outcomes) / max(1, len(self.outcomes))

    @property
    def killed(self) -> float | None:
        """Return the share of the killable mutants that were found, in percent."""
        return 100 * len(self.found) / len(self.killable) if self.killable else None

    @property
    def cascade(self) -> tuple[float, int]:
        """Return how many findings a found mutant has, on average and at the 95th percentile."""
        counts = sorted(len(one.new) for one in self.found)
        return (mean(counts), counts[int(0.95 * (len(counts) - 1))]) if counts else (0.0, 0)

    def first_severity(self, severity: str) -> float:
        """Return the share of the killable mutants whose worst finding has a severity, in percent."""
        order = ("error", "warning", "note")
        worst = Counter[str](min((f.severity for f in one.new), key=order.index) for one in self.found)
        return 100 * worst[severity] / max(1, len(self.killable))


def run(operators: Iterable[Operator], logs: Sequence[Log], quick: bool = False) -> Iterator[Outcome]:
    """Yield the outcome of every mutant; a quick run takes a fixed part of the positions."""
    for operator in operators:
        for log in logs:
            for at in range(len(log.events)):
                if quick and crc32(f"{operator.name}{log.name}{at}".encode()) % QUICK:
                    continue
                made = judge(operator, log, at)
                if made is not None:
                    yield made


def by_operator(outcomes: Iterable[Outcome]) -> dict[str, Score]:
    """Return the score of each operator."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        groups[one.operator].append(one)
    return {name: Score(tuple(group)) for name, group in groups.items()}


def kill_matrix(outcomes: Iterable[Outcome]) -> dict[str, tuple[int, int]]:
    """Return, for each code, how many killable mutants it finds, and how many no other code finds."""
    kills: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for one in outcomes:
        if one.equivalent or not one.found:
            continue
        kills.update(one.codes)
        if len(one.codes) == 1:
            alone.update(one.codes)
    return {code: (kills[code], alone[code]) for code in sorted(kills)}


# -- two faults in one log ----


def pairs(operators: Iterable[Operator], logs: Sequence[Log], quick: bool = False) -> Iterator[tuple[bool, Outcome]]:
    """Yield, for logs with two faults that are each found alone, whether the first is still pointed at."""
    chosen = [one for one in operators if one.name in PAIRED]
    for log in logs:
        for at in range(0, len(log.events) - APART, 7 if quick else 2):
            seed = crc32(f"{log.name}{at}".encode())
            first = chosen[seed % len(chosen)]
            second = chosen[(seed >> 8) % len(chosen)]
            later = at + APART + (seed >> 16) % max(1, len(log.events) - at - APART)
            made = _pair(log, first, at, second, later)
            if made is not None:
                yield made


def _pair(log: Log, first: Operator, at: int, second: Operator, later: int) -> tuple[bool, Outcome] | None:
    if later >= len(log.events):
        return None
    early, late = first.edit(log, at), second.edit(log, later)
    if early is None or late is None or early.equivalent or late.equivalent:
        return None
    if not (outcome("", log, at, early).exact and outcome("", log, later, late).found):
        return None
    twice = first.edit(Log(log.name, log.dialect, late.events), at)
    if twice is None:
        return None
    draft = Draft(twice.events, early.exact, f"{first.name} at {at}, then {second.name} at {later}")
    made = outcome("two faults", log, at, draft)
    return made.exact, made
