"""Mock servers for the tests of the shell."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from clients import SEED

from harness.net.server import Server, serve


@pytest.fixture
async def mock() -> AsyncIterator[Server]:
    """The seed, served without delays."""
    async with serve(SEED, speed=0) as server:
        yield server


@pytest.fixture
def told() -> list[str]:
    """What the mock told its user."""
    return []


@pytest.fixture
def serve_seed(told: list[str]) -> Callable[..., AbstractAsyncContextManager[Server]]:
    """Make mocks of the seed, which tell what they have to tell."""

    def make(**options: Any) -> AbstractAsyncContextManager[Server]:
        return serve(SEED, **{"speed": 0, "tell": told.append, **options})

    return make
