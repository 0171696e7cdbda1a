"""How much memory a check of a long log takes: the log is made as it is read, and never stands on the disk.

Goal: a 2 GB JSON Lines log with audio and a 200 MB native YAML log are checked with a peak below 150 MB.
Run with `python benchmarks/read_memory.py`: a tenth of that; `--full` for all of it (ten minutes).
"""

import base64
import io
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from harness import api
from harness.logs import write
from harness.model import Entry

ROOT = Path(__file__).parents[1]
SEED = ROOT / "fixtures" / "sessions" / "seed.yaml"
MB = 1_000_000
GOAL_MB = 150
SIZES = {"jsonl": 2_000 * MB, "yaml": 200 * MB}
AUDIO = base64.b64encode(bytes(range(256)) * 38).decode()
"""A fifth of a second of pcm16: what a server sends in one delta."""
AUDIO_DELTA = "response.audio.delta"


def main() -> None:
    """Check a log of each format, and print the size, the time and the peak."""
    part = 1 if "--full" in sys.argv else 10
    missed = False
    for format, size in SIZES.items():
        written, seconds, peak, verdict = checked(format, size // part)
        missed |= peak > GOAL_MB
        state = "ok" if peak <= GOAL_MB else "MISSED"
        print(f"{format:6} {written / MB:7.0f} MB  {seconds:6.1f} s  peak {peak:5.0f} MB  goal {GOAL_MB} MB  {state}")
        print(f"       {verdict}")
    sys.exit(missed)


def checked(format: str, size: int) -> tuple[int, float, float, str]:
    """Check a log of about so many bytes; return its bytes, the seconds, the peak in MB, and the summary."""
    start = time.perf_counter()
    probe = "import resource, sys; from harness.cli import main; "
    code = f"{probe}sys.argv = ['harness', 'check', '-']\ntry: main()\nfinally: " + (
        "print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    written = [0]
    feeder = threading.Thread(target=_feed, args=(process.stdin, format, size, written))
    feeder.start()
    out, err = process.stdout.read(), process.stderr.read()  # type: ignore[union-attr]
    process.wait()
    feeder.join()
    peak = re.search(rb"peak (\d+)", err)
    assert peak is not None, err.decode()
    return written[0], time.perf_counter() - start, int(peak[1]) * 1024 / MB, out.decode().strip().split("\n")[-1]


def _feed(stream: io.BufferedWriter, format: str, size: int, written: list[int]) -> None:
    with stream:
        for part in log(format):
            stream.write(part)
            written[0] += len(part)
            if written[0] >= size:
                return


def log(format: str) -> Iterator[bytes]:
    """Yield a log without end: the seed's session again and again, each with ids of its own; JSON Lines with audio."""
    entries = [entry for entry in api.read_file(SEED) if isinstance(entry, Entry)]
    stream = io.BytesIO()
    write(list(_with_audio(entries)) if format == "jsonl" else entries, stream, format)
    header, _, session = stream.getvalue().partition(b"---\n" if format == "yaml" else b"\n")
    yield header if format == "yaml" else header + b"\n"
    session = b"---\n" + session if format == "yaml" else session
    for number in count():
        yield session.replace(b"_AJHM", b"_%04d" % (number % 10_000))


def _with_audio(entries: list[Entry]) -> Iterator[Entry]:
    """Yield the entries; before the end of its text a part speaks for ten seconds."""
    for entry in entries:
        body = entry.content
        if isinstance(body, dict) and body["type"] == "response.text.done":
            fields = {key: value for key, value in body.items() if key not in ("type", "text")}
            for at in range(50):
                delta = {"type": AUDIO_DELTA, **fields, "event_id": f"event_AJHM{at:017d}", "delta": AUDIO}
                yield entry._replace(content=delta)
        yield entry


if __name__ == "__main__":
    main()
