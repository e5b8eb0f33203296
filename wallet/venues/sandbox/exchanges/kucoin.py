"""KuCoin: base64 HMAC-SHA256 over moment, method, path and body, and over the passphrase too; {"code", "data"}."""

import base64
import hashlib
import hmac
from typing import Any

from wallet.venues.sandbox.deposits import Place
from wallet.venues.sandbox.exchange import Door, Request, SandboxExchange, require_moment, require_signature, whole
from wallet.venues.sandbox.keys import READ, TRADE, WITHDRAW, Key, KeySource
from wallet.venues.sandbox.listing import Currency
from wallet.venues.sandbox.problems import Problem, Refused
from wallet.venues.sandbox.wire import Answer, Call

_WINDOW_MS = 5_000
_REFUSALS = {
    Problem.WRONG_KEY: (401, "400003", "KC-API-KEY not exists"),
    Problem.WRONG_SIGNATURE: (401, "400005", "Invalid KC-API-SIGN"),
    Problem.WRONG_PASSPHRASE: (401, "400004", "Invalid KC-API-PASSPHRASE"),
    Problem.IP_NOT_ALLOWED: (401, "400006", "The requested ip address is not in the api whitelist"),
    Problem.PERMISSION_MISSING: (403, "400007", "Access denied, require more permission"),
    Problem.ACCOUNT_DISABLED: (401, "411100", "User is frozen."),
    Problem.NONCE_INVALID: (400, "400002", "Invalid KC-API-TIMESTAMP"),
    Problem.RATE_LIMITED: (429, "429000", "Too many requests in a short period of time, please retry later"),
    Problem.MAINTENANCE: (503, "503", "Service Unavailable"),
    Problem.CURRENCY_UNKNOWN: (200, "900001", "currency not exists"),
    Problem.NETWORK_UNKNOWN: (200, "900014", "Invalid chainId"),
    Problem.PATH_UNKNOWN: (404, "404000", "Url Not Found"),
}


