"""What an asset is worth for limits: our own price while it can be believed, else staff's, else nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import StaffAction, User
from ledger.models import Asset
from matching.models import BustState, Market, Trade, TradeBust, TradingHour
from tests.support import funds
from wallet.errors import ControlInvalid
from wallet.models import ReferencePrice
from wallet.services.prices import reference_price, reference_value, set_reference_price, worth

pytestmark = pytest.mark.django_db


@pytest.fixture
def btc() -> Asset:
    return Asset.objects.get(symbol="BTC")


def traded(price: str, *, volume: str = "10000", age: timedelta = timedelta(), average: str = "") -> Trade:
    """A last trade, and a day of trading with that volume behind it."""
    market, now = Market.objects.get(symbol="BTC-USDT"), timezone.now()
    TradingHour.objects.create(
        market=market,
        started_at=now - timedelta(hours=2),
        is_house=False,
        trades=1,
        quantity=Decimal(volume) / Decimal(average or price),
        quote_amount=Decimal(volume),
    )
    return Trade.objects.create(
        id=int(now.timestamp() * 1000),
        market=market,
        number=1,
        price=Decimal(price),
        quantity=Decimal("0.1"),
        quote_amount=Decimal(price) / 10,
        taker_side=1,
        maker_order_id=1,
        taker_order_id=2,
        maker_account_id=funds.account_id("owner"),
        taker_account_id=funds.account_id("colleague"),
        maker_fee=0,
        taker_fee=0,
        executed_at=now - age,
    )


def price_of(asset: Asset) -> Decimal | None:
    return reference_price(asset=asset, at=timezone.now())


def set_by_staff(asset: Asset, price: str, *, age: timedelta = timedelta()) -> None:
    ReferencePrice.objects.create(asset=asset, price=Decimal(price), set_at=timezone.now() - age)


def test_without_trades_or_staff_there_is_none(btc: Asset) -> None:
    assert price_of(btc) is None
    assert reference_value(asset=btc, amount=Decimal(1), at=timezone.now()) is None
    assert price_of(Asset.objects.get(symbol="USDT")) == 1


def test_a_fresh_price_of_a_deep_market_counts(btc: Asset) -> None:
    set_by_staff(btc, "1")
    traded("50000")
    assert price_of(btc) == 50000


def test_a_cheap_trade_does_not_make_it_look_small(btc: Asset) -> None:
    traded("5000", volume="100000", average="50000")
    assert price_of(btc) == 50000


@pytest.mark.parametrize("circumstances", [{"age": timedelta(hours=1, seconds=1)}, {"volume": "9999"}])
def test_a_quiet_or_thin_market_is_not_believed(btc: Asset, circumstances: dict[str, Any]) -> None:
    traded("50000", **circumstances)
    assert price_of(btc) is None
    set_by_staff(btc, "48000")
    assert price_of(btc) == 48000


def test_trades_of_the_house_and_busted_ones_do_not_count(btc: Asset) -> None:
    trade = traded("50000")
    assert price_of(btc) == 50000
    TradeBust.objects.create(
        trade_id=trade.pk,
        market_id=trade.market_id,
        reason="test",
        requested_by=User.objects.get(username="staff"),
        decided_by=User.objects.get(username="colleague"),
        decided_at=timezone.now(),
        decision_reason="test",
        settled_at=timezone.now(),
        command_id=1,
        state=BustState.DONE,
    )
    assert price_of(btc) is None
    TradeBust.objects.all().delete()
    TradingHour.objects.update(is_house=True)
    assert price_of(btc) is None


def test_what_staff_set_grows_too_old(btc: Asset) -> None:
    set_by_staff(btc, "48000", age=timedelta(days=30, seconds=1))
    assert price_of(btc) is None


def test_values_are_rounded_up_and_never_lost(btc: Asset) -> None:
    assert worth(Decimal("0.000000000001"), Decimal("0.000000000001")) == Decimal("0.00000001")
    assert worth(Decimal("1.5"), Decimal(2)) == 3
    assert worth(Decimal(10**20 - 1), Decimal("1.000000000000000001")) == Decimal(10**20 - 1) + 100


def test_setting_a_price(btc: Asset) -> None:
    staff = User.objects.get(username="staff")
    for price, reason, error in ((Decimal(0), "x", ControlInvalid), (Decimal(1), " ", ReasonMissing)):
        with pytest.raises(error):
            set_reference_price(asset_id=btc.pk, price=price, by=staff, reason=reason)
    assert not ReferencePrice.objects.exists()
    set_reference_price(asset_id=btc.pk, price=Decimal("61000.50"), by=staff, reason="quiet market")
    assert price_of(btc) == Decimal("61000.5")
    assert StaffAction.objects.get().new == {"price": "61000.5"}
