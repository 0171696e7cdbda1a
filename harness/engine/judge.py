"""The judge: feeds every event to the scopes, the links and the facts, and keeps their docket."""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from harness.engine.declarations import Declarations
from harness.engine.docket import Docket
from harness.engine.facts import Facts
from harness.engine.instances import Instance, Track
from harness.engine.links import Ask, Links
from harness.engine.paths import parse, value_at
from harness.engine.pending import Pending
from harness.engine.recovery import Assumed
from harness.engine.scopes import Scopes
from harness.engine.violation import Mark, Signal, Violation
from harness.model import JSON, Event

SIGHTINGS = 65536
"""How many attribute values are remembered; ids that are mixed up stand close together."""
SHAPES = 4096
"""How many field layouts of events are remembered; real logs have dozens."""

SCALARS = (str, int, float, bool)
Layout: TypeAlias = tuple[tuple[str, str, tuple[str, ...]], ...]
"""For each attribute, the field that holds it and the way inwards from there."""


class Interest(NamedTuple):
    """Who takes an interest in a letter."""

    variant: str
    """The path of what tells its variants apart, empty where it has none."""
    linked: bool
    """Whether it can be an effect, a cause or a deadline."""
    factual: bool
    """Whether it tells, adds to or settles a fact."""


class Judge:
    """Judges the events of one session against a protocol's declarations, as they come.

    `ask(condition, attributes)` answers the conditions that links name; None when it cannot be known.
    """

    def __init__(self, declarations: Declarations, ask: Ask) -> None:
        self.docket = Docket()
        self._declared = declarations
        self._scopes = Scopes(declarations, self.docket, self._assume)
        self._recovery = self._scopes.recovery
        self._links = Links(declarations, self.docket, ask, self._assume_answer)
        self._facts = Facts(declarations, self.docket)
        self._links.sightings, self._links.aliases = self._scopes.sightings, self._scopes.aliases
        self._layouts: dict[tuple[str, ...], Layout] = {}
        self._interests: dict[str, Interest] = {}
        self._naming = frozenset(name for scope in declarations.scopes for name in (*scope.key, *scope.binds))
        """The attributes that name a thing; the others are nobody's name."""
        self.cause: Mark | None = None
        """The event that made the last one happen; None when the connection itself did, or it is not known."""

    @property
    def declarations(self) -> Declarations:
        """Return what it judges by."""
        return self._declared

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Return the scopes with the instances that live in them."""
        return tuple(self._scopes.tracks.values())

    def waiting(self) -> Iterator[Pending]:
        """Yield every cause that waits for its effect, or goes on causing."""
        return self._links.waiting()

    def start_midway(self) -> None:
        """Take the log as one that starts in the middle of a session: what came before is not missing."""
        self._recovery.midway = self._links.midway = True

    def miss(self) -> None:
        """Note that an entry of the log could not be read: what its absence causes is no fault of its own."""
        self.docket.excuse_gap()
        self._facts.taint_open()

    def attributes(self, body: dict[str, JSON]) -> dict[str, JSON]:
        """Return the attributes an event carries."""
        layout = tuple(body)
        found = self._layouts.get(layout)
        if found is None:
            found = self._layout(body)
            if len(self._layouts) < SHAPES:
                self._layouts[layout] = found
        attributes: dict[str, JSON] = {}
        for name, head, rest in found:
            value = body[head]
            for step in rest:
                value = value.get(step) if isinstance(value, dict) else None
            if value.__class__ in SCALARS:
                attributes[name] = value
        return attributes

    def _layout(self, body: dict[str, JSON]) -> Layout:
        found = []
        for name, paths in self._declared.attributes.items():
            path = next((path for path in paths if path.partition(".")[0] in body), None)
            if path is not None:
                head, *rest = (step.field for step in parse(path))
                found.append((name, head, tuple(rest)))
        return tuple(found)

    def feed(self, event: Event, letter: str, damaged: bool = False) -> list[Violation]:
        """Judge one event; return the violations that are now known.

        `letter` is the canonical name of the event, empty for one that the protocol does not know. `damaged` says
        that its schema does not hold: it is then not held to its place, and neither are those that miss it.
        """
        attributes = self._identify(event.body, letter)
        self._links.tick(event)
        if damaged or not letter:
            self.docket.excuse(event.seq, attributes)
            if not self._facts.can_place(letter, attributes):
                self._facts.taint(attributes)
        if letter:
            self._step(event, letter, attributes, damaged)
        return self.docket.news()

    def _identify(self, body: dict[str, JSON], letter: str) -> dict[str, JSON]:
        attributes = self.attributes(body)
        aliases, sightings = self._scopes.aliases, self._scopes.sightings
        if len(sightings) > SIGHTINGS:
            for value in list(sightings)[: SIGHTINGS // 2]:
                del sightings[value]
        for name, value in attributes.items():
            if name in self._naming and value.__class__ is str:
                sightings[value] = sightings.get(value, 0) + 1
                if aliases and (name, value) in aliases:
                    if name in self._scopes.openers.get(letter, ()):
                        self._scopes.release(name, value)
                    else:
                        attributes[name] = aliases[name, value]
        return attributes

    def _step(self, event: Event, letter: str, attributes: dict[str, JSON], damaged: bool) -> None:
        interest = self._interests.get(letter) or self._interest(letter)
        variant = value_at(event.body, interest.variant) if interest.variant else None
        mark = Mark(event.seq, event.place, event.type)
        signal = Signal(letter, attributes, event, mark, variant if isinstance(variant, str) else "")
        instance = self._scopes.feed(signal)
        self.cause = None
        astray = self._recovery.astray
        waited = astray == "late" and not self._recovery.answered
        if interest.linked and (not astray or waited):
            self.cause = self._links.feed(signal, causes=not astray)
        if self.cause is None and instance is not None:
            self.cause = _root(instance, event.seq)
        if interest.factual and astray != "duplicate":
            self._facts.feed(signal, damaged)
            if instance is not None and instance.partial:
                self._facts.taint(attributes)

    def _interest(self, letter: str) -> Interest:
        """Return who takes an interest in a letter, worked out once."""
        variant = self._declared.variants.get(letter, "")
        made = self._interests[letter] = Interest(variant, self._links.knows(letter), self._facts.knows(letter))
        return made

    def _assume(self, letter: str, attributes: dict[str, JSON], mark: Mark) -> Assumed:
        """Let the links go on as if an event had come."""
        event = Event(mark.seq, mark.place, None, "unknown", mark.type, {})
        self._links.forerunner = None
        cause = self._links.feed(Signal(letter, dict(attributes), event, mark), real=False)
        return Assumed(cause is not None, self._links.forerunner)

    def _assume_answer(self, letter: str, attributes: dict[str, JSON], mark: Mark, case: Violation | None) -> None:
        """Let the scopes and the links go on as if the answer had come that is missing; `case` says that it is."""
        self._scopes.assume(letter, attributes, mark, case)
        self._assume(letter, attributes, mark)

    def finish(self) -> list[Violation]:
        """Settle what is still open; return the violations that are now known."""
        self._scopes.recount(self.docket.cases)
        self._links.finish()
        self._facts.finish()
        for instance in self._scopes.unfinished():
            rule = instance.scope.declared.unfinished
            if rule is not None and self._links.latest is not None:
                end = self._links.latest
                mark = Mark(end.seq, end.place, end.type)
                case = Violation(rule, "unfinished", mark, rule.severity, instance.name())
                case.witnesses.append((instance.opened, "opened here"))
                case.letters = instance.scope.automaton.completion[instance.state]
                self.docket.file(case, instance.attributes)
        return self.docket.news()

    def judged(self) -> dict[str, int]:
        """Return how often each declared rule had something to judge, by its code."""
        counts: dict[str, int] = {}
        for track in self._scopes.tracks.values():
            code = track.declared.rule.code
            counts[code] = counts.get(code, 0) + track.judged
        for part in (self._links.judged, self._facts.judged):
            for code, count in part.items():
                counts[code] = counts.get(code, 0) + count
        return counts


def _root(instance: Instance, seq: int) -> Mark | None:
    """Return the event that opened the outermost instance around an event, if that is another one."""
    while instance.parent is not None:
        instance = instance.parent
    return instance.opened if instance.opened.seq != seq else None
