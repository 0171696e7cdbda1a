"""What a scalar of YAML stands for, decided by the schema and not by the resolver of YAML 1.1.

A text delta may be `No`, `1:30`, `~` or `.5`; YAML 1.1 makes a boolean, a number, null and a number of these.
"""

import re
from typing import NamedTuple

from harness.logs.schema_tree import Node
from harness.model import JSON

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
WORDS: dict[str, bool | None] = {**dict.fromkeys(NULLS), **BOOLEANS}
NUMBERS = "-+.0123456789"
# YAML 1.1 has these too; they are booleans only where the schema wants one and no string.
OLD_BOOLEANS = {
    **dict.fromkeys(("yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "off", "Off", "OFF"), False),
}
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?\Z")


def plain(text: str, node: Node) -> JSON:
    """Return the value of an unquoted scalar at a place of the schema.

    A string where the schema allows one, but for null where it allows that too; else whatever of the allowed
    types the text can be; where it can be none of them, what it looks like, so that the judge sees the mistake.
    """
    if not node.described:
        return core(text)
    types = node.types
    if "string" in types and len(types) <= 2:
        if "null" in types:
            return None if text in NULLS else text
        if len(types) == 1:
            return text
    value = core(text)
    if "string" in types and not _fits(value, types):
        return text
    if value.__class__ is str and "boolean" in types and "string" not in types:
        return OLD_BOOLEANS.get(text, value)
    return value


def core(text: str) -> JSON:
    """Return what an unquoted scalar is by itself: null, a boolean, a number as JSON writes it, or a string."""
    if text[:1] in NUMBERS:
        return _number(text) if text else None
    return WORDS.get(text, text)


def _number(text: str) -> JSON:
    if INTEGER.match(text):
        # Python refuses to read more digits than this, to stay quick; no number of the protocol has them.
        return int(text) if len(text) < 4000 else text
    if FLOAT.match(text):
        value = float(text)
        return value if abs(value) != float("inf") else text
    return text


def _fits(value: JSON, types: frozenset[str]) -> bool:
    if value is None:
        return "null" in types
    if isinstance(value, bool):
        return "boolean" in types
    if isinstance(value, int):
        return "integer" in types or "number" in types
    if isinstance(value, float):
        return "number" in types
    return "string" in types


class EmptyString(NamedTuple):
    """What an empty string stands for, in a log whose writer had no null."""

    is_null: bool
    confidence: float


def empty_string(node: Node, key: str, role: str) -> EmptyString:
    """Say whether `''` stands for null: the schema has null and no string, or the string cannot be empty.

    `role` is the `type` of the mapping around it. The transcript of an `input_audio` part is null until the
    speech is transcribed, an id is never empty, and a word of a fixed set is none of them.
    """
    if not node.described or "null" not in node.types:
        return EmptyString(False, 1.0)
    if "string" not in node.types:
        return EmptyString(True, 1.0)
    never_empty = bool(node.words) or key.endswith("_id") or (key, role) == ("transcript", "input_audio")
    return EmptyString(never_empty, 0.9)
