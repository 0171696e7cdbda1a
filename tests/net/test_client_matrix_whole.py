"""Every real client that can be installed, at the mock: a turn in text, a turn by voice and a tool call."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from tools.client_matrix.installing import NotInstallableError, environment
from tools.client_matrix.table import clients
from tools.client_matrix.trial import trial

TABLE = clients()

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", TABLE)
def test_the_client_gets_what_was_recorded(name: str) -> None:
    client = TABLE[name]
    if client.heavy:
        pytest.skip(f"left to `make clients`: {client.heavy}")
    try:
        place = environment(client)
    except NotInstallableError as error:
        pytest.skip(f"{client.requires[0]} cannot be installed here: {error}")
    done = trial(client, place)
    assert done.passed, f"{dict(done.faults)}\n{done.said}"
