"""What a bank says, entry by entry, and what it is told to pay."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from ledger.models import AmountField, Asset
from storage.models import AppendOnlyModel
from wallet.models.rails import Rail


class BankStatementImport(AppendOnlyModel):
    """One statement file that staff brought in. The same file comes in once; so does each entry, in whatever file."""

    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="statement_imports")
    file_name = models.CharField(max_length=120)
    file_format = models.CharField(max_length=10)
    """csv or camt.053."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the file."""
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(default=timezone.now)
    entries_new = models.PositiveIntegerField()
    entries_known = models.PositiveIntegerField()
    """Entries that an earlier file had already brought."""
    closing_balance = AmountField(null=True)
    """What staff say the bank says is on the account after the last entry; null where they did not.

    A file that says it as well has to agree.
    """
    covers_until = models.DateField(null=True)
    """The last day it tells of; null where nobody knows."""

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["rail", "digest"], name="statement_imported_once")]
        permissions = [("import_statement", "Can bring in bank statements")]

    def __str__(self) -> str:
        return self.file_name


class BankEntry(AppendOnlyModel):
    """One booked line of a bank account."""

    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="bank_entries")
    statement = models.ForeignKey(BankStatementImport, on_delete=models.PROTECT, related_name="entries")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=128)
    """The bank's own id of the entry; of a reversal, marked as such."""
    booking_id = models.CharField(max_length=128, blank=True, default="")
    """The bank's id of the booking of which this is a part, or all; a booking counts in one way of parting it."""
    amount = AmountField()
    """Positive: came in. Negative: went out."""
    booked_on = models.DateField()
    counterparty = models.CharField(max_length=140, blank=True)
    counterparty_account = models.CharField(max_length=34, blank=True)
    remittance = models.CharField(max_length=280, blank=True)
    """What the payer wrote."""
    payout_id = models.CharField(max_length=35, blank=True)
    """Our id, where the entry is one of our payouts."""
    is_reversal = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "bank entries"
        constraints = [models.UniqueConstraint(fields=["rail", "external_id"], name="bank_entry_once")]
        indexes = [models.Index(fields=["rail", "booking_id"], name="bank_entries_of_booking")]

    def __str__(self) -> str:
        return self.external_id


class PaymentFile(models.Model):
    """Payouts handed to the bank together, as the very bytes that staff download."""

    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="payment_files")
    message_id = models.CharField(max_length=35, unique=True)
    content = models.BinaryField()
    count = models.PositiveIntegerField()
    control_sum = AmountField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    downloaded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.message_id


class BankPayoutState(models.TextChoices):
    QUEUED = "QUEUED", "waits for a file"
    IN_FILE = "IN_FILE", "in a file"
    PAID = "PAID", "paid"
    REFUSED = "REFUSED", "refused by the bank"


class BankPayout(models.Model):
    """One payout by bank transfer. It is in at most one file, and a file is made of each once.

    One that is paid without a file was in one that a restored database does not have.
    """

    payout_id = models.CharField(max_length=35, primary_key=True)
    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="bank_payouts")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    amount = AmountField()
    iban = models.CharField(max_length=34)
    beneficiary = models.CharField(max_length=70)
    remittance = models.CharField(max_length=140, blank=True)
    state = models.CharField(max_length=8, choices=BankPayoutState, default=BankPayoutState.QUEUED)
    file = models.ForeignKey(PaymentFile, on_delete=models.PROTECT, null=True, blank=True, related_name="payouts")
    bank_reference = models.CharField(max_length=128, blank=True)
    network_fee = AmountField(default=0)
    """What the bank charged for it."""
    queued_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-queued_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="bank_payout_positive"),
            models.CheckConstraint(
                condition=~models.Q(state="IN_FILE") | models.Q(file__isnull=False),
                name="bank_payout_in_a_file",
            ),
        ]

    def __str__(self) -> str:
        return self.payout_id
