"""Which events may come next: the tables that check a session, asked the other way round.

A walk looks at the scopes and links of a judge that has followed the session so far. It answers with options: a
letter, and the attributes that are fixed by where the event belongs. What must come before an option is offered in
its place, so that no deadline is missed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from harness.engine.instances import Instance, Track
from harness.engine.judge import Judge
from harness.engine.ledger import Ledger
from harness.engine.pending import Pending
from harness.model import JSON

DEPTH = 8
"""How long a chain of things that must come first can be; declared ones have two links."""


class Option(NamedTuple):
    """One event that may come next."""

    letter: str
    """With its variant."""
    attributes: dict[str, JSON]
    lacking: tuple[str, ...] = ()
    """The attributes that are still to be made up: the event opens something new."""
    siblings: int = 0
    """How many things of this kind its parent holds already."""

    @property
    def plain(self) -> str:
        """Return the letter without its variant."""
        return self.letter.partition("/")[0]


Allowed = Callable[[Option], bool]
"""Tells whether an option may come, for reasons that are not declared."""


class Walk:
    """The ways on from where a session stands."""

    def __init__(self, judge: Judge, ledger: Ledger, allowed: Allowed) -> None:
        self._judge, self._ledger, self._allowed = judge, ledger, allowed
        declared = judge.declarations
        self._guarded = {link.effect for link in declared.links if link.unasked}
        """The letters that need a cause."""
        self._effects: dict[str, list[Pending]] = {}
        self._deadlines: dict[str, list[Pending]] = {}
        self._first_asked: int | None = None
        """Which request is to be answered next."""
        self._routes: dict[str, Track] = {}
        for track in judge.tracks:
            self._routes.update(dict.fromkeys(track.alphabet, track))

    def look(self) -> None:
        """Take note of what waits now; call it after each event."""
        self._effects, self._deadlines, self._first_asked = {}, {}, None
        for pending in self._judge.waiting():
            self._effects.setdefault(pending.row.link.effect, []).append(pending)
            if not pending.expected:
                continue
            for letter in pending.row.link.before:
                self._deadlines.setdefault(letter, []).append(pending)
            if _is_asked(pending) and (self._first_asked is None or pending.mark.seq < self._first_asked):
                self._first_asked = pending.mark.seq

    def answers(self) -> Iterator[Option]:
        """Yield what is owed: the effects of causes that wait, those of the other side's requests in their order."""
        for pending in [one for waiting in self._effects.values() for one in waiting if one.expected]:
            if pending.mark.seq == self._first_asked or not _is_asked(pending):
                for option in self._answer(pending):
                    yield from self._if_allowed(option)

    def progress(self) -> Iterator[Option]:
        """Yield how the things that live may go on."""
        for track in self._judge.tracks:
            for instance in track.live():
                for letter in track.automaton.table[instance.state]:
                    yield from self._step(instance, letter)

    def completion(self) -> Iterator[Option]:
        """Yield what brings the things that are not complete nearer to their end."""
        for track in self._judge.tracks:
            for instance in track.live():
                ways, row = track.automaton.completion, track.automaton.table[instance.state]
                for letter, target in row.items():
                    if len(ways[target]) < len(ways[instance.state]):
                        yield from self._step(instance, letter)

    def children(self) -> Iterator[Option]:
        """Yield the new things that those that live may hold."""
        for track in self._judge.tracks:
            for parent in track.parent.live() if track.parent else ():
                names = {*track.declared.key, *track.declared.binds}
                attributes = {name: value for name, value in parent.attributes.items() if name in names}
                siblings = sum(child.scope is track for child in parent.children)
                for letter in track.automaton.table[0]:
                    lacking = tuple(name for name in names if name not in attributes)
                    yield from self._if_allowed(Option(letter, attributes, lacking, siblings))

    def begun(self, letter: str, attributes: Mapping[str, JSON]) -> Iterator[Option]:
        """Yield how somebody may begin something of their own accord."""
        for option in self.placed(letter, attributes):
            yield from self._first(option)

    def placed(self, letter: str, attributes: Mapping[str, JSON]) -> Iterator[Option]:
        """Yield the ways in which a letter may come now, none when it cannot."""
        track = self._routes.get(letter.partition("/")[0])
        if track is None:
            yield Option(letter, dict(attributes))
            return
        instance = track.instances.get(track.key(dict(attributes)))
        row = track.automaton.table[instance.state if instance is not None else 0]
        names = (*track.declared.key, *track.declared.binds)
        lacking = tuple(name for name in names if name not in attributes) if instance is None else ()
        for known in row:
            if letter in (known, known.partition("/")[0]) and (instance is None or _is_ready(instance, known)):
                yield Option(known, dict(attributes), lacking)

    def _if_allowed(self, option: Option) -> Iterator[Option]:
        if self._allowed(option):
            yield from self._first(option)

    def _first(self, option: Option, depth: int = 0) -> Iterator[Option]:
        """Yield an option, or what must come before it."""
        piece = self._ledger.unsaid(option.plain, option.attributes)
        overdue = list(self._overdue(option))
        if piece is not None:
            yield from self._first(Option(piece, option.attributes), depth + 1)
        elif not overdue:
            yield option
        elif depth < DEPTH:
            for pending in overdue:
                for answer in self._answer(pending):
                    yield from self._first(answer, depth + 1)

    # -- one thing ----

    def _step(self, instance: Instance, letter: str) -> Iterator[Option]:
        option = Option(letter, instance.attributes)
        if _is_ready(instance, letter) and (option.plain not in self._guarded or self._is_caused(option)):
            yield from self._if_allowed(option)

    def _is_caused(self, option: Option) -> bool:
        first, waiting = self._first_asked, self._effects.get(option.plain, ())
        in_turn = [one for one in waiting if not _is_asked(one) or first is None or one.mark.seq <= first]
        return any(_fits(one, option.attributes) for one in in_turn)

    def _answer(self, pending: Pending) -> Iterator[Option]:
        names = pending.row.cause.key
        attributes = {name: pending.attributes[name] for name in names if pending.attributes.get(name) is not None}
        yield from self.placed(pending.row.link.effect, attributes)

    def _overdue(self, option: Option) -> Iterator[Pending]:
        for pending in self._deadlines.get(option.plain, ()):
            if _fits(pending, option.attributes):
                yield pending


def _is_asked(pending: Pending) -> bool:
    return pending.row.cause.letter.startswith(">")


def _is_ready(instance: Instance, letter: str) -> bool:
    """Tell whether a thing may go on by a letter: it is not over, and ends only when all that it holds is complete."""
    table = instance.scope.automaton.table
    closes = not table[table[instance.state][letter]]
    return not instance.closed and not (closes and any(instance.open_descendants()))


def _fits(pending: Pending, attributes: Mapping[str, JSON]) -> bool:
    """Tell whether an event is about what a cause names, as far as both say so."""
    names: Iterable[str] = pending.row.cause.key
    return all(
        pending.attributes.get(name) in (None, attributes.get(name, pending.attributes.get(name))) for name in names
    )
