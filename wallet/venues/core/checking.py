"""Whether what an exchange answered is the address that was asked for. Pure: nothing is asked of anybody here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wallet.core.addresses import AddressInvalid
from wallet.venues.core.fetched import FetchedAddress
from wallet.venues.core.networks import address_format, needs_tag, network_of
from wallet.venues.errors import ExchangeAddressInvalid, ExchangeNetworkMismatch

_LONGEST = 128
_LONGEST_TAG = 64
_KEPT_LENGTH = 200
_KEPT = (
    "url",
    "chain",
    "chainId",
    "chainName",
    "chainType",
    "network",
    "method",
    "expiretm",
    "note",
    "id",
    "created_at",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for."""

    exchange: str
    currency: str
    network: str
    """Our name."""
    network_there: str = ""
    is_determined: bool = False
    """Whether the request itself allowed no other network, so that an answer may leave it out."""
    needs_tag: bool | None = None
    """What the exchange says of the network; None where it does not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, in ccxt's words."""

    address: str
    tag: str = ""
    currency: str | None = None
    network: str | None = None
    info: Mapping[str, Any] = field(default_factory=dict)


def checked_address(question: Question, answer: Answer) -> FetchedAddress:
    """The address in its one spelling. Raises ExchangeNetworkMismatch, ExchangeAddressInvalid."""
    _require_same_currency(question, answer)
    _require_same_network(question, answer)
    address, tag = answer.address.strip(), answer.tag.strip()
    is_usable = address and address.isprintable() and " " not in address and len(address) <= _LONGEST
    if not is_usable or len(tag) > _LONGEST_TAG or not tag.isprintable():
        raise _invalid(question)
    must_have_tag = needs_tag(question.currency, question.network) if question.needs_tag is None else question.needs_tag
    if must_have_tag and not tag:
        raise _invalid(question)
    known = address_format(question.network)
    if known is not None:
        try:
            read = known.read(address, tag)
        except AddressInvalid:
            raise _invalid(question) from None
        address, tag = read.address, read.tag
    return FetchedAddress(
        currency=question.currency,
        network=question.network,
        address=address,
        tag=tag,
        is_format_checked=known is not None,
        metadata=_kept(question, answer),
    )


def _require_same_currency(question: Question, answer: Answer) -> None:
    if answer.currency is not None and answer.currency != question.currency:
        raise ExchangeNetworkMismatch.at(question.exchange, currency=question.currency)


def _require_same_network(question: Question, answer: Answer) -> None:
    if answer.network is None:
        if question.is_determined:
            return
        raise ExchangeNetworkMismatch.at(question.exchange, currency=question.currency)
    if network_of(answer.network, question.currency) != question.network:
        raise ExchangeNetworkMismatch.at(question.exchange, currency=question.currency)


def _kept(question: Question, answer: Answer) -> dict[str, str]:
    kept = {name: str(answer.info[name])[:_KEPT_LENGTH] for name in _KEPT if answer.info.get(name)}
    return {**kept, "network_there": question.network_there} if question.network_there else kept


def _invalid(question: Question) -> ExchangeAddressInvalid:
    return ExchangeAddressInvalid.at(question.exchange, currency=question.currency)
