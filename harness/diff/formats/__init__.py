"""How a comparison is shown: one file per format, found by itself.

A format is a module with `render(comparisons, width) -> Iterator[Line]`; the width is that of the terminal.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pkgutil import iter_modules

from harness.diff.comparison import Comparison
from harness.diff.formats.spans import Line

Render = Callable[[Sequence[Comparison], int], Iterator[Line]]

_HELPERS = frozenset({"spans", "folding"})


def names() -> list[str]:
    """Return the names of all formats."""
    return [module.name for module in iter_modules(__path__) if module.name not in _HELPERS]


def find(name: str) -> Render:
    """Return what renders a format, one of `names`."""
    render: Render = import_module(f"{__name__}.{name}").render
    return render
