"""Facts told forwards: what an event must say so that it agrees with the others that say the same.

The facts that a check compares are written here into events that are being made: the first event that tells a value
fixes it, pieces are cut from the value before the whole is told, and every later event repeats it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from harness.engine.declarations import Declarations, Fact, Source
from harness.engine.paths import Step, parse, walk
from harness.model import JSON

Invent = Callable[[str], str]
"""Makes up the whole value of a named fact that is told in pieces."""
Cut = Callable[[int], int]
"""Says how many of so many characters the next piece has, from 1 on."""


@dataclass(slots=True, eq=False)
class Page:
    """What is known of one instance of a fact."""

    known: dict[str, JSON]
    """The attributes that tell it from others, the owner's among them."""
    value: JSON = None
    said: int = 0
    """How many characters of the value were told in pieces."""


@dataclass(slots=True)
class Ledger:
    """The facts of a session that is being made."""

    declarations: Declarations
    invent: Invent
    knows: Callable[[str], bool]
    """Tells whether the side has an event at all: what it cannot tell in pieces it tells at once."""
    hurried: set[JSON] = field(default_factory=set)
    """Ids of what is cut short: its values end with what was said of them."""
    _pages: dict[tuple[str, tuple[JSON, ...]], Page] = field(default_factory=dict)
    _order: dict[JSON, int] = field(default_factory=dict)
    """When each attribute was first seen: lists are told in this order."""

    def _page(self, fact: Fact, attributes: Mapping[str, JSON]) -> Page:
        key = tuple(attributes.get(name) for name in fact.key)
        page = self._pages.setdefault((fact.name, key), Page({}))
        for name in (*fact.key, *((fact.owner,) if fact.owner else ())):
            if attributes.get(name) is not None:
                page.known[name] = attributes[name]
        return page

    def _ended_by(self, letter: str) -> Iterator[Fact]:
        """Yield the facts whose pieces a letter ends; it is the first that tells the whole."""
        return (fact for fact in self.declarations.facts if fact.pieces and fact.sources[0].letter == letter)

    def unsaid(self, letter: str, attributes: Mapping[str, JSON]) -> str | None:
        """Return the letter of the pieces that must still come before `letter`, None when all is said."""
        for fact in self._ended_by(letter):
            page = self._page(fact, attributes)
            if self.hurried.intersection(attributes.values()):
                page.value = str(page.value or "")[: page.said]
            elif page.value is None:
                page.value = self.invent(fact.name)
            if fact.pieces and not self.knows(fact.pieces.letter):
                page.said = len(str(page.value))
            if fact.pieces and page.said < len(str(page.value)):
                return fact.pieces.letter
        return None

    def piece(self, letter: str, attributes: Mapping[str, JSON], cut: Cut) -> Iterator[tuple[str, str]]:
        """Yield the next piece of each fact that an event tells in pieces, with its path."""
        for fact in self.declarations.facts:
            if fact.pieces is None or fact.pieces.letter != letter:
                continue
            page = self._page(fact, attributes)
            if page.value is None:
                page.value = self.invent(fact.name)
            rest = str(page.value)[page.said :]
            size = cut(len(rest)) if rest else 0
            page.said += size
            yield fact.pieces.path, rest[:size]

    def is_told(self, letter: str, attributes: Mapping[str, JSON]) -> bool:
        """Tell whether an event of this letter would tell a piece of what has none left."""
        told = (fact for fact in self.declarations.facts if fact.pieces and fact.pieces.letter == letter)
        pages = [self._page(fact, attributes) for fact in told]
        return any(page.value is not None and page.said >= len(str(page.value)) for page in pages)

    def write(self, letter: str, attributes: Mapping[str, JSON], body: dict[str, JSON]) -> dict[str, JSON]:
        """Return an event with every value that was told before."""
        for value in attributes.values():
            self._order.setdefault(value, len(self._order))
        made: JSON = body
        for fact, source in self._sources(letter):
            for page in self._about(fact, attributes):
                if page.value is not None and (fact.pieces is None or page.said >= len(str(page.value))):
                    made = self._put(made, parse(source.path), page)
        return cast(dict[str, JSON], made)

    def learn(self, letter: str, attributes: Mapping[str, JSON], body: dict[str, JSON]) -> None:
        """Take note of what an event told."""
        for fact, source in self._sources(letter):
            for found in walk(body, source.path):
                if found.value is not None:
                    page = self._page(fact, {**attributes, **found.attributes})
                    page.value, page.said = found.value, len(str(found.value))

    def _sources(self, letter: str) -> Iterator[tuple[Fact, Source]]:
        for fact in self.declarations.facts:
            yield from ((fact, source) for source in fact.sources if source.letter == letter)

    def _about(self, fact: Fact, attributes: Mapping[str, JSON]) -> list[Page]:
        """Return what is known of a fact and agrees with the attributes of an event."""
        names = set(fact.key) if attributes.keys() >= set(fact.key) else {*fact.key, fact.owner} & attributes.keys()
        if fact.key and not names:
            return []
        pages = [page for (name, _), page in self._pages.items() if name == fact.name]
        return [page for page in pages if all(page.known.get(name) == attributes[name] for name in names)]

    def _put(self, body: JSON, steps: tuple[Step, ...], page: Page) -> JSON:
        """Return a copy of `body` with a value at the end of a path; what is on the way is made."""
        if not steps:
            return page.value
        step, rest = steps[0], steps[1:]
        holder = dict(body) if isinstance(body, dict) else {}
        if not step.binds:
            holder[step.field] = self._put(holder.get(step.field), rest, page)
            return holder
        listed, mark = holder.get(step.field), page.known.get(step.binds)
        elements = list(listed) if isinstance(listed, list) else []
        if step.by:
            holder[step.field] = self._put_by_name(elements, step.by, mark, rest, page)
        elif isinstance(mark, int):
            elements += [{} for _ in range(mark + 1 - len(elements))]
            elements[mark] = self._put(elements[mark], rest, page)
            holder[step.field] = elements
        return holder

    def _put_by_name(self, elements: list[JSON], by: str, mark: JSON, rest: tuple[Step, ...], page: Page) -> list[JSON]:
        named: dict[JSON, JSON] = {element.get(by): element for element in elements if isinstance(element, dict)}
        named[mark] = self._put(named.get(mark, {by: mark}), rest, page)
        return sorted(named.values(), key=lambda element: self._order.get(cast(dict[str, JSON], element)[by], 0))
