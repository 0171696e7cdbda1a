"""How fast logs are read, as ratios to the plain way, on the same events in one run.

Goals: JSON Lines at least 0.5 of bare `orjson.loads` per line; native YAML at least 10 times PyYAML's C loader.
Run with `python benchmarks/read_speed.py`.
"""

import gc
import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import yaml

from harness.logs import Ignorance, read, write
from harness.model import Entry

ROOT = Path(__file__).parents[1]
SEED = ROOT / "fixtures" / "sessions" / "seed.yaml"
RECORDINGS = sorted((ROOT / ".." / "shared" / "corpus" / "sessions").glob("*.yaml")) * ("--seed-only" not in sys.argv)
STAMP = "2024-10-17T11:45:08.1055313+02:00"
ENTRIES = 60_000
ROUNDS = 5


def main() -> None:
    """Print one line per format: ours, the plain way, their ratio, the goal."""
    entries = session(ENTRIES)
    yaml_log, json_log = written(entries, "yaml"), written(entries, "jsonl")
    sizes = f"YAML {len(yaml_log) >> 10} KiB, JSON Lines {len(json_log) >> 10} KiB"
    print(f"{len(entries)} entries of {1 + len(RECORDINGS)} sessions, {sizes}")
    count = len(entries)
    # Nobody who reads a log holds another one; the collector of garbage would visit it again and again.
    entries.clear()
    ours = fastest(lambda: read_whole(json_log))
    plain = fastest(lambda: load_lines(json_log))
    report("JSON Lines against orjson.loads per line", ours, plain, 0.5, count)
    ours = fastest(lambda: read_whole(yaml_log))
    plain = fastest(lambda: load_documents(yaml_log), rounds=1)
    report("native YAML against PyYAML's C loader", ours, plain, 10, count)


def session(count: int) -> list[Entry]:
    """Return the entries of the seed and of the recordings, again and again, the seed's ids renamed each time."""
    first = [
        entry._replace(stamp=entry.stamp or STAMP)
        for path in (SEED, *RECORDINGS)
        for entry in read(path.open("rb"), path.name, Ignorance())
        if isinstance(entry, Entry)
    ]
    log = written(first, "jsonl").split(b"\n", 1)[1]
    stream = io.BytesIO(b"".join(log.replace(b"_AJHM", b"_%04d" % turn) for turn in range(count // len(first))))
    return [entry for entry in read(stream, "log", Ignorance(), "jsonl") if isinstance(entry, Entry)]


def written(entries: list[Entry], format: str) -> bytes:
    """Return the log as bytes."""
    stream = io.BytesIO()
    write(entries, stream, format)
    return stream.getvalue()


def read_whole(log: bytes) -> None:
    """Read every entry, keeping none."""
    for _ in read(io.BytesIO(log), "log", Ignorance()):
        pass


def load_lines(log: bytes) -> None:
    """Read JSON Lines the plain way."""
    for line in io.BytesIO(log):
        orjson.loads(line)


def load_documents(log: bytes) -> None:
    """Read YAML the plain way."""
    for _ in yaml.load_all(log, Loader=yaml.CSafeLoader):
        pass


def fastest(run: Callable[[], None], rounds: int = ROUNDS) -> float:
    """Return the seconds of the fastest of some rounds."""
    seconds = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    return min(seconds)


def report(name: str, ours: float, plain: float, goal: float, count: int) -> None:
    """Print one comparison, in events a second."""
    ratio = plain / ours
    print(
        f"{name:45} {count / ours:9.0f} /s  plain {count / plain:9.0f} /s  "
        f"ratio {ratio:6.2f}  goal {goal:4}  {'ok' if ratio >= goal else 'MISSED'}"
    )
    if "--profile" in sys.argv:
        print(f"{'':45} {ours / count * 1e6:.2f} us an entry")


if __name__ == "__main__":
    main()
