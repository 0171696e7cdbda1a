"""Entries to the native formats: the YAML stream and its twin in JSON Lines. Both read back as they were.

Cassettes and archives (`foreign`) hold less: no notes of the recorder, and cassettes no stamps.
"""

import re
from collections.abc import Iterable, Iterator

from harness.logs.exact_json import dumps
from harness.logs.header import JSON_LINE, YAML_LINES
from harness.model import JSON, Entry

# A plain scalar that no resolver of YAML, old or new, takes for anything but a string: it begins with a letter,
# has no colon or hash that could end it, and is not one of the words below.
PLAIN = re.compile(r"[A-Za-z](?:[\w.,;!?()/+*&%$@'’=<>~^-]|[ ](?=[^ #:]))*\Z", re.ASCII)
PLAIN_KEY = re.compile(r"[A-Za-z_$][\w.$/-]*\Z", re.ASCII)
WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
# What a double-quoted scalar must not have as it is: controls, breaks of other scripts, lone surrogates, the BOM.
ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def yaml_stream(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the native YAML stream."""
    yield YAML_LINES.encode()
    for entry in entries:
        yield yaml_document(entry)


def yaml_document(entry: Entry) -> bytes:
    """Return one entry as a YAML document, its separator before it."""
    head = f"---\ntimestamp: {_scalar(entry.stamp)}\nsender: {entry.side}\nmessage: {_scalar(entry.label)}\n"
    return (head + "".join(yaml_lines("content", entry.content, ""))).encode()


def json_lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield native JSON Lines."""
    yield JSON_LINE
    for entry in entries:
        yield json_line(entry)


def json_line(entry: Entry) -> bytes:
    """Return one entry as a line of JSON."""
    return (
        dumps({"timestamp": entry.stamp, "sender": entry.side, "message": entry.label, "content": entry.content})
        + b"\n"
    )


def yaml_lines(key: str, value: JSON, indent: str) -> Iterator[str]:
    """Yield the lines of a key and its value."""
    start = f"{indent}{_key(key)}:"
    if isinstance(value, dict) and value:
        yield f"{start}\n"
        for inner, part in value.items():
            yield from yaml_lines(inner, part, indent + "  ")
    elif isinstance(value, list) and value:
        yield f"{start}\n"
        for part in value:
            yield from _item(part, indent + "  ")
    else:
        yield f"{start} {_scalar(value)}\n"


def _item(value: JSON, indent: str) -> Iterator[str]:
    """Yield the lines of an item; its first key stands on the line of its dash."""
    if isinstance(value, dict) and value:
        lines = (line for inner, part in value.items() for line in yaml_lines(inner, part, indent + "  "))
    elif isinstance(value, list) and value:
        lines = (line for part in value for line in _item(part, indent + "  "))
    else:
        yield f"{indent}- {_scalar(value)}\n"
        return
    first = next(lines)
    yield f"{indent}- {first[len(indent) + 2 :]}"
    yield from lines


def _key(key: str) -> str:
    return key if PLAIN_KEY.match(key) and key.lower() not in WORDS else _quoted(key)


def _scalar(value: JSON) -> str:
    if isinstance(value, str):
        if PLAIN.match(value) and value.lower() not in WORDS:
            return value
        return value if _is_stamp(value) else _quoted(value)
    return dumps(value).decode()


def _is_stamp(value: str) -> bool:
    return STAMP.match(value) is not None


STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)\Z", re.ASCII)


def _quoted(value: str) -> str:
    return '"' + ESCAPED.sub(_escape, value) + '"'


def _escape(match: re.Match[str]) -> str:
    return SHORT_ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04x}"
