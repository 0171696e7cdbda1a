"""Token counts and rate limits."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import JSON, Event
from harness.rules.catalogue import Remark, View, rule

KINDS = ("text", "audio", "image")


def _count(usage: JSON, path: str) -> int | None:
    value = value_at(usage, path)
    return value if isinstance(value, int) else None


def _kinds(details: JSON) -> int | None:
    """Return the sum of the tokens of each kind, None when those of text and audio are not told."""
    counts = [_count(details, f"{kind}_tokens") for kind in KINDS]
    return None if None in counts[:2] else sum(count or 0 for count in counts)


@rule("CNT430", "usage-does-not-add-up", "error", "server", "observed", on=("response.done",))
def usage_does_not_add_up(view: View, event: Event) -> Iterator[Remark]:
    """Find a usage whose total is not the sum of its parts.

    What: `usage.total_tokens` is not `input_tokens` plus `output_tokens`.
    Why: A bill made from it is wrong.
    Source: The sum holds in 38 of 38 recorded responses with usage.
    Do: Do not bill from this record; report it to the server.
    """
    yield from _total(value_at(event.body, "response.usage"), "/response/usage")


@rule(
    "CNT436",
    "transcription-usage-does-not-add-up",
    "warning",
    "server",
    "documented",
    on=("conversation.item.input_audio_transcription.completed",),
)
def transcription_usage_does_not_add_up(view: View, event: Event) -> Iterator[Remark]:
    """Find the usage of a transcription that cannot be right.

    What: `usage.total_tokens` is not `input_tokens` plus `output_tokens`, or `usage.seconds` is negative.
    Why: A bill made from it is wrong.
    Source: usage of a transcription: tokens (input, output, total) or the duration in seconds.
    Do: Do not bill from this record; report it to the server.
    """
    usage = event.body.get("usage")
    yield from _total(usage, "/usage")
    seconds = value_at(usage, "seconds")
    if isinstance(seconds, (int, float)) and seconds < 0:
        yield Remark(f"the usage is {seconds} seconds", pointer="/usage/seconds")


def _total(usage: JSON, at: str) -> Iterator[Remark]:
    total, tokens_in, tokens_out = (_count(usage, f"{name}_tokens") for name in ("total", "input", "output"))
    if total is None or tokens_in is None or tokens_out is None or total == tokens_in + tokens_out:
        return
    yield Remark(
        f"usage says {total} tokens in total; {tokens_in} in and {tokens_out} out make {tokens_in + tokens_out}",
        pointer=f"{at}/total_tokens",
    )


@rule("CNT431", "input-usage-does-not-add-up", "warning", "server", "observed", on=("response.done",))
def input_usage_does_not_add_up(view: View, event: Event) -> Iterator[Remark]:
    """Find input tokens that are not the sum of their kinds.

    What: The text, audio and image tokens of the input do not make `input_tokens`.
    Why: The kinds have different prices; the bill is wrong.
    Source: The sum holds in 15 of 15 recorded responses with details; image tokens exist since GA.
    Do: Do not bill from this record; report it to the server.
    """
    yield from _sum(event, "input")


@rule("CNT432", "output-usage-does-not-add-up", "warning", "server", "observed", on=("response.done",))
def output_usage_does_not_add_up(view: View, event: Event) -> Iterator[Remark]:
    """Find output tokens that are not the sum of their kinds.

    What: The text and audio tokens of the output do not make `output_tokens`.
    Why: The kinds have different prices; the bill is wrong.
    Source: The sum holds in 15 of 15 recorded responses with details; reasoning tokens are part of the text.
    Do: Do not bill from this record; report it to the server.
    """
    yield from _sum(event, "output")


def _sum(event: Event, side: str) -> Iterator[Remark]:
    usage = value_at(event.body, "response.usage")
    whole, parts = _count(usage, f"{side}_tokens"), _kinds(value_at(usage, f"{side}_token_details"))
    if whole is not None and parts is not None and whole != parts:
        message = f"{side}_tokens is {whole}; its kinds make {parts}"
        yield Remark(message, pointer=f"/response/usage/{side}_tokens", expected=(str(parts),))


@rule("CNT433", "cached-tokens-do-not-fit", "warning", "server", "observed", on=("response.done",))
def cached_tokens_do_not_fit(view: View, event: Event) -> Iterator[Remark]:
    """Find more tokens in the cache than in the input, or a sum of theirs that is wrong.

    What: `cached_tokens` is more than `input_tokens`, is not the sum of its kinds, or one kind of it is more than the
        input has of that kind.
    Why: Cached tokens are cheaper; the bill is wrong.
    Source: It holds in 15 of 15 recorded responses with details; the kinds of cached tokens exist since December 2024.
    Do: Do not bill from this record; report it to the server.
    """
    usage = value_at(event.body, "response.usage")
    details = value_at(usage, "input_token_details")
    cached, whole = _count(details, "cached_tokens"), _count(usage, "input_tokens")
    if cached is None:
        return
    at = "/response/usage/input_token_details/cached_tokens"
    parts = _kinds(value_at(details, "cached_tokens_details"))
    if whole is not None and cached > whole:
        yield Remark(f"{cached} tokens of {whole} were cached", pointer=at)
    elif parts is not None and parts != cached:
        yield Remark(f"cached_tokens is {cached}; its kinds make {parts}", pointer=at, expected=(str(parts),))
    for kind in KINDS:
        name = f"{kind}_tokens"
        some, most = _count(details, f"cached_tokens_details.{name}"), _count(details, name)
        if some is not None and most is not None and some > most:
            yield Remark(f"{some} {kind} tokens of {most} were cached", pointer=f"{at}_details/{name}")
            return


@rule("CNT434", "usage-missing", "warning", "server", "observed", on=("response.done",))
def usage_missing(view: View, event: Event) -> Iterator[Remark]:
    """Find a completed response without its usage.

    What: `usage` is null in a completed response.
    Why: Nobody can tell what the answer cost.
    Source: Every completed response of OpenAI, Azure and gateways has it; xAI sends an empty one.
    Do: Report it to the server.
    """
    body = event.body.get("response")
    if isinstance(body, dict) and body.get("status") == "completed" and "usage" in body and body["usage"] is None:
        yield Remark("a completed response has no usage", pointer="/response/usage")


@rule("CNT437", "negative-count", "warning", "server", "documented", on=("response.done",))
def negative_count(view: View, event: Event) -> Iterator[Remark]:
    """Find a number of tokens below zero.

    What: A count in `usage` is negative.
    Why: A bill made from it is wrong.
    Source: Tokens are counted.
    Do: Do not bill from this record; report it to the server.
    """
    for pointer, count in _counts(value_at(event.body, "response.usage"), "/response/usage"):
        if count < 0:
            yield Remark(f"{pointer.rpartition('/')[2]} is {count}", pointer=pointer)
            return


def _counts(usage: JSON, at: str) -> Iterator[tuple[str, int]]:
    for name, value in usage.items() if isinstance(usage, dict) else ():
        if isinstance(value, int):
            yield f"{at}/{name}", value
        else:
            yield from _counts(value, f"{at}/{name}")


@rule("CNT435", "rate-limit-out-of-range", "warning", "server", "documented", on=("rate_limits.updated",))
def rate_limit_out_of_range(view: View, event: Event) -> Iterator[Remark]:
    """Find a rate limit that leaves more than it gives, or less than nothing.

    What: `remaining` is negative or more than `limit`, or `reset_seconds` is negative.
    Why: A client that paces itself by it stops, or runs into the limit.
    Source: rate_limits: the maximum allowed value, the remaining value before the limit is reached, and the seconds
        until it resets.
    Do: Report it to the server.
    """
    limits = event.body.get("rate_limits")
    for index, one in enumerate(limits if isinstance(limits, list) else []):
        limit, remaining, reset = (value_at(one, name) for name in ("limit", "remaining", "reset_seconds"))
        at = f"/rate_limits/{index}"
        if isinstance(limit, int) and isinstance(remaining, int) and not 0 <= remaining <= limit:
            yield Remark(f"{remaining} of {limit} {value_at(one, 'name')} remain", pointer=f"{at}/remaining")
        elif isinstance(reset, (int, float)) and reset < 0:
            yield Remark(f"the limit resets in {reset} s", pointer=f"{at}/reset_seconds")
