"""What a session costs: records that cannot be right, growth from turn to turn, audio that nobody heard."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.rules.catalogue import END, Remark, View, rule
from harness.rules.thresholds import threshold

GROWN = threshold("input-growth", 4, "forum 1356537: a call whose turns cost more and more (field problem U3)")
GROWN_TOKENS = threshold("input-growth-tokens", 4000, "a prompt with tools has as many; below, growth costs little")
TURNS = threshold("input-growth-turns", 5, "fewer turns show no course")
CACHED = threshold("cache-share", 0.5, "a prompt that stays the same is mostly read from the cache")
TOKEN_MS = 50


@rule("CNT439", "usage-implausible", "warning", "server", "observed", on=("response.done",), needs=("start",))
def usage_implausible(view: View, event: Event) -> Iterator[Remark]:
    """Find a usage of no input although there was some.

    What: A completed response has `input_tokens` 0, and items were in the conversation before it.
    Why: A bill made from it is wrong, and so is every sum over it.
    Source: The seed's session: a text and 1.57 s of speech, and no input tokens; agents-js 538, betalgo 693 (field
        problem U2).
    Do: Do not bill from this record; take the tokens from `rate_limits.updated`, or from the account's own figures.
    """
    usage = value_at(event.body, "response.usage")
    response = view.state.responses.get(str(value_at(event.body, "response.id")))
    spent, made = value_at(usage, "input_tokens"), value_at(usage, "output_tokens")
    completed = value_at(event.body, "response.status") == "completed"
    if response is None or not completed or spent != 0 or not isinstance(made, int) or made <= 0:
        return
    before = [item for item in view.state.items.values() if item.seq < response.seq]
    if not before:
        return
    speech = sum(view.state.course.lengths.values())
    voice = f", {speech / 1000:.2f} s of it speech" if speech else ""
    yield Remark(
        f"input_tokens is 0, and {len(before)} items were in the context{voice}",
        pointer="/response/usage/input_tokens",
        witnesses=tuple(
            Witness(item.seq, item.place, view.dialect.type_of("conversation.item.added"), "in the context")
            for item in before[:2]
        ),
    )


@rule("ADV880", "context-grows", "note", "client", "observed", on=(END,))
def context_grows(view: View, event: Event) -> Iterator[Remark]:
    """Find a session whose turns become dearer and dearer.

    What: The input of the last response has at least four times the tokens of the first, and little of it was cached.
    Why: Every turn pays for all that was said before.
    Source: forum 1356537, 1285295 and 971012 (field problem U3); deletions that never arrive look like this too
        (livekit 5886, H6).
    Do: Set `truncation`, or delete old items; keep instructions and tools the same, so that the cache holds.
    """
    usages = view.state.course.usages
    if len(usages) < view.limit(TURNS):
        return
    first, last = usages[0], usages[-1]
    grown = last.input_tokens >= first.input_tokens * view.limit(GROWN)
    share = last.cached_tokens / last.input_tokens
    if grown and last.input_tokens >= view.limit(GROWN_TOKENS) and share < view.limit(CACHED):
        yield Remark(
            f"the input grew from {first.input_tokens} to {last.input_tokens} tokens, {share:.0%} of them cached; "
            f"{len(view.state.items)} items are live",
            at=(last.moment.seq, last.moment.place),
            witnesses=(Witness(first.moment.seq, first.moment.place, first.moment.type, "the first"),),
        )


@rule("ADV881", "unheard-audio-is-billed", "note", "client", "observed", on=(END,))
def unheard_audio_is_billed(view: View, event: Event) -> Iterator[Remark]:
    """Find audio that was made, cancelled and billed.

    What: Cancelled responses have tokens of output audio in their usage.
    Why: Audio is made faster than it is played; what an interruption cuts off is paid for.
    Source: forum 971012 (field problem U4).
    Do: Ask for shorter answers, and cancel early; count these tokens apart.
    """
    wasted = view.state.course.wasted
    if not wasted:
        return
    tokens = sum(count for _, count in wasted)
    first = wasted[0][0]
    yield Remark(
        f"{tokens} audio tokens, {tokens * TOKEN_MS / 1000:.1f} s, were made by cancelled responses ({len(wasted)})",
        at=(first.seq, first.place),
        about=(first.about,),
    )
