"""JSON for the lines that `orjson` refuses although a log may well have them: lone surrogates, huge integers."""

import json
from collections import Counter
from typing import cast

import orjson

from harness.model import JSON


class BadJSONError(ValueError):
    """The text is no JSON."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column
        """From 1, on the line where the error was found."""


def loads(text: str) -> JSON:
    """Return the value of a JSON text; lone surrogates stay what they are.

    Raises:
        BadJSONError: it is none.
    """
    try:
        return cast(JSON, json.loads(text, parse_constant=_refuse))
    except json.JSONDecodeError as error:
        raise BadJSONError(f"{error.msg} at column {error.colno}", error.colno) from error
    except BadJSONError:
        raise
    except (RecursionError, ValueError) as error:
        raise BadJSONError(str(error), 1) from error


def keys_doubled(data: bytes, value: JSON) -> bool:
    """Tell whether a JSON text may hold a key twice that its value holds once: then it has more colons than that.

    Cheap enough for every line. A space before a colon misleads it, towards saying so.
    """
    return data.count(b'":') != dumps(value).count(b'":')


def doubled_keys(text: str) -> list[str]:
    """Return the keys that stand twice in an object of a JSON text; the parsers keep the last value in silence."""
    found: list[str] = []

    def pairs(items: list[tuple[str, JSON]]) -> None:
        counts = Counter(name for name, _ in items)
        found.extend(name for name, count in counts.items() if count > 1)

    json.loads(text, object_pairs_hook=pairs)
    return found


def dumps(value: JSON) -> bytes:
    """Return compact JSON, UTF-8; a lone surrogate is written as its escape."""
    try:
        return orjson.dumps(value)
    except TypeError:
        # Not UTF-8, or an integer beyond 64 bits: the slow way can write both.
        return json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()


def _refuse(constant: str) -> JSON:
    raise BadJSONError(f"{constant} is no number of JSON", 1)
