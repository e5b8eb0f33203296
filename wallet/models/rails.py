"""Rails: the ways on which money comes in and goes out, and what each does with each asset."""

from django.db import models

from accounts.models import ApiKey
from ledger.models import AmountField, Asset
from storage.encryption import EncryptedSecretField


class RailKind(models.TextChoices):
    SIMULATED_CHAIN = "simulated_chain", "simulated chain"
    CUSTODY = "custody", "custody account at an exchange"
    BANK = "bank", "bank transfer"
    PROCESSOR = "processor", "payment processor"
    INTERNAL = "internal"


class Rail(models.Model):
    """One way in and out. Its custody accounts in the ledger are named `<code>:<wallet>`: `sim:incoming`, `sim:hot`."""

    code = models.SlugField(max_length=20, primary_key=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=16, choices=RailKind)
    is_enabled = models.BooleanField(default=True)
    settings = models.JSONField(default=dict, blank=True)
    """What the adapter needs besides secrets: ccxt id, bank account, base URL."""
    cursor_height = models.BigIntegerField(default=0)
    """The last block, or entry, whose deposits are in the tables; moved only together with them."""
    cursor_hash = models.CharField(max_length=80, blank=True)
    cursor = models.JSONField(default=dict, blank=True)
    """Further marks of rails without blocks."""
    payouts_frozen_reason = models.CharField(max_length=200, blank=True)
    """Not empty: nothing is sent, as after a restore, until a reconciliation has passed."""
    payouts_frozen_at = models.DateTimeField(null=True, blank=True)
    """Since when. What a rail said before that does not end it."""
    seen_at = models.DateTimeField(null=True, blank=True)
    """When the rail last answered."""
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["code"]
        permissions = [("operate_rail", "Can pause rails and confirm their files")]

    def __str__(self) -> str:
        return self.name

    def custody_purpose(self, wallet: str) -> str:
        """The ledger's name for one of this rail's wallets."""
        return f"{self.code}:{wallet}"


class RailCredential(models.Model):
    """Keys for a rail at somebody else's; encrypted, never shown."""

    rail = models.OneToOneField(Rail, on_delete=models.PROTECT, primary_key=True, related_name="credential")
    api_key = EncryptedSecretField(blank=True)
    api_secret = EncryptedSecretField(blank=True)
    passphrase = EncryptedSecretField(blank=True)

    def __str__(self) -> str:
        return f"keys of {self.rail_id}"


class RailAsset(models.Model):
    """What a rail does with an asset. Amounts in units of the asset."""

    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="assets")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="rail_assets")
    network = models.CharField(max_length=20)
    """The network's public name: SIM, BTC, TRC20, SEPA. Unique for an asset."""
    deposits_enabled = models.BooleanField(default=True)
    withdrawals_enabled = models.BooleanField(default=True)
    needs_tag = models.BooleanField(default=False)
    address_format = models.CharField(max_length=20, blank=True)
    """Name of a format in `wallet.core.addresses`; empty: not checked."""
    confirmations = models.PositiveIntegerField(default=1)
    """Of a deposit before it is credited, and of a payout before it is final."""
    min_deposit = AmountField(default=0)
    min_withdrawal = AmountField(default=0)
    withdrawal_fee = AmountField(default=0)
    """What the user pays on top of the amount; the network's own fee is ours to pay."""
    send_decimals = models.PositiveSmallIntegerField(default=8)
    """How many decimals the rail can carry; may be fewer than the asset's scale."""
    auto_approve_limit = AmountField(default=0)
    """A single payout up to this goes out without staff."""
    hot_limit = AmountField(default=0)
    """Payouts up to this in 24 hours go out without staff, all users together."""
    hot_target = AmountField(default=0)
    """What the hot wallet should hold; more is proposed to go cold, much less to come back."""

    class Meta:
        ordering = ["asset__symbol", "network"]
        constraints = [
            models.UniqueConstraint(fields=["rail", "asset"], name="rail_asset_once"),
            models.UniqueConstraint(fields=["asset", "network"], name="network_of_asset_once"),
        ]

    @property
    def confirmations_needed(self) -> int:
        """One at least: what needs none would be counted by nobody."""
        return max(self.confirmations, 1)

    def __str__(self) -> str:
        return f"{self.asset} on {self.network}"


class IngestGrant(models.Model):
    """What an API key with the scope `funds:ingest` may report: deposits of one rail, up to a cap, and nothing else."""

    api_key = models.OneToOneField(ApiKey, on_delete=models.PROTECT, related_name="ingest_grant")
    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="ingest_grants")
    daily_cap = AmountField()
    """In 24 hours, in the reference asset."""
    four_eyes_above = AmountField()
    """A single deposit worth more waits for staff; in the reference asset."""

    def __str__(self) -> str:
        return f"{self.api_key} for {self.rail_id}"
