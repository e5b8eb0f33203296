"""Addresses of the simulated chain: 20 bytes as Bech32m text (BIP-350) under the prefix `sim`.

A mistyped character is always found, like on a real chain, so that checks of a destination mean something. Pure.
"""

import hashlib

PREFIX = "sim"
HASH_BYTES = 20
LENGTH = len(PREFIX) + 1 + HASH_BYTES * 8 // 5 + 6

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32M = 0x2BC830A3
_PREFIX_VALUES = [ord(character) >> 5 for character in PREFIX] + [0] + [ord(character) & 31 for character in PREFIX]


def derive(seed: str, wallet: str, number: int) -> str:
    """The address with this number in a wallet; the same arguments always give the same one."""
    content = f"bourse simulated address\n{seed}\n{wallet}\n{number}".encode()
    return _encode(hashlib.sha256(content).digest()[:HASH_BYTES])


def is_valid(address: str) -> bool:
    """Is it an address of this chain, with a checksum that fits? Upper case is as good as lower case, mixed is not."""
    if len(address) != LENGTH or not address.isascii() or address not in (address.lower(), address.upper()):
        return False
    prefix, separator, data = address.lower().rpartition("1")
    if prefix != PREFIX or not separator or any(character not in _ALPHABET for character in data):
        return False
    return _checksum(_PREFIX_VALUES + [_ALPHABET.index(character) for character in data]) == _BECH32M


def normalised(address: str) -> str:
    """The one spelling by which the chain knows a valid address."""
    return address.lower()


def _encode(content: bytes) -> str:
    number = int.from_bytes(content)
    groups = len(content) * 8 // 5
    values = [number >> 5 * (groups - 1 - position) & 31 for position in range(groups)]
    rest = _checksum([*_PREFIX_VALUES, *values, 0, 0, 0, 0, 0, 0]) ^ _BECH32M
    values += [rest >> 5 * (5 - position) & 31 for position in range(6)]
    return f"{PREFIX}1" + "".join(_ALPHABET[value] for value in values)


def _checksum(values: list[int]) -> int:
    rest = 1
    for value in values:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for position, generator in enumerate(_GENERATORS):
            if top >> position & 1:
                rest ^= generator
    return rest
