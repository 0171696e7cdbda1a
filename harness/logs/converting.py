"""From one log to another: every format there is, with what is to be changed on the way."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Final

from harness.errors import UsageError
from harness.logs.changing import Changes, changed
from harness.logs.foreign import archive, cassette
from harness.logs.writing import json_lines, yaml_stream
from harness.model import Entry, Problem

FORMATS: Final[Mapping[str, Callable[[Iterable[Entry]], Iterator[bytes]]]] = {
    "yaml": yaml_stream,
    "jsonl": json_lines,
    "cassette": cassette,
    "har": archive,
}
SUFFIXES: Final = {".yaml": "yaml", ".yml": "yaml", ".jsonl": "jsonl", ".ndjson": "jsonl", ".har": "har"}


def write(entries: Iterable[Entry], stream: IO[bytes], format: str = "yaml") -> None:
    """Write entries to a binary stream, in one of `FORMATS`, one after the other.

    Raises:
        UsageError: there is no such format.
    """
    if format not in FORMATS:
        raise UsageError(f"there is no log format `{format}`; there are {', '.join(FORMATS)}")
    for part in FORMATS[format](entries):
        stream.write(part)


def convert(
    items: Iterable[Entry | Problem], stream: IO[bytes], format: str = "yaml", changes: Changes | None = None
) -> tuple[Problem, ...]:
    """Write what was read to a binary stream in another format; return what could not be read.

    Raises:
        UsageError: there is no such format.
    """
    problems: list[Problem] = []

    def entries() -> Iterator[Entry]:
        for item in items:
            if isinstance(item, Problem):
                problems.append(item)
            else:
                yield item

    write(changed(entries(), changes or Changes()), stream, format)
    return tuple(problems)


def format_of(path: str) -> str | None:
    """Return the format that the name of a file asks for, None when it asks for none."""
    name = path.removesuffix(".gz").removesuffix(".zst")
    return next((format for suffix, format in SUFFIXES.items() if name.endswith(suffix)), None)
