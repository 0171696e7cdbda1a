"""Azure OpenAI's Realtime API, GA: the same events as OpenAI's."""

from dataclasses import replace

from harness.protocol.dialects import Deviation
from harness.protocol.dialects.openai_ga import DIALECT as GA

DIALECT = replace(
    GA,
    name="azure-ga",
    title="Azure OpenAI Realtime API, generally available",
    base="openai-ga",
    vendor=True,
    schemas=("azure-ga", "openai-ga"),
    marks=(),  # on the wire nothing tells it from OpenAI's own; it is chosen by name
    deviations=(
        Deviation("rate_limits.updated is never sent", "8 of 8 recorded sessions"),
        Deviation("error.event_id may be null", "a live probe of 2026-09"),
    ),
)
