"""Finding objects in a stream of text: JSON first, then whatever the tolerant parser can make of it."""

import ast
import json
import re
from itertools import takewhile
from typing import Final, NamedTuple

from harness.logs.limits import Limits
from harness.logs.objects.lexicon import BOLD
from harness.logs.objects.tolerant import Fix, Memo, NoObjectError, Tolerant
from harness.model import JSON

OPENING: Final = re.compile(
    r"""\{(?=[\s/\#*>|;%-]*(?:["'“”‘’`\[…\\]|:?[A-Za-z_$][\w$]*["'”’*]*\s*[:=]))
    |\{(?=[ \t]*\n[^\n{}"']{1,80}["'])
    |\[(?=\s*["'](?:\{|\[)|\s*(?:AnyHashable\()?["']\w+["']\)?\s*(?::|=>))
    |\barray\s?\((?=\s*["']\w+["']\s*=>)
    |(?<![\w.])[A-Z]\w*\((?=\w+=)
    |(?<![\w.(,=])(?:event_id|type)='(?=[\w.-]+'[ ]\w+=)
    |[æä](?=\s*["'][\w.]+["']\s*:)""",
    re.VERBOSE,
)
"""Where an object may begin. A list of objects is read one by one, so that each has its own line; a list of texts
that hold objects is read whole."""

MARGIN: Final = re.compile(r"([ \t]*(?://+|#+|\*|>+|--|;+|%|\|)[ \t]?)\Z")
"""What stands before each line of an object in a comment, or in a quotation."""
LETTERS: Final = {"æ": str.maketrans("æåÆÅøØ", "{}[]|\\"), "ä": str.maketrans("äüåÄÜÅöÖ", "{}}[]]|\\")}
"""Letters that a terminal of another country shows for brackets (ISO 646): Danish; German and Swedish."""
JSON_LIKE: Final = re.compile(r'\{\s*(?:"[^"\\\n]*"\s*:\s*["{\[\d\-tfn]|\}|"[^"\\\n]*\Z|"[^"\\\n]*"\s*:?\s*\Z)')
"""How JSON begins. A failed attempt counts lines up to the error, which is dear in a long text."""
DECLARATION: Final = re.compile(r"\b(?:type\s+\w+(?:<[^<>]*>)?\s*=|interface\s+\w+[^{}()]*|enum\s+\w+)\s*\Z")
"""What stands before a type in TypeScript: it looks like an object, and is none."""
DIGIT: Final = re.compile(r"\d")
DIGITS: Final = re.compile(r"\d+")
BLANKS: Final = re.compile(r"(?:\\[ \t])+")
DEEPEST: Final = 40
"""The levels of an object that is no JSON. Real events have less than twelve; each bracket is another attempt."""
LONGEST_WORDS: Final = 400
"""The words before an object on its line that are looked at."""
LITERAL: Final = re.compile(r"""(["'])((?:(?!\1)[^\\\n]|\\.)*+)\1""")
CELL_BEGINS: Final = re.compile(r'"[{\[]\s*""\w')
CELL: Final = re.compile(r'"(?:[^"]++|"")*+"')
"""A cell of a CSV file (RFC 4180), in which quotes are doubled."""
MOST_BROKEN_LITERALS: Final = 100
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


class Source(Memo):
    """A text in which objects are looked for, and what was found out about it."""

    def __init__(self, text: str, at_end: bool = True) -> None:
        super().__init__(text)
        self.at_end = at_end
        """Whether the log ends with the text."""
        self.duplicates: list[str] = []
        """The keys that `decoder` met twice in one object."""
        self.broken_literals = 0
        """How many literals around an object had no end."""
        self.decoder = _decoder(self.duplicates)
        self._translated: dict[str, Memo] = {}

    def translated(self, letter: str) -> Memo:
        """Return the text with its brackets back, from a terminal that showed this letter for one."""
        if letter not in self._translated:
            self._translated[letter] = Memo(self.text.translate(LETTERS[letter]))
        return self._translated[letter]


def find(source: Source, start: int, until: int, limits: Limits) -> Object | None:
    """Return the first object that begins between two offsets, None when there is none.

    Raises:
        Unfinished: it goes on behind the text, which is not the end of the log.
    """
    for match in OPENING.finditer(source.text, start):
        if match.start() >= until:
            break
        found = _read(source, match, limits) if match.start() >= source.too_deep else None
        if found is not None and isinstance(found.value, dict | list):
            return found
    return None


def _read(source: Source, match: re.Match[str], limits: Limits) -> Object | None:
    start, opening = match.start(), match[0]
    if opening in LETTERS:
        found = _object(source.translated(opening), start, limits)
        fix = Fix(start, "braces-restored", opening, "{", 0.8)
        return found and found._replace(fixes=(fix, *found.fixes))
    if opening[0] in "{[":
        return _braced(source, start, limits)
    return _object(source, start, limits, keywords=opening.endswith("'"))


