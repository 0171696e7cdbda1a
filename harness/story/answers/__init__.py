"""The questions that people come with, one file each; found by themselves."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from harness.story.question import Question


@cache
def questions() -> Mapping[str, Question]:
    """Return every question by the word that `--question` takes."""
    return {one.name: import_module(f"{__name__}.{one.name}").QUESTION for one in iter_modules(__path__)}
