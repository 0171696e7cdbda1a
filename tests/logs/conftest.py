"""What the tests of the readers share: knowledge from the shipped schemas, and reading from text."""

import io
from collections.abc import Callable

import pytest
from log_places import Folder, Reading

from harness.logs import Knowledge, Limits, read
from harness.model import Entry, Problem


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return Folder()


@pytest.fixture(scope="session")
def read_text(knowledge: Knowledge) -> Callable[..., Reading]:
    """Read a log given as text or bytes."""

    def reads(text: str | bytes, shape: str | None = None, limits: Limits | None = None) -> Reading:
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        found = list(read(io.BytesIO(data), "log", knowledge, shape, limits))
        return (
            [one for one in found if isinstance(one, Entry)],
            [one for one in found if isinstance(one, Problem)],
        )

    return reads
