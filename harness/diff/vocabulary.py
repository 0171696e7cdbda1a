"""What the diff knows of the protocol beside the tree of turns, as tables."""

from collections.abc import Mapping
from functools import cache

from harness.engine.declarations import Declarations
from harness.protocol.dialects import Dialect, all_dialects
from harness.turns.vocabulary import plain_letters

NOISE = frozenset({"cached_tokens", "cached_tokens_details"})
"""Usage that depends on what ran before on the server, and not on the session."""

WORDS = frozenset({"text", "transcript"})
"""What is said: compared by words."""

CONTENT = WORDS | {"arguments", "output", "audio", "name", "image_url"}
"""Values whose absence says something, in any dialect."""

ENCODED = frozenset({"arguments", "output"})
"""JSON in a string: compared by its structure."""

STREAM_PLACES = frozenset({"audio_start_ms", "audio_end_ms"})
"""Places in the audio that a client sent; each moves with everything before it."""


@cache
def spoken(dialect: str) -> frozenset[str]:
    """Return the letters that a dialect has and puts in an order, or that no dialect puts in an order."""
    own = all_dialects()[dialect]
    elsewhere = frozenset().union(*(_ordered(one.declarations) for one in all_dialects().values()))
    unused = elsewhere - _ordered(own.declarations)
    return frozenset(own.letters.values()) - unused


def one_sided(left: Dialect, right: Dialect) -> Mapping[str, str]:
    """Return the letters that only one of two dialects has, with the name of the dialect that lacks them."""
    mine, theirs = spoken(left.name), spoken(right.name)
    return {**dict.fromkeys(mine - theirs, right.name), **dict.fromkeys(theirs - mine, left.name)}


def _ordered(declarations: Declarations) -> frozenset[str]:
    return frozenset().union(*map(plain_letters, declarations.scopes))
