"""`replay --record OUT`: what passed over each connection, as a log."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.errors import UsageError
from harness.logs import format_of, write
from harness.model import Session
from harness.net.connection import Connection

DEFAULT = "yaml"


class Recordings:
    """Writes one file for each connection, in a thread, so that nobody waits for it."""

    def __init__(self, out: str) -> None:
        """`out` is the file of the first connection; the second of `out.yaml` is `out-2.yaml`.

        Raises:
            UsageError: its folder does not exist.
        """
        self._out = Path(out)
        if not self._out.parent.is_dir():
            raise UsageError(f"cannot record to {out}: there is no folder {self._out.parent}")
        self._format = format_of(out) or DEFAULT
        self._writer = ThreadPoolExecutor(1)
        self._lines: list[str] = []
        self._kept: set[int] = set()

    def keep(self, connection: Connection) -> None:
        """Write down a connection, once."""
        if connection.number not in self._kept:
            self._kept.add(connection.number)
            self._writer.submit(self._write, connection.number, connection.recording)

    def finish(self) -> list[str]:
        """Wait until all is written; return what there is to tell."""
        self._writer.shutdown()
        return self._lines

    def _write(self, number: int, session: Session) -> None:
        path = self._out if number == 1 else self._out.with_name(f"{self._out.stem}-{number}{self._out.suffix}")
        try:
            with path.open("wb") as stream:
                write(session.entries, stream, self._format)
        except OSError as error:
            self._lines.append(f"connection {number} was not recorded: {path}: {error.strerror}")
        else:
            self._lines.append(f"connection {number} is recorded in {path}")
