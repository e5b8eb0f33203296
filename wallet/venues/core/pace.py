"""When a sync will be through."""

from datetime import datetime, timedelta


def expected_end(
    *, began_at: datetime, at: datetime, done: int, total: int, seconds_per_currency: float
) -> datetime | None:
    """None as long as it is not known how much there is to ask for.

    The first answers may come faster than the exchange's limit lets the rest come, so the slower of what it was so far
    and what is known of the exchange counts.
    """
    if total <= 0:
        return None
    so_far = (at - began_at) / done if done else timedelta(0)
    return at + max(so_far, timedelta(seconds=seconds_per_currency)) * max(total - done, 0)
