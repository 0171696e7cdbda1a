"""What a literal of JSON, Python or JavaScript stands for."""

import re

from harness.logs.objects.lexicon import ESCAPE, SIMPLE_ESCAPES, SURROGATES
from harness.model import JSON


def unescape(raw: str) -> str:
    """Return the text of a string literal of JSON, Python or JavaScript."""
    if "\\" not in raw:
        return raw
    text = ESCAPE.sub(_escaped, raw)
    return SURROGATES.sub(_joined, text)


def _escaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3] or match[4]
    if code is not None:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else match[0]
    if match[5] is not None:
        return ""
    return SIMPLE_ESCAPES.get(match[6], match[6])


def _joined(match: re.Match[str]) -> str:
    pair = match[0]
    return chr(0x10000 + ((ord(pair[0]) - 0xD800) << 10) + (ord(pair[1]) - 0xDC00))


def number(text: str) -> JSON:
    """Return the value of a number; what no JSON number can be stays a text."""
    digits = text.removesuffix("n").replace("_", "")
    if digits.lower().startswith(("0x", "-0x")):
        return int(digits, 16)
    if any(mark in digits for mark in ".eE"):
        value = float(digits)
        return text if abs(value) == float("inf") else value
    return int(digits) if len(digits) < 4000 else text


def closing_mark(quotes: str) -> re.Pattern[str]:
    """Return the pattern of the quotes that close a string, with the escapes that hide one."""
    return re.compile(rf"\\.|{quotes}", re.DOTALL)
