"""Which accounts are taken for one owner's.

What staff have said: two users are in one self-trade group. And what is known without asking anybody: they signed in
from the same public address, or have API keys that are bound to the same one. That is a hint and no more; an address
that many people share, such as an office's or a mobile carrier's, says nothing and is left out.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Collection
from itertools import combinations

from allauth.usersessions.models import UserSession
from django.db.models import Count

from accounts.models import ApiKey, User
from ledger.models import Account
from risk.core.surveillance.facts import HIGH, MEDIUM, Link, Pair, pair_of

MOST_SHARING = 5
"""Users of one address, from which on it links nobody."""

SAME_GROUP = Link("in the same self-trade group", HIGH)
SAME_ADDRESS = Link("signed in from the same address", MEDIUM)
SAME_KEY_ADDRESS = Link("API keys bound to the same address", MEDIUM)


def links_between(accounts: Collection[int]) -> dict[Pair, Link]:
    """Pairs of these accounts that have something in common."""
    account_of = {
        user_id: account_id
        for account_id, user_id in Account.objects.filter(pk__in=accounts, user__isnull=False).values_list(
            "pk", "user_id"
        )
        if user_id is not None
    }
    links: dict[Pair, Link] = {}
    # What tells more comes later and counts.
    for users, link in (
        (_by_key_address(account_of), SAME_KEY_ADDRESS),
        (_by_session(account_of), SAME_ADDRESS),
        (_by_group(account_of), SAME_GROUP),
    ):
        for sharing in users:
            for one, other in combinations(sorted(account_of[user_id] for user_id in sharing), 2):
                links[pair_of(one, other)] = link
    return links


def house_accounts(accounts: Collection[int]) -> frozenset[int]:
    """Those that trade for the exchange itself."""
    return frozenset(Account.objects.filter(pk__in=accounts, user__is_house=True).values_list("pk", flat=True))


def _by_group(users: Collection[int]) -> list[set[int]]:
    members: defaultdict[int, set[int]] = defaultdict(set)
    grouped = User.objects.filter(pk__in=users, self_trade_group__isnull=False)
    for user_id, group_id in grouped.values_list("pk", "self_trade_group_id"):
        if group_id is not None:
            members[group_id].add(user_id)
    return [sharing for sharing in members.values() if len(sharing) > 1]


def _by_session(users: Collection[int]) -> list[set[int]]:
    at_address: defaultdict[str, set[int]] = defaultdict(set)
    sessions = UserSession.objects.filter(user_id__in=users)
    for address, user_id in sessions.values_list("ip", "user_id").distinct():
        if _is_telling(address):
            at_address[address].add(user_id)
    shared = {address: sharing for address, sharing in at_address.items() if len(sharing) > 1}
    crowded = set(
        UserSession.objects.filter(ip__in=shared)
        .values_list("ip")
        .annotate(users=Count("user", distinct=True))
        .filter(users__gt=MOST_SHARING)
        .values_list("ip", flat=True)
        if shared
        else ()
    )
    return [sharing for address, sharing in shared.items() if address not in crowded]


def _by_key_address(users: Collection[int]) -> list[set[int]]:
    at_address: defaultdict[str, set[int]] = defaultdict(set)
    keys = ApiKey.objects.filter(user_id__in=users, revoked_at=None).exclude(ip_ranges=[])
    for user_id, ranges in keys.values_list("user_id", "ip_ranges"):
        for text in ranges:
            network = ipaddress.ip_network(text)
            if network.num_addresses == 1 and _is_telling(str(network.network_address)):
                at_address[str(network.network_address)].add(user_id)
    return [sharing for sharing in at_address.values() if 1 < len(sharing) <= MOST_SHARING]


def _is_telling(address: str) -> bool:
    """Whether it is an address on the Internet: a private one may be a proxy's, or everybody's."""
    return ipaddress.ip_address(address).is_global
