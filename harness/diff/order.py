"""Tells which events must keep their order, from the declarations: events without a common scope or cause commute."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

from harness.engine.declarations import Declarations, Scope
from harness.engine.grammar import Alt, Expression, Interleave, Seq, Star, letters
from harness.protocol.dialects import all_dialects
from harness.turns.nodes import Step

Pair = tuple[str, str]
Match = tuple[Step, Step]
"""An event, or a run, on both sides."""

MANY = 400
"""Steps of a node that are held to their order; no node of a recorded session has a tenth of that."""


@cache
def bound(dialect: str) -> frozenset[Pair]:
    """Return the pairs of letters whose order means something, where both are about the same thing."""
    declared = all_dialects()[dialect].declarations
    pairs = {pair for scope in declared.scopes for pair in _in_scope(scope, declared)}
    pairs |= {(cause.letter, link.effect) for link in declared.links for cause in link.causes}
    return frozenset(pairs | {(second, first) for first, second in pairs})


def _in_scope(scope: Scope, declared: Declarations) -> set[Pair]:
    own = _plain(letters(scope.pattern))
    ordered = {pair for pair in product(own, own) if pair[0] != pair[1]} - _free(scope.pattern)
    return ordered | set(product(own, _within(scope, declared)))


def _within(scope: Scope, declared: Declarations) -> frozenset[str]:
    """Return the letters of all scopes that live inside one."""
    inside = [inner for inner in declared.scopes if inner.within == scope.name]
    return frozenset().union(*(_plain(letters(inner.pattern)) | _within(inner, declared) for inner in inside))


def _free(expression: Expression) -> set[Pair]:
    """Return the pairs of letters that an expression lets come in any order."""
    match expression:
        case Interleave(left, right):
            ours, theirs = _plain(letters(left)), _plain(letters(right))
            return {*product(ours, theirs), *product(theirs, ours)} | _free(left) | _free(right)
        case Seq(head, tail):
            return _free(head) | _free(tail)
        case Alt(options):
            return set().union(*map(_free, options))
        case Star(body):
            return _free(body)
        case _:
            return set()


def _plain(alphabet: frozenset[str]) -> frozenset[str]:
    return frozenset(letter.partition("/")[0] for letter in alphabet)


class Conflict(NamedTuple):
    """Two events that have changed sides."""

    first: Match
    second: Match


def conflicts(own: list[Match], below: list[Match], pairs: frozenset[Pair]) -> Iterator[Conflict]:
    """Yield the events of a node that have changed sides, with each other or with those of what it holds."""
    others = [*own[:MANY], *below[:MANY]]
    for index, first in enumerate(own[:MANY]):
        for second in others[index + 1 :]:
            if (first[0].letter, second[0].letter) in pairs and _turned(first, second):
                yield Conflict(first, second)


def misplaced(found: list[Conflict]) -> Iterator[Conflict]:
    """Yield as few events as explain all conflicts, each with one that it has changed sides with."""
    while found:
        counts = Counter(step for pair in found for step, _ in pair)
        worst = max(counts, key=lambda step: (counts[step], step.first.seq))
        mine = [pair if pair.first[0] is worst else Conflict(*reversed(pair)) for pair in found if _of(pair, worst)]
        yield mine[0]
        found = [pair for pair in found if not _of(pair, worst)]


def _of(pair: Conflict, step: Step) -> bool:
    return pair.first[0] is step or pair.second[0] is step


def _turned(first: Match, second: Match) -> bool:
    return _relation(first[0], second[0]) != _relation(first[1], second[1])


def _relation(first: Step, second: Step) -> int:
    """Return -1 when the first ends before the second begins, 1 when it begins after, 0 when they overlap."""
    if first.last.seq < second.first.seq:
        return -1
    return 1 if first.first.seq > second.last.seq else 0
