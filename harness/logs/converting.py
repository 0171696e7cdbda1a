"""The formats a log can be written in, and which one the name of a file asks for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Final

from harness.errors import UsageError
from harness.logs.foreign import archive, cassette
from harness.logs.writing import json_lines, yaml_stream
from harness.model import Entry

FORMATS: Final[Mapping[str, Callable[[Iterable[Entry]], Iterator[bytes]]]] = {
    "yaml": yaml_stream,
    "jsonl": json_lines,
    "cassette": cassette,
    "har": archive,
}
ENDINGS: Final = {
    ".cassette.yaml": "cassette",
    ".cassette.yml": "cassette",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".har": "har",
}
"""The format that the name of a file asks for. The first that fits decides."""


def write(entries: Iterable[Entry], stream: IO[bytes], format: str = "yaml") -> None:
    """Write entries to a binary stream, in one of `FORMATS`, one after the other.

    Raises:
        UsageError: there is no such format.
    """
    if format not in FORMATS:
        raise UsageError(f"there is no log format `{format}`; there are {', '.join(FORMATS)}")
    for part in FORMATS[format](entries):
        stream.write(part)


def format_of(path: str) -> str | None:
    """Return the format that the name of a file asks for, None when it asks for none."""
    ending = ending_of(path)
    return ENDINGS[ending] if ending else None


def ending_of(path: str) -> str:
    """Return the part of a file's name that tells its format, empty when none does."""
    name = Path(path).name.lower()
    return next((ending for ending in ENDINGS if name.endswith(ending)), "")
