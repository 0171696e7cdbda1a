"""What a mock is to play: the logs as scripts, the scenario and the faults."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, Union

from harness.errors import UnreadableError, UsageError
from harness.model import Session

if TYPE_CHECKING:
    from harness.replay.audio import Rendering
    from harness.replay.script import Script
    from harness.scenarios.fault import Fault
    from harness.scenarios.scenario import Scenario

Log: TypeAlias = Union[Session, str, "os.PathLike[str]"]


class Wrong(NamedTuple):
    """What goes wrong on purpose."""

    faults: tuple[Fault, ...]
    scenario: Scenario | None


def wrong(scenario: str | None, faults: Sequence[str]) -> Wrong:
    """Return what the user wants to go wrong.

    Raises:
        UsageError: there is no such scenario, or no such fault.
    """
    if scenario is None and not faults:
        return Wrong((), None)
    from harness.scenarios.fault import parse
    from harness.scenarios.scenario import load

    return Wrong(tuple(map(parse, faults)), load(scenario) if scenario is not None else None)


def scripts_of(
    logs: Sequence[Log],
    dialect: str | None = None,
    scenario: Scenario | None = None,
    tell: Callable[[str], None] = lambda line: None,
    rendering: Rendering | None = None,
) -> list[Script]:
    """Return the scripts of some logs; a scenario without a log plays on the one that comes with this package.

    `rendering` says how their audio is served.

    Raises:
        UsageError: there is nothing to play, or it cannot be translated to that dialect.
        UnreadableError: a log cannot be read.
    """
    if logs:
        return [script_of(log, dialect, tell, rendering) for log in logs]
    if scenario is None:
        raise UsageError("name a log to serve, or a scenario with --scenario NAME")
    from harness.resources import root

    return [script_of(root("fixtures") / "sessions" / f"{scenario.log}.yaml", dialect or "openai-ga")]


def script_of(
    log: Log,
    dialect: str | None = None,
    tell: Callable[[str], None] = lambda line: None,
    rendering: Rendering | None = None,
) -> Script:
    """Return the script of a log, translated to `dialect` when one is given.

    Raises:
        UsageError: the log cannot be translated to that dialect.
        UnreadableError: the log cannot be read.
    """
    from harness.api import load
    from harness.protocol import dialects
    from harness.protocol.causes import attribute
    from harness.replay.script import DEFAULT, Script
    from harness.replay.vocabulary import Vocabulary

    session = log if isinstance(log, Session) else load(log)
    if not session.events:
        raise UnreadableError(f"{session.path}: there is no event in this log that could be served")
    if dialect is not None:
        from harness.protocol.translate import translate

        session, losses = translate(session, dialects.get(dialect).name)
        for loss in losses:
            tell(f"{loss.place.path}:{loss.place.line}: {loss.what} has no counterpart in {dialect}: {loss.why}")
    known = dialects.get(session.dialect)
    return Script.of(session, attribute(known, session.events), Vocabulary.of(known), rendering or DEFAULT)
