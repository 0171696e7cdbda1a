"""Chooses the changes that count: by kind, and by where they are."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from harness.diff.comparison import Comparison
from harness.diff.options import KINDS, Options
from harness.errors import UsageError
from harness.model import Change

STEP = re.compile(r"([^.\[\]/\s]+)(?:\[(\*|\d+)\]|\s(\d+))?")
ALIASES = {"output": "item", "content": "part", "turns": "turn", "responses": "response", "items": "item"}
"""What the protocol calls the parts of a session that a path of a change calls by their kind."""
ANY = "*"


def selected(one: Comparison, options: Options) -> Comparison:
    """Return a comparison with only the changes that count."""
    patterns = [_pattern(path) for path in options.paths]

    def counts(change: Change) -> bool:
        return change.kind in options.kinds and (not patterns or _matches(change, patterns))

    changes, following = (tuple(filter(counts, changes)) for changes in (one.changes, one.following))
    return replace(one, changes=changes, following=following, notes=(*one.notes, *_limits(options)))


def _limits(options: Options) -> Iterator[str]:
    """Yield what was left out by choice, so that nothing reads as the same by accident."""
    ignored = [kind for kind in KINDS if kind not in options.kinds]
    if ignored:
        yield f"not told, as chosen: {', '.join(ignored)}"
    if options.paths:
        yield f"only what is at these paths is told: {', '.join(options.paths)}"


Steps = tuple[tuple[str, str], ...]
"""Names, each with a number from 1, `*`, or nothing."""


def _pattern(path: str) -> Steps:
    """Return the steps of a path as a user writes it, whose indices count from 0.

    Raises:
        UsageError: it has no step at all.
    """
    plain = path.strip().rstrip("….")
    steps = tuple((name, str(int(index) + 1) if index.isdigit() else index) for name, index, _ in STEP.findall(plain))
    if not steps or plain.startswith("["):
        raise UsageError(f"--path {path!r} names nothing; give one such as 'response.output[*].content[0].text'")
    return steps


def _matches(change: Change, patterns: Iterable[Steps]) -> bool:
    steps = tuple((name, number) for name, _, number in STEP.findall(change.path))
    return any(_holds(steps, pattern) for pattern in patterns)


def _holds(steps: Steps, pattern: Steps) -> bool:
    """Tell whether the pattern's steps stand in the path, one after the other."""
    starts = range(len(steps) - len(pattern) + 1)
    return any(all(map(_fits, pattern, steps[start:])) for start in starts)


def _fits(wanted: tuple[str, str], step: tuple[str, str]) -> bool:
    name, number = wanted
    called = name in (ANY, step[0]) or ALIASES.get(name) == step[0]
    return called and (not number or number == step[1] or (number == ANY and bool(step[1])))
