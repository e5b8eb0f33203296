"""One name for each network, and what an answer of an exchange is held against."""

import pytest

from wallet.venues.core.checking import Answer, Question, checked_address
from wallet.venues.core.deposit_methods import network_of_method
from wallet.venues.core.networks import address_format, needs_tag, network_of
from wallet.venues.errors import ExchangeAddressInvalid, ExchangeNetworkMismatch

ETHEREUM = "0xd9e1cd77afa0e50b452a62fbb68a3340602286c3"
TRON = "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC"
RIPPLE = "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh"


@pytest.mark.parametrize(
    ("there", "currency", "ours"),
    [
        ("ETH", "USDT", "ERC20"),
        ("ETH", "ETH", "ERC20"),
        ("ERC20", "USDT", "ERC20"),
        ("ethereum", "USDC", "ERC20"),
        ("usdterc20", "USDT", "ERC20"),
        ("USDT-ERC20", "USDT", "ERC20"),
        ("trc20usdt", "USDT", "TRC20"),
        ("TRX", "TRX", "TRC20"),
        ("Tron", "TRX", "TRC20"),
        ("BSC", "BNB", "BEP20"),
        ("BEP20(BSC)", "USDT", "BEP20"),
        ("BNB Smart Chain", "USDT", "BEP20"),
        ("Arbitrum One", "ETH", "ARBITRUM"),
        ("ARBITRUM_NOVA", "ETH", "ARBITRUMNOVA"),
        ("Avalanche C-Chain", "AVAX", "AVAXC"),
        ("AVAX", "USDT", "AVAXC"),
        ("AVAX", "AVAX", "AVAX"),
        ("MATIC", "USDT", "POLYGON"),
        ("optimism", "ETH", "OPTIMISM"),
        ("BTC-Segwit", "BTC", "BTCSEGWIT"),
        ("bitcoin", "BTC", "BTC"),
        ("Stellar Lumens", "XLM", "XLM"),
        ("l-Stacks", "STX", "STX"),
        ("Some New Chain", "ABC", "SOMENEWCHAIN"),
    ],
)
def test_a_network_has_one_name_whoever_names_it(there: str, currency: str, ours: str) -> None:
    assert network_of(there, currency) == ours
    assert network_of(ours, currency) == ours  # our own name means itself


@pytest.mark.parametrize(
    ("method", "currency", "ours"),
    [
        ("Tether USD (TRC20)", "USDT", "TRC20"),
        ("Tether USD (ERC20)", "USDT", "ERC20"),
        ("USDT - Polygon (Unified)", "USDT", "POLYGON"),
        ("Ether (Hex)", "ETH", "ERC20"),
        ("Bitcoin", "BTC", "BTC"),
        ("Bitcoin Lightning", "BTC", "BTCLIGHTNING"),
        ("Ripple XRP", "XRP", "XRP"),
        ("Arbitrum One (Unified)", "ETH", "ARBITRUM"),
        ("Link", "LINK", "ERC20"),
        ("Band Protocol (BAND)", "BAND", "ERC20"),
        ("USDC", "USDC", "ERC20"),
        ("USDC - Solana", "USDC", "SOL"),
        ("Polygon (MATIC)", "MATIC", "POLYGON"),
        ("Zcash (Transparent)", "ZEC", "ZEC"),
        ("Ether Classic (Hex)", "ETC", "ETC"),
        ("XTZ", "XTZ", "XTZ"),
        ("Energy Web Token", "EWT", "ENERGYWEBTOKEN"),
    ],
)
def test_a_deposit_method_names_its_network(method: str, currency: str, ours: str) -> None:
    assert network_of_method(method, currency) == ours


def test_formats_are_known_by_our_names_and_nothing_is_claimed_of_others() -> None:
    for network in ("BTC", "BTCSEGWIT", "ERC20", "TRC20", "BEP20", "ARBITRUM", "SOL", "XRP", "LTC", "DOGE"):
        assert address_format(network) is not None
    for network in ("BTCLIGHTNING", "BNB", "AVAX", "SOMENEWCHAIN"):
        assert address_format(network) is None


def test_tags_are_needed_where_exchanges_share_one_address() -> None:
    assert needs_tag("XRP", "XRP")
    assert needs_tag("XLM", "XLM")
    assert not needs_tag("USDT", "ERC20")
    assert not needs_tag("XRP", "BEP20")


def asked(currency: str = "USDT", network: str = "TRC20", *, is_determined: bool = False) -> Question:
    return Question(exchange="anywhere", currency=currency, network=network, is_determined=is_determined)


def test_an_answer_for_what_was_asked_is_kept_in_its_one_spelling() -> None:
    found = checked_address(asked(network="ERC20"), Answer(ETHEREUM, network="ETH", currency="USDT"))
    assert found.address.lower() == ETHEREUM
    assert found.address != ETHEREUM  # with its checksum's capitals
    assert found.is_format_checked


@pytest.mark.parametrize(
    "answer",
    [
        Answer(TRON, network="ERC20"),
        Answer(TRON, network="trx-something"),
        Answer(TRON, network=None),
        Answer(TRON, network="TRX", currency="USDC"),
    ],
)
def test_an_answer_for_anything_else_is_refused(answer: Answer) -> None:
    with pytest.raises(ExchangeNetworkMismatch):
        checked_address(asked(), answer)


def test_an_answer_without_a_network_counts_only_where_the_request_left_no_choice() -> None:
    assert checked_address(asked(is_determined=True), Answer(TRON)).network == "TRC20"
    with pytest.raises(ExchangeAddressInvalid):
        checked_address(asked(is_determined=True), Answer(ETHEREUM))
    with pytest.raises(ExchangeNetworkMismatch):
        checked_address(asked(is_determined=True), Answer(TRON, network="ERC20"))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (asked(), Answer("TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeD", network="TRC20")),  # a character is wrong
        (asked(), Answer("Deposit temporarily blocked", network="TRC20")),
        (asked(), Answer("", network="TRC20")),
        (asked(network="ERC20"), Answer(ETHEREUM, tag="12345", network="ERC20")),  # there are no tags
        (asked("XRP", "XRP"), Answer(RIPPLE, network="XRP")),  # and here there must be one
        (asked("XRP", "XRP"), Answer(RIPPLE, tag="nobody", network="XRP")),
        (asked(network="SOMENEWCHAIN"), Answer("x" * 129, network="SOMENEWCHAIN")),
        (asked(network="SOMENEWCHAIN"), Answer("two words", network="SOMENEWCHAIN")),
        (asked(network="SOMENEWCHAIN"), Answer("line\nbreak", network="SOMENEWCHAIN")),
    ],
)
def test_what_is_no_address_of_the_network_is_refused(question: Question, answer: Answer) -> None:
    with pytest.raises(ExchangeAddressInvalid):
        checked_address(question, answer)


def test_what_the_exchange_says_of_tags_comes_first() -> None:
    without = Question(exchange="anywhere", currency="XRP", network="XRP", needs_tag=False)
    assert checked_address(without, Answer(RIPPLE, network="XRP")).tag == ""
    with_one = Question(exchange="anywhere", currency="ABC", network="ABC", needs_tag=True)
    with pytest.raises(ExchangeAddressInvalid):
        checked_address(with_one, Answer("somewhere1", network="ABC"))


def test_an_unknown_network_is_kept_as_unchecked() -> None:
    found = checked_address(
        asked("ABC", "ABC"), Answer("somewhere1", network="abc", info={"chain": "abc", "free": "9"})
    )
    assert not found.is_format_checked
    assert found.metadata == {"chain": "abc"}  # and nothing of the account's own affairs
