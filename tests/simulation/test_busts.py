"""Trades are busted at random while the exchange trades: no money comes or goes, and the log says the same again."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from ledger.models import AccountKind, Balance, EntryKind, Posting
from matching.fees.revenue import read_revenue
from matching.figures import sum_up_trades
from matching.models import BustState, Trade, TradeBust
from matching.trade_busts import approve_bust, request_bust
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow


def totals() -> dict[str, Decimal]:
    """Everything there is of each asset, but for what stands against it."""
    rows = Balance.objects.filter(account__kind__in=[AccountKind.USER, AccountKind.FEES])
    sums = rows.values_list("asset__symbol").annotate(total=Sum("available") + Sum("locked")).order_by()
    return dict(sums)


@pytest.mark.parametrize("seed", [31, 32])
def test_random_trades_are_busted_in_a_flow(exchange: Exchange, seed: int) -> None:
    rng = random.Random(seed)
    asks = exchange.user("staff")
    agrees = User.objects.create_user("second@example.com", "second", "a long password", is_staff=True)
    before = totals()
    exchange.worker(batch_limit=25)
    for number in range(6):
        log_flow(exchange, 60, seed=100 * seed + number)
        in_force = TradeBust.objects.exclude(state=BustState.REFUSED).values("trade_id")
        for trade in rng.sample(list(Trade.objects.exclude(pk__in=in_force)), min(8, 3 * number)):
            row = request_bust(trade_id=trade.pk, by=asks, reason="random")
            approve_bust(bust_id=row.pk, by=agrees, reason="random")
        exchange.run()
        if number == 3:
            sum_up_trades()
    done = TradeBust.objects.filter(state=BustState.DONE)
    assert done.count() > 15
    assert not TradeBust.objects.exclude(state__in=[BustState.DONE, BustState.REFUSED]).exists()
    assert totals() == before
    sum_up_trades()
    today = timezone.now().date()
    revenue = read_revenue(first=today - timedelta(days=1), last=today, exclude_house=False)
    on_fees = Posting.objects.filter(account__kind=AccountKind.FEES, entry__kind__in=[EntryKind.ORDER, EntryKind.BUST])
    ledger = dict(on_fees.values_list("asset__symbol").annotate(total=Sum("available_delta")).order_by())
    assert {symbol: total for symbol, total in revenue.totals.items() if total} == {
        symbol: total for symbol, total in ledger.items() if total
    }
    audit(exchange)
