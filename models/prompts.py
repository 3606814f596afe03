"""Prompts are Markdown files beside the code that asks, the version in their names: new wording, new file."""

from __future__ import annotations

import functools
from importlib import resources
from string import Template


@functools.cache
def prompt(package: str, name: str) -> Template:
    """The prompt ``prompts/<name>.md`` of a package; its ``$places`` are for the asker to fill.

    Raises:
        FileNotFoundError: there is no such prompt.
    """
    file = resources.files(package).joinpath("prompts", f"{name}.md")
    return Template(file.read_text(encoding="utf-8").strip())
