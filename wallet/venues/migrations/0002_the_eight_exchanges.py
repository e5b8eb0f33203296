"""The eight exchanges that everybody is offered, as ccxt 4.5 describes them; `refresh_exchanges` keeps them up to date.

Written out: ccxt takes seconds to load, and a migration must do the same whatever version of it is installed.
"""

from typing import Any

from django.db import migrations

EXCHANGES: list[dict[str, Any]] = [
    {
        "id": "binance",
        "ccxt_id": "binance",
        "name": "Binance",
        "links": {
            "www": "https://www.binance.com",
            "doc": "https://developers.binance.com/en",
            "fees": "https://www.binance.com/en/fee/schedule",
            "api_management": "https://www.binance.com/en/usercenter/settings/api-management",
        },
        "has_addresses": True,
        "rate_limit_ms": 50,
        "needs_passphrase": False,
        "has_sandbox": True,
        "has_futures": True,
        "metadata": {
            "version": "",
            "countries": [],
            "certified": True,
            "can": ["fetchDepositAddress", "fetchCurrencies", "fetchTime"],
        },
    },
    {
        "id": "coinbase",
        "ccxt_id": "coinbase",
        "name": "Coinbase Advanced",
        "links": {
            "www": "https://www.coinbase.com",
            "doc": "https://docs.cdp.coinbase.com/coinbase-app/introduction/welcome",
            "fees": "https://support.coinbase.com/customer/portal/articles/2109597-buy-sell-bank-transfer-fees",
        },
        "has_addresses": True,
        "rate_limit_ms": 34,
        "needs_passphrase": False,
        "has_sandbox": False,
        "has_futures": True,
        "metadata": {
            "version": "v2",
            "countries": ["US"],
            "certified": False,
            "can": [
                "fetchDepositAddress",
                "fetchDepositAddressesByNetwork",
                "fetchDepositAddresses",
                "fetchCurrencies",
                "fetchTime",
            ],
        },
    },
    {
        "id": "kraken",
        "ccxt_id": "kraken",
        "name": "Kraken",
        "links": {
            "www": "https://www.kraken.com",
            "doc": "https://docs.kraken.com/api-reference/",
            "fees": "https://www.kraken.com/en-us/features/fee-schedule",
        },
        "has_addresses": True,
        "rate_limit_ms": 1000,
        "needs_passphrase": False,
        "has_sandbox": False,
        "has_futures": False,
        "metadata": {
            "version": "0",
            "countries": ["US"],
            "certified": False,
            "can": ["fetchDepositAddress", "fetchCurrencies", "fetchTime"],
        },
    },
    {
        "id": "bitfinex",
        "ccxt_id": "bitfinex",
        "name": "Bitfinex",
        "links": {
            "www": "https://www.bitfinex.com",
            "doc": "https://docs.bitfinex.com/v2/docs/",
            "fees": "https://www.bitfinex.com/fees",
        },
        "has_addresses": True,
        "rate_limit_ms": 250,
        "needs_passphrase": False,
        "has_sandbox": False,
        "has_futures": True,
        "metadata": {
            "version": "v2",
            "countries": ["VG"],
            "certified": False,
            "can": ["fetchDepositAddress", "fetchCurrencies"],
        },
    },
    {
        "id": "htx",
        "ccxt_id": "htx",
        "name": "HTX",
        "links": {
            "www": "https://www.huobi.com",
            "doc": "https://huobiapi.github.io/docs/spot/v1/en/",
            "fees": "https://www.huobi.com/about/fee/",
        },
        "has_addresses": True,
        "rate_limit_ms": 100,
        "needs_passphrase": False,
        "has_sandbox": False,
        "has_futures": True,
        "metadata": {
            "version": "v1",
            "countries": ["CN"],
            "certified": False,
            "can": ["fetchDepositAddress", "fetchDepositAddressesByNetwork", "fetchCurrencies", "fetchTime"],
        },
    },
    {
        "id": "kucoin",
        "ccxt_id": "kucoin",
        "name": "KuCoin",
        "links": {"www": "https://www.kucoin.com", "doc": "https://docs.kucoin.com"},
        "has_addresses": True,
        "rate_limit_ms": 8,
        "needs_passphrase": True,
        "has_sandbox": False,
        "has_futures": True,
        "metadata": {
            "version": "v2",
            "countries": ["SC"],
            "certified": True,
            "can": ["fetchDepositAddress", "fetchDepositAddressesByNetwork", "fetchCurrencies", "fetchTime"],
        },
    },
    {
        "id": "bybit",
        "ccxt_id": "bybit",
        "name": "Bybit",
        "links": {
            "www": "https://www.bybit.com",
            "doc": "https://bybit-exchange.github.io/docs/inverse/",
            "fees": "https://help.bybit.com/hc/en-us/articles/360039261154",
        },
        "has_addresses": True,
        "rate_limit_ms": 20,
        "needs_passphrase": False,
        "has_sandbox": True,
        "has_futures": True,
        "metadata": {
            "version": "v5",
            "countries": ["VG"],
            "certified": True,
            "can": ["fetchDepositAddress", "fetchDepositAddressesByNetwork", "fetchCurrencies", "fetchTime"],
        },
    },
    {
        "id": "okx",
        "ccxt_id": "okx",
        "name": "OKX",
        "links": {
            "www": "https://www.okx.com",
            "doc": "https://www.okx.com/docs-v5/en/",
            "fees": "https://www.okx.com/pages/products/fees.html",
        },
        "has_addresses": True,
        "rate_limit_ms": 110,
        "needs_passphrase": True,
        "has_sandbox": True,
        "has_futures": True,
        "metadata": {
            "version": "v5",
            "countries": ["CN", "US"],
            "certified": True,
            "can": ["fetchDepositAddress", "fetchDepositAddressesByNetwork", "fetchCurrencies", "fetchTime"],
        },
    },
]


def add_exchanges(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("venues", "SupportedExchange")
    model.objects.bulk_create([model(**row) for row in EXCHANGES], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("venues", "0001_exchange_accounts")]

    operations = [migrations.RunPython(add_exchanges, migrations.RunPython.noop)]
