"""Event grammars: a small algebra of regular expressions, compiled to tables.

An expression describes the order of the events of one scope. Compiling it takes derivatives (Brzozowski 1964):
the derivative of an expression by a letter is what may follow once the letter has been read, so the states of
the automaton are the expressions themselves. Checking is then one dictionary look-up per event, and the same
table answers what was expected, what is missing and which traces are valid.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Never:
    """Matches nothing at all."""


@dataclass(frozen=True, slots=True)
class Empty:
    """Matches the empty trace."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Matches one event."""

    name: str


@dataclass(frozen=True, slots=True)
class Seq:
    """Matches `head`, then `tail`."""

    head: "Expression"
    tail: "Expression"


@dataclass(frozen=True, slots=True)
class Alt:
    """Matches any one of `options`."""

    options: frozenset["Expression"]


@dataclass(frozen=True, slots=True)
class Star:
    """Matches `body` any number of times, none included."""

    body: "Expression"


@dataclass(frozen=True, slots=True)
class Interleave:
    """Matches `left` and `right` shuffled into each other, each keeping its own order."""

    left: "Expression"
    right: "Expression"


Expression: TypeAlias = Never | Empty | Letter | Seq | Alt | Star | Interleave
Term: TypeAlias = Expression | str

NEVER: Expression = Never()
EMPTY: Expression = Empty()


def _term(term: Term) -> Expression:
    return Letter(term) if isinstance(term, str) else term


def _seq(head: Expression, tail: Expression) -> Expression:
    if head == NEVER or tail == NEVER:
        return NEVER
    if head == EMPTY:
        return tail
    if tail == EMPTY:
        return head
    if isinstance(head, Seq):  # right-leaning, so that equal traces give equal states
        return Seq(head.head, _seq(head.tail, tail))
    return Seq(head, tail)


def _alt(left: Expression, right: Expression) -> Expression:
    options: set[Expression] = set()
    for side in (left, right):
        options |= side.options if isinstance(side, Alt) else {side}
    options.discard(NEVER)
    if not options:
        return NEVER
    return options.pop() if len(options) == 1 else Alt(frozenset(options))


def _interleave(left: Expression, right: Expression) -> Expression:
    if left == NEVER or right == NEVER:
        return NEVER
    if left == EMPTY:
        return right
    if right == EMPTY:
        return left
    return Interleave(left, right)


def seq(*terms: Term) -> Expression:
    """Return the expression for `terms` one after the other; a string stands for a letter."""
    return reduce(_seq, map(_term, terms), EMPTY)


def alt(*terms: Term) -> Expression:
    """Return the expression for any one of `terms`."""
    return reduce(_alt, map(_term, terms), NEVER)


def interleave(*terms: Term) -> Expression:
    """Return the expression for all of `terms`, shuffled, each in its own order."""
    return reduce(_interleave, map(_term, terms), EMPTY)


def star(term: Term) -> Expression:
    """Return the expression for `term` any number of times."""
    body = _term(term)
    return EMPTY if body in (NEVER, EMPTY) else body if isinstance(body, Star) else Star(body)


def plus(term: Term) -> Expression:
    """Return the expression for `term` at least once."""
    return seq(term, star(term))


def opt(term: Term) -> Expression:
    """Return the expression for `term` once or not at all."""
    return alt(term, EMPTY)


@cache
def nullable(expression: Expression) -> bool:
    """Tell whether the empty trace matches."""
    match expression:
        case Empty() | Star():
            return True
        case Seq(left, right) | Interleave(left, right):
            return nullable(left) and nullable(right)
        case Alt(options):
            return any(map(nullable, options))
        case _:
            return False


def letters(expression: Expression) -> frozenset[str]:
    """Return the alphabet of an expression."""
    match expression:
        case Letter(name):
            return frozenset((name,))
        case Seq(left, right) | Interleave(left, right):
            return letters(left) | letters(right)
        case Alt(options):
            return frozenset().union(*map(letters, options))
        case Star(body):
            return letters(body)
        case _:
            return frozenset()


