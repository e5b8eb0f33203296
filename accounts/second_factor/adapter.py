"""What allauth asks about second factors: how secrets are kept, and what apps call us."""

import base64
import binascii

from allauth.mfa.adapter import DefaultMFAAdapter

from storage.encryption import SecretUnreadable, key_ring

STORED = b"mfa.Authenticator.data"
"""Binds a stored secret to allauth's column."""


def seal(text: str, place: bytes) -> str:
    """A secret as text that only `unseal` with the same place reads."""
    return base64.b64encode(key_ring().encrypt(text.encode(), place)).decode()


def unseal(sealed: str, place: bytes) -> str:
    """Raises SecretUnreadable for what was altered or sealed for another place."""
    try:
        token = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SecretUnreadable from error
    return key_ring().decrypt(token, place).decode()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted like API keys."""

    def encrypt(self, text: str) -> str:
        return seal(text, STORED)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, STORED)
