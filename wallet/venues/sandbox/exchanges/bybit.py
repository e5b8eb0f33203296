"""Bybit: hexadecimal HMAC-SHA256 over moment, key, window and query; everything answered 200 with {"retCode", …}."""

import hashlib
import hmac
from typing import Any

from wallet.venues.sandbox.exchange import Door, Request, SandboxExchange, require_moment, require_signature, whole
from wallet.venues.sandbox.keys import TRADE, WITHDRAW, Key, KeySource
from wallet.venues.sandbox.problems import Problem
from wallet.venues.sandbox.wire import Answer, Call

_LONGEST_WINDOW_MS = 60_000
_REFUSALS = {
    Problem.WRONG_KEY: (10003, "API key is invalid."),
    Problem.WRONG_SIGNATURE: (10004, "error sign! origin_string[{signed}]"),
    Problem.WRONG_PASSPHRASE: (10004, "error sign! origin_string[{signed}]"),
    Problem.IP_NOT_ALLOWED: (10010, "Unmatched IP, please check your API key's bound IP addresses."),
    Problem.PERMISSION_MISSING: (10005, "Permission denied, please check your API key permissions."),
    Problem.ACCOUNT_DISABLED: (10008, "Common ban applied"),
    Problem.NONCE_INVALID: (10002, "invalid request, please check your server timestamp or recv_window param."),
    Problem.RATE_LIMITED: (10006, "Too many visits! Exceeded the API Rate Limit."),
    Problem.MAINTENANCE: (10016, "Service is restarting. Please try again later."),
    Problem.CURRENCY_UNKNOWN: (131002, "Parameter error: coin"),
    Problem.NETWORK_UNKNOWN: (131002, "Parameter error: chainType"),
    Problem.PATH_UNKNOWN: (10404, "Path not found"),
}


