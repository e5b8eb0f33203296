"""Volumes of 30 full days, and the tiers they lead to."""

from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from accounts.models import AccountChange, User
from accounts.services import change_fee_tier
from exchange.celery import app
from ledger.models import Account, Asset
from matching.fees.exceptions import end_fee_exception, make_fee_exception
from matching.fees.tiers import recompute_fee_tiers
from matching.fees.volumes import forget_days, sum_up_days, volume_of_account, volumes_by_user
from matching.listing import list_market
from matching.models import AccountTradingDay, FeeException, Shard, SummedTradingDay
from tests.integration.fees.conftest import Write
from tests.support.exchange import Exchange

D = Decimal
HOUR, DAY, MOMENT = timedelta(hours=1), timedelta(days=1), timedelta(milliseconds=1)


def volumes(now: datetime) -> dict[str, Decimal]:
    """User name to volume, after bringing the sums up to that moment."""
    sum_up_days(now=now)
    names = dict(User.objects.values_list("pk", "username"))
    return {names[user_id]: volume for user_id, volume in volumes_by_user(now=now).items()}


def tier_of(name: str) -> int:
    return User.objects.get(username=name).fee_tier


def test_both_sides_count_whole_days_and_thirty_of_them(trade: Write, first_day: datetime) -> None:
    trade("owner", "colleague", "10.000000000000000001", first_day)
    trade("colleague", "owner", "5", first_day + DAY - MOMENT)
    trade("owner", "outsider", "100", first_day + DAY)
    assert volumes(first_day + DAY - MOMENT) == {}
    assert volumes(first_day + DAY) == {"owner": D("15.000000000000000001"), "colleague": D("15.000000000000000001")}
    on_the_last_day = volumes(first_day + 30 * DAY)
    assert on_the_last_day["owner"] == D("115.000000000000000001")
    assert volumes(first_day + 31 * DAY) == {"owner": D(100), "outsider": D(100)}
    assert volumes(first_day + 32 * DAY) == {}
    assert not AccountTradingDay.objects.exists(), "sums that count no more are dropped"
    account = Account.objects.get(user__username="owner")
    assert volume_of_account(account_id=account.pk, now=first_day + 31 * DAY) == 0


def test_trades_inside_the_house_and_with_oneself_do_not_count(
    trade: Write, first_day: datetime, house: tuple[str, str]
) -> None:
    trade(*house, "1000", first_day)
    trade("owner", "owner", "1000", first_day)
    trade(house[0], "owner", "7", first_day)
    trade("owner", house[1], "8", first_day)
    assert volumes(first_day + DAY) == {"owner": D(15), house[0]: D(7), house[1]: D(8)}


def test_other_quotes_are_valued_at_the_last_price_of_each_day(
    trade: Write, first_day: datetime, exchange_of_eth_btc: None
) -> None:
    trade("owner", "colleague", "2", first_day, symbol="ETH-BTC")
    assert volumes(first_day + DAY) == {}, "without a price of BTC it does not count"
    trade("outsider", "outsider", "1", first_day + HOUR, price="60000")
    trade("outsider", "outsider", "1", first_day + DAY - MOMENT, price="61000.5")
    trade("outsider", "outsider", "1", first_day + DAY, price="99999")
    assert volumes(first_day + DAY)["owner"] == D(122_001)
    trade("owner", "colleague", "1", first_day + 3 * DAY, symbol="ETH-BTC")
    assert volumes(first_day + 4 * DAY)["owner"] == D(122_001 + 99_999), "the last price, however old"


@pytest.fixture
def exchange_of_eth_btc(db: None) -> None:
    """A market whose quote is not what volumes are told in."""
    assets = {asset.symbol: asset for asset in Asset.objects.all()}
    list_market(
        base=assets["ETH"],
        quote=assets["BTC"],
        shard=Shard.objects.get(),
        tick_size=D("0.00001"),
        lot_size=D("0.0001"),
    )


def test_the_asset_of_volumes_can_be_another(
    trade: Write, first_day: datetime, exchange_of_eth_btc: None, settings: Any
) -> None:
    settings.FEE_VOLUME_ASSET = "BTC"
    trade("owner", "colleague", "2", first_day, symbol="ETH-BTC")
    trade("owner", "colleague", "500", first_day)
    assert volumes(first_day + DAY) == {"owner": D(2), "colleague": D(2)}, "there is no market USDT-BTC"


def test_a_repeat_counts_nothing_twice_and_sees_what_came_late(trade: Write, first_day: datetime) -> None:
    trade("owner", "colleague", "10", first_day)
    now = first_day + DAY + HOUR
    assert volumes(now) == volumes(now) == {"owner": D(10), "colleague": D(10)}
    trade("owner", "colleague", "5", first_day + DAY - MOMENT)
    assert volumes(now)["owner"] == 15
    assert SummedTradingDay.objects.count() == 30
    rows = set(AccountTradingDay.objects.values_list("day", "account", "market", "maker_quote", "taker_quote"))
    forget_days()
    assert volumes(now)["owner"] == 15
    assert rows == set(AccountTradingDay.objects.values_list("day", "account", "market", "maker_quote", "taker_quote"))


