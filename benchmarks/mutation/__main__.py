"""`python -m benchmarks.mutation`: score the checker."""

import argparse
import json
import sys
import time
from pathlib import Path

from benchmarks.mutation import controls, score, table
from benchmarks.mutation.logs import Log, corpus
from benchmarks.mutation.operators import operators


def main() -> int:
    """Run the benchmark and print its figures."""
    options = _options()
    logs = corpus()
    if not logs:
        print("the recordings are not at hand (../shared/corpus): nothing was scored", file=sys.stderr)
        return 3
    chosen = [one for one in operators() if not options.operator or options.operator in one.name]
    started = time.perf_counter()
    outcomes = tuple(score.run(chosen, logs, options.quick))
    scores = score.by_operator(outcomes)
    figures = list(table.markdown(scores))
    beyond = [] if options.operator else [*_pairs(logs, options.quick), "", *_controls(logs)]
    details = [*table.classes(scores), "", *table.matrix(score.kill_matrix(outcomes))]
    print("\n".join([*figures, "", *beyond]))
    if options.survivors:
        print("\n".join(table.survivors(scores)))
    if options.classes:
        print("\n".join(details))
    print(f"\n{len(outcomes)} mutants of {len(logs)} sessions in {time.perf_counter() - started:.0f} s")
    if options.page:
        Path(options.page).write_text(table.page(scores, figures, beyond, details), "utf-8")
    if options.json:
        rows = {name: dict(zip(table.HEAD, table.row(name, one), strict=True)) for name, one in scores.items()}
        Path(options.json).write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fixed eighth of the positions")
    parser.add_argument("--operator", help="only the operators whose name contains this")
    parser.add_argument("--survivors", action="store_true", help="list what was missed, misblamed or said too often")
    parser.add_argument("--classes", action="store_true", help="list the equivalent mutants and what each rule finds")
    parser.add_argument("--page", help="write the page with the figures to this file")
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def _pairs(logs: tuple[Log, ...], quick: bool) -> list[str]:
    made = list(score.pairs(operators(), logs, quick))
    right = sum(exact for exact, _ in made)
    lines = [
        f"Two faults in one log: the first is pointed at in {100 * right / max(1, len(made)):.1f} % of {len(made)}"
    ]
    wrong = [one for exact, one in made if not exact]
    return lines + [table.line(one) for one in wrong[:12]]


def _controls(logs: tuple[Log, ...]) -> list[str]:
    made = list(controls.run(logs))
    errors = sum(alarm.startswith("error") for one in made for alarm in one.alarms)
    base = sum(one.severity == "error" for log in logs for one in log.report.findings)
    lines = [f"False alarms: {base} errors on {len(logs)} good sessions, {errors} on {len(made)} metamorphic controls"]
    return lines + [f"    {one.name}, {one.log}: {alarm}" for one in made for alarm in one.alarms[:3]]


if __name__ == "__main__":
    sys.exit(main())
