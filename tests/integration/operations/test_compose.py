"""docker-compose.yml and the Dockerfile name only what exists, and run what `./bourse up` runs.

There is no container engine in these tests: they read the files and hold them against the code.
"""

import importlib.util
import ipaddress
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands

from exchange.embedded.postgres import INITDB_OPTIONS
from exchange.embedded.postgres import SETTINGS as POSTGRES_SETTINGS
from exchange.embedded.programs import Program, bots_program, chain_program, exchange_programs, sandbox_program
from tests.integration.operations.deployment import COMPOSE, DEPLOY, ROOT, TLS, env_file, load_compose, variables_of

IMAGES = {"postgres": "postgres:18", "redis": "redis:7", "nginx": "nginxinc/nginx-unprivileged:stable"}
ONCE = {"migrate", "demo"}
OWNED = {"migrate", "demo"}
"""Services that have the owner's login."""

compose = load_compose()
services: dict[str, dict[str, Any]] = compose["services"]
ours = {name: service for name, service in services.items() if name not in IMAGES}
dockerfile = (ROOT / "Dockerfile").read_text()


def programs() -> list[Program]:
    python = Path("python")
    bots = bots_program(
        python,
        web_url="http://web:8000",
        streams_url="ws://streams:8001",
        house_file=Path("/var/lib/bourse/house.json"),
    )
    chain = chain_program(python, host="0.0.0.0", port=8003, data=Path("/var/lib/bourse/chain/chain.sqlite"))
    sandbox = sandbox_program(python, host="0.0.0.0", port=8004)
    return [*exchange_programs(python, host="0.0.0.0", port=8000, stream_port=8001), bots, chain, sandbox]


@pytest.mark.parametrize("program", programs(), ids=lambda program: program.name)
def test_a_service_runs_what_the_program_runs(program: Program) -> None:
    service = services[program.name]
    assert service["command"] == program.command
    assert service["environment"]["PROCESS_NAME"] == program.variables["PROCESS_NAME"]


def test_there_is_no_service_besides() -> None:
    assert set(ours) == {program.name for program in programs()} | ONCE


@pytest.mark.parametrize("name", sorted(ours))
def test_commands_exist(name: str) -> None:
    command = ours[name]["command"]
    assert command[0] == "python"
    if command[1] == "-m":
        assert importlib.util.find_spec(command[2])
    else:
        assert (ROOT / command[1]).is_file()
        assert command[2] in get_commands()
    for argument in command:
        if argument.endswith(".json") and not argument.startswith("/"):
            assert (ROOT / argument).is_file()
        if match := re.fullmatch(r"(exchange[\w.]+):(\w+)", argument):
            assert importlib.util.find_spec(match[1])


@pytest.mark.parametrize("name", sorted(services))
def test_what_a_service_refers_to_exists(name: str) -> None:
    service = services[name]
    for volume in service.get("volumes", []):
        source, target = volume.split(":")[:2]
        assert target.startswith("/")
        assert (ROOT / source).exists() if source.startswith("./") else source in compose["volumes"]
    assert set(service.get("networks", [])) <= set(compose["networks"])
    for other, wanted in service.get("depends_on", {}).items():
        assert other in services
        if wanted["condition"] == "service_healthy":
            assert "healthcheck" in services[other]
        else:
            assert other in ONCE
    check = service.get("healthcheck", {}).get("test", [])
    if check[:3] == ["CMD", "python", "-m"]:
        assert importlib.util.find_spec(check[3])
        if check[4] == "file":
            assert service["environment"]["LIVENESS_FILE"] == check[5]


def test_every_lasting_service_has_a_health_check_and_starts_again() -> None:
    for name, service in services.items():
        assert service["restart"] == ("no" if name in ONCE else "unless-stopped"), name
        # What the schedule does shows in what it sends; the bots are clients.
        assert "healthcheck" in service or name in {*ONCE, "beat", "bots"}, name


def test_only_nginx_is_reachable_and_by_default_from_this_machine_only() -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    assert services["nginx"]["ports"] == ["127.0.0.1:8080:8080"]
    assert compose["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis", "matching", "migrate"):
        assert services[name]["networks"] == ["inside"], name


