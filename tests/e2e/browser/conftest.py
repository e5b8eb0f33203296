"""A real exchange and real browsers. One stack for all tests of a process: starting it takes longer than a test.

It ends with the last of them: Playwright's event loop stays in the thread, and Django takes no query beside one.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.browser.people import Person
from tests.support.instance import Instance, end, open_to_others

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Pages of other contexts are behind the one in front; they must not be slowed down for it.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
]


def chromium_program() -> str:
    """Where the browser is. Without one the tests are left out, and say so; on a build server they fail."""
    for name in CHROMIUM:
        if found := shutil.which(name):
            return found
    missing = "Chromium is missing, and the browser tests drive it: apt install chromium"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def stack(
    chromium: Browser, tmp_path_factory: pytest.TempPathFactory, fill_home: Callable[[Path], None]
) -> Iterator[Instance]:
    """`./bourse up` with nobody in it but the demo users."""
    folder: Path = tmp_path_factory.mktemp("browser")
    open_to_others(folder)
    fill_home(folder / "home")
    instance = Instance(folder / "home", "--no-bots")
    instance.start()
    yield instance
    end(instance)


@pytest.fixture
def visit(chromium: Browser, stack: Instance) -> Iterator[Callable[..., Person]]:
    """Browsers at the one stack of these tests."""
    yield from browsers_at(chromium, stack)


def browsers_at(chromium: Browser, stack: Instance) -> Iterator[Callable[..., Person]]:
    """Opens a browser of its own for a person; what went wrong in any of them fails the test."""
    people: list[Person] = []

    def open_browser(name: str | None = None, *, width: int = 1440, height: int = 900) -> Person:
        person = Person(chromium, stack.port, width=width, height=height)
        people.append(person)
        if name is not None:
            person.sign_in(name)
        return person

    yield open_browser
    for person in people:
        person.close()
    problems = [problem for person in people for problem in person.problems]
    assert problems == []
