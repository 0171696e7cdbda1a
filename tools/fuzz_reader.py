"""Fuzzes the readers with atheris: no traceback, no hang, no memory beyond the limit, whatever the bytes.

Run with `make fuzz`, or `python tools/fuzz_reader.py --seconds 600`. What it finds is left in `build/fuzz/`.
"""

import argparse
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
WORK = ROOT / "build" / "fuzz"
SLOW_S = 1.0
"""What 100 kB may take."""
SLOW_BYTES = 100_000
MEMORY_MB = 400
"""What the process may hold: the instrumented interpreter with the schemas takes 200."""
LONGEST = 16_384
TOKENS = (
    '"type":"', '"event_id":"event_', '"delta":"', '{"type":"response.done","response":{', "type: ",
    "content:\n", "---\n",
    "timestamp: 2024-10-17T11:45:04.9643482+02:00\n", "sender: server\n", "message: m\n", "- type: text\n", "delta: '",
    "{'type': '", "None", "True", "Event(type='", "event_id='e' ", "<Kind.A: 'a'>", "[Object]", "... 3 more items",
    "interactions:\n", "- kind: message\n", "  direction: sent\n", '"_webSocketMessages":[', "0.1 C>S TEXT 2 B ",
    '"timestamp":"', '"sender":"client"', '"message":""', '"content":null', "response.created", " (12)", "↑ client",
    "``" "`json\n", "// ", "# ", "“", "”", "…", "**", "\\u0000", "\\ud800", "&quot;", '""', "\x1b[0m",
    "\ufeff", "|-\n", ">+2\n",
    "&a ", "*a", "!!str ", "1e999", "=> ", "%{", "array (", "é",
)  # fmt: skip


def main() -> None:
    """Prepare the seeds, run the fuzzer in a process of its own, say what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    known, rest = parser.parse_known_args()
    if known.worker:
        work(rest)
        return
    seeds, words = WORK / "seeds", WORK / "words"
    seeds.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds_of()):
        (seeds / f"{number:04}").write_bytes(seed)
    words.write_text("".join(f'"{_escaped(token)}"\n' for token in TOKENS))
    options = [
        f"-max_total_time={known.seconds}",
        f"-max_len={LONGEST}",
        f"-dict={words}",
        f"-rss_limit_mb={MEMORY_MB}",
    ]
    options += ["-timeout=5", f"-artifact_prefix={WORK}/found-", "-print_final_stats=1", "-verbosity=1"]
    command = [sys.executable, __file__, "--worker", *options, str(seeds)]
    sys.exit(subprocess.run(command, check=False, env={**os.environ, "PYTHONHASHSEED": "0"}).returncode)


def seeds_of() -> Iterator[bytes]:
    """Yield what to begin from: the variants, pieces of the seed's log in every format."""
    from harness import api
    from harness.logs import FORMATS, write
    from harness.model import Entry

    variants = yaml.safe_load((ROOT / "fixtures" / "logs" / "variants.yaml").read_text(encoding="utf-8"))
    yield from (variant["text"].encode() for variant in variants)
    flat = (ROOT / "fixtures" / "recovery" / "seed-flat.txt").read_bytes().split(b"\n---\n")
    yield from (b"---\n" + b"\n---\n".join(flat[at : at + 3]) for at in range(1, len(flat), 3))
    entries = [one for one in api.read_file(ROOT / "fixtures" / "sessions" / "seed.yaml") if isinstance(one, Entry)]
    for format in FORMATS:
        for at in range(0, len(entries), 4):
            stream = io.BytesIO()
            write(entries[at : at + 4], stream, format)
            yield stream.getvalue()
            if at == 0:
                yield stream.getvalue().decode().encode("utf-16")


def _escaped(token: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token.encode())


def work(options: list[str]) -> None:
    """Fuzz, in this process."""
    import atheris

    with atheris.instrument_imports(include=["harness.logs"]):
        from harness.logs import Limits, all_shapes, read, yaml_events

        # The shapes are found when they are asked for.
        shapes = [None, None, *all_shapes()]
    from harness.errors import UnreadableError
    from harness.model import Entry, Problem
    from harness.protocol.schemas import ProtocolKnowledge

    knowledge, limits = ProtocolKnowledge(), Limits(entry_bytes=64 * 1024)
    assert yaml_events

    def one(data: bytes) -> None:
        shape = shapes[len(data) % len(shapes)]
        start = time.process_time()
        try:
            for item in read(io.BytesIO(data), "fuzz", knowledge, shape, limits):
                assert isinstance(item, Entry | Problem)
                assert 1 <= item.place.line <= data.count(b"\n") + data.count(b"\r") + 1, item.place
        except UnreadableError:
            pass
        took = time.process_time() - start
        assert took < SLOW_S * max(1, len(data) / SLOW_BYTES), f"{took:.2f} s for {len(data)} bytes"

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
