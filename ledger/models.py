"""The books: assets, accounts, balances, and the journal every change of a balance comes from.

`Balance` is a running total; the journal is the truth. A `JournalEntry` has postings that sum to zero per asset over
`available + locked` (a trigger refuses anything else), entries of one writer are numbered without gaps, and each
batch of them is a link in that writer's hash chain.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from kernel.ids import MAX_WRITER
from kernel.units import MAX_SCALE, STORED_DECIMALS, STORED_DIGITS
from storage.models import AppendOnlyModel


class AmountField(models.DecimalField):
    """Units of an asset, exact to 18 decimals."""

    def __init__(self, **options: object) -> None:
        options.setdefault("max_digits", STORED_DIGITS)
        options.setdefault("decimal_places", STORED_DECIMALS)
        super().__init__(**options)  # type: ignore[arg-type]


class Asset(models.Model):
    """Something that can be owned. Its `scale` never changes: atoms in old entries would change their meaning."""

    symbol = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=60)
    scale = models.PositiveSmallIntegerField(validators=[MaxValueValidator(MAX_SCALE)])
    """Decimals of one atom: an atom is 10^-scale units."""
    display_decimals = models.PositiveSmallIntegerField(default=8)
    is_enabled = models.BooleanField(default=True)
    max_position = AmountField(null=True, blank=True)
    """Units one account may hold or buy; null: any amount."""

    class Meta:
        ordering = ["symbol"]
        constraints = [
            models.CheckConstraint(condition=models.Q(scale__lte=MAX_SCALE), name="asset_scale_stored_exactly")
        ]

    def __str__(self) -> str:
        return self.symbol


class Writer(models.Model):
    """One process that posts: a matching shard, the funds processor, the opening of the books.

    Each has its own accounts for fees and the like, its own entry numbers and its own hash chain, so writers never
    wait for each other. `id` is the writer number inside `kernel.ids`.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, validators=[MaxValueValidator(MAX_WRITER)])
    name = models.CharField(max_length=40, unique=True)
    last_sequence = models.BigIntegerField(default=0)
    """Number of the last entry; the next one is greater by one."""
    chain_hash = models.BinaryField(default=bytes)
    last_row_id = models.BigIntegerField(default=0)
    """Greatest id this writer gave; ids stay increasing when the clock does not."""

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id__lte=MAX_WRITER), name="writer_number_fits_in_ids")]

    def __str__(self) -> str:
        return self.name


class AccountKind(models.TextChoices):
    USER = "user"
    FEES = "fees"
    CUSTODY = "custody"
    SUSPENSE = "suspense"
    OPENING = "opening"
    EXPENSES = "expenses"
    """What networks and banks took from the exchange."""
    HOUSE = "house"
    """The exchange's own money, apart from its users'."""


NEGATIVE_KINDS = (AccountKind.OPENING, AccountKind.CUSTODY, AccountKind.EXPENSES)
"""Accounts that stand against money held elsewhere or spent: their balances are below zero."""


