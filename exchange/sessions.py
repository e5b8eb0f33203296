"""How much of the cores a session gets, where sessions share them.

Linux gives sessions even shares where `kernel.sched_autogroup_enabled` is 1, as on most systems. A process's niceness
then counts within its session only: see `sched(7)`, "The autogroup feature".
"""

import os
from pathlib import Path

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random

_patiently = Retrying(
    retry=retry_if_exception_type(BlockingIOError), wait=wait_random(0.1, 0.2), stop=stop_after_attempt(5), reraise=True
)
"""The kernel lets those who are not root write such a thing ten times a second, all of them together."""


def hold_back_session(pid: int) -> None:
    """Give the session of this process its niceness, if the process leads one: what others are in stays as it is.

    Nothing where the kernel knows no such shares. Raises OSError where that is not allowed.
    """
    share = Path(f"/proc/{pid}/autogroup")
    if os.getsid(pid) == pid and share.exists():
        _patiently(share.write_text, str(os.getpriority(os.PRIO_PROCESS, pid)))
