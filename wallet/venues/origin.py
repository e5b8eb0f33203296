"""Who does something to an account or an address, and from where: what the activity log keeps of it."""

from dataclasses import dataclass

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Origin:
    """`actor` None: nobody but the exchange itself, in a sync on schedule."""

    actor: User | None = None
    ip_address: str | None = None
    user_agent: str = ""


SCHEDULE = Origin()
