"""How much audio an answer has, how fast it came and what the user heard of it; what it cost."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.measure import prices
from harness.measure.figures import Figure, unknown
from harness.measure.prices import Prices
from harness.measure.recording import (
    AUDIO,
    COMMITTED,
    DONE,
    TRANSCRIBED,
    TRUNCATE,
    Recording,
    event,
    events,
    interruption,
    output_format,
    sound_of_answer,
    steps,
)
from harness.measure.times import LEFT_OUT, Named, between
from harness.model import JSON, Event
from harness.turns.nodes import Node

TOKEN_MS = 50
"""One token of output audio; the guide to costs says so, and recordings agree."""
OUTPUT = {"text_out", "audio_out"}
USAGE = ("response.usage", "usage")
"""Where services tell what a response used."""


def of_audio(recording: Recording, response: Node) -> Iterator[Named]:
    """Yield what is measured of an answer's audio."""
    pieces = sound_of_answer(recording, response)
    if pieces is None:
        return
    deltas, form, stop = events(response, AUDIO), output_format(recording, response), interruption(recording, response)
    if pieces.lost:
        lost = unknown(LEFT_OUT + _by_tokens(response))
        yield "made", lost
        yield "generation", lost
        yield "heard", _heard(response, lost, stop)
        if stop is not None:
            late = any(one.seq > stop.seq for one in deltas)
            yield "stale", unknown(LEFT_OUT) if late else Figure(0.0, stop.place)
        return
    lengths = [form.ms_in(len(piece)) for piece in pieces.data]
    made = Figure(sum(lengths), deltas[-1].place)
    yield "made", made
    yield "generation", _generation(deltas, lengths)
    yield "heard", _heard(response, made, stop)
    if stop is not None:
        late_ms = sum(ms for one, ms in zip(deltas, lengths, strict=True) if one.seq > stop.seq)
        yield "stale", Figure(late_ms, deltas[-1].place)


def _by_tokens(response: Node) -> str:
    count = value_at(usage_of(response), "output_token_details.audio_tokens")
    return f"; its {count} tokens are about {count * TOKEN_MS / 1000:.1f} s" if isinstance(count, int) and count else ""


def _generation(deltas: list[Event], lengths: list[float]) -> Figure:
    """Return how much faster than it sounds the audio came; the first piece was made before it came."""
    took = between(deltas[0], deltas[-1])
    if took.value is None:
        return took
    if not took.value:
        return unknown("all its audio came at once")
    return Figure(sum(lengths[1:]) / took.value, deltas[-1].place)


def _heard(response: Node, made: Figure, stop: Event | None) -> Figure:
    """Return how much of an answer the user heard; the client says so when it truncates."""
    truncates = [step.last for step in steps(response, TRUNCATE)]
    told = [one.body.get("audio_end_ms") for one in truncates]
    if truncates and len(response.of("item")) == 1 and isinstance(told[-1], int | float):
        return Figure(float(told[-1]), truncates[-1].place)
    if truncates:
        return unknown("the truncate does not tell, or not of all its items")
    if stop is not None:
        return unknown("it was interrupted and not truncated: only the client knows what was played")
    return made


def usage_of(response: Node) -> JSON:
    """Return what a response used, as its last event tells."""
    done = event(response, DONE)
    told = (value_at(done.body, path) for path in USAGE) if done is not None else ()
    return next((one for one in told if one is not None), None)


def of_tokens(response: Node, model: str, table: Prices) -> Iterator[Named]:
    """Yield the tokens of a response and what they cost."""
    done = event(response, DONE)
    if done is None:
        return
    counts = prices.tokens(usage_of(response))
    if isinstance(counts, str):
        yield "cost", unknown(counts)
        return
    for name, count in counts.items():
        if count or name in ("text_in", "text_out"):
            yield name, Figure(float(count), done.place)
    if response.value("status") == "completed" and not sum(counts[name] for name in counts.keys() - OUTPUT):
        yield "cost", unknown("usage tells no input tokens at all, which cannot be: do not bill by it")
    else:
        yield "cost", _cost(counts, model, table, done)


def _cost(counts: dict[str, float], model: str, table: Prices, done: Event) -> Figure:
    if not any(counts.values()):
        return Figure(0.0, done.place)
    known = table.of(model)
    if known is None:
        what = f"no price for the model {model}" if model else "the log does not tell the model"
        return unknown(f"{what}; give one with --prices" if model else what)
    dollars = prices.cost(counts, known)
    return unknown(dollars) if isinstance(dollars, str) else Figure(dollars, done.place)


def of_transcription(recording: Recording, node: Node, table: Prices) -> Iterator[Named]:
    """Yield what the transcription of an input cost."""
    completed, committed = steps(node, TRANSCRIBED), event(node, COMMITTED)
    if not completed:
        return
    done = completed[-1].last
    model = recording.setting((committed or done).seq, "audio.input.transcription.model")
    seconds, price = value_at(done.body, "usage.seconds"), table.transcription.get(str(model))
    if price is None:
        yield "transcription_cost", unknown(f"no price for the transcription by {model or 'an unknown model'}")
    elif isinstance(seconds, int | float):
        yield "transcription_cost", Figure(seconds / 60 * price, done.place)
    else:
        yield "transcription_cost", unknown("usage tells no seconds")
