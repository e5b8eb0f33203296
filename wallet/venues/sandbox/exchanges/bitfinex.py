"""Bitfinex: hexadecimal HMAC-SHA384 over path, nonce and body, an ever-growing nonce, errors as ["error", code, text].

An address is asked for by a method, and a method belongs to one currency alone.
"""

import hashlib
import hmac
from typing import Any

from wallet.venues.sandbox.exchange import Door, Request, SandboxExchange, require_signature, whole
from wallet.venues.sandbox.keys import READ, TRADE, WITHDRAW, Key, KeySource
from wallet.venues.sandbox.listing import Currency
from wallet.venues.sandbox.problems import Problem, Refused
from wallet.venues.sandbox.wire import Answer, Call

_METHODS = {
    ("BTC", "BTC"): "BITCOIN", ("ETH", "ERC20"): "ETHEREUM", ("LTC", "LTC"): "LITECOIN",
    ("USDT", "ERC20"): "TETHERUSE", ("USDT", "TRC20"): "TETHERUSX", ("USDT", "SOL"): "TETHERUSDTSOL",
    ("USDT", "POLYGON"): "TETHERUSDTPLY", ("USDC", "ERC20"): "UDC",
}  # fmt: skip
"""Others have the currency's own id, on its first network."""
_POOLS = {"ERC20": "ETH", "TRC20": "TRX", "SOL": "SOL", "POLYGON": "MATIC", "BEP20": "BSC", "AVAXC": "AVAX"}
_REFUSALS = {
    Problem.WRONG_KEY: (500, 10100, "apikey: invalid"),
    Problem.WRONG_SIGNATURE: (500, 10100, "apikey: digest invalid"),
    Problem.WRONG_PASSPHRASE: (500, 10100, "apikey: digest invalid"),
    Problem.IP_NOT_ALLOWED: (500, 10100, "apikey: invalid"),
    Problem.PERMISSION_MISSING: (500, 10001, "api_key: permission invalid"),
    Problem.ACCOUNT_DISABLED: (500, 10100, "user: suspended"),
    Problem.NONCE_INVALID: (500, 10114, "nonce: small"),
    Problem.RATE_LIMITED: (429, 11010, "ratelimit: error"),
    Problem.MAINTENANCE: (500, 20060, "maintenance"),
    Problem.CURRENCY_UNKNOWN: (500, 10020, "currency: invalid"),
    Problem.NETWORK_UNKNOWN: (500, 10020, "method: invalid"),
    Problem.PATH_UNKNOWN: (404, 10000, "unknown: endpoint"),
}


