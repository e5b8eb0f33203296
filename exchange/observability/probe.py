"""Whether a process lives, for a container engine: `python -m exchange.observability.probe http URL` or `file PATH`.

Exit code 0 or 1. A worker shows its life by touching a file (`LIVENESS_FILE`): asking it through the broker would cost
a whole Python start of seconds each time. Nothing but the standard library, for the same reason.
"""

import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HTTP_SECONDS = 4.0
FRESH_SECONDS = 60.0
"""Workers show life every two seconds; a task in a process without a pool may keep it from that for a while."""


def answers(url: str) -> bool:
    """Does GET on the address say 200?"""
    try:
        with urllib.request.urlopen(url, timeout=HTTP_SECONDS) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def was_touched(path: str) -> bool:
    """Was the file touched within the last minute?"""
    try:
        return time.time() - Path(path).stat().st_mtime < FRESH_SECONDS
    except OSError:
        return False


def main(arguments: list[str]) -> int:
    checks = {"http": answers, "file": was_touched}
    if len(arguments) != 2 or arguments[0] not in checks:
        print("usage: python -m exchange.observability.probe http URL | file PATH", file=sys.stderr)
        return 2
    return 0 if checks[arguments[0]](arguments[1]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
