"""One request that comes twice at the same moment: the first one is carried out, and both get its result.

Only one of the two can use up the code of the second factor, or the balance. The other one is refused for that before
it can find what the first one has made.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from kernel.errors import BourseError

T = TypeVar("T")

SECONDS = 0.5
"""How long what the first one makes may take from the moment its code is used up."""
_PAUSE_SECONDS = 0.02


def made_meanwhile(find: Callable[[], T | None], refusal: BourseError) -> T:
    """What a request like this has made since it was looked for. Raises the refusal where there was no other one."""
    # Only a code that was right and is used up says that there may be another one.
    deadline = time.monotonic() + (SECONDS if refusal.details.get("used") else 0)
    while True:
        found = find()
        if found is not None:
            return found
        if time.monotonic() >= deadline:
            raise refusal
        time.sleep(_PAUSE_SECONDS)
