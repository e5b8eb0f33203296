"""The exchanges of the sandbox, by ccxt's id of them."""

from wallet.venues.sandbox.exchange import SandboxExchange
from wallet.venues.sandbox.exchanges.binance import Binance
from wallet.venues.sandbox.exchanges.bitfinex import Bitfinex
from wallet.venues.sandbox.exchanges.bybit import Bybit
from wallet.venues.sandbox.exchanges.coinbase import Coinbase
from wallet.venues.sandbox.exchanges.htx import Htx
from wallet.venues.sandbox.exchanges.kraken import Kraken
from wallet.venues.sandbox.exchanges.kucoin import Kucoin
from wallet.venues.sandbox.exchanges.okx import Okx

EXCHANGES: dict[str, type[SandboxExchange]] = {
    one.id: one for one in (Binance, Coinbase, Kraken, Bitfinex, Htx, Kucoin, Bybit, Okx)
}
SAME_FAR_END = {"binanceusdm": "binance", "binancecoinm": "binance", "kucoinfutures": "kucoin"}
"""ccxt's other ids for the same exchange: same keys, same paths."""
