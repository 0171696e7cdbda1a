"""Where each line of a flattened document belongs: the cheapest reading against the schema.

Lost indentation leaves keys and values in their order. A key most likely belongs to the innermost open mapping
whose schema knows it and that does not have it yet. That is a preference, not a proof: a later line can show
that it was wrong. So several readings are followed side by side, each guess has a price, and the cheapest
reading that consumes every line wins. What the dear ones say differently is what is truly ambiguous.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from harness.logs.flat_lines import BLOCK_HEADER, IDENTIFIER, Line, with_colon
from harness.logs.flat_prices import (
    ANY_KEY,
    ANY_KEY_KNOWN,
    DASH_IN_TEXT,
    EMPTY_BLOCK,
    FOLDED_FROM,
    FOLDED_TO,
    KEY_IN_TEXT,
    KNOWN_KEY_IN_BLOCK,
    LACKS_FOUNDATION,
    LOST_LINE,
    MISFIT,
    MISSING,
    NO_COLON,
    ODD_KEY,
    OUTWARDS,
    PASS_KNOWN,
    SELDOM_KEY,
    SHORT_LINE,
    SHORT_WORD,
    STRANGE_KEY,
    STRANGE_KEY_KNOWN,
    STRANGE_NEST,
    TWICE,
    TWICE_AT_ONCE,
    UNKNOWN_KEY,
    price_of_nothing,
    price_of_passing,
    price_of_value,
    suits,
)
from harness.logs.json_schema_node import GUIDES
from harness.logs.schema_tree import UNKNOWN, Node

Path: TypeAlias = tuple[str | int, ...]

NARROW, WIDE = (8, 1.5), (24, 6.0)
"""How many readings are followed at a time, and how much dearer than the best one may be: at first, and when that
was not enough. Real events need two or three."""
WORTH_IT: Final = 2.0
"""How much dearer the reading by another dialect may be to be looked at again."""
PLAIN: Final = 0.5
"""A reading cheaper than this cannot lose against one that was dropped while the search was narrow."""
MOST_LINES: Final = 1_000
"""A flattened event of more lines is refused: real ones have fifty, a session with forty tools six hundred."""
WIDE_LINES: Final = 250
"""In a longer event the search stays narrow."""
DEEPEST: Final = 24
"""The mappings and sequences that can be open at a time: schemas of tools nest deeper than events."""

ID: Final = re.compile(r"(?:\A|_)id\Z")
"""A key whose value is no text that goes on."""


class Frame(NamedTuple):
    """An open mapping or sequence."""

    path: Path
    node: Node
    """What the schema says of the mapping, or of each item of the sequence."""
    keys: frozenset[str] | None
    """The keys it has; None for a sequence."""
    size: int
    """The items of a sequence."""
    kind: str = ""
    """The `type` of a mapping, as far as it is known."""


class Placed(NamedTuple):
    """One step of a reading."""

    line: Line
    path: Path
    """Where its value goes; for `more`, the text it goes on with."""
    node: Node
    kind: str
    """`value`, `open` (a key without a value), `mapping`, `sequence`, `more`, `twice` or `lost`."""
    before: "Placed | None"
    doubtful: bool = False
    """Whether this step alone is a guess: no open mapping knows the key, or the schema wants something else."""


class State(NamedTuple):
    """A reading of the lines so far."""

    cost: float
    stack: tuple[Frame, ...]
    pending: tuple[Path, Node] | None
    """A key without a value, waiting for what follows it."""
    text: str
    """`plain` or `block` when the last value is a text that can go on, else empty."""
    last: Placed | None


def readings(lines: Sequence[Line], trees: Sequence[Node]) -> list[State]:
    """Return the readings of a document against the schemas of all dialects that know it, cheapest first."""
    found = [(tree, _search(lines, tree, *NARROW)) for tree in trees]
    best = min(states[0].cost for _, states in found)
    if best > PLAIN and len(lines) <= WIDE_LINES:
        # Dialects that do not fit are not worth a second look.
        found = [(tree, _search(lines, tree, *WIDE)) for tree, states in found if states[0].cost <= best + WORTH_IT]
    return sorted((state for _, states in found for state in states), key=_cost)


def _search(lines: Sequence[Line], root: Node, beam: int, margin: float) -> list[State]:
    states = [State(0.0, (Frame((), root, frozenset(), 0),), None, "", None)]
    for line in lines:
        states = _pruned((following for state in states for following in _step(state, line)), beam, margin)
    return sorted((_finished(state) for state in states), key=_cost)


def _cost(state: State) -> float:
    return state.cost


def _pruned(states: Iterator[State], beam: int, margin: float) -> list[State]:
    best: dict[object, State] = {}
    for state in states:
        key = (state.stack, state.pending, state.text)
        known = best.get(key)
        if known is None or state.cost < known.cost:
            best[key] = state
    if len(best) == 1:
        return list(best.values())
    ranked = sorted(best.values(), key=_cost)[:beam]
    return [state for state in ranked if state.cost <= ranked[0].cost + margin]


def _finished(state: State) -> State:
    cost = state.cost + sum(_missing(frame) for frame in state.stack)
    if state.pending is not None:
        cost += price_of_nothing(state.pending[1])
    return state._replace(cost=cost)


def _step(state: State, line: Line) -> Iterator[State]:
    if line.is_blank:
        yield _more(state, line, 0.0) if state.text else state
        return
    if state.text:
        yield _more(state, line, _price_of_more(state, line))
    closed = state
    if state.text == "block" and state.last is not None and state.last.kind != "more":
        closed = state._replace(cost=state.cost + EMPTY_BLOCK)
    found = False
    for likely in _with_keys(closed, line):
        for following in _structural(closed, likely):
            found = True
            yield following
    if state.pending is not None and not line.is_structural and "string" in state.pending[1].types:
        path, node = state.pending
        found = True
        yield _with_value(closed, closed.stack, path, node, line, MISFIT / 2)
    if not found:
        last = Placed(line, (), UNKNOWN, "lost", closed.last)
        yield closed._replace(cost=closed.cost + LOST_LINE, text="", last=last)


def _with_keys(state: State, line: Line) -> Iterator[Line]:
    """Yield the line if it has a key or a dash, and as it would be if it had lost the colon behind a key known here."""
    if line.is_structural:
        yield line
    restored = None if line.key else with_colon(line)
    if restored is not None:
        inner = state.pending[1] if state.pending is not None else UNKNOWN
        items = {key for frame in state.stack if frame.keys is None for key in frame.node.properties}
        if restored.dashes:
            known = restored.key in items or restored.key in (inner.items or UNKNOWN).properties
        else:
            known = restored.key in inner.properties or any(_knows(frame, restored.key) for frame in state.stack)
        if known:
            yield restored


def _structural(state: State, line: Line) -> Iterator[State]:
    if line.is_restored:
        state = state._replace(cost=state.cost + NO_COLON)
    if state.pending is None:
        yield from _place(state, line)
        return
    path, node = state.pending
    if line.raw == f"{path[-1]}:":
        # The line that opened it stands there twice; what follows belongs to both.
        last = Placed(line, path, node, "twice", state.last)
        yield state._replace(cost=state.cost + TWICE_AT_ONCE, last=last)
    kind, wanted = ("sequence", "array") if line.dashes else ("mapping", "object")
    inner = (node.items or UNKNOWN) if line.dashes else node
    frame = Frame(path, inner, None if line.dashes else frozenset(), 0)
    opened = State(
        state.cost + (0.0 if wanted in node.types else STRANGE_NEST),
        (*state.stack, frame),
        None,
        "",
        Placed(line, path, node, kind, state.last, wanted not in node.types),
    )
    depth = len(state.stack)
    if depth >= DEEPEST:
        pass
    elif line.dashes:
        yield from _item(opened, depth, line, 0.0)
    else:
        known = any(_knows(outer, line.key) for outer in state.stack)
        yield from _key(opened, depth, line, _price_of_key(frame, line.key, known))
    yield from _place(state._replace(cost=state.cost + price_of_nothing(node), pending=None), line)


def _place(state: State, line: Line) -> Iterator[State]:
    """Yield the reading for each open mapping (or sequence) that could take the line, from the inside out."""
    left = 0.0
    if line.dashes:
        for depth in range(len(state.stack) - 1, -1, -1):
            frame = state.stack[depth]
            if frame.keys is None:
                yield from _item(state, depth, line, left)
                left += PASS_KNOWN if suits(frame.node, line) else 0.0
            left += _missing(frame)
        return
    key = line.key
    yield from _twice(state, line)
    knowing = [_knows(frame, key) for frame in state.stack]
    outwards = 0.0
    for depth in range(len(state.stack) - 1, -1, -1):
        frame = state.stack[depth]
        if frame.keys is not None:
            if knowing[depth]:
                price = _price_of_known(frame, key)
                yield from _key(state, depth, line, left + price)
                left += price_of_passing(price)
            elif key not in frame.keys:
                price = _price_of_key(frame, key, any(knowing[:depth]))
                yield from _key(state, depth, line, left + outwards + price)
            outwards += OUTWARDS
        left += _missing(frame)


def _twice(state: State, line: Line) -> Iterator[State]:
    """Yield the reading in which the line is a second one of a key that the innermost mapping has."""
    frame = state.stack[-1]
    if frame.keys is None or line.key not in frame.keys or not (line.value or line.string is not None):
        return
    path, last = (*frame.path, line.key), state.last
    at_once = last is not None and last.path == path and last.kind in ("value", "twice")
    placed = Placed(line, path, frame.node, "twice", last)
    yield state._replace(cost=state.cost + (TWICE_AT_ONCE if at_once else TWICE), text="", last=placed)


def _knows(frame: Frame, key: str) -> bool:
    """Say whether the schema of a mapping has the key, and the mapping does not have it yet."""
    if frame.keys is None or key not in frame.node.properties or key in frame.keys:
        return False
    kinds = frame.node.only_with.get(key)
    return kinds is None or not frame.kind or frame.kind in kinds


def _word(line: Line) -> str:
    return line.value if line.string is None else line.string


def _key(state: State, depth: int, line: Line, price: float) -> Iterator[State]:
    """Yield the reading in which the mapping at `depth` has the line's key."""
    frame = state.stack[depth]
    assert frame.keys is not None
    node = frame.node.properties.get(line.key) or frame.node.other or UNKNOWN
    if not node.properties and line.key in GUIDES and "object" in node.types:
        node = GUIDES[line.key]
    kind = _word(line) if line.key == "type" else frame.kind
    stack = (*state.stack[:depth], Frame(frame.path, frame.node, frame.keys | {line.key}, 0, kind))
    yield _with_value(state, stack, (*frame.path, line.key), node, line, price)


