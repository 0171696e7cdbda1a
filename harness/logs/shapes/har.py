"""HTTP archives, as browsers save them: the frames are in `_webSocketMessages` of each entry."""

import base64
import re
from collections.abc import Generator, Iterator, Mapping
from typing import IO

from harness.logs import problems
from harness.logs.knowledge import Knowledge
from harness.logs.limits import Limits
from harness.logs.objects.scanner import Unfinished, find
from harness.logs.objects.unwrap import events_in
from harness.logs.objects.window import Window
from harness.logs.objects.words import epoch_ns
from harness.logs.source import too_long
from harness.model import JSON, Entry, Place, Problem, Side

NAME = "har"

MESSAGES = re.compile(r'"_webSocketMessages"\s*:\s*\[')
NEXT = re.compile(r"\s*(?:,\s*)?(?=\{)|\s*\]")
AGAIN = re.compile(r"\}\s*,\s*(?=\{)|\]")
"""Where reading goes on behind a message that cannot be read."""
TIME = re.compile(r'(?<!\\)"time"\s*:\s*(\d+(?:\.\d+)?)')
"""The Unix seconds of a message, digit by digit: a floating-point number would lose the last of them."""
SIDES: dict[str, Side] = {"send": "client", "receive": "server"}
TEXT, BINARY = 1, 2


def sniff(head: bytes) -> float:
    """Say how much the beginning of a log looks like this shape."""
    if b"_webSocketMessages" in head:
        return 0.96
    return 0.9 if re.match(rb'\s*\{\s*"log"\s*:\s*\{', head) else 0.0


def read(stream: IO[bytes], path: str, knowledge: Knowledge, limits: Limits) -> Iterator[Entry | Problem]:
    """Yield the messages of every socket in the archive, one at a time."""
    window = Window(stream, path, limits)
    window.more()
    position, inside = 0, False
    while True:
        yield from window.taken_problems()
        match = (NEXT.match if inside else MESSAGES.search)(window.text, position)
        if match is not None and inside and match[0].endswith("]"):
            position, inside = match.end(), False
        elif match is not None:
            inside, position = True, match.end()
            if window.text.startswith("{", position):
                position = yield from _message(window, position, knowledge)
        elif window.source.at_end:
            return
        else:
            position = position if inside else max(position, len(window.text) - 100)
            window.more()
        position -= window.drop(position)


def _message(window: Window, position: int, knowledge: Knowledge) -> Generator[Entry | Problem, None, int]:
    """Yield the entry of the message at `position`; return where it ends."""
    while True:
        try:
            found = find(window.source, position, position + 1, window.limits)
        except Unfinished:
            if len(window.text) - position > window.limits.entry_bytes:
                yield too_long(window.place(position), window.limits, "message")
                return position + 1
            window.more()
            continue
        if found is None:
            yield problems.BROKEN.at(window.place(position), "this message of the archive cannot be read")
            again = AGAIN.search(window.text, position)
            return len(window.text) if again is None else again.end() - (again[0] == "]")
        time = TIME.search(window.text, position, found.end)
        yield from _entry(found.value, time[1] if time else "", window.place(position), knowledge)
        return found.end


def _entry(message: JSON, stamp: str, place: Place, knowledge: Knowledge) -> Iterator[Entry | Problem]:
    if not isinstance(message, dict):
        yield problems.BROKEN.at(place, "a message of an archive is an object with type, time, opcode and data")
        return
    moment = epoch_ns(stamp) if stamp else None
    side = SIDES.get(str(message.get("type")), "unknown")
    data = _text(message)
    events = list(events_in(data, knowledge))
    if not events:
        yield problems.PAYLOAD_LOST.at(place, f"this message carries no event: `{str(message.get('data'))[:60]}`")
        yield Entry(place, moment, "system", f"{side} message without an event", None, (), stamp)
    for event in events:
        yield Entry(place, moment, side, str(message.get("type", "")), event.event, (), stamp)


def _text(message: Mapping[str, JSON]) -> JSON:
    """Return the payload; a binary one is text in base64."""
    data = message.get("data")
    if message.get("opcode") != BINARY or not isinstance(data, str):
        return data
    try:
        return base64.b64decode(data, validate=True).decode()
    except ValueError:
        return None
