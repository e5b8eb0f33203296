"""Building the page: when, with which Node, and what a failure leaves."""

import gzip
import io
import json
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from exchange.embedded import node
from exchange.embedded.console import Console
from exchange.embedded.failure import StartError
from exchange.embedded.guard import processes_of_home
from exchange.embedded.home import Home
from exchange.embedded.page import PageBuild
from exchange.embedded.page_checks import PageChecks

FAKE_NODE = """#!/bin/sh
echo v22.12.0
"""
FAKE_NPM = """#!/bin/sh
echo "npm $@"
case "$1" in
  ci) mkdir -p node_modules ;;
  run) if [ "$2" = --silent ]; then
         [ -e "bad-$3" ] && { echo "$3 has something to say"; exit 1; }
         [ "$3" = types ] && cp "$5" "$6"
         exit 0
       fi
       shift 4
       [ -e broken ] && { mkdir -p "$1"; echo "half a page" > "$1/index.js"; echo "line 7 is wrong"; exit 1; }
       [ -e slow ] && sleep 600
       mkdir -p "$1/.vite" "$1/assets"
       name="assets/main-$(cksum < src/main.tsx | cut -d" " -f1).js"
       echo "{\\"src/main.tsx\\": {\\"file\\": \\"$name\\"}}" > "$1/.vite/manifest.json"
       cat src/main.tsx > "$1/$name" ;;
esac
"""
LONG = "const page = 1;\n" * 200


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a page of one file, and a Node that only pretends."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("node", FAKE_NODE), ("npm", FAKE_NPM)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("BOURSE_VENV", raising=False)
    folder = tmp_path / "checkout"
    (folder / "frontend" / "src").mkdir(parents=True)
    (folder / "frontend" / "package-lock.json").write_text("{}")
    (folder / "frontend" / "src" / "main.tsx").write_text(LONG)
    (folder / "requirements-node.txt").write_text("")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    return made


def build(checkout: Path, home: Home) -> PageBuild:
    with PageBuild(checkout, home) as page:
        page.start()
        page.wait(Console())
    return page


def built(checkout: Path) -> Path:
    """The script of the page as it is now."""
    dist = checkout / "frontend" / "dist"
    manifest = json.loads((dist / ".vite" / "manifest.json").read_text())
    return dist / str(manifest["src/main.tsx"]["file"])


def log_of(home: Home) -> str:
    return (home.log / "page.log").read_text()


def test_it_is_built_once_and_again_after_a_change(checkout: Path, home: Home) -> None:
    assert build(checkout, home).is_current()
    assert built(checkout).read_text() == LONG
    assert gzip.decompress(built(checkout).with_suffix(".js.gz").read_bytes()).decode() == LONG
    assert log_of(home).count("\nnpm ci") == 1

    (home.log / "page.log").unlink()
    build(checkout, home)
    assert not (home.log / "page.log").exists()

    (checkout / "frontend" / "src" / "main.tsx").write_text("changed")
    assert not PageBuild(checkout, home).is_current()
    build(checkout, home)
    assert built(checkout).read_text() == "changed"
    assert "\nnpm ci" not in log_of(home)
    assert not list((checkout / "frontend" / "node_modules").glob(".dist-*"))


def test_open_pages_find_the_parts_of_the_build_before_theirs(checkout: Path, home: Home) -> None:
    source = checkout / "frontend" / "src" / "main.tsx"
    scripts = []
    for text in (LONG, "second", "third"):
        source.write_text(text)
        build(checkout, home)
        scripts.append(built(checkout))
    assert [script.exists() for script in scripts] == [False, True, True]
    assert scripts[1].read_text() == "second"


def test_only_what_becomes_the_page_counts_as_a_source(checkout: Path, home: Home) -> None:
    build(checkout, home)
    (checkout / "frontend" / "src" / "money.test.ts").write_text("test")
    (checkout / "frontend" / ".eslintcache").write_text("")
    (checkout / "frontend" / "node_modules" / "new").write_text("")
    assert PageBuild(checkout, home).is_current()
    (checkout / "frontend" / "src" / "new.css").write_text("")
    assert not PageBuild(checkout, home).is_current()


def test_other_dependencies_are_installed_anew(checkout: Path, home: Home) -> None:
    build(checkout, home)
    (checkout / "frontend" / "package-lock.json").write_text('{"a": 1}')
    build(checkout, home)
    assert log_of(home).count("\nnpm ci") == 1


