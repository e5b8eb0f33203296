"""Codes by time (RFC 6238): HMAC-SHA1, steps of 30 seconds, six digits. What every authenticator app computes."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

STEP_SECONDS = 30
DIGITS = 6
TOLERANCE_STEPS = 1
"""Steps before and after the present one whose codes are right too: clocks differ, and people type slowly."""
SECRET_BYTES = 20


def new_secret() -> str:
    """A secret as apps take it: base32."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_at(moment: datetime) -> int:
    """The 30-second step since the Unix epoch that a moment is in."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_of_step(secret: str, step: int) -> str:
    """The six digits that an app shows during a step."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """The step whose code this is, None if it is none that counts at `at`. Takes as long for a wrong code."""
    found = None
    present = step_at(at)
    for step in range(present - TOLERANCE_STEPS, present + TOLERANCE_STEPS + 1):
        if hmac.compare_digest(code_of_step(secret, step).encode(), code.encode()):
            found = step
    return found
