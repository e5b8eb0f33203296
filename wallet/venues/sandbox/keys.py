"""Keys of sandbox accounts: who may sign, and what each may do. Deterministic from a seed."""

import base64
import hashlib
import threading
from dataclasses import dataclass, field

from wallet.venues.sandbox.problems import Problem, Refused

READ, TRADE, WITHDRAW = "read", "trade", "withdraw"


@dataclass(slots=True)
class Key:
    """A key of one account at one exchange."""

    exchange: str
    owner: str
    """Whose account: accounts of the same owner at an exchange have the same addresses."""
    api_key: str
    api_secret: str = field(repr=False)
    passphrase: str = field(default="", repr=False)
    permissions: frozenset[str] = frozenset({READ})
    problem: Problem | None = None
    """Whatever it asks is refused for this."""
    last_nonce: int = 0
    generations: dict[tuple[str, str], int] = field(default_factory=dict)
    """(currency, network) → how often its address was changed."""


class KeySource:
    """Text of any length that looks random and is always the same."""

    def __init__(self, *parts: str) -> None:
        self._seed = "\n".join(("bourse sandbox key", *parts)).encode()

    def octets(self, name: str, length: int) -> bytes:
        return hashlib.shake_256(self._seed + b"\n" + name.encode()).digest(length)

    def hexadecimal(self, name: str, length: int) -> str:
        return self.octets(name, (length + 1) // 2).hex()[:length]

    def letters(self, name: str, length: int) -> str:
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        return "".join(alphabet[octet % len(alphabet)] for octet in self.octets(name, length))

    def base64(self, name: str, octets: int) -> str:
        return base64.b64encode(self.octets(name, octets)).decode()

    def uuid(self, name: str) -> str:
        digits = self.hexadecimal(name, 32)
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class KeyRing:
    """All keys of all exchanges. Safe to use from several threads."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str], Key] = {}
        self._lock = threading.Lock()

    def add(self, key: Key) -> None:
        with self._lock:
            self._keys.setdefault((key.exchange, key.api_key), key)

    def find(self, exchange: str, api_key: str) -> Key | None:
        return self._keys.get((exchange, api_key))

    def use_nonce(self, key: Key, nonce: int) -> None:
        """Raises Refused for one that is not above all that were used before."""
        with self._lock:
            if nonce <= key.last_nonce:
                raise Refused(Problem.NONCE_INVALID)
            key.last_nonce = nonce
