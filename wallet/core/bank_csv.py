"""Bank statements as CSV (RFC 4180, UTF-8, comma, first line the names), for banks whose own files are none of ours.

| column | |
| --- | --- |
| `external_id` | the bank's id of the entry; required |
| `booking_date` | 2026-01-20; required |
| `direction` | CREDIT or DEBIT; required |
| `amount` | positive, plain: 1234.56; required |
| `currency` | three letters; required |
| `reference` | the purpose as the payer wrote it; required, may be empty |
| `name` | of the other side |
| `iban` | of the other side |
| `end_to_end_id` | of our payouts, our id |
| `is_reversal` | `true` where it takes back an earlier entry, else `false` or empty |

Columns may come in any order. An unknown column is refused, because a misspelt one would silently be missing. Every
line is one booked entry.
"""

import csv
import io
from collections.abc import Iterator

from wallet.core.bank_statements import (
    BankEntry,
    BankStatement,
    Direction,
    StatementInvalid,
    one_line,
    read_amount,
    read_currency,
    read_date,
    read_id,
    require_size,
    statement_of,
)

REQUIRED = ("external_id", "booking_date", "direction", "amount", "currency", "reference")
OPTIONAL = ("name", "iban", "end_to_end_id", "is_reversal")

_YES_NO = {"true": True, "false": False, "": False}


def read_csv(content: bytes, *, account_iban: str = "") -> BankStatement:
    """The statement in a file of ours; `account_iban` is the account staff say it is of. Raises StatementInvalid."""
    require_size(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StatementInvalid("The file is not UTF-8.") from error
    if "\x00" in text:
        raise StatementInvalid("The file is not a text.")
    return statement_of(account_iban=account_iban, entries=_entries(text))


def _entries(text: str) -> Iterator[BankEntry]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = next(lines, [])
        _require_columns(names)
        for cells in lines:
            if not cells:
                continue
            place = f"line {lines.line_num}"
            if len(cells) != len(names):
                raise StatementInvalid(f"{len(cells)} values for {len(names)} columns.", place=place)
            yield _entry(dict(zip(names, map(str.strip, cells), strict=True)), place)
    except csv.Error as error:
        raise StatementInvalid("This is not CSV.", place=f"line {lines.line_num}") from error


def _require_columns(names: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    unknown = [name[:40] for name in names if name not in REQUIRED + OPTIONAL]
    if missing or unknown or len(set(names)) != len(names):
        raise StatementInvalid(
            f"The first line needs the columns {', '.join(REQUIRED)}, each once, and may have {', '.join(OPTIONAL)}.",
            place="line 1",
        )


def _entry(cells: dict[str, str], place: str) -> BankEntry:
    direction = cells["direction"]
    if direction not in (Direction.CREDIT, Direction.DEBIT):
        raise StatementInvalid("The direction is CREDIT or DEBIT.", place=place)
    is_reversal = _YES_NO.get(cells.get("is_reversal", ""))
    if is_reversal is None:
        raise StatementInvalid("is_reversal is true or false.", place=place)
    external_id = read_id(cells["external_id"], place, is_reversal=is_reversal)
    return BankEntry(
        external_id=external_id,
        booking_id=external_id,
        booking_date=read_date(cells["booking_date"], place),
        direction=Direction(direction),
        amount=read_amount(cells["amount"], place),
        currency=read_currency(cells["currency"], place),
        reference=one_line(cells["reference"]),
        end_to_end_id=one_line(cells.get("end_to_end_id", "")),
        counterparty_name=one_line(cells.get("name", "")),
        counterparty_iban=one_line(cells.get("iban", "")),
        is_reversal=is_reversal,
    )
