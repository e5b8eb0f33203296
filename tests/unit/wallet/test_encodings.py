"""Hashes and encodings of addresses against published vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.core import base58, bech32
from wallet.core.keccak import keccak_256

BECH32 = [
    "A12UEL5L",
    "a12uel5l",
    "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
    "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
    "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
    "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
    "?1ezyfcl",
]
BECH32M = [
    "A1LQFN3A",
    "a1lqfn3a",
    "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
    "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
    "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
    "?1v759aa",
]
NEITHER = [
    "\x201nwldj5",
    "\x7f1axkwrx",
    "\x801eym55h",
    "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx",
    "pzry9x0s0muk",
    "1pzry9x0s0muk",
    "x1b4n0q5v",
    "li1dgmt3",
    "de1lg7wt\xff",
    "A1G7SGD8",
    "10a06t8",
    "1qzzfhee",
    "a12UEL5L",
    "M1VUXWEZ",
    "16plkw9",
    "1p2gdwpf",
    "",
]
WITNESS = [
    ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc", 0, "751e76e8199196d454941c45d1b3a323f1433bd6"),
    (
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "tb",
        0,
        "1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    ),
    (
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "bc",
        1,
        "751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
    ),
    ("BC1SW50QGDZ25J", "bc", 16, "751e"),
    ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "bc", 2, "751e76e8199196d454941c45d1b3a323"),
    (
        "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
        "tb",
        1,
        "000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
    ),
    (
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "bc",
        1,
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ),
]
NO_WITNESS = [
    "tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty",
    "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",
    "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
    "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",
    "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
    "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
    "bc1pw5dgrnzv",
    "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
    "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
    "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
    "bc1gmk9yu",
]


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
        (
            b"The quick brown fox jumps over the lazy dog",
            "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15",
        ),
    ],
)
def test_keccak(data: bytes, digest: str) -> None:
    assert keccak_256(data).hex() == digest


@pytest.mark.parametrize("length", [135, 136, 137, 272])
def test_keccak_over_several_blocks_takes_every_byte(length: int) -> None:
    data = bytes(range(256)) * 2
    assert keccak_256(data[:length]) != keccak_256(data[: length - 1] + b"\xee")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("2NEpo7TZRRrLZSi2U", "48656c6c6f20576f726c6421"),
        (
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
            "54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e",
        ),
        ("11233QC4", "0000287fb4cd"),
        ("1", "00"),
    ],
)
def test_base58(text: str, data: str) -> None:
    assert base58.decode(text) == bytes.fromhex(data)
    assert base58.encode(bytes.fromhex(data)) == text


@pytest.mark.parametrize("text", ["", "0", "O", "I", "l", "é", "1" * 129])
def test_no_base58(text: str) -> None:
    assert base58.decode(text) is None


@given(st.binary(max_size=40))
def test_base58_there_and_back(data: bytes) -> None:
    text = base58.encode(base58.with_checksum(data))
    decoded = base58.decode(text)
    assert decoded is not None
    assert base58.without_checksum(decoded) == data


@pytest.mark.parametrize("text", BECH32)
def test_bech32(text: str) -> None:
    decoded = bech32.decode(text)
    assert decoded is not None
    assert decoded[2] is bech32.Encoding.BECH32
    assert bech32.encode(*decoded) == text.lower()


@pytest.mark.parametrize("text", BECH32M)
def test_bech32m(text: str) -> None:
    decoded = bech32.decode(text)
    assert decoded is not None
    assert decoded[2] is bech32.Encoding.BECH32M
    assert bech32.encode(*decoded) == text.lower()


@pytest.mark.parametrize("text", NEITHER)
def test_neither_bech32_nor_bech32m(text: str) -> None:
    assert bech32.decode(text) is None


@pytest.mark.parametrize(("text", "prefix", "version", "program"), WITNESS)
def test_witness_addresses(text: str, prefix: str, version: int, program: str) -> None:
    assert bech32.decode_segwit(text, prefix) == (version, bytes.fromhex(program))


@pytest.mark.parametrize("text", NO_WITNESS)
def test_no_witness_addresses(text: str) -> None:
    assert bech32.decode_segwit(text, "bc") is None
    assert bech32.decode_segwit(text, "tb") is None


@given(st.binary(max_size=40))
def test_groups_there_and_back(data: bytes) -> None:
    assert bech32.to_bytes(bech32.to_groups(data)) == data
