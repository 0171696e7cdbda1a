"""The catalogue: every rule with its manual, found by itself.

A rule is a function of the conversation before an event and the event. Its docstring is its manual, under the
headings What, Why, Source and Do.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple, TypeAlias

from harness.engine.declarations import Declarations
from harness.engine.violation import Mark
from harness.model import JSON, Event, Layer, Place, Rule, Severity, Subject, Witness
from harness.protocol.dialects import Dialect, all_dialects
from harness.protocol.state import Conversation
from harness.rules.thresholds import UNSET, Limits, Threshold

HEADINGS = ("What", "Why", "Source", "Do")
EVERY = "*"
"""The letter of a rule that looks at every event."""
EVERY_REQUEST = ">*"
"""The letter of a rule that looks at every event of the client."""
ADVICE = "ADV"
"""The family of what is legal and yet not what the user wanted."""
END = "$"
"""The letter of a rule that looks at the conversation when the log has ended."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule says about an event; the monitor makes a finding of it."""

    message: str
    why: str = ""
    hint: str = ""
    """What to do, where the manual's advice can be made more exact."""
    at: tuple[int, Place] | None = None
    """The event it points at, when that is not the one the rule looked at."""
    severity: Severity | None = None
    expected: tuple[str, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    pointer: str = ""
    about: tuple[JSON, ...] = ()
    """The ids it is about: where something is wrong with one of them already, it follows from that."""
    evidence: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(slots=True)
class View:
    """What a rule sees: the conversation before the event, and the dialect's words."""

    state: Conversation
    dialect: Dialect
    told: set[int] = field(default_factory=set)
    """The `seq`s of the client's events that were found at fault already."""
    cause: Mark | None = None
    """The event that made the one looked at happen, where that is known."""
    limits: Limits = field(default_factory=lambda: UNSET)
    """The thresholds that the user set, by name."""

    def limit(self, threshold: Threshold) -> float:
        """Return the value of a threshold: the user's, else its own."""
        return self.limits.get(threshold.name, threshold.value)


class Need(NamedTuple):
    """What a log must have for a rule to mean anything."""

    holds: Callable[[Conversation], bool]
    otherwise: str
    """Why the rule was not exercised."""


NEEDS: Mapping[str, Need] = {
    "client": Need(lambda state: state.client_heard, "the log has no events of the client"),
    "start": Need(lambda state: state.complete, "the log starts midway"),
    "settings": Need(lambda state: state.config_seen, "the log does not tell the session's settings"),
    "input audio": Need(lambda state: state.input.exact, "the audio that the client sent is elided or cut"),
    "output audio": Need(lambda state: state.output.exact, "the audio that the server sent is elided or cut"),
}


Check: TypeAlias = Callable[[View, Event], Iterator[Remark]]

NOTHING: Iterator[Remark] = iter(())
"""What a rule returns that looks at nearly every event and has nothing to say; it costs a third of a generator."""


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """A rule with the function that looks for it, and the letters it looks at."""

    rule: Rule
    check: Check
    on: tuple[str, ...]
    needs: tuple[Need, ...] = ()
    is_advice: bool = False


_CHECKS: dict[str, CheckedRule] = {}


def manual(text: str) -> dict[str, str]:
    """Return the sections of a rule's docstring by their headings.

    Raises:
        ValueError: a heading is missing.
    """
    parts = re.split(rf"^\s*({'|'.join(HEADINGS)}):\s*", text, flags=re.MULTILINE)
    sections = {name: " ".join(body.split()) for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    missing = [name for name in HEADINGS if not sections.get(name)]
    if missing:
        raise ValueError(f"the manual lacks {', '.join(missing)}")
    return sections


def rule(
    code: str,
    name: str,
    severity: Severity,
    subject: Subject,
    layer: Layer,
    on: Sequence[str],
    needs: Sequence[str] = (),
) -> Callable[[Check], Check]:
    """Enter a function into the catalogue; `on` names the letters it looks at, `needs` what it cannot do without."""

    def enter(check: Check) -> Check:
        text = manual(check.__doc__ or "")
        described = Rule(code, name, severity, subject, layer, *(text[heading] for heading in HEADINGS))
        if code in _CHECKS:
            raise ValueError(f"{code} is taken by {_CHECKS[code].rule.name}")
        wanted, is_advice = tuple(NEEDS[need] for need in needs), code.startswith(ADVICE)
        _CHECKS[code] = CheckedRule(described, check, tuple(on), wanted, is_advice)
        return check

    return enter


@cache
def checks() -> tuple[CheckedRule, ...]:
    """Return every rule that is a function, by code; advice comes last."""
    package = import_module("harness.rules")
    for module in iter_modules(package.__path__, "harness.rules."):
        import_module(module.name)
    return tuple(_CHECKS[code] for code in sorted(_CHECKS, key=lambda code: (_CHECKS[code].is_advice, code)))


def declared(declarations: Declarations) -> Iterator[Rule]:
    """Yield the rules that a dialect's declarations carry."""
    yield declarations.identity
    for scope in declarations.scopes:
        yield from filter(None, (scope.rule, scope.unfinished))
    for link in declarations.links:
        yield from filter(None, (link.unasked, link.unanswered))
    for fact in declarations.facts:
        yield fact.rule


@cache
def catalogue() -> tuple[Rule, ...]:
    """Return the manual of every rule, by code."""
    from harness.rules.envelope import ENVELOPE
    from harness.rules.recorder import RECORDER

    rules = {one.rule.code: one.rule for one in checks()}
    for dialect in all_dialects().values():
        rules.update({one.code: one for one in declared(dialect.declarations)})
    rules.update({one.code: one for one in (*ENVELOPE, *RECORDER)})
    return tuple(rules[code] for code in sorted(rules))
