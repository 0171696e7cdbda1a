"""Follows every scope of a session through its grammar, and finds its way back after a violation.

An event belongs to the instance with which it agrees best: normally by its key, and where its key leads nowhere, by
the attributes that are left. A wrong id is thus told apart from a missing event.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.engine.declarations import Declarations, Scope
from harness.engine.docket import Docket
from harness.engine.grammar import Automaton, compile_grammar
from harness.engine.violation import Kind, Mark, Signal, Violation
from harness.model import JSON, Severity

Key = tuple[JSON, ...]

TOMBSTONES = 4096
"""How many instances of a scope are remembered: far more than a conversation's context holds."""

SWAPPED = 2
"""How close a missing event must follow for the one before it to count as early; behind more, it counts as late."""


@dataclass(slots=True, eq=False)
class Instance:
    """One thing that lives: one response, one content part."""

    scope: "Track"
    key: Key
    opened: Mark
    state: int = 0
    bound: dict[str, JSON] = field(default_factory=dict)
    parent: "Instance | None" = None
    children: list["Instance"] = field(default_factory=list)
    seen: dict[str, Mark] = field(default_factory=dict)
    assumed: dict[str, Violation | None] = field(default_factory=dict)
    """Letters (without variant) taken as read though no event brought them, with the case that says so."""
    wild: bool = False
    """Its opening was damaged: any order is taken."""
    partial: bool = False
    """It was open already when the log started: what it said before is not known."""
    last: Mark | None = None
    closed: bool = False

    @property
    def attributes(self) -> dict[str, JSON]:
        """Return what is known of its identity."""
        return {**self.bound, **dict(zip(self.scope.declared.key, self.key, strict=True))}

    def name(self) -> str:
        """Return it in words, as a message names it."""
        return f"{self.scope.declared.name} {' / '.join(map(str, self.key))}".strip()

    def open_descendants(self) -> Iterator["Instance"]:
        """Yield the instances below it that are not complete, the innermost first."""
        for child in self.children:
            yield from child.open_descendants()
            if not child.closed and not child.wild and child.state not in child.scope.automaton.accepting:
                yield child


@dataclass(slots=True, eq=False)
class Track:
    """A declared scope with its automaton and its instances."""

    declared: Scope
    automaton: Automaton
    parent: "Track | None"
    alphabet: frozenset[str]
    instances: dict[Key, Instance] = field(default_factory=dict)
    judged: int = 0
    opened: int = 0
    """How many instances were opened by an event; none yet means the log may have started inside one."""
    forgot: bool = False
    """Whether old instances were dropped: an unknown one may then be one of them."""

    def live(self) -> Iterator[Instance]:
        """Yield the instances that are open."""
        return (instance for instance in self.instances.values() if not instance.closed)


