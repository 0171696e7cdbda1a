"""Compares how two sessions are configured: what the clients asked for, and what was in force."""

from collections.abc import Iterator
from typing import NamedTuple

from harness.diff import words
from harness.diff.structure import Difference, canonical, differences
from harness.diff.values import arrow
from harness.engine.paths import value_at
from harness.model import JSON, Change, Place
from harness.turns import fold
from harness.turns.nodes import Node, Step
from harness.turns.vocabulary import CONFIGURING

Body = dict[str, JSON]


class _Told(NamedTuple):
    """What a configuration event says."""

    settings: Body
    place: Place


class Settings:
    """The configurations of two sessions, followed from event to event, so that one change is told once."""

    def __init__(self, mixed: bool) -> None:
        """`mixed` says that the sessions are of two dialects: what only one of them tells is then no difference."""
        self._mixed = mixed
        self._left: Body = {}
        self._right: Body = {}
        self._known: set[bytes] = set()
        """The differences in force that have been told."""
        self._one_sided: set[str] = set()

    def notes(self) -> Iterator[str]:
        """Yield the settings that only one of the dialects tells, without those inside others."""
        paths = sorted(self._one_sided)
        untold = [path for path in paths if not any(path.startswith(f"{other}.") for other in paths)]
        if untold:
            yield f"settings are not compared where only one side tells them: {', '.join(untold)}"

    def one(self, node: Node, left: bool) -> None:
        """Follow a configuration that only one session has; what it does is told by its being there."""
        told = _told(node, "opening", "answer")
        if told is None:
            return
        if left:
            self._left = told.settings
        else:
            self._right = told.settings
        self._known |= {_key(found) for found in differences(self._left, self._right)}

    def both(self, left: Node, right: Node) -> Iterator[Change]:
        """Yield what differs in two configurations that belong together."""
        asked = list(self._requested(left, right))
        yield from asked
        ours, theirs = _told(left, "opening", "answer"), _told(right, "opening", "answer")
        if ours is None or theirs is None:
            return
        self._left, self._right = ours.settings, theirs.settings
        found = _renamed(differences(ours.settings, theirs.settings))
        for one in found:
            known = _key(one) in self._known
            self._known.add(_key(one))
            if not known and not self._aside(one) and not any(_about(one.path, change) for change in asked):
                yield _change(left, one, ours.place, theirs.place, "")

    def _requested(self, left: Node, right: Node) -> Iterator[Change]:
        ours, theirs = _told(left, "request"), _told(right, "request")
        if ours is not None and theirs is not None:
            for one in _renamed(differences(ours.settings, theirs.settings)):
                if not self._aside(one):
                    yield _change(left, one, ours.place, theirs.place, " (as requested)")

    def _aside(self, one: Difference) -> bool:
        aside = self._mixed and (one.left is None or one.right is None)
        if aside:
            self._one_sided.add(one.path)
        return aside


def _told(node: Node, *parts: str) -> _Told | None:
    step: Step | None = next(
        (step for step in node.steps if CONFIGURING.get(step.letter) in parts and "session" in step.first.body), None
    )
    return None if step is None else _Told(fold.settings(step.first.body["session"]), step.first.place)


def _change(node: Node, one: Difference, left: Place, right: Place, note: str) -> Change:
    if isinstance(one.left, str) and isinstance(one.right, str):
        message = words.told(one.left, one.right, said=False)
    else:
        message = arrow(one.left, one.right)
    return Change("configuration", f"{node.path} / {one.path}", one.left, one.right, left, right, message + note)


def _renamed(found: list[Difference]) -> list[Difference]:
    """Return differences with a tool that only has another name as one, and not as one that went and one that came."""
    pairs = ((gone, new) for gone in found for new in found if gone.right is None and new.left is None)
    same = next((pair for pair in pairs if _rest(pair[0].left) and _rest(pair[0].left) == _rest(pair[1].right)), None)
    if same is None:
        return found
    gone, new = same
    kept = [one for one in found if one not in same]
    names = value_at(gone.left, "name"), value_at(new.right, "name")
    return _renamed([*kept, Difference(f"{gone.path}.name", *names)])


def _rest(tool: JSON) -> Body:
    """Return a tool without its name."""
    return {key: value for key, value in tool.items() if key != "name"} if isinstance(tool, dict) else {}


def _about(path: str, change: Change) -> bool:
    """Tell whether a change of what was asked for explains a setting."""
    asked = change.path.partition(" / ")[2]
    return path == asked or path.startswith((f"{asked}.", f"{asked}[")) or asked.startswith((f"{path}.", f"{path}["))


def _key(one: Difference) -> bytes:
    return canonical([one.path, one.left, one.right])
