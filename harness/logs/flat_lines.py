"""The lines of a document that lost its indentation, each taken apart once."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from harness.logs.yaml_block import DOUBLE_QUOTED, SINGLE_QUOTED, Outside, fold, unescaped

LINE = re.compile(
    r"""((?:-\ )*)
    (?:('[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"#\-?:,\[\]{}&*!|>%@`](?:[^:]|:(?=\S))*?):(?:[ \t]+(.*))?|(.*))\Z""",
    re.VERBOSE | re.DOTALL,
)
MOST_DASHES = 4
"""Sequences that begin on one line. More of them are a ruler, or an attack."""
IDENTIFIER = re.compile(r"[a-z_$][a-z0-9_$]*\Z")
BLOCK_HEADER = re.compile(r"([|>])([+-]?[1-9]?|[1-9][+-])\s*\Z")


class Line(NamedTuple):
    """One line, or several when a quoted string spans them."""

    number: int
    """From 1, in the file."""
    raw: str
    dashes: int
    key: str
    """Empty when the line names none."""
    value: str
    """What follows the key, or the dash, or the whole line."""
    string: str | None
    """The value without its quotes, None when it is not quoted."""
    is_restored: bool = False
    """Whether its key had no colon."""

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing on the line."""
        return not self.raw

    @property
    def is_structural(self) -> bool:
        """Whether the line can be more than the rest of a text."""
        return bool(self.key or self.dashes)


def logical_lines(lines: Sequence[str], first: int) -> list[Line]:
    """Take each line apart; join those that a quoted string spans."""
    result: list[Line] = []
    index = 0
    while index < len(lines):
        raw = lines[index].strip()
        line = _taken_apart(raw, first + index)
        end = index + 1
        if line.value[:1] in ("'", '"') and (line.key or line.dashes):
            string, end = _string(line.value, lines, index)
            line = line._replace(string=string)
        result.append(line)
        index = end
    return result


def _taken_apart(raw: str, number: int) -> Line:
    match = LINE.match(raw)
    assert match is not None, "the last branch of the pattern takes anything"
    dashes, key, value, rest = match.groups()
    if rest == "-":
        dashes, rest = dashes + "- ", ""
    if key and key[0] in "'\"":
        key = key[1:-1]
    if len(dashes) > 2 * MOST_DASHES:
        return Line(number, raw, 0, "", raw, None)
    return Line(number, raw, len(dashes) // 2, key or "", value or rest or "", None)


def with_colon(line: Line) -> Line | None:
    """Return a line without a key as it would be if its first word were one, None when that is no word."""
    key, _, value = line.value.partition(" ")
    if not IDENTIFIER.match(key):
        return None
    value = value.strip()
    quoted = SINGLE_QUOTED.match(value) or DOUBLE_QUOTED.match(value)
    return line._replace(key=key, value=value, string=quoted[1] if quoted else None, is_restored=True)


def _string(value: str, lines: Sequence[str], index: int) -> tuple[str | None, int]:
    """Return the string that begins with `value`, and the index behind it; None when its quote never closes."""
    quote = value[0]
    pattern = SINGLE_QUOTED if quote == "'" else DOUBLE_QUOTED
    parts = [value]
    for end in range(index + 1, len(lines) + 1):
        text = "\n".join(parts)
        match = pattern.match(text) if quote in parts[-1] else None
        if match is not None:
            try:
                return unescaped(fold(match[1], quote == '"'), quote), end
            except Outside:
                return None, index + 1
        if end < len(lines):
            parts.append(lines[end].strip())
    return None, index + 1