@pytest.mark.parametrize("name", sorted({*ours, "nginx"}))
def test_processes_have_few_rights(name: str) -> None:
    service = services[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "user" not in service


def test_the_owners_login_is_with_the_migration_only() -> None:
    password = env_file()["DATABASE_OWNER_PASSWORD"]
    compose_with_known_password = load_compose(DATABASE_OWNER_PASSWORD="the-owners")["services"]
    holders = {name for name, service in compose_with_known_password.items() if "the-owners" in json.dumps(service)}
    assert holders == OWNED | {"postgres"}
    assert password
    without_books = {"chain", "sandbox"}
    assert all("DATABASE_URL" not in ours[name]["environment"] for name in without_books)
    for name in set(ours) - OWNED - without_books:
        assert ours[name]["environment"]["DATABASE_URL"].startswith("postgresql://bourse_app:"), name


def test_every_variable_is_read_by_somebody() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "exchange").rglob("*.py"))
    read = set(re.findall(r"env(?:\.\w+)?\(\s*\"(\w+)\"", sources)) | set(re.findall(r"environ\S*\(\"(\w+)\"", sources))
    given = {name for service in ours.values() for name in service["environment"]}
    assert given <= read, given - read


def test_the_example_and_the_file_name_the_same_variables() -> None:
    wanted = variables_of(COMPOSE)
    example = env_file()
    assert set(example) <= set(wanted)
    assert {name for name, default in wanted.items() if default is None} <= set(example)
    assert all(example[name] for name, default in wanted.items() if default is None)
    # What the overlay adds.
    assert set(variables_of(TLS)) - set(wanted) == {"TLS_FOLDER", "HTTPS_PORT"}


def test_values_of_variables_are_text() -> None:
    """Anything else Compose refuses, or writes in another way than it stands here."""
    overlay = load_compose(TLS, TLS_FOLDER="/etc/letsencrypt/live/bourse")["services"]
    for service in (*services.values(), *overlay.values()):
        assert {type(value) for value in service.get("environment", {}).values()} <= {str}


