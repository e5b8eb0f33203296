"""What the page consists of, as Vite's manifest lists it: the entry, its styles, and what to fetch with it."""

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static

ENTRY = "src/main.tsx"
FOLDER = "page"
"""Where `frontend/dist` is among the static files."""


@dataclass(frozen=True, slots=True)
class Build:
    """Addresses of one built page. `version` is the hash of its sources, shortened."""

    script: str
    styles: tuple[str, ...]
    preloads: tuple[str, ...]
    version: str


def current_build() -> Build | None:
    """The built page, None where there is none. Read once: a process knows the static files it has started with."""
    return _read(settings.PAGE_DIST)


@functools.lru_cache(maxsize=4)
def _read(dist: Path) -> Build | None:
    try:
        manifest = json.loads((dist / ".vite" / "manifest.json").read_text())
        chunks = list(_with_imports(manifest, ENTRY, {}).values())
    except (OSError, ValueError, KeyError):
        return None
    entry, imported = chunks[0], chunks[1:]
    sources = dist / ".vite" / "sources"
    return Build(
        script=_address(entry["file"]),
        styles=tuple(dict.fromkeys(_address(style) for chunk in chunks for style in chunk.get("css", []))),
        preloads=tuple(_address(chunk["file"]) for chunk in imported),
        version=sources.read_text()[:12] if sources.exists() else "",
    )


def _with_imports(manifest: dict[str, Any], name: str, found: dict[str, Any]) -> dict[str, Any]:
    """The chunk and all that it imports at once; chunks that are loaded later are left to the page."""
    if name not in found:
        found[name] = manifest[name]
        for imported in manifest[name].get("imports", []):
            _with_imports(manifest, imported, found)
    return found


def _address(file: str) -> str:
    return static(f"{FOLDER}/{file}")
