"""What a destination looks like on each network, and whether it can be one: form, checksum, kind.

`format_of(network)` gives the format, and `format.read(address, tag)` the one spelling by which the address is kept and
compared, or `AddressInvalid` with a reason the user can act on. Whatever is not known to be payable is refused: an
address of another network with the same alphabet, a witness version nobody can spend from yet, the zero address.

Known limits: addresses of Solana, Hedera, Aptos and Sui have no checksum at all, and an Ethereum address in one case
only carries none (`is_checked` says so of what was read); there a mistyped character is found by nobody.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from kernel.errors import BourseError
from wallet.core import base58, bech32, chain_checksums
from wallet.core.iban import iban_fault, is_bic
from wallet.core.keccak import keccak_256

_LONGEST = 128
_LONGEST_TAG = 64
_HEXADECIMAL = re.compile(r"0[xX][0-9a-fA-F]{40}", re.ASCII)
_NOBODYS = "Nobody can spend from this address."
_DESTINATION_TAG_LIMIT = 1 << 32


class AddressInvalid(BourseError):
    """An address, account or tag cannot be one of its network; `details.reason` says why."""

    code = "ADDRESS_INVALID"
    status = 422
    message = "This is not an address of that network."


class NetworkUnknown(BourseError):
    """Nothing is known about the addresses of a network, so nothing can be sent there."""

    code = "NETWORK_UNKNOWN"
    status = 422
    message = "This network is not supported."


class _Fault(Exception):
    """Why a text is not an address; a sentence for people."""


@dataclass(frozen=True, slots=True)
class Destination:
    """An address in its one spelling."""

    address: str
    tag: str
    is_checked: bool
    """Whether a checksum was there and fits."""


@dataclass(frozen=True, slots=True)
class AddressFormat:
    """How addresses of one kind are written."""

    name: str
    read_address: Callable[[str], tuple[str, bool]]
    """The one spelling, and whether it has a checksum; raises for what is no address."""
    read_tag: Callable[[str], str] | None = None
    """None: there are no tags."""
    tag_name: str = ""

    def read(self, address: str, tag: str = "") -> Destination:
        """Raises AddressInvalid."""
        address, tag = address.strip(), tag.strip()
        try:
            if not address:
                raise _Fault("The address is missing.")
            if len(address) > _LONGEST or not address.isascii():
                raise _Fault("An address has at most 128 characters, letters and digits without accents.")
            canonical, is_checked = self.read_address(address)
            if tag and self.read_tag is None:
                raise _Fault("Addresses of this network have no tag or memo.")
            canonical_tag = self.read_tag(tag) if tag and self.read_tag else ""
        except _Fault as fault:
            raise AddressInvalid(details={"format": self.name, "reason": str(fault)}) from None
        return Destination(canonical, canonical_tag, is_checked)


def format_named(name: str) -> AddressFormat:
    """A format by its own name. Raises NetworkUnknown."""
    found = _FORMATS.get(name)
    if found is None:
        raise NetworkUnknown(details={"network": name[:20]})
    return found


def format_of(network: str) -> AddressFormat:
    """The format of a network by its public name: "BTC", "TRC20", "SEPA". Raises NetworkUnknown."""
    name = _NETWORKS.get(network.upper())
    if name is None:
        raise NetworkUnknown(details={"network": network[:20]})
    return _FORMATS[name]


def ethereum_checksum(address: str) -> str:
    """The address with the capital letters of EIP-55, from 40 hexadecimal digits behind `0x`."""
    digits = address[2:].lower()
    digest = keccak_256(digits.encode()).hex()
    return "0x" + "".join(
        digit.upper() if int(nibble, 16) >= 8 else digit for digit, nibble in zip(digits, digest, strict=False)
    )


def _bitcoin_like(prefix: str | None, versions: frozenset[int]) -> Callable[[str], tuple[str, bool]]:
    """Base58 with one of these versions, or a witness address with the prefix where the chain has such."""

    def read(address: str) -> tuple[str, bool]:
        if prefix is not None and address.lower().startswith(f"{prefix}1"):
            witness = bech32.decode_segwit(address, prefix)
            if witness is None:
                raise _Fault("The checksum does not fit: a character is wrong or missing.")
            version, program = witness
            if version > 1 or (version == 1 and len(program) != 32):
                raise _Fault("Addresses of this kind cannot be spent from yet.")
            return address.lower(), True
        _require_version(_checked_base58(address, base58.BITCOIN_ALPHABET), versions)
        return address, True

    return read


def _base58_with_version(alphabet: str, version: int, hint: str) -> Callable[[str], tuple[str, bool]]:
    def read(address: str) -> tuple[str, bool]:
        if not address.startswith(hint):
            raise _Fault(f"Addresses of this network begin with {hint}.")
        _require_version(_checked_base58(address, alphabet), frozenset({version}))
        return address, True

    return read


def _checked_base58(address: str, alphabet: str) -> bytes:
    data = base58.decode(address, alphabet)
    if data is None:
        raise _Fault("There is a character in it that addresses of this network do not have.")
    payload = base58.without_checksum(data)
    if payload is None:
        raise _Fault("The checksum does not fit: a character is wrong or missing.")
    return payload


def _require_version(payload: bytes, versions: frozenset[int]) -> None:
    if len(payload) != 21 or payload[0] not in versions:
        raise _Fault("This is an address of another network, or no address at all.")
    if not any(payload[1:]):
        raise _Fault(_NOBODYS)


def _xrp(address: str) -> tuple[str, bool]:
    if address.startswith(("X", "T")):
        raise _Fault("Enter the classic address, which begins with r, and the destination tag apart.")
    return _base58_with_version(base58.XRP_ALPHABET, 0, "r")(address)


def _xrp_tag(tag: str) -> str:
    if not (tag.isascii() and tag.isdigit() and len(tag) <= 10 and int(tag) < _DESTINATION_TAG_LIMIT):
        raise _Fault("A destination tag is a whole number from 0 to 4294967295.")
    return str(int(tag))


def _ethereum(address: str) -> tuple[str, bool]:
    if not _HEXADECIMAL.fullmatch(address):
        raise _Fault("An address of this network is 0x and 40 hexadecimal digits.")
    digits = address[2:]
    canonical = ethereum_checksum(address)
    if not int(digits, 16):
        raise _Fault(_NOBODYS)
    is_checked = digits not in (digits.lower(), digits.upper())
    if is_checked and canonical[2:] != digits:
        raise _Fault("The checksum does not fit: a character is wrong, or in the wrong case.")
    return canonical, is_checked


def _solana(address: str) -> tuple[str, bool]:
    key = base58.decode(address)
    if key is None or len(key) != 32:
        raise _Fault("An address of this network is 32 bytes in base58: 32 to 44 characters.")
    if not any(key):
        raise _Fault(_NOBODYS)
    return address, False


def _simulated(address: str) -> tuple[str, bool]:
    decoded = bech32.decode(address)
    if decoded is None or decoded[0] != "sim" or decoded[2] is not bech32.Encoding.BECH32M:
        raise _Fault("An address of this network begins with sim1; a character is wrong or missing.")
    program = bech32.to_bytes(decoded[1])
    if program is None or len(program) != 20:
        raise _Fault("This address has another length than those of this network.")
    return address.lower(), True


def _simulated_tag(tag: str) -> str:
    if len(tag) > _LONGEST_TAG or not (tag.isascii() and tag.isprintable()):
        raise _Fault("A tag has at most 64 characters, without accents.")
    return tag


def _iban(address: str) -> tuple[str, bool]:
    iban = address.replace(" ", "").replace("-", "").upper()
    fault = iban_fault(iban)
    if fault is not None:
        raise _Fault(fault)
    return iban, True


def _bic(tag: str) -> str:
    bic = tag.replace(" ", "").upper()
    if not is_bic(bic):
        raise _Fault("A BIC has 8 or 11 letters and digits, the fifth and sixth name the country.")
    return bic


def _memo(tag: str) -> str:
    if not (tag.isascii() and tag.isprintable() and len(tag) <= _LONGEST_TAG):
        raise _Fault("A memo has at most 64 letters, digits and signs, without accents.")
    return tag


def _cased(fits: Callable[[str], bool], *, hint: str, is_checked: bool = True) -> Callable[[str], tuple[str, bool]]:
    """What is written in one case only, or in both with a meaning: as it stands."""

    def read(address: str) -> tuple[str, bool]:
        if not fits(address):
            raise _Fault(f"An address of this network is {hint}; a character is wrong or missing.")
        return address, is_checked

    return read


def _cosmos(prefix: str) -> Callable[[str], tuple[str, bool]]:
    def read(address: str) -> tuple[str, bool]:
        if not chain_checksums.is_cosmos(address, prefix):
            raise _Fault(f"An address of this network begins with {prefix}1; a character is wrong or missing.")
        return address.lower(), True

    return read


def _move(address: str) -> tuple[str, bool]:
    canonical = address.lower()
    if not chain_checksums.is_long_hexadecimal(canonical):
        raise _Fault("An address of this network is 0x and up to 64 hexadecimal digits.")
    return "0x" + canonical[2:].rjust(64, "0"), False


_COSMOS_PREFIXES = {
    "ATOM": "cosmos", "OSMO": "osmo", "TIA": "celestia", "RUNE": "thor", "DYDX": "dydx", "SCRT": "secret",
}  # fmt: skip
"""Without those that also take addresses of Ethereum."""
_FORMATS = {
    one.name: one
    for one in (
        AddressFormat("bitcoin", _bitcoin_like("bc", frozenset({0x00, 0x05}))),
        AddressFormat("litecoin", _bitcoin_like("ltc", frozenset({0x30, 0x32}))),
        AddressFormat("dogecoin", _bitcoin_like(None, frozenset({0x1E, 0x16}))),
        AddressFormat("ethereum", _ethereum),
        AddressFormat("solana", _solana),
        AddressFormat("tron", _base58_with_version(base58.BITCOIN_ALPHABET, 0x41, "T")),
        AddressFormat("xrp", _xrp, _xrp_tag, "destination tag"),
        AddressFormat("simulated", _simulated, _simulated_tag, "tag"),
        AddressFormat("iban", _iban, _bic, "BIC"),
        AddressFormat("dash", _bitcoin_like(None, frozenset({0x4C, 0x10}))),
        AddressFormat("stellar", _cased(chain_checksums.is_stellar, hint="G and 55 more characters"), _memo, "memo"),
        AddressFormat("algorand", _cased(chain_checksums.is_algorand, hint="58 capital letters and digits")),
        AddressFormat("ton", _cased(chain_checksums.is_ton, hint="48 letters, digits and signs"), _memo, "memo"),
        AddressFormat(
            "hedera",
            _cased(chain_checksums.is_hedera, hint="0.0. and the account's number", is_checked=False),
            _memo,
            "memo",
        ),
        AddressFormat("move", _move),
        *(AddressFormat(prefix, _cosmos(prefix), _memo, "memo") for prefix in _COSMOS_PREFIXES.values()),
    )
}
_NETWORKS = {
    network: name
    for name, networks in {
        "bitcoin": "BTC BITCOIN SEGWIT",
        "litecoin": "LTC LITECOIN",
        "dogecoin": "DOGE DOGECOIN",
        "ethereum": "ETH ERC20 BSC BEP20 POLYGON MATIC ARBITRUM ARBONE OPTIMISM BASE AVAXC",
        "solana": "SOL SOLANA",
        "tron": "TRX TRC20 TRON",
        "xrp": "XRP XRPL",
        "simulated": "SIM",
        "iban": "SEPA SWIFT BANK",
        "dash": "DASH",
        "stellar": "XLM STELLAR",
        "algorand": "ALGO",
        "ton": "TON",
        "hedera": "HBAR",
        "move": "APT SUI",
        **{prefix: network for network, prefix in _COSMOS_PREFIXES.items()},
    }.items()
    for network in networks.split()
}
