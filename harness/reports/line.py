"""A line of output before anybody knows whether it goes to a terminal, a pipe or a file."""

from typing import NamedTuple, TypeAlias


class Span(NamedTuple):
    """A piece of text and what it means; the shell decides how that looks."""

    text: str
    style: str = ""
    """A severity, `place`, `faint`, `strong`, `good`, or empty for plain text."""


Line: TypeAlias = tuple[Span, ...]


def plain(text: str) -> Line:
    """Return a line without any style."""
    return (Span(text),)


def text_of(line: Line) -> str:
    """Return the line as it reads in a pipe."""
    return "".join(span.text for span in line)
