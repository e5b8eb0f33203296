"""A built page of a few files, and a web process's middleware that knows it."""

import json
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from exchange.page import manifest

MANIFEST = {
    "src/main.tsx": {
        "file": "assets/main-AAAAAAAA.js",
        "css": ["assets/main-BBBBBBBB.css"],
        "imports": ["_shared.js"],
        "dynamicImports": ["src/chart.ts"],
    },
    "_shared.js": {"file": "assets/shared-CCCCCCCC.js", "css": ["assets/main-BBBBBBBB.css"]},
    "src/chart.ts": {"file": "assets/chart-DDDDDDDD.js", "imports": ["_shared.js"]},
}


@pytest.fixture
def dist(tmp_path: Path, settings: Settings) -> Path:
    """The folder of the built page."""
    folder = tmp_path / "dist"
    (folder / ".vite").mkdir(parents=True)
    (folder / "assets").mkdir()
    for chunk in MANIFEST.values():
        (folder / str(chunk["file"])).write_text("// built\n")
    (folder / "assets" / "main-BBBBBBBB.css").write_text("main{}")
    (folder / "assets" / "main-AAAAAAAA.js.gz").write_bytes(b"\x1f\x8bpacked")
    (folder / ".vite" / "manifest.json").write_text(json.dumps(MANIFEST))
    (folder / ".vite" / "sources").write_text("0123456789abcdef")
    settings.PAGE_DIST = folder
    settings.STATICFILES_DIRS = [("page", folder)]
    manifest._read.cache_clear()
    return folder


@pytest.fixture
def visitor(db: None) -> Client:
    """Somebody with a browser. Made after `dist`, it has a web process that knows the built files."""
    return Client(raise_request_exception=False, headers={"Accept": "text/html,*/*;q=0.8"})
