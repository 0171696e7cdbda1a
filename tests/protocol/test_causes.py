"""Which event made which happen, in two recordings: worked out by hand from the protocol, in the form of a dialogue.

Each line is: position, side, type, and the position of its cause (`-` for none: the connection, or the client's will).
"""

from pathlib import Path

import pytest

import harness
from harness.protocol.causes import attribute
from harness.protocol.dialects import get

SESSIONS = Path(__file__).parents[2] / ".." / "shared" / "corpus" / "sessions"
SEED = Path(__file__).parents[2] / "fixtures" / "sessions" / "seed.yaml"

SEED_DIALOGUE = """
 0  client  conversation.item.create             -
 1  server  session.created                      -
 2  server  conversation.item.created            0
 3  client  input_audio_buffer.append            -
 4  server  input_audio_buffer.speech_started    3
 5  server  input_audio_buffer.speech_stopped    4
 6  server  input_audio_buffer.committed         5
 7  server  conversation.item.created            6
 8  server  response.created                     6
 9  server  rate_limits.updated                  6
10  server  response.output_item.added           8
11  server  conversation.item.created           10
12  server  response.content_part.added          8
13  server  response.text.delta                  8
"""

TOOL_DIALOGUE = """
 0  server  session.created                          -
 1  client  session.update                           -
 2  server  session.updated                          1
 3  client  conversation.item.create                 -
 4  client  response.create                          -
 5  server  conversation.item.added                  3
 6  server  conversation.item.done                   5
 7  server  response.created                         4
 8  server  response.output_item.added               7
 9  server  conversation.item.added                  8
10  server  response.function_call_arguments.delta   7
21  server  response.function_call_arguments.delta   7
22  server  response.function_call_arguments.done    7
23  client  conversation.item.create                 -
24  server  conversation.item.done                   9
25  server  response.output_item.done                7
26  server  response.done                            7
27  client  response.create                          -
28  server  conversation.item.added                 23
29  server  conversation.item.done                  28
30  server  response.created                        27
31  server  response.output_item.added              30
32  server  conversation.item.added                 31
33  server  response.content_part.added             30
34  server  response.output_text.delta              30
45  server  response.output_text.done               30
46  server  response.content_part.done              30
47  server  conversation.item.done                  32
48  server  response.output_item.done               30
49  server  response.done                           30
"""


def _dialogue(path: Path, wanted: str) -> tuple[list[str], list[str]]:
    """Return the lines wanted, and the same lines as the recording gives them."""
    session = harness.load(path)
    causes = attribute(get(session.dialect), session.events)
    want = [line.split() for line in wanted.strip().splitlines()]
    got = []
    for position in (int(row[0]) for row in want):
        event, cause = session.events[position], causes[position]
        got.append([str(position), event.side, event.type, "-" if cause is None else str(cause)])
    return [" ".join(row) for row in want], [" ".join(row) for row in got]


def test_the_seeds_events_have_the_causes_that_the_protocol_gives() -> None:
    wanted, got = _dialogue(SEED, SEED_DIALOGUE)
    assert got == wanted


@pytest.mark.skipif(not SESSIONS.is_dir(), reason="the recorded sessions are not beside this checkout")
def test_a_tools_result_is_added_because_of_the_client_and_not_of_the_response_it_interrupts() -> None:
    wanted, got = _dialogue(SESSIONS / "openai_ws__tool_call_round.yaml", TOOL_DIALOGUE)
    assert got == wanted


@pytest.mark.skipif(not SESSIONS.is_dir(), reason="the recorded sessions are not beside this checkout")
@pytest.mark.parametrize("path", sorted(SESSIONS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_cause_comes_before_its_effect_and_what_a_client_sends_has_none(path: Path) -> None:
    session = harness.load(path)
    for position, cause in enumerate(attribute(get(session.dialect), session.events)):
        if session.events[position].side == "client":
            assert cause is None
        assert cause is None or cause < position
