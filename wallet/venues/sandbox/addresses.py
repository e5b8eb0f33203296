"""Addresses that a sandbox account receives at: the same for the same seed, and with checksums that fit. Pure."""

import base64
import hashlib

from wallet.core import base58, bech32
from wallet.core.addresses import ethereum_checksum
from wallet.venues.sandbox.listing import TAGGED, family_of

_STELLAR_ACCOUNT = 6 << 3
_TAG_RANGE = 2**31


def derive(seed: str, owner: str, network: str, *, generation: int = 0) -> tuple[str, str]:
    """Address and tag, "" where the network has none.

    Where there are tags, the address is the exchange's own and only the tag tells whose it is.
    """
    is_shared = network in TAGGED
    exchange = owner.partition(":")[0]
    holder = exchange if is_shared else owner
    bytes_of_it = _bytes(seed, "address", holder, family_of(network), str(generation))
    tag = str(int.from_bytes(_bytes(seed, "tag", owner, network)[:8]) % _TAG_RANGE + 1) if is_shared else ""
    return _written(family_of(network), bytes_of_it), tag


def malformed(address: str) -> str:
    """The address with one character wrong, as if mistyped, so that no checksum fits."""
    middle = len(address) // 2
    other = "k" if address[middle] != "k" else "m"
    return address[:middle] + other + address[middle + 1 : -1] + "!"


def _bytes(*parts: str) -> bytes:
    return hashlib.sha256("\n".join(("bourse sandbox", *parts)).encode()).digest()


def _written(family: str, content: bytes) -> str:
    short = content[:20]
    match family:
        case "BTC":
            return bech32.encode("bc", [0, *bech32.to_groups(short)], bech32.Encoding.BECH32)
        case "LTC":
            return bech32.encode("ltc", [0, *bech32.to_groups(short)], bech32.Encoding.BECH32)
        case "ATOM":
            return bech32.encode("cosmos", bech32.to_groups(short), bech32.Encoding.BECH32)
        case "DOGE":
            return base58.encode(base58.with_checksum(b"\x1e" + short))
        case "TRC20":
            return base58.encode(base58.with_checksum(b"\x41" + short))
        case "XRP":
            return base58.encode(base58.with_checksum(b"\x00" + short), base58.XRP_ALPHABET)
        case "SOL":
            return base58.encode(content)
        case "XLM":
            return _stellar(content)
    assert family == "ERC20", family
    return ethereum_checksum("0x" + short.hex())


def _stellar(content: bytes) -> str:
    payload = bytes([_STELLAR_ACCOUNT]) + content
    return base64.b32encode(payload + _crc16(payload).to_bytes(2, "little")).decode()


def _crc16(content: bytes) -> int:
    rest = 0
    for byte in content:
        rest ^= byte << 8
        for _ in range(8):
            rest = (rest << 1 ^ 0x1021 if rest & 0x8000 else rest << 1) & 0xFFFF
    return rest
