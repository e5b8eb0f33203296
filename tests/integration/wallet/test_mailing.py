"""Mails about funds: each is sent once, in words, and what the mail server did not take is tried again later."""

from datetime import timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import User
from wallet.core.states import WithdrawalState
from wallet.mailing import MOST_IN_A_ROUND, PAUSE, render_mail, send_due_mails
from wallet.models import FundsMail
from wallet.models.notices import MOST_ATTEMPTS
from wallet.notices import mail_user
from wallet.services.transitions import MAILS

FOLDER = Path(settings.BASE_DIR, "templates/wallet/mail")
TEMPLATES = sorted({path.stem for path in FOLDER.glob("*.txt")} - {"base"})
CONTEXT = {
    "asset": "BTC",
    "amount": "1.5",
    "fee": "0.001",
    "network": "SIM",
    "address": "bc1-somewhere",
    "tag": "77",
    "external_tx_id": "f00d",
    "reason": "A reason.",
    "reason_text": "A reason.",
    "counterparty": "bob",
    "note": "click here",
    "label": "Cold & safe",
    "held": "0.5",
    "usable_at": "2026-01-02T03:04+00:00",
    "exchange": "Kraken",
    "account": "Savings & more",
    "key_hint": "abc…xyz",
    "expire_at": "2026-01-02T03:04+00:00",
    "days": 7,
    "changes": [{"currency": "USDT", "network": "TRC20", "old": "T-old", "new": "T-new"}],
    "more": 3,
}


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice@example.com", "alice", "a-long-enough-password")


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_mail_says_what_happened(alice: User, template: str) -> None:
    mail_user(user=alice, template=template, context=CONTEXT)
    subject, body = render_mail(FundsMail.objects.get())
    assert subject != ""
    assert body.startswith("Hello alice,")
    assert body.endswith(settings.WEB_PUBLIC_URL)
    assert "{" not in subject + body
    assert "&amp;" not in body
    assert "click here" not in body, "what strangers write is not in our mails"
    if template == "address_added":
        assert "from 2026-01-02 03:04 UTC" in body
        assert "Cold & safe" in body
    elif template.startswith("exchange_"):
        assert "Kraken" in subject
        assert "Savings & more" in body
        shown = ("T-old", "T-new", "3 more") if template == "exchange_addresses_changed" else ("abc…xyz",)
        assert all(text in body for text in shown)
    else:
        assert "1.5" in body


def test_all_that_is_mailed_has_a_text() -> None:
    deposits = ("seen", "credited", "held", "returned", "suspense", "orphaned")
    assert {f"deposit_{state}" for state in deposits} < set(TEMPLATES)
    assert {"withdrawal_requested", *MAILS.values()} < set(TEMPLATES)
    told_with_the_next = {WithdrawalState.REQUESTED, WithdrawalState.VERIFIED, WithdrawalState.SENDING}
    assert set(MAILS) == set(WithdrawalState) - told_with_the_next
    assert "balance_adjusted" in TEMPLATES
    assert {"transfer_sent", "transfer_received", "address_added"} < set(TEMPLATES)


def test_each_is_sent_once(alice: User) -> None:
    for template in ("deposit_seen", "deposit_credited"):
        mail_user(user=alice, template=template, context=CONTEXT)
    now = timezone.now()
    assert send_due_mails(at=now) == 2
    assert send_due_mails(at=now + timedelta(days=1)) == 0
    assert [sent.to for sent in mail.outbox] == [[alice.email], [alice.email]]
    assert [sent.subject for sent in mail.outbox] == ["Deposit of 1.5 BTC on its way", "Deposit of 1.5 BTC credited"]
    assert FundsMail.objects.filter(attempts=1, sent_at__isnull=False).count() == 2


def test_what_was_not_taken_is_tried_again_after_a_pause(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        mail_user(user=alice, template="deposit_seen", context=CONTEXT)
    first, second = FundsMail.objects.order_by("pk")
    tried_at = timezone.now()

    def away(*_: object) -> int:
        raise SMTPServerDisconnected("away")

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", away)
        assert send_due_mails(at=tried_at) == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.attempts, first.sent_at, second.attempts) == (1, None, 0), "the others wait for the server to be back"
    assert send_due_mails(at=tried_at + PAUSE - timedelta(milliseconds=1)) == 1, "the second; the first has a pause"
    assert send_due_mails(at=tried_at + PAUSE) == 1

    FundsMail.objects.update(sent_at=None, attempts=MOST_ATTEMPTS)
    assert send_due_mails(at=first.created_at + timedelta(days=365)) == 0


def test_one_that_cannot_be_written_does_not_stop_the_others(alice: User) -> None:
    mail_user(user=alice, template="no_such_text", context={})
    mail_user(user=alice, template="deposit_seen", context=CONTEXT)
    assert send_due_mails(at=timezone.now()) == 1
    assert [sent.subject for sent in mail.outbox] == ["Deposit of 1.5 BTC on its way"]


def test_many_that_cannot_be_delivered_hold_up_nobody(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    bob = User.objects.create_user("bob@example.com", "bob", "a-long-enough-password")
    FundsMail.objects.bulk_create(FundsMail(user=bob, template="deposit_seen", context=CONTEXT) for _ in range(2_000))
    mail_user(user=alice, template="deposit_seen", context=CONTEXT)
    deliver = EmailBackend.send_messages

    def refuse_bob(server: EmailBackend, messages: list[EmailMessage]) -> int:
        if messages[0].to == [bob.email]:
            raise SMTPRecipientsRefused({bob.email: (550, b"no such mailbox")})
        return int(deliver(server, messages))

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_bob)
    now = timezone.now()
    for _ in range(2_000 // MOST_IN_A_ROUND):
        assert send_due_mails(at=now) == 0
    assert send_due_mails(at=now) == 1
    assert [sent.to for sent in mail.outbox] == [[alice.email]]


@pytest.mark.parametrize("reason", ["BELOW_MINIMUM", "ASSET_DISABLED", "ACCOUNT_CLOSED", "NEEDS_FOUR_EYES"])
def test_a_mail_about_money_that_waits_says_why(alice: User, reason: str) -> None:
    mail_user(user=alice, template="deposit_suspense", context=CONTEXT | {"reason": reason})
    _, body = render_mail(FundsMail.objects.get())
    why = {
        "BELOW_MINIMUM": "less than the smallest deposit of BTC",
        "ASSET_DISABLED": "not taken at the moment",
        "ACCOUNT_CLOSED": "your account is closed",
    }
    assert why.get(reason, "people have to look at it first") in body
