"""Recovery of lost indentation: an event from its flattened lines, and what had to be guessed."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from harness.logs import problems
from harness.logs.entries import Parsed
from harness.logs.flat_lines import BLOCK_HEADER, Line, logical_lines
from harness.logs.flat_prices import is_collection
from harness.logs.flat_search import MOST_LINES, Path, Placed, State, readings
from harness.logs.limits import Limits
from harness.logs.scalars import plain
from harness.logs.schema_tree import UNKNOWN, Node
from harness.logs.yaml_block import EmptyRule, chomped, fold
from harness.logs.yaml_odd import parse
from harness.model import JSON, Place, Problem, Repair

ALIAS_OR_TAG = re.compile(r"[&*!]\S")
CLOSE: Final = 1.0
"""Readings less than one plain guess apart are both possible."""
SURE, TOSS_UP = 1.0, 0.5
BAD_FIT: Final = 4.0
"""From this price on even the best reading contradicts the schema."""
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
    damage = tuple(_damage(steps, place.path))
    guess = next((one for one in repairs if one.confidence < SURE), None)
    if not damage and guess is not None and best.cost >= BAD_FIT:
        said = "the event does not fit its schema from here on; where its fields belong is a guess"
        todo = "mend the lines here, or record the log with its indentation"
        damage = (problems.NOT_UNDERSTOOD.at(guess.place, said, todo),)
    return Parsed(_build(steps, empty, exact), repairs, damage)


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
        if step.kind in ("lost", "twice"):
            continue
        sure = not step.doubtful and all(where.get((step.line.number, step.kind)) == step.path for where in doubted)
        if step.kind in ("mapping", "sequence") or not sure:
            after = f"{pointer(step.path)} ({step.kind})"
            place = Place(path, step.line.number, 1)
            yield Repair(place, "indentation-rebuilt", _short(step.line.raw), after, SURE if sure else TOSS_UP)


def _damage(steps: Sequence[Placed], path: str) -> Iterator[Problem]:
    """Yield what a person must be told: the lines that fit nowhere, and those that fit only as something else."""
    lines: dict[Path, int] = {}
    for step in steps:
        line, place = step.line, Place(path, step.line.number, 1)
        if step.kind == "lost":
            said = f"`{_short(line.raw)}` belongs to no field of the event, and was left out"
            yield problems.NOT_UNDERSTOOD.at(
                place, said, "if it is a field, mend its line; if it is prose, take it out"
            )
        elif step.kind == "twice":
            said = f"the key `{pointer(step.path)}` stands at line {lines[step.path]} already; the first value was kept"
            yield problems.DUPLICATE_KEY.at(place, said)
        elif step.kind == "more" and step.doubtful:
            said = f"`{_short(line.raw)}` was read as a part of {pointer(step.path)}, whose text ends on the line above"
            yield problems.NOT_UNDERSTOOD.at(
                place, said, "if it is a field, mend its line; if it is prose, take it out"
            )
        elif line.is_restored and step.kind != "mapping":
            said = f"`{_short(line.raw)}` has no colon; it was read as the field {pointer(step.path)}"
            yield problems.NOT_UNDERSTOOD.at(place, said, "put the colon back behind the key")
        if step.kind in ("value", "open"):
            lines[step.path] = line.number


def _short(raw: str) -> str:
    return raw if len(raw) <= SHOWN else raw[: SHOWN - 1] + "…"


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
        if step.kind in ("lost", "twice"):
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
    if is_collection(line.value, step.node):
        collection = parse(line.value, Place("", line.number, 1), Limits(), node)
        if not collection.problems:
            return collection.content
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