def _item(state: State, depth: int, line: Line, price: float) -> Iterator[State]:
    """Yield the reading in which the sequence at `depth` gets another item."""
    frame = state.stack[depth]
    stack = (*state.stack[:depth], Frame(frame.path, frame.node, None, frame.size + 1))
    path, node = (*frame.path, frame.size), frame.node
    if line.dashes > 1:
        inner = Frame(path, node.items or UNKNOWN, None, 0)
        last = Placed(line, path, node, "sequence", state.last)
        cost = state.cost + price + (0.0 if "array" in node.types else MISFIT)
        opened = State(cost, (*stack, inner), None, "", last)
        yield from _item(opened, len(stack), line._replace(dashes=line.dashes - 1), 0.0)
    elif line.key:
        mapping = Frame(path, node, frozenset(), 0)
        last = Placed(line, path, node, "mapping", state.last)
        cost = state.cost + price + (0.0 if "object" in node.types else MISFIT)
        opened = State(cost, (*stack, mapping), None, "", last)
        yield from _key(opened, len(stack), line, _price_of_key(mapping, line.key, False))
    else:
        yield _with_value(state, stack, path, node, line, price)


def _with_value(state: State, stack: tuple[Frame, ...], path: Path, node: Node, line: Line, price: float) -> State:
    """Return the reading in which the line's value stands at `path`."""
    cost = state.cost + price
    doubtful = line.is_restored or (price >= UNKNOWN_KEY and len(state.stack) > 1)
    if not line.value and line.string is None:
        return State(cost, stack, (path, node), "", Placed(line, path, node, "open", state.last, doubtful))
    text = ""
    if line.string is None:
        text = "block" if BLOCK_HEADER.match(line.value) else "plain"
    last = Placed(line, path, node, "value", state.last, doubtful)
    return State(cost + price_of_value(line, node), stack, None, text, last)


