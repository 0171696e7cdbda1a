"""Compares what the events say about two nodes: one change for one value, however often it is said."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import orjson

from harness.diff import words
from harness.diff.options import Kind, Options
from harness.diff.structure import canonical, compact, differences
from harness.diff.vocabulary import CONTENT, ENCODED, STREAM_PLACES, WORDS
from harness.model import JSON, Place
from harness.turns.audio import Audio
from harness.turns.nodes import Claim, Node, Step, Value

ENDING = frozenset({"status", "status_details"})
"""How a response or an item ended."""


class Found(NamedTuple):
    """One value that differs."""

    name: str
    kind: Kind
    left: JSON
    right: JSON
    left_place: Place | None
    """None where nothing is said."""
    right_place: Place | None
    message: str
    teller: Step | None = None
    """The left event that alone says so, None when it is what is said last."""


class Partners:
    """Which event of the left tree is which of the right one, both ways."""

    def __init__(self) -> None:
        self.right: dict[Step, Step] = {}
        self.left: dict[Step, Step] = {}

    def add(self, matches: Iterable[tuple[Step, Step]]) -> None:
        """Remember pairs of events."""
        for ours, theirs in matches:
            self.right[ours], self.left[theirs] = theirs, ours


class _Pair(NamedTuple):
    left: Claim | None
    right: Claim | None
    final: bool
    """Whether it is what both sides say last, and not only what one event says on the way."""


def compare(left: Node, right: Node, partners: Partners, options: Options, mixed: bool) -> Iterator[Found]:
    """Yield the values in which two nodes differ; usage and places in the audio are left to others.

    `mixed` says that the sessions are of two dialects: what only one of them tells is then no difference.
    """
    for name in sorted(left.claims.keys() | right.claims.keys()):
        if name.partition(".")[0] != "usage" and name not in STREAM_PLACES:
            yield from _value(name, left, right, partners, options, mixed)


def _value(name: str, left: Node, right: Node, partners: Partners, options: Options, mixed: bool) -> Iterator[Found]:
    seen: set[tuple[bytes, bytes]] = set()
    for pair in _pairs(name, left.claims.get(name, {}), right.claims.get(name, {}), partners):
        ours, theirs = _said(pair.left), _said(pair.right)
        if isinstance(ours, Node) or isinstance(theirs, Node):
            continue
        key = _key(name, ours), _key(name, theirs)
        if key in seen:
            continue
        seen.add(key)
        if not _aside(name, pair, mixed) and not same(name, ours, theirs, options):
            yield from _told(name, left, pair)


def _pairs(name: str, ours: Mapping[Step, Claim], theirs: Mapping[Step, Claim], partners: Partners) -> Iterator[_Pair]:
    """Yield what is said of a value at last, then what each event says of it that is there on both sides."""
    steps = {step: partners.right[step] for step in ours if step in partners.right}
    steps |= {partners.left[step]: step for step in theirs if step in partners.left}
    told = sorted(steps.items(), key=lambda pair: pair[0].last.seq, reverse=True)
    pairs = [_Pair(ours.get(left), theirs.get(right), False) for left, right in told]
    if pairs:
        final = next((pair for pair in pairs if pair.left is not None and pair.right is not None), pairs[0])
        yield final._replace(final=True)
    elif name in CONTENT:
        yield _Pair(_last(ours), _last(theirs), True)
    yield from pairs


def _last(claims: Mapping[Step, Claim]) -> Claim | None:
    return max(claims.values(), key=lambda claim: claim.event.seq, default=None)


def _said(claim: Claim | None) -> Value:
    return None if claim is None else claim.value


def _key(name: str, value: Value) -> bytes:
    said = value.strip() if isinstance(value, str) and name in WORDS else value
    return canonical(said)


def _aside(name: str, pair: _Pair, mixed: bool) -> bool:
    """Tell whether a value that one side does not tell is no difference."""
    if pair.left is not None and pair.right is not None:
        return False
    return name == "audio" or (mixed and not (pair.final and name in CONTENT))


def same(name: str, left: Value, right: Value, options: Options) -> bool:
    """Tell whether two values of that name mean the same."""
    if isinstance(left, Audio) and isinstance(right, Audio):
        return not options.exceeds(left.ms, right.ms) and not _louder(left, right, options)
    if isinstance(left, str) and isinstance(right, str):
        if name in ENCODED:
            return decoded(left) == decoded(right)
        return left.strip() == right.strip() if name in WORDS else left == right
    if name.endswith("_ms") and isinstance(left, int | float) and isinstance(right, int | float):
        return not options.exceeds(left, right)
    return left == right


def _louder(left: Audio, right: Audio, options: Options) -> bool:
    return abs(left.level_db - right.level_db) > options.level_db


def decoded(text: str) -> JSON:
    """Return the JSON in a string, the string itself where it is none."""
    try:
        return orjson.loads(text)  # type: ignore[no-any-return]
    except orjson.JSONDecodeError:
        return text


def _told(name: str, node: Node, pair: _Pair) -> Iterator[Found]:
    """Yield the difference between two values; for JSON in a string, each field that differs."""
    left, right = _said(pair.left), _said(pair.right)
    said_by = "" if pair.final else _said_by(pair)
    teller = None if pair.final or pair.left is None else pair.left.step
    one = Found(name, _kind(node, name), _plain(left), _plain(right), *_places(pair), said_by, teller)
    if not isinstance(left, str) or not isinstance(right, str):
        yield one._replace(message=said_by + arrow(_shown(left), _shown(right)))
        return
    ours, theirs = decoded(left), decoded(right)
    if name in ENCODED and pair.final and isinstance(ours, dict) and isinstance(theirs, dict):
        for inner in differences(ours, theirs):
            message = said_by + arrow(inner.left, inner.right)
            yield one._replace(name=f"{name}.{inner.path}", left=inner.left, right=inner.right, message=message)
    else:
        yield one._replace(message=said_by + words.told(left, right, name in WORDS))


def _places(pair: _Pair) -> tuple[Place | None, Place | None]:
    """Return where two values are said; of pieces, the first with which they part."""
    left, right = _said(pair.left), _said(pair.right)
    return _place(pair.left, right), _place(pair.right, left)


def _place(claim: Claim | None, other: Value) -> Place | None:
    if claim is None:
        return None
    joined = ""
    if claim.step.stream is not None and isinstance(other, str):
        for event in claim.step.events:
            joined += str(event.body.get(claim.step.stream.piece) or "")
            if not other.startswith(joined):
                return event.place
    return claim.event.place


def _said_by(pair: _Pair) -> str:
    claim = pair.right or pair.left
    return f"`{claim.event.type}` says: " if claim is not None else ""


def _plain(value: Value) -> JSON:
    if isinstance(value, Audio):
        return {"ms": round(value.ms), "level_db": round(value.level_db, 1)}
    return None if isinstance(value, Node) else value


def _shown(value: Value) -> JSON:
    if isinstance(value, Audio):
        return f"{value.ms / 1000:.2f} s at {value.level_db:.0f} dB"
    return _plain(value)


def arrow(left: JSON, right: JSON) -> str:
    """Return a change in a line: `alloy → verse`."""
    if left is None or right is None:
        return f"{compact(left) or 'nothing'} → {compact(right) or 'nothing'}"
    return f"{compact(left)} → {compact(right)}"


def _kind(node: Node, name: str) -> Kind:
    if name.endswith("_ms"):
        return "timing"
    if name.partition(".")[0] in ENDING or node.kind == "error":
        return "lifecycle"
    return "configuration" if node.kind == "response" else "content"
