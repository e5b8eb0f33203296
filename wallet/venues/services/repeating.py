"""Requests that may be sent again: whoever does not know whether the first one arrived repeats it under its key.

The first answer is kept for some days and given again, with nothing done; other content under the same key is refused.
A request that was refused has no answer to keep: its repeat is tried anew.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from ledger.errors import IdempotencyConflict
from storage.session_locks import only_one
from wallet.venues.errors import RequestUnderWay
from wallet.venues.models import GivenAnswer

KEPT_FOR = timedelta(days=7)
ANSWERING = 0x76656E61


def answer_once(
    *,
    user: User,
    request_id: str,
    kind: str,
    content: Mapping[str, Any],
    work: Callable[[], dict[str, Any]],
    is_one_transaction: bool = True,
) -> dict[str, Any]:
    """What `work` answers, or what it answered under this key before.

    In one transaction work and answer are kept together or not at all. Work that asks an exchange has transactions of
    its own: if its process dies before the answer is kept, a repeat is carried out again, so that must do no harm.
    Raises IdempotencyConflict for other content, RequestUnderWay, and what `work` raises.
    """
    digest = _digest(user, kind, content)
    with only_one(ANSWERING, f"{user.pk} {request_id}") as is_alone:
        if not is_alone:
            raise RequestUnderWay
        first = GivenAnswer.objects.filter(user=user, request_id=request_id).first()
        if first is not None:
            if bytes(first.input_hash) != digest:
                raise IdempotencyConflict(details={"request_id": request_id})
            return dict(orjson.loads(first.content))
        if not is_one_transaction:
            return _kept(user, request_id, digest, work())
        with transaction.atomic():
            return _kept(user, request_id, digest, work())


def forget_answers(*, at: datetime) -> int:
    """Delete answers that are older than we keep them; how many."""
    deleted, _ = GivenAnswer.objects.filter(at__lt=at - KEPT_FOR).delete()
    return deleted


def _kept(user: User, request_id: str, digest: bytes, answer: dict[str, Any]) -> dict[str, Any]:
    GivenAnswer.objects.create(
        user=user,
        request_id=request_id,
        input_hash=digest,
        content=orjson.dumps(answer).decode(),
        at=timezone.now(),
    )
    return answer


def _digest(user: User, kind: str, content: Mapping[str, Any]) -> bytes:
    text = json.dumps([user.pk, kind, content], sort_keys=True, default=str)
    return salted_hmac("wallet.venues.services.repeating", text, algorithm="sha256").digest()
