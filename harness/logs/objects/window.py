"""A moving window over a log's text: as much of it as the object at hand needs."""

import html
import re
from collections.abc import Iterator
from typing import IO

from harness.logs.limits import Limits
from harness.logs.source import blocks, decoded
from harness.model import Place, Problem, Repair

COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
IN_HTML = re.compile(r"[{\[,:]\s*&quot;")
LOOK_AHEAD = 4096
"""The characters behind an opening bracket that may be needed to tell that it is one."""
KEPT = 256 * 1024
"""What has been read is dropped when there is this much of it."""


class Window:
    """The text of a log from some line on."""

    def __init__(self, stream: IO[bytes], path: str, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self.text = ""
        self.at_end = False
        self.repairs: list[Repair] = []
        """Repairs of the encoding that no entry has taken yet."""
        self.problems: list[Problem] = []
        self._blocks = blocks(stream, path, limits)
        self._line = 1
        """The line of `_counted`."""
        self._counted = 0

    @property
    def until(self) -> int:
        """How far an opening bracket can be told for sure."""
        return len(self.text) if self.at_end else max(0, len(self.text) - LOOK_AHEAD)

    def more(self) -> None:
        """Read on: as much again as there is, so that a long object is not read again and again."""
        wanted = len(self.text) + 1
        parts = [self.text]
        size = len(self.text)
        while size <= wanted and not self.at_end:
            part = self._part()
            parts.append(part)
            size += len(part)
        self.text = "".join(parts)

    def _part(self) -> str:
        block = next(self._blocks, None)
        if block is None:
            self.at_end = True
            return ""
        if isinstance(block, Problem):
            self.problems.append(block)
            # The line is gone, but not its number.
            return "\n"
        text, repairs, problem = decoded(block.data, Place(self.path, block.line, 1))
        self.repairs.extend(repairs)
        if problem is not None:
            self.problems.append(problem)
        return self._cleaned(text, block.line)

    def _cleaned(self, text: str, line: int) -> str:
        """Take out what a terminal or a web page added to the text."""
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "\x1b[" in text:
            text = COLOUR.sub("", text)
        if "&quot;" in text and IN_HTML.search(text):
            self.repairs.append(Repair(Place(self.path, line, 1), "html-unescaped", "&quot;", '"', 0.9))
            text = html.unescape(text)
        return text

    def place(self, offset: int) -> Place:
        """Return where an offset stands in the log. Offsets are asked for in their order, or nearly."""
        if offset < self._counted:
            line = self._line - self.text.count("\n", offset, self._counted)
        else:
            line = self._line + self.text.count("\n", self._counted, offset)
            self._line, self._counted = line, offset
        return Place(self.path, line, offset - self.text.rfind("\n", 0, offset))

    def drop(self, offset: int) -> int:
        """Forget the lines before an offset when they are many; return how far everything moved."""
        start = self.text.rfind("\n", 0, offset) + 1
        if start < KEPT:
            return 0
        self.place(start)
        self._line -= self.text.count("\n", start, self._counted)
        self.text, self._counted = self.text[start:], 0
        return start

    def taken_repairs(self) -> tuple[Repair, ...]:
        """Return the repairs of the encoding since the last entry."""
        repairs = tuple(self.repairs)
        self.repairs.clear()
        return repairs

    def taken_problems(self) -> Iterator[Problem]:
        """Yield the problems met since the last entry."""
        problems, self.problems = self.problems, []
        yield from problems
