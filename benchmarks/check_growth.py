"""What an event costs to check, in short sessions and in long ones, and how much memory that takes."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import orjson
from measurement import Measurement, fastest_s
from voice_session import lines

import harness

SIZES = (1_000, 10_000, 100_000)
"""10^6 events take a minute; `python benchmarks/check_growth.py 1000000` measures them."""
GOAL_EVENTS_S = 60_000
GOAL_RATIO = 0.25
GROWTH = 1.5
"""By how much an event of the longest session may cost more than one of the shortest."""
FLAT_MB = 150

PEAK = """
import resource, sys, harness
report = harness.check(sys.argv[1])
assert report.verdict != "errors", report.findings[0]
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure(sizes: tuple[int, ...] = SIZES) -> Iterator[Measurement]:
    """Yield events/s and peak memory for each size, the growth of the cost, and the ratio to parsing alone."""
    speeds = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            log = Path(folder, f"{size}.jsonl")
            log.write_bytes(b"".join(lines(size)))
            speed, bare = _speeds(log)
            speeds.append(speed)
            yield Measurement(f"check a voice session of {size:,} events", speed, "events/s")
            yield Measurement(f"its peak memory, {size:,} events", _peak_mb(log), "MB", FLAT_MB, at_most=True)
    yield Measurement("cost of an event, longest to shortest", speeds[0] / speeds[-1], "x", GROWTH, at_most=True)
    yield Measurement("check a voice session", max(speeds), "events/s", GOAL_EVENTS_S)
    yield Measurement("check, of bare orjson.loads per line", speeds[-1] / bare, "x", GOAL_RATIO)


def _speeds(log: Path) -> tuple[float, float]:
    """Return the events/s of a check and of bare parsing."""
    events = harness.check(log).events
    rounds = 5 if events < 50_000 else 2

    def parse() -> None:
        with log.open("rb") as stream:
            for line in stream:
                orjson.loads(line)

    return events / fastest_s(lambda: harness.check(log), rounds), events / fastest_s(parse, rounds)


def _peak_mb(log: Path) -> float:
    done = subprocess.run([sys.executable, "-c", PEAK, str(log)], check=True, capture_output=True, text=True)
    return float(done.stdout)


if __name__ == "__main__":
    for one in measure(tuple(map(int, sys.argv[1:])) or SIZES):
        print(f"{one.value:12,.2f} {one.unit:9} {one.name}")
