"""The tolerant parser: an object as JSON, Python, JavaScript, Node or an SDK prints it, whole or damaged.

It never fails behind the first key. What it cannot read it reports as a repair, with what it made of it; an object
that the text leaves open is closed, and marked as cut off.
"""

import re
from typing import Final, NamedTuple

from harness.logs.objects.lexicon import (
    BASE64,
    BOLD,
    CLOSERS,
    CONSTANTS,
    ELIDED,
    ENUM,
    HASHABLE,
    KEYED,
    NUMBER,
    PREFIX,
    QUOTES,
    SPACE,
    STARS,
    STRING_END,
    STRUCTURAL,
    WORD,
)
from harness.logs.objects.literals import closing_mark, number, unescape
from harness.model import JSON

STRING_PREFIXES: Final = frozenset({"b", "r", "u", "f", "br", "rb", "B", "R", "U", "F"})
METHOD: Final = re.compile(r"\.[A-Za-z_]\w*")
MOST_INNER_QUOTES: Final = 20
"""The quotes inside a string that nobody escaped."""
OPEN_STRING_LINES: Final = 200
"""The lines a string may span when its line breaks were not escaped: a minute of audio, 76 columns wide, is more."""


class Fix(NamedTuple):
    """A repair, by its offset in the text."""

    at: int
    kind: str
    before: str
    after: str
    confidence: float


class NoObjectError(ValueError):
    """There is no object here."""


