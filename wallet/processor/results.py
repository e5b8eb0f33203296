"""What a batch has to write beside balances and journal, collected while its operations are applied."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from kernel.units import plain
from wallet.processor.reading import PendingOperation

DEPOSIT_EVENT = "deposit"
WITHDRAWAL_EVENT = "withdrawal"
TRANSFER_EVENT = "transfer"
HOLD_EVENT = "funds_hold"


class Result(NamedTuple):
    """What became of one operation. A code: it was refused and changed nothing."""

    operation: PendingOperation
    code: str
    detail: Mapping[str, str]


@dataclass(slots=True)
class Told:
    """One thing that one account is told on its private stream."""

    account_id: int
    cause_id: int
    payload: dict[str, Any]
    sequence: int = 0
    """Its number among the account's events of this writer; known when it is written."""


@dataclass(slots=True)
class Mail:
    """A mail to a user, as a row of `FundsMail`."""

    user_id: int
    template: str
    context: dict[str, str]


@dataclass(slots=True)
class MailedCredits:
    """The one mail about several deposits, and their sum in units."""

    mail: Mail
    total: Decimal
    count: int = 1

    def add(self, amount: Decimal) -> None:
        self.total += amount
        self.count += 1

    def sum_up(self) -> None:
        """Have the mail say how much and how many it is about, now that this is known."""
        if self.count > 1:
            self.mail.context["amount"], self.mail.context["count"] = plain(self.total), str(self.count)


@dataclass(slots=True)
class Collected:
    """Everything of one batch."""

    results: list[Result] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    credits: dict[tuple[int, int], MailedCredits] = field(default_factory=dict)
    """User and asset to the mail about what the batch credits."""

    def tell(self, account_id: int, cause_id: int, event: str, **content: Any) -> None:
        """`content` is what clients read, amounts as plain text."""
        self.told.append(Told(account_id, cause_id, {"type": event, **content}))

    def summed_up_mails(self) -> list[Mail]:
        """All mails of the batch, which is applied."""
        for credits in self.credits.values():
            credits.sum_up()
        return self.mails

    def take_results(self) -> list[Result]:
        """What became of the operations applied since the last call."""
        taken, self.results = self.results, []
        return taken
