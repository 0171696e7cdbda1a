from hypothesis import example, given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from harness.net.frames import text_frames


def read(data: bytes) -> list[tuple[Opcode, bytes, bool]]:
    """Return the frames that another implementation finds in some bytes."""
    client = ClientProtocol(parse_uri("ws://localhost/"), state=State.OPEN, max_size=None)
    client.receive_data(data)
    return [(frame.opcode, bytes(frame.data), frame.fin) for frame in client.events_received()]


@given(st.lists(st.binary(max_size=300).map(lambda data: data.hex().encode())))
@example([b"x" * 125, b"x" * 126])
@example([b"x" * 65_535, b"x" * 65_536])
@example([])
def test_each_body_is_one_whole_text_frame(bodies: list[bytes]) -> None:
    assert read(text_frames(bodies)) == [(Opcode.TEXT, body, True) for body in bodies]
