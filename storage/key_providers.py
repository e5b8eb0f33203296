"""Where the keys of encrypted fields come from: the environment or a file of this machine, or somebody who keeps keys.

A provider gives (id, 32 bytes) pairs. The first encrypts, all decrypt, so keys are rotated by putting a new one in
front, running `./bourse manage rotate_credentials`, and taking the old one away. docs/encryption.md shows how providers
for AWS KMS and for a hardware module (PKCS#11) are written on top of `EnvelopeKeyProvider`.
"""

import base64
import binascii
import threading
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

Keys = Sequence[tuple[str, bytes]]

KEY_BYTES = 32
LONGEST_ID = 60
KEEP_SECONDS = 3_600.0
"""How long an unwrapped key stays in the memory of a process before it is unwrapped again."""


class KeyProvider(Protocol):
    """One object of a process; called for every secret, from any thread, so it answers at once."""

    def present_keys(self) -> Keys:
        """The key that encrypts, then those that only decrypt. Never empty; each key has 32 bytes."""
        ...


class LocalKeyProvider:
    """The keys of `settings.FIELD_ENCRYPTION_KEYS`, as they are."""

    def present_keys(self) -> Keys:
        return settings.FIELD_ENCRYPTION_KEYS


class EnvelopeKeyProvider:
    """Keys that are stored wrapped by a master key which never leaves its keeper.

    `settings.FIELD_ENCRYPTION_KEYS` has wrapped data keys then. Each is unwrapped once and kept for `KEEP_SECONDS`: the
    keeper is asked when a process starts and once an hour, and not for every secret. While the keeper is away, what was
    unwrapped last is kept on.
    """

    def __init__(self, unwrap: Callable[[str, bytes], bytes]) -> None:
        """`unwrap` takes a key's id and its wrapped bytes, and gives 32 bytes, or raises."""
        self._unwrap = unwrap
        self._lock = threading.Lock()
        self._kept: list[tuple[str, bytes]] = []
        self._wrapped: list[tuple[str, bytes]] = []
        self._until = 0.0

    def present_keys(self) -> Keys:
        wrapped = list(settings.FIELD_ENCRYPTION_KEYS)
        if wrapped == self._wrapped and time.monotonic() < self._until:
            return self._kept
        with self._lock:
            if wrapped != self._wrapped or time.monotonic() >= self._until:
                self._renew(wrapped)
            return self._kept

    def _renew(self, wrapped: list[tuple[str, bytes]]) -> None:
        try:
            kept = [(key_id, self._unwrap(key_id, key)) for key_id, key in wrapped]
        except Exception:
            if wrapped != self._wrapped:
                raise
        else:
            require_keys(kept)
            self._kept, self._wrapped = kept, wrapped
        self._until = time.monotonic() + KEEP_SECONDS


def key_provider() -> KeyProvider:
    """The provider of this process."""
    return _provider_named(settings.FIELD_KEY_PROVIDER)


def keys_of_environment(*, file: str, text: str) -> list[tuple[str, bytes]]:
    """Pairs `id:base64`, separated by commas or lines; lines that begin with # are comments. A file wins.

    Raises ImproperlyConfigured, which never repeats a key.
    """
    if file:
        try:
            text = Path(file).read_text()
        except OSError as error:
            raise ImproperlyConfigured(f"FIELD_ENCRYPTION_KEYS_FILE cannot be read: {error.strerror}") from None
    lines = [line.strip() for line in text.splitlines()]
    items = [item.strip() for line in lines if not line.startswith("#") for item in line.split(",") if item.strip()]
    found = []
    for number, item in enumerate(items, start=1):
        key_id, _, key = item.partition(":")
        if not 0 < len(key_id) <= LONGEST_ID or not key_id.isascii() or not key_id.isprintable():
            raise ImproperlyConfigured(f"field encryption key {number} has no sound id")
        try:
            decoded = base64.b64decode(key, validate=True)
            if not decoded:
                raise binascii.Error
            found.append((key_id, decoded))
        except binascii.Error:
            raise ImproperlyConfigured(f"field encryption key {number} is not base64") from None
    ids = [key_id for key_id, _ in found]
    if not found or len(set(ids)) != len(ids):
        raise ImproperlyConfigured("field encryption keys are needed, each with an id of its own")
    return found


def require_keys(keys: Keys) -> None:
    """Raises ImproperlyConfigured where one of them is no key of AES-256."""
    if not keys or any(len(key) != KEY_BYTES for _, key in keys):
        raise ImproperlyConfigured(f"field encryption keys have {KEY_BYTES} bytes each")


@lru_cache(maxsize=4)
def _provider_named(name: str) -> KeyProvider:
    provider: KeyProvider = import_string(name)()
    require_keys(provider.present_keys())
    return provider