class Account(models.Model):
    """Whose money it is. Users have one account; a writer has one system account of each kind and purpose it needs."""

    kind = models.CharField(max_length=10, choices=AccountKind)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="account"
    )
    writer = models.ForeignKey(Writer, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts")
    purpose = models.CharField(max_length=40, blank=True, default="", db_default="")
    """Which of several accounts of one kind: custody has one for each wallet of a rail ("sim:hot")."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=AccountKind.USER, user__isnull=False, writer__isnull=True)
                | (~models.Q(kind=AccountKind.USER) & models.Q(user__isnull=True, writer__isnull=False)),
                name="account_is_a_users_or_a_writers",
            ),
            models.UniqueConstraint(fields=["writer", "kind", "purpose"], name="account_of_writer_kind_and_purpose"),
        ]

    def __str__(self) -> str:
        if self.user_id:
            return str(self.user)
        return ":".join(filter(None, (str(self.writer), self.kind, self.purpose)))


class Balance(models.Model):
    """What an account holds of an asset. Only `ledger.services` and `ledger.journal` write here."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="balances")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    available = AmountField(default=0)
    locked = AmountField(default=0)
    version = models.BigIntegerField(default=0, db_default=0)
    """Grows by one with every change, so that whoever is told of two changes knows which came later."""
    may_be_negative = models.BooleanField(default=False)
    """True for the system accounts that stand against users' money, such as opening and custody."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "asset"], name="balance_of_account_and_asset"),
            models.CheckConstraint(
                condition=models.Q(may_be_negative=True) | models.Q(available__gte=0, locked__gte=0),
                name="balance_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.asset}"


class EntryKind(models.IntegerChoices):
    """Why money moved."""

    ORDER = 1, "order"
    CANCEL = 2, "cancel"
    FUNDING = 3, "funding"
    TRANSFER = 4, "transfer"
    REVERSAL = 5, "reversal"
    BUST = 6, "bust"
    """What a trade did, the other way round. The id is that of the command, which names the trade."""
    DEPOSIT = 7, "deposit"
    WITHDRAWAL_LOCK = 8, "withdrawal locked"
    WITHDRAWAL = 9, "withdrawal"
    WITHDRAWAL_RELEASE = 10, "withdrawal released"
    SWEEP = 11, "sweep"
    HOLD = 12, "hold"
    SUSPENSE = 13, "suspense"
    ADJUSTMENT = 14, "adjustment"


class JournalEntry(AppendOnlyModel):
    """One cause, with postings that sum to zero. The id is that of the command or operation that caused it."""

    id = models.BigIntegerField(primary_key=True)
    writer = models.ForeignKey(
        Writer, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    sequence = models.BigIntegerField()
    """Gapless per writer, from 1."""
    kind = models.PositiveSmallIntegerField(choices=EntryKind)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "journal entries"
        indexes = [models.Index(fields=["writer", "sequence"], name="entry_of_writer")]

    def __str__(self) -> str:
        return f"{self.writer_id}:{self.sequence}"


class Posting(AppendOnlyModel):
    """One line of an entry: by how much one balance changed."""

    id = models.BigIntegerField(primary_key=True)
    entry = models.ForeignKey(
        JournalEntry,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="postings",
    )
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    asset = models.ForeignKey(Asset, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    available_delta = AmountField()
    locked_delta = AmountField()

    class Meta:
        indexes = [models.Index(fields=["account", "id"], name="posting_of_account")]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.available_delta} / {self.locked_delta}"


class ChainLink(AppendOnlyModel):
    """One batch of a writer's entries, bound to all before it."""

    id = models.BigIntegerField(primary_key=True)
    writer = models.ForeignKey(Writer, on_delete=models.PROTECT, related_name="+")
    first_sequence = models.BigIntegerField()
    last_sequence = models.BigIntegerField()
    first_posting_id = models.BigIntegerField()
    last_posting_id = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["writer", "first_sequence"], name="link_of_writer")]

    def __str__(self) -> str:
        return f"{self.writer_id}:{self.first_sequence}-{self.last_sequence}"


class IdempotencyKey(AppendOnlyModel):
    """The first use of a key: a repeat with the same input finds its entry, one with another input is refused."""

    writer = models.ForeignKey(Writer, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    input_hash = models.BinaryField()
    entry_id = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["writer", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key


class VerificationRun(AppendOnlyModel):
    """What a check of the books found."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(default=timezone.now)
    is_consistent = models.BooleanField()
    is_full = models.BooleanField(default=True, db_default=True)
    """Of everything; else of what changed since the check before it, and of all balances."""
    findings = ArrayField(models.TextField(), default=list)
    entries = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return "consistent" if self.is_consistent else f"{len(self.findings)} findings"


class VerifiedWriter(models.Model):
    """How far a writer's chain was proven: see `ledger.verified`."""

    writer = models.OneToOneField(Writer, on_delete=models.PROTECT, primary_key=True, related_name="+")
    last_sequence = models.BigIntegerField(default=0)
    chain_hash = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return f"{self.writer_id} up to {self.last_sequence}"


class VerifiedBalance(models.Model):
    """What a balance was when its writers' chains were proven up to `VerifiedWriter`."""

    balance = models.OneToOneField(
        Balance, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="+"
    )
    available = AmountField()
    locked = AmountField()

    def __str__(self) -> str:
        return f"{self.available} + {self.locked}"
