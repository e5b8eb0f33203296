"""Balances and postings as JSON objects. Decimals are written by the renderer, in plain notation."""

from typing import Any

from ledger.api.parameters import rfc3339
from ledger.history import PostingView
from ledger.selectors import BalanceView


def balance_json(balance: BalanceView) -> dict[str, Any]:
    return {
        "asset": balance.asset,
        "available": balance.available,
        "locked": balance.locked,
        "total": balance.available + balance.locked,
        "version": balance.version,
    }


def posting_json(posting: PostingView) -> dict[str, Any]:
    return {
        "id": str(posting.id),
        "entry_id": str(posting.entry_id),
        "cause": posting.kind.name,
        "asset": posting.asset,
        "available_delta": posting.available_delta,
        "locked_delta": posting.locked_delta,
        "available_after": posting.available_after,
        "locked_after": posting.locked_after,
        "posted_at": rfc3339(posting.posted_at),
    }
