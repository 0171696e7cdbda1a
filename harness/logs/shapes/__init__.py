"""One file per shape of log. Each has `NAME`, `sniff(head)` and `read(stream, path, knowledge, limits)`."""

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import IO, Protocol, cast

from harness.logs.knowledge import Knowledge
from harness.logs.limits import Limits
from harness.model import Entry, Problem


class Shape(Protocol):
    """A module of this package."""

    NAME: str
    """What `--shape` calls it."""

    def sniff(self, head: bytes) -> float:
        """Return how much the beginning of a log looks like this shape, 0 to 1."""
        ...

    def read(self, stream: IO[bytes], path: str, knowledge: Knowledge, limits: Limits) -> Iterator[Entry | Problem]:
        """Yield what the log says, in its order."""
        ...


@cache
def all_shapes() -> Mapping[str, Shape]:
    """Return the shapes by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    shapes = [cast(Shape, import_module(f"{__name__}.{name}")) for name in names]
    return {shape.NAME: shape for shape in shapes}
