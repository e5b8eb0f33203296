"""Binance: hexadecimal HMAC-SHA256 over the query or the form, the key in a header, errors as {"code", "msg"}."""

import hashlib
import hmac
from typing import Any

from wallet.venues.sandbox.exchange import Door, Request, SandboxExchange, require_moment, require_signature, whole
from wallet.venues.sandbox.keys import TRADE, WITHDRAW, Key, KeySource
from wallet.venues.sandbox.problems import Problem, Refused
from wallet.venues.sandbox.wire import Answer, Call

_WINDOW_MS = 5_000
_LONGEST_WINDOW_MS = 60_000
_EXPLORERS = {
    "BTC": "https://blockchair.com/bitcoin/address/",
    "ERC20": "https://etherscan.io/address/",
    "TRC20": "https://tronscan.org/#/address/",
    "BEP20": "https://bscscan.com/address/",
    "SOL": "https://solscan.io/account/",
    "POLYGON": "https://polygonscan.com/address/",
    "ARBITRUM": "https://arbiscan.io/address/",
    "BASE": "https://basescan.org/address/",
    "AVAXC": "https://snowtrace.io/address/",
    "XRP": "https://bithomp.com/explorer/",
    "XLM": "https://stellarchain.io/address/",
    "LTC": "https://blockchair.com/litecoin/address/",
    "DOGE": "https://blockchair.com/dogecoin/address/",
    "ATOM": "https://www.mintscan.io/cosmos/account/",
}
_REFUSALS = {
    Problem.WRONG_KEY: (401, -2015, "Invalid API-key, IP, or permissions for action."),
    Problem.WRONG_SIGNATURE: (400, -1022, "Signature for this request is not valid."),
    Problem.WRONG_PASSPHRASE: (400, -1022, "Signature for this request is not valid."),
    Problem.IP_NOT_ALLOWED: (401, -2015, "Invalid API-key, IP, or permissions for action, request ip: 192.0.2.1"),
    Problem.PERMISSION_MISSING: (401, -2015, "Invalid API-key, IP, or permissions for action."),
    Problem.ACCOUNT_DISABLED: (400, -1010, "This action is disabled on this account."),
    Problem.NONCE_INVALID: (400, -1021, "Timestamp for this request is outside of the recvWindow."),
    Problem.RATE_LIMITED: (429, -1003, "Too many requests; current limit is 6000 request weight per 1 MINUTE."),
    Problem.MAINTENANCE: (503, -1016, "System is under maintenance."),
    Problem.CURRENCY_UNKNOWN: (400, -4018, "We don't have this asset."),
    Problem.NETWORK_UNKNOWN: (400, -4026, "The network is not supported for this coin."),
    Problem.PATH_UNKNOWN: (404, -1100, "Path not found."),
}


