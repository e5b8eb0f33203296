"""What somebody wants to add, read and checked: names of currencies and networks, and addresses entered by hand."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from accounts.errors import FieldInvalid
from wallet.core.addresses import AddressInvalid
from wallet.errors import TagRequired
from wallet.venues.core.fetched import FetchedAddress
from wallet.venues.core.networks import address_format, needs_tag, network_of
from wallet.venues.errors import CurrencyNotSupported, ExchangeNetworkNotSupported
from wallet.venues.models import ExchangeAccount, SupportedExchange
from wallet.venues.services.forms import NewAddress
from wallet.venues.services.marks import LONGEST_LABEL, read_line

LONGEST_DESCRIPTION = 200
MOST_METADATA_BYTES = 4_096
_CURRENCY = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,19}", re.ASCII)
_LONGEST_ADDRESS, _LONGEST_TAG, _LONGEST_NETWORK = 128, 64, 40


def read_new(new: NewAddress, account: ExchangeAccount) -> NewAddress:
    """The same with our names, lines and bounds.

    A network is always needed: exchanges choose one by themselves where none is named, and not always the same. Raises
    FieldInvalid, CurrencyNotSupported, ExchangeNetworkNotSupported.
    """
    currency = new.currency.strip().upper()
    if not _CURRENCY.fullmatch(currency):
        raise FieldInvalid(details={"currency": ["A currency, such as BTC."]})
    named = new.network.strip()
    if not 0 < len(named) <= _LONGEST_NETWORK or not named.isascii() or not named.isprintable():
        raise FieldInvalid(details={"network": ["A network, such as TRC20."]})
    network = network_of(named, currency)
    if not network:
        raise FieldInvalid(details={"network": ["A network, such as TRC20."]})
    if not account.is_sandbox:
        # What a sandbox has is not what the exchange itself has, which is what is kept.
        require_offered(account.exchange, currency, network)
    return replace(
        new,
        currency=currency,
        network=network,
        label=read_line(new.label, "label", LONGEST_LABEL),
        description=read_line(new.description, "description", LONGEST_DESCRIPTION),
        user_metadata=read_user_metadata(new.user_metadata),
    )


def require_offered(exchange: SupportedExchange, currency: str, network: str) -> None:
    """Hold names against what the exchange said last; where it has said nothing yet, anything may be asked for.

    Raises CurrencyNotSupported, ExchangeNetworkNotSupported.
    """
    if not exchange.currencies:
        return
    known = exchange.currencies.get(currency)
    if known is None:
        raise CurrencyNotSupported.at(exchange.pk, currency=currency)
    networks = known.get("networks") or {}
    if networks and network not in networks:
        raise ExchangeNetworkNotSupported.at(exchange.pk, currency=currency)


def read_manual(new: NewAddress) -> FetchedAddress:
    """An address as somebody typed it, in its one spelling. Raises AddressInvalid, TagRequired."""
    address, tag = new.address.strip(), new.tag.strip()
    if needs_tag(new.currency, new.network) and not tag:
        raise TagRequired(details={"network": new.network})
    form = address_format(new.network)
    if form is not None:
        read = form.read(address, tag)
        return FetchedAddress(new.currency, new.network, read.address, read.tag, is_format_checked=True)
    text = f"{address}{tag}"
    is_sound = 0 < len(address) <= _LONGEST_ADDRESS and len(tag) <= _LONGEST_TAG
    if not is_sound or not text.isascii() or not text.isprintable() or " " in address:
        raise AddressInvalid(details={"format": "", "reason": "Letters, digits and signs without accents or spaces."})
    return FetchedAddress(new.currency, new.network, address, tag)


def read_user_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Raises FieldInvalid."""
    try:
        text = json.dumps(dict(metadata), allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise FieldInvalid(details={"user_metadata": ["A JSON object."]}) from error
    if len(text.encode()) > MOST_METADATA_BYTES:
        raise FieldInvalid(details={"user_metadata": [f"At most {MOST_METADATA_BYTES} bytes."]})
    return dict(metadata)
