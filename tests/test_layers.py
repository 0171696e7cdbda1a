"""The layers of docs/architecture.md: imports go downwards, files stay small, the engine knows no event name."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HARNESS = Path(__file__).parents[1] / "harness"
SCHEMAS = HARNESS.parent / "schemas"

LAYERS = {
    "model": 0,
    "errors": 0,
    "resources": 0,
    "events": 1,
    "logs": 1,
    "engine": 1,
    "sound": 1,
    "protocol": 2,
    "rules": 3,
    "turns": 3,
    "generation": 4,
    "replay": 4,
    "measure": 4,
    "record": 4,
    "diff": 5,
    "reports": 5,
    "scenarios": 5,
    "story": 5,
    "api": 6,
    "net": 7,
    "commands": 7,
    "cli": 7,
    "pytest_plugin": 7,
    "strategies": 7,
    "__main__": 7,
}
"""The table of docs/architecture.md. The package itself has no layer: it only knows where its names live."""

PURE = 5
"""The highest layer without I/O, clock or chance."""

SHELL_ONLY = {"asyncio", "random", "secrets", "select", "selectors", "socket", "subprocess", "threading", "time"}
SHELL_ONLY |= {"signal", "tempfile", "urllib.request", "uvicorn", "starlette", "websockets"}

MOST_LINES = 400
LONGEST_FUNCTION = 40

MODULES = sorted(path for path in HARNESS.rglob("*.py"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(HARNESS).with_suffix("").parts).removesuffix(".__init__") or "__init__"


def layer_of(path: Path) -> int | None:
    return LAYERS.get(name_of(path).partition(".")[0])


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of everything a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_downwards_only(path: Path) -> None:
    own = layer_of(path)
    package = name_of(path).partition(".")[0]
    if own is None:
        assert package == "__init__", f"{path} has no layer; give it one here and in docs/architecture.md"
        return
    for line, name in imports(path):
        top, _, rest = name.partition(".")
        target = rest.partition(".")[0]
        # `from harness import __version__` is a constant of the package.
        if top == "harness" and target in LAYERS and target != package:
            assert LAYERS[target] < own or own == LAYERS[target] == 7, (
                f"{path}:{line} imports {name}, which is not below"
            )


def test_the_engine_and_the_logs_do_not_know_each_other() -> None:
    for path in MODULES:
        package = name_of(path).partition(".")[0]
        forbidden = {"engine": "harness.logs", "logs": "harness.engine"}.get(package)
        for line, name in imports(path):
            assert forbidden is None or not name.startswith(forbidden), f"{path}:{line} imports {name}"


@pytest.mark.parametrize("path", [path for path in MODULES if (layer_of(path) or 0) <= PURE], ids=name_of)
def test_the_core_does_no_io_and_asks_no_clock(path: Path) -> None:
    for line, name in imports(path):
        reached = {name, name.partition(".")[0], name.rpartition(".")[0]}
        assert not reached & SHELL_ONLY, f"{path}:{line} imports {name}: only the shells may"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_file_is_short_enough_to_be_read_at_once(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length < LONGEST_FUNCTION, f"{path}:{node.lineno}: {node.name} has {length} lines"


def event_types() -> frozenset[str]:
    found = frozenset(path.stem for path in SCHEMAS.glob("*/*/*.json"))
    assert len(found) > 60
    return found


@pytest.mark.parametrize("path", sorted((HARNESS / "engine").rglob("*.py")), ids=name_of)
def test_the_engine_knows_no_event_name(path: Path) -> None:
    """A dotted event name anywhere in a string tells, docstrings included; `error` and `warning` are plain words."""
    dotted = {name for name in event_types() if "." in name}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            known = {name for name in dotted if name in node.value}
            assert not known, f"{path}:{node.lineno} names {known}"


def test_nothing_outside_the_dialects_compares_with_a_dialect() -> None:
    names = {path.name for path in SCHEMAS.iterdir() if path.is_dir()}
    assert "openai-beta" in names
    for path in MODULES:
        if "dialects" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Compare):
                constants = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
                assert not names & {one for one in constants if isinstance(one, str)}, f"{path}:{node.lineno}"
