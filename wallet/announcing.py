"""Saying on Redis that an account has a new event; who misses it finds it in the database by its number."""

from typing import Any


def announce(account_id: int, sequence: int, cause_id: int, payload: dict[str, Any]) -> None:
    """Publish one event of the funds writer. Never raises: Redis is not the truth."""
