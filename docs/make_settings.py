"""Writes docs/settings.md from the settings class: ``python docs/make_settings.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from schemas.settings import Settings

HEAD = """# Settings

Every setting is an environment variable. Any of them may instead name a file that holds the value, with
`_FILE` behind its name: `OCTAVO_API_KEYS_FILE=/run/secrets/keys`. The defaults are right for a laptop.
This page is made from `schemas/settings.py`.

| variable | default | what it does |
|---|---|---|
"""


def settings_page() -> str:
    """The page's Markdown."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        shown = "" if default in (None, ()) else f"`{_written(default)}`"
        rows.append(f"| `OCTAVO_{name.upper()}` | {shown} | {field.description} |")
    return HEAD + "\n".join(rows) + "\n"


def _written(value: Any) -> str:
    """A default as it would be set."""
    if isinstance(value, tuple):
        return ",".join(map(_written, value))
    return str(getattr(value, "value", value))


if __name__ == "__main__":
    (Path(__file__).parent / "settings.md").write_text(settings_page(), encoding="utf-8")
