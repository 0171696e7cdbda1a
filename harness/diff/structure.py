"""Compares two JSON values field by field."""

import json
from collections.abc import Iterator
from typing import NamedTuple

import orjson

from harness.model import JSON


class Difference(NamedTuple):
    """One field that differs."""

    path: str
    """Such as `audio.output.voice` or `tools.weather.parameters.required[0]`; empty for the whole value."""
    left: JSON
    right: JSON


def differences(left: JSON, right: JSON) -> list[Difference]:
    """Return the fields in which two values differ; a field that one of them lacks is None there.

    Two objects of different `type` are two different things, and differ as a whole; so do two lists of plain values.
    """
    if left == right:
        return []
    found = sorted(_deep(left, right), key=lambda one: one.path)
    wholes: list[str] = []
    for one in found:
        whole = _whole(one.path, left, right)
        if whole is not None and not any(_inside(whole, wider) for wider in wholes):
            wholes.append(whole)
    kept = [one for one in found if not any(_inside(one.path, whole) for whole in wholes)]
    return [*kept, *(Difference(path, value_at(left, path), value_at(right, path)) for path in wholes)]


def _whole(path: str, left: JSON, right: JSON) -> str | None:
    """Return what differs as a whole when a field in it does, None when the field differs by itself."""
    if path.endswith("]"):
        parent = path.rpartition("[")[0]
        return parent if all(_is_plain(value_at(side, parent)) for side in (left, right)) else None
    parent, _, name = path.rpartition(".")
    return parent if name == "type" and parent else None


def _is_plain(value: JSON) -> bool:
    return isinstance(value, list) and not any(isinstance(member, dict | list) for member in value)


def _deep(left: JSON, right: JSON) -> Iterator[Difference]:
    from deepdiff import DeepDiff  # 370 ms to import: only a difference pays for it
    from deepdiff.helper import notpresent

    tree = DeepDiff(left, right, view="tree", ignore_numeric_type_changes=True, threshold_to_diff_deeper=0)
    for levels in tree.values():
        for level in levels:
            sides = [None if side is notpresent else side for side in (level.t1, level.t2)]
            yield Difference(_path(level.path(output_format="list")), sides[0], sides[1])


def _path(steps: list[str | int]) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _inside(path: str, whole: str) -> bool:
    return not whole or path == whole or path.startswith((f"{whole}.", f"{whole}["))


def value_at(value: JSON, path: str) -> JSON:
    """Return the value at the path of a difference, None where there is none."""
    for step in filter(None, path.replace("[", ".[").split(".")):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.startswith("["):
            index = int(step.strip("[]"))
            value = value[index] if index < len(value) else None
    return value


def compact(value: object) -> str:
    """Return a value in a line: text as it is, nothing as nothing, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value, 0).decode()


def canonical(value: object) -> bytes:
    """Return a value as JSON, the same for values that are the same; what is no JSON is told as Python does."""
    return _json(value, orjson.OPT_SORT_KEYS)


def _json(value: object, option: int) -> bytes:
    try:
        return orjson.dumps(value, option=option, default=str)
    except TypeError:  # half a surrogate pair, which a log may hold and UTF-8 cannot
        return json.dumps(value, sort_keys=bool(option), default=str).encode()
