"""Check, replay and diff recorded sessions of the OpenAI Realtime protocol.

Importing this package imports nothing else: each public name is fetched from its home when it is first used,
so that a test suite with the plugin installed, and a mock server that must be up at once, pay for nothing.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.api import assert_same_shape as assert_same_shape
    from harness.api import check as check
    from harness.api import diff as diff
    from harness.api import load as load
    from harness.api import loads as loads
    from harness.model import JSON as JSON
    from harness.model import Change as Change
    from harness.model import Entry as Entry
    from harness.model import Event as Event
    from harness.model import Finding as Finding
    from harness.model import Place as Place
    from harness.model import Problem as Problem
    from harness.model import Repair as Repair
    from harness.model import Report as Report
    from harness.model import Rule as Rule
    from harness.model import Session as Session
    from harness.model import Witness as Witness
    from harness.net.server import serve as serve
    from harness.net.server import serving as serving
    from harness.rules.monitor import Monitor as Monitor

__version__ = "0.1.0"
"""Read by the build, so that no metadata need be searched at run time."""

_RECORDS = (
    "JSON",
    "Change",
    "Entry",
    "Event",
    "Finding",
    "Place",
    "Problem",
    "Repair",
    "Report",
    "Rule",
    "Session",
    "Witness",
)

_HOMES = {
    "Monitor": "harness.rules.monitor",
    "assert_same_shape": "harness.api",
    "check": "harness.api",
    "diff": "harness.api",
    "load": "harness.api",
    "loads": "harness.api",
    "serve": "harness.net.server",
    "serving": "harness.net.server",
    **dict.fromkeys(_RECORDS, "harness.model"),
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})


class _Package(ModuleType):
    """This package: a public function wins over the folder of the same name.

    Importing `harness.diff.tree` makes Python bind the folder as `harness.diff`, over the function.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name in _HOMES and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
