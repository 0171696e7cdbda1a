"""Runs the benchmarks, prints a table and writes build/benchmarks.json; fails when a goal is missed."""

import json
import platform
import sys
from dataclasses import asdict
from pathlib import Path

import check_growth
import check_speed
import start_time
from measurement import Measurement
from rich.console import Console
from rich.table import Table

BENCHMARKS = (check_speed, check_growth, start_time)
RESULTS = Path(__file__).parents[1] / "build" / "benchmarks.json"


def main() -> int:
    """Run them all and return the exit code."""
    measured = [one for benchmark in BENCHMARKS for one in benchmark.measure()]
    Console(width=100).print(_table(measured))
    RESULTS.parent.mkdir(exist_ok=True)
    facts = {"python": platform.python_version(), "machine": platform.machine(), "measured": [*map(asdict, measured)]}
    RESULTS.write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    return 0 if all(one.reached for one in measured) else 1


def _table(measured: list[Measurement]) -> Table:
    table = Table("what", "measured", "goal", "")
    for one in measured:
        goal = "" if one.goal is None else f"{'at most' if one.at_most else 'at least'} {one.goal:g} {one.unit}"
        verdict = "" if one.goal is None else "reached" if one.reached else "MISSED"
        table.add_row(one.name, f"{one.value:,.{0 if one.value >= 100 else 2}f} {one.unit}", goal, verdict)
    return table


if __name__ == "__main__":
    sys.exit(main())