class Kucoin(SandboxExchange):
    id = "kucoin"
    networks = {
        "BTC": "btc", "ERC20": "eth", "TRC20": "trx", "BEP20": "bsc", "SOL": "sol", "POLYGON": "matic",
        "ARBITRUM": "arbitrum", "BASE": "base", "AVAXC": "avaxc", "XRP": "xrp", "XLM": "xlm", "LTC": "ltc",
        "DOGE": "doge", "ATOM": "atom",
    }  # fmt: skip

    def doors(self) -> list[Door]:
        return [
            Door("GET", "/api/v1/timestamp", self._time, ""),
            Door("GET", "/api/v1/status", lambda request: _data({"status": "open", "msg": ""}), ""),
            Door("GET", "/api/v2/symbols", self._symbols, ""),
            Door("GET", "/api/v1/market/allTickers", lambda request: _data({"time": 0, "ticker": []}), ""),
            Door("GET", "/api/v1/contracts/active", self._contracts, ""),
            Door("GET", "/api/v3/currencies", self._currencies, ""),
            Door("GET", "/api/v3/margin/symbols", lambda request: _data({"timestamp": 0, "items": []})),
            Door("GET", "/api/v1/isolated/symbols", lambda request: _data([])),
            Door("GET", "/api/v1/hf/accounts/opened", lambda request: _data(True)),
            Door("GET", "/api/ua/v1/account/mode", lambda request: _data({"selfAccountMode": "CLASSIC"})),
            Door("GET", "/api/v1/user/api-key", self._key),
            Door("GET", "/api/v1/accounts", lambda request: _data([])),
            Door("GET", "/api/v1/account-overview", self._overview),
            Door("GET", "/api/v1/deposit-addresses", self._address),
            Door("GET", "/api/v2/deposit-addresses", self._addresses),
            Door("GET", "/api/v3/deposit-addresses", self._addresses),
            Door("GET", "/api/v1/deposit-address", self._address),
        ]

    @classmethod
    def credentials(cls, source: KeySource) -> tuple[str, str, str]:
        return source.hexadecimal("key", 24), source.uuid("secret"), source.letters("passphrase", 10)

    def key_in(self, call: Call) -> str:
        return call.headers.get("KC-API-KEY", "")

    def verify(self, call: Call, key: Key) -> None:
        moment = call.headers.get("KC-API-TIMESTAMP", "")
        require_moment(whole(moment), call.now_ms, window_ms=_WINDOW_MS, ahead_ms=_WINDOW_MS)
        signed = f"{moment}{call.method}{call.request_line}".encode() + call.body
        require_signature(call.headers.get("KC-API-SIGN", ""), _mac(key, signed))
        is_newer = call.headers.get("KC-API-KEY-VERSION", "1") != "1"
        passphrase = _mac(key, key.passphrase.encode()) if is_newer else key.passphrase
        if not hmac.compare_digest(call.headers.get("KC-API-PASSPHRASE", "").encode(), passphrase.encode()):
            raise Refused(Problem.WRONG_PASSPHRASE)

    def refusal(self, problem: Problem, call: Call) -> Answer:
        if problem is Problem.ADDRESS_PENDING:
            return Answer(_data(None if "/v1/" in call.path else []))
        status, code, message = _REFUSALS[problem]
        headers = {"gw-ratelimit-limit": "4000", "gw-ratelimit-remaining": "0", "gw-ratelimit-reset": "30000"}
        return Answer({"code": code, "msg": message}, status, headers if problem is Problem.RATE_LIMITED else {})

    def _time(self, request: Request) -> dict[str, Any]:
        return _data(request.call.now_ms)

    def _symbols(self, request: Request) -> dict[str, Any]:
        return _data([
            {"symbol": f"{one.code}-USDT", "name": f"{one.code}-USDT", "baseCurrency": one.code,
             "quoteCurrency": "USDT", "feeCurrency": "USDT", "market": "USDS", "baseMinSize": "0.1",
             "quoteMinSize": "0.1", "baseMaxSize": "1000", "quoteMaxSize": "100000", "baseIncrement": "0.0001",
             "quoteIncrement": "0.0001", "priceIncrement": "0.0001", "isMarginEnabled": False, "enableTrading": True}
            for one in self.currencies() if one.code != "USDT"
        ])  # fmt: skip

    def _contracts(self, request: Request) -> dict[str, Any]:
        return _data([
            {"symbol": "XBTUSDTM", "baseCurrency": "XBT", "quoteCurrency": "USDT", "settleCurrency": "USDT",
             "type": "FFWCSX", "lotSize": 1, "tickSize": 0.1, "multiplier": 0.001, "maxOrderQty": 1000000,
             "maxPrice": 1000000, "isInverse": False, "status": "Open", "makerFeeRate": 0.0002,
             "takerFeeRate": 0.0006, "nextFundingRateTime": 1, "firstOpenDate": 1585555200000, "maxLeverage": 100}
        ])  # fmt: skip

    def _currencies(self, request: Request) -> dict[str, Any]:
        return _data([
            {"currency": one.code, "name": one.code, "fullName": one.name, "precision": 8, "confirms": None,
             "contractAddress": None, "isMarginEnabled": False, "isDebitEnabled": False,
             "chains": [self._chain(one, network) for network in self.networks_of(one)]}
            for one in self.currencies()
        ])  # fmt: skip

    def _chain(self, currency: Currency, network: str) -> dict[str, Any]:
        return {
            "chainName": network, "chainId": self.networks[network], "withdrawalMinSize": "1", "depositMinSize": None,
            "withdrawFeeRate": "0", "withdrawalMinFee": "0.1", "isWithdrawEnabled": True, "isDepositEnabled": True,
            "confirms": 12, "preConfirms": 1, "contractAddress": "", "withdrawPrecision": 8, "maxWithdraw": None,
            "maxDeposit": None, "needTag": currency.needs_tag(network),
        }  # fmt: skip

    def _key(self, request: Request) -> dict[str, Any]:
        names = {READ: "General", TRADE: "Spot", WITHDRAW: "Withdrawal"}
        return _data({
            "uid": 90000001, "subName": "", "remark": "sandbox", "apiKey": request.signer.api_key, "apiVersion": 3,
            "permission": ",".join(name for held, name in names.items() if held in request.signer.permissions),
            "ipWhitelist": "", "isMaster": True, "createdAt": 1_700_000_000_000,
        })  # fmt: skip

    def _overview(self, request: Request) -> dict[str, Any]:
        return _data({"accountEquity": 0, "availableBalance": 0, "currency": "XBT"})

    def _address(self, request: Request) -> dict[str, Any]:
        arguments = request.call.arguments
        theirs = arguments.get("chain")
        code = arguments.get("currency", "").replace("XBT", "BTC")
        return _data(self._place(self.place(request, code, self.network_of(theirs) if theirs else None)))

    def _addresses(self, request: Request) -> dict[str, Any]:
        arguments = request.call.arguments
        theirs = arguments.get("chain")
        network = self.network_of(theirs) if theirs else None
        places = self.places(request, arguments.get("currency", ""))
        return _data([self._place(one) for one in places if network in (None, one.network)])

    def _place(self, place: Place) -> dict[str, Any]:
        return {
            "address": place.address, "memo": place.tag, "chainId": self.networks.get(place.network, place.network),
            "chain": place.network, "chainName": place.network, "to": "MAIN", "contractAddress": "",
            "currency": place.currency.code, "expirationDate": 0,
        }  # fmt: skip


def _mac(key: Key, content: bytes) -> str:
    return base64.b64encode(hmac.new(key.api_secret.encode(), content, hashlib.sha256).digest()).decode()


def _data(content: Any) -> dict[str, Any]:
    return {"code": "200000", "data": content}
