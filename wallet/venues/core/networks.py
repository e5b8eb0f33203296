"""One name for each network, whatever an exchange or ccxt calls it.

The same coin moves over several networks, and an address of one is often well formed on another, so a network is named
in one way only: by the name under which tokens are known on a chain that carries those of others (ERC20, TRC20, BEP20),
else by its coin. A name nobody has told us about stays what it is, in capitals: it is one network for everybody who
uses that name, and nothing is concluded about its addresses.

Known limits: "AVAX" means two chains for the coin AVAX and one for its tokens, so it is read with the currency;
"BNB" has meant two chains, and is therefore no alias of either.
"""

import re

from wallet.core.addresses import AddressFormat, NetworkUnknown, format_of

_LONGEST = 40
_NAMES = {
    "BTC": "BITCOIN XBT",
    "BTCSEGWIT": "SEGWITBTC SEGWIT BECH32",
    "BTCLIGHTNING": "LIGHTNING LN LNX BITCOINLIGHTNING",
    "ERC20": "ETH ETHEREUM ETHER ETHERHEX ETHERC20 ETHEREUMERC20",
    "TRC20": "TRX TRON TRXTRC20 TRONTRC20",
    "BEP20": "BSC BSC20 BNBSMARTCHAIN BINANCESMARTCHAIN BEP20BSC BSCBEP20 BNBSMARTCHAINBEP20",
    "BEP2": "BNBBEACONCHAIN BEACONCHAIN",
    "POLYGON": "TETHERUSDTPLY MATIC POL POLYGONPOS POLYGONMAINNET PLYGON",
    "ARBITRUM": "ARB ARBONE ARBITRUMONE ARBI ARBEVM",
    "ARBITRUMNOVA": "ARBNOVA ARBINOVA",
    "OPTIMISM": "OP OPETH OPTIMISMETH OPMAINNET",
    "BASE": "BASEEVM BASEMAINNET",
    "AVAXC": "TETHERUSDTAVAX AVAXCCHAIN AVALANCHECCHAIN AVALANCHEC CAVAX AVACCHAIN CCHAIN",
    "AVAXX": "AVAXXCHAIN AVALANCHEXCHAIN AVALANCHEX XAVAX",
    "SOL": "SOLANA SPL",
    "XRP": "RIPPLE XRPL XRPLEDGER RIPPLEXRP",
    "XLM": "STELLAR STELLARLUMENS STELLARXLM LUMENS",
    "LTC": "LITECOIN",
    "DOGE": "DOGECOIN XDG",
    "BCH": "BITCOINCASH BCHN BAB",
    "BSV": "BITCOINSV",
    "ETC": "ETHEREUMCLASSIC ETHERCLASSIC",
    "ADA": "CARDANO",
    "DOT": "POLKADOT",
    "KSM": "KUSAMA",
    "ATOM": "COSMOS COSMOSHUB",
    "TON": "TONCOIN THEOPENNETWORK",
    "ALGO": "ALGORAND",
    "APT": "APTOS",
    "EOS": "EOSIO",
    "HBAR": "HEDERA HEDERAHASHGRAPH",
    "ICP": "DFINITY INTERNETCOMPUTER",
    "FIL": "FILECOIN",
    "XTZ": "TEZOS",
    "XMR": "MONERO",
    "ZEC": "ZCASH",
    "DASH": "DASHCOIN",
    "NEAR": "NEARPROTOCOL",
    "KLAY": "KLAYTN KAIA",
    "FTM": "FANTOM OPERA",
    "CRC20": "CRONOS",
    "HRC20": "HECO",
    "ZKSYNCERA": "ZKSYNC ZKERA ZKV2",
    "OMNI": "TETHERUSO",
    "LIQUID": "TETHERUSL LBTC",
    "TIA": "CELESTIA",
    "INJ": "INJECTIVE",
    "OSMO": "OSMOSIS",
    "STX": "STACKS LSTACKS",
    "EGLD": "ELROND MULTIVERSX",
    "VET": "VECHAIN",
    "ZIL": "ZILLIQA",
    "IOTA": "MIOTA",
    "RUNE": "THORCHAIN",
    "HYPER": "HYPEREVM",
    "CHZ2": "CHILIZ",
    "RON": "RONIN",
    "BERA": "BERACHAIN",
}
_CANONICAL = {alias: name for name, aliases in _NAMES.items() for alias in (name, *aliases.split())}
_SAME_FORMAT = {
    "BTC": "BTCSEGWIT",
    "ETH": "ERC20 BEP20 POLYGON ARBITRUM ARBITRUMNOVA OPTIMISM BASE AVAXC ETC ETHW LINEA SCROLL MANTLE SONIC CRC20 "
    "HRC20 FTM KLAY CELO ZKSYNCERA HYPER BERA MONAD PLASMA METIS FLR MEGAETH MANTA",
}
_FORMAT_OF = {network: like for like, networks in _SAME_FORMAT.items() for network in networks.split()}
_TAGGED = frozenset({"XRP", "XLM", "EOS", "VAULTA", "BEP2", "ATOM", "HBAR", "TON", "XEM", "IOST"})
"""Networks on which exchanges give all their customers one address, and tell them apart by a tag."""


def network_of(ccxt_name: str, currency: str = "") -> str:
    """Our one name of what ccxt, an exchange or a person calls a network, for this currency."""
    bare = _bare(ccxt_name)
    return _known(bare, currency) or bare[:_LONGEST]


def is_known(name: str, currency: str = "") -> bool:
    """Whether a word is one of those we have for a network."""
    return _known(_bare(name), currency) is not None


def address_format(network: str) -> AddressFormat | None:
    """How addresses of a network, by our name, are written; None where we do not know."""
    try:
        return format_of(_FORMAT_OF.get(network, network))
    except NetworkUnknown:
        return None


def needs_tag(currency: str, network: str) -> bool:
    """Whether money sent there without a tag reaches nobody, as far as we know without asking the exchange."""
    # A tag belongs to the network, but only its own coin is moved on these by exchanges under a shared address.
    return network in _TAGGED or (currency in _TAGGED and network == currency)


def _bare(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _known(bare: str, currency: str) -> str | None:
    if bare in ("AVAX", "AVALANCHE"):
        return "AVAXC" if currency and currency != "AVAX" else "AVAX"
    known = _CANONICAL.get(bare)
    if known is None and currency and bare != currency:
        # Some exchanges name a network together with what moves over it: usdterc20, USDT-TRC20.
        without = bare.removeprefix(currency) if bare.startswith(currency) else bare.removesuffix(currency)
        known = _CANONICAL.get(without)
    return known
