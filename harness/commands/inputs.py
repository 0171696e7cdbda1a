"""Finds the logs a user means: files, folders, patterns, standard input."""

from collections.abc import Iterable, Iterator
from glob import has_magic, iglob
from pathlib import Path

from harness.errors import UsageError

STDIN = "-"

SUFFIXES = frozenset({".har", ".json", ".jsonl", ".log", ".ndjson", ".txt", ".yaml", ".yml"})
"""What a log in a folder is called. A file that is named is read whatever it is called."""
COMPRESSED = frozenset({".gz", ".zst"})
"""What may stand behind that."""


def expand(names: Iterable[str]) -> list[str]:
    """Return the logs that the names stand for, each once, in the order given.

    A folder stands for the logs in it and below, a pattern (`*`, `?`, `**`) for what matches it. A file that does
    not exist is returned as it is: opening it will say so.

    Raises:
        UsageError: a folder or a pattern stands for nothing.
    """
    return list(dict.fromkeys(path for name in names for path in _expand(name)))


def _expand(name: str) -> list[str]:
    path = Path(name)
    if path.is_dir():
        return _some(sorted(_logs_in(path)), f"no log in {name}: looked for {', '.join(sorted(SUFFIXES))}")
    if has_magic(name) and not path.exists():
        # `Path.glob` takes no absolute pattern.
        matches = (match for match in sorted(iglob(name, recursive=True)) if Path(match).is_file())  # noqa: PTH207
        return _some(list(matches), f"nothing matches {name}")
    return [name]


def _logs_in(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if _suffix(path) in SUFFIXES and not hidden and path.is_file():
            yield str(path)


def _suffix(path: Path) -> str:
    """Return what a file is called behind its last dot, whether it is compressed or not."""
    suffix = path.suffix.lower()
    return path.with_suffix("").suffix.lower() if suffix in COMPRESSED else suffix


def _some(paths: list[str], complaint: str) -> list[str]:
    if not paths:
        raise UsageError(complaint)
    return paths
