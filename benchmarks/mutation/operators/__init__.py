"""The mutation operators, one file per family, found by themselves."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from benchmarks.mutation.mutants import Operator


@cache
def operators() -> tuple[Operator, ...]:
    """Return every operator, family by family, in the order of its file."""
    found = [import_module(f"{__name__}.{module.name}").OPERATORS for module in iter_modules(__path__)]
    return tuple(one for family in found for one in family)
