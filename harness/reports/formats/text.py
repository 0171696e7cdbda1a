"""Findings for people: a block each, with the events around it, and a summary for each session."""

from collections import Counter
from collections.abc import Iterable, Iterator

from harness.model import JSON, Finding, Place, Repair, Report, Side
from harness.reports.checked import SEVERITIES, Checked, Options, gravest, unread, verdict_of
from harness.reports.context import Summary, around
from harness.reports.line import Line, Span, plain
from harness.rules.ranking import likely_causes

WIDTH = 100
"""Where the right half of a finding's first line ends."""

ARROWS: dict[Side, str] = {"client": ">", "server": "<", "system": "·", "unknown": " "}
"""Which way an event went, seen from the client."""

LIVE = "connection "
"""What the paths of live connections begin with."""

LIKELY = 3
"""Of more findings than this, the most useful so many are named at the top."""

FACTS = 2
"""Columns by which everything under a finding's first line is indented."""


def render(checked: Iterable[Checked], options: Options) -> Iterator[Line]:
    """Yield the report of each session as soon as it is checked, and a total when there are several."""
    tally: Counter[str] = Counter()
    for one in checked:
        tally["sessions"] += 1
        tally[verdict_of(one.report.findings) if one.complete else unread(one)] += 1
        yield from _session(one, options)
    if tally["sessions"] != 1:
        yield plain(_total(tally))


def _session(one: Checked, options: Options) -> Iterator[Line]:
    if len(one.report.findings) > LIKELY:
        yield from _likely(one.report)
    for finding in one.report.findings:
        yield from block(finding, dict(one.context))
        yield ()
    if options.repairs:
        yield from map(_repair, one.report.repairs)
    yield from _lapses(one.report)
    yield _summary(one)
    if options.verbose:
        yield from _not_exercised(one.report)


def _likely(report: Report) -> Iterator[Line]:
    """Yield a line for each of the findings that most likely answer what the user came with."""
    yield (Span(f"most likely, of {_count(len(report.findings), 'finding')}:", "strong"),)
    for finding in likely_causes(report.findings, LIKELY):
        place = f"  line {finding.place.line}  "
        yield (Span(f"  {finding.code} {finding.name}", finding.severity), Span(place, "place"), Span(finding.message))
    yield ()


def block(finding: Finding, kept: dict[int, Summary]) -> Iterator[Line]:
    """Yield the lines of one finding; `kept` holds what is known of the events around it."""
    yield _heading(finding)
    yield _where(finding, kept)
    for text in (finding.message, finding.why):
        if text:
            yield plain(f"   {text}")
    yield from _events(finding, around(finding, kept))
    for label, text in (("expected", " | ".join(map(_visible, finding.expected))), ("do", finding.hint)):
        if text:
            yield (Span(" " * FACTS + label.ljust(9), "faint"), Span(f" {text}"))


def _visible(text: str) -> str:
    """Quote a value whose ends would not be seen, such as the delta ` for`."""
    return text if text and text == text.strip() else f'"{text}"'


def _heading(finding: Finding) -> Line:
    left = f"{finding.code} {finding.name}"
    right = f" · {finding.subject} · {finding.layer}"
    gap = max(2, WIDTH - len(left) - len(finding.severity) - len(right))
    return (
        Span(left, finding.severity),
        Span(" " * gap),
        Span(finding.severity, finding.severity),
        Span(right, "faint"),
    )


def _where(finding: Finding, kept: dict[int, Summary]) -> Line:
    place = Span(where(finding.place), "place")
    if finding.seq is None:
        return (Span("  --> ", "faint"), place)
    event = kept.get(finding.seq)
    about = "" if is_live(finding.place) else f"  event #{finding.seq}"
    if event is not None:
        about += f"{_since(event, ' (', ' s)')}  {event.type}"
    return (Span("  --> ", "faint"), place, Span(about))


def _events(finding: Finding, events: list[Summary]) -> Iterator[Line]:
    roles = {witness.seq: witness.role for witness in finding.witnesses}
    if finding.seq is not None:
        roles.setdefault(finding.seq, "here")
    number = max((len(str(event.line)) for event in events), default=0)
    offset = max((len(_since(event)) for event in events), default=0)
    kind = max((len(event.type) for event in events), default=0)
    for event in events:
        role = roles.get(event.seq)
        text = f"{event.line:>{number + 3}}  {_since(event):>{offset}}  {ARROWS[event.side]} {event.type:<{kind}}"
        text = f"{text}  {event.gist}".rstrip()
        yield (Span(text), Span(f"   <-- {role}", finding.severity)) if role else (Span(text, "faint"),)


