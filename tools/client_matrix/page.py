"""The page that shows the matrix: docs/clients.md."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.client_matrix.installing import Environment
from tools.client_matrix.table import TURNS, Client
from tools.client_matrix.trial import Trial

HEAD = """\
# Real clients

What real clients make of `harness replay`, written by `make clients`: {passed} of {count} configurations passed.
Each is installed by itself and does up to three turns over a WebSocket, each at a mock of its own:

| turn | recording | the client | what it says must be |
|---|---|---|---|
| text | `seed.yaml`, 2024's beta | asks in text | the recorded text |
| audio | `spoken-turn.yaml`, today's protocol | speaks; voice activity ends the turn | the transcript, all the audio |
| tool | `tool-call.yaml`, today's protocol | asks, calls a function, gives its result | the arguments, the answer |

A client of the other generation gets the recording translated. A turn passes when what the client says equals what the
recording says, and the mock's judge finds nothing wrong with the mock, nor with the client except as noted.
`clients/clients.yaml` is the table of the clients; the drivers beside it are as short as a user's program would be.
The recordings are in `fixtures/sessions/`.

"""

COLUMNS = ("client", "package", "dialect", *TURNS, "result", "run, s", "install, s", "MB")


@dataclass(frozen=True, slots=True)
class Row:
    """One client on the page."""

    client: Client
    environment: Environment | None
    """None where it could not be installed."""
    trial: Trial | None
    missing: str = ""
    """Why it could not be installed."""

    @property
    def passed(self) -> bool:
        """Tell whether the client ran and every turn went as recorded."""
        return self.trial is not None and self.trial.passed


def page(rows: Sequence[Row]) -> str:
    """Return the whole page."""
    table = [COLUMNS, ("---",) * len(COLUMNS), *map(cells, rows)]
    lines = [f"| {' | '.join(row)} |" for row in table]
    passed = sum(row.passed for row in rows)
    return "\n".join([HEAD.format(count=len(rows), passed=passed) + "\n".join(lines), *notes(rows), *sums(rows), ""])


def cells(row: Row) -> tuple[str, ...]:
    """Return the cells of one client."""
    client, environment, trial = row.client, row.environment, row.trial
    result = "not installed" if trial is None else "passed" if trial.passed else "**failed**"
    times = ("", "", "")
    if environment is not None and trial is not None:
        times = (f"{trial.seconds:.1f}", f"{environment.seconds:.0f}", f"{environment.size / 1e6:.0f}")
    turns = (cell(row, turn) for turn in TURNS)
    spoken = client.dialect + (", TLS" if client.tls else "")
    return (client.name, f"`{client.requires[0]}`", spoken, *turns, result, *times)


def cell(row: Row, turn: str) -> str:
    """Return how one turn went."""
    if turn in row.client.cannot:
        return "unable"
    if row.trial is None:
        return ""
    return "**no**" if row.trial.faults[turn] else "yes"


def notes(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what the table has no room for."""
    remarks = [f"- {row.client.name}: {remark}" for row in rows for remark in remarks_of(row)]
    if remarks:
        yield from ("", "## Notes", "", *remarks)


def remarks_of(row: Row) -> Iterator[str]:
    """Yield what is to be said of one client."""
    client = row.client
    for what, reason in client.cannot.items():
        yield f"{what} left out: {reason}."
    for code, deed in client.does.items():
        yield f"{code} is rightly found: {deed}."
    if client.heavy:
        yield f"not run in CI: {client.heavy}."
    if row.missing:
        yield "could not be installed."
    for turn, faults in row.trial.faults.items() if row.trial else ():
        for fault in faults:
            yield f"**{turn}: {fault}**"


def sums(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what the whole matrix costs."""
    ran = [row.trial.seconds for row in rows if row.trial is not None]
    kept = {row.environment.folder: row.environment for row in rows if row.environment is not None}
    seconds, size = sum(one.seconds for one in kept.values()), sum(one.size for one in kept.values())
    yield ""
    yield (
        f"Installing took {seconds:.0f} s for {len(kept)} environments of {size / 1e6:.0f} MB together, one after the "
        f"other; they are kept in `.clients/`. The turns took {sum(ran):.0f} s."
    )
