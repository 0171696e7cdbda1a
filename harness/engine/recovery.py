"""Finds the way back after an event that cannot follow: says what is missing, doubled, early or late, and goes on.

The first guess may be wrong: an event that is missing may still come, and then it was late; and when event after event
comes behind an end, the end was early. The case is told anew then.
"""

from collections.abc import Callable
from typing import NamedTuple

from harness.engine.docket import Docket
from harness.engine.instances import Assumption, Instance, Turn
from harness.engine.violation import SWAPPED, Kind, Mark, Signal, Violation
from harness.model import JSON, Severity


class Assumed(NamedTuple):
    """What comes of an event that is taken as having happened although none came."""

    caused: bool
    """Whether something was waiting for it."""
    forerunner: Mark | None
    """What should have come after it and was there before, None where nothing was."""


Assume = Callable[[str, dict[str, JSON], Mark], Assumed]

ALONE = 2
"""How many events of a thing make one of them stand alone before its opening: that one, and the opening itself."""


class Recovery:
    """What the tracker of scopes does when an event does not fit.

    `assume` is told of every event that is taken as having happened although none came.
    """

    def __init__(self, docket: Docket, assume: Assume) -> None:
        self._docket, self._assume = docket, assume
        self.astray = ""
        """Why the last event did not take its place, `late` or `duplicate`; empty when it did."""
        self.answered = False
        """Whether the last event, being late, has had its cause already when it was assumed."""
        self.assumed_some = False
        """Whether any event was taken as read so far; from then on steps are counted."""
        self.midway = False
        """Whether the log starts in the middle of a session: what came before is not missing."""

    def misstep(self, instance: Instance, signal: Signal, letter: str) -> None:
        """Say what is wrong with an event that cannot follow, and go on where it makes most sense."""
        automaton = instance.scope.automaton
        before = instance.seen.get(letter)
        if before is not None and letter in automaton.once:
            self.astray = "duplicate"
            self._report(instance, "duplicate", signal, letter, before, "first seen here")
            return
        if instance.would_have_taken(letter):
            self.overrun(instance, signal, letter)
            return
        trace = None if instance.closed else automaton.bridge(instance.state, letter)
        if trace:
            self.missing(instance, trace, signal)
            state = automaton.run(instance.state, (*trace, letter))
            if state is not None:
                self.enter(instance, letter, state, signal.mark)
            return
        kind: Kind = "closed" if instance.closed else "unexpected"
        self._report(instance, kind, signal, letter, instance.last or instance.opened, "came before")

    def enter(self, instance: Instance, letter: str, target: int, mark: Mark) -> None:
        """Move an instance to a state."""
        automaton = instance.scope.automaton
        if letter in automaton.once:
            instance.turn = Turn(mark, letter, instance.state)
        instance.state = target
        instance.taken += 1
        instance.last = instance.seen[letter] = mark
        if not automaton.table[target]:
            instance.bury()

    def overrun(self, instance: Instance, signal: Signal, letter: str) -> None:
        """An event comes behind the end of its instance: one such is late, several show that the end was early."""
        case = instance.closing
        if case is not None:
            if case.kind == "missing":
                case.kind, case.expected = "early", (letter,)
            case.followers += 1
            return
        first, turn = instance.overrun, instance.turn
        if first is None:
            kind: Kind = "closed" if instance.closed else "unexpected"
            witness = instance.last or instance.opened
            instance.overrun = self._report(instance, kind, signal, letter, witness, "came before")
            return
        first.followers += 1
        if turn is not None and first.kind != "early":
            first.witnesses = [(first.mark, "came after it")]
            first.kind, first.mark, first.expected = "early", turn.mark, first.letters
            first.letters = (turn.letter,)

    def missing(self, instance: Instance, trace: tuple[str, ...], signal: Signal, opening: str = "") -> None:
        """Say that events are missing, and go on as if they had come."""
        case: Violation | None = None
        if not instance.scope.forgot and (not self.midway or instance.scope.opened):
            case = self.violation(instance, "missing", signal.mark, *trace)
            case = self._docket.file(case, instance.attributes)
            instance.closing = case
        else:
            instance.partial = instance.wild = True
        self.take_as_read(instance, trace, case, signal.mark, opening)

    def take_as_read(
        self, instance: Instance, trace: tuple[str, ...], case: Violation | None, mark: Mark, opening: str = ""
    ) -> None:
        """Note letters as read though no event brought them."""
        self.assumed_some = True
        for letter in trace:
            plain = letter.partition("/")[0]
            caused, forerunner = self._assume(plain, instance.attributes, mark)
            instance.assumed[plain] = Assumption(case, caused, opening, instance.steps)
            if case is not None and forerunner is not None and forerunner.seq < case.mark.seq:
                case.mark = forerunner  # it was missing there already

    def late(self, instance: Instance, signal: Signal) -> None:
        """An event that was missing has come after all: it was late, or the one before it was early."""
        found = instance.assumed.pop(signal.letter)
        self.astray, self.answered = "late", found.caused
        instance.seen[signal.letter] = signal.mark
        case = found.case
        if case is None or case.kind not in ("missing", "unanswered"):
            return
        if len(case.letters) > 1:
            case.letters = tuple(name for name in case.letters if name.partition("/")[0] != signal.letter)
            return
        few = instance.steps - found.steps <= ALONE
        alone = few and (found.opening == "child" or (found.opening == "own" and not found.caused))
        case.retell(signal.letter, signal.mark, alone or signal.event.seq - case.mark.seq <= SWAPPED)

    def close_children(self, instance: Instance, children: list[Instance], signal: Signal) -> None:
        """Report what closes too early: the things inside it are still open."""
        trace = tuple(letter for child in children for letter in child.scope.automaton.completion[child.state])
        inner = children[-1]
        case = self.violation(inner, "missing", signal.mark, *trace)
        case.witnesses.append((inner.opened, "opened here"))
        filed = self._docket.file(case, inner.attributes)
        instance.closing = filed
        for child in children:
            child.closing = filed
            self.take_as_read(child, child.scope.automaton.completion[child.state], filed, signal.mark)

    def violation(self, instance: Instance, kind: Kind, mark: Mark, *letters: str) -> Violation:
        """Return a case about an instance; its severity is that of the most lenient letter."""
        declared, automaton = instance.scope.declared, instance.scope.automaton
        severities: list[Severity] = [
            declared.lenient.get(letter.partition("/")[0], declared.rule.severity) for letter in letters
        ]
        lowest = max(severities, key=("error", "warning", "note").index, default=declared.rule.severity)
        expected = tuple(sorted(automaton.table[instance.state])) if not instance.closed else ()
        return Violation(declared.rule, kind, mark, lowest, instance.name(), letters, expected)

    def _report(
        self, instance: Instance, kind: Kind, signal: Signal, letter: str, witness: Mark, role: str
    ) -> Violation:
        case = self.violation(instance, kind, signal.mark, letter)
        case.witnesses.append((witness, role))
        return self._docket.file(case, instance.attributes) or case
