"""Kraken: HMAC-SHA512 over path and SHA-256(nonce + body), an ever-growing nonce, errors as {"error": [...]}.

Futures accounts live on another host with another scheme: see `krakenfutures`.
"""

import base64
import hashlib
import hmac
from typing import Any

from wallet.venues.sandbox.exchange import Door, Request, SandboxExchange, require_signature, whole
from wallet.venues.sandbox.keys import READ, TRADE, WITHDRAW, Key, KeySource
from wallet.venues.sandbox.listing import Currency
from wallet.venues.sandbox.problems import Problem, Refused
from wallet.venues.sandbox.wire import Answer, Call

_METHODS = {
    "BTC": "Bitcoin", "ERC20": "Ether (Hex)", "XRP": "Ripple XRP", "XLM": "Stellar XLM", "LTC": "Litecoin",
    "DOGE": "Dogecoin", "SOL": "Solana", "TRC20": "Tron", "ATOM": "Cosmos", "AVAXC": "Avalanche",
}  # fmt: skip
"""Of a network's own coin."""
_TOKENS = {
    "AAVE": "Aave", "BAT": "BAT", "BAL": "Balancer (BAL)", "BADGER": "Bager DAO (BADGER)",
    "BAND": "Band Protocol (BAND)",
    "ANKR": "ANKR (ANKR)", "AXS": "Axie Infinity Shards (AXS)", "CHZ": "Chiliz (CHZ)", "COMP": "Compound (COMP)",
    "CRV": "Curve DAO Token (CRV)", "CTSI": "Cartesi (CTSI)", "DAI": "Dai", "DYDX": "dYdX (DYDX)",
    "ENJ": "Enjin Coin (ENJ)", "GHST": "Aavegotchi (GHST)", "GRT": "GRT", "KNC": "Kyber Network (KNC)", "LINK": "Link",
    "LPT": "Livepeer Token (LPT)", "LRC": "Loopring (LRC)", "MANA": "MANA", "MKR": "Maker (MKR)", "MLN": "MLN",
    "OCEAN": "OCEAN", "OGN": "OGN", "OMG": "OMG", "OXT": "Orchid (OXT)", "PAXG": "PAX (Gold)",
    "PERP": "Perpetual Protocol (PERP)", "RARI": "Rarible (RARI)", "REN": "Ren Protocol (REN)",
    "SAND": "The Sandbox (SAND)", "SNX": "Synthetix  Network (SNX)", "STORJ": "Storj (STORJ)",
    "SUSHI": "Sushiswap (SUSHI)", "UNI": "UNI", "USDC": "USDC", "WBTC": "Wrapped Bitcoin (WBTC)", "YFI": "YFI",
    "ZRX": "0x (ZRX)",
}  # fmt: skip
"""Tokens of Ethereum that have a name instead of the rule's."""
_WORDS = {
    "ERC20": "ERC20", "TRC20": "TRC20", "BEP20": "BEP20", "SOL": "SPL", "POLYGON": "Polygon",
    "ARBITRUM": "Arbitrum One", "BASE": "Base", "AVAXC": "Avalanche C-Chain",
}  # fmt: skip
_REFUSALS = {
    Problem.WRONG_KEY: "EAPI:Invalid key",
    Problem.WRONG_SIGNATURE: "EAPI:Invalid signature",
    Problem.WRONG_PASSPHRASE: "EAPI:Invalid signature",
    Problem.IP_NOT_ALLOWED: "EAPI:Invalid key",
    Problem.PERMISSION_MISSING: "EGeneral:Permission denied",
    Problem.ACCOUNT_DISABLED: "ETrade:User Locked",
    Problem.NONCE_INVALID: "EAPI:Invalid nonce",
    Problem.RATE_LIMITED: "EAPI:Rate limit exceeded",
    Problem.MAINTENANCE: "EService:Unavailable",
    Problem.CURRENCY_UNKNOWN: "EFunding:Unknown asset",
    Problem.NETWORK_UNKNOWN: "EFunding:No funding method",
    Problem.PATH_UNKNOWN: "EGeneral:Unknown method",
}
_COIN_NETWORK = {"BTC": "BTC", "ETH": "ERC20", "XRP": "XRP", "XLM": "XLM", "LTC": "LTC", "DOGE": "DOGE", "SOL": "SOL",
                 "TRX": "TRC20", "ATOM": "ATOM", "AVAX": "AVAXC"}  # fmt: skip


