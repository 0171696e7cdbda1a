"""A log of frames: `1344.1  C>S  TEXT  230 B  {…}`, with PING and CLOSE, times counted in milliseconds."""

import re
from collections.abc import Iterator
from typing import IO

from harness.logs import problems
from harness.logs.knowledge import Knowledge
from harness.logs.limits import Limits
from harness.logs.objects.scanner import Source, find
from harness.logs.objects.unwrap import events_in
from harness.logs.source import Decoder, lines
from harness.model import Entry, Place, Problem, Repair, Side

NAME = "frames"

FRAME = re.compile(
    r"\s*(\d+(?:\.\d+)?)(?:\s*ms)?\s+(C\s*(?:>|->|→)\s*S|S\s*(?:>|->|→)\s*C|>>?|<<?|→|←)\s+"
    r"(TEXT|BINARY|PING|PONG|CLOSE|CONT)\b\s*(?:\d+\s*(?:B|bytes)?\b)?\s*(.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
SIDES: dict[str, Side] = {"c": "client", ">": "client", "→": "client", "s": "server", "<": "server", "←": "server"}
NS_PER_MS = 1_000_000


def sniff(head: bytes) -> float:
    """Say how much the beginning of a log looks like this shape."""
    lines_ = [line for line in head.decode(errors="replace").split("\n")[:50] if line.strip()]
    frames = sum(FRAME.match(line) is not None for line in lines_)
    return 0.9 if frames >= 2 and frames * 3 >= len(lines_) else 0.0


def read(stream: IO[bytes], path: str, knowledge: Knowledge, limits: Limits) -> Iterator[Entry | Problem]:
    """Yield the frames; what is not text becomes a note of the recorder."""
    decoder = Decoder(path)
    for line in lines(stream, path, limits):
        if isinstance(line, Problem):
            yield line
            continue
        place = Place(path, line.line, 1)
        text, repairs, told = decoder.text(line.data, line.line)
        yield from told
        match = FRAME.match(text)
        if match is not None:
            yield from _frame(match, place, repairs, knowledge, limits)


def _frame(
    match: re.Match[str], place: Place, repairs: tuple[Repair, ...], knowledge: Knowledge, limits: Limits
) -> Iterator[Entry | Problem]:
    stamp, direction, opcode, payload = match.groups()
    whole, _, fraction = stamp.partition(".")
    moment = int(whole) * NS_PER_MS + int(fraction[:6].ljust(6, "0") if fraction else 0)
    side = SIDES[direction[0].lower()]
    if opcode.upper() != "TEXT":
        yield Entry(place, moment, "system", f"{side} {opcode.upper()} {payload}".strip(), None, repairs, stamp)
        return
    found = find(Source(payload), 0, len(payload), limits)
    events = list(events_in(found.value, knowledge)) if found is not None else []
    if found is None or not events:
        yield problems.PAYLOAD_LOST.at(place, f"the payload of this frame is no event: `{payload[:60]}`")
        yield Entry(place, moment, "system", f"{side} TEXT", None, repairs, stamp)
        return
    if found.cut_off:
        yield problems.CUT_OFF.at(place, "the payload of this frame does not end; what is there was read")
    fixes = tuple(Repair(place, fix.kind, fix.before, fix.after, fix.confidence) for fix in found.fixes)
    yield Entry(place, moment, side, opcode.upper(), events[0].event, (*repairs, *fixes), stamp)
