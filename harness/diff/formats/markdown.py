"""For a pull request."""

import re
from collections.abc import Iterator, Sequence

from harness.diff.comparison import Comparison, Side
from harness.diff.formats.folding import Group, elsewhere, limits, sections, size
from harness.diff.formats.spans import MARKS, Line, places

SPECIAL = re.compile(r"([\\*_<>#|\[\]~`])")
"""What Markdown, and the HTML in it, would take for more than itself."""
CODE = re.compile(r"(`[^`]+`)")
"""An event type in a message: what stands there is read as it is."""
TEXT = {"[-": "~~{}~~", "{+": "**{}**"}


def render(comparisons: Sequence[Comparison], width: int) -> Iterator[Line]:
    """Yield the lines of a report on each comparison."""
    for one in comparisons:
        for line in _report(one):
            yield ((line, ""),)


def _report(one: Comparison) -> Iterator[str]:
    yield f"### {one.verdict}"
    yield ""
    yield f"- **A** {_side(one.left)}"
    yield f"- **B** {_side(one.right)}"
    for section in sections(one.changes):
        yield ""
        yield f"**{section.kind}**" + (f" ({limits(one)})" if section.kind == "timing" else "")
        yield ""
        for group in section.groups:
            yield from _group(group)
    following = [f"{change.path}: {_text(change.message)}" for change in one.following]
    yield from _folded("follows from these", following)
    yield from _folded("set aside", [_text(note) for note in one.notes])
    yield ""


def _side(side: Side) -> str:
    return f"`{side.path}`: {_text(size(side))}"


def _group(group: Group) -> Iterator[str]:
    more = f", {elsewhere(group)}" if group.others else ""
    yield f"- {group.first.path} ({places(group.first)}{more})  "
    yield f"  {_text(group.first.message)}"


def _folded(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"<details><summary>{title}</summary>", "")
        yield from (f"- {line}" for line in lines)
        yield from ("", "</details>")


def _text(message: str) -> str:
    """Return a message with its marks as struck out and bold, and nothing else that Markdown would read."""
    pieces = (piece for piece in MARKS.split(" ".join(message.split())) if piece)
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: str) -> str:
    form = TEXT.get(piece[:2]) if MARKS.fullmatch(piece) else None
    if form is None:
        return "".join(part if CODE.fullmatch(part) else _plain(part) for part in CODE.split(piece))
    inner = piece[2:-2]
    bare = inner.strip()
    # Emphasis does not open before a space: the spaces go outside.
    return inner.replace(bare, form.format(_plain(bare))) if bare else inner


def _plain(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)