class Scopes:
    """The tracker of all scopes of a session.

    `assume` is called with a letter and attributes when an event is taken as having happened although none came.
    """

    def __init__(
        self, declarations: Declarations, docket: Docket, assume: Callable[[str, dict[str, JSON], Mark], None]
    ) -> None:
        self._docket = docket
        self._assume = assume
        self._identity = declarations.identity
        self.aliases: dict[tuple[str, JSON], JSON] = {}
        """Wrong attribute values and what they stand for."""
        self.sightings: dict[JSON, int] = {}
        self.astray = ""
        """Why the last event did not take its place, `late` or `duplicate`; empty when it did."""
        self.midway = False
        """Whether the log starts in the middle of a session: what came before is not missing."""
        tracks: dict[str, Track] = {}
        for scope in declarations.scopes:
            automaton = compile_grammar(scope.pattern)
            parent = tracks[scope.within] if scope.within else None
            plain = frozenset(letter.partition("/")[0] for letter in automaton.alphabet)
            tracks[scope.name] = Track(scope, automaton, parent, plain)
        self.tracks = tracks
        self._routes: dict[str, list[Track]] = {}
        for track in tracks.values():
            for letter in track.alphabet:
                self._routes.setdefault(letter, []).append(track)
        self._variants = declarations.variants

    def feed(self, signal: Signal) -> Instance | None:
        """Step every scope that lists the letter; return the instance of the last one."""
        found, self.astray = None, ""
        for track in self._routes.get(signal.letter, ()):
            track.judged += 1
            found = self._step(track, signal)
        return found

    # -- one step ----

    def _step(self, track: Track, signal: Signal) -> Instance | None:
        attributes, letter = signal.attributes, self._variant(track, signal)
        instance = track.instances.get(tuple([attributes.get(name) for name in track.declared.key]))
        if instance is None:
            return self._place(track, signal, letter)
        bound = instance.bound
        for name in track.declared.binds:
            value = attributes.get(name)
            if value is not None and bound.setdefault(name, value) != value:
                return self._disagree(instance, signal, letter, name)
        self._advance(instance, signal, letter)
        return instance

    def _variant(self, track: Track, signal: Signal) -> str:
        refined = f"{signal.letter}/{signal.variant}" if signal.variant else signal.letter
        return refined if refined in track.automaton.alphabet else signal.letter

    def _advance(self, instance: Instance, signal: Signal, letter: str) -> None:
        automaton = instance.scope.automaton
        if instance.assumed and signal.letter in instance.assumed:
            self._late(instance, signal)
            return
        target = automaton.table[instance.state].get(letter)
        if target is None or instance.closed:
            if not instance.wild:
                self._misstep(instance, signal, letter)
            elif letter in automaton.closing:
                self._bury(instance)
            return
        if instance.children:
            open_children = list(instance.open_descendants())
            if open_children and not automaton.table[target]:
                self._close_children(instance, open_children, signal)
        self._enter(instance, letter, target, signal.mark)

    def _enter(self, instance: Instance, letter: str, target: int, mark: Mark) -> None:
        instance.state = target
        instance.last = instance.seen[letter] = mark
        if not instance.scope.automaton.table[target]:
            self._bury(instance)

    def _bury(self, instance: Instance) -> None:
        for child in instance.children:
            child.closed = True
            child.children.clear()
        instance.closed = True

    # -- finding the instance ----

    def _place(self, track: Track, signal: Signal, letter: str) -> Instance | None:
        """Find or open the instance of an event whose key is not known."""
        opens = letter in track.automaton.table[0]
        if not opens:
            guess = self._closest(track, signal.attributes, letter)
            if guess is not None:
                wrong = self._mismatch(track, guess, signal.attributes)
                if wrong is None:  # it only says less than it could; the schema judges that
                    self._advance(guess, signal, letter)
                    return guess
                return self._disagree(guess, signal, letter, wrong)
        return self._open(track, signal, letter, opens)

    def _closest(self, track: Track, attributes: Mapping[str, JSON], letter: str) -> Instance | None:
        """Return the open instance that an event agrees with best, None when that is not clear."""
        best: list[Instance] = []
        top = (-9, False)
        for instance in track.live():
            agree = disagree = 0
            for name, value in instance.attributes.items():
                other = attributes.get(name)
                if other is None or value is None:
                    continue
                agree += value == other
                disagree += value != other
            takes = instance.scope.automaton.bridge(instance.state, letter, 0) is not None
            score = (agree - disagree, takes)
            if disagree > 1 or (not takes and not agree):
                continue
            if score > top:
                best, top = [instance], score
            elif score == top:
                best.append(instance)
        return best[0] if len(best) == 1 else None

    def _mismatch(self, track: Track, instance: Instance, attributes: Mapping[str, JSON]) -> str | None:
        for name, value in instance.attributes.items():
            other = attributes.get(name)
            if other is not None and value is not None and other != value:
                return name
        return None

    def _disagree(self, instance: Instance, signal: Signal, letter: str, name: str) -> Instance:
        """Report an attribute that differs from its instance; the event alone with its value is to blame."""
        seen, wanted = signal.attributes[name], instance.attributes[name]
        opener_alone = self.sightings.get(wanted, 0) < self.sightings.get(seen, 0) and name in instance.bound
        mark, good = (instance.opened, seen) if opener_alone else (signal.mark, wanted)
        bad = wanted if opener_alone else seen
        case = self._violation(instance, "disagrees", mark, letter)
        case.rule, case.severity = self._identity, self._identity.severity
        case.attribute, case.seen, case.wanted = name, bad, good
        case.witnesses.append((signal.mark if opener_alone else instance.opened, "says the other"))
        self._docket.file(case, signal.attributes)
        self._docket.entangle(case, bad)
        if isinstance(bad, str):
            self.aliases[name, bad] = good
        if opener_alone:
            instance.bound[name] = good
        signal.attributes[name] = good
        self._advance(instance, signal, letter)
        return instance

    def _open(self, track: Track, signal: Signal, letter: str, opens: bool) -> Instance | None:
        attributes = signal.attributes
        parent = None
        if track.parent is not None:
            parent = self._parent(track.parent, signal)
            if parent is not None:  # the parent may have corrected the event's identity
                known = track.instances.get(tuple([attributes.get(name) for name in track.declared.key]))
                if known is not None:
                    self._advance(known, signal, letter)
                    return known
        instance = self._born(track, signal, parent)
        if letter not in track.automaton.alphabet:
            instance.wild = True
        elif opens:
            track.opened += 1
            self._enter(instance, letter, track.automaton.table[0][letter], signal.mark)
        else:
            self._without_opening(instance, signal, letter)
        return instance

    def _born(self, track: Track, signal: Signal, parent: Instance | None) -> Instance:
        attributes = signal.attributes
        key = tuple([attributes.get(name) for name in track.declared.key])
        instance = Instance(track, key, signal.mark, parent=parent)
        instance.bound = {n: attributes[n] for n in track.declared.binds if attributes.get(n) is not None}
        if len(track.instances) > TOMBSTONES:
            self._forget(track)
        track.instances[key] = instance
        if parent is not None:
            parent.children.append(instance)
        return instance

    def _forget(self, track: Track) -> None:
        """Drop the oldest instances that may be complete, so that an endless session stays small."""
        accepting = track.automaton.accepting
        old = [key for key, one in track.instances.items() if one.closed or one.state in accepting]
        for key in old[: TOMBSTONES // 2]:
            del track.instances[key]
        track.forgot = True

    def _parent(self, track: Track, signal: Signal) -> Instance | None:
        """Return the open instance that holds a new one; report it where there is none."""
        attributes = signal.attributes
        key = tuple([attributes.get(name) for name in track.declared.key])
        parent = track.instances.get(key)
        if parent is not None and not parent.closed:
            return parent
        if parent is not None:
            if not parent.wild:
                case = self._violation(parent, "closed", signal.mark, signal.letter)
                case.witnesses.append((parent.last or parent.opened, "closed here"))
                self._docket.file(case, parent.attributes)
            return parent
        live = list(track.live())
        if track.declared.key and len(live) == 1 and not self._fits_unopened(track, attributes):
            name = next((n for n in track.declared.key if attributes.get(n) != live[0].attributes.get(n)), None)
            if name is not None and attributes.get(name) is not None:
                self._disagree_with_parent(live[0], signal, name)
                return live[0]
        return self._assume_opening(track, signal)

    def _fits_unopened(self, track: Track, attributes: Mapping[str, JSON]) -> bool:
        """Tell whether the unknown key was met before: then an opening is missing, not an id wrong."""
        return any(self.sightings.get(attributes.get(name), 0) > 1 for name in track.declared.key)

    def _disagree_with_parent(self, parent: Instance, signal: Signal, name: str) -> None:
        bad, good = signal.attributes[name], parent.attributes[name]
        case = self._violation(parent, "disagrees", signal.mark, signal.letter)
        case.rule, case.severity = self._identity, self._identity.severity
        case.attribute, case.seen, case.wanted = name, bad, good
        case.witnesses.append((parent.opened, "opened here"))
        self._docket.file(case, signal.attributes)
        if isinstance(bad, str):
            self.aliases[name, bad] = good
        signal.attributes[name] = good

    # -- when the order is broken ----

    def _assume_opening(self, track: Track, signal: Signal) -> Instance:
        """Open an instance that no event opened, and say that its opening is missing."""
        opening = track.automaton.completion[0][0]
        grandparent = self._parent(track.parent, signal) if track.parent is not None else None
        instance = self._born(track, signal, grandparent)
        instance.state = track.automaton.table[0][opening]
        instance.wild = len(track.automaton.table[0]) > 1  # which of the openings it was is not known
        self._missing(instance, (opening,), signal)
        return instance

    def _without_opening(self, instance: Instance, signal: Signal, letter: str) -> None:
        """Step an instance whose first event is not one that opens it."""
        trace = instance.scope.automaton.bridge(0, letter)
        if trace is None:
            instance.wild = True
            return
        self._missing(instance, trace, signal)
        state = instance.scope.automaton.run(0, (*trace, letter))
        if state is not None:
            self._enter(instance, letter, state, signal.mark)

    def _missing(self, instance: Instance, trace: tuple[str, ...], signal: Signal) -> None:
        case: Violation | None = None
        if not instance.scope.forgot and (not self.midway or instance.scope.opened):
            case = self._violation(instance, "missing", signal.mark, *trace)
            case = self._docket.file(case, instance.attributes)
        else:
            instance.partial = instance.wild = True
        self._take_as_read(instance, trace, case, signal.mark)

    def _take_as_read(self, instance: Instance, trace: tuple[str, ...], case: Violation | None, mark: Mark) -> None:
        for letter in trace:
            plain = letter.partition("/")[0]
            instance.assumed[plain] = case
            self._assume(plain, instance.attributes, mark)

    def _misstep(self, instance: Instance, signal: Signal, letter: str) -> None:
        """Say what is wrong with an event that cannot follow, and go on where it makes most sense."""
        automaton = instance.scope.automaton
        before = instance.seen.get(letter)
        if before is not None and letter in automaton.once:
            self.astray = "duplicate"
            self._report(instance, "duplicate", signal, letter, before, "first seen here")
            return
        trace = None if instance.closed else automaton.bridge(instance.state, letter)
        if trace:
            self._missing(instance, trace, signal)
            state = automaton.run(instance.state, (*trace, letter))
            if state is not None:
                self._enter(instance, letter, state, signal.mark)
            return
        kind: Kind = "closed" if instance.closed else "unexpected"
        self._report(instance, kind, signal, letter, instance.last or instance.opened, "came before")

    def _late(self, instance: Instance, signal: Signal) -> None:
        """An event that was missing has come after all: the case becomes one of order, at its real place."""
        self.astray = "late"
        case = instance.assumed.pop(signal.letter)
        instance.seen[signal.letter] = signal.mark
        if case is None or case.kind != "missing":
            return
        if len(case.letters) > 1:
            case.letters = tuple(name for name in case.letters if name.partition("/")[0] != signal.letter)
            return
        if signal.event.seq - case.mark.seq <= SWAPPED:  # one event slipped ahead of it
            case.witnesses.append((signal.mark, "came after it"))
            case.kind, case.expected = "early", (signal.letter,)
            return
        case.witnesses.append((case.mark, "came before it"))
        case.kind, case.mark, case.letters = "late", signal.mark, (signal.letter,)

    def _report(self, instance: Instance, kind: Kind, signal: Signal, letter: str, witness: Mark, role: str) -> None:
        case = self._violation(instance, kind, signal.mark, letter)
        case.witnesses.append((witness, role))
        self._docket.file(case, instance.attributes)

    def _close_children(self, instance: Instance, children: list[Instance], signal: Signal) -> None:
        """Report what closes too early: the things inside it are still open."""
        trace = tuple(letter for child in children for letter in child.scope.automaton.completion[child.state])
        inner = children[-1]
        case = self._violation(inner, "missing", signal.mark, *trace)
        case.witnesses.append((inner.opened, "opened here"))
        filed = self._docket.file(case, inner.attributes)
        for child in children:
            self._take_as_read(child, child.scope.automaton.completion[child.state], filed, signal.mark)

    def _violation(self, instance: Instance, kind: Kind, mark: Mark, *letters: str) -> Violation:
        track = instance.scope
        severities: list[Severity] = [
            track.declared.lenient.get(letter.partition("/")[0], track.declared.rule.severity) for letter in letters
        ]
        lowest = max(severities, key=("error", "warning", "note").index, default=track.declared.rule.severity)
        expected = tuple(sorted(track.automaton.table[instance.state])) if not instance.closed else ()
        return Violation(track.declared.rule, kind, mark, lowest, instance.name(), letters, expected)

    # -- the end ----

    def unfinished(self) -> Iterator[Instance]:
        """Yield the outermost instances that are still open when the log ends."""
        for track in self.tracks.values():
            for instance in track.live():
                inside = instance.parent is not None and not instance.parent.closed and track.parent is not None
                complete = instance.state in track.automaton.accepting
                if track.declared.unfinished and not complete and not instance.wild:
                    if inside and instance.parent is not None and instance.parent.scope.declared.unfinished:
                        continue
                    yield instance
