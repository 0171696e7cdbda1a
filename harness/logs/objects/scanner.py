"""Finding objects in a stream of text: JSON first, then whatever the tolerant parser can make of it."""

import ast
import json
import re
from typing import Final, NamedTuple

from harness.logs.limits import Limits
from harness.logs.objects.tolerant import Fix, NoObjectError, Tolerant
from harness.model import JSON

OPENING: Final = re.compile(
    r"""\{(?=[\s/\#*>|;%-]*(?:["'“”‘’`\[…\\]|[A-Za-z_$][\w$]*["'”’*]*\s*:))
    |\[(?=\s*["'](?:\{|\[))
    |(?<![\w.])[A-Z]\w*\((?=\w+=)
    |(?<![\w.(,=])(?:event_id|type)='(?=[\w.-]+'[ ]\w+=)
    |[æä](?=\s*["'])""",
    re.VERBOSE,
)
"""Where an object may begin. A list of objects is read one by one, so that each has its own line; a list of texts
that hold objects is read whole."""

MARGIN: Final = re.compile(r"(?:^|\n)([ \t]*(?://+|#+|\*|>+|--|;+|%|\|)[ \t]?)\Z")
"""What stands before each line of an object in a comment, or in a quotation."""
LETTERS: Final = {"æ": str.maketrans("æåÆÅøØ", "{}[]|\\"), "ä": str.maketrans("äüÄÜöÖ", "{}[]|\\")}
"""Letters that a terminal of another country shows for brackets (ISO 646)."""
LITERAL: Final = re.compile(r"""(["'])((?:(?!\1)[^\\\n]|\\.)*)\1""")
DUPLICATE: Final = "key-appears-twice"


class Object(NamedTuple):
    """A value found in a text."""

    start: int
    end: int
    value: JSON
    fixes: tuple[Fix, ...] = ()
    cut_off: bool = False


class Unfinished(Exception):  # noqa: N818 (no error: more text is wanted)
    """The text ends before the object does."""

    def __init__(self, start: int) -> None:
        super().__init__(f"the object at {start} goes on behind the text")
        self.start = start


def find(text: str, start: int, until: int, at_end: bool, limits: Limits) -> Object | None:
    """Return the first object that begins between two offsets, None when there is none.

    Raises:
        Unfinished: it goes on behind the text, which is not the end of the log (`at_end`).
    """
    for match in OPENING.finditer(text, start):
        if match.start() >= until:
            break
        found = _read(text, match, at_end, limits)
        if found is not None:
            return found
    return None


def _read(text: str, match: re.Match[str], at_end: bool, limits: Limits) -> Object | None:
    start, opening = match.start(), match[0]
    if opening in LETTERS:
        return _with_letters(text, start, opening, limits)
    if opening[0] in "{[":
        return _braced(text, start, at_end, limits)
    parser = Tolerant(text, start, limits.depth)
    try:
        value = parser.keywords() if opening.endswith("'") else parser.read()
    except NoObjectError:
        return None
    return Object(start, parser.end, value, tuple(parser.fixes), parser.cut_off)


def _braced(text: str, start: int, at_end: bool, limits: Limits) -> Object | None:
    quoted = _in_literal(text, start)
    if quoted is not None:
        return quoted
    duplicates: list[str] = []
    try:
        value, end = _decoder(duplicates).raw_decode(text, start)
        return Object(start, end, value, tuple(Fix(start, DUPLICATE, key, key, 0.5) for key in duplicates))
    except json.JSONDecodeError as error:
        ends_early = error.pos >= len(text) or error.msg.startswith("Unterminated")
        if ends_early and not at_end:
            raise Unfinished(start) from None
    except (RecursionError, ValueError):
        pass
    return _tolerant(text, start, at_end, limits)


def _tolerant(text: str, start: int, at_end: bool, limits: Limits) -> Object | None:
    line = text.rfind("\n", 0, start) + 1
    words = text[line:start]
    if words.strip() and (next_one := text.find(f"\n{words}{text[start]}", start)) >= 0:
        # The same words before another bracket: whatever is open here, the next object begins there.
        text, at_end = text[:next_one], True
    margin = MARGIN.search(text, max(0, line - 1), start)
    source, shift = (text, 0) if margin is None else _without_margin(text, start, margin[1])
    parser = Tolerant(source, start - shift, limits.depth)
    try:
        value = parser.read()
    except NoObjectError:
        return None
    if not at_end and (parser.cut_off or parser.end >= len(source)) and parser.end >= len(source.rstrip()):
        raise Unfinished(start)
    end = parser.end if margin is None else _end_with_margin(text, start, source, start - shift, parser.end)
    return Object(start, end, value, tuple(parser.fixes), parser.cut_off)


def rest_of_object(text: str, start: int, limits: Limits) -> Object | None:
    """Return what is left of an object whose opening bracket is not in the text, None when it is nothing."""
    parser = Tolerant("{" + text[start:], 0, limits.depth)
    try:
        value = parser.read()
    except NoObjectError:
        return None
    return Object(start, start + parser.end - 1, value, tuple(parser.fixes), True)


def _with_letters(text: str, start: int, letter: str, limits: Limits) -> Object | None:
    """Read an object whose brackets were shown as letters."""
    parser = Tolerant(text[start:].translate(LETTERS[letter]), 0, limits.depth)
    try:
        value = parser.read()
    except NoObjectError:
        return None
    fix = Fix(start, "braces-restored", letter, "{", 0.8)
    return Object(start, start + parser.end, value, (fix, *parser.fixes), parser.cut_off)


def _in_literal(text: str, start: int) -> Object | None:
    """Read an object inside a string literal of a program: `data='{"type": …}'`."""
    if start == 0 or text[start - 1] not in "'\"":
        return None
    literal = LITERAL.match(text, start - 1)
    if literal is None or "\\" not in literal[2]:
        return None
    try:
        inner = ast.literal_eval(literal[0])
        value = json.loads(inner)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return Object(start, literal.end() - 1, value)


def _without_margin(text: str, start: int, margin: str) -> tuple[str, int]:
    """Return the text from `start` on without what stands before each of its lines, and how far it moved."""
    mark = margin.strip()
    lines = text[start:].split("\n")
    kept = [lines[0]]
    for line in lines[1:]:
        bare = line.lstrip(" \t")
        if not bare.startswith(mark):
            break
        kept.append(bare[len(mark) :])
    return "\n".join(kept), start


def _end_with_margin(text: str, start: int, source: str, begin: int, end: int) -> int:
    """Return where the end of an object read without margins stands in the text: on the same line from the start."""
    at = start
    for _ in range(source.count("\n", begin, end)):
        at = text.find("\n", at) + 1
    if at == start:
        return start + end - begin
    stop = text.find("\n", at)
    return len(text) if stop < 0 else stop


def _decoder(duplicates: list[str]) -> json.JSONDecoder:
    """Return a decoder that keeps the first of two equal keys, and notes the key."""

    def mapping(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
        result = dict(pairs)
        if len(result) < len(pairs):
            result = {}
            for key, value in pairs:
                if key in result:
                    duplicates.append(key)
                else:
                    result[key] = value
        return result

    return json.JSONDecoder(object_pairs_hook=mapping, parse_constant=str)
