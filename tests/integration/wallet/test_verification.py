"""What is proven about the funds, and that each kind of wrong row is found."""

from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import unquote, urlsplit

import pytest
from django.db import connection, transaction

from ledger.verification import LEDGER_CHECKS, findings_of
from matching.verification import CHECKS as MATCHING_CHECKS
from tests.support import funds
from tests.support.databases import owner_url
from tests.support.exchange import Exchange
from wallet.core.operations import DepositHold
from wallet.core.states import WithdrawalState
from wallet.core.withdrawal_rules import Verdict
from wallet.models import Deposit
from wallet.processor import withdrawing
from wallet.services import operations
from wallet.verification import CHECKS

UNREADABLE = "could not be carried out"
DAMAGES = (
    ("UPDATE wallet_withdrawal SET state = 'SENDING', amount = 4 WHERE state = 'APPROVED'", "open orders need"),
    ("UPDATE wallet_withdrawal SET state = 'CANCELLED' WHERE state = 'APPROVED'", "open orders need"),
    ("UPDATE wallet_withdrawal SET state = 'SENT' WHERE state = 'CONFIRMED'", "was confirmed"),
    ("UPDATE wallet_deposit SET state = 'CREDITED', held_amount = 0 WHERE state = 'HELD'", "open orders need"),
    ("UPDATE wallet_deposit SET amount = 10 WHERE external_tx_id = 'plain'", "is credited, its entry credits"),
    ("UPDATE wallet_deposit SET operation_id = operation_id + 1 WHERE external_tx_id = 'plain'", "deposits say"),
    ("UPDATE wallet_operationoutcome SET code = 'X' WHERE applied_sequence = 1", "was refused, but moved money"),
    ("UPDATE wallet_operationoutcome SET detail = '{}' WHERE applied_sequence = 2", "chain of operations is broken"),
    ("UPDATE wallet_operationoutcome SET code = '' WHERE code <> ''", "has no entry"),
    ("DELETE FROM wallet_operationoutcome WHERE applied_sequence = 6", "the chain covers"),
    ("DELETE FROM wallet_operationlink WHERE first_sequence = 2", "has a gap before 3"),
    ("UPDATE wallet_balanceoperation SET amount = 7 WHERE message LIKE '%plain%'", "in its columns"),
    ("UPDATE wallet_balanceoperation SET origin = 'x' WHERE message LIKE '%plain%'", "of operations is broken"),
    ("UPDATE wallet_balanceoperation SET message = 'x' WHERE message LIKE '%plain%'", UNREADABLE),
    ("UPDATE wallet_balanceoperation SET message = '{}' WHERE message LIKE '%plain%'", UNREADABLE),
    (
        "UPDATE wallet_operationoutcome SET applied_at = 'infinity' WHERE applied_sequence = 1",
        "could not be carried out",
    ),
    ("UPDATE ledger_posting SET locked_delta = 1e-18 WHERE available_delta = -2", UNREADABLE),
    ("UPDATE wallet_fundsprocessor SET applied_sequence = 9", "stands at operation 9"),
    ("UPDATE wallet_operationlink SET journal_hash = 'x' WHERE first_sequence = 1", "bound to no link"),
)


@pytest.fixture(autouse=True)
def _funds(monkeypatch: pytest.MonkeyPatch, exchange: Exchange) -> None:
    """A deposit, a held deposit, a withdrawal under way, one that is done, and one that was refused."""
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    monkeypatch.setattr(withdrawing, "check_withdrawal", lambda withdrawal, *, at: Verdict())
    funds.open_rail()
    funds.carry_out(funds.deposit("owner", "1", tx="plain"))
    funds.carry_out(funds.deposit("owner", "2", tx="held"))
    held = Deposit.objects.get(external_tx_id="held")
    hold = DepositHold(
        request_id="hold",
        asset="BTC",
        amount=Decimal(2),
        account_id=funds.account_id("owner"),
        rail="sim",
        deposit_id=held.pk,
        reason="reorg",
    )
    funds.carry_out(hold)
    funds.carry_out(funds.withdraw(funds.verified_withdrawal("owner", "3")))
    done = funds.verified_withdrawal("owner", "4")
    funds.carry_out(funds.withdraw(done))
    done.refresh_from_db()
    done.state = WithdrawalState.SENT
    done.save()
    funds.carry_out(funds.confirm(done))
    funds.carry_out(funds.withdraw(funds.verified_withdrawal("owner", "500")))


@pytest.fixture
def _as_owner(_funds: None) -> Iterator[None]:
    """The login of the processes may not alter history at all."""
    connection.close()
    owner, mine = urlsplit(owner_url()), {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    connection.settings_dict |= {"USER": owner.username, "PASSWORD": unquote(owner.password or "")}
    yield
    connection.close()
    connection.settings_dict |= mine


def findings() -> list[str]:
    return list(findings_of(*LEDGER_CHECKS, *MATCHING_CHECKS, *CHECKS))


def test_books_with_everything_in_them_are_right() -> None:
    assert findings() == []
    assert funds.balance("owner")[1] == Decimal("5.001")


@pytest.mark.usefixtures("_as_owner")
def test_every_wrong_row_is_found() -> None:
    for statement, expected in DAMAGES:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)
                assert cursor.rowcount > 0, f"{statement} damaged nothing"
            found = findings()
            assert any(expected in finding for finding in found), (statement, found)
            transaction.set_rollback(True)
    assert findings() == []
