"""What the worker writes for people to read: orders, trades, and each user's numbered events."""

from django.db import models

from ledger.models import Account, AmountField, Writer
from matching.models.markets import Market
from storage.models import AppendOnlyModel


class OrderStatus(models.IntegerChoices):
    """PENDING has no row yet: the command is accepted and not matched."""

    PENDING = 0
    OPEN = 1
    PARTIAL = 2
    FILLED = 3
    CANCELLED = 4
    REJECTED = 5
    EXPIRED = 6


class Order(models.Model):
    """An order as it stands. The id is that of the command that placed it."""

    id = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="orders"
    )
    market = models.ForeignKey(
        Market, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    client_order_id = models.CharField(max_length=64, null=True)  # absent is not the empty id
    side = models.PositiveSmallIntegerField()
    order_type = models.PositiveSmallIntegerField()
    time_in_force = models.PositiveSmallIntegerField()
    post_only = models.BooleanField()
    price = AmountField(null=True)
    """Quote units per base unit; null for orders without a limit price."""
    quantity = AmountField(null=True)
    """Base units; null for a market order placed by quote amount."""
    quote_amount = AmountField(null=True)
    """Quote units an order without a limit price may spend or bring; null for all others."""
    filled_quantity = AmountField(default=0)
    filled_quote = AmountField(default=0)
    """Quote units: divided by `filled_quantity` it is the average price."""
    status = models.PositiveSmallIntegerField(choices=OrderStatus)
    reason = models.CharField(max_length=40, default="", blank=True)
    """Why it was rejected, cancelled or expired."""
    priority = models.BigIntegerField(null=True)
    """Place in the queue of its market; null if it never rested."""
    maker_ppm = models.PositiveIntegerField(default=0)
    taker_ppm = models.PositiveIntegerField(default=0)
    stp_mode = models.PositiveSmallIntegerField(db_default=1, default=1)
    """A `SelfTradePrevention`."""
    stp_group = models.BigIntegerField(null=True)
    """The self-trade group of the account when the order came in; null: the account itself."""
    display_quantity = AmountField(null=True)
    """Base units an iceberg shows at a time; null for all others."""
    visible_quantity = AmountField(null=True)
    """Base units an iceberg in the book shows now."""
    trigger_price = AmountField(null=True)
    """What ends the waiting; that of a trailing stop moves."""
    trailing_ppm = models.PositiveIntegerField(db_default=0, default=0)
    trailing_extreme = AmountField(null=True)
    """The best price since a trailing stop came in."""
    protection_price = AmountField(null=True)
    """The worst price of a waiting purchase that names none."""
    is_waiting = models.BooleanField(db_default=False, default=False)
    """Accepted and not triggered: open, but not in the book."""
    triggered_at = models.DateTimeField(null=True)
    good_till = models.DateTimeField(null=True)
    other_leg_id = models.BigIntegerField(null=True)
    """The order of which this one cancels, or cancelled, the other."""
    prevented_quantity = AmountField(db_default=0, default=0)
    """Base units taken off by self-trade prevention. Left of an order is quantity - filled - prevented."""
    locked = AmountField(db_default=0, default=0)
    """What the balance has locked for this order now: quote units of a purchase, base units of a sale."""
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="order_of_account"),
            models.Index(
                fields=["market", "priority"],
                name="order_in_book",
                condition=models.Q(status__in=[OrderStatus.OPEN, OrderStatus.PARTIAL]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Trade(AppendOnlyModel):
    """A match. Its two sides are the fills of two orders."""

    id = models.BigIntegerField(primary_key=True)
    market = models.ForeignKey(
        Market, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    number = models.BigIntegerField()
    """Gapless per market, from 1."""
    price = AmountField()
    quantity = AmountField()
    quote_amount = AmountField()
    taker_side = models.PositiveSmallIntegerField()
    maker_order_id = models.BigIntegerField()
    taker_order_id = models.BigIntegerField()
    maker_account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    taker_account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    maker_fee = AmountField()
    taker_fee = AmountField()
    """Units of what that side received: base for the buyer, quote for the seller."""
    executed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["market", "-id"], name="trade_of_market"),
            models.Index(fields=["maker_account", "-id"], name="trade_of_maker"),
            models.Index(fields=["taker_account", "-id"], name="trade_of_taker"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} at {self.price}"


class UserEvent(AppendOnlyModel):
    """Something a user's private stream tells; numbered without gaps per account and writer."""

    id = models.BigIntegerField(primary_key=True)
    writer = models.ForeignKey(
        Writer, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    sequence = models.BigIntegerField()
    command_id = models.BigIntegerField()
    payload = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["account", "writer", "-sequence"], name="event_of_account")]

    def __str__(self) -> str:
        return f"{self.account_id}:{self.sequence}"
