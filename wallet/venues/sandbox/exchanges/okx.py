"""OKX: base64 HMAC-SHA256 over moment, method, path and body, with a passphrase; errors as {"code", "msg", "data"}."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

from wallet.venues.sandbox.exchange import Door, Request, SandboxExchange, require_moment, require_signature
from wallet.venues.sandbox.keys import TRADE, WITHDRAW, Key, KeySource
from wallet.venues.sandbox.problems import Problem, Refused
from wallet.venues.sandbox.wire import Answer, Call

_WINDOW_MS = 30_000
_REFUSALS = {
    Problem.WRONG_KEY: (401, "50111", "Invalid OK-ACCESS-KEY."),
    Problem.WRONG_SIGNATURE: (401, "50113", "Invalid Sign."),
    Problem.WRONG_PASSPHRASE: (401, "50105", "Request header OK-ACCESS-PASSPHRASE incorrect."),
    Problem.IP_NOT_ALLOWED: (401, "50110", "Your IP 192.0.2.1 is not included in your API key's IP whitelist."),
    Problem.PERMISSION_MISSING: (401, "50120", "This API key doesn't have permission to use this function."),
    Problem.ACCOUNT_DISABLED: (200, "50007", "Account blocked."),
    Problem.NONCE_INVALID: (401, "50102", "Timestamp request expired."),
    Problem.RATE_LIMITED: (429, "50011", "Too Many Requests"),
    Problem.MAINTENANCE: (503, "50001", "Service temporarily unavailable. Try again later"),
    Problem.CURRENCY_UNKNOWN: (200, "51000", "Parameter ccy error"),
    Problem.NETWORK_UNKNOWN: (200, "51000", "Parameter chain error"),
    Problem.PATH_UNKNOWN: (404, "50404", "URL not found"),
}


class Okx(SandboxExchange):
    id = "okx"
    networks = {
        "BTC": "Bitcoin", "ERC20": "ERC20", "TRC20": "TRC20", "BEP20": "BSC", "SOL": "Solana", "POLYGON": "Polygon",
        "ARBITRUM": "Arbitrum One", "BASE": "Base", "AVAXC": "Avalanche C-Chain", "XRP": "Ripple",
        "XLM": "Stellar Lumens", "LTC": "Litecoin", "DOGE": "Dogecoin", "ATOM": "Cosmos",
    }  # fmt: skip

    def doors(self) -> list[Door]:
        return [
            Door("GET", "/api/v5/public/time", self._time, ""),
            Door("GET", "/api/v5/public/instruments", self._instruments, ""),
            Door("GET", "/api/v5/system/status", lambda request: _data([]), ""),
            Door("GET", "/api/v5/account/config", self._config),
            Door("GET", "/api/v5/account/balance", lambda request: _data([])),
            Door("GET", "/api/v5/asset/balances", lambda request: _data([])),
            Door("GET", "/api/v5/asset/currencies", self._currencies),
            Door("GET", "/api/v5/asset/deposit-address", self._addresses),
        ]

    @classmethod
    def credentials(cls, source: KeySource) -> tuple[str, str, str]:
        return source.uuid("key"), source.hexadecimal("secret", 32).upper(), source.letters("passphrase", 12)

    def key_in(self, call: Call) -> str:
        return call.headers.get("OK-ACCESS-KEY", "")

    def verify(self, call: Call, key: Key) -> None:
        moment = call.headers.get("OK-ACCESS-TIMESTAMP", "")
        signed = f"{moment}{call.method}{call.request_line}".encode() + call.body
        expected = base64.b64encode(hmac.new(key.api_secret.encode(), signed, hashlib.sha256).digest()).decode()
        require_signature(call.headers.get("OK-ACCESS-SIGN", ""), expected)
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            raise Refused(Problem.NONCE_INVALID) from None
        if at.tzinfo is None:
            raise Refused(Problem.NONCE_INVALID)
        require_moment(round(at.timestamp() * 1000), call.now_ms, window_ms=_WINDOW_MS, ahead_ms=_WINDOW_MS)
        if not hmac.compare_digest(call.headers.get("OK-ACCESS-PASSPHRASE", "").encode(), key.passphrase.encode()):
            raise Refused(Problem.WRONG_PASSPHRASE)

    def refusal(self, problem: Problem, call: Call) -> Answer:
        if problem is Problem.ADDRESS_PENDING:
            return Answer(_data([]))
        status, code, message = _REFUSALS[problem]
        return Answer({"code": code, "msg": message, "data": []}, status)

    def _time(self, request: Request) -> dict[str, Any]:
        return _data([{"ts": str(request.call.now_ms)}])

    def _instruments(self, request: Request) -> dict[str, Any]:
        match request.call.arguments.get("instType"):
            case "SPOT":
                pairs = [self._instrument(one.code, "SPOT") for one in self.currencies() if one.code != "USDT"]
            case "SWAP":
                pairs = [self._instrument(code, "SWAP") for code in ("BTC", "ETH", "XRP")]
            case _:
                pairs = []
        return _data(pairs)

    @staticmethod
    def _instrument(code: str, kind: str) -> dict[str, Any]:
        is_swap = kind == "SWAP"
        return {
            "instType": kind, "instId": f"{code}-USDT" + ("-SWAP" if is_swap else ""), "state": "live", "lever": "1",
            "baseCcy": "" if is_swap else code, "quoteCcy": "" if is_swap else "USDT",
            "uly": f"{code}-USDT" if is_swap else "", "instFamily": f"{code}-USDT" if is_swap else "",
            "settleCcy": "USDT" if is_swap else "", "ctVal": "0.01" if is_swap else "",
            "ctType": "linear" if is_swap else "",
            "lotSz": "0.0001", "minSz": "0.0001", "tickSz": "0.01", "listTime": "1611916828000", "expTime": "",
        }  # fmt: skip

    def _config(self, request: Request) -> dict[str, Any]:
        held = request.signer.permissions
        granted = ["read_only"] + ["withdraw"] * (WITHDRAW in held) + ["trade"] * (TRADE in held)
        return _data([{
            "uid": "44705892343619584", "mainUid": "44705892343619584", "acctLv": "2", "posMode": "net_mode",
            "perm": ",".join(granted), "ip": "", "label": "sandbox", "roleType": "0", "type": "0", "level": "Lv1",
            "kycLv": "2",
        }])  # fmt: skip

    def _currencies(self, request: Request) -> dict[str, Any]:
        return _data([
            {"ccy": one.code, "name": one.name, "chain": f"{one.code}-{self.networks[network]}", "canDep": True,
             "canWd": True, "canInternal": True, "mainNet": network == one.networks[0], "minFee": "0.1",
             "maxFee": "0.2", "fee": "0.1", "minWd": "1", "maxWd": "1000000", "wdTickSz": "8",
             "needTag": one.needs_tag(network)}
            for one in self.currencies() for network in self.networks_of(one)
        ])  # fmt: skip

    def _addresses(self, request: Request) -> dict[str, Any]:
        code = request.call.arguments.get("ccy", "")
        return _data([
            {"addr": place.address, "ccy": code, "chain": f"{code}-{self.networks[place.network]}", "ctAddr": "",
             "to": "6", "selected": True, **({"tag": place.tag} if place.tag else {})}
            for place in self.places(request, code)
        ])  # fmt: skip


def _data(content: list[Any]) -> dict[str, Any]:
    return {"code": "0", "msg": "", "data": content}
