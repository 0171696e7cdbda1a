"""The main job from end to end, on the log the project started from: `make demo`.

Every step is a command that anybody can type; what it prints is its own.
"""

import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent
RUNS = Path("build/demo")

PASTED = "fixtures/recovery/seed-flat.txt"
RECORDED = "fixtures/sessions/seed.yaml"
FIRST, SECOND, EDITED = (str(RUNS / f"{name}.jsonl") for name in ("first", "second", "edited"))


@dataclass(frozen=True, slots=True)
class Step:
    """A command, what it shows, and how it must end."""

    title: str
    command: str
    exit_code: int = 0


def talk(log: str) -> str:
    """Return the command that serves the recording to the client, which writes a log of its own."""
    return f"replay {RECORDED} --as openai-ga --speed 4 --port 0 -- python tools/demo_client.py {log}"


STEPS = (
    Step("Check a log as it was pasted into a forum in 2024, its indentation lost", f"harness check {PASTED}"),
    Step("Serve it in today's dialect to a real client, written with the openai package", talk(FIRST)),
    Step("Once more: the same answer, under other ids and at other times", f"{talk(SECOND)}"),
    Step("Nothing that matters differs between the two runs", f"harness diff {FIRST} {SECOND} --ignore timing"),
    Step(
        "Had the answer changed by one word, it would be named",
        f"harness diff {FIRST} {EDITED} --ignore timing",
        exit_code=1,
    ),
)


def main() -> int:
    """Run the steps and return the exit code: 0 when each ended as it must."""
    (ROOT / RUNS).mkdir(parents=True, exist_ok=True)
    for number, step in enumerate(STEPS, 1):
        if EDITED in step.command:
            edit()
        print(f"\n── {number}. {step.title}\n$ {step.command}", flush=True)
        code = run(step.command)
        if code != step.exit_code:
            print(f"\nThis step was expected to exit {step.exit_code} and exited {code}.")
            return 1
    print(f"\nThe logs of both runs are in {RUNS}/.")
    return 0


def edit() -> None:
    """Write the second run's log again with one word changed, in its delta and in the final texts."""
    text = (ROOT / SECOND).read_text("utf-8")
    (ROOT / EDITED).write_text(text.replace(' well"', ' fine"').replace(" well,", " fine,"), "utf-8")


def run(command: str) -> int:
    """Run one of our programs, or Python, from the environment this runs in."""
    words = [str(PROGRAMS / word) if word in ("harness", "replay", "python") else word for word in shlex.split(command)]
    return subprocess.run(words, cwd=ROOT, check=False, stderr=subprocess.STDOUT, timeout=120).returncode


if __name__ == "__main__":
    sys.exit(main())
