"""How long a diff takes, and how much memory, as logs grow: two sessions of N events with 1 % of the events changed.

Goals: 100 000 events in 10 s and 500 MB, reading included; growth close to linear; identical logs take no longer than
reading them. Run with `python benchmarks/diff_speed.py [--profile]`.
"""

import cProfile
import gc
import pstats
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

ROOT = Path(__file__).parents[1]
SIZES = (1_000, 10_000, 100_000)
CHANGED = 0.01
WORDS = (
    "the", "a", "we", "you", "tomorrow", "rain", "sun", "train", "ticket", "paris", "london", "seven", "eight",
    "morning", "please", "sure", "thanks", "check",
)  # fmt: skip
SECONDS, MEGABYTES = 10, 500
"""What the largest size may take."""

Body = dict[str, Any]


def main() -> None:
    """Print a line per size, each measured in a process of its own."""
    if "--one" in sys.argv:
        measure(*sys.argv[2:4])
        return
    print(
        f"{'events':>8} {'reading both':>13} {'diff':>8} {'whole':>8} {'per event':>10} {'memory':>8}  goal    verdict"
    )
    with TemporaryDirectory() as folder:
        for size in SIZES:
            left, right = Path(folder) / f"{size}-a.jsonl", Path(folder) / f"{size}-b.jsonl"
            write(left, list(session(size, "a", random.Random(1))))
            write(right, list(edited(list(session(size, "b", random.Random(1))), random.Random(2))))
            one(left, right)
        one(left, left)


def one(left: Path, right: Path) -> None:
    """Measure one pair in a fresh process."""
    profile = ["--profile"] if "--profile" in sys.argv else []
    subprocess.run([sys.executable, __file__, "--one", str(left), str(right), *profile], check=True)


def measure(left: str, right: str) -> None:
    """Print the figures of one pair."""
    from harness import api
    from harness.diff import compare

    gc.disable()  # as the command does
    start = time.process_time()
    sessions = [api.load(path) for path in (left, right)]
    read = time.process_time()
    if "--profile" in sys.argv:
        with cProfile.Profile() as profile:
            compare(*sessions)
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    begin = time.process_time()
    comparison = compare(*sessions)
    end = time.process_time()
    count = len(sessions[0].events)
    whole = read - start + end - begin
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    goal = "ok" if whole < SECONDS and megabytes < MEGABYTES else "MISSED"
    print(
        f"{count:8} {read - start:11.2f} s {end - begin:6.2f} s {whole:6.2f} s {whole / count * 1e6:7.1f} us "
        f"{megabytes:5.0f} MB  {goal:6}  {comparison.verdict}",
        flush=True,
    )


def session(count: int, mark: str, source: random.Random) -> Iterator[tuple[str, Body]]:
    """Yield the events of a voice session of that many events: sides and bodies; `mark` is in every id."""
    made = 0
    yield "server", {"type": "session.created", "event_id": f"event_{mark}", "session": configuration(mark)}
    for turn in range(count):
        for side, body in turn_of(turn, mark, source):
            made += 1
            if made >= count:
                return
            yield side, body


def configuration(mark: str) -> Body:
    """Return a session object."""
    form = {"type": "audio/pcm", "rate": 24000}
    detection = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}
    return {
        "type": "realtime", "object": "realtime.session", "id": f"sess_{mark}", "model": "gpt-realtime",
        "output_modalities": ["audio"], "instructions": "Be kind.", "tools": [],
        "audio": {"input": {"format": form, "turn_detection": detection}, "output": {"format": form, "voice": "alloy"}},
    }  # fmt: skip


def turn_of(turn: int, mark: str, source: random.Random) -> Iterator[tuple[str, Body]]:
    """Yield the events of one turn: about twenty that make it, about thirty pieces of what is said."""
    user, item, response = f"item_{mark}{turn}u", f"item_{mark}{turn}m", f"resp_{mark}{turn}"
    serial = iter(range(1_000))

    def server(kind: str, **fields: Any) -> tuple[str, Body]:
        return "server", {"type": kind, "event_id": f"event_{mark}{turn}_{next(serial)}", **fields}

    for _ in range(6):
        yield "client", {"type": "input_audio_buffer.append", "audio": "AAAA" * 8}
    yield server("input_audio_buffer.speech_started", audio_start_ms=turn * 5000 + 300, item_id=user)
    yield server("input_audio_buffer.speech_stopped", audio_end_ms=turn * 5000 + 1300, item_id=user)
    yield server("input_audio_buffer.committed", previous_item_id=f"item_{mark}{turn - 1}m", item_id=user)
    asked = " ".join(source.choices(WORDS, k=8))
    heard = {"id": user, "type": "message", "status": "completed", "role": "user"}
    heard["content"] = [{"type": "input_audio", "transcript": None}]  # type: ignore[assignment]
    for kind in ("added", "done"):
        yield server(f"conversation.item.{kind}", previous_item_id=None, item=heard)
    yield server("response.created", response={"id": response, "status": "in_progress", "output": [], "usage": None})
    said = " ".join(source.choices(WORDS, k=14))
    where = {"response_id": response, "output_index": 0}
    begun = {"id": item, "type": "message", "status": "in_progress", "role": "assistant", "content": []}
    yield server("response.output_item.added", **where, item=begun)
    yield server("conversation.item.added", previous_item_id=user, item=begun)
    within = {**where, "item_id": item, "content_index": 0}
    yield server("response.content_part.added", **within, part={"type": "audio", "transcript": ""})
    for number, word in enumerate(said.split()):
        yield server("response.output_audio_transcript.delta", **within, delta=" " * (number > 0) + word)
        yield server("response.output_audio.delta", **within, delta="AAAA" * 8)
    transcribed = "conversation.item.input_audio_transcription.completed"
    yield server(transcribed, item_id=user, content_index=0, transcript=asked)
    yield server("response.output_audio.done", **within)
    yield server("response.output_audio_transcript.done", **within, transcript=said)
    yield server("response.content_part.done", **within, part={"type": "audio", "transcript": said})
    whole = {**begun, "status": "completed", "content": [{"type": "output_audio", "transcript": said}]}
    yield server("conversation.item.done", previous_item_id=user, item=whole)
    yield server("response.output_item.done", **where, item=whole)
    usage = {"total_tokens": 60, "input_tokens": 40, "output_tokens": 20}
    done = {"id": response, "status": "completed", "output": [whole], "usage": usage}
    yield server("response.done", response=done)
    yield server("rate_limits.updated", rate_limits=[{"name": "tokens", "remaining": turn}])


def edited(events: list[tuple[str, Body]], source: random.Random) -> Iterator[tuple[str, Body]]:
    """Yield events, one in a hundred left out, doubled, or with a word in it changed."""
    for side, body in events:
        if source.random() >= CHANGED:
            yield side, body
            continue
        what = source.choice(("drop", "double", "word", "word"))
        if what == "word":
            yield side, orjson.loads(orjson.dumps(body).replace(b"train", b"plane").replace(b"sun", b"moon"))
        for _ in range(2 * (what == "double")):
            yield side, body


def write(path: Path, events: list[tuple[str, Body]]) -> None:
    """Write a log of the native shape, an event every ten milliseconds."""
    with path.open("wb") as stream:
        for number, (side, body) in enumerate(events):
            seconds, rest = divmod(number, 100)
            stamp = (
                f"2026-01-{1 + seconds // 86400:02}T{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            )
            entry = {"timestamp": f"{stamp}.{rest:02}Z", "sender": side, "message": "", "content": body}
            stream.write(orjson.dumps(entry) + b"\n")


if __name__ == "__main__":
    main()
