"""Draws the order of events as state diagrams, one page per dialect, from the grammars that the check uses.

`python tools/make_diagrams.py` writes `docs/protocol/<dialect>.md`; with `--check` it only tells whether they are up
to date (exit 1 when not).
"""

import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from harness.engine.declarations import Scope
from harness.engine.grammar import Automaton, compile_grammar
from harness.protocol.dialects import Dialect, all_dialects

FOLDER = Path(__file__).parents[1] / "docs" / "protocol"


def page(dialect: Dialect) -> str:
    """Return the page of a dialect, in Markdown with Mermaid diagrams."""
    base = all_dialects().get(dialect.base)
    own = [scope for scope in dialect.declarations.scopes if base is None or scope not in base.declarations.scopes]
    lines = [
        f"# {dialect.title}",
        "",
        "Made by `tools/make_diagrams.py` from the tables of the check; ↻ may come any number of times.",
        "",
    ]
    if base is not None:
        but = ", but for what is drawn here" if own else ""
        lines += [f"Its events have the order of [{base.name}]({base.name}.md){but}.", ""]
    lines += [f"- {deviation.what} ({deviation.evidence})" for deviation in dialect.deviations]
    lines += [""] if dialect.deviations else []
    for scope in own:
        lines += [*section(scope, dialect), ""]
    return "\n".join(lines).rstrip() + "\n"


def section(scope: Scope, dialect: Dialect) -> Iterator[str]:
    """Yield the lines about one scope."""
    yield f"## {scope.name}"
    yield ""
    yield scope.rule.what
    key = ", ".join(f"`{name}`" for name in scope.key)
    yield f"One for each {key}." if key else "One for each session."
    if scope.within:
        yield f"Within: {scope.within}."
    yield f"Broken order is {scope.rule.code} ({scope.rule.name}); `harness rule {scope.rule.code}` tells more."
    automaton = compile_grammar(scope.pattern)
    shared = shared_beginning([dialect.type_of(letter) for letter in automaton.alphabet])
    if shared:
        yield f"Every name in the diagram begins with `{shared}`."
    yield ""
    yield "```mermaid"
    yield from diagram(automaton, dialect, shared)
    yield "```"


def shared_beginning(names: list[str]) -> str:
    """Return the words with which all dotted names begin, with the dot behind them; the last word of a name stays."""
    words = [name.split(".")[:-1] for name in names]
    shared = takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False))
    return "".join(f"{column[0]}." for column in shared)


def diagram(automaton: Automaton, dialect: Dialect, shared: str) -> Iterator[str]:
    """Yield the lines of a Mermaid state diagram; letters that lead the same way share an arrow.

    What all names begin with is left out, and what may repeat stands in its state: long labels and loops are drawn over
    each other.
    """
    yield "stateDiagram-v2"
    yield "    [*] --> s0"
    for state, row in enumerate(automaton.table):
        ways: dict[int, list[str]] = {}
        for letter, target in sorted(row.items()):
            ways.setdefault(target, []).append(_label(letter, dialect).removeprefix(shared))
        repeated = ways.pop(state, [])
        if repeated:
            yield f'    state "↻ {"<br>↻ ".join(repeated)}" as s{state}'
        for target, labels in ways.items():
            yield f"    s{state} --> s{target}: {'<br>'.join(labels)}"
    for state in sorted(automaton.accepting):
        yield f"    s{state} --> [*]"


def _label(letter: str, dialect: Dialect) -> str:
    _, _, variant = letter.partition("/")
    return dialect.type_of(letter) + (f" ({variant})" if variant else "")


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them; return the exit code."""
    pages = {FOLDER / f"{name}.md": page(dialect) for name, dialect in all_dialects().items()}
    if "--check" in arguments:
        stale = [path for path, text in pages.items() if not path.is_file() or path.read_text("utf-8") != text]
        for path in stale:
            print(f"{path.relative_to(FOLDER.parents[1])} is not up to date; run `make docs`")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in pages.items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
