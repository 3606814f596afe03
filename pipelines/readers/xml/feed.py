"""News feeds (RSS, Atom) as HTML: an entry is a heading with its date and its text."""

from __future__ import annotations

from html import escape

from lxml.etree import _Element

from pipelines.readers.xml.data import local_name

_ENTRIES = {"item", "entry"}
_TEXTS = ("encoded", "content", "description", "summary")


def is_feed(root: _Element) -> bool:
    """Whether this is RSS (0.9 to 2.0) or Atom."""
    name = local_name(root.tag)
    return name in {"rss", "feed"} or (name == "RDF" and _child(root, "channel") is not None)


def feed_html(root: _Element) -> str:
    """The feed as HTML; what is HTML in its entries stays so."""
    channel = _child(root, "channel")
    head = root if channel is None else channel
    parts = [f"<h1>{escape(_text(head, 'title'))}</h1>"]
    parts += [f"<div>{_markup(head, name)}</div>" for name in ("description", "subtitle")]
    for entry in root.iter():
        if isinstance(entry.tag, str) and local_name(entry.tag) in _ENTRIES:
            parts.append(_entry(entry))
    return "\n".join(parts)


def _entry(entry: _Element) -> str:
    title, address = escape(_text(entry, "title")), _address(entry)
    heading = f'<a href="{escape(address)}">{title or escape(address)}</a>' if address else title
    date = next((d for n in ("pubDate", "published", "updated", "date") if (d := _text(entry, n))), "")
    author = _child(entry, "author")
    by = _text(author, "name") if author is not None and len(author) else _text(entry, "author", "creator")
    line = ", ".join(escape(part) for part in (by, date) if part)
    body = next((text for name in _TEXTS if (text := _markup(entry, name))), "")
    return f"<h2>{heading}</h2><p>{line}</p><div>{body}</div>"


def _address(entry: _Element) -> str:
    links = [child for child in entry if isinstance(child.tag, str) and local_name(child.tag) == "link"]
    best = next((link for link in links if link.get("rel", "alternate") == "alternate"), None)
    return "" if best is None else best.get("href") or (best.text or "").strip()


def _markup(parent: _Element, name: str) -> str:
    """The HTML in an element: escaped as its text, or as its elements (Atom's ``xhtml``)."""
    child = _child(parent, name)
    if child is None:
        return ""
    if len(child):
        return escape(" ".join("".join(child.itertext()).split()))
    text = (child.text or "").strip()
    return escape(text) if child.get("type") == "text" else text


def _child(parent: _Element, *names: str) -> _Element | None:
    return next((c for c in parent if isinstance(c.tag, str) and local_name(c.tag) in names), None)


def _text(parent: _Element, *names: str) -> str:
    child = _child(parent, *names)
    return "" if child is None else " ".join("".join(child.itertext()).split())
