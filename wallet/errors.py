"""Refusals about withdrawals, transfers and the address book. None of them has moved or locked anything."""

from collections.abc import Sequence

from kernel.errors import BourseError


class WithdrawalNotFound(BourseError):
    """No such withdrawal, or somebody else's."""

    code = "WITHDRAWAL_NOT_FOUND"
    status = 404
    message = "There is no such withdrawal."


class UnknownNetwork(BourseError):
    """The asset cannot be sent over a network of this name."""

    code = "UNKNOWN_NETWORK"
    status = 404
    message = "This asset is not sent over such a network here."


class WithdrawalsFrozen(BourseError):
    """Staff have frozen the withdrawals of this account; transfers to other users are withdrawals, too."""

    code = "WITHDRAWALS_FROZEN"
    status = 403
    message = "Withdrawals from this account are frozen. Please contact support."


class IdentityNotApproved(BourseError):
    """Nothing leaves before the account's identity was approved, or while its level has no limits."""

    code = "IDENTITY_NOT_APPROVED"
    status = 403
    message = "Your identity has to be approved before you can withdraw."


class WithdrawalsHeld(BourseError):
    """The password or the second factor was changed a short time ago; `details.until` says when the hold ends."""

    code = "WITHDRAWALS_HELD"
    status = 422
    message = "Withdrawals wait for 48 hours after a change of the password or of the second factor."


class WithdrawalsSuspended(BourseError):
    """Nothing is sent over this network at the moment; staff have stopped it, or the asset is disabled."""

    code = "WITHDRAWALS_SUSPENDED"
    status = 503
    message = "Withdrawals of this asset over this network are suspended at the moment."
    retry_after = 60


class WithdrawalTooSmall(BourseError):
    """Less than the network's minimum, which `details.minimum` has."""

    code = "WITHDRAWAL_TOO_SMALL"
    status = 422
    message = "The amount is below the minimum of this network."


class WithdrawalLimitExceeded(BourseError):
    """More than the account may take out in 24 hours or 30 days; `details` has limit, used and left."""

    code = "WITHDRAWAL_LIMIT_EXCEEDED"
    status = 422
    message = "This is more than your withdrawal limit leaves."


class WithdrawalRateExceeded(BourseError):
    """As many withdrawals within an hour as the account may make."""

    code = "WITHDRAWAL_RATE_EXCEEDED"
    status = 429
    message = "You have made as many withdrawals as are possible within an hour."
    retry_after = 600


class TagRequired(BourseError):
    """The network needs a tag or memo with the address."""

    code = "TAG_REQUIRED"
    status = 422
    message = "This network needs a tag with the address."


class AddressNotSaved(BourseError):
    """Money is only sent to addresses of the account's address book."""

    code = "ADDRESS_NOT_SAVED"
    status = 422
    message = "Save this address in your address book first."


class AddressCoolingOff(BourseError):
    """The address was saved a short time ago; `details.usable_at` says from when on it can be used."""

    code = "ADDRESS_COOLING_OFF"
    status = 422
    message = "A new address can be used 24 hours after it was saved."


class AddressIsOurs(BourseError):
    """The address is that of a wallet, or of an account, of the exchange itself."""

    code = "ADDRESS_IS_OURS"
    status = 422
    message = "This address belongs to the exchange itself. Send to one of your own, or transfer to another user."


class SavedAddressNotFound(BourseError):
    """No such entry in the address book, or somebody else's."""

    code = "SAVED_ADDRESS_NOT_FOUND"
    status = 404
    message = "There is no such address in your address book."


class AddressSavedAlready(BourseError):
    """The address book has this address, with this tag, for this network already."""

    code = "ADDRESS_SAVED_ALREADY"
    status = 409
    message = "This address is in your address book already."


class AddressBookFull(BourseError):
    """The account keeps as many addresses as it may."""

    code = "ADDRESS_BOOK_FULL"
    status = 409
    message = "Your address book is full. Delete an address first."


class TravelRuleRequired(BourseError):
    """Above a value (`details.above`) the law asks who sends, who receives and why, and a bank always asks who
    receives; `details.fields` names what is missing."""

    code = "TRAVEL_RULE_REQUIRED"
    status = 422
    message = "A withdrawal of this value needs the names of sender and recipient, and its purpose."

    def __init__(self, *, fields: Sequence[str], above: str | None) -> None:
        text = "A bank transfer needs the full name of who receives it." if above is None else None
        details: dict[str, str | list[str]] = {"fields": list(fields)}
        if above is not None:
            details["above"] = above
        super().__init__(text, details=details)


class RecipientUnknown(BourseError):
    """No user of that name can receive a transfer."""

    code = "RECIPIENT_UNKNOWN"
    status = 404
    message = "There is no user of this name who can receive a transfer."


class TransferToSelf(BourseError):
    """Sender and recipient are the same."""

    code = "TRANSFER_TO_SELF"
    status = 422
    message = "You cannot transfer to yourself."


class DecisionNeedsAnother(BourseError):
    """Nobody decides about money of their own, nor twice about the same."""

    code = "DECISION_NEEDS_ANOTHER"
    status = 403
    message = "Somebody else has to decide this."


class PayoutInFlight(BourseError):
    """A call to the rail may still be carried out until `details.until`, so nobody can say that nothing was sent."""

    code = "PAYOUT_IN_FLIGHT"
    status = 409
    message = "The rail was called a short time ago, and may still carry it out."


class SwitchUnknown(BourseError):
    """A kill switch stands for everything, for a rail or for an asset, and this is none of them."""

    code = "SWITCH_UNKNOWN"
    status = 422
    message = "There is nothing of this name that could be stopped."


class ControlInvalid(BourseError):
    """A limit or a price that cannot be; `details.fields` says which and why."""

    code = "CONTROL_INVALID"
    status = 422
    message = "This cannot be set."
