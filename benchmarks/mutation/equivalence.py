"""Which mutants are as good as the session they were made from: computed from declarations and schemas.

Each function returns the class of equivalence, empty when the damage must be found.
"""

from functools import cache

from benchmarks.mutation.logs import Log
from benchmarks.mutation.mutants import Body, Path, put, without
from benchmarks.mutation.structure import Structure
from harness.model import JSON
from harness.protocol.schemas import Validators

TRACE = "same trace"
OPTIONAL = "optional event"
UNCHECKED = "no redundancy"
QUIESCENT = "quiescent end"
NO_OP = "no change"
OPTIONAL_FIELD = "optional field"
UNTYPED = "untyped field"
NULLABLE = "null allowed"
NUMBER = "fraction allowed"
UNSEEN = "cause may be unseen"
"""The log starts mid-way, as one of two connections to a session does: the other may have asked."""


def moved(log: Log, source: int, target: int) -> str:
    """Classify the move of one event: passing only events it is independent of leaves the trace the same."""
    passed = range(source + 1, target + 1) if source < target else range(target, source)
    pairs = ((source, other) if source < other else (other, source) for other in passed)
    return "" if any(log.structure.depend(*pair) for pair in pairs) else TRACE


def around(log: Log, at: int) -> frozenset[int]:
    """Return the events next to a lost one, on either side, that depend on it; indices are of the log without it."""
    depend = log.structure.depend
    before = next((other for other in range(at - 1, -1, -1) if depend(other, at)), None)
    after = next((other - 1 for other in range(at + 1, len(log.events)) if depend(at, other)), None)
    return frozenset(other for other in (before, after) if other is not None)


def passed(log: Log, source: int, target: int) -> frozenset[int]:
    """Return the one event that a moved one changed places with, where it is only one; an index after the move."""
    between = range(source + 1, target + 1) if source < target else range(target, source)
    found = [other for other in between if log.structure.depend(min(source, other), max(source, other))]
    return frozenset((found[0] + (-1 if source < target else 1),)) if len(found) == 1 else frozenset()


def dropped(log: Log, at: int) -> str:
    """Classify the loss of one event: one that nothing asks for, holds or repeats is optional."""
    known = log.structure
    if _is_text(known, at):
        return NO_OP if _is_empty(known, at) else ""
    if known.events[at].side == "client" and known.midway:
        return UNSEEN
    if [*known.expected_by(at), *known.needed_by(at)] or known.letters[at] in known.declared.first:
        return ""
    for scope, key, _ in known.members[at]:
        rest = [letter for index, letter in known.words[scope.name, key] if index != at]
        if rest and not known.accepts(scope, rest):
            return ""
    if any(at in found for found in known.introduced):
        return ""
    alone = all(len(known.words[scope.name, key]) == 1 for scope, key, _ in known.members[at])
    return OPTIONAL if alone else UNCHECKED


def repeated(log: Log, at: int) -> str:
    """Classify a second event like this one: without redundancy when every scope takes both and none is counted."""
    known = log.structure
    if _is_text(known, at):
        return NO_OP if _is_empty(known, at) else ""
    if _is_answer(known, at) or _expects(known, at):
        return ""
    for scope, key, letter in known.members[at]:
        word: list[str] = []
        for index, one in known.words[scope.name, key]:
            word += [one, letter] if index == at else [one]
        if not known.accepts(scope, word):
            return ""
    return UNCHECKED if known.members[at] else OPTIONAL


def foreign(log: Log, at: int) -> str:
    """Classify an event of another session: optional when it needs nothing around it."""
    known = log.structure
    if _is_answer(known, at) or _expects(known, at) or known.letters[at] in known.declared.first:
        return ""
    for scope, _, letter in known.members[at]:
        if scope.within is not None or not known.accepts(scope, [letter]):
            return ""
    return OPTIONAL


def cut(log: Log, length: int) -> str:
    """Classify a log that ends early: quiescent when nothing is open and nothing owed."""
    known = log.structure
    for (name, _), word in known.words.items():
        before = [letter for index, letter in word if index < length]
        automaton = known.automata[name]
        if before and len(before) < len(word) and automaton.run(0, tuple(before)) not in automaton.accepting:
            return ""
    for effect in range(length, len(known.events)):
        if any(cause < length for cause in known.expected_by(effect)):
            return ""
    return QUIESCENT


def _is_text(known: Structure, at: int) -> bool:
    return bool(known.facts_of_piece(at))


def _is_empty(known: Structure, at: int) -> bool:
    pieces = [fact.pieces.path for fact in known.facts_of_piece(at) if fact.pieces]
    return all(not known.events[at].body.get(path) for path in pieces)


def _is_answer(known: Structure, at: int) -> bool:
    return any(link.effect == known.letters[at] and link.unasked for link in known.declared.links)


def _expects(known: Structure, at: int) -> bool:
    return any(
        row.letter == known.letters[at] and row.expects and link.unanswered
        for link in known.declared.links
        for row in link.causes
    )


# -- fields ----


@cache
def _validators(chain: tuple[str, ...]) -> Validators:
    return Validators(chain)


def is_valid(log: Log, at: int, body: Body) -> bool:
    """Tell whether the dialect's schema takes `body` in place of an event's."""
    event, validators = log.events[at], _validators(log.dialect.schemas)
    side = "client" if log.structure.letters[at].startswith(">") else event.side
    return not validators.check(side, event.type, body) and not validators.absent(side, event.type, body)


def removed_field(log: Log, at: int, path: Path) -> str:
    """Classify a missing field: optional when the schema asks for it neither by word nor by habit."""
    body = without(log.events[at].body, path)
    assert isinstance(body, dict)
    return OPTIONAL_FIELD if is_valid(log, at, body) else ""


def retyped_field(log: Log, at: int, path: Path) -> str:
    """Classify a value of another type: undetectable where the schema gives the field no type at all."""
    samples: tuple[JSON, ...] = ("text", 7, 1.5, True, [], {}, None)
    bodies = (put(log.events[at].body, path, sample) for sample in samples)
    return UNTYPED if all(isinstance(body, dict) and is_valid(log, at, body) for body in bodies) else ""


def fractional_field(log: Log, at: int, path: Path) -> str:
    """Classify a fraction: legal where the schema takes any number."""
    body = put(log.events[at].body, path, 0.5)
    return NUMBER if isinstance(body, dict) and is_valid(log, at, body) else ""


def nulled_field(log: Log, at: int, path: Path) -> str:
    """Classify a null: legal where the schema takes null."""
    body = put(log.events[at].body, path, None)
    return NULLABLE if isinstance(body, dict) and is_valid(log, at, body) else ""
