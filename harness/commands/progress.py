"""A bar on standard error while long work goes on, where a person is watching."""

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from harness import api
from harness.errors import UnreadableError
from harness.logs import Limits
from harness.model import Entry, Problem

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_S: Final = 1.0
"""Work that is done by then needs no bar."""
EVERY: Final = 1_000
"""So many entries are read between two looks at the clock."""


class Bar:
    """How far the reading of some logs has come, in bytes."""

    def __init__(self, paths: Iterable[str], watched: bool | None = None) -> None:
        """Prepare for these logs. `watched`: whether somebody is there to see it; a terminal, unless said."""
        self._is_watched = sys.stderr.isatty() if watched is None else watched
        files = [Path(path) for path in paths] if self._is_watched else []
        self._total = sum(path.stat().st_size for path in files if path.is_file())
        self._before = 0
        """The bytes of the logs that are done."""
        self._begun = time.monotonic()
        self._shown: tuple[Progress, TaskID] | None = None

    def read(self, path: str, shape: str | None, limits: Limits) -> Iterator[Entry | Problem]:
        """Yield what a log holds, and show how far it is.

        Raises:
            UnreadableError: the file cannot be opened, or nothing in it is an entry.
        """
        if not self._is_watched:
            yield from api.read_file(path, shape, limits)
            return
        try:
            with Path(path).open("rb") as stream:
                yield from self._followed(stream, path, shape, limits)
        except OSError as error:
            raise UnreadableError(f"{path}: {error.strerror}") from None

    def _followed(self, stream: IO[bytes], path: str, shape: str | None, limits: Limits) -> Iterator[Entry | Problem]:
        for number, item in enumerate(api.read_stream(stream, path, shape, limits)):
            yield item
            if not number % EVERY and time.monotonic() - self._begun > PATIENCE_S:
                self._show(path, stream)
        self._before += stream.tell() if stream.seekable() else 0

    def _show(self, path: str, stream: IO[bytes]) -> None:
        if self._shown is None:
            from rich.console import Console
            from rich.progress import Progress

            progress = Progress(console=Console(stderr=True), transient=True)
            self._shown = progress, progress.add_task("", total=self._total or None)
            progress.start()
        progress, task = self._shown
        done = self._before + (stream.tell() if stream.seekable() else 0)
        progress.update(task, completed=done, description=Path(path).name)

    def hide(self) -> None:
        """Take the bar away, so that something else can be printed."""
        if self._shown is not None:
            self._shown[0].stop()
            self._shown = None
