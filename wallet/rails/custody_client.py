"""A ccxt client that can be trusted with money: exact numbers, honest errors, and no repeated withdrawal.

What ccxt raises does not tell what happened. A page of HTML, a cut-off answer or an unknown currency may surface as
`InvalidAddress`, `ArgumentsRequired` or `{}`; an unrecognised 403 as `ExchangeNotAvailable`, which looks as if a repeat
could help. So every answer's status and form are kept beside it, and what an error means is judged by both.

ccxt changes the thread's decimal context and rounds on purpose, and the exchange computes exactly or not at all: each
call runs in a context of its own.
"""

import hashlib
import importlib
import json
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from wallet.ccxt_habits import NO_MARKET, own_decimals, rebased
from wallet.models import Rail, RailCredential
from wallet.rails.custody_exchanges import CustodyMisconfigured, exchange_of
from wallet.rails.protocol import PayoutRefused, PayoutUnknown, RailUnavailable

TIMEOUT_MS = 10_000
KEEP_SECONDS = 3_600.0
"""How long a process keeps a client, and with it what the exchange says of its currencies."""
MOST_KEPT = 50
ATTEMPTS = 3
PAUSE_SECONDS = 0.5
_FINAL_STATUSES = frozenset({400, 401, 403, 404, 405, 422})
_WRITES = frozenset({"POST", "PUT", "DELETE", "PATCH"})


_kept: dict[bytes, tuple[float, "CustodyClient"]] = {}
_keeping = threading.Lock()


def client_of(rail: Rail) -> "CustodyClient":
    """The process's client of a custody account; another one once its settings or keys are others."""
    credential = RailCredential.objects.filter(rail=rail).first()
    keys = [credential.api_key, credential.api_secret, credential.passphrase] if credential else []
    name = hashlib.blake2b(json.dumps([rail.code, rail.settings, keys], sort_keys=True).encode()).digest()
    with _keeping:
        made_at, client = _kept.get(name, (0.0, None))
        if client is None or made_at < time.monotonic() - KEEP_SECONDS:
            client = CustodyClient(rail, credential)
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[name] = (time.monotonic(), client)
    return client


