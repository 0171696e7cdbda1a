"""What each guess about a line without indentation costs.

The prices are in "one plain guess". Free is what `flat_search` says of the usual case.
"""

from typing import Final

from harness.logs.flat_lines import BLOCK_HEADER, Line
from harness.logs.scalars import NULLS, core
from harness.logs.schema_tree import Node

ANY_KEY: Final = 0.25  # a key of a mapping that may have any key, when no other knows it
ANY_KEY_KNOWN: Final = 0.75  # the same, when a mapping further out knows it
STRANGE_KEY: Final = 0.75  # a key of a mapping the schema says nothing about
STRANGE_KEY_KNOWN: Final = 1.75  # the same, when a mapping further out knows it
SELDOM_KEY: Final = 1.25  # a key the schema knows and hardly anybody writes
LACKS_FOUNDATION: Final = 1.5  # a key without the one that gives it a meaning
PASS_KNOWN: Final = 0.95  # a mapping is left although its schema knows the key
PASS_SELDOM: Final = 0.5  # the same, when it seldom has the key
MISSING: Final = 0.5  # a mapping is left without a key its schema demands
UNKNOWN_KEY: Final = 1.0  # no open mapping knows the key, and it looks like a key
ODD_KEY: Final = 3.0  # the same, and it looks like prose
OUTWARDS: Final = 0.3  # an unknown key belongs further out, per mapping
MISFIT: Final = 4.0  # the schema wants another type here
STRANGE_NEST: Final = 1.0  # there is a mapping or a sequence where the schema wants a scalar
ODD_WORD: Final = 1.0  # the schema names the words it expects, and this is none of them
EMPTY: Final = 0.75  # a key without a value is null, where null is allowed
EMPTY_MISFIT: Final = 3.0  # the same, where it is not
SHORT_LINE: Final = 2.0  # a text goes on although its line was short
SHORT_WORD: Final = 8.0  # the same, and its line was a single word: an id, a number, a name
KEY_IN_TEXT: Final = 4.0  # a line that looks like a key is part of a text
DASH_IN_TEXT: Final = 2.0  # a line that looks like an item is part of a text
KNOWN_KEY_IN_BLOCK: Final = 1.5  # the same in a block of text, where keys are legal
EMPTY_BLOCK: Final = 1.0  # a block of text without a line
TWICE_AT_ONCE: Final = 0.5  # a key stands on two lines, one below the other
TWICE: Final = 2.0  # a mapping has the key already
NO_COLON: Final = 1.75  # the first word of a line is a key without its colon
LOST_LINE: Final = 10.0  # the line belongs to nothing

FOLDED_FROM: Final = 60  # writers fold lines at 80 columns, indentation included
FOLDED_TO: Final = 130  # and a writer that has not folded a line here folds none


def price_of_passing(price: float) -> float:
    """Say how unlikely it is that a mapping is left although it could take the key at that price."""
    if not price:
        return PASS_KNOWN
    return PASS_SELDOM if price <= SELDOM_KEY else 0.0


def price_of_nothing(node: Node) -> float:
    """Say how unlikely a key without a value is."""
    return EMPTY if "null" in node.types else EMPTY_MISFIT


def price_of_value(line: Line, node: Node) -> float:
    """Say how unlikely it is that the schema wants this value here."""
    types = node.types
    if line.string is not None:
        if "string" in types:
            return _price_of_word(line.string, node)
        return 0.0 if line.string == "" and "null" in types else MISFIT
    value = line.value
    if value in ("[]", "{}"):
        return 0.0 if ("array" if value == "[]" else "object") in types else MISFIT
    if is_collection(value, node):
        return 0.0
    if "string" in types:
        return 0.0 if BLOCK_HEADER.match(value) or value in NULLS else _price_of_word(value, node)
    return 0.0 if _core_type(value) & types else MISFIT


def is_collection(value: str, node: Node) -> bool:
    """Tell whether a value is a list or a mapping on one line, where the schema wants one."""
    if value[-1:] not in ("]", "}"):
        return False
    return ("array" if value[0] == "[" else "object" if value[0] == "{" else "") in node.types


def _price_of_word(word: str, node: Node) -> float:
    return ODD_WORD if node.words and word not in node.words and node.types <= {"string", "null"} else 0.0


def _core_type(value: str) -> frozenset[str]:
    typed = core(value)
    if typed is None:
        return frozenset({"null"})
    if isinstance(typed, bool):
        return frozenset({"boolean"})
    if isinstance(typed, int):
        return frozenset({"integer", "number"})
    return frozenset({"number"}) if isinstance(typed, float) else frozenset({"string"})


def suits(node: Node, line: Line) -> bool:
    """Say whether a sequence could well have this item."""
    if line.key:
        return "object" in node.types and (not node.properties or line.key in node.properties)
    return bool(node.types - {"object", "array"})
