"""How much waits for the engine, known well enough to refuse in time and cheap enough to ask on every order."""

from django.conf import settings

from matching.errors import ExchangeBusy
from matching.selectors.cache import ShortCache
from matching.selectors.health import count_pending

KEEP_SECONDS = 0.5

_cache: ShortCache[int] = ShortCache(seconds=KEEP_SECONDS)


def refuse_if_busy() -> None:
    """Raises ExchangeBusy where more commands wait than `settings.MAX_PENDING_COMMANDS`; up to half a second late."""
    limit = settings.MAX_PENDING_COMMANDS
    if _cache.get("pending", lambda: count_pending(at_most=limit + 1)) > limit:
        raise ExchangeBusy
