"""Addresses of each network: what is taken, in which spelling, and why something is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.core.addresses import AddressInvalid, NetworkUnknown, format_named, format_of
from wallet.core.iban import (
    LENGTHS,
    creditor_reference,
    creditor_references_in,
    iban_fault,
    is_bic,
    is_creditor_reference,
)
from wallet.simchain import addresses as simulated

GOOD = [
    ("BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ""),
    ("BTC", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", ""),
    ("BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", ""),
    ("BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", ""),
    ("DOGE", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", ""),
    ("ERC20", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", ""),
    ("ETH", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", ""),
    ("ETH", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", ""),
    ("ETH", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb", ""),
    ("ETH", "0x52908400098527886E0F7030069857D2E4169EE7", ""),
    ("ETH", "0x8617E340B3D01FA5F11F306F4090FD50E238070D", ""),
    ("ETH", "0xde709f2102306220921060314715629080e2fb77", ""),
    ("SOL", "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T", ""),
    ("TRC20", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", ""),
    ("XRP", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "12345"),
    ("SEPA", "DE89370400440532013000", "COBADEFFXXX"),
    ("SEPA", "GB29NWBK60161331926819", ""),
    ("SIM", simulated.derive("seed", "hot", 1), "a tag"),
]
BAD = [
    ("BTC", "", "", "missing"),
    ("BTC", "1" * 200, "", "128"),
    ("BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "", "checksum"),
    ("BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7Div0Na", "", "character"),
    ("BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "", "checksum"),
    ("BTC", "bc1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "", "checksum"),
    ("BTC", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", "", "cannot be spent"),
    ("BTC", "BC1SW50QGDZ25J", "", "cannot be spent"),
    ("BTC", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", "", "character"),
    ("BTC", "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", "", "another network"),
    ("BTC", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "", "another network"),
    ("BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "7", "no tag"),
    ("LTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "", "another network"),
    ("LTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "", "character"),
    ("ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "", "checksum"),
    ("ETH", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "", "40 hexadecimal"),
    ("ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "", "40 hexadecimal"),
    ("ETH", "0x" + "0" * 40, "", "Nobody"),
    ("SOL", "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4", "", "32 bytes"),
    ("SOL", "1" * 32, "", "Nobody"),
    ("SOL", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "", "32 bytes"),
    ("TRX", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", "", "checksum"),
    ("TRX", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "", "begin with T"),
    ("XRP", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi", "", "checksum"),
    ("XRP", "rrrrrrrrrrrrrrrrrrrrrhoLvTp", "", "Nobody"),
    ("BTC", "1111111111111111111114oLvT2", "", "Nobody"),
    ("TRX", "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", "", "Nobody"),
    ("XRP", "X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ", "", "classic"),
    ("XRP", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "4294967296", "destination tag"),
    ("XRP", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "-1", "destination tag"),
    ("SEPA", "DE89370400440532013001", "", "check digits"),
    ("SEPA", "DE8937040044053201300", "", "22 characters"),
    ("SEPA", "ZZ89370400440532013000", "", "country"),
    ("SEPA", "DEX9370400440532013000", "", "check digits"),
    ("SEPA", "DE89 3704/0044", "", "letters and digits"),
    ("SEPA", "DE89370400440532013000", "COBA", "BIC"),
    ("SIM", "sim1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "", "character is wrong"),
    ("SIM", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "", "begins with sim1"),
    ("SIM", simulated.derive("seed", "hot", 1), "x" * 65, "64"),
]
IBANS = """
    AD1200012030200359100100 AT611904300234573201 BE68539007547034 BR1800360305000010009795493C1 CH9300762011623852957
    CR05015202001026284066 CY17002001280000001200527600 CZ6508000000192000145399 DE89370400440532013000
    DK5000400440116243 EE382200221020145685 ES9121000418450200051332 FI2112345600000785 FR1420041010050500013M02606
    GB29NWBK60161331926819 GR1601101250000000012300695 HR1210010051863000160 HU42117730161111101800000000
    IE29AIBK93115212345678 IS140159260076545510730339 IT60X0542811101000000123456 LC55HEMM000100010012001200023015
    LI21088100002324013AA LT121000011101001000 LU280019400644750000 LV80BANK0000435195001 MC5811222000010123456789030
    MT84MALT011000012345MTLCAST001S NL91ABNA0417164300 NO9386011117947 PL61109010140000071219812874
    PT50000201231234567890154 RO49AAAA1B31007593840000 SE4550000000058398257466 SI56263300012039086
    SK3112000000198742637541 SM86U0322509800000000270100 TR330006100519786457841326 UA213223130000026007233566001
    VA59001123000012345678 XK051212012345678906
