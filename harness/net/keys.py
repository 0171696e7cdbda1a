"""Who may connect: the keys that the user gave, and the ephemeral ones that this mock handed out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from harness.model import JSON

LIFETIME_S = 600
"""An ephemeral key serves for ten minutes when the client does not say (`expires_after.seconds`)."""
MOST_MINTED = 10_000
"""The oldest ephemeral keys beyond so many are forgotten."""
EPHEMERAL = "ek_"


class Minted(NamedTuple):
    """An ephemeral key."""

    value: str
    expires_at: int
    """Unix seconds."""
    session: Mapping[str, JSON]
    """The configuration that the session of its bearer starts with."""


class Keys:
    """The keys of one mock. Without any given, whatever a client brings is taken."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._given = frozenset(given)
        self._minted: dict[str, Minted] = {}

    def mint(self, token: str, session: Mapping[str, JSON], now_s: int, lifetime_s: int = LIFETIME_S) -> Minted:
        """Hand out an ephemeral key."""
        minted = Minted(EPHEMERAL + token, now_s + lifetime_s, session)
        self._minted[minted.value] = minted
        if len(self._minted) > MOST_MINTED:
            del self._minted[next(iter(self._minted))]
        return minted

    def session_of(self, key: str) -> Mapping[str, JSON]:
        """Return the configuration that an ephemeral key was made with."""
        return self._minted[key].session if key in self._minted else {}

    def objection(self, key: str, now_s: int) -> dict[str, JSON] | None:
        """Return what the real server says to a client with this key, None when it may come in."""
        minted = self._minted.get(key)
        if minted is not None:
            return None if now_s < minted.expires_at else _error("The ephemeral key has expired.", "invalid_api_key")
        if not self._given or key in self._given:
            return None
        if not key:
            return _error("You didn't provide an API key: send it as `Authorization: Bearer YOUR_KEY`.", None)
        return _error(f"Incorrect API key provided: {hidden(key)}.", "invalid_api_key")


def hidden(key: str) -> str:
    """Return as much of a key as may be shown."""
    return f"{key[:5]}***{key[-2:]}" if len(key) > 12 else "***"


def _error(message: str, code: str | None) -> dict[str, JSON]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
