"""The one error shape and the one invariant check."""

import pytest

from kernel.errors import BourseError, InvariantViolated, invariant


class TooLoud(BourseError):
    """Only here."""

    code = "TOO_LOUD"
    status = 422
    message = "Not so loud."


def test_a_refusal_carries_code_status_sentence_and_details() -> None:
    error = TooLoud(details={"decibels": "120"})
    assert (error.code, error.status, error.text, error.details) == (
        "TOO_LOUD",
        422,
        "Not so loud.",
        {"decibels": "120"},
    )
    assert str(error) == "TOO_LOUD: Not so loud."
    assert error.retry_after is None


def test_a_sentence_of_its_own_replaces_the_classes() -> None:
    assert TooLoud("Hush.").text == "Hush."


def test_details_are_a_copy() -> None:
    details = {"a": "1"}
    error = TooLoud(details=details)
    details["a"] = "2"
    assert error.details == {"a": "1"}


def test_invariant_stops_where_it_does_not_hold() -> None:
    invariant(1, "truth")
    with pytest.raises(InvariantViolated) as violated:
        invariant(0, "zero is nothing", number=0)
    assert violated.value.text == "zero is nothing"
    assert violated.value.details == {"number": 0}
    assert violated.value.status == 500
