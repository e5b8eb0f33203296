"""What the processes are told about the services and themselves."""

from pathlib import Path

import environ
import psycopg.conninfo
import pytest

from exchange.embedded import environment, ports
from exchange.embedded.environment import allowed_hosts, as_owner, embedded_database_url, service_urls

PASSWORDS = {"owner_password": "own/er", "app_password": "a p", "secret_key": "s", "field_encryption_keys": "k1:x"}
OURS = (
    "ALLOWED_HOSTS",
    "DATABASE_OWNER_URL",
    "DATABASE_URL",
    "FIELD_ENCRYPTION_KEYS",
    "REDIS_URL",
    "SECRET_KEY",
    "SIMCHAIN_TOKEN",
    "SIMCHAIN_URL",
    "STREAMS_PUBLIC_URL",
    "STREAM_PORT",
    "VENUE_SANDBOX_URL",
    "WEB_PUBLIC_URL",
)


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OURS:
        monkeypatch.delenv(name, raising=False)


def test_libpq_and_django_read_the_same_database_url() -> None:
    url = embedded_database_url(Path("/tmp/Run"), "bourse_app", "p/w:@?")
    parts = psycopg.conninfo.conninfo_to_dict(url)
    assert parts == {
        "user": "bourse_app",
        "password": "p/w:@?",
        "dbname": "bourse",
        "host": "/tmp/Run/postgres",
        "port": "5432",
    }
    django = environ.Env.db_url_config(url)
    assert (django["USER"], django["PASSWORD"], django["NAME"]) == ("bourse_app", "p/w:@?", "bourse")
    assert django["OPTIONS"]["host"] == "/tmp/Run/postgres"


def test_embedded_services_have_two_logins() -> None:
    urls = service_urls(Path("/tmp/run"), PASSWORDS)
    assert urls.books_are_protected
    assert urls.app_role == "bourse_app"
    assert urls.redis == "unix:///tmp/run/redis.sock"


def test_a_named_database_without_an_owner_serves_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:pw@db/bourse")
    urls = service_urls(Path("/tmp/run"), PASSWORDS)
    assert urls.owner == urls.app == "postgresql://me:pw@db/bourse"
    assert not urls.books_are_protected
    assert urls.app_role == "me"


def variables(chain_port: int = 0, sandbox_port: int = 0) -> dict[str, str]:
    return environment.application_environment(
        home=Path("/home"),
        python=Path("/venv/bin/python"),
        urls=service_urls(Path("/tmp/run"), PASSWORDS),
        passwords=PASSWORDS,
        host="0.0.0.0",
        port=8000,
        stream_port=8001,
        chain_port=chain_port,
        sandbox_port=sandbox_port,
    )


def test_the_processes_do_not_learn_the_owner_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app:pw@db/bourse")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:secret@db/bourse")
    told = variables()
    assert "DATABASE_OWNER_URL" not in told
    assert not any("secret" in value for name, value in told.items() if name.startswith("DATABASE"))
    owner = as_owner(told, service_urls(Path("/tmp/run"), PASSWORDS))
    assert owner["DATABASE_URL"] == owner["DATABASE_OWNER_URL"] == "postgresql://owner:secret@db/bourse"
    assert owner["DATABASE_APP_ROLE"] == "app"


def test_what_the_operator_sets_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "mine")
    monkeypatch.setenv("ALLOWED_HOSTS", "exchange.example")
    told = variables()
    assert told["SECRET_KEY"] == "mine"
    assert told["ALLOWED_HOSTS"] == "exchange.example"
    assert told["WEB_PUBLIC_URL"] == "http://127.0.0.1:8000"


def test_no_wildcard_among_the_allowed_hosts() -> None:
    assert "*" not in allowed_hosts("0.0.0.0")
    assert allowed_hosts("127.0.0.1") == ["127.0.0.1", "localhost", "[::1]"]
    assert "exchange.example" in allowed_hosts("exchange.example")


def test_the_page_is_told_where_the_streams_are() -> None:
    assert variables()["STREAM_PORT"] == "8001"


def test_the_simulated_chain_is_told_of_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert variables()["SIMCHAIN_URL"] == ""
    assert variables(chain_port=9003)["SIMCHAIN_URL"] == "http://127.0.0.1:9003"
    token = variables()["SIMCHAIN_TOKEN"]
    assert len(token) == 64
    monkeypatch.setenv("SIMCHAIN_URL", "http://chain:8003")
    assert variables(chain_port=9003)["SIMCHAIN_URL"] == "http://chain:8003"


def test_the_sandbox_of_other_exchanges_is_told_of_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert variables()["VENUE_SANDBOX_URL"] == ""
    assert variables(sandbox_port=9004)["VENUE_SANDBOX_URL"] == "http://127.0.0.1:9004"
    monkeypatch.setenv("VENUE_SANDBOX_URL", "")
    assert variables(sandbox_port=9004)["VENUE_SANDBOX_URL"] == ""


@pytest.mark.parametrize(
    ("said", "expected"), [(None, True), ("true", True), ("1", True), ("false", False), ("", False)]
)
def test_up_is_the_demo_unless_somebody_says_no(
    monkeypatch: pytest.MonkeyPatch, said: str | None, expected: bool
) -> None:
    monkeypatch.delenv("DEMO", raising=False)
    if said is not None:
        monkeypatch.setenv("DEMO", said)
    assert environment.is_demo() is expected


def test_ports_for_several_are_not_the_same() -> None:
    assert len(set(ports.free_ports(20))) == 20
