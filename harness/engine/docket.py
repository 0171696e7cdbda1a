"""One fault, one finding: the docket keeps the cases and lets later violations follow the first that explains them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.engine.violation import Violation
from harness.model import JSON

EXCUSED = 3
"""How many violations one unreadable event may explain: the gap it leaves, its unanswered cause, its lost text."""


@dataclass(slots=True)
class _Excuse:
    """An event that could not be read whole; what it should have said is unknown."""

    attributes: Mapping[str, JSON] | None
    """What is known of it; None when nothing could be read."""
    left: int = EXCUSED

    def covers(self, attributes: Mapping[str, JSON]) -> bool:
        """Tell whether a violation about `attributes` may come from this event."""
        if self.attributes is None:
            return True
        shared = [name for name in attributes if self.attributes.get(name) is not None]
        agree = all(self.attributes[name] == attributes[name] for name in shared if attributes[name] is not None)
        return agree and (bool(shared) or not attributes)


@dataclass(slots=True)
class Docket:
    """The cases of one session, and what each of them explains."""

    cases: list[Violation] = field(default_factory=list)
    _news: list[Violation] = field(default_factory=list)
    _at: dict[int, Violation | None] = field(default_factory=dict)
    _entangled: dict[JSON, Violation] = field(default_factory=dict)
    _excuses: list[_Excuse] = field(default_factory=list)
    _confused: set[JSON] = field(default_factory=set)
    """Ids that were taken for each other."""
    _mixed: set[JSON] = field(default_factory=set)
    """Ids of things whose events were filed under a wrong index."""
    _troubled: set[JSON] = field(default_factory=set)
    """The ids of everything that a case or a damaged event is about."""

    def excuse(self, seq: int, attributes: Mapping[str, JSON]) -> None:
        """Note that event `seq` is damaged: what its absence causes is no fault of its own."""
        known = {name: value for name, value in attributes.items() if value is not None}
        self._excuses = [*self._excuses[-7:], _Excuse(known)]
        self._at[seq] = None
        self._trouble(known)

    def excuse_gap(self) -> None:
        """Note that something of the log could not be read at all."""
        self._excuses = [*self._excuses[-7:], _Excuse(None)]

    def settle(self, seq: int) -> None:
        """Note that event `seq` was found at fault by other means: nothing more is said of it."""
        self._at.setdefault(seq, None)

    def is_damaged(self, seq: int) -> bool:
        """Tell whether event `seq` was excused, or found at fault by other means."""
        return seq in self._at and self._at[seq] is None

    def entangle(self, case: Violation, *values: JSON) -> None:
        """Note that `values` are mixed up in a case: what else goes wrong with them follows from it."""
        for value in values:
            if isinstance(value, str):
                self._entangled.setdefault(value, case)

    def _trouble(self, attributes: Mapping[str, JSON]) -> None:
        self._troubled.update(value for value in attributes.values() if isinstance(value, str))

    def troubles(self, *values: JSON) -> bool:
        """Tell whether something is wrong with one of `values` already."""
        return any(value in self._troubled for value in values if isinstance(value, str))

    def confuse(self, *values: JSON) -> None:
        """Note that ids were taken for each other: an answer under the one is no answer under the other."""
        self._confused.update(value for value in values if isinstance(value, str))

    def mix(self, *values: JSON) -> None:
        """Note that events of the thing with these ids went under a wrong index: its sums cannot be judged."""
        self._mixed.update(value for value in values if isinstance(value, str))

    def mixes(self, *values: JSON) -> bool:
        """Tell whether the events of one of `values` were mixed up."""
        return any(value in self._mixed for value in values if isinstance(value, str))

    def confuses(self, *values: JSON) -> bool:
        """Tell whether one of `values` was taken for another id."""
        return any(value in self._confused for value in values if isinstance(value, str))

    def file(self, case: Violation, attributes: Mapping[str, JSON], excusable: bool = True) -> Violation | None:
        """Open a case, unless an earlier one explains it already; return it when it is new.

        What is not `excusable` was read whole: no damaged event explains it.
        """
        first = self._explains(case, attributes)
        if first is not None:
            first.followers += 1
            return None
        if self.is_damaged(case.mark.seq) or (excusable and self._excused(attributes)):
            return None
        self._at[case.mark.seq] = case
        self._trouble(attributes)
        self.cases.append(case)
        self._news.append(case)
        return case

    def _explains(self, case: Violation, attributes: Mapping[str, JSON]) -> Violation | None:
        same = self._at.get(case.mark.seq)
        if same is not None:
            return same
        values = (value for value in attributes.values() if isinstance(value, str))
        return next((self._entangled[value] for value in values if value in self._entangled), None)

    def _excused(self, attributes: Mapping[str, JSON]) -> bool:
        for excuse in self._excuses:
            if excuse.left and excuse.covers(attributes):
                excuse.left -= 1
                return True
        return False

    def drop(self, case: Violation) -> None:
        """Withdraw a case: a later event showed that nothing was wrong."""
        self.cases.remove(case)
        self._at.pop(case.mark.seq, None)

    def news(self) -> list[Violation]:
        """Return the cases opened since the last call."""
        if not self._news:
            return []
        news, self._news = self._news, []
        return news
