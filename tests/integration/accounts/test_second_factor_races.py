"""Codes under real commits and real threads: one passes, no guess goes uncounted, and no caller takes anything back."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from accounts.models import SecondFactorAttempt, User
from accounts.second_factor.attempts import MAX_WRONG
from accounts.second_factor.errors import SecondFactorInvalid
from accounts.second_factor.models import Purpose
from accounts.second_factor.services import send_email_code, verify_second_factor
from kernel.errors import BourseError
from tests.support.exchange import Exchange
from tests.support.second_factor import activate_app

AT_ONCE = 50


def verify(user: User, code: str) -> None:
    verify_second_factor(user=user, code=code, purpose=Purpose.WITHDRAWAL)


def outcomes(work: Callable[[int], None]) -> Counter[str]:
    """What each of many threads met, all starting together."""
    start = threading.Barrier(AT_ONCE)
    found: list[str] = []

    def one(number: int) -> None:
        try:
            start.wait()
            work(number)
            found.append("accepted")
        except BourseError as error:
            found.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(found)


def test_of_fifty_uses_of_one_code_one_passes(exchange: Exchange) -> None:
    user = exchange.user("owner")
    app = activate_app(user)
    for code in (app.code(), app.recovery_codes[0]):
        met = outcomes(lambda _number, code=code: verify(user, code))  # type: ignore[misc]
        assert met["accepted"] == 1
        assert sum(met.values()) == AT_ONCE
    assert SecondFactorAttempt.objects.filter(user=user, purpose="withdrawal", is_accepted=True).count() == 2


def test_of_fifty_guesses_at_once_five_are_looked_at(exchange: Exchange) -> None:
    user = exchange.user("owner")
    app = activate_app(user)
    wrong = [app.wrong_code(number * 20) for number in range(AT_ONCE)]
    met = outcomes(lambda number: verify(user, wrong[number]))
    assert met == {"SECOND_FACTOR_INVALID": MAX_WRONG, "SECOND_FACTOR_LOCKED": AT_ONCE - MAX_WRONG}


def test_a_caller_that_fails_gives_no_code_back(exchange: Exchange) -> None:
    user = exchange.user("owner")
    app = activate_app(user)
    code = app.code()

    def withdraw(code: str) -> None:
        verify(user, code)
        with transaction.atomic():
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        withdraw(code)
    with pytest.raises(SecondFactorInvalid) as refused:
        withdraw(code)
    assert refused.value.details == {"used": True}


def test_inside_a_transaction_nothing_is_looked_at(exchange: Exchange) -> None:
    """It would be undone with the caller, and guesses would be free."""
    user = exchange.user("owner")
    app = activate_app(user)
    attempts = SecondFactorAttempt.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        verify(user, app.code())
    with pytest.raises(RuntimeError), transaction.atomic():
        send_email_code(user=user, purpose=Purpose.WITHDRAWAL, subject_id="7")
    assert SecondFactorAttempt.objects.count() == attempts
