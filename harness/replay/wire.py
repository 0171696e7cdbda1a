"""JSON as it goes over the wire: fast, and also where it is odd."""

import json
import re
from typing import Any

import orjson

LONG_NUMBER = re.compile(rb"[0-9]{19}")
"""What may be an integer beyond 64 bits, of which orjson makes a float and says nothing."""
LOOKED_THROUGH = 65_536
"""Events up to this size are looked through for one; beyond, they are audio."""


def dumps(value: Any) -> bytes:
    """Return a value as JSON; integers beyond 64 bits and halves of surrogate pairs are kept."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def loads(text: bytes) -> Any:
    """Return the value of some JSON; integers are kept, however long.

    Raises:
        ValueError: it is none.
    """
    if len(text) > LOOKED_THROUGH or not LONG_NUMBER.search(text):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass  # it may be odd only: halves of surrogate pairs, or numbers that are none
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None
