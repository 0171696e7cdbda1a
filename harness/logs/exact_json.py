"""JSON for the lines that `orjson` refuses although a log may well have them: lone surrogates, huge integers."""

import json
import re
import sys

import orjson

from harness.model import JSON


class BadJSONError(ValueError):
    """The text is no JSON."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column
        """From 1, on the line where the error was found."""


def loads(text: str) -> tuple[JSON, list[str]]:
    """Return the value of a JSON text, and the keys that stand twice in one of its objects; their first value counts.

    Lone surrogates stay what they are, and integers are as long as they are written.

    Raises:
        BadJSONError: it is none.
    """
    doubled: list[str] = []

    def mapping(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
        result = dict(pairs)
        if len(result) < len(pairs):
            result = {}
            for key, value in pairs:
                if key in result:
                    doubled.append(key)
                else:
                    result[key] = value
        return result

    try:
        return json.loads(text, object_pairs_hook=mapping, parse_constant=_refuse, parse_float=_float), doubled
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" starting at").removesuffix(" at").lower()
        raise BadJSONError(f"{what} at column {error.colno}", error.colno) from error
    except BadJSONError:
        raise
    except RecursionError as error:
        raise BadJSONError("it is nested deeper than can be read", 1) from error
    except ValueError as error:
        raise BadJSONError(f"a number has more than {sys.get_int_max_str_digits()} digits", 1) from error


def loses_something(data: bytes, value: object) -> bool:
    """Tell whether `orjson` may have lost something of a JSON text: a key that stands twice, a digit of a number.

    Cheap enough for every line. What is written as compactly as here and comes out as long has lost nothing; where
    it is written otherwise, there must be as many keys, and no number that a double cannot hold.
    """
    try:
        again = orjson.dumps(value)
    except TypeError:
        # Too deep for it.
        return True
    if len(again) == len(data):
        return False
    return again.count(b'":') != data.count(b'":') or LONG_NUMBER.search(data) is not None


LONG_NUMBER = re.compile(rb"[0-9]{17}")
"""A double holds fifteen digits of any number, and seventeen tell all of them apart."""


def dumps(value: JSON) -> bytes:
    """Return compact JSON, UTF-8; a lone surrogate is written as its escape."""
    try:
        return orjson.dumps(value)
    except TypeError:
        # Not UTF-8, or an integer beyond 64 bits: the slow way can write both.
        return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def is_deeper(value: JSON, levels: int) -> bool:
    """Tell whether a value has more levels than that."""
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return not levels or any(is_deeper(part, levels - 1) for part in inner)


def _float(text: str) -> JSON:
    """Return a number, or its text where a double cannot hold it."""
    value = float(text)
    return text if abs(value) == float("inf") else value


def _refuse(constant: str) -> JSON:
    raise BadJSONError(f"{constant} is no number of JSON", 1)
