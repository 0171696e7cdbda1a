"""A story for a person: a line for each turn, then what was in force, the errors and their causes, the findings."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from harness.measure.rows import nothing
from harness.model import Finding
from harness.story.answers import questions
from harness.story.answers.close import ending
from harness.story.question import Question, Said, cause_of, source
from harness.story.settings import Setting
from harness.story.story import Story
from harness.story.turns import Turn
from harness.story.words import at, count, dollars, seconds, shown

Span: TypeAlias = tuple[str, str]
"""A text and its style, one of those that `harness.reports.line` knows."""
Line: TypeAlias = tuple[Span, ...]

FEW = 10
"""So many findings are told in a story; `harness check` tells all."""
SURE = {"certain": "good", "likely": "good", "possible": "warning", "unknown": "faint"}


def render(story: Story, question: str = "") -> Iterator[Line]:
    """Yield the story, or the answer to one question."""
    yield _heading(story)
    if question:
        yield from _answer(story, questions()[question])
        return
    yield from _section(
        "what happened", [_turn(one) for one in story.turns] or [((f"  {nothing(story.session)}", "faint"),)]
    )
    yield from _section("settings in force at the end", list(_settings(story.settings)))
    yield from _section("errors", [_error for one in story.errors for _error in _chain(cause_of(one), one.certainty)])
    yield from _section("the end", list(_said(ending(story))))
    yield from _findings(story.findings, FEW)
    yield from _section("not known", [((f"  {note}", "faint"),) for note in story.figures.notes])


def _heading(story: Story) -> Line:
    session, figures = story.session, story.figures
    turns = len({one.label.partition(".")[0] for one in story.turns})
    facts = [session.dialect, figures.model, count(len(session.events), "event"), count(turns, "turn")]
    known = next((one for one in figures.summaries() if one.measure.name == "cost" and one.values), None)
    if known is not None:
        facts.append(dollars(sum(known.values)) + " and more" * bool(known.unknown))
    return (session.path or "<text>", "place"), (f"  {' · '.join(filter(None, facts))}", "strong")


def _section(title: str, lines: Sequence[Line]) -> Iterator[Line]:
    if lines:
        yield ()
        yield ((title, "strong"),)
        yield from lines


def _turn(one: Turn) -> Line:
    """Return a turn in a line: who spoke, what was answered, by what, how it ended, after how long, and the cost."""
    where = f"{at(one.place)}".ljust(9)
    facts = [f"by {one.by}"] if one.by else []
    if one.wait is not None and one.wait.value is not None:
        facts.append(f"after {seconds(one.wait.value)}")
    if one.cost is not None and one.cost.value is not None:
        facts.append(dollars(one.cost.value))
    style = "good" if one.ended in ("completed", "heard") else "error" if one.ended.startswith("failed") else "warning"
    return (
        (f"  {one.label:<4} ", "strong"),
        (f"{where} ", "place"),
        (f"{one.heard or '(nothing said in the log)'}{_to(one)}  ", ""),
        (one.ended, style),
        (f"  {' · '.join(facts)}", "faint"),
    )


def _to(one: Turn) -> str:
    """Return what was answered; to what is only transcribed there is nothing to answer."""
    return f" → {one.answer or '(no answer)'}" if one.ended != "heard" else ""


def _settings(settings: Sequence[Setting]) -> Iterator[Line]:
    """Yield the settings, those that somebody asked for before those that are as they were."""
    width = max((len(one.name) for one in settings), default=0)
    for one in sorted(settings, key=lambda one: one.origin == "default"):
        style = "faint" if one.origin == "default" else "good" if one.origin == "confirmed" else "warning"
        value = shown(one.value) if one.told else "not told"
        yield (f"  {one.name:<{width}}  ", "strong"), (f"{value}  ", ""), (source(one), style)


def _chain(text: str, certainty: str) -> Iterator[Line]:
    yield (("  ✗ ", "error"), (text, "" if SURE[certainty] == "good" else "faint"))


def _said(sentences: Iterable[Said]) -> Iterator[Line]:
    for one in sentences:
        yield ((f"  {one.text}", "warning" if one.bad else ""),)


def _answer(story: Story, question: Question) -> Iterator[Line]:
    yield ()
    yield ((question.asks, "strong"),)
    yield from _said(question.answer(story))
    yield from _findings(question.bearing(story.findings), FEW)


def _findings(findings: Sequence[Finding], most: int) -> Iterator[Line]:
    lines: list[Line] = []
    for one in findings[:most]:
        lines.append(((f"  {one.code} {one.name}  ", one.severity), (at(one.place), "place")))
        lines.append(((f"    {one.message}", ""),))
        lines += [((f"    {one.why}", "faint"),)] if one.why else []
        lines += [((f"    do: {one.hint}", "faint"),)] if one.hint else []
    if len(findings) > most:
        lines.append(((f"  and {len(findings) - most} more, see harness check", "faint"),))
    yield from _section("findings", lines)
