"""What the words before an object say: who sent it, and when."""

import re
from typing import Final, NamedTuple

from harness.logs.stamps import ISO_ANYWHERE, at_ns
from harness.model import Side

FAR = r"(?:the[ ])?(?:open[ ]?ai|azure|server|realtime|model|api|upstream|gpt\w*|llm|oai|ai)"
NEAR = r"(?:the[ ])?(?:client|browser|front[ -]?end|user|caller|twilio|app|me)"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


# From the words that leave no doubt to those that do: the first row in which one matches decides.
SIDES: Final[tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]] = (
    (
        _words(rf"\b(?:to[ ]{FAR}|from[ ]{NEAR}|C2S|C>S|message[ ]out|client[ _]event)\b"),
        _words(rf"\b(?:from[ ]{FAR}|to[ ]{NEAR}|S2C|S>C|message[ ]in|server[ _]event)\b"),
    ),
    (
        _words(r"\b(?:sen(?:d|ds|t|ding)|outgoing|outbound|upload\w*|emit\w*|dispatch\w*|tx|publish\w*|out|request)\b"),
        _words(r"\b(?:receiv\w*|recv|rcvd|recvd|got|incoming|inbound|rx|on_?message|in|response|reply)\b"),
    ),
    (
        _words(r"\bclient\b|(?:^|[\s\]])(?:→|➡️?|⬆️?|↑|-+>|=+>|>>+|>|📤)(?=\s|$)"),
        _words(r"\bserver\b|(?:^|[\s\]])(?:←|⬅️?|⬇️?|↓|<-+|<=+|<<+|<|📥)(?=\s|$)"),
    ),
)

CLOCK_ONLY: Final = re.compile(r"(?<![\d:.-])(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?![\d:])")
EPOCH: Final = re.compile(r"(?<![\w.-])(1[0-9]{9})(?:(\d{3})(\d{3})?|\.(\d{1,9}))?(?![\w.-])")
NS_PER_SECOND: Final = 1_000_000_000


class Stamp(NamedTuple):
    """A stamp found in a text."""

    text: str
    at_ns: int


def side_of(words: str) -> Side:
    """Return who sent what follows these words; of equally clear ones, the last counts."""
    for client, server in SIDES:
        ends = [(match.end(), "client") for match in client.finditer(words)]
        ends += [(match.end(), "server") for match in server.finditer(words)]
        if ends:
            return "client" if max(ends)[1] == "client" else "server"
    return "unknown"


def stamp_in(words: str) -> Stamp | None:
    """Return the stamp among these words.

    Of two, as when a platform writes its own before that of the program, the one with a zone counts. A time of
    day without a date is counted from the beginning of 1970: only gaps mean something then.
    """
    found = [
        Stamp(match[0], moment) for match in ISO_ANYWHERE.finditer(words) if (moment := at_ns(match[0])) is not None
    ]
    zoned = [stamp for stamp in found if not stamp.text[-1].isdigit() or re.search(r"[+-]\d\d:?\d\d$", stamp.text[19:])]
    if found:
        return (zoned or found)[0]
    match = EPOCH.search(words)
    if match is not None:
        return Stamp(match[0], epoch_ns(match[0]))
    match = CLOCK_ONLY.search(words)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59 or int(match[3]) > 60:
        return None
    seconds = (int(match[1]) * 60 + int(match[2])) * 60 + int(match[3])
    return Stamp(match[0], seconds * NS_PER_SECOND + int((match[4] or "0").ljust(9, "0")))


def epoch_ns(text: str) -> int:
    """Return the nanoseconds of a Unix time in seconds, milliseconds or microseconds, as its digits tell."""
    whole, _, fraction = text.partition(".")
    scale = 10 ** max(0, 19 - len(whole)) if len(whole) in (13, 16, 19) else NS_PER_SECOND
    return int(whole) * scale + (int(fraction[:9].ljust(9, "0")) * scale // NS_PER_SECOND if fraction else 0)
