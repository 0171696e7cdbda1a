"""The output formats: one file each, found by its name.

A format is a module with `render(checked, options) -> Iterator[Line]`, which may take the sessions one by one
and show each as soon as it is checked.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from harness.reports.checked import Checked, Options
from harness.reports.line import Line


class Format(Protocol):
    """What a module of this folder offers."""

    def render(self, checked: Iterable[Checked], options: Options) -> Iterator[Line]:
        """Yield the lines of the report."""
        ...


def names() -> list[str]:
    """Return the names of the formats."""
    return sorted(module.name for module in iter_modules(__path__))


def find(name: str) -> Format:
    """Return the format of that name, one of `names()`."""
    return cast(Format, import_module(f"{__name__}.{name}"))
