"""`python -m tools.client_matrix [CLIENT…]`: run the clients, print how each did; all of them write docs/clients.md."""

import argparse
import sys
from pathlib import Path

from tools.client_matrix.installing import NotInstallableError, environment
from tools.client_matrix.page import Row, page, remarks_of
from tools.client_matrix.table import ROOT, Client, clients
from tools.client_matrix.trial import trial

PAGE = ROOT / "docs" / "clients.md"


def main() -> int:
    """Run the matrix and return the exit code: 1 when a client did not get what was recorded."""
    table = clients()
    parser = argparse.ArgumentParser(prog="python -m tools.client_matrix", description="Run real clients at the mock.")
    parser.add_argument("client", nargs="*", help="a name in clients/clients.yaml; all of them when none is given")
    parser.add_argument(
        "--page", type=Path, help="where to write the table; by default docs/clients.md, for all clients"
    )
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.client) - set(table))
    if unknown:
        parser.error(f"there is no client {', '.join(unknown)}; there are {', '.join(table)}")
    rows = [row_of(table[name]) for name in chosen.client or table]
    where = chosen.page or (None if chosen.client else PAGE)
    if where is not None:
        where.write_text(page(rows), "utf-8")
    print(f"{sum(row.passed for row in rows)} of {len(rows)} clients passed")
    return 0 if all(row.passed or row.missing for row in rows) else 1


def row_of(client: Client) -> Row:
    """Install and run one client, and print how it did."""
    try:
        place = environment(client)
    except NotInstallableError as error:
        row = Row(client, None, None, str(error))
    else:
        row = Row(client, place, trial(client, place))
    told = "passed" if row.passed else "not installed" if row.trial is None else "failed"
    print(f"{client.name:38} {told:14}" + (f"{row.trial.seconds:6.1f} s" if row.trial else ""), flush=True)
    if not row.passed:
        print(*(f"    {remark}" for remark in remarks_of(row)), row.missing or (row.trial and row.trial.said), sep="\n")
    return row


if __name__ == "__main__":
    sys.exit(main())
