"""Lists of event names, without the events: bullets, arrows, numbers, the console of the realtime demo.

Each name becomes an event that has nothing but its type: its order can be checked, its content cannot. A count
behind a name (`response.audio.delta (12)`, `×12`) stands for that many events in a row.
"""

import re
from collections.abc import Iterator
from typing import IO

from harness.logs.knowledge import Knowledge
from harness.logs.limits import Limits
from harness.logs.objects.words import side_of, stamp_in
from harness.logs.source import Decoder, lines
from harness.model import Entry, Place, Problem, Repair, Side

NAME = "names"

EVENT = re.compile(
    r"(?<![\w./@-])([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+|error)(?![\w/(@-]|\.\w)(?:\s*[(\[]?\s*[x×*]?\s*(\d{1,5})\s*[x×*]?[)\]]|\s*[x×]\s*(\d{1,5})\b)?"
)
RELATIVE = re.compile(
    r"(?<![\d:])(\d{1,3}):(\d\d)(?:[.,](\d{1,3}))?(?![\d:])|(?<![\d.:])\+?(\d{1,6})(?:\.(\d{1,6}))?\s?(ms|s)\b"
)
ARROWS_OUT, ARROWS_IN = re.compile(r"[↑▲⬆→➡📤]|-+>|=+>"), re.compile(r"[↓▼⬇←⬅📥]|<-+|<=+")
NS = {"ms": 1_000_000, "s": 1_000_000_000}
LONGEST_LINE = 400
"""A longer line is prose, or an object."""
DIGITS = re.compile(r"\d+")
WORD = re.compile(r"[A-Za-z]{2,}")
BESIDE_ERROR = frozenset({"server", "client", "received", "recv", "got", "event", "type", "from", "ms"})
MOST_WORDS = 6
"""The words a program writes beside a name; whoever writes more tells a story."""
MOST_TIMES = 10_000


def sniff(head: bytes) -> float:
    """Say how much the beginning of a log looks like this shape."""
    text = head.decode(errors="replace")
    names = [match[1] for match in EVENT.finditer(text) if "." in match[1]]
    return 0.3 if len(names) >= 2 else 0.0


def read(stream: IO[bytes], path: str, knowledge: Knowledge, limits: Limits) -> Iterator[Entry | Problem]:
    """Yield an event for each name that the protocol knows."""
    side: Side = "unknown"
    moment: int | None = None
    stamp = before = ""
    decoder = Decoder(path)
    for line in lines(stream, path, limits):
        if isinstance(line, Problem):
            yield line
            continue
        place = Place(path, line.line, 1)
        text, repairs, told = decoder.text(line.data, line.line)
        yield from told
        if len(text) > LONGEST_LINE:
            continue
        found = _stamp(text)
        if found is not None:
            stamp, moment = found
        names = [match for match in EVENT.finditer(text) if _is_event(match, text, before, knowledge)]
        if _is_prose(text, names):
            continue
        said = _said(text[: names[0].start()] if names else text)
        # The demo's console prints the time, the side and the name on lines of their own.
        side = said if said != "unknown" else (side if _follows(text, names) else "unknown")
        for match in names:
            yield from _entries(match, place, side, stamp, moment, knowledge, repairs)
            before = _prefix(text, match)
        if names:
            stamp, moment, side = "", None, "unknown"


def _is_event(name: re.Match[str], line: str, before: str, knowledge: Knowledge) -> bool:
    if name[1] != "error":
        return bool(knowledge.schemas(name[1]))
    # The word stands in prose as well; as an event it is all that its line says, but for who and when, or stands
    # behind the same words as the event before it.
    words = {word.lower() for word in WORD.findall(line)}
    return words <= {"error", *BESIDE_ERROR} or (bool(before.strip()) and _prefix(line, name) == before)


def _prefix(line: str, name: re.Match[str]) -> str:
    """Return the words before a name, as they stand before every name: without the digits of a stamp."""
    return DIGITS.sub("0", line[: name.start()])


def _is_prose(line: str, names: list[re.Match[str]]) -> bool:
    """Tell whether a line speaks of events instead of listing them."""
    words = len(WORD.findall(EVENT.sub("", line)))
    return words > MOST_WORDS and words > 2 * len(names)


def _follows(line: str, names: list[re.Match[str]]) -> bool:
    """Say whether a line is a part of an entry that began above: it has a name, or hardly anything."""
    return bool(names) or len(line.strip()) < 16


def _said(words: str) -> Side:
    if ARROWS_OUT.search(words) and not ARROWS_IN.search(words):
        return "client"
    if ARROWS_IN.search(words) and not ARROWS_OUT.search(words):
        return "server"
    return side_of(words)


def _entries(
    match: re.Match[str],
    place: Place,
    side: Side,
    stamp: str,
    moment: int | None,
    knowledge: Knowledge,
    repairs: tuple[Repair, ...],
) -> Iterator[Entry]:
    name = match[1]
    sides = knowledge.sides(name)
    who = next(iter(sides)) if len(sides) == 1 else side
    where = place._replace(column=match.start() + 1)
    repair = Repair(where, "name-only", match[0], f'{{"type": "{name}"}}', 0.5)
    for _ in range(min(int(match[2] or match[3] or 1), MOST_TIMES)):
        yield Entry(where, moment, who, "", {"type": name}, (*repairs, repair), stamp)


def _stamp(text: str) -> tuple[str, int] | None:
    found = stamp_in(text)
    if found is not None:
        return found.text, found.at_ns
    match = RELATIVE.search(text)
    if match is None:
        return None
    if match[1] is not None:
        seconds = int(match[1]) * 60 + int(match[2])
        return match[0], seconds * NS["s"] + int((match[3] or "0").ljust(9, "0"))
    unit = NS[match[6]]
    return match[0], int(match[4]) * unit + int((match[5] or "0").ljust(6, "0")) * unit // 1_000_000
