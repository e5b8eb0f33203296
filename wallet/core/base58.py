"""Base58 and its variant with a checksum, as Bitcoin, Tron and the XRP Ledger write addresses."""

import hashlib

BITCOIN_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
XRP_ALPHABET = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"

_CHECKSUM_BYTES = 4
_LONGEST = 128


def decode(text: str, alphabet: str = BITCOIN_ALPHABET) -> bytes | None:
    """The bytes a text stands for; None where a character is not of the alphabet, or the text is empty or very long."""
    if not 0 < len(text) <= _LONGEST:
        return None
    number = 0
    for character in text:
        digit = alphabet.find(character)
        if digit < 0:
            return None
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode(data: bytes, alphabet: str = BITCOIN_ALPHABET) -> str:
    """The text that stands for these bytes."""
    number = int.from_bytes(data, "big")
    digits = []
    while number:
        number, digit = divmod(number, 58)
        digits.append(alphabet[digit])
    zeros = len(data) - len(data.lstrip(b"\x00"))
    return alphabet[0] * zeros + "".join(reversed(digits))


def without_checksum(data: bytes) -> bytes | None:
    """The payload, where the last four bytes are the start of its double SHA-256; else None."""
    payload, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
    return payload if checksum == _checksum(payload) else None


def with_checksum(payload: bytes) -> bytes:
    """The payload and the start of its double SHA-256."""
    return payload + _checksum(payload)


def _checksum(payload: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:_CHECKSUM_BYTES]
