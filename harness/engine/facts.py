"""Facts: values that several events repeat. When they differ, the blame is computed and not guessed.

Whole values vote: the event that stands alone is the one at fault. Joined pieces are laid against the whole value,
and the piece that was dropped, doubled, moved or altered is the one reported.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from harness.engine.declarations import Declarations, Fact, Source
from harness.engine.docket import Docket
from harness.engine.paths import walk
from harness.engine.violation import Mark, Signal, Violation
from harness.model import JSON

BOOKS = 8192
"""How many facts stay open at once; those of finished responses are settled, those of other items wait."""


class Telling(NamedTuple):
    """One event's version of a fact."""

    value: JSON
    mark: Mark
    pointer: str


class Blame(NamedTuple):
    """Which piece is at fault, and how: `altered`, `missing` (before it), `lacking` (after it), `extra` or `moved`."""

    kind: str
    piece: int
    """The piece; the one behind the gap when a piece is missing."""
    wanted: str
    """What the whole value has there."""


def _common(pieces: list[str], whole: str) -> int:
    """Return how many leading pieces fit the start of `whole`."""
    at = 0
    for count, piece in enumerate(pieces):
        if not whole.startswith(piece, at):
            return count
        at += len(piece)
    return len(pieces)


def blame_pieces(pieces: list[str], whole: str) -> Blame | None:
    """Say which piece makes the joined pieces differ from `whole`; None when they are the same."""
    if "".join(pieces) == whole:
        return None
    front = _common(pieces, whole)
    start = sum(map(len, pieces[:front]))
    back = _common([piece[::-1] for piece in reversed(pieces[front:])], whole[start:][::-1])
    middle = pieces[front : len(pieces) - back]
    end = len(whole) - sum(map(len, pieces[len(pieces) - back :]))
    rest = whole[start:end]
    if not middle:
        return Blame("missing", front, rest) if front < len(pieces) else Blame("lacking", front - 1, rest)
    if not rest:
        return Blame("extra", front, "")
    if len(middle) > 1 and middle[-1] + "".join(middle[:-1]) == rest:
        return Blame("moved", front + len(middle) - 1, "")
    if len(middle) > 1 and "".join(middle[1:]) + middle[0] == rest:
        return Blame("moved", front, "")
    return Blame("altered", front, rest)


@dataclass(slots=True, eq=False)
class Book:
    """What the events of a session said about one instance of a fact."""

    fact: Fact
    attributes: dict[str, JSON]
    tellings: list[Telling] = field(default_factory=list)
    pieces: list[tuple[str, Mark]] = field(default_factory=list)
    owned: bool = False
    """The event that will conclude it is known."""
    ended: bool = False
    """The event that ends the pieces came."""
    tainted: bool = False
    """A piece could not be read: the sum cannot be judged."""


