"""The lists of deposits and withdrawals that an exchange keeps, read whole or not at all."""

import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from wallet.models import Rail
from wallet.rails.custody_client import CustodyClient
from wallet.rails.custody_exchanges import exchange_of
from wallet.rails.protocol import RailUnavailable

DONE, PENDING = "ok", "pending"
MOST_PAGES = 20


class CustodyLists:
    """What came to an account at an exchange and what left it, in ccxt's unified form."""

    def __init__(self, rail: Rail, client: CustodyClient) -> None:
        self._settings = rail.settings
        self._exchange = exchange_of(rail)
        self._client = client

    def first_since(self) -> int:
        return time.time_ns() // 1_000_000 - int(self._settings.get("history_days", 30)) * 24 * 3_600_000

    def deposits(self, asset: str, since_ms: int) -> Iterator[dict[str, Any]]:
        scopes = [dict(entry["parameters"]) for entry in self._settings.get("sub_accounts", [])]
        for parameters in [{}, *scopes]:
            if self._exchange.has_combined_list:
                reports = self._whole_list("fetch_deposits_withdrawals", asset, since_ms, parameters)
                yield from (report for report in reports if report.get("type") == "deposit")
            else:
                yield from self._whole_list("fetch_deposits", asset, since_ms, parameters)

    def withdrawals(self, asset: str, since_ms: int) -> Iterator[dict[str, Any]]:
        if self._exchange.has_combined_list:
            reports = self._whole_list("fetch_deposits_withdrawals", asset, since_ms, {})
            yield from (report for report in reports if report.get("type") == "withdrawal")
        else:
            yield from self._whole_list("fetch_withdrawals", asset, since_ms, {})

    def _whole_list(self, method: str, asset: str, since_ms: int, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """Everything since a moment. A full page is followed by the one before it, until one is not full.

        Raises RailUnavailable where a full page brings nothing new: then some of the list is out of reach.
        """
        most = self._exchange.page_size
        asked_for = most if self._exchange.takes_page_size else None
        found: dict[str, dict[str, Any]] = {}
        until: int | None = None
        for _ in range(MOST_PAGES):
            bounds = {} if until is None else {self._exchange.until_parameter: until}
            page = self._client.read(method, asset, since_ms, asked_for, parameters | bounds)
            if not isinstance(page, list):
                raise RailUnavailable(details={"problem": "the answer is no list"})
            before = len(found)
            for report in page:
                _require_readable(report, asset)
                found[f"{report.get('id')} {report.get('txid')} {report.get('address')} {report.get('type')}"] = report
            if len(page) < most:
                return sorted(found.values(), key=lambda report: int(report["timestamp"] or 0))
            if len(found) == before:
                break
            until = min(int(report["timestamp"] or 0) for report in page)
        raise RailUnavailable(details={"problem": "the list is longer than the exchange gives at once"})

    def names_itself(self, report: dict[str, Any]) -> bool:
        """A deposit without the name it will have for good is met again later, with it."""
        return report["status"] in (DONE, PENDING) and bool(self.identity(report))

    def identity(self, report: dict[str, Any]) -> str:
        return str((report.get("id") if self._exchange.has_stable_ids else report.get("txid")) or "")

    def output_index(self, report: dict[str, Any]) -> int:
        """Ids of the exchange are each for one output; of a chain transaction the address tells which is meant."""
        if self._exchange.has_stable_ids:
            return 0
        return zlib.crc32(f"{report.get('addressTo')}|{report.get('tagTo')}".encode()) & 0x7FFF_FFFF


def _require_readable(report: Any, asset: str) -> None:
    if not isinstance(report, dict) or report.get("amount") is None or report.get("currency") != asset:
        raise RailUnavailable(details={"problem": "an entry of the list cannot be read"})
    amount_of(report["amount"])


def amount_of(value: Any) -> Decimal:
    """An exact amount; a float may have lost some of it on the way and is not taken."""
    if isinstance(value, float):
        raise RailUnavailable(details={"problem": "an amount is not exact"})
    amount = Decimal(str(value))
    if not amount.is_finite() or amount < 0:
        raise RailUnavailable(details={"problem": "an amount is not a number"})
    return amount


def fee_of(report: dict[str, Any], asset: str) -> Decimal | None:
    """What the exchange took of this asset; None: it does not say, or took another, which its own balance shows."""
    fee = report.get("fee") or {}
    cost = fee.get("cost")
    return None if cost is None or fee.get("currency") not in (None, asset) else amount_of(cost)


def moment_of(report: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(report["timestamp"] or 0) // 1000, tz=UTC)
