"""What `import harness` offers, and what it costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import harness

PUBLIC = ("Monitor", "assert_same_shape", "check", "diff", "load", "loads", "serve", "serving")


def in_a_fresh_process(script: str) -> str:
    return subprocess.check_output([sys.executable, "-c", script], text=True)


@pytest.mark.parametrize("name", PUBLIC)
def test_the_public_functions_are_there(name: str) -> None:
    assert callable(getattr(harness, name))
    assert name in dir(harness)


def test_nothing_else_is_public_but_the_records() -> None:
    from harness import model

    records = {name for name in harness.__all__ if name not in PUBLIC}
    assert all(hasattr(model, name) for name in records)
    assert {"Event", "Finding", "Report", "Session"} <= records


def test_dir_lists_what_is_public_and_nothing_else() -> None:
    assert [name for name in dir(harness) if not name.startswith("__")] == harness.__all__


def test_a_type_checker_sees_the_same_names() -> None:
    tree = ast.parse(Path(harness.__file__).read_text("utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {alias.asname for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert sorted(seen, key=str) == harness.__all__


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        harness.chekc  # noqa: B018


def test_importing_the_package_imports_none_of_its_modules() -> None:
    loaded = in_a_fresh_process("import sys, harness; print(*[m for m in sys.modules if m.startswith('harness')])")
    assert loaded.split() == ["harness"]


@pytest.mark.parametrize("first", ["harness.diff", "harness"])
def test_the_function_diff_wins_over_the_folder_whichever_is_imported_first(first: str) -> None:
    script = f"import {first}, harness; print(callable(harness.diff)); from harness.diff import compare"
    assert in_a_fresh_process(script) == "True\n"
