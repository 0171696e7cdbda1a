"""How the real server words a refusal: the code, message and field of an `error` (client rules C-01 to C-35)."""

from collections.abc import Sequence
from typing import NamedTuple

from harness.model import JSON


class Refusal(NamedTuple):
    """The variable part of an `error` event."""

    code: str | None
    message: str
    param: str | None = None
    told: str = ""
    """What the user is told in place of the message, which is meant for the client."""
    is_done: bool = False
    """Whether what was asked is done all the same, as far as it can be."""
    is_harmless: bool = False
    """Whether it is no fault of the client's."""


def missing(param: str) -> Refusal:
    """Word a missing field (C-05)."""
    return Refusal("missing_required_parameter", f"Missing required parameter: '{param}'.", param)


def unknown(param: str) -> Refusal:
    """Word a field that there is not (C-04)."""
    return Refusal("unknown_parameter", f"Unknown parameter: '{param}'.", param)


def unsupported(param: str, value: JSON, values: Sequence[JSON]) -> Refusal:
    """Word a value that is not among those the server takes (C-01, C-06)."""
    return Refusal("invalid_value", f"Invalid value: '{value}'. Supported values are: {_listed(values)}.", param)


def mistyped(param: str, expected: str, value: JSON) -> Refusal:
    """Word a value of the wrong type; the form is that of OpenAI's other APIs."""
    message = f"Invalid type for '{param}': expected {expected}, but got {_type_of(value)} instead."
    return Refusal("invalid_type", message, param)


def too_long(param: str, limit: int, length: int) -> Refusal:
    """Word a string beyond its maximum length (C-17)."""
    message = (
        f"Invalid '{param}': string too long. Expected a string with maximum length {limit}, "
        f"but got a string with length {length} instead."
    )
    return Refusal("string_above_max_length", message, param)


def _listed(values: Sequence[JSON]) -> str:
    quoted = [f"'{value}'" for value in values]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return ", ".join(quoted[:-1]) + f", and {quoted[-1]}"


def _type_of(value: JSON) -> str:
    if value is None:
        return "null"
    words = {bool: "a boolean", int: "an integer", float: "a decimal", str: "a string", list: "an array"}
    return words.get(type(value), "an object")
