"""What the mock tells the user about a client, beyond what the rules find in its events."""

from harness.model import Finding, Place, Rule

NOT_JSON = Rule(
    code="CLI971",
    name="frame-is-no-event",
    severity="error",
    subject="client",
    layer="documented",
    what="A text frame of the client is not a JSON object.",
    why="The server cannot tell what is asked, and answers with an error that names no event.",
    source="Every client event is a JSON object with a `type`.",
    do="Send one JSON object per text frame, in UTF-8.",
)
BINARY = Rule(
    code="CLI972",
    name="binary-frame",
    severity="error",
    subject="client",
    layer="documented",
    what="The client sent a binary frame.",
    why="The protocol has text frames only; audio goes as base64 inside an event.",
    source="The guide: events are JSON text; input_audio_buffer.append: `audio` is base64.",
    do="Send the event as a text frame; put audio into `input_audio_buffer.append`.",
)
WRONG_DIALECT = Rule(
    code="CLI973",
    name="beta-client-on-ga-server",
    severity="warning",
    subject="client",
    layer="observed",
    what="The client asks for the beta of 2024, and this mock serves today's protocol.",
    why="Most beta clients do not understand the events they will get (8 of 9 tried failed).",
    source="`OpenAI-Beta: realtime=v1`, as a header or a subprotocol, selects the beta's events.",
    do="Serve the log with `--as openai-beta`, or update the client.",
)
GONE = Rule(
    code="CLI974",
    name="hung-up-mid-response",
    severity="note",
    subject="client",
    layer="house",
    what="The client left while a response was in progress.",
    why="What it had not received is lost; in a test that may hide a failure.",
    source="Our advice.",
    do="Read until `response.done`, or cancel the response, before closing.",
)
TOO_LARGE = Rule(
    code="CLI975",
    name="frame-over-limit",
    severity="error",
    subject="client",
    layer="documented",
    what="A frame of the client breaks the limits or the rules of WebSocket.",
    why="The server closes the connection.",
    source="input_audio_buffer.append: at most 15 MiB of audio per event; RFC 6455.",
    do="Send audio in pieces of some 100 ms.",
)
OFF_SCRIPT = Rule(
    code="CLI976",
    name="not-as-recorded",
    severity="error",
    subject="client",
    layer="house",
    what="In strict mode, the client sends something else than the recorded one did.",
    why="The test pins the client's behaviour to the recording.",
    source="`--mode strict`.",
    do="If the change is wanted, record the session anew; else look at what the client did before.",
)
REFUSED = Rule(
    code="CLI977",
    name="request-refused",
    severity="error",
    subject="client",
    layer="observed",
    what="The mock refused an event of the client, as the real server does.",
    why="What the client asked for did not happen.",
    source="The error codes and messages of real servers (client rules C-01 to C-35).",
    do="Correct the event; the message of the error says how.",
)
IDLE_CANCEL = Rule(
    code="CLI978",
    name="cancel-without-response",
    severity="note",
    subject="client",
    layer="documented",
    what="The client cancels though no response is in progress.",
    why="Nothing happens; some clients do it before every turn, and it is safe.",
    source="response.cancel: it is safe to call even if no response is in progress.",
    do="Nothing, unless the client believed that the model was speaking.",
)

NOT_AZURE = Rule(
    code="CLI979",
    name="azure-request-incomplete",
    severity="warning",
    subject="client",
    layer="documented",
    what="The client takes Azure's path `/openai/realtime` without `api-version` or `deployment`.",
    why="Azure answers such a handshake with 404; this mock lets it pass.",
    source="Azure OpenAI, realtime audio reference: `/openai/realtime?api-version=…&deployment=…`.",
    do="Add the parameter, or use `/openai/v1/realtime?model=…`.",
)
EXPECTED = Rule(
    code="CLI980",
    name="scenario-expects-otherwise",
    severity="error",
    subject="client",
    layer="house",
    what="The client does not do what the scenario expects of a right one.",
    why="That is what the scenario is for: in the field it ends in silence, a wrong answer or a dead session.",
    source="The scenario's own page, `docs/scenarios.md`.",
    do="Read there what a right client does.",
)
RULES = (NOT_JSON, BINARY, WRONG_DIALECT, GONE, TOO_LARGE, OFF_SCRIPT, REFUSED, IDLE_CANCEL, NOT_AZURE, EXPECTED)


def complaint(rule: Rule, place: Place, message: str, expected: tuple[str, ...] = ()) -> Finding:
    """Return a finding under one of these rules; the line of `place` is the number of the event, from 1."""
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        subject=rule.subject,
        layer=rule.layer,
        seq=place.line - 1,
        place=place,
        message=message,
        why=rule.why,
        hint=rule.do,
        expected=expected,
    )
