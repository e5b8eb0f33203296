"""Deposit addresses at other exchanges, and what users and staff say of an address wherever it occurs."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from wallet.venues.models.accounts import ExchangeAccount, SupportedExchange


class AddressStatus(models.TextChoices):
    CURRENT = "current"
    CHANGED = "changed"
    """The exchange gives this one instead of another we knew: not to be used until the user confirms it."""
    REPLACED = "replaced"
    """What a changed one stands in for; kept, inactive."""
    GONE = "gone"
    """The exchange no longer reports it."""


class DepositAddress(models.Model):
    """Where coins for one of a user's exchange accounts are to be sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(ExchangeAccount, on_delete=models.PROTECT, related_name="addresses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    exchange = models.ForeignKey(SupportedExchange, on_delete=models.PROTECT, related_name="+")
    """User and exchange are the account's; kept here for the indexes."""
    currency = models.CharField(max_length=20)
    network = models.CharField(max_length=40)
    """The network's one name here: BTC, ERC20, TRC20."""
    address = models.CharField(max_length=128)
    tag = models.CharField(max_length=64, blank=True)
    type = models.CharField(max_length=8, default="spot")
    """The kind of account it leads to: spot, futures."""
    description = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=8, choices=AddressStatus, default=AddressStatus.CURRENT)
    is_active = models.BooleanField(default=True)
    is_manual = models.BooleanField(default=False)
    """Entered by the user and not seen at the exchange yet."""
    is_format_checked = models.BooleanField(default=False)
    """Whether the network's format is known here and the address has it."""
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    first_seen_at = models.DateTimeField()
    last_verified_at = models.DateTimeField(null=True, blank=True)
    """When the exchange last gave this very address."""
    exchange_metadata = models.JSONField(default=dict, blank=True)
    user_metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "currency", "network", "address", "tag"], name="deposit_address_once"
            ),
            models.CheckConstraint(
                condition=Q(status="current") | Q(is_active=False), name="only_a_current_address_is_active"
            ),
        ]
        indexes = [
            # The only one of a user's addresses as such: beside another the server prefers to sort them all.
            models.Index(fields=["user", "-created_at", "-id"], name="address_of_user"),
            models.Index(
                fields=["user", "currency", "network"],
                condition=Q(is_active=True, deleted_at=None),
                name="active_address_of_user",
            ),
            models.Index(
                fields=["user", "currency", "id"], condition=Q(deleted_at=None), name="address_of_user_by_currency"
            ),
            models.Index(fields=["exchange", "currency"], name="address_exchange_currency"),
            models.Index(fields=["address", "exchange"], name="address_address_exchange"),
            models.Index(fields=["-created_at", "-id"], name="addresses_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} on {self.network}: {self.address}"


class Listing(models.TextChoices):
    NONE = "", "no list"
    ALLOWED = "allowed"
    BLOCKED = "blocked"


class AddressMark(models.Model):
    """What somebody says of an address at whichever exchange it occurs: a label, and whether it may be used.

    Without a user it is the word of staff, and holds for everybody.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="address_marks"
    )
    network = models.CharField(max_length=40)
    address = models.CharField(max_length=128)
    tag = models.CharField(max_length=64, blank=True)
    label = models.CharField(max_length=60, blank=True)
    listing = models.CharField(max_length=8, choices=Listing, blank=True, default=Listing.NONE)
    reason = models.CharField(max_length=200, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "network", "address", "tag"], nulls_distinct=False, name="address_mark_once"
            ),
        ]
        indexes = [models.Index(fields=["address", "network"], name="address_mark_address")]

    def __str__(self) -> str:
        return f"{self.label or self.listing or 'mark'}: {self.address}"
