"""Encrypting the secrets of second factors anew. They are sealed texts in allauth's own rows, not columns of ours."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.second_factor.adapter import STORED, seal, unseal
from storage.encryption import SecretUnreadable, key_ring
from storage.rotation import RotationProgress

COLUMN = "mfa.Authenticator.data"
SEALED = ("secret", "seed")
"""Of authenticator apps, and of recovery codes."""


def rotate_second_factors(*, batch_size: int) -> Iterator[RotationProgress]:
    """The same as `storage.rotation.rotate_columns`, for second factors."""
    done = unreadable = after = 0
    left = sum(_is_old(data) for data in Authenticator.objects.values_list("data", flat=True).iterator())
    while True:
        with transaction.atomic():
            rows = list(
                Authenticator.objects.select_for_update(no_key=True).filter(pk__gt=after).order_by("pk")[:batch_size]
            )
            for row in rows:
                try:
                    done += _rotate(row)
                except SecretUnreadable:
                    unreadable += 1
        yield RotationProgress(COLUMN, done, max(left - done - unreadable, 0), unreadable)
        if len(rows) < batch_size:
            return
        after = rows[-1].pk


def _rotate(row: Authenticator) -> bool:
    if not _is_old(row.data):
        return False
    sealed = {name: seal(unseal(row.data[name], STORED), STORED) for name in SEALED if name in row.data}
    row.data = {**row.data, **sealed}
    row.save(update_fields=["data"])
    return True


def _is_old(data: dict[str, Any]) -> bool:
    """Whether one of its sealed texts is under another key than the first; what is no sealed text counts as such."""
    prefix = key_ring().prefix
    for name in SEALED:
        if name in data:
            try:
                if not base64.b64decode(data[name], validate=True).startswith(prefix):
                    return True
            except (binascii.Error, ValueError, TypeError):
                return True
    return False