class Facts:
    """The tracker of all facts of a session."""

    def __init__(self, declarations: Declarations, docket: Docket) -> None:
        self._docket = docket
        self._sources: dict[str, list[tuple[Fact, Source]]] = {}
        self._pieces: dict[str, list[tuple[Fact, str]]] = {}
        self._settles: dict[str, set[str]] = {}
        for fact in declarations.facts:
            for source in fact.sources:
                self._sources.setdefault(source.letter, []).append((fact, source))
            if fact.pieces is not None:
                self._pieces.setdefault(fact.pieces.letter, []).append((fact, fact.pieces.path))
            if fact.settle:
                self._settles.setdefault(fact.settle, set()).add(fact.owner)
        self._books: dict[tuple[str, tuple[JSON, ...]], Book] = {}
        self.judged: dict[str, int] = {}
        self._heard: set[str] = set()
        """The letters of pieces that the log has at all."""
        self._owned: dict[tuple[str, JSON], list[tuple[str, tuple[JSON, ...]]]] = {}
        """The books that a settling event concludes, by its letter and its owner."""

    def knows(self, letter: str) -> bool:
        """Tell whether an event of this letter can matter here."""
        return letter in self._sources or letter in self._pieces or letter in self._settles

    def feed(self, signal: Signal, damaged: bool = False) -> None:
        """Write down what an event says; settle what it concludes."""
        for fact, path in self._pieces.get(signal.letter, ()):
            self._piece(fact, path, signal)
        for fact, source in self._sources.get(signal.letter, ()) if not damaged else ():
            self._tell(fact, source, signal)
        for owner in self._settles.get(signal.letter, ()):
            self._settle(signal.letter, signal.attributes.get(owner))

    def can_place(self, letter: str, attributes: dict[str, JSON]) -> bool:
        """Tell whether it is clear which facts an event speaks of, though something else in it is wrong."""
        facts = [fact for fact, _ in self._pieces.get(letter, ())]
        return bool(letter) and all(attributes.get(name) is not None for fact in facts for name in fact.key)

    def taint_open(self) -> None:
        """Give up every sum that is open: an entry that could not be read may have been a piece of any."""
        for book in self._books.values():
            book.tainted = True

    def taint(self, attributes: dict[str, JSON]) -> None:
        """Give up the sums that an unreadable event may have belonged to."""
        for book in self._books.values():
            shared = [name for name in book.fact.key if attributes.get(name) is not None]
            if book.fact.pieces and shared and all(attributes[n] == book.attributes.get(n) for n in shared):
                book.tainted = True

    def _book(self, fact: Fact, attributes: dict[str, JSON]) -> Book:
        key = (fact.name, tuple([attributes.get(name) for name in fact.key]))
        book = self._books.get(key)
        if book is None:
            if len(self._books) > BOOKS:
                for old in list(self._books)[: BOOKS // 2]:
                    self._judge(self._books.pop(old))
            book = self._books[key] = Book(fact, {name: attributes.get(name) for name in fact.key})
        if fact.owner and not book.owned and attributes.get(fact.owner) is not None:
            book.owned = True
            self._owned.setdefault((fact.settle, attributes[fact.owner]), []).append(key)
        return book

    def _piece(self, fact: Fact, path: str, signal: Signal) -> None:
        value = signal.event.body.get(path)
        book = self._book(fact, signal.attributes)
        if isinstance(value, str):
            self._heard.add(signal.letter)
            book.pieces.append((value, signal.mark))
        else:
            book.tainted = True

    def _tell(self, fact: Fact, source: Source, signal: Signal) -> None:
        for value, bound, pointer in walk(signal.event.body, source.path):
            if value is None:
                continue
            attributes = {**signal.attributes, **bound} if bound else signal.attributes
            book = self._book(fact, attributes)
            book.ended = book.ended or source is fact.sources[0]
            book.tellings.append(Telling(value, signal.mark, pointer))

    # -- judging ----

    def _settle(self, letter: str, value: JSON) -> None:
        for key in self._owned.pop((letter, value), ()):
            if key in self._books:
                self._judge(self._books.pop(key))

    def finish(self) -> None:
        """Settle everything that is still open."""
        for book in list(self._books.values()):
            self._judge(book)
        self._books.clear()

    def _judge(self, book: Book) -> None:
        trim = book.fact.same == "trimmed"
        tellings = [
            t._replace(value=t.value.strip()) if trim and isinstance(t.value, str) else t
            for t in book.tellings
            if not self._docket.is_damaged(t.mark.seq)
        ]
        joined = "".join(text for text, _ in book.pieces)
        joined = joined.strip() if trim else joined
        summed = bool(book.pieces) and not book.tainted
        if len(tellings) + summed < 2:
            if tellings and book.fact.pieces and tellings[0].value and not book.tainted:
                self._without_pieces(book, tellings)
            return
        self.judged[book.fact.rule.code] = self.judged.get(book.fact.rule.code, 0) + 1
        votes = Counter(_canonical(telling.value) for telling in tellings)
        if summed:
            votes[_canonical(joined)] += 1
        whole, most = votes.most_common(1)[0]
        if most * 2 <= votes.total() and len(votes) > 1:  # a tie: the first whole value is trusted
            whole = _canonical(tellings[0].value)
        for telling in tellings:
            if _canonical(telling.value) != whole:
                self._differs(book, telling, tellings, whole)
                return
        if summed and _canonical(joined) != whole:
            self._sum_differs(book, tellings[0], trim)
        elif not book.pieces and book.fact.pieces and whole != _canonical("") and not book.tainted:
            self._without_pieces(book, tellings)

    def _differs(self, book: Book, odd: Telling, tellings: list[Telling], whole: JSON) -> None:
        good = next((t for t in tellings if _canonical(t.value) == whole), None)
        case = self._case(book, odd.mark, "differs")
        case.seen, case.pointer = odd.value, odd.pointer
        case.wanted = good.value if good else "".join(text for text, _ in book.pieces)
        if good is not None:
            case.witnesses.append((good.mark, "says the other"))
        self._docket.file(case, book.attributes)

    def _sum_differs(self, book: Book, telling: Telling, trim: bool) -> None:
        pieces = [text for text, _ in book.pieces]
        whole = str(telling.value)
        if trim and pieces:
            pieces[0], pieces[-1] = pieces[0].lstrip(), pieces[-1].rstrip()
        blame = blame_pieces(pieces, whole)
        cut = whole.startswith("".join(pieces))  # what broke the item off took the rest of it
        ids = book.attributes.values()
        if blame is None or self._docket.mixes(*ids) or (cut and self._docket.troubles(*ids)):
            return
        case = self._case(book, book.pieces[blame.piece][1], "differs")
        case.seen, case.attribute, case.wanted = pieces[blame.piece], blame.kind, blame.wanted
        case.witnesses.append((telling.mark, "has the whole"))
        case.pointer = "/" + book.fact.pieces.path if book.fact.pieces else ""
        self._docket.file(case, book.attributes, excusable=False)

    def _without_pieces(self, book: Book, tellings: list[Telling]) -> None:
        """A whole value of which no piece came: a fault only where the log has such pieces elsewhere."""
        if book.fact.pieces is None or not (book.owned and book.ended) or book.fact.pieces.letter not in self._heard:
            return
        if self._docket.troubles(*book.attributes.values()):
            return
        case = self._case(book, tellings[0].mark, "missing")
        case.letters, case.severity = (book.fact.pieces.letter,), "warning"
        self._docket.file(case, book.attributes)

    def _case(self, book: Book, mark: Mark, kind: str) -> Violation:
        rule = book.fact.rule
        name = " / ".join(str(book.attributes.get(key)) for key in book.fact.key)
        subject = f"{book.fact.name} of {name}"
        return Violation(rule, "missing" if kind == "missing" else "differs", mark, rule.severity, subject)


def _canonical(value: JSON) -> JSON:
    """Return a hashable stand-in that is equal exactly for equal values."""
    if isinstance(value, dict):
        return repr(sorted((name, _canonical(item)) for name, item in value.items()))
    if isinstance(value, list):
        return repr([_canonical(item) for item in value])
    return repr(value)