@cache
def derivative(expression: Expression, letter: str) -> Expression:
    """Return what may follow once `letter` has been read."""
    match expression:
        case Letter(name):
            return EMPTY if name == letter else NEVER
        case Seq(head, tail):
            first = _seq(derivative(head, letter), tail)
            return _alt(first, derivative(tail, letter)) if nullable(head) else first
        case Alt(options):
            return reduce(_alt, (derivative(option, letter) for option in options), NEVER)
        case Star(body):
            return _seq(derivative(body, letter), expression)
        case Interleave(left, right):
            return _alt(_interleave(derivative(left, letter), right), _interleave(left, derivative(right, letter)))
        case _:
            return NEVER


@dataclass(frozen=True, slots=True)
class Automaton:
    """A grammar as a table. State 0 is the start; every state can still reach acceptance."""

    table: tuple[Mapping[str, int], ...]
    """For each state, where each letter leads."""
    alphabet: frozenset[str]
    """Every letter that some valid trace holds."""
    accepting: frozenset[int]
    completion: tuple[tuple[str, ...], ...]
    """For each state, the shortest trace to acceptance."""
    once: frozenset[str]
    """The letters that no valid trace holds twice."""
    closing: frozenset[str]
    """The letters after which nothing more can follow."""

    def bridge(self, state: int, letter: str, longest: int = 3) -> tuple[str, ...] | None:
        """Return the shortest trace after which `letter` may follow from `state`: what is missing.

        None when no trace of at most `longest` letters leads there.
        """
        queue: deque[tuple[int, tuple[str, ...]]] = deque([(state, ())])
        seen = {state}
        while queue:
            here, trace = queue.popleft()
            if letter in self.table[here]:
                return trace
            if len(trace) == longest:
                continue
            for step, there in sorted(self.table[here].items()):
                if there not in seen:
                    seen.add(there)
                    queue.append((there, (*trace, step)))
        return None

    def run(self, state: int, trace: tuple[str, ...]) -> int | None:
        """Return the state after reading `trace`, None when it does not fit."""
        current: int | None = state
        for letter in trace:
            if current is None:
                return None
            current = self.table[current].get(letter)
        return current


def _reach(table: tuple[dict[str, int], ...], start: int) -> Iterator[int]:
    seen, stack = {start}, [start]
    while stack:
        state = stack.pop()
        yield state
        for target in table[state].values():
            if target not in seen:
                seen.add(target)
                stack.append(target)


def _completions(table: tuple[dict[str, int], ...], accepting: frozenset[int]) -> dict[int, tuple[str, ...]]:
    """Return the shortest way to acceptance of every state that has one, breadth first from the back."""
    found: dict[int, tuple[str, ...]] = dict.fromkeys(sorted(accepting), ())
    grew = True
    while grew:
        grew = False
        for state, row in enumerate(table):
            ways = [(letter, *found[target]) for letter, target in row.items() if target in found]
            best = min(ways, key=lambda way: (len(way), way), default=None)
            if best is not None and (state not in found or len(best) < len(found[state])):
                found[state], grew = best, True
    return found


def _once(table: tuple[dict[str, int], ...]) -> frozenset[str]:
    repeated: set[str] = set()
    for row in table:
        for letter, target in row.items():
            if any(letter in table[state] for state in _reach(table, target)):
                repeated.add(letter)
    return frozenset(letter for row in table for letter in row) - repeated


@cache
def compile_grammar(expression: Expression) -> Automaton:
    """Return the automaton of an expression.

    Raises:
        ValueError: nothing at all matches the expression.
    """
    alphabet = sorted(letters(expression))
    states, number = [expression], {expression: 0}
    rows: list[dict[str, int]] = []
    for state in states:  # grows while it is walked
        row: dict[str, int] = {}
        for letter in alphabet:
            target = derivative(state, letter)
            if target == NEVER:
                continue
            if target not in number:
                number[target] = len(states)
                states.append(target)
            row[letter] = number[target]
        rows.append(row)
    table = tuple(rows)
    accepting = frozenset(index for index, state in enumerate(states) if nullable(state))
    completion = _completions(table, accepting)
    if 0 not in completion:
        raise ValueError("no trace matches this grammar")
    return Automaton(
        table=table,
        alphabet=frozenset(letter for row in table for letter in row),
        accepting=accepting,
        completion=tuple(completion[index] for index in range(len(states))),
        once=_once(table),
        closing=frozenset(letter for row in table for letter, target in row.items() if not table[target]),
    )
