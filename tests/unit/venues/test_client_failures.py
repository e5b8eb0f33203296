"""Every class of ccxt's errors means exactly one of ours; what the answer's status and form say besides."""

from collections.abc import Iterator
from typing import Any

import pytest
from ccxt.base import errors as ccxt_errors

from wallet.venues import errors
from wallet.venues.exchanges.failures import MEANINGS, Exchanged, failure_of, is_trouble, may_pass, meaning_of


def hierarchy(branch: dict[str, Any]) -> Iterator[str]:
    for name, below in branch.items():
        yield name
        yield from hierarchy(below)


def test_no_class_of_ccxt_is_without_a_meaning_and_none_has_been_dropped() -> None:
    named = set(hierarchy(ccxt_errors.error_hierarchy))
    defined = {
        name
        for name, each in vars(ccxt_errors).items()
        if isinstance(each, type) and issubclass(each, ccxt_errors.BaseError)
    }
    assert set(MEANINGS) == named == defined


@pytest.mark.parametrize("name", sorted(MEANINGS))
def test_each_class_has_its_error_with_its_name_and_nothing_of_its_text(name: str) -> None:
    error = getattr(ccxt_errors, name)("binance GET https://api.binance.com/?apiKey=SECRET&signature=SECRET")
    found = failure_of(error, exchange="binance", currency="BTC", exchanged=Exchanged(status=200, is_json=True))
    assert type(found) is MEANINGS[name]
    assert found.details["exchange_error"] == name
    assert found.details["exchange"] == "binance"
    assert found.details["currency"] == "BTC"
    assert "SECRET" not in f"{found!r} {found} {found.details} {found.__cause__} {found.__context__}"


def test_a_class_derived_from_one_of_ccxts_means_the_same() -> None:
    class Newer(ccxt_errors.RateLimitExceeded):
        pass

    assert meaning_of(Newer) is errors.ExchangeRateLimited
    assert meaning_of(ValueError) is errors.ExchangeApiError


@pytest.mark.parametrize("status", [302, 400, 403, 404, 405, 409, 451])
def test_a_refusal_that_ccxt_does_not_recognise_is_none_that_may_pass(status: int) -> None:
    error = ccxt_errors.ExchangeNotAvailable("?")
    found = failure_of(error, exchange="okx", currency="", exchanged=Exchanged(status=status))
    assert type(found) is errors.ExchangeApiError
    assert not may_pass(found)
    assert not is_trouble(found)


@pytest.mark.parametrize("status", [None, 500, 502, 503, 520])
def test_an_exchange_that_is_away_may_be_back(status: int | None) -> None:
    error = ccxt_errors.ExchangeNotAvailable("?")
    found = failure_of(error, exchange="okx", currency="", exchanged=Exchanged(status=status))
    assert type(found) is errors.ExchangeUnavailable
    assert may_pass(found)
    assert is_trouble(found)


@pytest.mark.parametrize("name", ["InvalidAddress", "ArgumentsRequired", "NotSupported", "ExchangeError", "BaseError"])
def test_what_is_no_answer_at_all_is_malformed_whatever_ccxt_makes_of_it(name: str) -> None:
    error = getattr(ccxt_errors, name)("?")
    found = failure_of(error, exchange="okx", currency="", exchanged=Exchanged(status=200, is_json=False))
    assert type(found) is errors.ExchangeApiError
    assert found.details["exchange_error"] == "BadResponse"
    assert not may_pass(found)


def test_too_many_requests_say_when_to_come_again() -> None:
    error = ccxt_errors.ExchangeNotAvailable("okx has no other word for it")
    found = failure_of(error, exchange="okx", currency="", exchanged=Exchanged(status=429, retry_after=7))
    assert type(found) is errors.ExchangeRateLimited
    assert found.retry_after == 7
    assert found.details["retry_after"] == 7


@pytest.mark.parametrize("status", [407, 511])
def test_somebody_between_us_and_the_exchange_does_not_make_the_keys_wrong(status: int) -> None:
    error = ccxt_errors.AuthenticationError("?")
    found = failure_of(error, exchange="okx", currency="", exchanged=Exchanged(status=status))
    assert not found.blocks_account
