"""What all drivers share: the words of the user, the tool, and how a turn is told.

A driver names its turns in `run(text=…, audio=…, tool=…)`. Each is an async function of the server's base URL
(`http://127.0.0.1:1234/v1`) and returns a dict: `text`, `audio_bytes`, `arguments` as far as it has them.
"""

import asyncio
import base64
import json
import math
import os
from array import array

WORDS = "Hi, how are you?"
QUESTION = "What is the weather in London?"
TOOL = "get_weather"
WEATHER = "It is foggy and 12 degrees in London."
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
FUNCTION = {"type": "function", "name": TOOL, "description": "Look up the weather.", "parameters": PARAMETERS}
SPEECH = array("h", (int(9000 * math.sin(n / 9)) for n in range(24_000))).tobytes() + bytes(48_000)
"""A second that is loud and a second that is silent, PCM16 at 24 kHz: somebody said something."""
CHUNKS = [SPEECH[at : at + 4_800] for at in range(0, len(SPEECH), 4_800)]
"""The same in tenths of a second."""
ENCODED = [base64.b64encode(chunk).decode() for chunk in CHUNKS]


def run(**turns):
    """Do the turns that a URL is given for, and print a line of JSON for each."""
    for name, turn in turns.items():
        url = os.environ.get(f"{name.upper()}_URL")
        if url:
            told = asyncio.run(asyncio.wait_for(turn(url), 40))
            print(json.dumps({"turn": name, **told}), flush=True)
