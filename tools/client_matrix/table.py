"""The clients as `clients/clients.yaml` declares them."""

from dataclasses import dataclass, field
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DRIVERS = ROOT / "clients"
TURNS = ("text", "audio", "tool")


@dataclass(frozen=True, slots=True)
class Client:
    """One configuration of a real client."""

    name: str
    requires: tuple[str, ...]
    """Pinned packages; the first is the client itself."""
    driver: str
    """The file in `clients/python/` or `clients/node/`, and its arguments."""
    dialect: str
    cannot: dict[str, str] = field(default_factory=dict)
    """Turns the client is not able to do, or a field of one (`tool.text`), with the reason."""
    does: dict[str, str] = field(default_factory=dict)
    """What the mock rightly finds wrong with the client: codes of rules, with what it does."""
    tls: bool = False
    """Whether it insists on `wss://`, and is left to it."""
    runtime: str = ""
    """The package of npm with the Node.js it needs; empty for the one that is installed."""
    heavy: str = ""
    """Why CI leaves it out; empty when CI runs it."""

    @property
    def language(self) -> str:
        """Return the folder of its driver: `python` or `node`."""
        return "python" if self.driver.split()[0].endswith(".py") else "node"

    @property
    def turns(self) -> tuple[str, ...]:
        """Return the turns it is able to do."""
        return tuple(turn for turn in TURNS if turn not in self.cannot)


def clients(path: Path = DRIVERS / "clients.yaml") -> dict[str, Client]:
    """Return every configuration by name, in the order of the table."""
    rows = yaml.safe_load(path.read_text("utf-8"))
    return {name: Client(name, tuple(row.pop("requires")), **row) for name, row in rows.items()}
