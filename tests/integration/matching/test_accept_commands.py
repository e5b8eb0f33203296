"""Many commands in one commit: each has its own receipt, and they are applied in the order in which they came."""

from decimal import Decimal

import pytest

from matching.engine.types import MarketState, OrderType, Side, TimeInForce
from matching.errors import (
    ClientOrderIdConflict,
    MarketHalted,
    OrderNotFound,
    OrderNotOpen,
    QuantityOffLot,
    UnknownMarket,
)
from matching.models import ClientOrderKey, Command, OrderStatus
from matching.selectors.markets import forget_markets
from matching.services import (
    Accepted,
    CancelAllCommand,
    CancelCommand,
    OrderRequest,
    PlaceCommand,
    Repeated,
    accept_commands,
)
from tests.integration.matching.support import status_of, untouched
from tests.support.audit import audit
from tests.support.exchange import Exchange


def limit(
    exchange: Exchange, who: str, side: Side, price: str, quantity: str, client_id: str | None = None, **fields: object
) -> PlaceCommand:
    request = OrderRequest(
        symbol=str(fields.pop("symbol", "BTC-USDT")),
        side=side,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        price=Decimal(price),
        quantity=Decimal(quantity),
        client_order_id=client_id,
    )
    return PlaceCommand(exchange.account(who).pk, request, "a-request")


def accepted(receipt: object) -> int:
    assert isinstance(receipt, Accepted)
    return receipt.command_id


def test_orders_of_two_accounts_meet(exchange: Exchange) -> None:
    sale, purchase = accept_commands(
        [limit(exchange, "owner", Side.SELL, "60000", "1"), limit(exchange, "colleague", Side.BUY, "60000", "0.4")],
        reply_to="somebody",
    )
    exchange.run()
    assert status_of(exchange, accepted(sale)) == (OrderStatus.PARTIAL, "", Decimal("0.4"))
    assert status_of(exchange, accepted(purchase)) == (OrderStatus.FILLED, "", Decimal("0.4"))
    logged = Command.objects.get(pk=accepted(sale))
    assert (logged.reply_to, logged.request_id) == ("somebody", "a-request")
    assert isinstance(sale, Accepted)
    assert sale.accepted_at == logged.accepted_at
    assert sale.market is not None
    assert sale.market.symbol == "BTC-USDT"
    audit(exchange)


def test_the_order_of_arrival_is_the_order_of_the_engine(exchange: Exchange) -> None:
    """A cancel of everything ends what came before it and nothing that came after."""
    account = exchange.account("owner").pk
    receipts = accept_commands(
        [
            limit(exchange, "owner", Side.BUY, "50000", "0.1", "before"),
            CancelAllCommand(account, "BTC-USDT"),
            limit(exchange, "owner", Side.BUY, "50001", "0.1"),
        ],
        reply_to="",
    )
    before, cancel, after = map(accepted, receipts)
    assert before < cancel < after
    exchange.run()
    assert status_of(exchange, before)[0] == OrderStatus.CANCELLED
    assert status_of(exchange, after)[0] == OrderStatus.OPEN


def test_a_refusal_keeps_nothing_else_back(exchange: Exchange) -> None:
    closed = exchange.place("owner", "BUY", "50000", "0.1")
    exchange.cancel("owner", closed)
    foreign = exchange.place("colleague", "BUY", "50000", "0.1")
    exchange.run()
    owner = exchange.account("owner").pk
    receipts = accept_commands(
        [
            limit(exchange, "owner", Side.BUY, "50000", "0.000001"),
            limit(exchange, "owner", Side.BUY, "50000", "0.1", symbol="NO-SUCH"),
            CancelCommand(owner, closed),
            CancelCommand(owner, foreign),
            CancelCommand(owner, 12345),
            limit(exchange, "owner", Side.BUY, "50000", "0.1"),
        ],
        reply_to="",
    )
    refusals = [type(receipt) for receipt in receipts[:5]]
    assert refusals == [QuantityOffLot, UnknownMarket, OrderNotOpen, OrderNotFound, OrderNotFound]
    exchange.run()
    assert status_of(exchange, accepted(receipts[5]))[0] == OrderStatus.OPEN
    assert status_of(exchange, foreign)[0] == OrderStatus.OPEN


def test_only_refusals_write_nothing(exchange: Exchange) -> None:
    exchange.set_state(int(MarketState.HALTED), reason="a test")
    exchange.run()
    forget_markets()
    before = untouched(), Command.objects.count(), ClientOrderKey.objects.count()
    receipts = accept_commands(
        [
            limit(exchange, "owner", Side.BUY, "50000", "0.1", "mine"),
            CancelCommand(exchange.account("outsider").pk, 1),
        ],
        reply_to="",
    )
    assert [type(receipt) for receipt in receipts] == [MarketHalted, OrderNotFound]
    exchange.run()
    assert (untouched(), Command.objects.count(), ClientOrderKey.objects.count()) == before


@pytest.mark.parametrize("is_same_batch", [True, False])
def test_a_repeat_finds_the_first_order(exchange: Exchange, is_same_batch: bool) -> None:
    first = limit(exchange, "owner", Side.BUY, "50000", "0.1", "mine")
    other = limit(exchange, "owner", Side.BUY, "50000", "0.2", "mine")
    somebody_elses = limit(exchange, "colleague", Side.BUY, "50000", "0.1", "mine")
    if is_same_batch:
        placed, repeat, conflict, theirs = accept_commands([first, first, other, somebody_elses], reply_to="")
    else:
        (placed,) = accept_commands([first], reply_to="")
        repeat, conflict, theirs = accept_commands([first, other, somebody_elses], reply_to="")
    assert repeat == Repeated(accepted(placed))
    assert isinstance(conflict, ClientOrderIdConflict)
    assert accepted(theirs) != accepted(placed)
    exchange.run()
    assert Command.objects.count() == 2


def test_a_repeat_is_found_although_the_market_is_halted_by_now(exchange: Exchange) -> None:
    command = limit(exchange, "owner", Side.BUY, "50000", "0.1", "mine")
    (placed,) = accept_commands([command], reply_to="")
    exchange.set_state(int(MarketState.HALTED), reason="a test")
    exchange.run()
    forget_markets()
    assert accept_commands([command], reply_to="") == [Repeated(accepted(placed))]


def test_an_immediate_order_has_an_end(exchange: Exchange) -> None:
    request = OrderRequest(
        symbol="BTC-USDT",
        side=Side.BUY,
        order_type=OrderType.MARKET,
        time_in_force=TimeInForce.IOC,
        quote_amount=Decimal("100"),
    )
    (receipt,) = accept_commands([PlaceCommand(exchange.account("owner").pk, request)], reply_to="")
    logged = Command.objects.get(pk=accepted(receipt))
    assert logged.expires_at is not None
    assert 4 < (logged.expires_at - logged.accepted_at).total_seconds() <= 5.1


def test_nothing_to_accept(exchange: Exchange) -> None:
    assert accept_commands([], reply_to="") == []
