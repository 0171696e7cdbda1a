"""Fresh ids in the form of the real server's: a prefix and 21 characters."""

from typing import Protocol

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
EPOCH_S = 1_576_800_000
"""2019-12-20, from which the first five characters count the seconds (WIRE.md, "The ids are a clock")."""


class IdSource(Protocol):
    """Where the ids of one connection come from."""

    def new(self, prefix: str) -> str:
        """Return an id that no other call has returned, such as `item_…`."""


def base62(number: int, width: int) -> str:
    """Return `number` in the digits 0-9 A-Z a-z, cut to its `width` lowest places."""
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def stamp(unix_s: int) -> str:
    """Return the five characters with which the real server's ids made at `unix_s` start."""
    return base62(unix_s - EPOCH_S, 5)


class Ids:
    """Counts up behind the token of its connection; the token makes the ids of two connections differ."""

    def __init__(self, token: str) -> None:
        """Take 13 characters: five of time (`stamp`) and eight drawn at random by the shell."""
        self._token = token
        self._count = 0

    def new(self, prefix: str) -> str:
        """Return the next id; 100 million of a kind fit into one connection."""
        self._count += 1
        return f"{prefix}_{self._token}{self._count:08d}"
