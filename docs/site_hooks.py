"""What the site does beside what mkdocs does.

Files outside of ``docs`` that its pages link to are part of it, headings have the anchors that they have on
code hosts, and search works from a folder, too.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from pymdownx.slugs import slugify

ROOT = Path(__file__).resolve().parents[1]
APART = "repository"
"""The folder of the site for what lies beside ``docs`` in the repository."""

_LINK = re.compile(r"(?<=\]\()(?!https?:|#|mailto:)([^)\s#]+)")
_FENCE = re.compile(r"^(```.*?^```)", re.DOTALL | re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Gives headings the anchors that they have on code hosts."""
    config.mdx_configs["toc"]["slugify"] = slugify(case="lower")
    return config


def on_post_build(config: MkDocsConfig) -> None:
    """Writes the index of the search as a script: a page in a folder may run one, but fetch nothing."""
    index = Path(config.site_dir, "search", "search_index.json")
    script = f"var __index = {index.read_text(encoding='utf-8')}"
    index.with_suffix(".js").write_text(script, encoding="utf-8")


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Names the theme's search for screen readers."""
    return output.replace('role="dialog">', 'role="dialog" aria-label="Search">')


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds what links of pages lead to and the site would not have, and what theirs do, and so on."""
    waiting = [Path(page.abs_src_path) for page in files.documentation_pages() if page.abs_src_path]
    added: set[Path] = set()
    while waiting:
        for target in _linked(waiting.pop()):
            if target in added or _has(files, config, target):
                continue
            added.add(target)
            if target.is_dir():
                inside = sorted(path for path in target.iterdir() if path.is_file())
                files.append(_file(config, _place(target), content=_listing(target, inside)))
                added.update(inside)
                for path in inside:
                    files.append(_file(config, _place(path), abs_src_path=str(path)))
            else:
                files.append(_file(config, _place(target), abs_src_path=str(target)))
                if target.suffix == ".md":
                    waiting.append(target)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as they stand in the repository become links of the site."""
    name = page.file.src_uri
    docs = Path(config.docs_dir)
    if page.file.abs_src_path is None:
        return markdown  # a listing
    source = Path(page.file.abs_src_path)
    if name.startswith(f"{APART}/"):
        page.meta["search"] = {"boost": 0.2}  # numbers and cards come after the pages that explain
    up = "../" * name.count("/")

    def moved(match: re.Match[str]) -> str:
        target = (source.parent / match[1]).resolve()
        if _has(files, config, target):
            return up + str(target.relative_to(docs))
        if target.is_relative_to(ROOT) and target.exists():
            return up + _place(target)
        return match[1]

    # Every other piece is a block of code, which stays as it is.
    pieces = _FENCE.split(markdown)
    return "".join(piece if i % 2 else _LINK.sub(moved, piece) for i, piece in enumerate(pieces))


def _linked(page: Path) -> list[Path]:
    """What a page links to in the repository: files and folders."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    found = [(page.parent / target).resolve() for target in _LINK.findall(text)]
    return [target for target in found if target.is_relative_to(ROOT) and target.exists()]


def _has(files: Files, config: MkDocsConfig, target: Path) -> bool:
    """Whether the site has the file of ``docs`` in its own place."""
    if not target.is_relative_to(config.docs_dir):
        return False
    file = files.get_file_from_path(str(target.relative_to(config.docs_dir)))
    return file is not None and not file.inclusion.is_excluded()


def _place(target: Path) -> str:
    """Where the site has what lies in the repository: a folder as a page."""
    name = f"{APART}/{target.relative_to(ROOT)}"
    return f"{name}/index.md" if target.is_dir() else name


def _listing(folder: Path, files: list[Path]) -> str:
    return f"# {folder.relative_to(ROOT)}\n\n" + "".join(f"- [{path.name}]({path.name})\n" for path in files)


def _file(config: MkDocsConfig, name: str, **given: str) -> File:
    return File.generated(config, name, inclusion=InclusionLevel.NOT_IN_NAV, **given)
