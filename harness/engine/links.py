"""Ties effects to causes: who asked for this event, and which request was never answered.

A letter of the client begins with `>`. Requests of the client are served in the order in which they were sent, so an
answer to a later request shows that an earlier one was passed over.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from harness.engine.declarations import Declarations, Link
from harness.engine.docket import Docket
from harness.engine.paths import value_at
from harness.engine.pending import REMEMBERED, Pending, Row
from harness.engine.violation import SWAPPED, Kind, Mark, Signal, Violation
from harness.model import JSON, Event, Rule

PATIENCE = 6
"""How many events an effect without cause waits for its cause: services write their events in small bursts."""
MISSED = 15
"""How many effects that are missing are looked for among those that still come."""
LATE = 20
"""How many events after a request its answer counts as missing, though the log ends: a whole short response."""

Ask = Callable[[str, Mapping[str, JSON]], bool | None]
Assume = Callable[[str, dict[str, JSON], Mark, Violation | None], None]


@dataclass(slots=True, eq=False)
class Held:
    """An effect that came without a cause, so far."""

    link: Link
    signal: Signal
    left: int = PATIENCE


class Links:
    """The tracker of all links of a session.

    `ask` answers whether a named condition holds now; None when that is not known.
    """

    def __init__(self, declarations: Declarations, docket: Docket, ask: Ask, assume: Assume) -> None:
        self._docket, self._ask, self._assume = docket, ask, assume
        self._identity, self._refusal = declarations.identity, declarations.refusal
        self._rows: dict[int, list[Row]] = {}
        self._effects: dict[str, list[Link]] = {}
        self._causes: dict[str, list[Row]] = {}
        self._deadlines: dict[str, list[Link]] = {}
        for link in declarations.links:
            rows = [Row(link, cause) for cause in link.causes]
            self._rows[id(link)] = rows
            self._effects.setdefault(link.effect, []).append(link)
            for row in rows:
                self._causes.setdefault(row.cause.letter, []).append(row)
            for letter in link.before:
                self._deadlines.setdefault(letter, []).append(link)
        self._held: list[Held] = []
        self._missed: list[tuple[Pending, Violation]] = []
        """The causes whose effects were found missing last."""
        self._asked: list[Pending] = []
        self._loose_refusals = 0
        self._count = 0
        self.sightings: Mapping[JSON, int] = {}
        self.aliases: dict[tuple[str, JSON], JSON] = {}
        self.latest: Event | None = None
        """The last event of the session so far."""
        self.forerunner: Mark | None = None
        """The effect that was there before the cause that was assumed last."""
        self.heard_client = False
        self.midway = False
        self.judged: dict[str, int] = {}

    def knows(self, letter: str) -> bool:
        """Tell whether an event of this letter can matter here."""
        refuses = self._refusal is not None and letter == self._refusal.letter
        return refuses or letter in self._effects or letter in self._causes or letter in self._deadlines

    def tick(self, event: Event) -> None:
        """Count an event, and file the effects that have waited long enough for a cause."""
        self._count += 1
        self.latest = event
        if self._held:
            for held in self._held:
                held.left -= 1
            for held in [held for held in self._held if held.left < 0]:
                self._give_up(held)

    def feed(self, signal: Signal, real: bool = True, causes: bool = True) -> Mark | None:
        """Take an event as effect, as deadline and as cause; return the event that caused it.

        `real` is False for an event that is only assumed to have happened; `causes` is False for one that comes after
        it was assumed, and so has had its effects.
        """
        letter = signal.letter
        if letter.startswith(">"):
            self.heard_client = True
        caused_by = None
        if real and letter in self._deadlines:
            asked_at = self._asked_at(letter, signal.attributes)
            for link in self._deadlines[letter]:
                self._deadline(link, signal, asked_at)
        for link in self._effects.get(letter, ()):
            cause = self._effect(link, signal, real)
            caused_by = caused_by or cause
        for row in self._causes.get(letter, ()) if causes else ():
            self._cause(row, signal, real)
        if self._refusal is not None and letter == self._refusal.letter:
            caused_by = self._refuse(signal)
        return caused_by

    # -- effects ----

    def _effect(self, link: Link, signal: Signal, real: bool) -> Mark | None:
        self._count_judged(link.unasked)
        pending = self._match(link, signal.attributes)
        if pending is not None:
            if pending.row.cause.consumed:
                pending.row.remove(pending)
                if real:
                    self._overtake(pending, signal)
            return pending.mark
        if real and self._missed and self._comes_late(link, signal):
            return None
        if real and link.unasked is not None and not self.midway and signal.variant not in link.exempt:
            self._held.append(Held(link, signal))
        return None

    def _comes_late(self, link: Link, signal: Signal) -> bool:
        """Tell whether an effect is one that was missing; if so, retell its case."""
        late = [one for one in self._missed if one[0].row.link is link and self._fits(one[0], signal.attributes)]
        for missed in late[:1]:
            self._missed.remove(missed)
            case = missed[1]
            if case.kind == "unanswered":
                case.retell(signal.letter, signal.mark, signal.event.seq - case.mark.seq <= SWAPPED)
                self._docket.settle(signal.event.seq)
        return bool(late)

    def _match(self, link: Link, attributes: Mapping[str, JSON]) -> Pending | None:
        """Return the cause that an effect names; else one that names nothing."""
        rows = self._rows[id(link)]
        for row in rows:
            name = row.name(attributes)
            if name is not None and name in row.named:
                return row.named[name][0]
        if self.aliases:
            for row in rows:
                for pending in row.waiting():
                    if self._fits(pending, attributes) == "exact":
                        return pending
        for row in rows:
            if row.nameless:  # what must have this effect comes before what only may
                return next((one for one in row.nameless if one.expected), row.nameless[0])
            if row.named and row.name(attributes) is None and row.cause.key:
                return next(row.waiting())
        return None

    def _fits(self, pending: Pending, attributes: Mapping[str, JSON]) -> str:
        """Return `exact` when an event names what a cause names, `loose` when one of them names nothing."""
        fit = "loose"
        for name in pending.row.cause.key:
            mine, other = pending.attributes.get(name), attributes.get(name)
            if mine is None or other is None:
                continue
            if mine != other and self.aliases.get((name, mine), mine) != other:
                return ""
            fit = "exact"
        return fit

    def _overtake(self, answered: Pending, signal: Signal) -> None:
        """An answer shows that earlier requests were passed over."""
        if not self._asked or not answered.row.cause.letter.startswith(">"):
            return
        waiting = [one for one in self._asked if one in one.row.waiting()]
        for pending in waiting:
            if pending.mark.seq < answered.mark.seq:
                pending.row.remove(pending)
                self._unanswered(pending, signal.mark, "unanswered")
        self._asked = [one for one in waiting if one.mark.seq > answered.mark.seq]

    # -- causes ----

    def _cause(self, row: Row, signal: Signal, real: bool) -> None:
        holds = self._ask(row.cause.when, signal.attributes) if row.cause.when else True
        if holds is False:
            return
        early = self._early_effect(row, signal) if self._held else None
        if early is not None:
            self._held.remove(early)
            if not real:
                self.forerunner = early.signal.mark
            elif not self._docket.is_damaged(early.signal.event.seq):
                self._early(early, signal)
            if row.cause.consumed:
                return
        known = real or not self.midway  # what an event before the log made happen may be before the log, too
        expected = bool(row.cause.expects and holds and row.link.unanswered and known)
        pending = Pending(row, signal.mark, dict(signal.attributes), expected, self._count)
        row.add(pending)
        if expected:
            self._count_judged(row.link.unanswered)
            if row.cause.letter.startswith(">") and row.cause.in_turn:
                self._asked.append(pending)
                del self._asked[:-REMEMBERED]

    def _early_effect(self, row: Row, signal: Signal) -> Held | None:
        return next((held for held in self._held if held.link is row.link and self._caused(row, signal, held)), None)

    def _caused(self, row: Row, signal: Signal, held: Held) -> bool:
        probe = Pending(row, signal.mark, signal.attributes, False, 0)
        return self._fits(probe, held.signal.attributes) == ("exact" if row.cause.key else "loose")

    def _early(self, held: Held, signal: Signal) -> None:
        if held.link.unasked is None:
            return
        case = self._case(held.link.unasked, "early", held.signal.mark, held.signal.letter)
        case.expected = (signal.letter,)
        case.witnesses.append((signal.mark, "came after it"))
        self._docket.file(case, held.signal.attributes)

    # -- what stays open ----

    def _asked_at(self, letter: str, attributes: Mapping[str, JSON]) -> int:
        """Return when the client asked for an event, -1 when it did not; what it asked for later is not yet due."""
        causes = [self._match(link, attributes) for link in self._effects.get(letter, ())]
        return max((one.mark.seq for one in causes if one and one.row.cause.letter.startswith(">")), default=-1)

    def _deadline(self, link: Link, signal: Signal, asked_at: int) -> None:
        for pending in self._overdue(link, signal, asked_at):
            if pending not in pending.row.waiting():  # what was assumed for the one before it has settled it
                continue
            pending.row.remove(pending)
            if self._mistaken(pending) or self._is_confused(pending):
                continue
            case = self._unanswered(pending, signal.mark, "unanswered")
            self._assume(link.effect, dict(pending.attributes), signal.mark, case)

    def _overdue(self, link: Link, signal: Signal, asked_at: int) -> list[Pending]:
        return [
            pending
            for row in self._rows[id(link)]
            for pending in row.waiting()
            if pending.expected and self._is_due(pending, signal, asked_at)
        ]

    def _is_due(self, pending: Pending, signal: Signal, asked_at: int) -> bool:
        """Tell whether an event is the deadline of a cause: it names the same thing, or names none."""
        crossed = pending.row.cause.letter.startswith(">") and pending.mark.seq > asked_at
        if crossed or pending.mark.seq == signal.event.seq:
            return False
        fit, attributes = self._fits(pending, signal.attributes), signal.attributes
        return fit == "exact" or (fit == "loose" and all(name not in attributes for name in pending.row.cause.key))

    def _mistaken(self, pending: Pending) -> bool:
        """Tell whether the missing effect is there under a wrong name; if so, file that."""
        names = [name for name in pending.row.cause.key if isinstance(pending.attributes.get(name), str)]
        held = [h for h in self._held if h.link is pending.row.link and h.signal.event.seq > pending.mark.seq]
        if len(held) != 1 or not names:
            return False
        name, other = names[0], held[0].signal
        mine, theirs = pending.attributes[name], other.attributes.get(name)
        alone = self.sightings.get(theirs, 0) <= self.sightings.get(mine, 0)
        mark, bad, good = (other.mark, theirs, mine) if alone else (pending.mark, mine, theirs)
        case = self._case(self._identity, "disagrees", mark, other.letter)
        case.attribute, case.seen, case.wanted = name, bad, good
        case.witnesses.append((pending.mark if alone else other.mark, "says the other"))
        self._held.remove(held[0])
        self._docket.file(case, {name: bad})
        self._docket.entangle(case, bad, good)
        self.aliases[name, bad] = good
        return True

    def _unanswered(self, pending: Pending, mark: Mark, kind: Kind) -> Violation | None:
        """File that an effect is missing; return the case when it is new."""
        rule = pending.row.link.unanswered
        if rule is None:
            return None
        for held in [held for held in self._held if held.signal.event.seq == pending.mark.seq]:
            self._give_up(held)  # what should not have come needs no answer
        if self._is_confused(pending):
            return None
        if self._loose_refusals and pending.row.cause.letter.startswith(">"):
            self._loose_refusals -= 1
            return None
        if kind == "unfinished" and self.latest is not None:
            mark = Mark(self.latest.seq, self.latest.place, self.latest.type)
        case = self._case(rule, kind, mark, pending.row.link.effect)
        case.witnesses.append((pending.mark, "asked here"))
        if kind == "unfinished":
            case.severity = "note"
        filed = self._docket.file(case, {n: pending.attributes.get(n) for n in pending.row.cause.key})
        if filed is not None:
            self._missed = [*self._missed[-MISSED:], (pending, filed)]
        return filed

    def _is_confused(self, pending: Pending) -> bool:
        """Tell whether what a cause names was taken for something else: its effect then has another name."""
        return self._docket.confuses(*(pending.attributes.get(name) for name in pending.row.cause.key))

    def _give_up(self, held: Held) -> None:
        self._held.remove(held)
        rule = held.link.unasked
        from_client = any(cause.letter.startswith(">") for cause in held.link.causes)
        if rule is None or (from_client and not self.heard_client):
            return
        if self._docket.confuses(*(held.signal.attributes.get(n) for c in held.link.causes for n in c.key)):
            return
        case = self._case(rule, "unasked", held.signal.mark, held.signal.letter)
        case.expected = tuple(cause.letter for cause in held.link.causes)
        filed = self._docket.file(case, held.signal.attributes)
        if filed is not None:
            self._docket.entangle(filed, *(held.signal.attributes.get(n) for c in held.link.causes for n in c.key))

    # -- refusals ----

    def _refuse(self, signal: Signal) -> Mark | None:
        """Settle the request that an event refuses; return its mark where that is known."""
        pending = self._refused(signal)
        if pending is None:
            self._loose_refusals += 1
            return None
        for row in self._causes.get(pending.row.cause.letter, ()):
            for one in [one for one in row.waiting() if one.mark.seq == pending.mark.seq]:
                row.remove(one)
        return pending.mark

    def _refused(self, signal: Signal) -> Pending | None:
        refusal, body = self._refusal, signal.event.body
        if refusal is None:
            return None
        own_id = value_at(body, refusal.names)
        waiting = [pending for rows in self._causes.values() for row in rows for pending in row.waiting()]
        waiting = [pending for pending in waiting if pending.row.cause.letter.startswith(">")]
        if own_id is not None:
            return next((p for p in waiting if p.attributes.get("event_id") == own_id), None)
        letter = refusal.by_code.get(str(value_at(body, refusal.code)))
        if letter is None:
            parameter = str(value_at(body, refusal.parameter) or "")
            letter = next((to for head, to in refusal.by_parameter.items() if parameter.startswith(head)), None)
        same = [pending for pending in waiting if pending.row.cause.letter == letter]
        return min(same, key=lambda pending: pending.mark.seq, default=None)

    # -- the end ----

    def finish(self) -> None:
        """File what is still open when the log ends."""
        for held in list(self._held):
            self._give_up(held)
        for pending in list(self.waiting()):
            if pending.expected:
                late = self._count - pending.count > LATE and not pending.row.link.before
                self._unanswered(pending, pending.mark, "unanswered" if late else "unfinished")

    def waiting(self) -> Iterator[Pending]:
        """Yield every cause that waits for its effect, or goes on causing."""
        for rows in self._rows.values():
            for row in rows:
                yield from row.waiting()

    def _case(self, rule: Rule, kind: Kind, mark: Mark, *letters: str) -> Violation:
        return Violation(rule, kind, mark, rule.severity, letters=letters)

    def _count_judged(self, rule: Rule | None) -> None:
        if rule is not None:
            self.judged[rule.code] = self.judged.get(rule.code, 0) + 1