class CustodyClient:
    """One account at one exchange. It does one thing at a time, whichever thread asks."""

    def __init__(self, rail: Rail, credential: RailCredential | None) -> None:
        self._rail = rail
        self._credential = credential
        self._lock = threading.RLock()
        self._ccxt: Any = None
        self._status: int | None = None
        self._was_object = False
        self._writes = 0

    @property
    def ccxt(self) -> Any:
        """The ccxt client, with its currencies loaded. Raises CustodyMisconfigured, RailUnavailable."""
        if self._ccxt is None:
            made = self._make()
            if "currencies" in self._rail.settings:
                made.set_markets([NO_MARKET], self._rail.settings["currencies"])
            self._ccxt = made
            if "currencies" not in self._rail.settings:
                try:
                    self._read_with(made, lambda: made.load_markets())
                except RailUnavailable:
                    self._ccxt = None
                    raise
        return self._ccxt

    def read(self, method: str, *arguments: Any, **options: Any) -> Any:
        """Ask something that changes nothing; what may pass is tried again. Raises RailUnavailable."""
        with self._lock:
            client = self.ccxt
            return self._read_with(client, lambda: getattr(client, method)(*arguments, **options))

    def withdraw(self, *, asset: str, amount: str, address: str, parameters: dict[str, Any]) -> Any:
        """Send, once: nothing here ever repeats it.

        Raises RailUnavailable where nothing was sent and the payout itself was not refused, as with too little money or
        an expired key; PayoutRefused where the exchange said no to it in so many words; PayoutUnknown in every other
        case.
        """
        with self._lock:
            return self._withdraw(asset, amount, address, parameters)

    def _withdraw(self, asset: str, amount: str, address: str, parameters: dict[str, Any]) -> Any:
        import ccxt

        client = self.ccxt
        self._forget_answer()
        try:
            with own_decimals():
                return client.withdraw(asset, amount, address, parameters)
        except ccxt.OperationFailed as error:
            if not self._writes:
                raise RailUnavailable(details=_about(error)) from error
            raise PayoutUnknown(details=_about(error)) from error
        except ccxt.ExchangeError as error:
            if not self._writes and self._status is not None:
                # A question that ccxt asked before went wrong.
                raise RailUnavailable(details=_about(error)) from error
            # An error that ccxt does not recognise may be the exchange's own confusion, so it is no refusal.
            is_recognised = type(error) is not ccxt.ExchangeError and self._was_object and (self._status or 500) < 500
            if self._writes and not is_recognised:
                raise PayoutUnknown(details=_about(error)) from error
            if isinstance(error, ccxt.InsufficientFunds | ccxt.AuthenticationError | ccxt.ManualInteractionNeeded):
                # About us and not about the payout, which can be made once somebody has seen to it.
                raise RailUnavailable(details=_about(error)) from error
            raise PayoutRefused(details=_about(error)) from error
        except Exception as error:  # ccxt lets TypeError and the like through where an answer has another form
            if not self._writes:
                raise RailUnavailable(details=_about(error)) from error
            raise PayoutUnknown(details=_about(error)) from error

    def exact_amount(self, asset: str, amount: str, network: str) -> bool:
        """Whether the exchange can carry the amount as it is, and would not cut off some of it."""
        with self._lock:
            client = self.ccxt
        if not client.is_tick_precision():
            return True  # there ccxt sends amounts as they are
        with own_decimals():
            cut = client.currency_to_precision(asset, amount, network)
        return Decimal(cut) == Decimal(amount)

    def network_fee(self, asset: str, network: str) -> Decimal | None:
        """What the exchange takes for a withdrawal; None where it does not say."""
        fixed = self._rail.settings.get("network_fees", {}).get(asset)
        if fixed is not None:
            return Decimal(str(fixed))
        with self._lock:
            client = self.ccxt
        known = (client.currencies.get(asset) or {}).get("networks", {}).get(network, {}).get("fee")
        return None if known is None else Decimal(str(known))

    def _read_with(self, client: Any, ask: Callable[[], Any]) -> Any:
        import ccxt

        for attempt in range(1, ATTEMPTS + 1):
            self._forget_answer()
            try:
                with own_decimals():
                    answer = ask()
            except ccxt.OperationFailed as error:
                if attempt == ATTEMPTS or self._status in _FINAL_STATUSES:
                    raise RailUnavailable(details=_about(error)) from error
                time.sleep(PAUSE_SECONDS * attempt)
            except Exception as error:  # ccxt lets TypeError and the like through where an answer has another form
                raise RailUnavailable(details=_about(error)) from error
            else:
                if self._status is not None and not self._was_object:
                    raise RailUnavailable(details={"problem": "the answer is empty or no JSON"})
                return answer
        raise AssertionError("the last attempt returns or raises")

    def _forget_answer(self) -> None:
        self._status, self._was_object, self._writes = None, False, 0

    def _make(self) -> Any:
        exchange = exchange_of(self._rail)
        credential = self._credential
        if credential is None or (exchange.needs_passphrase and not credential.passphrase):
            raise CustodyMisconfigured(details={"setting": "credential"})
        made = getattr(importlib.import_module("ccxt"), exchange.ccxt_id)(
            {
                "apiKey": credential.api_key,
                "secret": credential.api_secret,
                "password": credential.passphrase,
                "timeout": TIMEOUT_MS,
                "enableRateLimit": True,
                "number": Decimal,
                "options": self._rail.settings.get("options", {}),
            }
        )
        base_url = self._rail.settings.get("base_url")
        if base_url:
            made.urls["api"] = rebased(made.urls["api"], base_url)
        self._watch(made)
        return made

    def _watch(self, made: Any) -> None:
        """Keep what was sent and what came back, which the errors do not tell."""
        fetch, on_response, parse_json = made.fetch, made.on_rest_response, made.parse_json

        def watched_fetch(url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
            self._status, self._was_object = None, False
            self._writes += method.upper() in _WRITES
            return fetch(url, method, headers, body)

        def watched_response(code: int, *rest: Any) -> Any:
            self._status = code
            return on_response(code, *rest)

        def watched_json(text: str) -> Any:
            parsed = parse_json(text)
            self._was_object = isinstance(parsed, list) or (isinstance(parsed, dict) and bool(parsed))
            return parsed

        made.fetch, made.on_rest_response, made.parse_json = watched_fetch, watched_response, watched_json


def _about(error: Exception) -> dict[str, str]:
    """The kind of an error alone: its text may hold addresses, signatures and keys."""
    return {"error": type(error).__name__}
