"""Random but repeatable orders and cancels of the cast, logged as the web process logs them."""

import random

from tests.support.cast import CAST
from tests.support.exchange import Exchange


def log_flow(
    exchange: Exchange, count: int, *, seed: int, symbols: tuple[str, ...] = ("BTC-USDT", "ETH-USDT")
) -> list[int]:
    """Log that many commands; returns their ids."""
    rng = random.Random(seed)
    middle = {"BTC-USDT": 60_000, "ETH-USDT": 3_000}
    placed: list[tuple[str, int, str]] = []
    ids: list[int] = []
    for _ in range(count):
        symbol = rng.choice(symbols)
        name, side = rng.choice(CAST), rng.choice(["BUY", "SELL"])
        draw = rng.random()
        if draw < 0.2 and placed:
            owner, order_id, where = rng.choice(placed)
            ids.append(exchange.cancel(owner, order_id, symbol=where))
        elif draw < 0.35:
            by_quote = rng.random() < 0.5
            quantity = None if by_quote else f"{rng.randint(1, 30) / 10:.1f}"
            amount = str(rng.randint(100, 5_000)) if by_quote else None
            ids.append(exchange.place(name, side, None, quantity, quote_amount=amount, symbol=symbol))
        else:
            price = middle[symbol] + rng.randint(-20, 20)
            order_id = exchange.place(name, side, f"{price}", f"{rng.randint(1, 30) / 10:.1f}", symbol=symbol)
            placed.append((name, order_id, symbol))
            ids.append(order_id)
    return ids
