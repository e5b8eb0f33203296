"""What a bank's rail has in its settings: our one account, and the currency it is kept in."""

from wallet.core.payment_files import BankAccount
from wallet.models import Rail

DEFAULT_CURRENCY = "EUR"


def own_account(rail: Rail) -> BankAccount:
    """Ours; each part is empty where staff have not set it."""
    settings = rail.settings
    return BankAccount(
        name=str(settings.get("holder", "")), iban=str(settings.get("iban", "")), bic=str(settings.get("bic", ""))
    )


def currency_of(rail: Rail) -> str:
    """Three letters."""
    return str(rail.settings.get("currency", DEFAULT_CURRENCY))
