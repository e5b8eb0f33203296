"""What a user wants of orders that do not say it themselves."""

from accounts.models import User
from matching.engine.types import SelfTradePrevention


def set_default_self_trade_prevention(*, user_id: int, mode: SelfTradePrevention) -> None:
    """Orders accepted from now on have this mode where they name none; those accepted before keep theirs."""
    User.objects.filter(pk=user_id).update(self_trade_prevention=int(mode))
