"""What clients have sent, for those who wait for it."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from typing import Any

KEPT = 100
"""So many events of a type wait to be asked for; of more, the oldest are forgotten."""


class Arrivals:
    """Client events by type, each given out once."""

    def __init__(self) -> None:
        self._come: defaultdict[str, deque[dict[str, Any]]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._awaited: defaultdict[str, deque[asyncio.Future[dict[str, Any]]]] = defaultdict(deque)

    def add(self, event: dict[str, Any]) -> None:
        """Take in an event: for the first who waits for it, or for who will."""
        kind = str(event.get("type"))
        while self._awaited[kind]:
            waiter = self._awaited[kind].popleft()
            if not waiter.done():
                waiter.set_result(event)
                return
        self._come[kind].append(event)

    async def next(self, kind: str, timeout_s: float | None = None) -> dict[str, Any]:
        """Return the next event of a type: one that has come and was not given out, or one that will come.

        Raises:
            TimeoutError: none came in time.
        """
        if self._come[kind]:
            return self._come[kind].popleft()
        waiter: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._awaited[kind].append(waiter)
        try:
            return await asyncio.wait_for(waiter, timeout_s)
        except TimeoutError:
            raise TimeoutError(f"no `{kind}` came from a client within {timeout_s} s") from None
