"""Market symbols in paths: BTC-USDT, BTC/USDT, and BTC%2FUSDT, which arrives as the second."""

from django.urls import register_converter


class SymbolConverter:
    """One or two path segments; whether there is such a market the selector decides."""

    regex = "[^/]+(?:/[^/]+)?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SymbolConverter, "symbol")
