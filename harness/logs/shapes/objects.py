"""Any text with events in it: prose, Markdown, comments, consoles, log lines, representations of Python and Node.

One scanner finds the objects (`objects.scanner`), wrappers are opened (`objects.unwrap`), and the words before an
object tell who sent it and when (`objects.words`).
"""

import re
from collections.abc import Generator, Iterator
from typing import IO

from harness.logs import problems
from harness.logs.knowledge import Knowledge
from harness.logs.limits import Limits
from harness.logs.objects.repeats import Repeats
from harness.logs.objects.scanner import DUPLICATE, OPENING, Object, Unfinished, find, rest_of_object
from harness.logs.objects.unwrap import Found, events_in
from harness.logs.objects.window import IN_HTML, Window
from harness.logs.objects.words import side_of, stamp_in
from harness.logs.source import too_long
from harness.model import Entry, Place, Problem, Repair, Side

NAME = "objects"

LABEL_LINES = 3
"""The lines above an object that may say whose it is."""
LONGEST_LABEL = 80
LABEL_REACH = 200
FIELD = re.compile(r"""\s+["']?\w+["']?\s*:\s*(?:["'\[{\d]|null|None|true|false)|[^{\[]*["']\w+["']\s*:\s*\S""")
CLOSINGS = re.compile(r"[}\]]\s*[}\]]|^\s.*,$")
"""What only stands inside an object: a field, and then brackets that nothing opened."""
EDGES = " \t\n/:;,.-=<>|•*#`'\"([{}])→←\\"


def sniff(head: bytes) -> float:
    """Say how much the beginning of a log looks like this shape. It is the last resort: any text may hold objects."""
    text = head.decode(errors="replace")
    return 0.5 if OPENING.search(text) or IN_HTML.search(text) else 0.05


def read(stream: IO[bytes], path: str, knowledge: Knowledge, limits: Limits) -> Iterator[Entry | Problem]:
    """Yield the events in a text."""
    window = Window(stream, path, limits)
    reader = _Reader(window, knowledge)
    window.more()
    position = yield from reader.beginning()
    while True:
        try:
            found = find(window.source, position, window.until, limits)
        except Unfinished as unfinished:
            yield from window.taken_problems()
            if len(window.text) - unfinished.start > limits.entry_bytes:
                yield too_long(window.place(unfinished.start), limits, "object")
                position = unfinished.start + 1
            else:
                window.more()
            continue
        yield from window.taken_problems()
        if found is not None:
            position = yield from reader.entries(found)
        elif window.source.at_end:
            return
        else:
            position = max(position, window.until)
            window.more()
        moved = window.drop(position)
        position -= moved
        reader.last_end = max(0, reader.last_end - moved)


class _Reader:
    """What is remembered from one object to the next."""

    def __init__(self, window: Window, knowledge: Knowledge) -> None:
        self._window = window
        self._knowledge = knowledge
        self._repeats = Repeats()
        self.last_end = 0
        """Where the object before this one ended."""

    def beginning(self) -> Generator[Entry | Problem, None, int]:
        """Yield what is left of an object whose beginning was not copied; return where it ends."""
        text = self._window.text
        first = OPENING.search(text)
        lines = text[: first.start() if first else len(text)].split("\n")
        if not any(_is_fragment(line) for line in lines[:LABEL_LINES]):
            return 0
        start = len(text) - len(text.lstrip())
        yield problems.CUT_OFF.at(
            self._window.place(start), "the log begins inside an object; its beginning was not copied"
        )
        fragment = rest_of_object(text, start, self._window.limits)
        if fragment is None or not list(events_in(fragment.value, self._knowledge)):
            return 0
        return (yield from self.entries(fragment))

    def entries(self, found: Object) -> Generator[Entry | Problem, None, int]:
        """Yield the events of an object, with what had to be repaired; return where to look for the next."""
        events = list(events_in(found.value, self._knowledge))
        if len(events) > 1 and isinstance(found.value, dict) and not found.cut_off:
            # A wrapper of many: they are found again one by one, each on its own line.
            return found.start + 1
        words = self._words(found.start)
        self.last_end = found.end
        if not events:
            return found.end
        place = self._window.place(found.start)
        yield from self._damage(found, place)
        repairs = (*self._repairs(found), *self._window.taken_repairs())
        for event in events:
            earlier = self._repeats.seen(event.event, place)
            if earlier is not None:
                yield problems.LOGGED_TWICE.at(place, f"this event stands at line {earlier.line} already")
                continue
            yield self._entry(event, place, words, repairs)
            repairs = ()
        return found.end

    def _entry(self, found: Found, place: Place, words: str, repairs: tuple[Repair, ...]) -> Entry:
        stamp = None if found.stamp else stamp_in(words)
        if found.rebuilt:
            kind = str(found.event.get("error", ""))[:40]
            repairs = (*repairs, Repair(place, "error-event-rebuilt", kind, "put into an `error` event", 0.7))
        return Entry(
            place,
            stamp.at_ns if stamp else found.at_ns,
            self._side(found, words),
            _label(words.replace(stamp.text, "") if stamp else words) or found.label,
            found.event,
            repairs,
            stamp.text if stamp else found.stamp,
        )

    def _side(self, found: Found, words: str) -> Side:
        """Return who sent an event: what its wrapper says, else who alone can, else what the words before it say."""
        if found.side != "unknown":
            return found.side
        sides = self._knowledge.sides(str(found.event.get("type")))
        return next(iter(sides)) if len(sides) == 1 else side_of(words)

    def _words(self, start: int) -> str:
        """Return the words before an object on its line, or on the few lines above it."""
        text = self._window.text
        line = text.rfind("\n", 0, start) + 1
        words = text[max(line, self.last_end) : start]
        if any(letter.isalnum() for letter in words) or side_of(words) != "unknown":
            return words
        above = text[max(self.last_end, line - 1000) : line].rstrip().split("\n")
        return "\n".join(above[-LABEL_LINES:])

    def _damage(self, found: Object, place: Place) -> Iterator[Problem]:
        if found.cut_off:
            yield problems.CUT_OFF.at(place, "this object begins here and does not end; what is there was read")
        for fix in found.fixes:
            if fix.kind == DUPLICATE:
                where = self._window.place(fix.at)
                yield problems.DUPLICATE_KEY.at(
                    where, f"the key `{fix.before}` appears twice; the first value was kept"
                )

    def _repairs(self, found: Object) -> Iterator[Repair]:
        for fix in found.fixes:
            if fix.kind != DUPLICATE:
                yield Repair(self._window.place(fix.at), fix.kind, fix.before, fix.after, fix.confidence)
        if found.cut_off:
            where = self._window.place(found.end)
            yield Repair(where, "cut-off", "", "closed what was open", 0.5)


def _is_fragment(line: str) -> bool:
    """Say whether a line is from the end of an object whose beginning was not copied."""
    return FIELD.match(line[:LABEL_REACH]) is not None and CLOSINGS.search(line[-LABEL_REACH:]) is not None


def _label(words: str) -> str:
    """Return the words before an object, as short as a label."""
    lines = [line for line in words.split("\n") if not line.startswith("```") and any(c.isalnum() for c in line)]
    if not lines:
        return ""
    label = lines[-1].strip(EDGES)
    return label if len(label) <= LONGEST_LABEL else label[-LONGEST_LABEL:].partition(" ")[2]
