"""What the README shows is what a user sees: its console blocks are run.

In what is expected, `…` stands for anything in a line, and a line of its own for any lines.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
INSTEAD = {"make demo": "python tools/demo.py"}
"""What is run for a target of the Makefile: what it runs, without installing."""
NEVER = {"make test"}
"""This is it."""


class Example(NamedTuple):
    command: str
    expected: str


def examples() -> Iterator[Example]:
    for block in BLOCK.findall((ROOT / "README.md").read_text("utf-8")):
        if block.startswith("$ make"):
            command, _, expected = block.partition("\n")
            yield Example(command.removeprefix("$ "), expected)
        else:
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                yield Example(*part.partition("\n")[::2])


def pattern(expected: str) -> str:
    """Return the regular expression of an expected output."""
    lines = (
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n" for line in expected.splitlines()
    )
    return "".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize(
    "example", [one for one in examples() if one.command not in NEVER], ids=lambda one: one.command
)
def test_the_readme_shows_what_is_printed(example: Example) -> None:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_COLOR": "1"}
    command = INSTEAD.get(example.command, example.command)
    (ROOT / "build" / "demo").mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        f"{command} 2>&1", shell=True, cwd=ROOT, env=environment, text=True, timeout=120, stdout=subprocess.PIPE
    )
    assert re.fullmatch(pattern(example.expected), done.stdout), f"README.md shows {command} otherwise:\n{done.stdout}"


def test_the_readme_begins_with_the_two_commands_of_a_fresh_machine() -> None:
    assert [one.command for one in examples()][:2] == ["make demo", "make test"]
