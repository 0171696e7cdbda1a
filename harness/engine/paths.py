"""Paths into an event: `session.audio.input`, `response.output[item_id=id].content[content_index].text`.

A plain path names one value. Brackets walk a list and bind an attribute for every element: `[content_index]` binds
its position, `[item_id=id]` the element's own `id`.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from harness.model import JSON


class Step(NamedTuple):
    """One step of a path: a field, then the walk over its elements when `binds` is set."""

    field: str
    binds: str = ""
    by: str = ""


@cache
def parse(path: str) -> tuple[Step, ...]:
    """Return the steps of a path."""
    steps = []
    for part in path.split("."):
        name, _, rest = part.partition("[")
        binds, _, by = rest.rstrip("]").partition("=")
        steps.append(Step(name, binds, by))
    return tuple(steps)


def value_at(body: JSON, path: str) -> JSON:
    """Return the value at a plain path, None where there is none."""
    for step in parse(path):
        if not isinstance(body, dict):
            return None
        body = body.get(step.field)
    return body


class Found(NamedTuple):
    """One value a path leads to."""

    value: JSON
    attributes: Mapping[str, JSON]
    """What the brackets on the way bound."""
    pointer: str
    """Where it stands in the event (RFC 6901)."""


def walk(body: JSON, path: str) -> Iterator[Found]:
    """Yield every value a path leads to; none where a field is absent."""
    yield from _walk(body, parse(path), {}, "")


def _walk(body: JSON, steps: tuple[Step, ...], bound: dict[str, JSON], pointer: str) -> Iterator[Found]:
    if not steps:
        yield Found(body, bound, pointer)
        return
    step, rest = steps[0], steps[1:]
    if not isinstance(body, dict) or step.field not in body:
        return
    value, pointer = body[step.field], f"{pointer}/{step.field}"
    if not step.binds:
        yield from _walk(value, rest, bound, pointer)
        return
    for index, element in enumerate(value if isinstance(value, list) else ()):
        mark = value_at(element, step.by) if step.by else index
        yield from _walk(element, rest, {**bound, step.binds: mark}, f"{pointer}/{index}")