def _more(state: State, line: Line, price: float) -> State:
    assert state.last is not None
    last = Placed(line, state.last.path, state.last.node, "more", state.last, price >= SHORT_LINE)
    return State(state.cost + price, state.stack, state.pending, state.text, last)


def _price_of_more(state: State, line: Line) -> float:
    """Say how unlikely it is that the line goes on with the text before it."""
    assert state.last is not None
    if state.text == "block":
        known = any(
            f.keys is not None and line.key in f.node.properties and line.key not in f.keys for f in state.stack
        )
        return KNOWN_KEY_IN_BLOCK if known else 0.0
    node = state.last.node
    is_text = "string" in node.types and not node.words and not ID.search(str(state.last.path[-1]))
    price = 0.0 if is_text else 2 * LOST_LINE
    if line.is_structural:
        price += KEY_IN_TEXT if line.key else DASH_IN_TEXT
    above = state.last.line.raw
    if len(above) < FOLDED_FROM or above.rfind(" ") > FOLDED_TO:
        price += SHORT_LINE if state.last.kind == "more" or " " in state.last.line.value else SHORT_WORD
    return price


def _price_of_key(frame: Frame, key: str, known_outside: bool) -> float:
    """Say how unlikely it is that a mapping has this key."""
    node = frame.node
    if _knows(frame, key):
        return _price_of_known(frame, key)
    if node.properties:
        return UNKNOWN_KEY if IDENTIFIER.match(key) else ODD_KEY
    if node.described and "object" in node.types:
        return ANY_KEY_KNOWN if known_outside else ANY_KEY
    return STRANGE_KEY_KNOWN if known_outside else STRANGE_KEY


def _price_of_known(frame: Frame, key: str) -> float:
    """Say how unlikely a key is that the schema knows."""
    node = frame.node
    price = SELDOM_KEY if key in node.seldom else 0.0
    foundation = node.needs.get(key)
    if foundation is not None and foundation not in (frame.keys or ()):
        price += LACKS_FOUNDATION
    return price


def _missing(frame: Frame) -> float:
    return MISSING * len(frame.node.required - frame.keys) if frame.keys is not None else 0.0
