"""Where the shipped data lies: inside the installed package, or at the top of a checkout."""

from functools import cache
from pathlib import Path


@cache
def root(kind: str) -> Path:
    """Return the folder of `kind` (`schemas` or `fixtures`).

    A wheel carries it as package data; an editable install and a bare checkout have it beside `harness/`.

    Raises:
        FileNotFoundError: neither place has it: the installation is broken.
    """
    package = Path(__file__).parent
    for candidate in (package / "data" / kind, package.parent / kind):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(
        f"{kind}/ is neither in {package / 'data'} nor beside {package}; reinstall realtime-harness"
    )