def test_no_secret_is_written_down() -> None:
    for path in (COMPOSE, TLS, DEPLOY / "env.example"):
        for line in path.read_text().splitlines():
            assert not re.search(r"(PASSWORD|SECRET_KEY|_KEYS?|TOKEN)\s*[:=]\s*[\w+/]{8,}", line), line
    assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_settings_load_with_the_environment_of_each_service(tmp_path: Path) -> None:
    shown = (
        "import django, json; django.setup(); from django.conf import settings as s; "
        "print(json.dumps([s.PROCESS_NAME, s.TRUSTED_PROXIES, s.SECURE_PROXY_SSL_HEADER, s.ALLOWED_HOSTS, s.DEBUG]))"
    )
    for name in ("web", "migrate"):
        variables = ours[name]["environment"] | {"METRICS_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
        result = subprocess.run(
            [sys.executable, "-c", shown],
            cwd=ROOT,
            env=variables | {"DJANGO_SETTINGS_MODULE": "exchange.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        process, proxies, header, hosts, debug = json.loads(result.stdout)
        assert (process, debug) == (name, False)
        assert header == ["HTTP_X_FORWARDED_PROTO", "https"]
        assert {"127.0.0.1", "web"} <= set(hosts)
        # nginx is the one that may forward, and it has that address.
        address = ipaddress.ip_address(services["nginx"]["networks"]["front"]["ipv4_address"])
        assert [ipaddress.ip_network(proxy) for proxy in proxies] == [ipaddress.ip_network(address)]
        assert address in ipaddress.ip_network(compose["networks"]["front"]["ipam"]["config"][0]["subnet"])


def test_the_servers_are_those_that_the_embedded_ones_stand_for() -> None:
    for name, image in IMAGES.items():
        assert services[name]["image"].startswith(image)
    given = dict(argument.removeprefix("-c").split("=", 1) for argument in services["postgres"]["command"][1:])
    assert given.items() <= POSTGRES_SETTINGS.items()
    assert {"fsync", "synchronous_commit", "full_page_writes"} <= given.keys()
    initdb = services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert {argument for argument in initdb if not argument.startswith("--auth")} == set(INITDB_OPTIONS)
    assert "--appendonly no" in services["redis"]["command"][2]


def test_the_roles_script_is_a_script() -> None:
    script = DEPLOY / "postgres" / "10-roles.sh"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    used = set(re.findall(r"\$(\w+)", script.read_text())) - {"POSTGRES_USER"}
    assert used == set(services["postgres"]["environment"]) - {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"}


# --- the image -------------------------------------------------------------------------------------------------------


def test_what_the_image_copies_exists() -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert f"!{source.split('/')[0]}" in (ROOT / ".dockerignore").read_text().splitlines(), source
    assert re.search(r"^COPY --from=page /page/dist frontend/dist$", dockerfile, re.MULTILINE)
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", dockerfile, re.MULTILINE))
    assert set(re.findall(r"^COPY --from=(\w+)", dockerfile, re.MULTILINE)) <= stages


def test_the_image_has_every_package_of_ours() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    packages = set(json.loads(re.search(r"^root_packages = (\[.*\])$", text, re.MULTILINE)[1]))  # type: ignore[index]
    _, last_stage = dockerfile.split("# --- what runs ---")
    copied = {source.rstrip("/") for source in re.findall(r"^COPY (\w+/) ", last_stage, re.MULTILINE)}
    assert packages <= copied
    assert "templates" in copied


def test_the_image_leaves_out_only_packages_that_there_are() -> None:
    (left_out,) = re.findall(r"\^\(([^)]+)\)==", dockerfile)
    pinned = {line.split("==")[0].split("[")[0] for line in (ROOT / "requirements.txt").read_text().splitlines()}
    assert set(left_out.split("|")) <= pinned


def test_what_the_image_has_suffices(tmp_path: Path) -> None:
    """Every process can be imported from a folder with nothing but what is copied, without the packages left out."""
    (left_out,) = re.findall(r"\^\(([^)]+)\)==", dockerfile)
    image, absent = tmp_path / "image", tmp_path / "absent"
    absent.mkdir()
    for package in left_out.split("|"):
        (absent / f"{package.replace('-', '_')}.py").write_text("raise ImportError('not in the image')\n")
    # The stages before the last one copy into theirs, and the last one has what they make.
    _, last_stage = dockerfile.split("# --- what runs ---")
    for line in re.findall(r"^COPY (?!--from)(.+)$", last_stage, re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            image.mkdir(exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, image / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, image)
    modules = "exchange.wsgi, exchange.asgi, exchange.celery, exchange.bots.__main__, exchange.streams.server"
    for command in (["manage.py", "check"], ["-c", f"import {modules}"]):
        result = subprocess.run(
            [sys.executable, *command],
            cwd=image,
            env=os.environ | {"PYTHONPATH": f"{absent}:{image}", "DJANGO_SETTINGS_MODULE": "exchange.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr


def test_the_image_runs_as_nobody_in_particular() -> None:
    assert re.findall(r"^USER (\S+)$", dockerfile, re.MULTILINE) == ["10001:10001"]
    assert "uid=10001,gid=10001" in compose["volumes"]["metrics"]["driver_opts"]["o"]


def test_ports_agree_everywhere() -> None:
    exposed = set(re.search(r"^EXPOSE (.+)$", dockerfile, re.MULTILINE)[1].split())  # type: ignore[index]
    expected = {"web:8000", "streams:8001"}
    assert {f"{name}:{service['expose'][0]}" for name, service in ours.items() if "expose" in service} == expected
    assert exposed == {"8000", "8001"}
    upstreams = (DEPLOY / "nginx" / "upstreams.conf").read_text()
    assert set(re.findall(r"server (\S+);", upstreams)) == expected
    listened = set(re.findall(r"listen (\d+)", (DEPLOY / "nginx" / "servers" / "http.conf").read_text()))
    assert {port.rpartition(":")[2] for port in services["nginx"]["ports"]} == listened


def test_the_overlay_changes_only_services_that_there_are() -> None:
    overlay = load_compose(TLS, TLS_FOLDER="/etc/letsencrypt/live/bourse")
    assert set(overlay["services"]) <= set(services)
    assert (ROOT / overlay["services"]["nginx"]["volumes"][0].split(":")[0]).is_dir()
    ports = {port.rpartition(":")[2] for port in overlay["services"]["nginx"]["ports"]}
    assert ports <= set(re.findall(r"listen (\d+)", (DEPLOY / "nginx" / "tls" / "https.conf").read_text()))


# --- Prometheus ------------------------------------------------------------------------------------------------------


def test_alerts_speak_of_metrics_that_there_are() -> None:
    sources = "\n".join(
        path.read_text() for folder in ("matching", "wallet", "exchange") for path in (ROOT / folder).rglob("*.py")
    )
    known = set(re.findall(r"\"(bourse_[a-z_]+)\"", sources))
    used = set(re.findall(r"bourse_[a-z_]+", (DEPLOY / "prometheus" / "alerts.yml").read_text()))
    assert used
    for name in used:
        assert re.sub(r"_(total|count|sum|bucket)$", "", name) in known, name


def test_the_scrape_asks_web() -> None:
    scrape = (DEPLOY / "prometheus" / "prometheus.yml").read_text()
    assert 'targets: ["web:8000"]' in scrape
    assert "metrics_path: /metrics" in scrape
