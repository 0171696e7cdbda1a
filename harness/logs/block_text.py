"""JSON values as block YAML that every resolver, old or new, reads back as they were."""

import re
from collections.abc import Iterator

from harness.logs.exact_json import dumps
from harness.model import JSON

# A plain scalar that no resolver of YAML, old or new, takes for anything but a string: it begins with a letter,
# has no colon or hash that could end it, and is not one of the words below.
PLAIN = re.compile(r"[A-Za-z](?:[\w.,;!?()/+*&%$@'’=<>~^-]|[ ](?=[^ #:]))*\Z", re.ASCII)
PLAIN_KEY = re.compile(r"[A-Za-z_$][\w.$/-]*\Z", re.ASCII)
WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
# What a double-quoted scalar must not have as it is: controls, breaks of other scripts, lone surrogates, the BOM.
ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)\Z", re.ASCII)


def lines(key: str, value: JSON, indent: str) -> Iterator[str]:
    """Yield the lines of a key and its value."""
    start = f"{indent}{_key(key)}:"
    if isinstance(value, dict) and value:
        yield f"{start}\n"
        for inner, part in value.items():
            yield from lines(inner, part, indent + "  ")
    elif isinstance(value, list) and value:
        yield f"{start}\n"
        for part in value:
            yield from _item(part, indent + "  ")
    else:
        yield f"{start} {scalar(value)}\n"


def _item(value: JSON, indent: str) -> Iterator[str]:
    """Yield the lines of an item; its first key stands on the line of its dash."""
    if isinstance(value, dict) and value:
        parts = (line for inner, part in value.items() for line in lines(inner, part, indent + "  "))
    elif isinstance(value, list) and value:
        parts = (line for part in value for line in _item(part, indent + "  "))
    else:
        yield f"{indent}- {scalar(value)}\n"
        return
    first = next(parts)
    yield f"{indent}- {first[len(indent) + 2 :]}"
    yield from parts


def _key(key: str) -> str:
    return key if PLAIN_KEY.match(key) and key.lower() not in WORDS else _quoted(key)


def scalar(value: JSON) -> str:
    """Return a value on one line: a string quoted where it must be, all else as JSON."""
    if isinstance(value, str):
        if PLAIN.match(value) and value.lower() not in WORDS:
            return value
        return value if STAMP.match(value) else _quoted(value)
    return dumps(value).decode()


def _quoted(value: str) -> str:
    return '"' + ESCAPED.sub(_escape, value) + '"'


def _escape(match: re.Match[str]) -> str:
    return SHORT_ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"
