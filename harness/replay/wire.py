"""JSON as it goes over the wire: fast, and also where it is odd."""

import json
from typing import Any

import orjson


def dumps(value: Any) -> bytes:
    """Return a value as JSON; integers beyond 64 bits and halves of surrogate pairs are kept."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def loads(text: bytes) -> Any:
    """Return the value of some JSON.

    Raises:
        ValueError: it is none.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return json.loads(text)
        except RecursionError:
            raise ValueError("JSON that is nested too deeply") from None
