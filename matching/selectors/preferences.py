"""What a user wants of orders that do not say it themselves."""

from accounts.models import User
from matching.engine.types import SelfTradePrevention


def default_self_trade_prevention(*, user_id: int) -> SelfTradePrevention:
    """The mode of orders that name none, as it is now and not as some process remembers it."""
    mode = User.objects.values_list("self_trade_prevention", flat=True).get(pk=user_id)
    return SelfTradePrevention(mode)
