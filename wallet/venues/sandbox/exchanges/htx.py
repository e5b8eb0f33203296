"""HTX: base64 HMAC-SHA256 over method, host, path and the sorted query, all of it in the query itself.

Newer paths answer {"code", "message"}, older ones {"status", "err-code", "err-msg"}, nearly all with 200.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from wallet.venues.sandbox.exchange import Door, Request, SandboxExchange, require_moment, require_signature
from wallet.venues.sandbox.keys import READ, TRADE, WITHDRAW, Key, KeySource
from wallet.venues.sandbox.listing import Currency
from wallet.venues.sandbox.problems import Problem, Refused
from wallet.venues.sandbox.wire import Answer, Call

_WINDOW_MS = 300_000
_SPOT_HOST, _CONTRACT_HOST = "api.huobi.pro", "api.hbdm.com"
_BASES = {
    "ERC20": ("ETH", "ERC20"), "TRC20": ("TRX", "TRC20"), "BEP20": ("BSC", "BEP20"), "SOL": ("SOLANA", "SOLANA"),
    "POLYGON": ("MATIC", "MATIC"), "ARBITRUM": ("ARBITRUMONE", "ARBITRUMONE"), "AVAXC": ("CCHAIN", "CCHAIN"),
}  # fmt: skip
_TETHER = {"ERC20": "usdterc20", "TRC20": "trc20usdt", "BEP20": "bsc20usdt", "SOL": "solusdt", "POLYGON": "maticusdt"}
_GATEWAY = {
    Problem.PERMISSION_MISSING: ("api-signature-not-valid", "Signature not valid: API key has no permission"),
    Problem.IP_NOT_ALLOWED: ("api-signature-not-valid", "Signature not valid: Incorrect IP"),
    Problem.RATE_LIMITED: ("rate-too-many-requests", "Too many requests"),
    Problem.MAINTENANCE: ("system-maintenance", "System is in maintenance!"),
    Problem.PATH_UNKNOWN: ("invalid-command", "invalid command"),
}
_NEWER = {
    Problem.WRONG_KEY: (1003, "invalid signature: Incorrect Access key"),
    Problem.WRONG_SIGNATURE: (1003, "invalid signature"),
    Problem.WRONG_PASSPHRASE: (1003, "invalid signature"),
    Problem.NONCE_INVALID: (1003, "invalid signature: Invalid Timestamp"),
    Problem.ACCOUNT_DISABLED: (1002, "forbidden"),
    Problem.CURRENCY_UNKNOWN: (2002, "invalid field value in `currency`"),
    Problem.NETWORK_UNKNOWN: (2002, "invalid field value in `chain`"),
}


class Htx(SandboxExchange):
    id = "htx"
    networks = {
        "BTC": "BTC", "ERC20": "ETH", "TRC20": "TRX", "BEP20": "BSC", "SOL": "SOLANA", "POLYGON": "MATIC",
        "ARBITRUM": "ARBITRUMONE", "AVAXC": "CCHAIN", "XRP": "XRP", "XLM": "XLM", "LTC": "LTC", "DOGE": "DOGE",
        "ATOM": "ATOM",
    }  # fmt: skip

    def doors(self) -> list[Door]:
        return [
            Door("GET", "/v1/common/timestamp", self._time, ""),
            Door("GET", "/api/v1/timestamp", self._contract_time, ""),
            Door("GET", "/v2/market-status", lambda request: _data({"marketStatus": 1}), ""),
            Door("GET", "/heartbeat/", self._heartbeat, ""),
            Door("GET", "/v1/common/symbols", self._symbols, ""),
            Door("GET", "/linear-swap-api/v1/swap_contract_info", self._contracts, ""),
            Door("GET", "/swap-api/v1/swap_contract_info", self._inverse_contracts, ""),
            Door("GET", "/api/v1/contract_contract_info", self._futures, ""),
            Door("GET", "/v2/reference/currencies", self._currencies, ""),
            Door("GET", "/v2/user/uid", self._user),
            Door("GET", "/v2/user/api-key", self._key),
            Door("GET", "/v1/account/accounts", self._accounts),
            Door("GET", "/v2/account/deposit/address", self._addresses),
        ]

    @classmethod
    def credentials(cls, source: KeySource) -> tuple[str, str, str]:
        return source.uuid("key"), source.uuid("secret"), ""

    def key_in(self, call: Call) -> str:
        return call.arguments.get("AccessKeyId", "")

    def verify(self, call: Call, key: Key) -> None:
        pairs = call.query.split("&")
        query = "&".join(sorted(pair for pair in pairs if not pair.startswith("Signature=")))
        host = _CONTRACT_HOST if "-api/" in call.path else _SPOT_HOST
        signed = "\n".join((call.method, host, call.raw_path, query)).encode()
        expected = base64.b64encode(hmac.new(key.api_secret.encode(), signed, hashlib.sha256).digest()).decode()
        given = next((pair for pair in pairs if pair.startswith("Signature=")), "").removeprefix("Signature=")
        require_signature(unquote(given), expected)
        try:
            at = datetime.strptime(call.arguments.get("Timestamp", ""), "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
        except ValueError:
            raise Refused(Problem.NONCE_INVALID) from None
        require_moment(round(at.timestamp() * 1000), call.now_ms, window_ms=_WINDOW_MS, ahead_ms=_WINDOW_MS)

    def refusal(self, problem: Problem, call: Call) -> Answer:
        if problem is Problem.ADDRESS_PENDING:
            return Answer(_data([]))
        if problem in _NEWER:
            code, message = _NEWER[problem]
            if call.path.startswith("/v2/"):
                return Answer({"code": code, "message": message})
            return Answer({"status": "error", "err-code": "api-signature-not-valid", "err-msg": message, "data": None})
        name, message = _GATEWAY[problem]
        status = {Problem.RATE_LIMITED: 429, Problem.PATH_UNKNOWN: 404}.get(problem, 200)
        return Answer({"status": "error", "err-code": name, "err-msg": message, "data": None}, status)

    def id_of(self, currency: Currency | str) -> str:
        return super().id_of(currency).lower()

    def _chain(self, currency: Currency, network: str) -> str:
        """The exchange's id of a currency on a network, which no other currency shares."""
        if currency.code == "USDT":
            return _TETHER[network]
        return self.id_of(currency) + ("" if network == currency.networks[0] else self.networks[network].lower())

    def _time(self, request: Request) -> dict[str, Any]:
        return {"status": "ok", "data": request.call.now_ms}

    def _contract_time(self, request: Request) -> dict[str, Any]:
        return {"status": "ok", "ts": request.call.now_ms}

    def _heartbeat(self, request: Request) -> dict[str, Any]:
        return {"status": "ok", "data": {"heartbeat": 1, "swap_heartbeat": 1, "linear_swap_heartbeat": 1}}

    def _symbols(self, request: Request) -> dict[str, Any]:
        return {"status": "ok", "data": [
            {"base-currency": self.id_of(one), "quote-currency": "usdt", "price-precision": 4, "amount-precision": 4,
             "symbol-partition": "main", "symbol": f"{self.id_of(one)}usdt", "state": "online", "value-precision": 8,
             "min-order-amt": 0.1, "max-order-amt": 1000, "min-order-value": 5, "api-trading": "enabled"}
            for one in self.currencies() if one.code != "USDT"
        ]}  # fmt: skip

    def _contracts(self, request: Request) -> dict[str, Any]:
        return _contracts([
            {"symbol": code, "contract_code": f"{code}-USDT", "contract_size": 0.001, "price_tick": 0.1,
             "delivery_time": "", "create_date": "20201021", "contract_status": 1, "settlement_date": "",
             "support_margin_mode": "all", "business_type": "swap", "pair": f"{code}-USDT", "contract_type": "swap"}
            for code in ("BTC", "ETH", "XRP")
        ])  # fmt: skip

    def _inverse_contracts(self, request: Request) -> dict[str, Any]:
        return _contracts([
            {"symbol": "BTC", "contract_code": "BTC-USD", "contract_size": 100.0, "price_tick": 0.1,
             "delivery_time": "", "create_date": "20200325", "contract_status": 1, "settlement_date": ""}
        ])  # fmt: skip

    def _futures(self, request: Request) -> dict[str, Any]:
        return _contracts([
            {"symbol": "BTC", "contract_code": "BTC301227", "contract_type": "quarter", "contract_size": 100.0,
             "price_tick": 0.01, "delivery_date": "20301227", "delivery_time": "1924588800000",
             "create_date": "20260101", "contract_status": 1, "settlement_time": ""}
        ])  # fmt: skip

    def _currencies(self, request: Request) -> dict[str, Any]:
        return _data([
            {"currency": self.id_of(one), "assetType": 1, "instStatus": "normal",
             "chains": [self._chain_entry(one, network) for network in self.networks_of(one)]}
            for one in self.currencies()
        ])  # fmt: skip

    def _chain_entry(self, currency: Currency, network: str) -> dict[str, Any]:
        is_coin = currency.code == network or (currency.code, network) in (("ETH", "ERC20"), ("TRX", "TRC20"))
        base, protocol = _BASES.get(network, (network, network))
        named = {"displayName": base} if is_coin else {
            "displayName": protocol, "baseChain": base, "baseChainProtocol": protocol
        }  # fmt: skip
        return {
            "chain": self._chain(currency, network), **named, "numOfConfirmations": 12, "numOfFastConfirmations": 12,
            "depositStatus": "allowed", "minDepositAmt": "1", "withdrawStatus": "allowed", "minWithdrawAmt": "1",
            "withdrawPrecision": 8, "maxWithdrawAmt": "1000000", "withdrawFeeType": "fixed",
            "transactFeeWithdraw": "0.1", "addrWithTag": currency.needs_tag(network),
            "addrDepositTag": currency.needs_tag(network),
        }  # fmt: skip

    def _user(self, request: Request) -> dict[str, Any]:
        return _data(63628520)

    def _key(self, request: Request) -> dict[str, Any]:
        names = {READ: "readOnly", TRADE: "trade", WITHDRAW: "withdraw"}
        return _data([{
            "accessKey": request.signer.api_key, "status": "normal", "note": "sandbox", "ipAddresses": "",
            "permission": ",".join(name for held, name in names.items() if held in request.signer.permissions),
            "validDays": -1, "createTime": 1_700_000_000_000, "updateTime": 1_700_000_000_000,
        }])  # fmt: skip

    def _accounts(self, request: Request) -> dict[str, Any]:
        return {"status": "ok", "data": [{"id": 5202591, "type": "spot", "subtype": "", "state": "working"}]}

    def _addresses(self, request: Request) -> dict[str, Any]:
        theirs = request.call.arguments.get("currency", "")
        return _data([
            {"currency": theirs, "address": place.address, "addressTag": place.tag,
             "chain": self._chain(place.currency, place.network)}
            for place in self.places(request, theirs.upper())
        ])  # fmt: skip


def _data(content: Any) -> dict[str, Any]:
    return {"code": 200, "message": "success", "data": content}


def _contracts(content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"status": "ok", "data": content, "ts": 1_700_000_000_000}
