"""Bank accounts and references with check digits: IBAN (ISO 13616), BIC (ISO 9362), creditor reference (ISO 11649)."""

import re

_LENGTHS_TEXT = """
    AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24
    FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32
    LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24
    RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
"""
LENGTHS = {entry[:2]: int(entry[2:]) for entry in _LENGTHS_TEXT.split()}
"""How long the accounts of each country are."""

LONGEST_REFERENCE = 25

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)
_REFERENCE = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}", re.ASCII)
_REFERENCE_BODY = re.compile(r"[A-Z0-9]{1,21}", re.ASCII)


def iban_fault(iban: str) -> str | None:
    """Why a text without spaces, in capital letters, is no IBAN; None where it is one."""
    if not iban.isascii() or not iban.isalnum():
        return "An IBAN has letters and digits only."
    length = LENGTHS.get(iban[:2])
    if length is None:
        return "An IBAN begins with the two letters of its country."
    if len(iban) != length:
        return f"An IBAN of {iban[:2]} has {length} characters, not {len(iban)}."
    if not _IBAN.fullmatch(iban):
        return "An IBAN has two check digits after its country."
    if not "02" <= iban[2:4] <= "98" or _remainder(iban) != 1:
        return "The check digits do not fit: a character is wrong or missing."
    return None


def is_bic(text: str) -> bool:
    """Is it a BIC of 8 or 11 characters, in capital letters?"""
    return _BIC.fullmatch(text) is not None


def creditor_reference(body: str) -> str:
    """The reference with its check digits: "BRS17" becomes "RF60BRS17". Raises ValueError for what cannot be one."""
    if not _REFERENCE_BODY.fullmatch(body):
        raise ValueError("a reference has 1 to 21 capital letters and digits")
    return f"RF{98 - _remainder(f'RF00{body}'):02d}{body}"


def is_creditor_reference(text: str) -> bool:
    """Has it the form and the check digits of a creditor reference?"""
    return _REFERENCE.fullmatch(text) is not None and _remainder(text) == 1


def creditor_references_in(text: str) -> list[str]:
    """The valid references in what somebody wrote into the purpose of a payment, however they set spaces and case.

    Each is found once. Check digits are modulo 97, so of one that is written in groups the first groups may be valid
    by themselves, and so may one with the next word behind it: all of them are told. More than one is the caller's
    problem: the money is then nobody's for certain.
    """
    words = re.sub(r"[^A-Z0-9]+", " ", text.upper()).split()
    found: list[str] = []
    for start, first in enumerate(words):
        if not first.startswith("RF"):
            continue
        joined = ""
        for word in words[start:]:
            joined += word
            if len(joined) > LONGEST_REFERENCE:
                break
            if is_creditor_reference(joined) and joined not in found:
                found.append(joined)
    return found


def _remainder(text: str) -> int:
    """The text with its first four characters at its end, letters as 10 to 35, modulo 97."""
    digits = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(digits) % 97
