"""Rules that find nothing alone, each with the reason why it stays.

A rule earns its place by a mutant that no other rule finds: one of the score's, in the table of `docs/mutation.md`, or
its own bad log in `fixtures/rules/`, which is the good one beside it with one fault. A test holds the list to both.
"""

from collections.abc import Mapping

READING = "it tells what could not be read, before there is an event that another rule could judge; see tests/logs"

KEPT: Mapping[str, str] = {
    "ADV814": "says why an answer did not take the form that was asked for; CLI904 only that a field is not known",
    "ADV820": "tells the loop of refusals as one; CLI901 tells each of them",
    "ADV841": "its log has more audio than is worth a fixture; the test plays it from memory, where it speaks alone",
    "CAU550": "where the cancel comes after the response is done, CLI909 tells the client's part of the same",
    "CAU562": "blames the call; ADV871 tells the failed list before it",
    "CAU563": "the list's item lacks its end as any item may (CAU541); that the tools are in it is told here only",
    "CLI947": "blames the output; ADV804 tells what became of the answer",
    "CLI955": "its log is too large for a fixture; the test plays it from memory, where it speaks alone",
    "CNT442": "the server changes the voice; CLI920 tells that the client had asked for it",
    "IDN220": "the order of output items; ADV813 advises on several items, whatever their order",
    "LOG101": READING,
    "LOG102": READING,
    "LOG103": READING,
    "LOG105": READING,
    "LOG106": READING,
    "LOG107": READING,
    "LOG108": READING,
    "LOG109": READING,
    "LOG110": READING,
    "LOG111": READING,
    "LOG112": READING,
    "LOG113": READING,
    "LOG114": READING,
    "LOG115": READING,
    "LOG116": READING,
    "LOG117": READING,
    "LOG118": READING,
    "ORD312": "the speech that starts in another one's place does not end (ORD311); the log goes on, so that is a note",
    "ORD321": "the log's end in the middle of an item; where items are finished, CAU541 tells the same event first",
    "TIM706": "the server cuts beyond the audio; CLI913 tells that the client had asked for it",
    "TIM733": "its log has more audio than is worth a fixture; the test plays it from memory, where it speaks alone",
}
