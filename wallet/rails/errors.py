"""Refusals about deposits, reports of rails, files of banks, reconciliation and corrections."""

from kernel.errors import BourseError


class DepositNotFound(BourseError):
    """No such deposit, or somebody else's, or another rail's."""

    code = "DEPOSIT_NOT_FOUND"
    status = 404
    message = "There is no such deposit."


class IngestNotGranted(BourseError):
    """Only a key that staff have bound to a rail may report deposits; never a session, never a user's key."""

    code = "INGEST_NOT_GRANTED"
    status = 403
    message = "This key may not report deposits."


class IngestCapExceeded(BourseError):
    """The key has reported as much within 24 hours as it may; `details` has cap and left, in the reference asset."""

    code = "INGEST_CAP_EXCEEDED"
    status = 422
    message = "This is more than the key may report within 24 hours."


class DepositContradicts(BourseError):
    """The transaction's output was reported before with another amount, asset or recipient; nothing was changed."""

    code = "DEPOSIT_CONTRADICTS"
    status = 409
    message = "This transaction was reported before with other content."


class DepositsSuspended(BourseError):
    """The asset cannot be received over this network at the moment."""

    code = "DEPOSITS_SUSPENDED"
    status = 503
    message = "Deposits of this asset over this network are suspended at the moment."
    retry_after = 60


class ClaimNotFound(BourseError):
    """No such claim, or somebody else's."""

    code = "CLAIM_NOT_FOUND"
    status = 404
    message = "There is no such claim."


class ClaimExists(BourseError):
    """The account claims this transaction already, and staff have not decided yet."""

    code = "CLAIM_EXISTS"
    status = 409
    message = "You have claimed this transaction already. We are looking into it."


class TooManyClaims(BourseError):
    """As many open claims as an account may have."""

    code = "TOO_MANY_CLAIMS"
    status = 422
    message = "You have as many open claims as one may have. Wait until we have looked into them."


class ClaimNotOpen(BourseError):
    """The claim was decided before."""

    code = "CLAIM_NOT_OPEN"
    status = 409
    message = "This claim was decided before."


class NotInSuspense(BourseError):
    """The deposit is not waiting for a decision, or somebody has proposed one already."""

    code = "NOT_IN_SUSPENSE"
    status = 409
    message = "This deposit does not wait for a proposal."


class ProposalNotOpen(BourseError):
    """What was proposed was decided before."""

    code = "PROPOSAL_NOT_OPEN"
    status = 409
    message = "This was decided before."


class NeedsAnother(BourseError):
    """Nobody agrees to what they have asked for, nor decides about money of their own."""

    code = "NEEDS_ANOTHER_PERSON"
    status = 403
    message = "Somebody else has to decide this."


class StatementRepeated(BourseError):
    """This very file was brought in before."""

    code = "STATEMENT_REPEATED"
    status = 409
    message = "This statement was imported before."


class StatementOfAnotherAccount(BourseError):
    """The file is of another bank account, or in another currency."""

    code = "STATEMENT_OF_ANOTHER_ACCOUNT"
    status = 422
    message = "This statement is of another account."


class NothingToPay(BourseError):
    """No payout waits for a file, or payouts of this rail are stopped."""

    code = "NOTHING_TO_PAY"
    status = 409
    message = "No payout of this rail can be put into a file at the moment."


class BankPayoutNotOpen(BourseError):
    """The payout is not in a file that waits for the bank's word."""

    code = "BANK_PAYOUT_NOT_OPEN"
    status = 409
    message = "This payout does not wait for the bank."


class AdjustmentInvalid(BourseError):
    """Lines that do not make an entry; `details.fields` says why."""

    code = "ADJUSTMENT_INVALID"
    status = 422
    message = "These lines cannot be posted."


class PayoutMayBeRepeated(BourseError):
    """The rail has made a payout that the books still mean to make; a reason does not keep them from it.

    Two of the staff say on its page that it was sent.
    """

    code = "PAYOUT_MAY_BE_REPEATED"
    status = 409
    message = "The books still mean to make this payout. Say at the withdrawal that it was sent."


class DifferenceClosed(BourseError):
    """The difference was resolved before, or went away by itself."""

    code = "DIFFERENCE_CLOSED"
    status = 409
    message = "This difference is closed."
