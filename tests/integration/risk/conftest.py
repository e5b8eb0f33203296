"""An exchange on which somebody misbehaves."""

from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.usersessions.models import UserSession

from risk.models import Detector, RiskEvent, RiskEventType, Severity
from risk.services import record_risk_event
from tests.support.exchange import Exchange

AN_HOUR = datetime(2026, 3, 1, 12, tzinfo=UTC)
PUBLIC_ADDRESS = "8.8.8.8"


def sign_in_from(exchange: Exchange, name: str, address: str = PUBLIC_ADDRESS) -> None:
    """As allauth notes a session."""
    UserSession.objects.create(user=exchange.user(name), ip=address, session_key=f"key of {name}", user_agent="browser")


def trade_between(exchange: Exchange, seller: str, buyer: str, *, price: str = "60000", quantity: str = "0.1") -> None:
    """One trade; the seller's order rests first."""
    exchange.place(seller, "SELL", price, quantity)
    exchange.run()
    exchange.place(buyer, "BUY", price, quantity)
    exchange.run()


def record(**changes: Any) -> RiskEvent:
    """An event with everything but what is named as usual."""
    fields: dict[str, Any] = {
        "event_type": RiskEventType.SUSPICIOUS_ACTIVITY,
        "severity": Severity.MEDIUM,
        "detector": Detector.WASH_TRADING,
        "fingerprint": "one and the same",
        "description": "Both sides belong to one owner.",
        "first_seen_at": AN_HOUR,
        "last_seen_at": AN_HOUR,
        "metadata": {"figures": {"trades": 1}, "trades": [1]},
        "market": "BTC-USDT",
    }
    return record_risk_event(**fields | changes)


def risk_rows() -> list[tuple[Any, ...]]:
    """Every risk event as it is."""
    return list(RiskEvent.objects.order_by("pk").values_list())


@pytest.fixture
def linked(exchange: Exchange) -> Exchange:
    """The owner and the colleague sign in from one address; the outsider from elsewhere."""
    sign_in_from(exchange, "owner")
    sign_in_from(exchange, "colleague")
    sign_in_from(exchange, "outsider", "1.1.1.1")
    return exchange
