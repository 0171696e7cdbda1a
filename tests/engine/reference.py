"""The declarations read naively: what a session must be, said as slowly and as plainly as possible.

Grammars become regular expressions over the letters of one thing; nothing is remembered between events, every question
looks at the whole prefix again. It says whether something is wrong and at which event that is first certain. It says
nothing of what is missing, who is to blame, or how to go on: that is the engine's art, and not what is compared.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from harness.engine.declarations import Declarations, Fact, Scope
from harness.engine.grammar import Alt, Empty, Expression, Interleave, Letter, Seq, Star, letters
from harness.model import Event


class Said(NamedTuple):
    """One event, with its letter."""

    letter: str
    event: Event


# -- regular expressions ----


def regex(expression: Expression, signs: Mapping[str, str], between: str = "") -> str:
    """Return a regular expression over one sign per letter; `between` may stand anywhere in it.

    Two things shuffled into each other have no letter in common: a word is a shuffle of two languages when it belongs
    to each of them once the letters of the other are passed over.
    """
    match expression:
        case Empty():
            return between
        case Letter(name):
            return f"{between}{re.escape(signs[name])}{between}"
        case Seq(head, tail):
            return f"(?:{regex(head, signs, between)})(?:{regex(tail, signs, between)})"
        case Alt(options):
            return "(?:" + "|".join(regex(option, signs, between) for option in options) + ")"
        case Star(body):
            return f"(?:(?:{regex(body, signs, between)})*{between})"
        case Interleave(left, right):
            mine, other = letters(left), letters(right)
            assert not mine & other, "a shuffle of languages with a letter in common"
            both = anything(mine | other, signs)
            over_left = regex(left, signs, anything(other, signs) + "*")
            over_right = regex(right, signs, anything(mine, signs) + "*")
            return f"(?:(?={over_left}(?!{both}))(?={over_right}(?!{both})){both}*{between})"
        case _:
            return "(?!)"


def anything(names: frozenset[str], signs: Mapping[str, str]) -> str:
    """Return a class of signs; the empty one matches nothing."""
    return "[" + "".join(re.escape(signs[name]) for name in sorted(names)) + "]" if names else "(?!)"


def beginnings(expression: Expression) -> Expression:
    """Return the expression for every beginning of its words."""
    match expression:
        case Letter(_):
            return Alt(frozenset((expression, Empty())))
        case Seq(head, tail):
            return Alt(frozenset((beginnings(head), Seq(head, beginnings(tail)))))
        case Alt(options):
            return Alt(frozenset(map(beginnings, options)))
        case Star(body):
            return Seq(expression, beginnings(body))
        case Interleave(left, right):
            return Interleave(beginnings(left), beginnings(right))
        case _:
            return expression


class Language:
    """The words of a scope, and their beginnings."""

    def __init__(self, scope: Scope) -> None:
        self.alphabet = letters(scope.pattern)
        self.signs = {name: chr(0x4E00 + index) for index, name in enumerate(sorted(self.alphabet))}
        self.whole = re.compile(regex(scope.pattern, self.signs))
        self.begun = re.compile(regex(beginnings(scope.pattern), self.signs))

    def word(self, names: Sequence[str]) -> str:
        return "".join(self.signs[name] for name in names)

    def begins(self, names: Sequence[str]) -> bool:
        return self.begun.fullmatch(self.word(names)) is not None

    def accepts(self, names: Sequence[str]) -> bool:
        return self.whole.fullmatch(self.word(names)) is not None

    def is_over(self, names: Sequence[str]) -> bool:
        return not any(self.begins([*names, one]) for one in self.alphabet)


# -- paths, naively ----


def at(body: Any, path: str) -> Any:
    for step in path.split("."):
        if not isinstance(body, dict) or step not in body:
            return None
        body = body[step]
    return body


def values(body: Any, path: str, bound: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield the values at a path with brackets, and what the brackets bound."""
    step, _, rest = path.partition(".")
    name, _, bracket = step.partition("[")
    if not isinstance(body, dict) or name not in body:
        return
    inner = body[name]
    elements: list[tuple[Any, dict[str, Any]]] = [(inner, bound)]
    if bracket:
        attribute, _, by = bracket.rstrip("]").partition("=")
        listed = inner if isinstance(inner, list) else []
        elements = [(one, {**bound, attribute: at(one, by) if by else index}) for index, one in enumerate(listed)]
    for element, names in elements:
        if rest:
            yield from values(element, rest, names)
        else:
            yield element, names


