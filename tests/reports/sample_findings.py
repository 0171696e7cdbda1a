"""Findings made by hand: the one of the design's example, with the events around it."""

from harness.model import Event, Finding, Place, Report, Witness

START_NS = 1_729_158_304_000_000_000
LOG = "logs/call.yaml"
RESPONSE = {"response_id": "resp_AJHM3wsi8zLgEdSguA5Wn"}


def event(seq: int, line: int, after_ms: int, kind: str, **body: str) -> Event:
    return Event(
        seq, Place(LOG, line, 1), START_NS + after_ms * 1_000_000, "server", kind, {"type": kind, **RESPONSE, **body}
    )


EVENTS = (
    event(28, 182, 0, "session.created"),
    event(29, 198, 3090, "response.text.delta", delta="Hey!"),
    event(30, 206, 3101, "response.text.delta", delta=" thanks"),
    event(31, 214, 3112, "response.text.delta", delta=" fro"),
    event(32, 300, 3180, "response.text.done", text="Hey! thanks for calling"),
)

DIVERGES = Finding(
    code="CNT401",
    name="text-deltas-differ-from-done",
    severity="error",
    subject="server",
    layer="documented",
    seq=31,
    place=Place(LOG, 214, 3),
    message='the deltas say " fro" where the final text says " for"',
    why="response resp_…A5Wn / output 0 / content 0, opened at line 150",
    hint="trust `done`; report this to the server",
    expected=(" for",),
    witnesses=(
        Witness(31, Place(LOG, 214, 3), "response.text.delta", "diverges here"),
        Witness(32, Place(LOG, 300, 1), "response.text.done", "the final text"),
    ),
)
NOTE = Finding(
    code="ADV101",
    name="voice-was-not-set",
    severity="note",
    subject="client",
    layer="house",
    seq=None,
    place=Place(LOG, 1, 1),
    message="the session ran on the default voice",
)


def report(*findings: Finding) -> Report:
    verdict = {"error": "errors", "note": "notes"}[findings[0].severity] if findings else "clean"
    return Report(
        path=LOG,
        dialect="openai-beta",
        findings=findings,
        verdict=verdict,  # type: ignore[arg-type]
        exercised=("CNT401",),
        not_exercised={"TIM101": "no stamps", "TIM102": "no stamps", "CAU201": "no tool call"},
        entries=33,
        events=32,
    )
