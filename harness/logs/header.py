"""The first line of a log that this package wrote: which format, and which version of it."""

import re

from harness.errors import UnreadableError

FORMAT = "realtime-harness"
VERSION = 1

# A version from the future may say more about itself than this one does.
YAML_HEADER = re.compile(rf"\s*format: {FORMAT}\nversion: (\d+)[ \t]*(?:\n(?![ \t]*timestamp:).*)*\Z")
YAML_LINES = f"format: {FORMAT}\nversion: {VERSION}\n"
JSON_LINE = f'{{"format":"{FORMAT}","version":{VERSION}}}\n'.encode()


def check_version(version: object, path: str) -> None:
    """Refuse a log from the future.

    Raises:
        UnreadableError: the version is newer than this package, or is none.
    """
    # Versions count from 1; true and 1.0 are no counts.
    if type(version) is not int or version < 1:
        raise UnreadableError(
            f"{path}: the first line of this log gives {version!r} as the version of its format, which is an integer "
            f"from 1; put {VERSION} there if this harness wrote it, or take the line out"
        )
    if version > VERSION:
        raise UnreadableError(
            f"{path}: this log has version {version} of the format, and this harness reads up to {VERSION}; "
            f"update with `pip install -U realtime-harness`, or convert the log with the harness that wrote it"
        )