def _object(memo: Memo, start: int, limits: Limits, keywords: bool = False) -> Object | None:
    parser = Tolerant(memo, start, min(limits.depth, DEEPEST))
    try:
        value = parser.keywords() if keywords else parser.read()
    except NoObjectError:
        return None
    return Object(start, parser.end, value, tuple(parser.fixes), parser.cut_off)


def _braced(source: Source, start: int, limits: Limits) -> Object | None:
    text = source.text
    quoted = _in_literal(source, start)
    if quoted is not None:
        return quoted
    if text[start] == "{" and not JSON_LIKE.match(text, start):
        return _tolerant(source, start, limits)
    source.duplicates.clear()
    try:
        value, end = source.decoder.raw_decode(text, start)
        if isinstance(value, dict) and BOLD.match(str(value.get("type"))):
            return _tolerant(source, start, limits)
        return Object(start, end, value, tuple(Fix(start, DUPLICATE, key, key, 0.5) for key in source.duplicates))
    except json.JSONDecodeError as error:
        ends_early = error.pos >= len(text) or error.msg.startswith("Unterminated")
        if ends_early and not source.at_end:
            raise Unfinished(start) from None
    except (RecursionError, ValueError):
        pass
    return _tolerant(source, start, limits)


def _tolerant(source: Source, start: int, limits: Limits) -> Object | None:
    text, memo, at_end = source.text, source, source.at_end
    line = text.rfind("\n", max(0, start - LONGEST_WORDS), start) + 1
    words = text[line:start] if line or start < LONGEST_WORDS else ""
    if words.strip() and (next_one := text.find(f"\n{words}{text[start]}", start)) >= 0:
        # The same words before another bracket: whatever is open here, the next object begins there.
        memo, at_end = Source(text[:next_one]), True
    if DECLARATION.search(words):
        return None
    margin = _margin(memo.text, start, words)
    if margin is not None:
        return _in_margin(memo.text, start, margin, limits)
    found = _object(memo, start, limits)
    if found is not None and not at_end and found.end >= len(text.rstrip()):
        raise Unfinished(start)
    return found


def rest_of_object(text: str, start: int, limits: Limits) -> Object | None:
    """Return what is left of an object whose opening bracket is not in the text, None when it is nothing."""
    found = _object(Memo("{" + text[start:]), 0, limits)
    if found is None:
        return None
    fixes = tuple(fix._replace(at=start + max(0, fix.at - 1)) for fix in found.fixes)
    return found._replace(start=start, end=start + found.end - 1, fixes=fixes, cut_off=True)


def _in_literal(source: Source, start: int) -> Object | None:
    """Read an object inside a string literal of a program, or a cell of a CSV file: `data='{"type": …}'`."""
    text = source.text
    if start == 0 or text[start - 1] not in "'\"" or source.broken_literals > MOST_BROKEN_LITERALS:
        return None
    is_cell = CELL_BEGINS.match(text, start - 1) is not None
    literal = (CELL if is_cell else LITERAL).match(text, start - 1)
    if literal is None:
        # Each of those is looked for up to the end of its line, or of the text.
        source.broken_literals += 1
        return None
    if not is_cell and "\\" not in literal[2]:
        return None
    try:
        inner = literal[0][1:-1].replace('""', '"') if is_cell else ast.literal_eval(literal[0])
        value = json.loads(inner)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return Object(start, literal.end() - 1, value)


def _margin(text: str, start: int, words: str) -> re.Pattern[str] | None:
    """Return what stands before each line of the object at `start`, None when nothing does."""
    mark = MARGIN.match(words)
    if mark is not None:
        return re.compile(r"[ \t]*" + re.escape(mark[1].strip()))
    begin = text.find("\n", start) + 1
    if not begin or not words.strip() or text[start + 1 : begin].strip():
        return None
    # A stamp, a number, the name of a program: the same on this line and the next, but for the digits.
    both = zip(DIGIT.sub("0", words), DIGIT.sub("0", text[begin : begin + len(words)]), strict=False)
    shared = words[: sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))]
    if not shared.strip():
        return None
    return re.compile(DIGITS.sub(r"\\d+", BLANKS.sub(r"[ \\t]*", re.escape(shared))))


def _in_margin(text: str, start: int, margin: re.Pattern[str], limits: Limits) -> Object | None:
    """Read an object in a comment, a quotation or a log: without what stands before each of its lines."""
    kept, stops, at = [], [], start
    while True:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        before = margin.match(text, at, stop) if at != start else None
        if at != start and before is None:
            break
        kept.append(text[before.end() if before else at : stop])
        stops.append(stop)
        at = stop + 1
        if stop == len(text):
            break
    clean = "\n".join(kept)
    found = _object(Memo(clean), 0, limits)
    if found is None:
        return None
    lines = clean.count("\n", 0, found.end)
    end = start + found.end if not lines else stops[lines]
    return found._replace(start=start, end=end, fixes=tuple(fix._replace(at=start) for fix in found.fixes))


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
