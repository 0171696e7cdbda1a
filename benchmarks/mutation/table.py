"""The scores as text: Markdown for the page, plain lines for the survivors."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from benchmarks.mutation.judging import Outcome
from benchmarks.mutation.logs import HELD_OUT
from benchmarks.mutation.operators import operators
from benchmarks.mutation.score import Score

HEAD = (
    "operator", "mutants", "killable", "raw", "found", "error/warning/note", "exact", "±1", "fair", "named",
    "cascade", "p95", "subject", "held out",
)  # fmt: skip
SHOWN = 6


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def row(name: str, score: Score) -> list[str]:
    """Return the cells of one operator."""
    mean, p95 = score.cascade
    held_out = Score(tuple(one for one in score.outcomes if one.held_out))
    severities = "/".join(f"{score.first_severity(one):.0f}" for one in ("error", "warning", "note"))
    return [
        name,
        str(len(score.outcomes)),
        str(len(score.killable)),
        _percent(score.raw),
        _percent(score.killed),
        severities,
        _percent(score.rate("exact")),
        _percent(score.rate("near")),
        _percent(score.rate("fair")),
        _percent(score.rate("named")),
        f"{mean:.2f}",
        str(p95),
        _percent(score.rate("subject")),
        f"{_percent(held_out.killed)} ({_percent(held_out.rate('exact'))})",
    ]


def markdown(scores: Mapping[str, Score]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| " + " | ".join(HEAD) + " |"
    yield "|---|" + "---:|" * (len(HEAD) - 1)
    for name, score in scores.items():
        yield "| " + " | ".join(row(name, score)) + " |"
    main = {one.name for one in operators() if one.table}
    for title, names in (("main table", main), ("further operators", scores.keys() - main), ("all", scores.keys())):
        total = Score(tuple(one for name in names if name in scores for one in scores[name].outcomes))
        yield "| " + " | ".join(f"**{cell}**" for cell in row(title, total)) + " |"


def line(one: Outcome) -> str:
    first = one.new[0] if one.new else None
    said = (
        f" => {first.code} {first.severity}/{first.subject} #{first.place.line - 1}: {first.message}" if first else ""
    )
    also = f" (+{', '.join(f.code + '#' + str(f.place.line - 1) for f in one.new[1:6])})" if len(one.new) > 1 else ""
    return f"    {one.log} #{one.at} {one.kind}: {one.note}{said}{also}"


def _grouped(title: str, outcomes: Iterable[Outcome]) -> Iterator[str]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        groups[f"{one.kind}{' => ' + one.new[0].code if one.new else ''}"].append(one)
    for kind, group in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        yield f"  {title}: {len(group)} × {kind}"
        yield from (line(one) for one in group[:SHOWN])


def survivors(scores: Mapping[str, Score]) -> Iterator[str]:
    """Yield what was missed, pointed at wrongly, said too often or blamed on the wrong one, operator by operator."""
    for name, score in scores.items():
        yield f"## {name}"
        yield from _grouped("survives", score.survivors)
        yield from _grouped("misblamed", (one for one in score.found if not one.exact and not one.fair))
        yield from _grouped("beside it", (one for one in score.found if not one.exact and one.fair))
        yield from _grouped("not named", (one for one in score.found if one.named is False))
        yield from _grouped("cascade", (one for one in score.found if len(one.new) > 3))
        yield from _grouped("wrong subject", (one for one in score.found if not one.subject))
        yield from _grouped("found though equivalent", score.surprises)


def classes(scores: Mapping[str, Score]) -> Iterator[str]:
    """Yield which event types make up each class of equivalence."""
    table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for name, score in scores.items():
        for one in score.outcomes:
            if one.equivalent:
                table[name, one.equivalent][one.kind] += 1
    yield "| operator | class | mutants | of which |"
    yield "|---|---|---:|---|"
    for (name, kind), counts in table.items():
        listed = ", ".join(f"`{event}` {count}" for event, count in counts.most_common(8))
        yield f"| {name} | {kind} | {counts.total()} | {listed}{', …' if len(counts) > 8 else ''} |"


def matrix(kills: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """Yield how many mutants each rule finds, and how many it alone finds."""
    yield "| rule | finds | alone |"
    yield "|---|---:|---:|"
    for code, (count, alone) in kills.items():
        yield f"| {code} | {count} | {alone} |"


INTRODUCTION = """# How good is the checker?

Good sessions are damaged on purpose, one fault at a time: every operator, at every position where it applies, in every
recorded session. `python -m benchmarks.mutation --page docs/mutation.md` measures it and writes this page.

- **killable**: the mutants that must be found. The others are equivalent; which those are is computed from the
  declarations of the dialect and its schemas (`benchmarks/mutation/equivalence.py`) and listed below by event type.
- **raw**, **found**: the share of all, and of the killable mutants, with a finding that the good session does not have;
  by the severity of the worst one.
- **exact**, **±1**: the first finding points at the changed event, or at most one event beside it. For a lost event
  that is the event now at its place, or the one before; for a moved one its new place; for a cut log its last event.
- **fair**: also right is the nearest event on either side that depends on the damage, such as the next piece of a text
  that lost one, and the one event that a moved one changed places with.
- **named**: the first finding names the type of the lost event.
- **cascade**, **p95**: findings per found mutant, on average and at the 95th percentile.
- **subject**: the first finding blames the right one. An event of the server: the server; of the client: the client,
  and where the client's event is lost or moved also the server, whose answer then has no cause; a lost, doubled or
  moved event also the recorder; a damaged text or clock, and a flipped direction, the recorder alone.
- **held out**: found (exact) on the sessions that no rule is written from: {held_out}.
"""


def page(scores: Mapping[str, Score], figures: list[str], beyond: list[str], details: list[str]) -> str:
    """Return the page for the documentation."""
    missed = [one for score in scores.values() for one in score.survivors]
    counts = Counter((one.operator, one.kind) for one in missed)
    lost = [f"- {name}: {count} × `{kind}`" for (name, kind), count in sorted(counts.items())] or ["None."]
    introduction = INTRODUCTION.format(held_out=", ".join(f"`{name}`" for name in HELD_OUT))
    parts = [introduction, *figures, "", "## Two faults, and none", "", "```", *beyond, "```", ""]
    parts += ["## Equivalent mutants, and what each rule finds", "", *details, ""]
    return "\n".join([*parts, f"## Survivors that nothing explains: {len(missed)}", "", *lost, ""])
