"""Deposit addresses of an account, and what a planned twist makes of them."""

from dataclasses import dataclass

from wallet.venues.sandbox import addresses
from wallet.venues.sandbox.faults import OF_ADDRESS_CALLS, Concern, FaultBook, Twist
from wallet.venues.sandbox.keys import Key
from wallet.venues.sandbox.listing import CURRENCIES, Currency, is_kin
from wallet.venues.sandbox.problems import Problem, Refused


@dataclass(frozen=True, slots=True)
class Place:
    """Where coins are to be sent, and the network that the exchange says it is on."""

    currency: Currency
    network: str
    address: str
    tag: str


class Deposits:
    """The addresses of one sandbox."""

    def __init__(self, seed: str, faults: FaultBook) -> None:
        self._seed = seed
        self._faults = faults

    def single(self, key: Key, currency: str, network: str | None, *, path: str = "", default: str = "") -> Place:
        """The address on one network; on `default` where the caller names none.

        Raises Refused for an unknown currency or network, and for what is planned.
        """
        listed = CURRENCIES.get(currency)
        if listed is None:
            raise Refused(Problem.CURRENCY_UNKNOWN)
        asked = network or (default if default in listed.networks else listed.networks[0])
        self._suffer(key, path, currency, asked)
        if asked not in listed.networks or self._twist(Twist.MISSING_NETWORK, key, path, currency, asked):
            raise Refused(Problem.NETWORK_UNKNOWN)
        if self._twist(Twist.WRONG_NETWORK, key, path, currency, asked):
            return self._place(key, listed, _other(listed, asked), path)
        return self._place(key, listed, asked, path)

    def every(self, key: Key, currency: str, *, path: str = "") -> list[Place]:
        """The addresses on all networks, for exchanges that give them together.

        A wrong network is one whose entry has an address of another.
        """
        listed = CURRENCIES.get(currency)
        if listed is None:
            raise Refused(Problem.CURRENCY_UNKNOWN)
        places = []
        for network in listed.networks:
            self._suffer(key, path, currency, network)
            if self._twist(Twist.MISSING_NETWORK, key, path, currency, network):
                continue
            place = self._place(key, listed, network, path)
            if self._twist(Twist.WRONG_NETWORK, key, path, currency, network):
                wrong = self._place(key, listed, _other(listed, network), path)
                place = Place(listed, network, wrong.address, wrong.tag)
            places.append(place)
        return places

    def change(self, key: Key, currency: str, network: str) -> None:
        """From now on the account has another address there."""
        key.generations[currency, network] = key.generations.get((currency, network), 0) + 1

    def _place(self, key: Key, currency: Currency, network: str, path: str) -> Place:
        generation = key.generations.get((currency.code, network), 0)
        if self._twist(Twist.CHANGED_ADDRESS, key, path, currency.code, network):
            generation += 1
        address, tag = addresses.derive(self._seed, f"{key.exchange}:{key.owner}", network, generation=generation)
        if self._twist(Twist.MALFORMED_ADDRESS, key, path, currency.code, network):
            address = addresses.malformed(address)
        return Place(currency, network, address, tag)

    def _twist(self, twist: Twist, key: Key, path: str, currency: str, network: str) -> bool:
        return self._faults.take({twist}, Concern(key.exchange, path, key.api_key, currency, network)) is not None

    def _suffer(self, key: Key, path: str, currency: str, network: str) -> None:
        fault = self._faults.take(OF_ADDRESS_CALLS, Concern(key.exchange, path, key.api_key, currency, network))
        if fault is not None:
            assert isinstance(fault.kind, Problem)
            raise Refused(fault.kind)


def _other(currency: Currency, network: str) -> str:
    """A network whose addresses are of another kind; one that the currency is on, if there is such."""
    strangers = [one for one in currency.networks if not is_kin(one, network)]
    return strangers[0] if strangers else ("TRC20" if is_kin(network, "ERC20") else "ERC20")
