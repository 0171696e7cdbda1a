"""Follows every scope of a session through its grammar.

An event belongs to the instance with which it agrees best: normally by its key, and where its key leads nowhere, by
the attributes that are left. A wrong id is thus told apart from a missing event.
"""

from collections.abc import Iterator, Mapping

from harness.engine.declarations import Declarations
from harness.engine.docket import Docket
from harness.engine.grammar import compile_grammar
from harness.engine.instances import Assumption, Doubt, Instance, Track
from harness.engine.recovery import Assume, Recovery
from harness.engine.violation import Mark, Signal, Violation
from harness.model import JSON


class Scopes:
    """The tracker of all scopes of a session."""

    def __init__(self, declarations: Declarations, docket: Docket, assume: Assume) -> None:
        self._docket = docket
        self._identity = declarations.identity
        self.recovery = Recovery(docket, assume)
        self.aliases: dict[tuple[str, JSON], JSON] = {}
        """Wrong attribute values and what they stand for."""
        self.sightings: dict[JSON, int] = {}
        self.openers: dict[str, set[str]] = {}
        """The letters that open something of its own, with the attributes that name it."""
        self.tracks: dict[str, Track] = {}
        self._routes: dict[str, list[Track]] = {}
        for scope in declarations.scopes:
            automaton = compile_grammar(scope.pattern)
            parent = self.tracks[scope.within] if scope.within else None
            plain = frozenset(letter.partition("/")[0] for letter in automaton.alphabet)
            track = self.tracks[scope.name] = Track(scope, automaton, parent, plain)
            if parent is None:
                for letter in automaton.once & automaton.table[0].keys():
                    self.openers.setdefault(letter, set()).update(scope.key)
            for letter in plain:
                self._routes.setdefault(letter, []).append(track)

    def feed(self, signal: Signal) -> Instance | None:
        """Step every scope that lists the letter; return the instance of the last one."""
        found, self.recovery.astray = None, ""
        for track in self._routes.get(signal.letter, ()):
            track.judged += 1
            found = self._step(track, signal)
        return found

    def assume(self, letter: str, attributes: dict[str, JSON], mark: Mark, case: Violation | None) -> None:
        """Step as if an event had come whose absence is reported elsewhere, in `case`."""
        for track in self._routes.get(letter, ()):
            instance = track.instances.get(track.key(attributes))
            if instance is None and letter in track.automaton.table[0] and track.parent is None:
                instance = track.bear(attributes, mark, None)
            target = None if instance is None else track.automaton.table[instance.state].get(letter)
            if instance is not None and target is not None and not instance.closed:
                instance.assumed[letter] = Assumption(case, True, "", instance.steps)
                self.recovery.assumed_some = True
                self.recovery.enter(instance, letter, target, mark)

    # -- one step ----

    def _step(self, track: Track, signal: Signal) -> Instance | None:
        attributes, letter = signal.attributes, _variant(track, signal) if signal.variant else signal.letter
        instance = track.instances.get(tuple([attributes.get(name) for name in track.declared.key]))
        if instance is None:
            return self._place(track, signal, letter)
        bound = instance.bound
        for name in track.declared.binds:
            value = attributes.get(name)
            if value is not None and bound.setdefault(name, value) != value:
                return self._dispute(instance, signal, letter, name)
        self._advance(instance, signal, letter)
        return instance

    def _advance(self, instance: Instance, signal: Signal, letter: str) -> None:
        automaton = instance.scope.automaton
        if self.recovery.assumed_some:
            instance.count_step()
            if signal.letter in instance.assumed:
                self.recovery.late(instance, signal)
                return
        target = automaton.table[instance.state].get(letter)
        if target is None or instance.closed:
            if not instance.wild:
                self.recovery.misstep(instance, signal, letter)
            elif letter in automaton.closing:
                instance.bury()
            return
        if instance.children and not automaton.table[target]:
            open_children = list(instance.open_descendants())
            if open_children:
                self.recovery.close_children(instance, open_children, signal)
        self.recovery.enter(instance, letter, target, signal.mark)

    # -- finding the instance ----

    def _place(self, track: Track, signal: Signal, letter: str) -> Instance | None:
        """Find or open the instance of an event whose key is not known."""
        opens = letter in track.automaton.table[0]
        if not opens:
            guess = self._closest(track, signal.attributes, letter)
            if guess is not None:
                wrong = _mismatch(guess, signal.attributes)
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
            disagree = len(_mismatches(instance, attributes))
            agree = sum(value == attributes.get(name) for name, value in instance.attributes.items())
            takes = letter in track.automaton.table[instance.state]
            if disagree > 1 or (not takes and not agree):
                continue
            score = (agree - disagree, takes)
            if score > top:
                best, top = [instance], score
            elif score == top:
                best.append(instance)
        return best[0] if len(best) == 1 else None

    def _open(self, track: Track, signal: Signal, letter: str, opens: bool) -> Instance | None:
        attributes = signal.attributes
        parent = None
        if track.parent is not None:
            parent = self._parent(track.parent, signal, track)
            known = track.instances.get(track.key(attributes))
            if known is not None:  # the parent has corrected the event's identity
                self._advance(known, signal, letter)
                return known
        instance = track.bear(attributes, signal.mark, parent)
        if self.recovery.assumed_some:
            instance.count_step()
        if letter not in track.automaton.alphabet:
            instance.wild = True
        elif opens:
            track.opened += 1
            self.recovery.enter(instance, letter, track.automaton.table[0][letter], signal.mark)
        else:
            self._without_opening(instance, signal, letter)
        return instance

    def _parent(self, track: Track, signal: Signal, child: Track) -> Instance | None:
        """Return the open instance that holds a new one; report it where there is none."""
        attributes = signal.attributes
        parent = track.instances.get(track.key(attributes))
        if parent is not None:
            name = _mismatch(parent, attributes)
            other = self._closest(track, attributes, signal.letter) if name is not None else None
            if name is not None and other is not None:
                self._mistake(other, signal, _mismatch(other, attributes) or name, other.opened)
                return other
            if parent.closed and not parent.wild:
                self.recovery.overrun(parent, signal, signal.letter)
            return parent
        live = list(track.live())
        wrong = _mismatches(live[0], attributes) if track.declared.key and len(live) == 1 else []
        if len(wrong) == 1 and self.sightings.get(attributes[wrong[0]], 0) <= 1:
            name = wrong[0]
            right = {**attributes, name: live[0].attributes[name]}
            if child.key(right) not in child.instances or child.key(attributes) == child.key(right):
                self._disagree(live[0], signal, "", name)
                return live[0]
        return self._assume_opening(track, signal)

    def _assume_opening(self, track: Track, signal: Signal) -> Instance:
        """Open an instance that no event opened, and say that its opening is missing."""
        opening = track.automaton.completion[0][0]
        holder = self._parent(track.parent, signal, track) if track.parent is not None else None
        instance = track.bear(signal.attributes, signal.mark, holder)
        instance.state = track.automaton.table[0][opening]
        instance.wild = len(track.automaton.table[0]) > 1  # which of the openings it was is not known
        self.recovery.missing(instance, (opening,), signal, "child")
        return instance

    def _without_opening(self, instance: Instance, signal: Signal, letter: str) -> None:
        """Step an instance whose first event is not one that opens it."""
        trace = instance.scope.automaton.bridge(0, letter)
        if trace is None:
            instance.wild = True
            return
        self.recovery.missing(instance, trace, signal, "own")
        instance.count_step()
        state = instance.scope.automaton.run(0, (*trace, letter))
        if state is not None:
            self.recovery.enter(instance, letter, state, signal.mark)

    # -- wrong names ----

    def _dispute(self, instance: Instance, signal: Signal, letter: str, name: str) -> Instance:
        """Settle where an event belongs whose key names one instance and whose other attributes name another."""
        other = self._closest(instance.scope, signal.attributes, letter)
        wrong = _mismatch(other, signal.attributes) if other is not None else None
        if other is not None and wrong is not None and other is not instance:
            return self._disagree(other, signal, letter, wrong)
        return self._disagree(instance, signal, letter, name)

    def _disagree(self, instance: Instance, signal: Signal, letter: str, name: str) -> Instance:
        """Report an attribute that differs from its instance; the event alone with its value is to blame."""
        seen, wanted = signal.attributes[name], instance.attributes[name]
        alone = self.sightings.get(wanted, 0) <= 1 < self.sightings.get(seen, 0)
        if name in instance.bound and alone:
            self._mistake(instance, signal, name, instance.opened, opener=True)
            instance.bound[name] = seen
        else:
            self._doubt(instance, signal, name)
        if letter:
            self._advance(instance, signal, letter)
        return instance

    def _doubt(self, instance: Instance, signal: Signal, name: str) -> None:
        """File the first event that differs; when a second says the same, the opening may have been wrong."""
        seen, doubt, holder = signal.attributes[name], instance.doubts.get(name), instance.parent
        held = holder.doubts.get(name) if holder is not None else None
        if doubt is None and holder is not None and held is not None and held.value == seen and held.taken <= 1:
            held.case.followers += 1
            self._rename(holder, name, held)
            self._rekey(instance, name, seen)
            return
        if doubt is None or doubt.value != seen:
            taken = instance.taken
            case = self._mistake(instance, signal, name, instance.opened)
            instance.doubts[name] = Doubt(seen, case, taken)
            return
        doubt.case.followers += 1
        if doubt.taken <= 1:
            self._rename(instance, name, doubt)
        else:
            signal.attributes[name] = instance.attributes[name]

    def _rename(self, instance: Instance, name: str, doubt: Doubt) -> None:
        """The opening of an instance was wrong, and not the events that followed."""
        case = doubt.case
        case.witnesses = [(case.mark, "says the other")]
        case.mark, case.seen, case.wanted = instance.opened, instance.attributes[name], doubt.value
        self._rekey(instance, name, doubt.value)

    def _rekey(self, instance: Instance, name: str, good: JSON) -> None:
        """Keep an instance under another value of an attribute."""
        track = instance.scope
        parts = zip(track.declared.key, instance.key, strict=True)
        key = tuple([good if part == name else value for part, value in parts])
        if name in instance.bound:
            instance.bound[name] = good
        if key != instance.key and key not in track.instances:
            del track.instances[instance.key]
            instance.key = key
            track.instances[key] = instance

    def _mistake(self, instance: Instance, signal: Signal, name: str, other: Mark, opener: bool = False) -> Violation:
        """File a wrong attribute of an event, or of the opening of its instance, and read it as the right one."""
        seen, wanted = signal.attributes[name], instance.attributes[name]
        bad, good = (wanted, seen) if opener else (seen, wanted)
        case = self.recovery.violation(instance, "disagrees", other if opener else signal.mark, signal.letter)
        case.rule, case.severity = self._identity, self._identity.severity
        case.attribute, case.seen, case.wanted = name, bad, good
        case.witnesses.append((signal.mark if opener else other, "says the other"))
        case = self._docket.file(case, signal.attributes) or case
        self._docket.confuse(bad, good)
        if not isinstance(bad, str):
            self._docket.mix(*instance.attributes.values())
        if isinstance(bad, str) and self.sightings.get(bad, 0) <= 1:  # nobody's real name
            self._docket.entangle(case, bad)
            self.aliases[name, bad] = good
        signal.attributes[name] = good
        return case

    def release(self, name: str, value: JSON) -> None:
        """Take a value as somebody's real name after all: an event opens something by it."""
        self.aliases.pop((name, value), None)

    def recount(self, cases: list[Violation]) -> None:
        """Turn the blame round where the name that was taken for wrong is the one that nearly all events use."""
        for case in cases:
            told = case.kind == "disagrees" and case.witnesses
            if told and self.sightings.get(case.seen, 0) > self.sightings.get(case.wanted, 0) == 1:
                case.mark, case.witnesses[0] = case.witnesses[0][0], (case.mark, "says the other")
                case.seen, case.wanted = case.wanted, case.seen

    # -- the end ----

    def unfinished(self) -> Iterator[Instance]:
        """Yield the outermost instances that are still open when the log ends."""
        for track in self.tracks.values():
            if track.declared.unfinished is None:
                continue
            for instance in track.live():
                if instance.state not in track.automaton.accepting and not instance.wild:
                    yield instance


def _variant(track: Track, signal: Signal) -> str:
    refined = f"{signal.letter}/{signal.variant}"
    return refined if refined in track.automaton.alphabet else signal.letter


def _mismatches(instance: Instance, attributes: Mapping[str, JSON]) -> list[str]:
    """Return the attributes in which an event and an instance differ."""
    own = instance.attributes.items()
    return [name for name, value in own if None not in (value, attributes.get(name)) and attributes[name] != value]


def _mismatch(instance: Instance, attributes: Mapping[str, JSON]) -> str | None:
    return next(iter(_mismatches(instance, attributes)), None)
