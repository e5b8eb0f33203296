"""Staff switch an exchange off while it is in trouble, and on again."""

from django.db import transaction

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from wallet.venues.errors import ExchangeNotSupported
from wallet.venues.models import SupportedExchange


def switch_exchange(*, exchange_id: str, is_active: bool, by: User, reason: str) -> SupportedExchange:
    """While it is off, none of its accounts is asked for anything and none can be connected; what is known stays.

    Raises ReasonMissing, ExchangeNotSupported.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        exchange = SupportedExchange.objects.select_for_update(no_key=True).filter(pk=exchange_id).first()
        if exchange is None:
            raise ExchangeNotSupported
        old, exchange.is_active = exchange.is_active, is_active
        exchange.save(update_fields=["is_active"])
        record_staff_action(
            by=by,
            subject_kind="exchange",
            subject=exchange.pk,
            action="switch on" if is_active else "switch off",
            old={"is_active": old},
            new={"is_active": is_active},
            reason=reason.strip(),
        )
    return exchange
