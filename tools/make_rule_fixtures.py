"""Writes `fixtures/rules/<CODE>/{good,bad}.jsonl` from the dialogues of `tests/rules/cases_*.py`.

In a bad one, the label of the event at fault is `expect: <CODE>`.
"""

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "rules"))

from harness.logs import write  # noqa: E402

TOPICS = ("cases_responses", "cases_items", "cases_voice", "cases_client", "cases_advice", "cases_declared")
TOO_LARGE = ("ADV841", "CLI926", "CLI955", "TIM733")
"""Rules whose bad dialogue is not worth its megabytes; the tests play it from memory."""


def main() -> None:
    """Write every fixture anew."""
    entries = import_module("cases").entries
    for topic in TOPICS:
        for code, case in import_module(topic).CASES.items():
            folder = ROOT / "fixtures" / "rules" / code
            folder.mkdir(parents=True, exist_ok=True)
            for name, steps in (("good", case.good), ("bad", case.bad)):
                if code not in TOO_LARGE:
                    with (folder / f"{name}.jsonl").open("wb") as stream:
                        write(entries(steps), stream, "jsonl")


if __name__ == "__main__":
    main()
