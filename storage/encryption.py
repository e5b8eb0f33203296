"""Secrets at rest: AES-256-GCM under a named key, bound to the field they were written for.

The stock fields of django-fernet-fields encrypt with AES-128 and, in `bulk_update`, would encrypt the text of an SQL
expression in place of its value. This field keeps their interface and replaces both.

Stored bytes: version (1), length of the key id (1), key id, nonce (12), ciphertext with tag. The associated data is
"app.Model.field", so a secret copied into another column does not decrypt. Keys come from the key provider
(`storage.key_providers`) as (id, 32 bytes) pairs: the first encrypts, all decrypt. `storage.rotation` encrypts anew
what is under another key than the first.
"""

import secrets
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db.models.expressions import BaseExpression
from fernet_fields.fields import EncryptedTextField

from kernel.errors import BourseError
from storage.key_providers import key_provider

_VERSION = 1
_NONCE_BYTES = 12


class SecretUnreadable(BourseError):
    """A stored secret could not be decrypted: its key is gone, or the bytes were moved or altered."""

    code = "SECRET_UNREADABLE"
    status = 500
    message = "A stored secret could not be read."


class KeyRing:
    """The keys a process knows; encrypts with the first, decrypts with any."""

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        self._primary = keys[0][0]
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys}

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self._primary].encrypt(nonce, plaintext, associated_data)
        return self.prefix + nonce + sealed

    @property
    def prefix(self) -> bytes:
        """How everything begins that the first key encrypts."""
        key_id = self._primary.encode()
        return bytes([_VERSION, len(key_id)]) + key_id

    @property
    def primary(self) -> str:
        """The id of the key that encrypts."""
        return self._primary

    def decrypt(self, token: bytes, associated_data: bytes) -> bytes:
        """Raises SecretUnreadable; says nothing of the content."""
        try:
            if token[0] != _VERSION:
                raise SecretUnreadable
            start = 2 + token[1]
            cipher = self._ciphers[token[2:start].decode()]
            return cipher.decrypt(token[start : start + _NONCE_BYTES], token[start + _NONCE_BYTES :], associated_data)
        except (InvalidTag, KeyError, IndexError, UnicodeDecodeError) as error:
            raise SecretUnreadable from error


def key_ring() -> KeyRing:
    """The present keys."""
    return KeyRing(key_provider().present_keys())


class EncryptedSecretField(EncryptedTextField):
    """Text that is readable in Python and ciphertext in the database."""

    @property
    def associated_data(self) -> bytes:
        """Binds what is encrypted to this column."""
        return f"{self.model._meta.label}.{self.attname}".encode()

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is None or isinstance(value, BaseExpression):
            return value
        return connection.Database.Binary(key_ring().encrypt(str(value).encode(), self.associated_data))

    def from_db_value(self, value: Any, _expression: Any, _connection: Any, *_: Any) -> str | None:
        if value is None:
            return None
        return key_ring().decrypt(bytes(value), self.associated_data).decode()