class Binance(SandboxExchange):
    id = "binance"
    networks = {
        "BTC": "BTC", "ERC20": "ETH", "TRC20": "TRX", "BEP20": "BSC", "SOL": "SOL", "POLYGON": "MATIC",
        "ARBITRUM": "ARBITRUM", "BASE": "BASE", "AVAXC": "AVAXC", "XRP": "XRP", "XLM": "XLM", "LTC": "LTC",
        "DOGE": "DOGE", "ATOM": "ATOM",
    }  # fmt: skip

    def doors(self) -> list[Door]:
        return [
            *(Door("GET", f"/{api}/time", self._time, "") for api in ("api/v3", "fapi/v1", "dapi/v1")),
            Door("GET", "/api/v3/ping", lambda request: {}, ""),
            Door("GET", "/api/v3/exchangeInfo", self._spot_markets, ""),
            Door("GET", "/fapi/v1/exchangeInfo", self._linear_markets, ""),
            Door("GET", "/dapi/v1/exchangeInfo", self._no_markets, ""),
            Door("GET", "/sapi/v1/system/status", lambda request: {"status": 0, "msg": "normal"}, ""),
            Door("GET", "/sapi/v1/account/apiRestrictions", self._restrictions),
            Door("GET", "/api/v3/account", self._account),
            Door("GET", "/fapi/v2/account", self._futures_account),
            Door("GET", "/fapi/v3/account", self._futures_account),
            Door("GET", "/fapi/v2/balance", lambda request: []),
            Door("GET", "/fapi/v3/balance", lambda request: []),
            Door("GET", "/sapi/v1/margin/allPairs", lambda request: []),
            Door("GET", "/sapi/v1/margin/isolated/allPairs", lambda request: []),
            Door("GET", "/sapi/v1/capital/config/getall", self._coins),
            Door("GET", "/sapi/v1/capital/deposit/address", self._address),
        ]

    @classmethod
    def credentials(cls, source: KeySource) -> tuple[str, str, str]:
        return source.letters("key", 64), source.letters("secret", 64), ""

    def key_in(self, call: Call) -> str:
        return call.headers.get("X-MBX-APIKEY", "")

    def verify(self, call: Call, key: Key) -> None:
        signed = (call.query + call.body.decode("latin-1")) if call.method != "GET" else call.query
        signed, _, signature = signed.rpartition("&signature=")
        expected = hmac.new(key.api_secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
        require_signature(signature, expected)
        arguments = call.arguments | call.form
        window = whole(arguments.get("recvWindow", str(_WINDOW_MS)))
        if window > _LONGEST_WINDOW_MS:
            raise Refused(Problem.NONCE_INVALID)
        require_moment(whole(arguments.get("timestamp", "")), call.now_ms, window_ms=window)

    def refusal(self, problem: Problem, call: Call) -> Answer:
        if problem is Problem.ADDRESS_PENDING:
            return Answer({"coin": call.arguments.get("coin", ""), "address": "", "tag": "", "url": ""})
        status, code, message = _REFUSALS[problem]
        headers = {"Retry-After": "30"} if problem is Problem.RATE_LIMITED else {}
        return Answer({"code": code, "msg": message}, status, headers)

    def _time(self, request: Request) -> dict[str, int]:
        return {"serverTime": request.call.now_ms}

    def _spot_markets(self, request: Request) -> dict[str, Any]:
        return self._markets(request, [
            {"symbol": f"{one.code}USDT", "status": "TRADING", "baseAsset": one.code, "quoteAsset": "USDT",
             "baseAssetPrecision": 8, "quotePrecision": 8, "quoteAssetPrecision": 8, "isSpotTradingAllowed": True,
             "isMarginTradingAllowed": False, "permissions": ["SPOT"], "filters": []}
            for one in self.currencies() if one.code != "USDT"
        ])  # fmt: skip

    def _linear_markets(self, request: Request) -> dict[str, Any]:
        return self._markets(request, [
            {"symbol": f"{code}USDT", "pair": f"{code}USDT", "contractType": "PERPETUAL", "status": "TRADING",
             "deliveryDate": 4133404800000, "baseAsset": code, "quoteAsset": "USDT", "marginAsset": "USDT",
             "pricePrecision": 2, "quantityPrecision": 3, "filters": []}
            for code in ("BTC", "ETH", "XRP")
        ])  # fmt: skip

    def _no_markets(self, request: Request) -> dict[str, Any]:
        return self._markets(request, [])

    @staticmethod
    def _markets(request: Request, symbols: list[dict[str, Any]]) -> dict[str, Any]:
        return {"timezone": "UTC", "serverTime": request.call.now_ms, "rateLimits": [], "symbols": symbols}

    def _restrictions(self, request: Request) -> dict[str, Any]:
        permissions = request.signer.permissions
        may_trade = TRADE in permissions
        return {
            "ipRestrict": False,
            "createTime": 1_700_000_000_000,
            "enableReading": True,
            "enableSpotAndMarginTrading": may_trade,
            "enableWithdrawals": WITHDRAW in permissions,
            "enableInternalTransfer": False,
            "enableMargin": False,
            "enableFutures": may_trade,
            "permitsUniversalTransfer": False,
            "enableVanillaOptions": False,
            "enableFixApiTrade": False,
            "enableFixReadOnly": False,
            "enablePortfolioMarginTrading": False,
        }

    def _account(self, request: Request) -> dict[str, Any]:
        # These are the account's, whatever the key may do.
        return {"canTrade": True, "canWithdraw": True, "canDeposit": True, "accountType": "SPOT", "balances": [],
                "permissions": ["SPOT"], "updateTime": request.call.now_ms}  # fmt: skip

    def _futures_account(self, request: Request) -> dict[str, Any]:
        return {"feeTier": 0, "canTrade": True, "canDeposit": True, "canWithdraw": True, "assets": [], "positions": []}

    def _coins(self, request: Request) -> list[dict[str, Any]]:
        return [
            {
                "coin": one.code,
                "name": one.name,
                "depositAllEnable": True,
                "withdrawAllEnable": True,
                "isLegalMoney": False,
                "trading": True,
                "networkList": [self._network(one.code, network) for network in self.networks_of(one)],
            }
            for one in self.currencies()
        ]

    def _network(self, code: str, network: str) -> dict[str, Any]:
        return {
            "network": self.networks[network],
            "coin": code,
            "name": network,
            "isDefault": network == "ERC20",
            "depositEnable": True,
            "withdrawEnable": True,
            "withdrawIntegerMultiple": "0.00000001",
            "withdrawFee": "0.1",
            "withdrawMin": "1",
            "withdrawMax": "1000000",
            "minConfirm": 12,
            "sameAddress": network in ("XRP", "XLM", "ATOM"),
            "memoRegex": "^[0-9]{1,19}$" if network in ("XRP", "XLM", "ATOM") else "",
            "contractAddressUrl": _EXPLORERS[network],
        }

    def _address(self, request: Request) -> dict[str, Any]:
        arguments = request.call.arguments
        theirs = arguments.get("network")
        place = self.place(request, arguments.get("coin", ""), self.network_of(theirs) if theirs else None)
        url = _EXPLORERS.get(place.network, "") + place.address
        return {"coin": place.currency.code, "address": place.address, "tag": place.tag, "url": url}
