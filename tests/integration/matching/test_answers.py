"""The worker pushes what became of a command to the web process that waits for it."""

import orjson

from matching.models import CommandKind, OrderStatus
from matching.redis_names import answer_key
from matching.worker.publishing import ANSWER_SECONDS
from tests.support.exchange import Exchange


def answers(exchange: Exchange, reply_to: str) -> list[list[dict[str, object]]]:
    return [orjson.loads(item) for item in exchange.redis.lrange(answer_key(reply_to), 0, -1)]


def test_one_message_a_process_and_batch(exchange: Exchange) -> None:
    sale = exchange.place("owner", "SELL", "60000", "1", reply_to="web-1")
    buy = exchange.place("colleague", "BUY", "60000", "0.4", reply_to="web-2")
    refused = exchange.place("colleague", "BUY", "10", "1", reply_to="web-2")
    silent = exchange.place("colleague", "BUY", "50000", "1")
    exchange.run()
    ((first,),) = answers(exchange, "web-1")
    assert (first["id"], first["status"], first["code"]) == (sale, OrderStatus.OPEN, None)
    (second,) = answers(exchange, "web-2")
    assert [(answer["id"], answer["status"], answer["code"]) for answer in second] == [
        (buy, OrderStatus.FILLED, None),
        (refused, OrderStatus.REJECTED, "PRICE_OUT_OF_BAND"),
    ]
    assert second[0]["filled_lots"] == 4_000
    assert second[0]["filled_value"] == 4_000 * 6_000_000
    assert exchange.order(silent).status == OrderStatus.OPEN
    assert 0 < exchange.redis.ttl(answer_key("web-1")) <= ANSWER_SECONDS


def test_a_cancel_names_what_it_ended(exchange: Exchange) -> None:
    orders = [exchange.place("owner", "BUY", str(50_000 + n), "1") for n in range(3)]
    exchange.run()
    exchange._log("owner", CommandKind.CANCEL, "BTC-USDT", target_order_id=orders[0], reply_to="web")
    exchange._log("owner", CommandKind.CANCEL_ALL, "BTC-USDT", reply_to="web")
    exchange._log("owner", CommandKind.CANCEL, "BTC-USDT", target_order_id=orders[0], reply_to="web")
    exchange.run()
    (batch,) = answers(exchange, "web")
    assert [(answer["cancelled"], answer["code"]) for answer in batch] == [
        ([str(orders[0])], None),
        ([str(orders[1]), str(orders[2])], None),
        ([], "ORDER_NOT_FOUND"),
    ]
