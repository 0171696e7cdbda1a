"""Sessions as tests: the same shape as another, or as one that was stored before."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from harness.diff.compare import compare
from harness.diff.comparison import Comparison
from harness.diff.formats import find
from harness.diff.options import Kind, Options
from harness.events import event_of
from harness.model import Session

REPEATABLE: frozenset[Kind] = frozenset({"configuration", "lifecycle", "content"})
"""What two runs of a test can have in common; how long they take and what they use they never have."""
WIDTH = 100

Action: TypeAlias = Literal["keep", "create", "fix"]
"""What becomes of a stored session: it stays, it is written for the first time, or anew."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What to do about one stored session, and why."""

    action: Action
    message: str = ""
    """Empty when the live session is as it was stored."""
    comparison: Comparison | None = None
    """None when there is nothing stored."""


def judge(name: str, stored: Session | None, live: Session, options: Options | None = None) -> Judgement:
    """Return whether a live session is as it was stored under a name, and what to do where it is not.

    `options` are those of `compare`; without them times and usage do not count.
    """
    if stored is None:
        return Judgement("create", f"no session is stored as {name}; run with --sessions-update to store this one")
    comparison = compare(stored, live, options or Options(kinds=REPEATABLE))
    if not comparison:
        return Judgement("keep", "", comparison)
    message = (
        f"the session differs from the one stored as {name} (A is the stored one)\n{told(comparison)}\n"
        "when the change is meant, run with --sessions-update to store it anew"
    )
    return Judgement("fix", message, comparison)


def damaged(name: str, why: str) -> Judgement:
    """Return what to do about a stored session that cannot be read, or not whole: to store it anew."""
    advice = "mend it, or run with --sessions-update to store it anew"
    return Judgement("fix", f"the session stored as {name} cannot be read whole: {why}; {advice}")


def without_secrets(session: Session) -> Session:
    """Return a session without the keys and tokens in it: it is going to be stored beside the code."""
    from harness.logs.redact import Redactor

    entries = tuple(Redactor().entries(session.entries))
    events = (event_of(seq, entry) for seq, entry in enumerate(entries))
    return replace(session, entries=entries, events=tuple(event for event in events if event is not None))


def unused(stored: Iterable[str], used: Iterable[str]) -> tuple[str, ...]:
    """Return the names of stored sessions that no test has asked for; updating trims them, else they fail."""
    return tuple(sorted(set(stored) - set(used)))


def difference_in_shape(left: Session, right: Session, options: Options | None = None) -> str:
    """Return what differs between two sessions as plain text, empty when that is nothing but words.

    `options` are those of `compare`; without them times and usage do not count.
    """
    comparison = compare(left, right, options or Options(kinds=REPEATABLE))
    return "" if comparison.same_shape else told(comparison)


def told(comparison: Comparison) -> str:
    """Return what differs as plain text."""
    lines = find("text")([comparison], WIDTH)
    return "\n".join("".join(text for text, _ in line) for line in lines)
