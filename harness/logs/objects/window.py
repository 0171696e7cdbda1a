"""A moving window over a log's text: as much of it as the object at hand needs."""

import html
import re
from collections.abc import Iterator
from typing import IO, Final

from harness.logs.limits import Limits
from harness.logs.objects.scanner import Source
from harness.logs.source import Decoder, pieces
from harness.model import Place, Problem, Repair

COLOUR: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
IN_HTML: Final = re.compile(r"[{\[,:]\s?&(?:quot|#34|#x22);")
LOOK_AHEAD: Final = 4096
"""The characters behind an opening bracket that may be needed to tell that it is one."""
KEPT: Final = 256 * 1024
"""What has been read is dropped when there is this much of it."""
SHOWN: Final = 2000
"""What is kept before the object at hand: the words that may say whose it is."""


class Window:
    """The text of a log from some place on."""

    def __init__(self, stream: IO[bytes], path: str, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self.source = Source("", at_end=False)
        self._pieces = pieces(stream, path)
        self._decoder = Decoder(path)
        self._repairs: list[Repair] = []
        self._problems: list[Problem] = []
        self._line = 1
        """The line of `_counted`."""
        self._counted = 0
        self._dropped = 0
        """The characters of the first line that are gone already."""

    @property
    def text(self) -> str:
        """Return what can be seen."""
        return self.source.text

    @property
    def until(self) -> int:
        """How far an opening bracket can be told for sure."""
        return len(self.text) if self.source.at_end else max(0, len(self.text) - LOOK_AHEAD)

    def more(self) -> None:
        """Read on: as much again as there is, so that a long object is not read again and again."""
        parts, size, at_end = [self.text], 0, False
        while size <= len(self.text) and not at_end:
            piece = next(self._pieces, None)
            if piece is None:
                at_end = True
            else:
                parts.append(self._decoded(piece.data, piece.line))
                size += len(parts[-1])
        self.source = Source("".join(parts), at_end)

    def _decoded(self, data: bytes, line: int) -> str:
        """Return the text of a piece, without what a terminal or a web page added to it."""
        text, repairs, told = self._decoder.text(data, line)
        self._repairs.extend(repairs)
        self._problems.extend(told)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "\x1b[" in text:
            text = COLOUR.sub("", text)
        if "&" in text and IN_HTML.search(text):
            self._repairs.append(Repair(Place(self.path, line, 1), "html-unescaped", "&quot;", '"', 0.9))
            text = html.unescape(text)
        return text

    def place(self, offset: int) -> Place:
        """Return where an offset stands in the log. Offsets are asked for in their order, or nearly."""
        if offset < self._counted:
            line = self._line - self.text.count("\n", offset, self._counted)
        else:
            line = self._line + self.text.count("\n", self._counted, offset)
            self._line, self._counted = line, offset
        start = self.text.rfind("\n", 0, offset)
        return Place(self.path, line, offset - start + (self._dropped if start < 0 else 0))

    def drop(self, offset: int) -> int:
        """Forget what lies well before an offset, when it is much; return how far everything moved."""
        start = max(0, offset - SHOWN)
        start = self.text.rfind("\n", 0, start) + 1 or start
        if start < KEPT:
            return 0
        self.place(start)
        self._line -= self.text.count("\n", start, self._counted)
        line = self.text.rfind("\n", 0, start) + 1
        self._dropped = start - line + (self._dropped if line == 0 else 0)
        self.source = Source(self.text[start:], self.source.at_end)
        self._counted = 0
        return start

    def taken_repairs(self) -> tuple[Repair, ...]:
        """Return the repairs of the encoding since the last entry."""
        repairs, self._repairs = tuple(self._repairs), []
        return repairs

    def taken_problems(self) -> Iterator[Problem]:
        """Yield the problems met since the last entry."""
        problems, self._problems = self._problems, []
        yield from problems
