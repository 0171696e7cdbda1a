"""What the declarations of a dialect say of one good session: which event depends on which.

Everything is computed from the scopes, links and facts that the dialect declares, by plain means and not by the
engine's own trackers, and from the ids that the events mention.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from harness.engine.declarations import Fact, Link, Scope
from harness.engine.grammar import Automaton, compile_grammar
from harness.engine.judge import Judge
from harness.engine.paths import value_at, walk
from harness.model import JSON, Event
from harness.protocol.causes import attribute
from harness.protocol.dialects import Dialect

Key = tuple[JSON, ...]


class Membership(NamedTuple):
    """An event's place in one thing that lives."""

    scope: Scope
    key: Key
    letter: str


def commute(automaton: Automaton, left: str, right: str) -> bool:
    """Tell whether two letters may change places wherever both may stand."""
    for state in range(len(automaton.table)):
        there, back = automaton.run(state, (left, right)), automaton.run(state, (right, left))
        if there != back:
            return False
    return True


class Structure:
    """The dependences of one session."""

    def __init__(self, dialect: Dialect, events: Sequence[Event]) -> None:
        self.dialect, self.events = dialect, events
        self.declared = dialect.declarations
        self._scopes = {scope.name: scope for scope in self.declared.scopes}
        self.automata = {scope.name: compile_grammar(scope.pattern) for scope in self.declared.scopes}
        self._alphabets = {
            name: frozenset(letter.partition("/")[0] for letter in one.alphabet) for name, one in self.automata.items()
        }
        self._commuting: dict[tuple[str, str, str], bool] = {}
        reader = Judge(self.declared, lambda name, attributes: None)
        self.letters = [dialect.letters.get((event.side, event.type), "") for event in events]
        self.attributes = [reader.attributes(event.body) for event in events]
        self.causes = [self._binding(*pair) for pair in enumerate(attribute(dialect, events))]
        self.members = [list(self._members(index)) for index in range(len(events))]
        self.words: dict[tuple[str, Key], list[tuple[int, str]]] = defaultdict(list)
        for index, members in enumerate(self.members):
            for scope, key, letter in members:
                self.words[scope.name, key].append((index, letter))

    def _members(self, index: int) -> Iterator[Membership]:
        letter, attributes = self.letters[index], self.attributes[index]
        path = self.declared.variants.get(letter)
        refined = f"{letter}/{value_at(self.events[index].body, path)}" if path else letter
        for scope in self.declared.scopes:
            if letter in self._alphabets[scope.name]:
                alphabet = self.automata[scope.name].alphabet
                key = tuple([attributes.get(name) for name in scope.key])
                yield Membership(scope, key, refined if refined in alphabet else letter)

    def _binding(self, effect: int, cause: int | None) -> int | None:
        """Return the cause, if a rule ties the two; None where the effect may also come without it."""
        for link in self.declared.links if cause is not None else ():
            rows = [row for row in link.causes if cause is not None and row.letter == self.letters[cause]]
            asked = link.unanswered is not None and any(row.expects for row in rows)
            if link.effect == self.letters[effect] and rows and (link.unasked is not None or asked):
                return cause
        return None

    # -- dependence ----

    def depend(self, first: int, second: int) -> bool:
        """Tell whether two events may not change places: they share a thing, a cause, a deadline or a reference."""
        if self.causes[second] == first or self.causes[first] == second:
            return True
        if self._open_the_connection(first, second) or self._served_in_order(first, second):
            return True
        tests = (self._share_scope, self._nested, self._deadline, self._may_cause, self._pieces, self._exclude)
        return any(test(first, second) or test(second, first) for test in tests) or self._mentions(first, second)

    def _open_the_connection(self, *pair: int) -> bool:
        servers = all(self.events[index].side == "server" for index in pair)
        return servers and any(self.letters[index] in self.declared.first for index in pair)

    def _served_in_order(self, first: int, second: int) -> bool:
        """Tell whether two events answer two requests of the client: those are served in the order they came in."""
        asked = [[one for one in self.asking[index] if self.events[one].side == "client"] for index in (first, second)]
        return bool(asked[0]) and bool(asked[1]) and asked[0] != asked[1]

    @cached_property
    def asking(self) -> list[list[int]]:
        """Return, for each event, the causes that expect it."""
        return [list(self.expected_by(index)) for index in range(len(self.events))]

    def _share_scope(self, first: int, second: int) -> bool:
        for scope, key, letter in self.members[first]:
            for other, other_key, other_letter in self.members[second]:
                if scope is other and key == other_key and not self._commute(scope, letter, other_letter):
                    return True
        return False

    def _commute(self, scope: Scope, letter: str, other: str) -> bool:
        key = (scope.name, letter, other)
        if key not in self._commuting:
            self._commuting[key] = commute(self.automata[scope.name], letter, other)
        return self._commuting[key]

    def _nested(self, outer: int, inner: int) -> bool:
        """Tell whether one event opens or closes something that holds the other."""
        for scope, key, letter in self.members[outer]:
            automaton = self.automata[scope.name]
            if letter not in automaton.table[0] and letter not in automaton.closing:
                continue
            attributes = dict(zip(scope.key, key, strict=True))
            for other, _, _ in self.members[inner]:
                if self._is_within(other, scope) and self._agree(attributes, self.attributes[inner]):
                    return True
        return False

    def _is_within(self, scope: Scope, outer: Scope) -> bool:
        while scope.within is not None:
            scope = self._scopes[scope.within]
            if scope is outer:
                return True
        return False

    @staticmethod
    def _agree(mine: dict[str, JSON], other: dict[str, JSON], strict: bool = True) -> bool:
        pairs = [(mine.get(name), other.get(name)) for name in mine]
        return all(a == b for a, b in pairs if strict or (a is not None and b is not None))

    def _deadline(self, effect: int, deadline: int) -> bool:
        for link in self.declared.links:
            if self.letters[effect] != link.effect or self.letters[deadline] not in link.before:
                continue
            for cause in link.causes:
                mine = {name: self.attributes[effect].get(name) for name in cause.key}
                if self._agree(mine, self.attributes[deadline], strict=False):
                    return True
        return False

    def _may_cause(self, cause: int, effect: int) -> bool:
        return any(self.fits(link, cause, effect) for link in self.declared.links)

    def fits(self, link: Link, cause: int, effect: int) -> bool:
        """Tell whether a link is between these two events, by their letters and the attributes they share."""
        if self.letters[effect] != link.effect:
            return False
        for one in link.causes:
            mine = {name: self.attributes[cause].get(name) for name in one.key}
            named = any(value is not None for value in mine.values())
            if self.letters[cause] == one.letter and named and self._agree(mine, self.attributes[effect], strict=False):
                return True
        return False

    def _pieces(self, first: int, second: int) -> bool:
        for fact in self.facts_of_piece(first):
            if fact in self.facts_of_piece(second) and fact.pieces is not None:
                same = all(self.attributes[first].get(k) == self.attributes[second].get(k) for k in fact.key)
                mine, other = (str(self.events[i].body.get(fact.pieces.path)) for i in (first, second))
                if same and mine + other != other + mine:
                    return True
        return False

    def facts_of_piece(self, index: int) -> list[Fact]:
        """Return the facts of which the event is a piece."""
        letter = self.letters[index]
        return [fact for fact in self.declared.facts if fact.pieces is not None and fact.pieces.letter == letter]

    def facts_told(self, index: int) -> Iterator[tuple[Fact, str]]:
        """Yield the facts that the event tells, with the pointer to the value."""
        for fact in self.declared.facts:
            for source in fact.sources:
                if source.letter == self.letters[index]:
                    for found in walk(self.events[index].body, source.path):
                        if found.value is not None:
                            yield fact, found.pointer

    def _exclude(self, first: int, second: int) -> bool:
        """Tell whether two events bound the lives of two responses, or of two turns: those do not overlap."""
        for scope, key, letter in self.members[first]:
            automaton = self.automata[scope.name]
            if scope.within is None and "response_id" in scope.key and letter in automaton.table[0]:
                for other, other_key, other_letter in self.members[second]:
                    if other is scope and other_key != key and other_letter in automaton.closing:
                        return True
        return False

    def _mentions(self, first: int, second: int) -> bool:
        """Tell whether the second event names something that the first one brought up."""
        return self.introduced[second] != () and any(value == first for value in self.introduced[second])

    @cached_property
    def introduced(self) -> list[tuple[int, ...]]:
        """Return, for each event, the events that first brought up the item or call that it refers to."""
        first: dict[str, int] = {}
        found: list[tuple[int, ...]] = []
        for index, event in enumerate(self.events):
            named = [event.body.get("previous_item_id"), value_at(event.body, "item.call_id")]
            found.append(tuple(first[name] for name in named if isinstance(name, str) and name in first))
            own = [value_at(event.body, path) for path in ("item.id", "item.call_id", "call_id")]
            for value in own:
                if isinstance(value, str) and self.letters[index] != ">conversation.item.create":
                    first.setdefault(value, index)
        return found

    @cached_property
    def midway(self) -> bool:
        """Tell whether the log starts in the middle of a session."""
        first = next((letter for letter in self.letters if not letter.startswith(">")), "")
        return first not in self.declared.first

    # -- needs ----

    def accepts(self, scope: Scope, word: Sequence[str]) -> bool:
        """Tell whether a scope takes a word whole."""
        automaton = self.automata[scope.name]
        return automaton.run(0, tuple(word)) in automaton.accepting

    def expected_by(self, effect: int) -> Iterator[int]:
        """Yield the causes that expect this event as their effect."""
        for link in self.declared.links:
            if link.effect != self.letters[effect] or link.unanswered is None:
                continue
            for cause in range(effect):
                rows = [row for row in link.causes if row.letter == self.letters[cause] and row.expects]
                if rows and (self.fits(link, cause, effect) or self.causes[effect] == cause):
                    yield cause

    def needed_by(self, cause: int) -> Iterator[int]:
        """Yield the events that would come without a cause if this one were not there."""
        for effect, found in enumerate(self.causes):
            if found == cause and self.letters[effect] != self.letters[cause]:
                yield effect