class Memo:
    """What was found out about a text while reading one object, and holds for the next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.too_deep = 0
        """Up to where the text is nested too deep: every bracket before it would be another hopeless attempt."""
        self._line = (0, -1)

    def line_end(self, at: int) -> int:
        """Return where the line ends; a log may be one line of many megabytes, so it is remembered."""
        begin, end = self._line
        if not begin <= at <= end:
            end = self.text.find("\n", at)
            end = len(self.text) if end < 0 else end
            self._line = (at, end)
        return end


class Tolerant:
    """One object being read, from `start` of a text."""

    def __init__(self, memo: Memo, start: int, depth: int) -> None:
        self._memo = memo
        self._text = memo.text
        self._deepest = depth
        self._start = start
        self.end = start
        """Where the object ends, or where reading stopped."""
        self.fixes: list[Fix] = []
        self.cut_off = False
        """Whether the object was left open."""

    def read(self) -> JSON:
        """Return the value.

        Raises:
            NoObjectError: what stands here does not begin as an object does.
        """
        start = self.end
        value = self._value(0)
        if value == {} and self.cut_off:
            raise NoObjectError(f"nothing can be read at {start}")
        return value

    def keywords(self) -> JSON:
        """Return the object of a line of `name=value` pairs, as pydantic prints a model."""
        result: dict[str, JSON] = {}
        self._pairs(result, "\n", "=", 1)
        return result

    # values

    def _value(self, depth: int) -> JSON:
        self._skip()
        text, at = self._text, self.end
        if depth > self._deepest:
            self._memo.too_deep = at
            raise self._cut()
        if at >= len(text):
            raise self._cut()
        enum = ENUM.match(text, at)
        if enum is not None:
            self.end = enum.end()
            return enum[2]
        elided = ELIDED.match(text, at)
        if elided is not None:
            self.end = elided.end()
            if elided[0][0] != "<":
                self._fix(at, "value-elided", elided[0], elided[0], 1.0)
            return elided[0]
        prefix = PREFIX.match(text, at)
        if prefix is not None:
            at = self.end = prefix.end()
        first = text[at]
        if first == "{":
            self.end += 1
            return self._object("}", depth + 1)
        if first == "[" or first == "(":
            self.end += 1
            closing = "]" if first == "[" else ")"
            return (self._object if KEYED.match(text, at + 1) else self._array)(closing, depth + 1)
        if first in QUOTES:
            return self._strings()
        return self._bare(depth)

    def _object(self, closing: str, depth: int) -> dict[str, JSON]:
        result: dict[str, JSON] = {}
        self._pairs(result, closing, ":", depth)
        return result

    def _pairs(self, result: dict[str, JSON], closing: str, relation: str, depth: int) -> None:
        """Read keys and values up to the closing mark; what comes instead of a key cuts the object off."""
        try:
            while not self._closed(closing):
                if self._elision():
                    continue
                at = self.end
                key = self._key(relation)
                value = self._value(depth)
                if key in result:
                    self._fix(at, "key-appears-twice", key, key, 0.5)
                else:
                    result[key] = self._unbold(at, value)
                self._separator()
        except NoObjectError:
            if not result and not self.cut_off:
                raise
            self.cut_off = True

    def _closed(self, closing: str) -> bool:
        if self._memo.too_deep > self._start:
            raise self._cut()
        if closing == "\n":
            # Pairs without brackets end with their line.
            at = self.end
            return at >= len(self._text) or self._text[at] == "\n"
        self._skip()
        if self._text.startswith(closing, self.end):
            self.end += len(closing)
            return True
        return False

    def _elision(self) -> bool:
        """Skip what stands for keys that were not printed."""
        self._skip_inline() if self._text[self.end : self.end + 1] == " " else None
        match = ELIDED.match(self._text, self.end)
        if match is None:
            return False
        self._fix(self.end, "value-elided", match[0], "", 1.0)
        self.end = match.end()
        self._separator()
        return True

    def _key(self, relation: str) -> str:
        text, at = self._text, self.end
        if at >= len(text):
            raise self._cut()
        bold = STARS.match(text, at)
        if bold is not None:
            at = self.end = bold.end()
        wrapped = text.startswith(HASHABLE, at)
        if wrapped:
            at = self.end = at + len(HASHABLE)
        elif text.startswith(":", at):
            # A symbol of Ruby.
            at = self.end = at + 1
        if text[at : at + 1] in QUOTES and text[at : at + 1]:
            key = self._string()
            self.end += wrapped
        else:
            match = WORD.match(text, at) or NUMBER.match(text, at)
            if match is None:
                raise NoObjectError(f"no key at {at}")
            key, self.end = match[0], match.end()
        self._skip_stars()
        self._skip_inline()
        for mark in (relation, "=>", ":", "="):
            if text.startswith(mark, self.end):
                self.end += len(mark)
                return key
        self.end = at
        raise NoObjectError(f"no value for {key}")

    def _array(self, closing: str, depth: int) -> list[JSON]:
        result: list[JSON] = []
        try:
            while not self._closed(closing):
                result.append(self._value(depth))
                self._separator()
        except NoObjectError:
            self.cut_off = True
        return result

    def _separator(self) -> None:
        self._skip_stars()
        self._skip_inline()
        if self._text.startswith((",", ";"), self.end):
            self.end += 1
            self._skip_inline()

    def _bare(self, depth: int) -> JSON:
        """Read a constant, a number, the printed object of a class, or a word without quotes."""
        text, at = self._text, self.end
        digits = NUMBER.match(text, at)
        if digits is not None:
            self.end = digits.end()
            return number(digits[0])
        word = re.compile(r"[A-Za-z_$][\w$.]*").match(text, at)
        if word is None:
            bold = STARS.match(text, at)
            if bold is None:
                raise NoObjectError(f"no value at {at}")
            self.end = bold.end()
            return self._value(depth)
        self.end = word.end()
        if word[0] in STRING_PREFIXES and text.startswith(("'", '"'), self.end):
            return self._strings()
        if text.startswith("(", self.end):
            return self._calls(word[0], depth)
        if word[0] in CONSTANTS:
            return CONSTANTS[word[0]]
        self._fix(at, "quotes-missing", word[0], f'"{word[0]}"', 0.8)
        return word[0]

    def _calls(self, name: str, depth: int) -> JSON:
        """Read a call, and the calls on what it returns; of those only the words are known: `b64(x).decode()`."""
        start = self.end - len(name)
        value = self._call(name, depth)
        end = self.end
        while (method := METHOD.match(self._text, self.end)) is not None:
            self.end = method.end()
            if self._text.startswith("(", self.end):
                self._call("", depth)
        return value if self.end == end else self._text[start : self.end]

    def _call(self, name: str, depth: int) -> JSON:
        """Read `Name(key='…', …)`; a call without names is kept as it is written."""
        start = self.end - len(name)
        self.end += 1
        result: dict[str, JSON] = {}
        if re.compile(r"\s*\w+=").match(self._text, self.end):
            self._pairs(result, ")", "=", depth + 1)
            return result
        values = self._array(")", depth + 1)
        if len(values) == 1 and not isinstance(values[0], list | dict):
            # UUID('…'), float('inf'), Number(0.5): what stands inside is what counts.
            return values[0]
        return self._text[start : self.end]

    # strings

    def _strings(self) -> str:
        """Read a string, and those that Python or JavaScript join to it."""
        value = self._string()
        while True:
            at = self.end
            self._skip()
            if self._text.startswith("+", self.end):
                self.end += 1
                self._skip()
            elif self.end == at or "\n" not in self._text[at : self.end]:
                self.end = at
                return value
            if self._text[self.end : self.end + 1] not in tuple("\"'`") or self._is_key():
                self.end = at
                return value
            value += self._string()

    def _is_key(self) -> bool:
        """Say whether the string here is a key, after a line whose comma is missing."""
        return re.compile(r"""(["'])(?:[^"'\\\n]|\\.)*\1\s*:""").match(self._text, self.end) is not None

    def _string(self) -> str:
        text, start = self._text, self.end
        quote = text[start]
        closing = QUOTES[quote]
        if quote not in "\"'`":
            self._fix(start, "quotes-straightened", quote, '"', 1.0)
        end = self._string_end(start + 1, closing)
        if end < 0:
            return self._open_string(start)
        self.end = end + 1
        return unescape(text[start + 1 : end])

    def _string_end(self, start: int, closing: str) -> int:
        """Return where the closing quote stands, -1 when it is not on this line (or, in `` ` ``, nowhere)."""
        text = self._text
        stop = len(text) if closing == "`" else self._memo.line_end(start)
        pattern = closing_mark(CLOSERS[closing])
        fallback, quotes = -1, 0
        for match in pattern.finditer(text, start, stop):
            at = match.start()
            if text[at] == "\\":
                continue
            if closing == "`" or STRING_END.match(text, match.end()):
                if fallback >= 0:
                    self._fix(start - 1, "quotes-unescaped", text[fallback : fallback + 10], "kept in the text", 0.8)
                return at
            fallback, quotes = (at if fallback < 0 else fallback), quotes + 1
            if quotes > MOST_INNER_QUOTES:
                break
        # No quote is followed by what must follow: the first one ended it, before something odd.
        return fallback

    def _open_string(self, start: int) -> str:
        """Read a string whose quote is not closed on its line: broken over several, or left open."""
        text = self._text
        closing = closing_mark(CLOSERS[QUOTES[text[start]]])
        line_end = self._memo.line_end(start)
        at = line_end
        for _ in range(OPEN_STRING_LINES):
            if at >= len(text) or STRUCTURAL.match(text, at + 1):
                break
            following = self._memo.line_end(at + 1)
            ends = [m.start() for m in closing.finditer(text, at + 1, following) if text[m.start()] != "\\"]
            ends = [end for end in ends if STRING_END.match(text, end + 1)]
            if ends:
                self.end = ends[0] + 1
                return self._broken(start, text[start + 1 : ends[0]])
            at = following
        self.end = line_end
        shown = text[start + 1 : line_end].rstrip()
        # The comma behind a cut belongs to the object, not to the text.
        self._fix(start, "string-left-open", text[start : start + 20], f"closed after {len(shown)} characters", 0.7)
        self.cut_off = self.cut_off or line_end >= len(text)
        return unescape(shown.removesuffix("\\"))

    def _broken(self, start: int, raw: str) -> str:
        joined = re.sub(r"\s*\n\s*", "", raw)
        audio = BASE64.match(joined) is not None
        value = joined if audio else raw
        self._fix(start, "line-break-in-string", raw[:20], "joined" if audio else "kept", 1.0 if audio else 0.8)
        return unescape(value)

    # the rest

    def _unbold(self, at: int, value: JSON) -> JSON:
        match = BOLD.match(value) if isinstance(value, str) else None
        if match is None:
            return value
        name = match[1] or match[2]
        self._fix(at, "markdown-removed", match[0], name, 0.9)
        return name

    def _skip(self) -> None:
        match = SPACE.match(self._text, self.end)
        assert match is not None, "the pattern matches nothing as well"
        self.end = match.end()

    def _skip_inline(self) -> None:
        while self._text[self.end : self.end + 1] in (" ", "\t"):
            self.end += 1

    def _skip_stars(self) -> None:
        match = STARS.match(self._text, self.end)
        if match is not None:
            self.end = match.end()

    def _cut(self) -> NoObjectError:
        self.cut_off = True
        return NoObjectError("the text ends inside the object")

    def _fix(self, at: int, kind: str, before: str, after: str, confidence: float) -> None:
        self.fixes.append(Fix(at, kind, before, after, confidence))