def _since(event: Summary, before: str = "", after: str = "") -> str:
    if event.since_start_ns is None:
        return ""
    return f"{before}{event.since_start_ns / 1e9:+.3f}{after}"


def _repair(repair: Repair) -> Line:
    place = f"{name_of(repair.place.path)}:{repair.place.line}:{repair.place.column}"
    change = f"  {repair.kind}  {repair.before!r} -> {repair.after!r}"
    return (Span(place, "place"), Span(change), Span(f"  confidence {repair.confidence:.2f}", "faint"))


def _lapses(report: Report) -> Iterator[Line]:
    """Yield one line of how long answers took, where the log has stamps."""
    lapses = report.statistics.get("lapses_ns")
    told = [f"{what} {_ms(times)}" for what, times in (lapses or {}).items()] if isinstance(lapses, dict) else []
    if told:
        yield (Span("from the end of a turn to ", "faint"), Span(" · ".join(told)))


def _ms(times: JSON) -> str:
    """Return times in milliseconds: one, or the middle and the longest of several."""
    values = times if isinstance(times, dict) else {}
    middle, longest = (f"{int(str(values.get(name, 0))) / 1e6:.0f}" for name in ("p50", "max"))
    return f"{middle} ms" if values.get("turns") == 1 else f"{middle} ms (at most {longest})"


def _summary(one: Checked) -> Line:
    report = one.report
    verdict = verdict_of(report.findings)
    counted = ", ".join(_counts(report)) or "clean"
    spans = [Span(f"{name_of(report.path)}: "), Span(counted, _STYLES[verdict])]
    if not one.complete:
        spans.append(Span(f", {unread(one)}", "error"))
    if report.entries or report.events:
        spans.append(Span(f" · {' · '.join(_facts(report))}", "faint"))
    return tuple(spans)


def headline(one: Checked) -> str:
    """Return the report of a session in a line: what was counted, and the first of the gravest findings."""
    report, first = one.report, gravest(one.report.findings)
    counted = ", ".join([*_counts(report), *([] if one.complete else [unread(one)])])
    if first is None:
        return f"{name_of(report.path)}: {counted}"
    return f"{counted}: {first.code} {first.name} at {where(first.place)}"


_STYLES = {"clean": "good", "notes": "good", "warnings": "warning", "errors": "error"}


def _counts(report: Report) -> Iterator[str]:
    tally = Counter(finding.severity for finding in report.findings)
    for severity in reversed(SEVERITIES):
        if tally[severity]:
            yield _count(tally[severity], severity)


def _facts(report: Report) -> Iterator[str]:
    yield report.dialect
    entries = f"{_count(report.entries, 'entry')}, " if report.entries else ""
    yield f"{entries}{_count(report.events, 'event')}"
    if report.repairs:
        yield _count(len(report.repairs), "repair")
    yield f"{_count(len(report.exercised), 'rule')} exercised, {len(report.not_exercised)} not"


def _not_exercised(report: Report) -> Iterator[Line]:
    reasons: dict[str, list[str]] = {}
    for code, reason in report.not_exercised.items():
        reasons.setdefault(reason, []).append(code)
    for reason, codes in sorted(reasons.items()):
        yield (Span("  not exercised: ", "faint"), Span(f"{reason}: {' '.join(sorted(codes))}"))


def _total(tally: Counter[str]) -> str:
    order = ("clean", "notes", "warnings", "errors", "only partly read", "not read")
    parts = ", ".join(f"{tally[part]} {_WORDS.get(part, part)}" for part in order if tally[part])
    return f"{_count(tally['sessions'], 'session')}{': ' if parts else ''}{parts}"


_WORDS = {"notes": "with notes", "warnings": "with warnings", "errors": "with errors"}


def _count(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


def where(place: Place) -> str:
    """Return a place as a person reads it: a line of a file, or an event of a live connection."""
    name = name_of(place.path)
    return f"{name}, event {place.line}" if is_live(place) else f"{name}:{place.line}"


def is_live(place: Place) -> bool:
    """Tell whether a place lies in a connection that is judged while it goes on; its line counts events."""
    return place.path.startswith(LIVE)


def name_of(path: str) -> str:
    """Return how a log is called in a report: standard input and text in memory have no file name."""
    return {"-": "<stdin>", "": "<text>"}.get(path, path)
