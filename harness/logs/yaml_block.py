"""A fast reader of the YAML that recorders write: block mappings and sequences of scalars.

PyYAML's C loader reads 2 000 events a second. This one takes a document apart with one regular expression and
types each scalar by the schema as it goes. What it does not know (flow collections with something in them,
anchors, tags, odd keys) it leaves to `yaml_events`, by raising `Outside`.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

from harness.logs.scalars import plain
from harness.logs.schema_tree import UNKNOWN, Node
from harness.model import JSON

TOKEN = re.compile(
    r"""^(\ *)((?:-\ +)*)                                # indentation, dashes
    (?:([A-Za-z_$][\w.$/-]*|'(?:[^'\n]|'')*'|"(?:[^"\\\n]|\\.)*"):(?:[ ]+(.*))?   # key, value
    |(.*))$                                              # or anything else
    """,
    re.MULTILINE | re.VERBOSE,
)
Token: TypeAlias = tuple[str, str, str, str, str]

DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:#.*)?\Z', re.DOTALL)
SINGLE_QUOTED = re.compile(r"'((?:[^']|'')*)'\s*(?:#.*)?\Z", re.DOTALL)
ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
SIMPLE_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
NOT_IN_PLAIN = re.compile(r"^#| #|:(?: |$)")
"""What ends a plain scalar, or has no place in one that spans several lines."""
INDICATORS = frozenset("&*!%@`|>'\"[]{}#?,")
# A level of nesting costs one call; Python allows a thousand.
DEEPEST = 200


class Outside(Exception):  # noqa: N818 (no error: a question passed on to the general reader)
    """The document is beyond this reader."""


EmptyRule: TypeAlias = Callable[[Node, str, dict[str, JSON], int], JSON]
"""What `''` stands for: gets the place, the key, the mapping so far and the line."""


class Block:
    """One document being read."""

    __slots__ = ("_depth", "_empty", "_lines", "_text", "_tokens")

    def __init__(self, text: str, empty: EmptyRule | None = None) -> None:
        self._text = text
        self._tokens: list[Token] = TOKEN.findall(text)
        self._lines: list[str] | None = None
        self._empty = empty
        self._depth = 0

    def root(self, node: Node) -> JSON:
        """Return the value of the whole document.

        Raises:
            Outside: it is beyond this reader.
        """
        start = self._skip_blank(0)
        if start == len(self._tokens):
            return None
        value, end = self._block(start, len(self._tokens[start][0]), node)
        if self._skip_blank(end) != len(self._tokens):
            raise Outside
        return value

    def _block(self, index: int, indent: int, node: Node) -> tuple[JSON, int]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Outside
        token = self._tokens[index]
        value: JSON
        if token[1]:
            value, index = self._sequence(index, indent, node.items or UNKNOWN)
        elif token[2]:
            value, index = self._mapping(index, indent, node)
        else:
            raise Outside
        self._depth -= 1
        return value, index

    def _mapping(self, index: int, indent: int, node: Node) -> tuple[dict[str, JSON], int]:
        tokens, properties, other = self._tokens, node.properties, node.other or UNKNOWN
        result: dict[str, JSON] = {}
        count = len(tokens)
        while index < count:
            spaces, dashes, key, value, rest = tokens[index]
            if len(spaces) != indent or dashes or not key:
                if self._ends(spaces, dashes + key + rest, indent):
                    break
                index += 1
                continue
            if key[0] in "'\"":
                key = unescaped(key[1:-1], key[0])
            if key in result:
                raise Outside
            child = properties.get(key, other)
            if not value:
                result[key], index = self._nested(index, indent, child)
            elif value[0] in INDICATORS:
                result[key], index = self._marked(index, indent, value, child)
                if result[key] == "" and self._empty is not None:
                    result[key] = self._empty(child, key, result, index - 1)
            else:
                result[key], index = self._plain(index, indent, value, child)
        return result, index

    def _ends(self, spaces: str, rest: str, indent: int) -> bool:
        """Say whether a line that is no entry of the collection ends it, or is blank or a comment."""
        if not rest or rest[0] == "#":
            return False
        if len(spaces) > indent:
            raise Outside
        return True

    def _plain(self, index: int, indent: int, text: str, node: Node) -> tuple[JSON, int]:
        index += 1
        if index < len(self._tokens) and len(self._tokens[index][0]) > indent:
            text, index = self._folded(index, indent, text)
        elif " #" in text:
            text = text[: text.index(" #")]
        text = text.rstrip()
        return (text if node.types == STRING_ONLY else plain(text, node)), index

    def _nested(self, index: int, indent: int, node: Node) -> tuple[JSON, int]:
        """Read what follows a key without a value: something deeper, a sequence on the same column, or nothing."""
        following = self._skip_blank(index + 1)
        if following < len(self._tokens):
            spaces, dashes, *_ = self._tokens[following]
            if len(spaces) > indent or (dashes and len(spaces) == indent):
                return self._block(following, len(spaces), node)
        return plain("", node), index + 1

    def _sequence(self, index: int, indent: int, node: Node) -> tuple[list[JSON], int]:
        tokens = self._tokens
        result: list[JSON] = []
        while index < len(tokens):
            spaces, dashes, key, _, rest = tokens[index]
            if len(spaces) != indent or not dashes:
                if self._ends(spaces, dashes + key + rest, indent):
                    break
                index += 1
                continue
            item: JSON
            deeper = self._without_dash(index)
            if tokens[index][1] or key:
                item, index = self._block(index, deeper, node)
            elif rest[0] in INDICATORS:
                item, index = self._marked(index, indent, rest, node)
            else:
                text, index = self._folded(index + 1, indent, rest)
                item = plain(text.rstrip(), node)
            result.append(item)
        return result, index

    def _without_dash(self, index: int) -> int:
        """Take the first dash off a line, as its item begins behind it; return the column of the item."""
        spaces, dashes, key, value, rest = self._tokens[index]
        width = len(dashes) - len(dashes[1:].lstrip(" "))
        self._tokens[index] = (spaces + " " * width, dashes[width:], key, value, rest)
        return len(spaces) + width

    def _marked(self, index: int, indent: int, value: str, node: Node) -> tuple[JSON, int]:
        """Read a value that begins with an indicator."""
        first = value[0]
        if first in "'\"":
            return self._quoted(index, value)
        if first in "|>":
            return self._literal(index, indent, value)
        if first == "#":
            return self._nested(index, indent, node)
        bare = value.rstrip()
        if bare == "[]":
            return [], index + 1
        if bare == "{}":
            return {}, index + 1
        raise Outside

    def _quoted(self, index: int, value: str) -> tuple[str, int]:
        quote = value[0]
        if value[-1] == quote and value.count(quote) == 2 and "\\" not in value:
            return value[1:-1], index + 1
        pattern = SINGLE_QUOTED if quote == "'" else DOUBLE_QUOTED
        match = pattern.match(value)
        if match is not None:
            return unescaped(match[1], quote), index + 1
        end, parts = index, [value]
        while match is None:
            end += 1
            if end >= len(self._tokens):
                raise Outside
            parts.append(self._raw(end).strip(" \t"))
            if quote in parts[-1]:
                match = pattern.match("\n".join(parts))
        return unescaped(fold(match[1], quote == '"'), quote), end + 1

    def _literal(self, index: int, indent: int, header: str) -> tuple[str, int]:
        """Read a block scalar (`|`, `>`) with its chomping and its indentation indicator."""
        match = re.match(r"([|>])(?:([+-])?([1-9])?|([1-9])([+-]))\s*(?:#.*)?\Z", header)
        if match is None:
            raise Outside
        chomp = match[2] or match[5] or ""
        given = match[3] or match[4]
        lines: list[str] = []
        index += 1
        while index < len(self._tokens):
            raw = self._raw(index)
            if raw.strip(" ") and len(raw) - len(raw.lstrip(" ")) <= indent:
                break
            lines.append(raw)
            index += 1
        width = indent + int(given) if given else _indentation(lines)
        return chomped([line[width:] for line in lines], match[1], chomp), index

    def _folded(self, index: int, indent: int, first: str) -> tuple[str, int]:
        """Read the further lines of an unquoted scalar."""
        lines = [first]
        while index < len(self._tokens):
            raw = self._raw(index)
            bare = raw.strip(" \t")
            if bare and len(raw) - len(raw.lstrip(" ")) <= indent:
                break
            lines.append(bare)
            index += 1
        while lines[-1] == "":
            lines.pop()
            index -= 1
        if any(NOT_IN_PLAIN.search(line) for line in lines):
            raise Outside
        return fold("\n".join(lines), False), index

    def _raw(self, index: int) -> str:
        if self._lines is None:
            self._lines = self._text.split("\n")
        return self._lines[index]

    def _skip_blank(self, index: int) -> int:
        while index < len(self._tokens):
            _, dashes, key, _, rest = self._tokens[index]
            if dashes or key or (rest and rest[0] != "#"):
                break
            index += 1
        return index


STRING_ONLY = frozenset({"string"})


def fold(text: str, escapes: bool) -> str:
    """Join the lines of a folded scalar: one break is a space, more are one less; with `\\` at the end, nothing."""
    if escapes:
        text = re.sub(r"(?<!\\)((?:\\\\)*)\\\n", r"\1", text)
    return re.sub(r"\n+", lambda breaks: "\n" * (len(breaks[0]) - 1) or " ", text)


def unescaped(text: str, quote: str) -> str:
    """Return the text inside quotes, its escapes undone.

    Raises:
        Outside: an escape that YAML does not know.
    """
    if quote == "'":
        return text.replace("''", "'")
    return ESCAPE.sub(_escape, text) if "\\" in text else text


def _escape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code is None:
        if match[4] not in SIMPLE_ESCAPES:
            raise Outside
        return SIMPLE_ESCAPES[match[4]]
    number = int(code, 16)
    if number > 0x10FFFF:
        raise Outside
    return chr(number)


def _indentation(lines: list[str]) -> int:
    widths = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")]
    return widths[0] if widths else 0


def chomped(lines: list[str], style: str, chomp: str) -> str:
    """Join the lines of a block scalar: `style` is `|` or `>`, `chomp` what happens to the breaks at its end."""
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    body = "\n".join(lines[:end])
    if style == ">":
        body = _folded_block(lines[:end])
    if chomp == "-" or (not end and chomp != "+"):
        return body
    return body + "\n" * (len(lines) - end + bool(end) if chomp == "+" else 1)


def _folded_block(lines: list[str]) -> str:
    """Join the lines of `>`: single breaks between lines of text are spaces; indented lines keep theirs."""
    if any(line[:1] in (" ", "\t") for line in lines):
        raise Outside
    return re.sub(r"(?<!\n)\n+(?!\n)", lambda breaks: "\n" * (len(breaks[0]) - 1) or " ", "\n".join(lines))