"""


@pytest.mark.parametrize(("network", "address", "tag"), GOOD)
def test_addresses_are_taken_as_they_are(network: str, address: str, tag: str) -> None:
    read = format_of(network).read(f" {address} ", tag)
    assert (read.address, read.tag) == (address, tag)


@pytest.mark.parametrize(("network", "address", "tag", "reason"), BAD)
def test_what_is_no_address_is_refused_with_its_reason(network: str, address: str, tag: str, reason: str) -> None:
    with pytest.raises(AddressInvalid) as refused:
        format_of(network).read(address, tag)
    assert reason in str(refused.value.details["reason"])


@pytest.mark.parametrize(
    ("network", "written", "kept", "is_checked"),
    [
        ("BTC", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", True),
        (
            "ETH",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            False,
        ),
        (
            "ETH",
            "0X5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            False,
        ),
        ("ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", True),
        ("SEPA", "de89 3704 0044 0532 0130 00", "DE89370400440532013000", True),
        ("SOL", "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T", "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T", False),
    ],
)
def test_one_address_has_one_spelling(network: str, written: str, kept: str, is_checked: bool) -> None:
    read = format_of(network).read(written)
    assert (read.address, read.is_checked) == (kept, is_checked)


def test_a_tag_has_one_spelling() -> None:
    assert format_of("XRP").read("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "007").tag == "7"


@pytest.mark.parametrize("network", ["", "XYZ", "btc-test"])
def test_unknown_networks_are_refused(network: str) -> None:
    with pytest.raises(NetworkUnknown):
        format_of(network)
    with pytest.raises(NetworkUnknown):
        format_named(network)


def test_the_simulated_chain_and_its_format_agree() -> None:
    for number in range(50):
        address = simulated.derive("seed", "incoming", number)
        assert simulated.is_valid(address)
        assert format_named("simulated").read(address.upper()).address == address


CHECKED = [(network, address) for network, address, _ in GOOD if network not in ("ERC20", "ETH", "SOL")]


@given(st.sampled_from(CHECKED), st.data())
def test_one_wrong_character_is_found(case: tuple[str, str], data: st.DataObject) -> None:
    network, address = case
    at = data.draw(st.integers(0, len(address) - 1))
    other = data.draw(st.sampled_from("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    mistyped = address[:at] + other + address[at + 1 :]
    # An IBAN's check digits do not always find a letter in the place of a digit; the others' checksums find anything.
    is_likely = network != "SEPA" or other.isdigit() == address[at].isdigit()
    if mistyped.lower() != address.lower() and is_likely:
        with pytest.raises(AddressInvalid):
            format_of(network).read(mistyped)


@pytest.mark.parametrize("iban", IBANS.split())
def test_published_ibans(iban: str) -> None:
    assert iban_fault(iban) is None
    assert len(iban) == LENGTHS[iban[:2]]


def test_bics() -> None:
    assert all(map(is_bic, ["COBADEFF", "COBADEFFXXX", "NWBKGB2L", "1234DEF0"]))
    assert not any(map(is_bic, ["", "COBADEF", "COBADEFFX", "COBA1EFF", "cobadeff", "COBADEFFXX", "COBADEFFXXXX"]))


def test_creditor_references() -> None:
    assert is_creditor_reference("RF18539007547034")
    assert creditor_reference("539007547034") == "RF18539007547034"
    assert not is_creditor_reference("RF19539007547034")
    with pytest.raises(ValueError, match="1 to 21"):
        creditor_reference("a b")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("RF18539007547034", ["RF18539007547034"]),
        ("deposit rf18 5390 0754 7034, thank you", ["RF18539007547034"]),
        ("RF18539007547034 RF18 5390 0754 7034", ["RF18539007547034"]),
        ("RF19539007547034", []),
        ("", []),
        ("RF", []),
    ],
)
def test_references_in_what_people_write(text: str, found: list[str]) -> None:
    assert creditor_references_in(text) == found


def grouped(reference: str) -> str:
    """In the print form of the standard: groups of four."""
    return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))


@pytest.mark.parametrize(
    ("reference", "part"),
    [("RF77BRS109", "RF77BRS1"), ("RF50BRS207", "RF50BRS2"), ("RF25BRS100027", "RF25BRS10002")],
)
def test_the_first_groups_of_a_reference_may_be_one_themselves(reference: str, part: str) -> None:
    assert creditor_references_in(grouped(reference)) == [part, reference]


@pytest.mark.parametrize("pattern", ["BRS{}", "BRS{:09}"])
def test_a_reference_in_groups_is_never_taken_for_another_one(pattern: str) -> None:
    for number in (*range(1, 20_000), *range(99_990, 110_000), *range(10**8 - 50, 10**8 + 50), 10**12, 10**17 + 1):
        reference = creditor_reference(pattern.format(number))
        found = creditor_references_in(f"deposit {grouped(reference)}, thank you")
        assert reference in found, reference
        assert found == [reference] or len(found) > 1, reference
