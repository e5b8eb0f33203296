"""How the networks write their addresses that are not in base58 and no witness addresses: form and checksum alone."""

import base64
import binascii
import hashlib
import re

from wallet.core import bech32

_STELLAR_ACCOUNT = 6 << 3
_STELLAR_LENGTH, _ALGORAND_LENGTH, _TON_LENGTH = 56, 58, 48
_BOUNCEABLE, _NOT_BOUNCEABLE = 0x11, 0x51
_BASE_CHAIN, _MASTER_CHAIN = 0x00, 0xFF
_LONG_HEXADECIMAL = re.compile(r"0x[0-9a-f]{1,64}", re.ASCII)
_HEDERA_ACCOUNT = re.compile(r"0\.0\.[1-9][0-9]{0,14}", re.ASCII)


def is_stellar(address: str) -> bool:
    """An account's public key, as SEP-23 writes it: G and 55 more characters."""
    if len(address) != _STELLAR_LENGTH:
        return False
    try:
        data = base64.b32decode(address)
    except binascii.Error:
        return False
    return data[0] == _STELLAR_ACCOUNT and crc16(data[:-2]).to_bytes(2, "little") == data[-2:]


def is_algorand(address: str) -> bool:
    """A public key and the end of its SHA-512/256, 58 characters."""
    if len(address) != _ALGORAND_LENGTH:
        return False
    try:
        data = base64.b32decode(address + "=" * 6)
    except binascii.Error:
        return False
    key, checksum = data[:-4], data[-4:]
    return any(key) and hashlib.new("sha512_256", key).digest()[-4:] == checksum


def is_ton(address: str) -> bool:
    """An address of the main network as people exchange it: 48 characters in either alphabet of base64."""
    if len(address) != _TON_LENGTH:
        return False
    try:
        data = base64.b64decode(address.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error:
        return False
    is_main = data[0] in (_BOUNCEABLE, _NOT_BOUNCEABLE) and data[1] in (_BASE_CHAIN, _MASTER_CHAIN)
    return is_main and any(data[2:-2]) and crc16(data[:-2]).to_bytes(2, "big") == data[-2:]


def is_cosmos(address: str, prefix: str) -> bool:
    """An account of a chain made with Cosmos's tools: bech32 over 20 or 32 bytes."""
    decoded = bech32.decode(address)
    if decoded is None or decoded[0] != prefix or decoded[2] is not bech32.Encoding.BECH32:
        return False
    program = bech32.to_bytes(decoded[1])
    return program is not None and len(program) in (20, 32) and any(program)


def is_long_hexadecimal(address: str) -> bool:
    """An account of the chains of Move: 0x and up to 64 digits, without any checksum; not the one nobody has."""
    return _LONG_HEXADECIMAL.fullmatch(address) is not None and int(address, 16) > 0


def is_hedera(address: str) -> bool:
    """A number of an account in the one shard and realm there are."""
    return _HEDERA_ACCOUNT.fullmatch(address) is not None


def crc16(content: bytes) -> int:
    """CRC-16 with the polynomial 0x1021, from zero (XMODEM)."""
    return binascii.crc_hqx(content, 0)