class Reference:
    """A session's events against a protocol's declarations."""

    def __init__(self, declarations: Declarations) -> None:
        self.declared = declarations
        self.languages = {scope.name: Language(scope) for scope in declarations.scopes}

    def attributes(self, event: Event) -> dict[str, Any]:
        found = {}
        for name, paths in self.declared.attributes.items():
            told = [at(event.body, path) for path in paths]
            found[name] = next((one for one in told if isinstance(one, (str, int, float, bool))), None)
        return found

    def of(self, scope: Scope, said: Said) -> str | None:
        """Return the letter that an event is for a scope, None when it is none."""
        path = self.declared.variants.get(said.letter)
        variant = f"{said.letter}/{at(said.event.body, path)}" if path else said.letter
        alphabet = self.languages[scope.name].alphabet
        plain = {one.partition("/")[0] for one in alphabet}
        return variant if variant in alphabet else said.letter if said.letter in plain else None

    def things(self, scope: Scope, session: Sequence[Said]) -> dict[tuple[Any, ...], list[tuple[str, Said]]]:
        """Return the events of each thing of a scope, by its key."""
        found: dict[tuple[Any, ...], list[tuple[str, Said]]] = {}
        for said in session:
            letter = self.of(scope, said)
            if letter is not None:
                found.setdefault(self.key(scope, said, found), []).append((letter, said))
        return found

    def key(self, scope: Scope, said: Said, found: Mapping[tuple[Any, ...], list[tuple[str, Said]]]) -> tuple[Any, ...]:
        """Return the key of an event; where it says only a part, that of the one thing that began with this part."""
        attributes = self.attributes(said.event)
        key = tuple(attributes[name] for name in scope.key)
        if None not in key:
            return key
        told = {name: attributes[name] for name in (*scope.key, *scope.binds) if attributes[name] is not None}
        like = [one for one, events in found.items() if told.items() <= self.attributes(events[0][1].event).items()]
        return like[0] if len(like) == 1 else key

    def order_holds(self, session: Sequence[Said]) -> bool:
        """Tell whether a session may go on from here without a fault of order or of identity."""
        scopes = {scope.name: scope for scope in self.declared.scopes}
        for scope in scopes.values():
            language = self.languages[scope.name]
            for key, events in self.things(scope, session).items():
                word = [letter for letter, _ in events]
                if not set(word) <= language.alphabet or not language.begins(word):
                    return False
                for name in scope.binds:
                    told = {self.attributes(said.event)[name] for _, said in events} - {None}
                    if len(told) > 1:
                        return False
                if scope.within and not self.agrees(scopes[scope.within], events, session):
                    return False
                if scope.within and not self.nests(scope, scopes[scope.within], key, events, session):
                    return False
        return True

    def agrees(self, outer: Scope, events: list[tuple[str, Said]], session: Sequence[Said]) -> bool:
        """Tell whether a thing's events name what the events of the thing that holds it name."""
        inner = self.attributes(events[0][1].event)
        for holder in self.things(outer, session).values():
            opened = self.attributes(holder[0][1].event)
            if all(opened[name] == inner[name] for name in outer.key):
                return all(None in (opened[name], inner[name]) or opened[name] == inner[name] for name in outer.binds)
        return True

    def nests(
        self,
        scope: Scope,
        outer: Scope,
        key: tuple[Any, ...],
        events: list[tuple[str, Said]],
        session: Sequence[Said],
    ) -> bool:
        """Tell whether a thing began while what holds it was alive, and is complete if that has ended."""
        named = dict(zip(scope.key, key, strict=True))
        holder_key = tuple(named[name] for name in outer.key)
        first = session.index(events[0][1])
        language = self.languages[outer.name]
        before = [letter for letter, _ in self.things(outer, session[:first]).get(holder_key, [])]
        if not before or language.is_over(before):
            return False
        holder = self.things(outer, session)[holder_key]
        ends = [n for n in range(len(holder)) if language.is_over([letter for letter, _ in holder[: n + 1]])]
        if not ends:
            return True
        end = session.index(holder[ends[0]][1])
        inside = [letter for letter, said in events if session.index(said) < end]
        return self.languages[scope.name].accepts(inside)

    def first_disorder(self, session: Sequence[Said]) -> int | None:
        """Return the index of the first event after which nothing can make the session right."""
        low, high = 0, len(session)
        if self.order_holds(session):
            return None
        while low + 1 < high:  # a session that cannot go on at one event cannot at any later one
            middle = (low + high) // 2
            low, high = (middle, high) if self.order_holds(session[:middle]) else (low, middle)
        return high - 1

    def broken_facts(self, session: Sequence[Said]) -> set[str]:
        """Return the codes of the facts of which two events tell different things."""
        return {fact.rule.code for fact in self.declared.facts if not self.fact_holds(fact, session)}

    def fact_holds(self, fact: Fact, session: Sequence[Said]) -> bool:
        pieces = self.pieces(fact, session)
        trim = fact.same == "trimmed"
        for key, told in self.told(fact, session).items():
            wholes = [one.strip() if trim else one for one, _ in told]
            if any(one != wholes[0] for one in wholes[1:]):
                return False
            joined = "".join(pieces.get(key, []))
            if key in pieces and (joined.strip() if trim else joined) != wholes[0]:
                return False
            if key not in pieces and pieces and any(one and ends for one, ends in told):
                return False  # a log that has pieces has them for every value that is not empty
        return True

    def told(self, fact: Fact, session: Sequence[Said]) -> dict[tuple[Any, ...], list[tuple[Any, bool]]]:
        """Return every whole value by its key, and whether the event that tells it ends the pieces."""
        found: dict[tuple[Any, ...], list[tuple[Any, bool]]] = {}
        for said in session:
            attributes = self.attributes(said.event)
            for source in fact.sources:
                for value, bound in values(said.event.body, source.path, {}) if source.letter == said.letter else ():
                    if value is not None:
                        key = tuple({**attributes, **bound}.get(name) for name in fact.key)
                        found.setdefault(key, []).append((value, source is fact.sources[0]))
        return found

    def pieces(self, fact: Fact, session: Sequence[Said]) -> dict[tuple[Any, ...], list[str]]:
        """Return the pieces of each value by its key."""
        found: dict[tuple[Any, ...], list[str]] = {}
        for said in session:
            if fact.pieces is not None and fact.pieces.letter == said.letter:
                attributes = self.attributes(said.event)
                key = tuple(attributes.get(name) for name in fact.key)
                found.setdefault(key, []).append(at(said.event.body, fact.pieces.path))
        return found
