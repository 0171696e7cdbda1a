"""What tokens cost: a table of list prices, shipped or the user's own, and the sums by it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import orjson

from harness.engine.paths import value_at
from harness.errors import UsageError
from harness.model import JSON

SHIPPED = Path(__file__).parent / "prices.json"
MILLION = 1_000_000
EXAMPLE = 'one looks like {"models": {"gpt-realtime": {"text_in": 4.0, "audio_in": 32.0}}}'
SNAPSHOT = re.compile(r"-\d{4}-\d\d-\d\d$")
"""A model's dated snapshot costs what the model does, unless the table has a price of its own for it."""


class Kind(NamedTuple):
    """One sort of tokens that has a price of its own."""

    name: str
    """The measure that counts them, and their price in the table."""
    path: str
    """Where usage counts them."""
    cached: str = ""
    """Where usage counts those of them that were cached."""


KINDS = (
    Kind("text_in", "input_token_details.text_tokens", "input_token_details.cached_tokens_details.text_tokens"),
    Kind("audio_in", "input_token_details.audio_tokens", "input_token_details.cached_tokens_details.audio_tokens"),
    Kind("image_in", "input_token_details.image_tokens", "input_token_details.cached_tokens_details.image_tokens"),
    Kind("text_cached", "input_token_details.cached_tokens_details.text_tokens"),
    Kind("audio_cached", "input_token_details.cached_tokens_details.audio_tokens"),
    Kind("image_cached", "input_token_details.cached_tokens_details.image_tokens"),
    Kind("text_out", "output_token_details.text_tokens"),
    Kind("audio_out", "output_token_details.audio_tokens"),
)
"""Cached tokens are counted among the input tokens, and priced apart from them."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices in US dollars."""

    as_of: str
    """The day they held, ISO 8601."""
    source: str
    models: Mapping[str, Mapping[str, float]]
    """By model: dollars for a million tokens of each kind."""
    transcription: Mapping[str, float]
    """By model: dollars for a minute of audio."""

    def of(self, model: str) -> Mapping[str, float] | None:
        """Return the prices of a model, None when the table has none."""
        return self.models.get(model) or self.models.get(SNAPSHOT.sub("", model))


@cache
def shipped() -> Prices:
    """Return the table that comes with the harness."""
    return read(SHIPPED.read_bytes(), SHIPPED.name)


def read(data: bytes, name: str) -> Prices:
    """Return a price table from JSON.

    Raises:
        UsageError: it is no table of prices; `name` is what the message calls it.
    """
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{name} is no JSON: {error}") from None
    models, minutes = value_at(found, "models"), value_at(found, "transcription") or {}
    if not isinstance(models, dict) or not isinstance(minutes, dict):
        raise UsageError(
            f'{name} is no price table; one looks like {{"models": {{"gpt-realtime": {{"text_in": 4.0}}}}}}'
        )
    checked = {model: _checked(prices, f"{name}: {model}") for model, prices in models.items()}
    rates = {model: _price(price, f"{name}: transcription by {model}") for model, price in minutes.items()}
    return Prices(str(value_at(found, "as_of") or "no date"), str(value_at(found, "source") or name), checked, rates)


def _checked(prices: JSON, name: str) -> dict[str, float]:
    known = {kind.name for kind in KINDS}
    if not isinstance(prices, dict):
        raise UsageError(f"{name} has no prices; {EXAMPLE}")
    for kind in prices:
        if kind not in known:
            raise UsageError(f"{name}: {kind} is no kind of tokens; there are {', '.join(sorted(known))}")
    return {kind: _price(price, f"{name}: {kind}") for kind, price in prices.items()}


def _price(price: JSON, name: str) -> float:
    if isinstance(price, bool) or not isinstance(price, int | float) or price < 0:
        raise UsageError(f"{name} costs {price!r}; a number of US dollars was expected")
    return float(price)


def tokens(usage: JSON) -> dict[str, float] | str:
    """Return the tokens of each kind in a response's usage, cached apart; or why they are not known."""
    if not isinstance(usage, dict) or not usage:
        return "the server told no usage"
    cached = value_at(usage, "input_token_details.cached_tokens")
    apart = value_at(usage, "input_token_details.cached_tokens_details")
    if cached and not isinstance(apart, dict):
        return "usage does not tell cached tokens by modality"
    counts: dict[str, float] = {}
    for kind in KINDS:
        count, less = value_at(usage, kind.path), value_at(usage, kind.cached) if kind.cached else 0
        if isinstance(count, int):
            counts[kind.name] = count - (less if isinstance(less, int) else 0)
    return counts or "usage has no details by modality"


def cost(counts: Mapping[str, float], prices: Mapping[str, float]) -> float | str:
    """Return what tokens cost in dollars, or which price is missing."""
    missing = [kind for kind, count in counts.items() if count and kind not in prices]
    if missing:
        return f"the price table has no {missing[0]} for this model"
    return sum(count * prices.get(kind, 0) for kind, count in counts.items()) / MILLION
