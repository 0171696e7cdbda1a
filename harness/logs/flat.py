"""Recovery of lost indentation: an event from its flattened lines, and what had to be guessed."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from harness.logs import problems
from harness.logs.entries import Parsed
from harness.logs.flat_lines import BLOCK_HEADER, Line, logical_lines
from harness.logs.flat_search import MOST_LINES, Path, Placed, State, readings
from harness.logs.scalars import plain
from harness.logs.schema_tree import UNKNOWN, Node
from harness.logs.yaml_block import EmptyRule, chomped, fold
from harness.model import JSON, Place, Repair

ALIAS_OR_TAG = re.compile(r"[&*!]\S")
CLOSE: Final = 1.0
"""Readings less than one plain guess apart are both possible."""
SURE, TOSS_UP = 1.0, 0.5
SHOWN: Final = 60


def recover(
    text: str, place: Place, trees: Sequence[Node], empty: EmptyRule | None = None, exact: bool = False
) -> Parsed:
    """Rebuild the event whose lines begin at `place`, by the schemas of the dialects that know its type.

    The reading that consumes every line with the least guessing is kept. Each mapping and sequence that had to
    be rebuilt is a repair; it is certain (1.0) when every other reading is much worse. `exact`: the
    writer of the log quoted what is no string, so that the schema need not say what a scalar is.
    """
    lines = logical_lines(text.split("\n"), place.line)
    refused = next((line for line in lines if line.is_structural and ALIAS_OR_TAG.match(line.value)), None)
    if refused is not None:
        where = Place(place.path, refused.number, 1)
        return Parsed(None, (), (problems.ALIAS_OR_TAG.at(where, f"`{refused.value[:40]}` is refused"),))
    if len(lines) > MOST_LINES:
        what = f"the indentation of an event of {len(lines)} lines cannot be rebuilt; the limit is {MOST_LINES}"
        return Parsed(None, (), (problems.BROKEN.at(place, what),))
    ranked = readings(lines, trees or (UNKNOWN,))
    best = ranked[0]
    rivals = [_steps(state) for state in ranked[1:] if state.cost - best.cost < CLOSE]
    steps = _steps(best)
    repairs = tuple(_repairs(steps, rivals, place.path))
    lost = tuple(
        problems.NOT_UNDERSTOOD.at(
            Place(place.path, step.line.number, 1), f"`{step.line.raw[:60]}` belongs to no field of the event"
        )
        for step in steps
        if step.kind == "lost"
    )
    return Parsed(_build(steps, empty, exact), repairs, lost)


def _steps(state: State) -> list[Placed]:
    steps: list[Placed] = []
    step = state.last
    while step is not None:
        steps.append(step)
        step = step.before
    return steps[::-1]


def _repairs(steps: Sequence[Placed], rivals: Sequence[Sequence[Placed]], path: str) -> Iterator[Repair]:
    """Yield one repair for each container that was rebuilt, and for each value that may belong elsewhere."""
    doubted = [_where(rival) for rival in rivals]
    for step in steps:
        if step.kind == "lost":
            continue
        sure = not step.doubtful and all(where.get((step.line.number, step.kind)) == step.path for where in doubted)
        if step.kind in ("mapping", "sequence") or not sure:
            raw = step.line.raw if len(step.line.raw) <= SHOWN else step.line.raw[: SHOWN - 1] + "…"
            after = f"{pointer(step.path)} ({step.kind})"
            place = Place(path, step.line.number, 1)
            yield Repair(place, "indentation-rebuilt", raw, after, SURE if sure else TOSS_UP)


def _where(steps: Sequence[Placed]) -> dict[tuple[int, str], Path]:
    return {(step.line.number, step.kind): step.path for step in steps}


def pointer(path: Path) -> str:
    """Return a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _build(steps: Sequence[Placed], empty: EmptyRule | None, exact: bool) -> dict[str, JSON]:
    root: dict[str, JSON] = {}
    index = 0
    while index < len(steps):
        step = steps[index]
        index += 1
        more: list[Line] = []
        while index < len(steps) and steps[index].kind == "more":
            more.append(steps[index].line)
            index += 1
        if step.kind == "lost":
            continue
        parent = _parent(root, step.path)
        _put(parent, step.path, _value(step, more, parent, empty, exact))
    return root


def _value(step: Placed, more: Sequence[Line], parent: JSON, empty: EmptyRule | None, exact: bool) -> JSON:
    line, node = step.line, UNKNOWN if exact else step.node
    if step.kind == "mapping":
        return {}
    if step.kind == "sequence":
        return []
    if step.kind == "open":
        return plain("", node)
    if line.string is not None:
        if line.string == "" and empty is not None and isinstance(parent, dict):
            return empty(step.node, line.key, parent, line.number)
        return line.string
    if line.value in ("[]", "{}"):
        return [] if line.value == "[]" else {}
    header = BLOCK_HEADER.match(line.value)
    if header is not None:
        return chomped([other.raw for other in more], header[1], header[2].strip("123456789"))
    text = "\n".join([line.value, *(other.raw for other in more)]).rstrip("\n")
    return plain(fold(text, False) if more else text, node)


def _parent(root: dict[str, JSON], path: Path) -> JSON:
    value: JSON = root
    for step in path[:-1]:
        if isinstance(value, dict):
            value = value[str(step)]
        elif isinstance(value, list):
            value = value[int(step)]
    return value


def _put(parent: JSON, path: Path, value: JSON) -> None:
    step = path[-1]
    if isinstance(parent, dict):
        parent[str(step)] = value
    elif isinstance(parent, list) and step == len(parent):
        parent.append(value)
    elif isinstance(parent, list):
        parent[int(step)] = value
