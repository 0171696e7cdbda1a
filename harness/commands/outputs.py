"""Opens what a command writes: a file that is whole when it is there, or standard output."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from harness.commands.inputs import STDIN
from harness.errors import UsageError


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """Open what is to be written. A file takes its name when it is whole, so that it may be the log that is read.

    Raises:
        UsageError: it cannot be written.
    """
    if name == STDIN:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name).resolve()
    # A pipe or a device is written to, never replaced.
    part = path if path.exists() and not path.is_file() else path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        if part != path:
            part.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {name}: {error.strerror}") from None
    finally:
        if part != path:
            part.unlink(missing_ok=True)
