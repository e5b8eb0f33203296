"""GET /fees: my tier, my volume, what is missing, and what holds in each market."""

from datetime import UTC, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from ledger.models import Account
from matching.fees.exceptions import make_fee_exception
from matching.models import AccountTradingDay, Market
from tests.support.api import SignedClient, make_key

FEES = "/api/v1/fees"


def fees_of(name: str) -> dict[str, Any]:
    response = SignedClient(make_key(User.objects.get(username=name))).get(FEES)
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_who_has_not_traded_sees_the_table_and_the_way_up(db: None) -> None:
    fees = fees_of("owner")
    yesterday = timezone.now().astimezone(UTC).date() - timedelta(days=1)
    assert (fees["tier"], fees["maker"], fees["taker"]) == (1, "0.001", "0.0015")
    assert (fees["is_tier_fixed"], fees["tier_fixed_until"]) == (False, None)
    assert (fees["volume_30d"], fees["volume_asset"]) == ("0", "USDT")
    assert (fees["volume_from"], fees["volume_to"]) == (str(yesterday - timedelta(days=29)), str(yesterday))
    assert fees["next_tier"] == {"tier": 2, "min_volume": "100000", "missing_volume": "100000"}
    assert [tier["min_volume"] for tier in fees["tiers"]] == ["0", "100000", "1000000", "10000000", "50000000"]
    rates: dict[str, Any] = {"maker": "0.001", "taker": "0.0015", "origin": "TIER", "expires_at": None}
    assert fees["markets"] == [{"symbol": symbol} | rates for symbol in ("BTC-USDT", "ETH-USDT")]


def test_volume_and_what_is_missing(db: None) -> None:
    AccountTradingDay.objects.create(
        day=timezone.now().astimezone(UTC).date() - timedelta(days=30),
        account=Account.objects.get(user__username="owner"),
        market=Market.objects.get(symbol="ETH-USDT"),
        maker_quote="40000.25",
        taker_quote="50000.25",
    )
    fees = fees_of("owner")
    assert fees["volume_30d"] == "90000.5"
    assert fees["next_tier"]["missing_volume"] == "9999.5"
    assert fees_of("colleague")["volume_30d"] == "0"


def test_exceptions_show_where_they_hold_and_to_whom(db: None) -> None:
    staff, owner = User.objects.get(username="staff"), User.objects.get(username="owner")
    market = Market.objects.get(symbol="BTC-USDT")
    until = timezone.now() + timedelta(days=1)
    make_fee_exception(by=staff, market=market, maker_ppm=10, taker_ppm=20, reason="opening")
    make_fee_exception(by=staff, user=owner, maker_ppm=30, taker_ppm=40, reason="a partner", expires_at=until)
    make_fee_exception(by=staff, user=owner, tier=5, reason="a partner", expires_at=until)
    text = f"{until:%Y-%m-%dT%H:%M:%S.%fZ}"
    fees = fees_of("owner")
    assert (fees["tier"], fees["is_tier_fixed"], fees["tier_fixed_until"], fees["next_tier"]) == (5, True, text, None)
    assert (fees["maker"], fees["taker"]) == ("0.00003", "0.00004")
    assert [(one["maker"], one["origin"], one["expires_at"]) for one in fees["markets"]] == [
        ("0.00003", "USER", text)
    ] * 2

    others = fees_of("colleague")
    assert (others["tier"], others["maker"]) == (1, "0.001")
    assert [(one["symbol"], one["maker"], one["origin"]) for one in others["markets"]] == [
        ("BTC-USDT", "0.00001", "MARKET"),
        ("ETH-USDT", "0.001", "TIER"),
    ]
    assert "a partner" not in str(fees), "reasons are for staff"


def test_strangers_and_unknown_fields_are_refused(db: None) -> None:
    assert SignedClient(None).get(FEES).status_code == 401
    client = SignedClient(make_key(User.objects.get(username="outsider")))
    assert client.get(f"{FEES}?user=owner").status_code == 400
