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
class Collected:
    """Everything of one batch."""

    results: list[Result] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    credits: dict[tuple[int, str], tuple[Mail, Decimal, int]] = field(default_factory=dict)
    """(user, asset) to the mail about what was credited in this batch, its sum in units and how many deposits it is."""

    def tell(self, account_id: int, cause_id: int, event: str, **content: Any) -> None:
        """`content` is what clients read, amounts as plain text."""
        self.told.append(Told(account_id, cause_id, {"type": event, **content}))

    def mail_credit(self, mail: Mail, asset: str, amount: Decimal) -> None:
        """One mail for all deposits of an asset that the batch credits to a user: nobody wants a thousand."""
        known = self.credits.get((mail.user_id, asset))
        if known is None:
            self.credits[mail.user_id, asset] = mail, amount, 1
            self.mails.append(mail)
            return
        first, total, count = known
        total, count = total + amount, count + 1
        first.context["amount"], first.context["count"] = plain(total), str(count)
        self.credits[mail.user_id, asset] = first, total, count
