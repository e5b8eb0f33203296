"""Keeps secrets out of logs, wherever they stand: under a telling name, or inside a sentence.

Two nets, because each has holes. A value whose *name* says what it is (`password`, `X-Bourse-Signature`, `cookie`) is
masked whatever it looks like, at any depth. And in every text what *looks* like a secret of ours is masked: API keys
and their secrets, signatures, passwords in addresses, `name=value` with a telling name. Request ids (32 hexadecimal
digits) and the ids of rows stay readable: a log without them finds nothing.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

MASK = "[redacted]"
MAX_DEPTH = 8
"""What is nested deeper is not shown at all."""

_TELLING = (
    r"(?:secret|passw|passphrase|signature|token|cookie|authoriz|session|credential|csrf|api[_-]?key|private|"
    r"mnemonic|totp|recovery_?codes?)"
)
_TELLING_NAME = re.compile(rf"{_TELLING}|(?:^|[_.-])(?:key|keys|otp|pin)$", re.IGNORECASE)

_SECRETS_IN_TEXT = (
    # The password of an address: scheme://user:password@host.
    (re.compile(r"(?<=://)([^\s:/@]*):([^\s/@]+)@"), rf"\1:{MASK}@"),
    (re.compile(r"\bbk_[0-9A-Za-z_-]{6,}"), MASK),
    (re.compile(r"\b(Bearer|Basic|Signature)\s+[0-9A-Za-z._~+/=-]{8,}", re.IGNORECASE), rf"\1 {MASK}"),
    # name=value, name: value, "name": "value" - up to where the value can end.
    (
        re.compile(rf"([\w-]*{_TELLING}[\w-]*[\"']?\s*[=:]\s*b?[\"']?)([^\s\"'&;,)}}\]]+)", re.IGNORECASE),
        rf"\1{MASK}",
    ),
    # Signatures and digests.
    (re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{40,}(?![0-9A-Za-z])"), MASK),
    # URL-safe random text of 30 bytes and more: capital and small letters and digits in one word.
    (
        re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{40,}(?![\w-])"),
        MASK,
    ),
)
# Most texts have none of it: one cheap look decides whether the nets are needed.
_SIGNS = (
    *("://", "bk_", "bearer", "basic", "secret", "passw", "passphrase", "signature", "token", "cookie", "authoriz"),
    *("session", "credential", "csrf", "api_key", "api-key", "apikey", "private", "mnemonic", "totp", "recovery"),
)
_LONG_WORD = re.compile(r"[\w-]{40}")


def is_telling(name: str) -> bool:
    """Does the name of a field say that its value is a secret?"""
    return _TELLING_NAME.search(name) is not None


def redact_text(text: str) -> str:
    """The text with everything masked that looks like a secret."""
    lowered = text.lower()
    if not any(sign in lowered for sign in _SIGNS) and (len(text) < 40 or _LONG_WORD.search(text) is None):
        return text
    for pattern, replacement in _SECRETS_IN_TEXT:
        text = pattern.sub(replacement, text)
    return text


def redact(value: Any, *, depth: int = 0) -> Any:
    """A copy of the value that may be written to a log; objects become their masked representation."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return redact_text(value)
    if depth >= MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        return {
            redact_text(str(name)): MASK if is_telling(str(name)) and inner else redact(inner, depth=depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(inner, depth=depth + 1) for inner in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    return redact_text(repr(value))


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: the last but one, so that tracebacks are texts already."""
    for name, value in event.items():
        if value and is_telling(name):
            event[name] = MASK
        elif not isinstance(value, int | float):
            event[name] = redact(value)
    return event
