"""Token counts."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event
from harness.rules.catalogue import Remark, View, rule


@rule("CNT430", "usage-does-not-add-up", "error", "server", "observed", on=("response.done",))
def usage_does_not_add_up(view: View, event: Event) -> Iterator[Remark]:
    """Find a usage whose total is not the sum of its parts.

    What: `usage.total_tokens` is not `input_tokens` plus `output_tokens`.
    Why: A bill made from it is wrong.
    Source: The sum holds in 38 of 38 recorded responses with usage.
    Do: Do not bill from this record; report it to the server.
    """
    usage = value_at(event.body, "response.usage")
    total, tokens_in, tokens_out = (value_at(usage, f"{name}_tokens") for name in ("total", "input", "output"))
    numbers = isinstance(total, int) and isinstance(tokens_in, int) and isinstance(tokens_out, int)
    if numbers and total != tokens_in + tokens_out:
        yield Remark(
            f"usage says {total} tokens in total; {tokens_in} in and {tokens_out} out make {tokens_in + tokens_out}",
            pointer="/response/usage/total_tokens",
        )
