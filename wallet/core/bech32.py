"""Bech32 and bech32m (BIP 173, BIP 350): texts with a checksum that finds any four wrong characters."""

from collections.abc import Iterable
from enum import IntEnum

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

_LONGEST = 90
_CHECKSUM_CHARACTERS = 6
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


class Encoding(IntEnum):
    """What the checksum of either variant comes to."""

    BECH32 = 1
    BECH32M = 0x2BC830A3


def decode(text: str) -> tuple[str, list[int], Encoding] | None:
    """Prefix, five-bit groups and variant; None where the text is neither bech32 nor bech32m."""
    if len(text) > _LONGEST or any(not 33 <= ord(character) <= 126 for character in text):
        return None
    if text.lower() != text and text.upper() != text:
        return None
    prefix, separator, data = text.lower().rpartition("1")
    groups = [ALPHABET.find(character) for character in data]
    if not separator or not prefix or len(groups) < _CHECKSUM_CHARACTERS or -1 in groups:
        return None
    checksum = _checksum([*_expanded(prefix), *groups])
    if checksum not in (Encoding.BECH32, Encoding.BECH32M):
        return None
    return prefix, groups[:-_CHECKSUM_CHARACTERS], Encoding(checksum)


def encode(prefix: str, groups: list[int], encoding: Encoding) -> str:
    """The text with its checksum."""
    rest = _checksum([*_expanded(prefix), *groups, *[0] * _CHECKSUM_CHARACTERS]) ^ encoding
    checksum = [rest >> 5 * (_CHECKSUM_CHARACTERS - 1 - at) & 31 for at in range(_CHECKSUM_CHARACTERS)]
    return prefix + "1" + "".join(ALPHABET[group] for group in (*groups, *checksum))


def decode_segwit(text: str, prefix: str) -> tuple[int, bytes] | None:
    """Version and program of a witness address with that prefix; None where it is no such address."""
    decoded = decode(text)
    if decoded is None or decoded[0] != prefix or not decoded[1]:
        return None
    version, encoding = decoded[1][0], decoded[2]
    program = to_bytes(decoded[1][1:])
    if program is None or version > 16 or not 2 <= len(program) <= 40:
        return None
    if version == 0 and len(program) not in (20, 32):
        return None
    if encoding is not (Encoding.BECH32M if version else Encoding.BECH32):
        return None
    return version, program


def to_bytes(groups: Iterable[int]) -> bytes | None:
    """Five-bit groups as bytes; None where bits are left over that are not a short padding of zeros."""
    value, bits, found = 0, 0, bytearray()
    for group in groups:
        value, bits = (value << 5 | group) & 0xFFF, bits + 5
        if bits >= 8:
            bits -= 8
            found.append(value >> bits & 0xFF)
    if bits >= 5 or value & ((1 << bits) - 1):
        return None
    return bytes(found)


def to_groups(data: bytes) -> list[int]:
    """Bytes as five-bit groups, padded with zeros."""
    bits = len(data) * 8
    padding = -bits % 5
    number = int.from_bytes(data, "big") << padding
    return [number >> at & 31 for at in range(bits + padding - 5, -1, -5)]


def _expanded(prefix: str) -> list[int]:
    return [*(ord(character) >> 5 for character in prefix), 0, *(ord(character) & 31 for character in prefix)]


def _checksum(groups: Iterable[int]) -> int:
    checksum = 1
    for group in groups:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ group
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                checksum ^= generator
    return checksum