def test_tiers_follow_the_volume_up_and_down(trade: Write, first_day: datetime) -> None:
    trade("owner", "colleague", "99999.999999999999999999", first_day)
    trade("owner", "outsider", "900000.000000000000000001", first_day + DAY)
    assert recompute_fee_tiers(now=first_day + DAY).moved == 0
    done = recompute_fee_tiers(now=first_day + 2 * DAY)
    assert (done.traders, done.moved) == (3, 2)
    assert (tier_of("owner"), tier_of("colleague"), tier_of("outsider")) == (3, 1, 2)
    change = AccountChange.objects.get(user__username="owner")
    assert (change.by, change.field, change.old, change.new) == (None, "fee_tier", "1", "3")
    assert change.reason == "traded 1000000 USDT in 30 days"

    written = AccountChange.objects.count()
    assert recompute_fee_tiers(now=first_day + 2 * DAY).moved == 0
    assert AccountChange.objects.count() == written, "who stays has nothing written"

    recompute_fee_tiers(now=first_day + 31 * DAY)
    assert (tier_of("owner"), tier_of("outsider")) == (2, 2)
    recompute_fee_tiers(now=first_day + 32 * DAY)
    assert (tier_of("owner"), tier_of("outsider")) == (1, 1)


def test_whom_staff_hold_in_a_tier_stays_until_it_ends(trade: Write, first_day: datetime) -> None:
    staff, owner = User.objects.get(username="staff"), User.objects.get(username="owner")
    colleague = User.objects.get(username="colleague")
    trade("owner", "colleague", "200000", first_day)
    now = first_day + DAY
    make_fee_exception(by=staff, user=owner, tier=5, reason="a partner", expires_at=now + HOUR)
    fixed = make_fee_exception(by=staff, user=colleague, tier=1, reason="under review")
    recompute_fee_tiers(now=now)
    assert (tier_of("owner"), tier_of("colleague")) == (5, 1)
    recompute_fee_tiers(now=now + HOUR)
    assert (tier_of("owner"), tier_of("colleague")) == (2, 1)
    end_fee_exception(exception_id=fixed.pk, by=staff, reason="all is well")
    assert tier_of("colleague") == 1, "nothing was traded in the 30 days before the real today"
    recompute_fee_tiers(now=now + HOUR)
    assert tier_of("colleague") == 2


def test_trades_of_the_worker_are_what_is_counted(exchange: Exchange) -> None:
    exchange.place("owner", "SELL", "60000", "2")
    exchange.place("colleague", "BUY", "60000", "1")
    exchange.place("colleague", "SELL", "3000", "1", symbol="ETH-USDT")
    exchange.place("outsider", "BUY", "3000", "1", symbol="ETH-USDT")
    exchange.run()
    tomorrow = timezone.now() + DAY
    assert volumes(tomorrow) == {"owner": D(60_000), "colleague": D(63_000), "outsider": D(3_000)}
    rows = AccountTradingDay.objects.filter(account=exchange.account("colleague")).order_by("market__symbol")
    assert [(row.maker_quote, row.taker_quote) for row in rows] == [(0, 60_000), (3_000, 0)]


def test_the_command_says_what_it_did_and_beat_runs_it_at_night(db: None) -> None:
    out = StringIO()
    call_command("recompute_fee_tiers", "--rebuild", stdout=out)
    assert "30 days added up" in out.getvalue()
    schedule = app.conf.beat_schedule["recompute fee tiers"]
    assert (schedule["task"], schedule["schedule"].hour, schedule["schedule"].minute) == (
        "matching.tasks.recompute_tiers",
        {0},
        {10},
    )


def test_tiers_given_by_hand_before_there_were_volumes_stay(db: None, first_day: datetime) -> None:
    staff, owner = User.objects.get(username="staff"), User.objects.get(username="owner")
    change_fee_tier(user=owner, fee_tier=3, by=staff, reason="a partner")
    User.objects.filter(username="colleague").update(fee_tier=2)
    import_module("matching.migrations.0004_fees_as_they_were").keep_tiers_given_by_hand(apps, None)
    kept = FeeException.objects.order_by("pk").values_list("user__username", "tier", "set_by", "reason", "ended_at")
    assert list(kept) == [
        ("owner", 3, staff.pk, "a partner", None),
        ("colleague", 2, None, "was in this tier before tiers went by volume", None),
    ]
    recompute_fee_tiers(now=first_day)
    assert (tier_of("owner"), tier_of("colleague"), tier_of("outsider")) == (3, 2, 1)