class Bitfinex(SandboxExchange):
    id = "bitfinex"
    ids = {"USDT": "UST", "USDC": "UDC", "ATOM": "ATO", "MANA": "MNA", "STORJ": "STJ", "TUSD": "TSD"}
    networks = dict.fromkeys(
        ("BTC", "ERC20", "TRC20", "SOL", "POLYGON", "BEP20", "AVAXC", "XRP", "XLM", "LTC", "DOGE", "ATOM"), ""
    )

    def doors(self) -> list[Door]:
        return [
            Door("GET", "/v2/platform/status", lambda request: [1], ""),
            Door("GET", "/v2/conf/{labels}", self._configuration, ""),
            Door("POST", "/v2/auth/r/permissions", self._permissions),
            Door("POST", "/v2/auth/r/info/user", self._user),
            Door("POST", "/v2/auth/r/wallets", lambda request: []),
            Door("POST", "/v2/auth/w/deposit/address", self._address),
        ]

    @classmethod
    def credentials(cls, source: KeySource) -> tuple[str, str, str]:
        return source.letters("key", 43), source.letters("secret", 43), ""

    def networks_of(self, currency: Currency) -> list[str]:
        return [one for one in super().networks_of(currency) if self._method(currency, one)]

    def key_in(self, call: Call) -> str:
        return call.headers.get("bfx-apikey", "")

    def verify(self, call: Call, key: Key) -> None:
        nonce = call.headers.get("bfx-nonce", "")
        signed = f"/api{call.raw_path}{nonce}".encode() + call.body
        expected = hmac.new(key.api_secret.encode(), signed, hashlib.sha384).hexdigest()
        require_signature(call.headers.get("bfx-signature", ""), expected)
        self.world.keys.use_nonce(key, whole(nonce))

    def refusal(self, problem: Problem, call: Call) -> Answer:
        if problem is Problem.ADDRESS_PENDING:
            return Answer([call.now_ms, "acc_dep", None, None, None, None, "ERROR", "Address is being generated"])
        status, code, message = _REFUSALS[problem]
        return Answer(["error", code, message], status)

    def _method(self, currency: Currency, network: str) -> str:
        known = _METHODS.get((currency.code, network))
        return known or (self.id_of(currency) if network == currency.networks[0] else "")

    def _configuration(self, request: Request) -> list[Any]:
        return [self._label(label) for label in request.named["labels"].split(",")]

    def _label(self, label: str) -> list[Any]:
        listed = self.currencies()
        methods = [(self._method(one, network), self.id_of(one)) for one in listed for network in self.networks_of(one)]
        match label:
            case "pub:list:currency":
                return [self.id_of(one) for one in listed]
            case "pub:map:currency:sym":
                return [[theirs, ours] for ours, theirs in self.ids.items()]
            case "pub:map:currency:label":
                return [[self.id_of(one), one.name] for one in listed]
            case "pub:map:currency:pool":
                return [[self.id_of(one), _POOLS[one.networks[0]]] for one in listed if one.networks[0] in _POOLS]
            case "pub:map:currency:tx:fee":
                return [[self.id_of(one), [0, 0.1]] for one in listed]
            case "pub:map:tx:method":
                return [[method, [theirs]] for method, theirs in methods]
            case "pub:info:tx:status":
                return [[method, 1, 1, None, None, None, None, 0, 0, None, None, 3] for method, _ in methods]
            case "pub:info:pair":
                ids = [self.id_of(one) for one in listed if one.code != "USDT"]
                pairs = [f"{one}UST" if len(one) == 3 else f"{one}:UST" for one in ids]
                return [[pair, [None, None, None, "0.1", "1000", None, None, None, 0.2, 0.1]] for pair in pairs]
            case "pub:info:pair:futures":
                return [["BTCF0:USTF0", [None, None, None, "0.0001", "100", None, None, None, 0.01, 0.005]]]
        return []

    def _permissions(self, request: Request) -> list[Any]:
        held = request.signer.permissions
        may_read, may_trade, may_withdraw = int(READ in held), int(TRADE in held), int(WITHDRAW in held)
        return [
            ["account", may_read, 0], ["history", may_read, 0], ["orders", may_read, may_trade],
            ["positions", may_read, may_trade], ["funding", may_read, may_trade], ["settings", may_read, 0],
            ["wallets", may_read, 0], ["withdraw", 0, may_withdraw], ["ui_withdraw", 0, 0],
        ]  # fmt: skip

    def _user(self, request: Request) -> list[Any]:
        return [1234567, f"{request.signer.owner}@sandbox.example", request.signer.owner, request.call.now_ms, 1, 1]

    def _address(self, request: Request) -> list[Any]:
        method = str(request.call.content.get("method", "")).upper()
        for one in self.currencies():
            for network in self.networks_of(one):
                if self._method(one, network) == method:
                    place = self.place(request, one.code, network)
                    method = self._method(one, place.network) or method
                    where = [place.tag, place.address] if place.tag else [place.address, None]
                    detail = [None, method, self.id_of(one), None, *where]
                    return [request.call.now_ms, "acc_dep", None, None, detail, None, "SUCCESS", "success"]
        raise Refused(Problem.NETWORK_UNKNOWN)
