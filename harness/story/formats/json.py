"""A story for programs. The shape is a contract: a key is added, never renamed or taken away."""

from json import dumps

from harness.measure.figures import Figure
from harness.measure.formats.json import figure_of
from harness.model import JSON, Finding, Place
from harness.story.answers import questions
from harness.story.answers.close import ending
from harness.story.errors import Chain
from harness.story.question import Said
from harness.story.settings import Setting
from harness.story.story import Story
from harness.story.turns import Turn

VERSION = 1


def render(story: Story, question: str = "") -> str:
    """Return the story, or the answer to one question, as one JSON document."""
    document: dict[str, JSON] = {"version": VERSION, "path": story.session.path, "dialect": story.session.dialect}
    document |= _answered(story, question) if question else _told(story)
    return dumps(document, indent=2, ensure_ascii=False)


def _answered(story: Story, question: str) -> dict[str, JSON]:
    asked = questions()[question]
    return {
        "question": question,
        "asks": asked.asks,
        "answer": [_said(one) for one in asked.answer(story)],
        "findings": [_finding(one) for one in asked.bearing(story.findings)],
    }


def _told(story: Story) -> dict[str, JSON]:
    return {
        "model": story.figures.model or None,
        "turns": [_turn(one) for one in story.turns],
        "settings": [_setting(one) for one in story.settings],
        "errors": [_chain(one) for one in story.errors],
        "end": [_said(one) for one in ending(story)],
        "findings": [_finding(one) for one in story.findings],
        "not_known": list(story.figures.notes),
    }


def _line(place: Place | None) -> JSON:
    return place.line if place is not None else None


def _said(one: Said) -> JSON:
    return {"text": one.text, "line": _line(one.place), "bad": one.bad}


def _turn(one: Turn) -> JSON:
    return {
        "turn": one.label,
        "line": _line(one.place),
        "heard": one.heard,
        "answer": one.answer,
        "by": one.by,
        "ended": one.ended,
        "wait_ms": _figure(one.wait),
        "cost_usd": _figure(one.cost),
    }


def _figure(figure: Figure | None) -> JSON:
    return None if figure is None else figure_of(figure)


def _setting(one: Setting) -> JSON:
    return {
        "name": one.name,
        "path": one.path,
        "value": one.value,
        "told": one.told,
        "origin": one.origin,
        "asked": one.asked,
        "lines": [place.line for place in one.places],
    }


def _chain(one: Chain) -> JSON:
    return {
        "line": one.error.place.line,
        "code": one.code,
        "message": one.message,
        "cause": None if one.cause is None else {"type": one.cause.type, "line": one.cause.place.line},
        "certainty": one.certainty,
        "how": one.how,
        "known": None if one.known is None else {"why": one.known.why, "do": one.known.do},
    }


def _finding(one: Finding) -> JSON:
    return {
        "code": one.code,
        "name": one.name,
        "severity": one.severity,
        "subject": one.subject,
        "line": one.place.line,
        "message": one.message,
        "why": one.why,
        "hint": one.hint,
    }
