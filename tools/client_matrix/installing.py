"""Environments for the clients: a venv or a `node_modules` for each set of packages, installed once and kept."""

import fcntl
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.client_matrix.table import DRIVERS, ROOT, Client

CACHE = ROOT / ".clients"
LONGEST_S = 480
"""An installation that takes longer has failed."""


class NotInstallableError(Exception):
    """A package, or what runs it, is not to be had here."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a client is installed."""

    folder: Path
    program: Path
    """The interpreter."""
    seconds: float
    """How long the installation took when it was made."""
    size: int
    """Bytes on the disk."""


def environment(client: Client) -> Environment:
    """Return the client's environment, after installing it when it is not there.

    Raises:
        NotInstallableError: the installer failed; its last words are the message.
    """
    with _alone():
        folder = _kept(client.language, client.requires)
        if client.language == "python":
            return _described(folder, folder / "bin" / "python")
        _copy_drivers(folder)
        return _described(folder, _node(client.runtime))


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time install: the tests run in several."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _kept(language: str, requires: Sequence[str]) -> Path:
    """Return the folder that holds these packages."""
    folder = CACHE / language / re.sub(r"[^\w.,-]+", "-", ",".join(requires)).strip("-")
    stamp = folder / ".installed"
    if not stamp.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        began = time.monotonic()
        INSTALLERS[language](folder, requires)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        stamp.write_text(json.dumps({"seconds": round(time.monotonic() - began, 1), "size": size}), "utf-8")
    return folder


def _described(folder: Path, program: Path) -> Environment:
    stamp = json.loads((folder / ".installed").read_text("utf-8"))
    return Environment(folder, program, stamp["seconds"], stamp["size"])


def _pip(folder: Path, requires: Sequence[str]) -> None:
    _run(folder, sys.executable, "-m", "venv", "--without-pip", str(folder))
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", str(folder))
    _run(folder, *pip, "install", "--no-compile", "--prefer-binary", *requires)


def _npm(folder: Path, requires: Sequence[str]) -> None:
    (folder / "package.json").write_text('{"private": true, "type": "module"}\n', "utf-8")
    _run(folder, "npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--save-exact", *requires)


INSTALLERS = {"python": _pip, "node": _npm}


def _run(folder: Path, *command: str) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise NotInstallableError(f"{command[0]} is not on this machine") from None
    except subprocess.TimeoutExpired:
        raise NotInstallableError(f"the installation took longer than {LONGEST_S} s") from None
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise NotInstallableError(" ".join(words[-3:])[-300:])


def _node(runtime: str) -> Path:
    """Return the Node.js to run with."""
    if runtime:
        return _kept("node", [runtime]) / "node_modules" / "node" / "bin" / "node"
    found = shutil.which("node")
    if found is None:
        raise NotInstallableError("node is not on this machine")
    return Path(found)


def _copy_drivers(folder: Path) -> None:
    """Put the drivers beside `node_modules`: Node.js looks for packages from the program's own folder upwards."""
    for driver in (DRIVERS / "node").glob("*.mjs"):
        shutil.copy(driver, folder)
