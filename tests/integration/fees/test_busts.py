"""What is busted brings no fees and no volume, however late it is busted; and it is taken out once."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from matching.fees.volumes import sum_up_days, volumes_by_user
from matching.figures import forget_sums, sum_up_trades
from matching.models import BustState, Trade, TradeBust, TradingHour
from tests.integration.fees.conftest import Write

DAY = timedelta(days=1)


def as_settled(trade: Trade) -> TradeBust:
    """A bust as the worker leaves it."""
    second, _ = User.objects.get_or_create(username="second", defaults={"email": "second@example.com"})
    return TradeBust.objects.create(
        trade_id=trade.pk,
        market=trade.market,
        state=BustState.DONE,
        reason="test",
        requested_by=User.objects.get(username="staff"),
        decided_by=second,
        decided_at=timezone.now(),
        settled_at=timezone.now(),
        command_id=trade.pk + 1,
    )


def hours() -> list[tuple[int, Decimal]]:
    return list(TradingHour.objects.order_by("started_at").values_list("trades", "quote_amount"))


@pytest.mark.parametrize("is_summed_up_before", [True, False])
def test_an_hour_loses_its_busted_trades_once(trade: Write, first_day: datetime, is_summed_up_before: bool) -> None:
    early = trade("owner", "colleague", "10", first_day)
    trade("owner", "colleague", "5", first_day)
    trade("owner", "colleague", "7", first_day + timedelta(hours=1))
    if is_summed_up_before:
        sum_up_trades()
        assert hours() == [(2, Decimal(15)), (1, Decimal(7))]
    as_settled(early)
    for _ in range(2):
        sum_up_trades()
        assert hours() == [(1, Decimal(5)), (1, Decimal(7))]
    forget_sums()
    sum_up_trades()
    assert hours() == [(1, Decimal(5)), (1, Decimal(7))], "figures made anew say the same"


def test_a_day_that_was_added_up_long_ago_is_put_right(trade: Write, first_day: datetime) -> None:
    early = trade("owner", "colleague", "10", first_day)
    trade("owner", "outsider", "5", first_day)
    now = first_day + 5 * DAY
    sum_up_days(now=now)
    owner = User.objects.get(username="owner").pk
    assert volumes_by_user(now=now)[owner] == 15
    sum_up_trades()
    as_settled(early)
    sum_up_trades()
    sum_up_days(now=now)
    volumes = volumes_by_user(now=now)
    assert volumes[owner] == 5
    assert User.objects.get(username="colleague").pk not in volumes


def test_a_busted_trade_of_a_day_that_is_not_added_up_never_counts(trade: Write, first_day: datetime) -> None:
    as_settled(trade("owner", "colleague", "10", first_day))
    now = first_day + DAY
    sum_up_days(now=now)
    assert volumes_by_user(now=now) == {}
