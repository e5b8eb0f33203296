"""Where keys of encrypted fields come from."""

import base64
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from storage import key_providers
from storage.encryption import KeyRing, SecretUnreadable
from storage.key_providers import EnvelopeKeyProvider, LocalKeyProvider, keys_of_environment, require_keys

OLD, NEW = b"o" * 32, b"n" * 32
OLD_TEXT, NEW_TEXT = (base64.b64encode(key).decode() for key in (OLD, NEW))


def test_keys_of_the_environment() -> None:
    pairs = [("new", NEW), ("old", OLD)]
    assert keys_of_environment(file="", text=f"new:{NEW_TEXT},old:{OLD_TEXT}") == pairs
    assert keys_of_environment(file="", text=f" new:{NEW_TEXT} , \n old:{OLD_TEXT}\n") == pairs


def test_keys_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"# the present key\nnew:{NEW_TEXT}\n\nold:{OLD_TEXT}\n")
    assert keys_of_environment(file=str(file), text=f"other:{OLD_TEXT}") == [("new", NEW), ("old", OLD)]
    with pytest.raises(ImproperlyConfigured):
        keys_of_environment(file=str(tmp_path / "missing"), text=f"other:{OLD_TEXT}")


@pytest.mark.parametrize(
    "text",
    ["", "a", f":{NEW_TEXT}", f"a:{NEW_TEXT},a:{OLD_TEXT}", "a:not!base64", f"ä:{NEW_TEXT}", f"{'x' * 61}:{NEW_TEXT}"],
)
def test_what_is_no_key_says_so_and_repeats_nothing(text: str) -> None:
    with pytest.raises(ImproperlyConfigured) as raised:
        keys_of_environment(file="", text=text)
    assert NEW_TEXT not in str(raised.value)
    assert "not!base64" not in str(raised.value)


@pytest.mark.parametrize("keys", [[], [("a", b"short")], [("a", NEW), ("b", NEW + b"x")]])
def test_keys_of_another_length_are_refused(keys: list[tuple[str, bytes]]) -> None:
    with pytest.raises(ImproperlyConfigured):
        require_keys(keys)


def test_the_local_provider_follows_the_settings(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [("new", NEW)]
    assert list(LocalKeyProvider().present_keys()) == [("new", NEW)]


class Keeper:
    """A key management service: its master key turns bytes round."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_away = False

    def unwrap(self, key_id: str, wrapped: bytes) -> bytes:
        self.asked.append(key_id)
        if self.is_away:
            raise OSError("the keeper is away")
        return bytes(reversed(wrapped))


def test_wrapped_keys_are_unwrapped_once_and_kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    key = bytes(range(32))
    settings.FIELD_ENCRYPTION_KEYS = [("k1", bytes(reversed(key)))]
    keeper = Keeper()
    provider = EnvelopeKeyProvider(keeper.unwrap)
    for _ in range(5):
        assert list(provider.present_keys()) == [("k1", key)]
    assert keeper.asked == ["k1"]
    settings.FIELD_ENCRYPTION_KEYS = [("k2", bytes(reversed(NEW))), ("k1", bytes(reversed(key)))]
    assert [key_id for key_id, _ in provider.present_keys()] == ["k2", "k1"]
    monkeypatch.setattr(key_providers, "KEEP_SECONDS", -1.0)
    provider._until = 0.0
    asked = len(keeper.asked)
    keeper.is_away = True
    assert [key_id for key_id, _ in provider.present_keys()] == ["k2", "k1"], "what was unwrapped last is kept on"
    assert len(keeper.asked) > asked


def test_a_keeper_that_is_away_at_the_start(settings: Settings) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [("k1", NEW)]
    keeper = Keeper()
    keeper.is_away = True
    with pytest.raises(OSError, match="away"):
        EnvelopeKeyProvider(keeper.unwrap).present_keys()


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    old, both = KeyRing([("old", OLD)]), KeyRing([("new", NEW), ("old", OLD)])
    sealed = old.encrypt(b"secret", b"place")
    assert both.decrypt(sealed, b"place") == b"secret"
    fresh = both.encrypt(b"secret", b"place")
    assert fresh.startswith(both.prefix)
    assert not sealed.startswith(both.prefix)
    for ring, token, place in ((old, fresh, b"place"), (both, sealed, b"elsewhere"), (both, sealed[:-1], b"place")):
        with pytest.raises(SecretUnreadable) as raised:
            ring.decrypt(token, place)
        assert "secret" not in str(raised.value).lower().replace("a stored secret", "").replace("secret_unreadable", "")