class Bybit(SandboxExchange):
    id = "bybit"
    networks = {
        "BTC": "BTC", "ERC20": "ETH", "TRC20": "TRX", "BEP20": "BSC", "SOL": "SOL", "POLYGON": "MATIC",
        "ARBITRUM": "ARBI", "BASE": "BASE", "AVAXC": "CAVAX", "XRP": "XRP", "XLM": "XLM", "LTC": "LTC",
        "DOGE": "DOGE", "ATOM": "ATOM",
    }  # fmt: skip

    def doors(self) -> list[Door]:
        return [
            Door("GET", "/v5/market/time", self._time, ""),
            Door("GET", "/v5/system/status", lambda request: _result(request.call, {"list": []}), ""),
            Door("GET", "/v5/market/instruments-info", self._instruments, ""),
            Door("GET", "/v5/user/query-api", self._key),
            Door("GET", "/v5/account/info", self._account),
            Door("GET", "/v5/account/wallet-balance", lambda request: _result(request.call, {"list": []})),
            Door("GET", "/v5/asset/coin/query-info", self._coins),
            Door("GET", "/v5/asset/deposit/query-address", self._addresses),
        ]

    @classmethod
    def credentials(cls, source: KeySource) -> tuple[str, str, str]:
        return source.letters("key", 18), source.letters("secret", 36), ""

    def key_in(self, call: Call) -> str:
        return call.headers.get("X-BAPI-API-KEY", "")

    def verify(self, call: Call, key: Key) -> None:
        expected = hmac.new(key.api_secret.encode(), _signed(call), hashlib.sha256).hexdigest()
        require_signature(call.headers.get("X-BAPI-SIGN", ""), expected)
        window = min(whole(call.headers.get("X-BAPI-RECV-WINDOW", "5000")), _LONGEST_WINDOW_MS)
        require_moment(whole(call.headers.get("X-BAPI-TIMESTAMP", "")), call.now_ms, window_ms=window)

    def refusal(self, problem: Problem, call: Call) -> Answer:
        if problem is Problem.ADDRESS_PENDING:
            coin = call.arguments.get("coin", "")
            return Answer(_result(call, {"coin": coin, "chains": []}))
        code, message = _REFUSALS[problem]
        # The real one repeats what was signed as well: it has the key in it.
        said = message.format(signed=_signed(call).decode("latin-1"))
        headers = {}
        if problem is Problem.RATE_LIMITED:
            headers = {"X-Bapi-Limit-Status": "0", "X-Bapi-Limit-Reset-Timestamp": str(call.now_ms + 5_000)}
        status = 404 if problem is Problem.PATH_UNKNOWN else 200
        return Answer(
            {"retCode": code, "retMsg": said, "result": {}, "retExtInfo": {}, "time": call.now_ms}, status, headers
        )

    def _time(self, request: Request) -> dict[str, Any]:
        now = request.call.now_ms
        return _result(request.call, {"timeSecond": str(now // 1000), "timeNano": str(now * 1_000_000)})

    def _instruments(self, request: Request) -> dict[str, Any]:
        category = request.call.arguments.get("category", "")
        match category:
            case "spot":
                pairs = [
                    {"symbol": f"{one.code}USDT", "baseCoin": one.code, "quoteCoin": "USDT", "status": "Trading",
                     "marginTrading": "none", "priceFilter": {"tickSize": "0.01"},
                     "lotSizeFilter": {"basePrecision": "0.0001", "quotePrecision": "0.0001", "minOrderQty": "0.1",
                                       "maxOrderQty": "1000", "minOrderAmt": "1", "maxOrderAmt": "100000"}}
                    for one in self.currencies() if one.code != "USDT"
                ]  # fmt: skip
            case "linear":
                pairs = [
                    {"symbol": f"{code}USDT", "contractType": "LinearPerpetual", "status": "Trading", "baseCoin": code,
                     "quoteCoin": "USDT", "settleCoin": "USDT", "launchTime": "1585526400000", "deliveryTime": "0",
                     "priceScale": "2", "leverageFilter": {"minLeverage": "1", "maxLeverage": "100"},
                     "priceFilter": {"minPrice": "0.10", "maxPrice": "1999999.80", "tickSize": "0.10"},
                     "lotSizeFilter": {"maxOrderQty": "100", "minOrderQty": "0.001", "qtyStep": "0.001"}}
                    for code in ("BTC", "ETH", "XRP")
                ]  # fmt: skip
            case _:
                pairs = []
        return _result(request.call, {"category": category, "list": pairs, "nextPageCursor": ""})

    def _key(self, request: Request) -> dict[str, Any]:
        held = request.signer.permissions
        trades = TRADE in held
        return _result(request.call, {
            "id": "13770661", "note": "sandbox", "apiKey": request.signer.api_key, "secret": "", "type": 1,
            "readOnly": 0 if held & {TRADE, WITHDRAW} else 1,
            "permissions": {
                "ContractTrade": ["Order", "Position"] if trades else [], "Spot": ["SpotTrade"] if trades else [],
                "Wallet": ["Withdraw"] if WITHDRAW in held else [], "Options": [], "Derivatives": [],
                "CopyTrading": [], "BlockTrade": [], "Exchange": [], "NFT": [], "Affiliate": [], "Earn": [],
            },
            "ips": ["*"], "deadlineDay": 80, "expiredAt": "2030-01-01T00:00:00Z", "createdAt": "2026-01-01T00:00:00Z",
            "unified": 0, "uta": 1, "userID": 24617703, "vipLevel": "No VIP", "isMaster": True, "parentUid": "0",
        })  # fmt: skip

    def _account(self, request: Request) -> dict[str, Any]:
        return _result(request.call, {"marginMode": "REGULAR_MARGIN", "unifiedMarginStatus": 6, "updatedTime": "0"})

    def _coins(self, request: Request) -> dict[str, Any]:
        rows = [
            {"name": one.name, "coin": one.code, "remainAmount": "1000000", "chains": [
                {"chainType": network, "confirmation": "12", "withdrawFee": "0.1", "depositMin": "0",
                 "withdrawMin": "1",
                 "chain": self.networks[network], "chainDeposit": "1", "chainWithdraw": "1", "minAccuracy": "8",
                 "withdrawPercentageFee": "0", "contractAddress": "", "safeConfirmNumber": "12"}
                for network in self.networks_of(one)
            ]}
            for one in self.currencies()
        ]  # fmt: skip
        return _result(request.call, {"rows": rows})

    def _addresses(self, request: Request) -> dict[str, Any]:
        arguments = request.call.arguments
        code, theirs = arguments.get("coin", ""), arguments.get("chainType")
        network = self.network_of(theirs) if theirs else None
        chains = [
            {"chainType": place.network, "addressDeposit": place.address, "tagDeposit": place.tag,
             "chain": self.networks[place.network], "batchReleaseLimit": "-1", "contractAddress": ""}
            for place in self.places(request, code) if network in (None, place.network)
        ]  # fmt: skip
        return _result(request.call, {"coin": code, "chains": chains})


def _signed(call: Call) -> bytes:
    named = ("X-BAPI-TIMESTAMP", "X-BAPI-API-KEY", "X-BAPI-RECV-WINDOW")
    head = "".join(call.headers.get(name, "") for name in named)
    return head.encode() + (call.body if call.method == "POST" else call.query.encode())


def _result(call: Call, content: dict[str, Any]) -> dict[str, Any]:
    return {"retCode": 0, "retMsg": "OK", "result": content, "retExtInfo": {}, "time": call.now_ms}
