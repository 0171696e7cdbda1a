"""Recorded cassettes: `interactions`, a list of frames with `direction: sent | received` and `data`.

The layout of recorders for HTTP tests (VCR and its kin), extended to WebSocket frames.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from harness.logs import problems
from harness.logs.entries import typeless
from harness.logs.knowledge import Knowledge
from harness.logs.limits import Limits
from harness.logs.schema_tree import Node, Trees
from harness.logs.source import Decoder, Raw, items
from harness.logs.yaml_block import Block, Outside
from harness.logs.yaml_forms import Forms
from harness.logs.yaml_odd import parse
from harness.model import JSON, Entry, Place, Problem, Repair, Side

NAME = "cassette"

DIRECTIONS: dict[str, Side] = {"sent": "client", "received": "server"}
# Frames in this layout have a form: two values, then the event.
LAYOUT = re.compile(r"- kind: .+\n  direction: .+\n  data:\n")
TYPE = re.compile(r"^ {4,}type: (\S+)$", re.MULTILINE)


def sniff(head: bytes) -> float:
    """Say how much the beginning of a log looks like this shape."""
    if not re.search(rb"^interactions:[ \t]*\r?$", head, re.MULTILINE):
        return 0.0
    return 0.97 if re.search(rb"^[ -]*direction:", head, re.MULTILINE) else 0.5


def read(stream: IO[bytes], path: str, knowledge: Knowledge, limits: Limits) -> Iterator[Entry | Problem]:
    """Yield the frames of a cassette, one at a time."""
    trees, forms, decoder = Trees(knowledge), Forms(2, (0, "data")), Decoder(path)
    for piece in items(stream, path, limits, b"interactions:"):
        if isinstance(piece, Problem):
            yield piece
        else:
            yield from _frame(piece, path, decoder, trees, forms, limits)


def _frame(
    piece: Raw, path: str, decoder: Decoder, trees: Trees, forms: Forms, limits: Limits
) -> Iterator[Entry | Problem]:
    place = Place(path, piece.line, 1)
    text, repairs, told = decoder.text(piece.data, piece.line)
    yield from told
    text = text.replace("\r\n", "\n").rstrip("\n ")
    try:
        values, content, _ = forms.read(text)
    except Outside:
        yield from _new_frame(text, place, repairs, trees, forms, limits)
    else:
        yield from _entry(values[0], values[1], content, place, repairs)


def _new_frame(
    text: str, place: Place, repairs: tuple[Repair, ...], trees: Trees, forms: Forms, limits: Limits
) -> Iterator[Entry | Problem]:
    """Read a frame that is unlike those before."""
    kind = next((match[1] for match in TYPE.finditer(text)), "")
    root = Node(items=Node(properties={"data": trees.merged(kind)}))
    if LAYOUT.match(text):
        with suppress(Outside):
            forms.learn(text, root)
    try:
        frames = Block(text).root(root)
    except Outside:
        parsed = parse(text, place, limits, root)
        yield from parsed.problems
        if parsed.content is None:
            return
        frames = parsed.content
    for frame in frames if isinstance(frames, list) else [frames]:
        if not isinstance(frame, dict):
            yield problems.BROKEN.at(place, "an interaction is an object with `direction` and `data`")
            continue
        heads = (str(frame.get("kind", "message")), str(frame.get("direction", "")))
        yield from _entry(*heads, frame.get("data"), place, repairs)


def _entry(
    kind: str, direction: str, content: JSON, place: Place, repairs: tuple[Repair, ...]
) -> Iterator[Entry | Problem]:
    side = DIRECTIONS.get(direction)
    if side is None:
        yield problems.BAD_SENDER.at(place, f"the direction `{direction}` is neither sent nor received")
        side = "unknown"
    if kind != "message":
        yield Entry(place, None, "system", kind, None, repairs)
        return
    yield from typeless(place, content)
    yield Entry(place, None, side, direction, content, repairs)
