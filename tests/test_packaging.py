"""What a user gets: the wheel, installed into an empty environment."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment that holds the wheel and what it depends on, and nothing else."""
    folder = tmp_path_factory.mktemp("packaging")
    pip = ("-m", "pip", "--disable-pip-version-check", "--quiet")
    run(folder, sys.executable, *pip, "wheel", "--no-deps", "--wheel-dir", "dist", ROOT)
    (wheel,) = (folder / "dist").iterdir()
    run(folder, sys.executable, "-m", "venv", "env")
    run(folder, folder / "env" / "bin" / "python", *pip, "install", wheel)
    return folder / "env"


def run(folder: Path, *command: object) -> str:
    """Run in a folder that is not the checkout; a failure shows what was printed."""
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def data(environment: Path) -> Path:
    (folder,) = environment.glob("lib/python3*/site-packages/harness/data")
    return folder


def test_the_installed_program_checks_the_shipped_seed(environment: Path) -> None:
    seed = data(environment) / "fixtures" / "sessions" / "seed.yaml"
    printed = run(environment, environment / "bin" / "harness", "check", seed, "--format", "json")
    (session,) = json.loads(printed)["sessions"]
    assert (session["dialect"], session["entries"], session["events"]) == ("openai-beta", 32, 31)
    assert session["verdict"] != "errors"
    assert "SCH101" in session["exercised"]


def test_every_schema_is_shipped(environment: Path) -> None:
    shipped = {path.relative_to(data(environment) / "schemas") for path in data(environment).glob("schemas/**/*.json")}
    assert shipped == {path.relative_to(ROOT / "schemas") for path in ROOT.glob("schemas/**/*.json")}
    assert len(shipped) > 100


def test_both_programs_and_the_module_start(environment: Path) -> None:
    assert "Usage: replay " in run(environment, environment / "bin" / "replay", "--help")
    assert "harness, version" in run(environment, environment / "bin" / "python", "-m", "harness", "--version")


def test_the_plugin_is_registered_with_pytest(environment: Path) -> None:
    script = "from importlib.metadata import entry_points; print(*entry_points(group='pytest11'))"
    assert "harness.pytest_plugin" in run(environment, environment / "bin" / "python", "-c", script)


def test_type_checkers_are_told_that_the_package_is_typed(environment: Path) -> None:
    assert (data(environment).parent / "py.typed").is_file()
