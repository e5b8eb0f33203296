"""What the exchanges of the sandbox list: currencies, and the networks on which each can be deposited.

Networks have one name here; each exchange's module gives them the names that exchange knows them by.
"""

from dataclasses import dataclass

_EVM = frozenset({"ERC20", "BEP20", "POLYGON", "ARBITRUM", "BASE", "AVAXC"})


@dataclass(frozen=True, slots=True)
class Currency:
    code: str
    name: str
    networks: tuple[str, ...]

    def needs_tag(self, network: str) -> bool:
        return network in TAGGED


TAGGED = frozenset({"XRP", "XLM", "ATOM"})
"""Networks on which an exchange tells its customers apart by a tag."""

_COINS = {
    "BTC": ("Bitcoin", "BTC"),
    "ETH": ("Ethereum", "ERC20 ARBITRUM BASE"),
    "USDT": ("Tether", "ERC20 TRC20 BEP20 SOL POLYGON"),
    "USDC": ("USD Coin", "ERC20 SOL POLYGON BASE"),
    "XRP": ("XRP", "XRP"),
    "XLM": ("Stellar", "XLM"),
    "LTC": ("Litecoin", "LTC"),
    "DOGE": ("Dogecoin", "DOGE"),
    "SOL": ("Solana", "SOL"),
    "TRX": ("TRON", "TRC20"),
    "ATOM": ("Cosmos", "ATOM"),
    "BNB": ("BNB", "BEP20"),
    "AVAX": ("Avalanche", "AVAXC"),
    "LINK": ("Chainlink", "ERC20 BEP20"),
    "UNI": ("Uniswap", "ERC20 BEP20"),
    "AAVE": ("Aave", "ERC20 POLYGON"),
    "SHIB": ("Shiba Inu", "ERC20 BEP20"),
}
_TOKENS = """
    DAI MKR COMP SNX CRV YFI SUSHI BAL ZRX BAT ENJ MANA SAND AXS GALA CHZ LRC GRT ANKR OCEAN STORJ BAND KNC REN UMA
    NMR RLC OGN CVC DENT HOT FUN POWR REQ RSR SKL OXT CTSI DIA API3 BADGER PERP FARM MASK ALICE AUDIO BICO BLUR CELR
    COTI CVX DODO DYDX ENS FET FORTH FXS GHST GLM GTC2 GODS HIGH ILV IMX JASMY KEY LDO LPT LQTY MAGIC MDT METIS MLN
    NEXO NKN OMG ORN PAXG PENDLE PEPE PEOPLE POLS PYR QNT QUICK RAD RARI RNDR RPL SLP SPELL SSV SUPER SXP SYN TRB TRU
    TURBO TUSD UFO VRA WBTC WLD WOO XYO YGG2 ZKJ
"""
"""Tokens of Ethereum: only the number of them matters."""

CURRENCIES = {code: Currency(code, name, tuple(networks.split())) for code, (name, networks) in _COINS.items()} | {
    code: Currency(code, code.title(), ("ERC20",)) for code in _TOKENS.split()
}


def is_kin(network: str, other: str) -> bool:
    """Whether addresses of two networks look alike and belong to the same key."""
    return network == other or (network in _EVM and other in _EVM)


def family_of(network: str) -> str:
    """The kind of addresses a network has."""
    return "ERC20" if network in _EVM else network
