"""Ids and names in addresses and queries. What cannot be one names nothing, and never reaches the database."""

import re
from typing import Any
from uuid import UUID

from rest_framework.exceptions import ValidationError

from ledger.api.parameters import Query
from wallet.venues.api import account_serializers
from wallet.venues.errors import DepositAddressNotFound, ExchangeAccountNotFound, ExchangeNotSupported

_UUID = re.compile(account_serializers.UUID)
_EXCHANGE = re.compile(account_serializers.EXCHANGE_ID)
_CURRENCY = re.compile(account_serializers.CURRENCY)
_NETWORK = re.compile(account_serializers.NETWORK)
LONGEST_SEARCH = 128


def parse_uuid(text: Any) -> UUID | None:
    """An id as we write it; None for what cannot be one."""
    return UUID(text) if isinstance(text, str) and _UUID.match(text) else None


def account_id_in(text: str) -> UUID:
    """Raises ExchangeAccountNotFound."""
    found = parse_uuid(text)
    if found is None:
        raise ExchangeAccountNotFound
    return found


def address_id_in(text: str) -> UUID:
    """Raises DepositAddressNotFound."""
    found = parse_uuid(text)
    if found is None:
        raise DepositAddressNotFound
    return found


def exchange_id_in(text: str) -> str:
    """Raises ExchangeNotSupported."""
    if not _EXCHANGE.match(text):
        raise ExchangeNotSupported
    return text


def currency_named(text: str) -> str | None:
    """The code as we keep it; None for what cannot be one."""
    return text.upper() if _CURRENCY.match(text) else None


def uuid_in(query: Query, name: str) -> UUID | None:
    """A parameter that is an id. Raises DRF's ValidationError."""
    text = query.text(name)
    found = parse_uuid(text)
    if text is not None and found is None:
        raise ValidationError({name: ["An id, such as one of our answers has."]})
    return found


def exchange_in(query: Query) -> str | None:
    return _matching(query, "exchange", _EXCHANGE)


def currency_in(query: Query) -> str | None:
    text = _matching(query, "currency", _CURRENCY)
    return text.upper() if text else None


def network_in(query: Query) -> str | None:
    return _matching(query, "network", _NETWORK)


def search_in(query: Query, name: str) -> str | None:
    """Free text of one line. Raises DRF's ValidationError."""
    text = query.text(name)
    if text is not None and (len(text) > LONGEST_SEARCH or not text.isprintable()):
        raise ValidationError({name: [f"One line of at most {LONGEST_SEARCH} characters."]})
    return text


def _matching(query: Query, name: str, form: re.Pattern[str]) -> str | None:
    text = query.text(name)
    if text is not None and not form.match(text):
        raise ValidationError({name: ["There is no such name."]})
    return text
