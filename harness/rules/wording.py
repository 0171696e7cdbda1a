"""Puts a violation of the engine's declarations into words: what was seen, what was expected, what makes it so."""

import json

from harness.engine.violation import Mark, Violation
from harness.model import Finding, Witness
from harness.protocol.dialects import Dialect

LONG = 60
"""How much of a value a message quotes."""


def quoted(value: object) -> str:
    """Return a value as a message quotes it: as JSON, cut when it is long."""
    text = f'"{value}"' if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONG else text[: LONG - 2] + "…" + text[-1]


def _names(case: Violation, dialect: Dialect) -> list[str]:
    return [f"`{dialect.type_of(letter)}`" for letter in case.letters]


def _order_message(case: Violation, dialect: Dialect) -> str:
    here = f"`{case.mark.type}`"
    names = _names(case, dialect)
    match case.kind:
        case "missing":
            verb = "is" if len(names) == 1 else "are"
            before = f" before {here}" if names != [here] else " with any piece of it"
            return f"{', '.join(names)} {verb} missing{before} ({case.subject})"
        case "late":
            return f"{here} comes too late ({case.subject})"
        case "early":
            return f"{here} comes before `{dialect.type_of(case.expected[0])}` ({case.subject})"
        case "duplicate":
            return f"{here} comes twice ({case.subject})"
        case "closed":
            return f"{here} comes after its end ({case.subject})"
        case "unfinished":
            return f"the log ends before {', '.join(names)} ({case.subject})"
        case _ if len(case.expected) == 1 and case.expected[0] != case.mark.type:
            return f"`{dialect.type_of(case.expected[0])}` is missing before {here} ({case.subject})"
        case _:
            return f"{here} cannot come here ({case.subject})"


def _link_message(case: Violation, dialect: Dialect) -> str:
    here, names = f"`{case.mark.type}`", _names(case, dialect)
    match case.kind:
        case "early":
            return f"{here} comes before `{dialect.type_of(case.expected[0])}`, which it follows from"
        case "late":
            asked = case.witnesses[0][0]
            return f"{here} comes too late: `{asked.type}` at line {asked.place.line} asked for it"
        case "unasked":
            causes = " or ".join(f"`{dialect.type_of(letter)}`" for letter in case.expected)
            return f"{here} comes without a cause; {causes} would make it happen"
        case "unanswered":
            asked = case.witnesses[0][0]
            return f"{names[0]} is missing: `{asked.type}` at line {asked.place.line} has no answer"
        case _:
            return f"the log ends before {names[0]} answers `{case.witnesses[0][0].type}`"


def _message(case: Violation, dialect: Dialect) -> str:
    if case.kind == "disagrees":
        attribute = case.attribute.replace("_", " ") if not case.attribute.endswith("_id") else case.attribute
        return f"{attribute} is {quoted(case.seen)}; {quoted(case.wanted)} was expected"
    if case.kind == "differs":
        how = {
            "missing": f"a `{case.mark.type}` with {quoted(case.wanted)} is missing before this one",
            "lacking": f"a `{case.mark.type}` with {quoted(case.wanted)} is missing after this one",
            "extra": f"this `{case.mark.type}` is one too many",
            "moved": f"this `{case.mark.type}` is out of place",
        }
        what = how.get(case.attribute, f"it says {quoted(case.seen)}, expected {quoted(case.wanted)}")
        return f"the {case.subject} differs: {what}"
    if not case.subject:
        return _link_message(case, dialect)
    return _order_message(case, dialect)


def _why(case: Violation) -> str:
    return "; ".join(f"`{mark.type}` at line {mark.place.line} {role}" for mark, role in case.witnesses)


def _expected(case: Violation) -> tuple[str, ...]:
    """Return the letters that would have been right here."""
    return case.letters if case.kind == "missing" else case.expected


def _witness(mark: Mark, role: str) -> Witness:
    return Witness(mark.seq, mark.place, mark.type, role)


def to_finding(case: Violation, dialect: Dialect) -> Finding:
    """Return a violation as a finding a person can act on."""
    expected = tuple(dialect.type_of(letter) for letter in _expected(case))
    if case.kind in ("differs", "disagrees"):
        expected = (str(case.wanted),)
    return Finding(
        code=case.rule.code,
        name=case.rule.name,
        severity=case.severity,
        subject=case.rule.subject,
        layer=case.rule.layer,
        seq=case.mark.seq,
        place=case.mark.place,
        message=_message(case, dialect),
        why=_why(case),
        hint=case.rule.do,
        expected=tuple(dict.fromkeys(expected)),
        witnesses=tuple(_witness(mark, role) for mark, role in case.witnesses),
        pointer=case.pointer or (f"/{case.attribute}" if case.kind == "disagrees" else ""),
        evidence={"kind": case.kind, "followers": case.followers},
    )