def test_a_failed_build_leaves_the_last_good_page(checkout: Path, home: Home) -> None:
    build(checkout, home)
    (checkout / "frontend" / "broken").write_text("")
    with pytest.raises(StartError) as failure:
        build(checkout, home)
    assert "npm run build failed" in str(failure.value)
    assert "--no-page" in str(failure.value)
    assert "line 7 is wrong" in str(failure.value)
    assert str(home.log / "page.log") in str(failure.value)
    assert built(checkout).read_text() == LONG
    assert not PageBuild(checkout, home).is_current()


def test_a_folder_that_cannot_be_written_is_a_sentence(checkout: Path, home: Home) -> None:
    build(checkout, home)
    blocked = checkout / "frontend" / "node_modules" / ".dist-building"
    blocked.write_text("a file where a folder is needed")
    (checkout / "frontend" / "src" / "main.tsx").write_text("changed")
    with pytest.raises(StartError):
        build(checkout, home)
    assert built(checkout).read_text() == LONG


def test_a_build_that_nobody_waits_for_is_ended_with_its_children(checkout: Path, home: Home) -> None:
    (checkout / "frontend" / "slow").write_text("")
    page = PageBuild(checkout, home)
    page.start()
    deadline = time.monotonic() + 60
    while "run build" not in (log_of(home) if (home.log / "page.log").exists() else ""):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    started = time.monotonic()
    page.stop()
    assert time.monotonic() - started < 60
    assert processes_of_home(str(home.root)) == []
    assert not (checkout / "frontend" / "dist").exists()


def checked(checkout: Path, home: Home) -> tuple[dict[str, bool], str]:
    """How each check went, and what was printed. The description of the API is one word."""
    (checkout / "manage.py").write_text("import sys; open(sys.argv[-1], 'w').write('the API')")
    said = io.StringIO()
    with PageBuild(checkout, home) as page:
        page.start()
        checks = PageChecks(
            page, python=Path(sys.executable), variables=dict(os.environ), folder=home.log, console=Console(said)
        )
        checks.start()
        return {outcome.name: outcome.is_good for outcome in checks.show()}, said.getvalue()


def test_the_page_is_checked_and_each_failure_is_shown(checkout: Path, home: Home) -> None:
    types = checkout / "frontend" / "src" / "api" / "schema.d.ts"
    types.parent.mkdir()
    types.write_text("the API")
    good, _ = checked(checkout, home)
    names = ["page", "page lint", "page types", "page tests", "page size", "page knows the API"]
    assert good == dict.fromkeys(names, True)

    types.write_text("the API of last week")
    (checkout / "frontend" / "bad-lint").write_text("")
    some, said = checked(checkout, home)
    assert [name for name, is_good in some.items() if not is_good] == ["page lint", "page knows the API"]
    assert "lint has something to say" in said
    assert "-the API of last week" in said
    assert "npm run types" in said


def test_a_page_that_cannot_be_built_is_one_failure(checkout: Path, home: Home) -> None:
    (checkout / "frontend" / "broken").write_text("")
    outcomes, said = checked(checkout, home)
    assert outcomes == {"page": False}
    assert "line 7 is wrong" in said


def test_a_checkout_without_a_page(tmp_path: Path, home: Home) -> None:
    build(tmp_path, home)
    assert not (home.log / "page.log").exists()


@pytest.mark.parametrize(
    ("version", "is_good"),
    [
        ("v18.20.0", False),
        ("v20.18.9", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.0.1", True),
        ("", False),
        ("nonsense", False),
    ],
)
def test_which_node_will_do(version: str, is_good: bool) -> None:
    assert node.is_new_enough(version) is is_good


def test_a_node_without_npm_or_of_another_machine_is_passed_over(tmp_path: Path) -> None:
    lone, foreign, good = (tmp_path / name for name in ("lone", "foreign", "good"))
    for folder, text in ((lone, FAKE_NODE), (foreign, "\x7fELF not for this machine"), (good, FAKE_NODE)):
        folder.mkdir()
        (folder / "node").write_text(text)
        (folder / "node").chmod(stat.S_IRWXU)
        if folder is not lone:
            (folder / "npm").write_text("")
    assert node.find([lone, foreign, good]) == good
    assert node.find([lone, foreign]) is None


def test_the_wheels_npm_is_run_by_its_script(tmp_path: Path) -> None:
    script = tmp_path / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    script.parent.mkdir(parents=True)
    script.write_text("")
    folder = tmp_path / "bin"
    assert node.npm_command(folder) == [str(folder / "node"), str(script)]
