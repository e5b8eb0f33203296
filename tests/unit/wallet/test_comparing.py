"""What an exchange's answer about a network means for the addresses that are known of it."""

from dataclasses import dataclass, field

import pytest

from wallet.venues.core.fetched import FetchedAddress
from wallet.venues.models import DepositAddress
from wallet.venues.services.comparing import compare


@dataclass
class Case:
    known: dict[str, str]
    """Address to status; "manual" for a current one that was typed."""
    given: list[str]
    trusted: list[str] = field(default_factory=list)
    """Of those replaced or gone: which were current before."""
    deleted: list[str] = field(default_factory=list)
    verified: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)
    new: dict[str, str] = field(default_factory=dict)
    """Address to "current" or to what it replaces."""
    replaced: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


CASES = {
    "the first": Case({}, ["A"], new={"A": "current"}),
    "several at once": Case({}, ["A", "B"], new={"A": "current", "B": "current"}),
    "the same again": Case({"A": "current"}, ["A"], verified=["A"]),
    "another beside it": Case({"A": "current"}, ["A", "B"], verified=["A"], new={"B": "current"}),
    "another instead": Case({"A": "current"}, ["B"], new={"B": "A"}, replaced=["A"]),
    "two instead of one": Case({"A": "current"}, ["B", "C"], new={"B": "A", "C": "A"}, replaced=["A"]),
    "one of two is another": Case(
        {"A": "current", "B": "current"}, ["A", "C"], verified=["A"], new={"C": "B"}, replaced=["B"]
    ),
    "one of two is missing": Case({"A": "current", "B": "current"}, ["A"], verified=["A"], gone=["B"]),
    "nothing any more": Case({"A": "current"}, [], gone=["A"]),
    "gone and back": Case({"A": "gone"}, ["A"], trusted=["A"], returned=["A"]),
    "gone before it was confirmed, and back": Case({"A": "gone"}, ["A"], disputed=["A"]),
    "gone, and another in two steps": Case({"A": "gone"}, ["B"], trusted=["A"], new={"B": "A"}),
    "changed and not confirmed": Case({"A": "replaced", "B": "changed"}, ["B"], trusted=["A"], verified=["B"]),
    "changed and back": Case({"A": "replaced", "B": "changed"}, ["A"], trusted=["A"], returned=["A"], replaced=["B"]),
    "changed, confirmed and back": Case(
        {"A": "replaced", "B": "current"}, ["A"], trusted=["A"], disputed=["A"], replaced=["B"]
    ),
    "changed, confirmed, and the old one beside it": Case(
        {"A": "replaced", "B": "current"}, ["A", "B"], trusted=["A"], verified=["B"], disputed=["A"]
    ),
    "changed twice": Case({"A": "replaced", "B": "changed"}, ["C"], trusted=["A"], new={"C": "B"}, replaced=["B"]),
    "changed twice, and back to what nobody confirmed": Case(
        {"A": "replaced", "B": "replaced", "C": "changed"}, ["B"], trusted=["A"], disputed=["B"], replaced=["C"]
    ),
    "unknown beside what is not confirmed": Case(
        {"A": "replaced", "B": "changed"}, ["B", "C"], trusted=["A"], verified=["B"], new={"C": "B"}
    ),
    "typed and confirmed by the exchange": Case({"A": "manual"}, ["A"], verified=["A"]),
    "typed and not given": Case({"A": "manual"}, []),
    "typed, and the exchange gives another": Case({"A": "manual"}, ["B"], new={"B": "A"}, replaced=["A"]),
    "typed beside what the exchange gives": Case({"A": "current", "M": "manual"}, ["A"], verified=["A"]),
    "typed beside what the exchange gives, and a new one": Case(
        {"A": "current", "M": "manual"}, ["A", "B"], verified=["A"], new={"B": "current"}
    ),
    "deleted": Case({}, ["A"], deleted=["A"]),
    "deleted, in place of the current one": Case({"B": "current"}, ["A"], deleted=["A"], gone=["B"]),
}


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    case = CASES[name]
    rows = {
        address: DepositAddress(
            address=address, status="current" if status == "manual" else status, is_manual=status == "manual"
        )
        for address, status in case.known.items()
    }
    verdict = compare(
        known=list(rows.values()),
        stood={
            row.pk: "current" if address in case.trusted else "changed"
            for address, row in rows.items()
            if row.status in ("replaced", "gone")
        },
        deleted=frozenset((address, "") for address in case.deleted),
        given=[FetchedAddress("BTC", "BTC", address) for address in case.given],
    )
    assert [row.address for row in verdict.verified] == case.verified
    assert [row.address for row in verdict.returned] == case.returned
    assert [row.address for row, _ in verdict.disputed] == case.disputed
    found = {
        one.fetched.address: one.replaces.address if one.replaces is not None else str(one.status)
        for one in verdict.new
    }
    assert found == case.new
    assert [row.address for row in verdict.replaced] == case.replaced
    assert [row.address for row in verdict.gone] == case.gone


def test_a_tag_is_part_of_the_address() -> None:
    row = DepositAddress(address="r", tag="1", status="current")
    verdict = compare(known=[row], stood={}, deleted=frozenset(), given=[FetchedAddress("XRP", "XRP", "r", tag="2")])
    assert verdict.replaced == [row]
    assert verdict.new[0].replaces == row
