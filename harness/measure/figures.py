"""What is measured, as a table, and what a measurement is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from harness.model import Place

Group: TypeAlias = Literal["latency", "tools, transcripts, interruptions", "audio", "tokens and cost"]
Unit: TypeAlias = Literal["ms", "×", "tokens", "USD"]


class Measure(NamedTuple):
    """One thing that is measured."""

    name: str
    title: str
    """In a table's column or row."""
    group: Group
    unit: Unit
    what: str
    """From where to where."""
    summed: bool = False
    """Whether a session's sum means something."""
    low_is_bad: bool = False
    """Whether the smallest value is the worst."""


MEASURES = (
    Measure(
        "vad_delay",
        "voice activity delay",
        "latency",
        "ms",
        "the append that carried `audio_end_ms` → `speech_stopped`",
    ),
    Measure(
        "created", "commit → created", "latency", "ms", "the commit, or the `response.create`, → `response.created`"
    ),
    Measure(
        "first_delta", "created → first delta", "latency", "ms", "`response.created` → its first delta of any kind"
    ),
    Measure("first_answer", "speech end → first delta", "latency", "ms", "`speech_stopped` → the answer's first delta"),
    Measure(
        "first_audio",
        "speech end → first audio",
        "latency",
        "ms",
        "`speech_stopped` → the first audio delta of the answer",
    ),
    Measure(
        "first_audible",
        "speech end → first sound",
        "latency",
        "ms",
        "the same, and the silence that the audio begins with",
    ),
    Measure(
        "felt",
        "voice end → first sound",
        "latency",
        "ms",
        "what the user waits: `silence_duration_ms` of silence first, then the same",
    ),
    Measure("response", "created → done", "latency", "ms", "`response.created` → `response.done`"),
    Measure(
        "tool_time",
        "tool time",
        "tools, transcripts, interruptions",
        "ms",
        "a call's arguments are complete → its output is sent; the slowest call",
    ),
    Measure(
        "resume",
        "tool result → first delta",
        "tools, transcripts, interruptions",
        "ms",
        "the last tool output sent → the first delta that follows it",
    ),
    Measure(
        "transcript_lag",
        "transcript lag",
        "tools, transcripts, interruptions",
        "ms",
        "`committed` → the input transcription is completed",
    ),
    Measure(
        "interrupt_audio",
        "interrupt → last audio",
        "tools, transcripts, interruptions",
        "ms",
        "the interruption → the last audio delta of the answer",
    ),
    Measure(
        "interrupt_done",
        "interrupt → done",
        "tools, transcripts, interruptions",
        "ms",
        "the interruption → `response.done` of the answer",
    ),
    Measure(
        "interrupt_truncate",
        "interrupt → truncate",
        "tools, transcripts, interruptions",
        "ms",
        "the interruption → the client's truncate",
    ),
    Measure(
        "generation", "generation factor", "audio", "×", "audio made, by the time it took to come", low_is_bad=True
    ),
    Measure("spoken", "user's speech", "audio", "ms", "`audio_end_ms` less `audio_start_ms`", summed=True),
    Measure("made", "audio made", "audio", "ms", "the audio deltas of the answer", summed=True),
    Measure(
        "heard", "audio heard", "audio", "ms", "all of it, or what `audio_end_ms` of the truncate says", summed=True
    ),
    Measure("stale", "stale audio", "audio", "ms", "audio deltas after the interruption", summed=True),
    Measure("text_in", "text in", "tokens and cost", "tokens", "input text tokens that were not cached", summed=True),
    Measure(
        "text_cached", "text in, cached", "tokens and cost", "tokens", "input text tokens from the cache", summed=True
    ),
    Measure(
        "audio_in", "audio in", "tokens and cost", "tokens", "input audio tokens that were not cached", summed=True
    ),
    Measure(
        "audio_cached",
        "audio in, cached",
        "tokens and cost",
        "tokens",
        "input audio tokens from the cache",
        summed=True,
    ),
    Measure(
        "image_in", "image in", "tokens and cost", "tokens", "input image tokens that were not cached", summed=True
    ),
    Measure(
        "image_cached",
        "image in, cached",
        "tokens and cost",
        "tokens",
        "input image tokens from the cache",
        summed=True,
    ),
    Measure("text_out", "text out", "tokens and cost", "tokens", "output text tokens, reasoning included", summed=True),
    Measure("audio_out", "audio out", "tokens and cost", "tokens", "output audio tokens", summed=True),
    Measure("cost", "cost", "tokens and cost", "USD", "the tokens at the prices of the table", summed=True),
    Measure(
        "transcription_cost",
        "transcription",
        "tokens and cost",
        "USD",
        "input transcription, which is billed apart",
        summed=True,
    ),
)
"""In the order of a report."""
BY_NAME: Mapping[str, Measure] = {one.name: one for one in MEASURES}


class Figure(NamedTuple):
    """One measurement. What does not apply to a turn has none; what applies and is not known says why."""

    value: float | None
    place: Place | None = None
    """The event that ends what is measured, or bears it."""
    why: str = ""
    """Why it is not known."""


def unknown(why: str) -> Figure:
    """Return a figure that cannot be told."""
    return Figure(None, None, why)


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one response, or of a turn that got none."""

    label: str
    """`2` is the second turn, `2.3` the third response in it."""
    place: Place | None
    """Where the response, or the turn, begins."""
    status: str
    """How the response ended, `unanswered` for a turn without one, `heard` where nothing but its transcript was
    asked for, `unfinished` where the log ends first."""
    figures: Mapping[str, Figure]

    def value(self, name: str) -> float | None:
        """Return a figure's value, None where it does not apply or is not known."""
        figure = self.figures.get(name)
        return None if figure is None else figure.value


@dataclass(frozen=True, slots=True)
class Summary:
    """One measure over all rows of a session."""

    measure: Measure
    values: Sequence[float]
    """Those that are known, in the order of the log."""
    worst: Row | None
    """The row with the worst value."""
    unknown: Mapping[str, int]
    """Why others are not known, with how many."""

    def percentile(self, part: float) -> float | None:
        """Return the least value that `part` of all do not exceed (nearest rank): one that was really measured."""
        if not self.values:
            return None
        ordered = sorted(self.values)
        rank = max(-(-len(ordered) * round(part * 100) // 100), 1)
        return ordered[rank - 1]

    @property
    def total(self) -> float | None:
        """Return the sum, None where that means nothing or something is missing in it."""
        return sum(self.values) if self.measure.summed and self.values and not self.unknown else None


@dataclass(frozen=True, slots=True)
class Stats:
    """The figures of one session."""

    path: str
    dialect: str
    model: str
    """Empty where the log does not tell."""
    rows: Sequence[Row]
    notes: Sequence[str] = field(default_factory=tuple)
    """What to know before reading them."""

    def summaries(self) -> list[Summary]:
        """Return every measure that applies to some row."""
        found = (_summary(measure, self.rows) for measure in MEASURES)
        return [one for one in found if one.values or one.unknown]


def _summary(measure: Measure, rows: Sequence[Row]) -> Summary:
    known: list[tuple[float, Row]] = []
    why: dict[str, int] = {}
    for row in rows:
        figure = row.figures.get(measure.name)
        if figure is not None and figure.value is not None:
            known.append((figure.value, row))
        elif figure is not None:
            why[figure.why] = why.get(figure.why, 0) + 1
    choose = min if measure.low_is_bad else max
    worst = choose(known, key=lambda one: one[0])[1] if known else None
    return Summary(measure, [value for value, _ in known], worst, why)