class Kraken(SandboxExchange):
    id = "kraken"
    ids = {"BTC": "XXBT", "ETH": "XETH", "XRP": "XXRP", "XLM": "XXLM", "LTC": "XLTC", "DOGE": "XXDG", "MLN": "XMLN"}
    networks = dict.fromkeys({*_METHODS, *_WORDS}, "")

    def doors(self) -> list[Door]:
        return [
            Door("GET", "/0/public/Time", self._time, ""),
            Door("GET", "/0/public/SystemStatus", self._status, ""),
            Door("GET", "/0/public/Assets", self._assets, ""),
            Door("GET", "/0/public/AssetPairs", self._pairs, ""),
            Door("POST", "/0/private/Balance", lambda request: _result({})),
            Door("POST", "/0/private/GetApiKeyInfo", self._key_info),
            Door("POST", "/0/private/DepositMethods", self._methods),
            Door("POST", "/0/private/DepositAddresses", self._addresses),
        ]

    @classmethod
    def credentials(cls, source: KeySource) -> tuple[str, str, str]:
        return source.base64("key", 42), source.base64("secret", 64), ""

    def key_in(self, call: Call) -> str:
        return call.headers.get("API-Key", "")

    def verify(self, call: Call, key: Key) -> None:
        nonce = call.form.get("nonce") or str(call.content.get("nonce", ""))
        digest = hashlib.sha256(nonce.encode() + call.body).digest()
        secret = base64.b64decode(key.api_secret)
        expected = hmac.new(secret, call.path.encode() + digest, hashlib.sha512).digest()
        require_signature(call.headers.get("API-Sign", ""), base64.b64encode(expected).decode())
        self.world.keys.use_nonce(key, whole(nonce))

    def refusal(self, problem: Problem, call: Call) -> Answer:
        if problem is Problem.ADDRESS_PENDING:
            return Answer(_result([]))
        return Answer({"error": [_REFUSALS[problem]]})

    def _time(self, request: Request) -> dict[str, Any]:
        return _result({"unixtime": request.call.now_ms // 1000, "rfc1123": ""})

    def _status(self, request: Request) -> dict[str, Any]:
        return _result({"status": "online", "timestamp": ""})

    def _assets(self, request: Request) -> dict[str, Any]:
        return _result({
            self.id_of(one): {"aclass": "currency", "altname": _altname(one.code), "decimals": 8,
                              "display_decimals": 5, "status": "enabled"}
            for one in self.currencies()
        })  # fmt: skip

    def _pairs(self, request: Request) -> dict[str, Any]:
        return _result({
            f"{_altname(one.code)}USDT": {
                "altname": f"{_altname(one.code)}USDT", "wsname": f"{_altname(one.code)}/USDT", "base": self.id_of(one),
                "quote": "USDT", "pair_decimals": 4, "lot_decimals": 8, "fees": [[0, 0.4]], "fees_maker": [[0, 0.25]],
                "leverage_buy": [], "leverage_sell": [], "ordermin": "0.1", "costmin": "0.5", "status": "online",
            }
            for one in self.currencies() if one.code != "USDT"
        })  # fmt: skip

    def _key_info(self, request: Request) -> dict[str, Any]:
        held = request.signer.permissions
        names = {READ: ["query-funds", "query-open-trades", "query-closed-trades", "query-ledger"],
                 TRADE: ["modify-trades", "close-trades"], WITHDRAW: ["withdraw-funds"]}  # fmt: skip
        return _result({
            "api_key_name": "sandbox", "api_key": request.signer.api_key, "nonce": str(request.signer.last_nonce),
            "nonce_window": 0, "permissions": [name for held_one in sorted(held) for name in names[held_one]],
            "iban": "", "valid_until": "0", "query_from": "0", "query_to": "0", "created_time": "1700000000",
            "modified_time": "1700000000", "ip_allowlist": [], "last_used": str(request.call.now_ms // 1000),
        })  # fmt: skip

    def _methods(self, request: Request) -> dict[str, Any]:
        currency = self._currency(request)
        return _result([
            {"method": method_of(currency, network), "limit": False, "gen-address": True, "minimum": "0.1"}
            for network in self.networks_of(currency)
        ])  # fmt: skip

    def _addresses(self, request: Request) -> dict[str, Any]:
        currency = self._currency(request)
        method = request.call.form.get("method", "")
        for network in self.networks_of(currency):
            if method_of(currency, network) == method:
                place = self.place(request, currency.code, network)
                tag = {"tag": place.tag, "memo": place.tag} if place.tag else {}
                return _result([{"address": place.address, "expiretm": "0", "new": True, **tag}])
        raise Refused(Problem.NETWORK_UNKNOWN)

    def _currency(self, request: Request) -> Currency:
        theirs = request.call.form.get("asset", "")
        for one in self.currencies():
            if theirs in (self.id_of(one), one.code, _altname(one.code)):
                return one
        raise Refused(Problem.CURRENCY_UNKNOWN)


def method_of(currency: Currency, network: str) -> str:
    """What Kraken calls the way of depositing a currency on a network."""
    if _COIN_NETWORK.get(currency.code) == network:
        return _METHODS[network]
    if network == "ERC20" and currency.code in _TOKENS:
        return _TOKENS[currency.code]
    name = "Tether USD" if currency.code == "USDT" else currency.name
    return f"{name} ({_WORDS.get(network, network)})"


def _altname(code: str) -> str:
    return {"BTC": "XBT", "DOGE": "XDG"}.get(code, code)


def _result(content: Any) -> dict[str, Any]:
    return {"error": [], "result": content}
