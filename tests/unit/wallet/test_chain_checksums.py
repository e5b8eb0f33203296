"""Addresses of networks that write them in ways of their own: real ones are read, and any wrong character is found."""

import pytest

from wallet.core.addresses import AddressInvalid, format_of

REAL = {
    "XLM": "GAHK7EEG2WWHVKDNT4CEQFZGKF2LGDSW2IVM4S5DP42RBW3K6BTODB4A",
    "ATOM": "cosmos1hsk6jryyqjfhp5dhc55tc9jtckygx0eph6dd02",
    "OSMO": "osmo1clpqr4nrk4khgkxj78fcwwh6dl3uw4epasmvnj",
    "ALGO": "7ZUECA7HFLZTXENRV24SHLU4AVPUTMTTDUFUBNBD64C73F3UHRTHAIOF6Q",
    "TON": "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2",
    "DASH": "XpESxaUmonkq8RaLLp46Brx2K39ggQe226",
}
WITHOUT_CHECKSUM = {
    "HBAR": "0.0.98",
    "SUI": "0x02a212de6a9dfa3a69e22387acfbafbb1a9e591bd9d636e7895dcfc8de05f331",
}


@pytest.mark.parametrize(("network", "address"), REAL.items())
def test_a_real_address_is_read_and_one_with_any_wrong_character_is_not(network: str, address: str) -> None:
    read = format_of(network).read(address)
    assert (read.address, read.is_checked) == (address, True)
    for at, character in enumerate(address):
        wrong = address[:at] + ("2" if character != "2" else "3") + address[at + 1 :]
        with pytest.raises(AddressInvalid):
            format_of(network).read(wrong)
    for wrong in (address[:-1], address + "2", "", f"0x{address}", address.replace(address[:2], "zz", 1)):
        with pytest.raises(AddressInvalid):
            format_of(network).read(wrong)


@pytest.mark.parametrize(("network", "address"), WITHOUT_CHECKSUM.items())
def test_where_there_is_no_checksum_it_is_said(network: str, address: str) -> None:
    read = format_of(network).read(address)
    assert (read.address, read.is_checked) == (address, False)


@pytest.mark.parametrize(
    ("network", "wrong"),
    [
        ("HBAR", "0.0.0"),
        ("HBAR", "0.1.98"),
        ("HBAR", "98"),
        ("APT", "0x0"),
        ("APT", "0x" + "1" * 65),
        ("APT", "1"),
        ("ATOM", REAL["OSMO"]),
        ("OSMO", REAL["ATOM"]),
        ("XLM", "S" + REAL["XLM"][1:]),  # a secret key's letter
        ("TON", "kf" + REAL["TON"][2:]),  # of the test network
    ],
)
def test_what_is_no_account_of_the_network_is_refused(network: str, wrong: str) -> None:
    with pytest.raises(AddressInvalid):
        format_of(network).read(wrong)


def test_short_addresses_have_one_spelling() -> None:
    assert format_of("APT").read("0x1") == format_of("APT").read("0X" + "0" * 63 + "1")


def test_memos_are_kept_as_they_are() -> None:
    assert format_of("XLM").read(REAL["XLM"], "123 abc").tag == "123 abc"
    for memo in ("x" * 65, "ä", "a\nb"):
        with pytest.raises(AddressInvalid):
            format_of("XLM").read(REAL["XLM"], memo)
    with pytest.raises(AddressInvalid):
        format_of("ALGO").read(REAL["ALGO"], "1")
