"""Addresses of the simulated chain: repeatable, and no mistyped one is taken for another."""

import pytest

from wallet.simchain import addresses


def test_the_same_wallet_and_number_give_the_same_address() -> None:
    one = addresses.derive("seed", "incoming", 1)
    assert one == addresses.derive("seed", "incoming", 1)
    others = {
        addresses.derive("seed", "incoming", 2),
        addresses.derive("seed", "hot", 1),
        addresses.derive("another", "incoming", 1),
    }
    assert len(others | {one}) == 4
    assert one.startswith("sim1")
    assert len(one) == addresses.LENGTH == 42


def test_every_mistyped_character_and_every_swap_is_found() -> None:
    address = addresses.derive("seed", "incoming", 7)
    assert addresses.is_valid(address)
    for place in range(len(address)):
        for character in "qpzry9x8gf2tvdw0s3jn54khce6mua7lb1o":
            if character != address[place]:
                assert not addresses.is_valid(address[:place] + character + address[place + 1 :])
    for place in range(len(address) - 1):
        swapped = address[:place] + address[place + 1] + address[place] + address[place + 2 :]
        assert swapped == address or not addresses.is_valid(swapped)


def test_upper_case_is_the_same_address_and_mixed_case_is_none() -> None:
    address = addresses.derive("seed", "incoming", 7)
    assert addresses.is_valid(address.upper())
    assert addresses.normalised(address.upper()) == address
    assert not addresses.is_valid(address[:-1] + address[-1].upper() if address[-1].isalpha() else "S" + address[1:])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sim1",
        "sim",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "0x" + "0" * 40,
        " " * 42,
        "s\u0131m1" + "q" * 38,
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert not addresses.is_valid(text)
