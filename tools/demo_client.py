"""A client as users have them, written with the `openai` package: it listens to one answer and logs what it met.

`python tools/demo_client.py LOG` finds the server in OPENAI_BASE_URL, as that package does by itself.
"""

import asyncio
import json
import sys
from base64 import b64encode
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from openai import AsyncOpenAI

SPEECH = b64encode(bytes(24_000 * 2 * 2)).decode()
"""Two seconds of sound, 24 000 samples of two bytes a second. The mock does not listen; it knows when to answer."""


async def main(log: IO[str]) -> None:
    """Speak once, print the answer as it comes, and log every event of both sides."""
    client = AsyncOpenAI(api_key="no key is needed")
    async with client.realtime.connect(model="gpt-realtime") as connection:
        write(log, "server", (await connection.recv()).to_dict())
        spoken: Any = {"type": "input_audio_buffer.append", "audio": SPEECH}
        write(log, "client", spoken)
        await connection.send(spoken)
        async for event in connection:
            write(log, "server", event.to_dict())
            if event.type == "response.output_text.delta":
                print(event.delta, end="", flush=True)
            if event.type == "response.done":
                break
    print()


def write(log: IO[str], sender: str, event: Any) -> None:
    """Add an event to the log, in the native format."""
    stamp = datetime.now().astimezone().isoformat()
    entry = {"timestamp": stamp, "sender": sender, "message": "", "content": event}
    log.write(json.dumps(entry) + "\n")


if __name__ == "__main__":
    with Path(sys.argv[1]).open("w", encoding="utf-8") as stream:
        asyncio.run(main(stream))
