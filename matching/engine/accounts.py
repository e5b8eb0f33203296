"""What a market knows of one account: its open orders, and how many it has sent of late."""

from matching.engine.orders import Order, StopOrder


class AccountOrders:
    """The orders of one account in one market."""

    __slots__ = ("rate", "rate_window", "resting", "waiting")

    def __init__(self) -> None:
        self.resting: dict[int, Order] = {}
        self.waiting: dict[int, StopOrder] = {}
        """By id, both."""
        self.rate_window = -1
        self.rate = 0
        """Orders and amendments in that window of `RATE_WINDOW_US`."""
