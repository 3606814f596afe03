"""A LangChain loader: documents read by Octavo, with the place on the page of every piece.

    pip install langchain-core httpx
    OCTAVO_SERVER=http://127.0.0.1:8700 python langchain_loader.py contract.pdf

Copy this file beside your own code. The metadata are plain JSON. Stores that take single values only want the
lists as text, such as ``document.metadata["boxes"] = json.dumps(document.metadata["boxes"])``.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import httpx
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

log = logging.getLogger(__name__)


class OctavoLoader(BaseLoader):
    """Reads files and URLs, one after the other, and gives a ``Document`` for each piece.

    The metadata of a piece:

    - ``source``: the path or URL; ``parse_id``: the job, whose whole result the service keeps;
    - ``page``: where it begins, from 1 (0: it is the whole document); ``pages``: all pages that it touches;
    - ``heading_path``: the headings above it, from the outermost (only if split by ``section``);
    - ``fragment_ids``: the fragments that it was made of;
    - ``boxes``: their places, ``{page, x1, y1, x2, y2}`` from the top left of the page as displayed, in
      points (PDF) or pixels (pictures); empty where the format has no geometry;
    - ``confidence``: of the fragment that was least surely read, 0 to 1; None where nothing is known.
    """

    def __init__(
        self,
        sources: str | Path | Sequence[str | Path],
        *,
        split: Literal["none", "page", "section", "fragment"] = "section",
        chunk_size: int | None = None,
        parsing_options: dict[str, Any] | None = None,
        server: str | None = None,
        api_key: str | None = None,
    ) -> None:
        """Nothing is read yet.

        Args:
            sources: paths and ``http(s)`` addresses.
            split: what a piece is.
            chunk_size: the tokens that a piece has at most.
            parsing_options: any others of the API. ``{"ignore_sections": ["page_header", "page_footer"]}``
                leaves out running heads and feet, and with them letterheads.
            server: its address; without it that of ``OCTAVO_SERVER``, or ``http://127.0.0.1:8700``.
            api_key: without it that of ``OCTAVO_API_KEY``.
        """
        self.sources = [sources] if isinstance(sources, str | Path) else list(sources)
        chunking = {"chunking_strategy": split, "chunk_size": chunk_size}
        self.parsing_options = {**chunking, **(parsing_options or {})}
        self.server = server or os.environ.get("OCTAVO_SERVER", "http://127.0.0.1:8700")
        self.api_key = api_key or os.environ.get("OCTAVO_API_KEY", "anything")

    def lazy_load(self) -> Iterator[Document]:
        """Reads each source as its first piece is asked for.

        Raises:
            httpx.HTTPStatusError: a request was refused; the text of its answer says why.
            RuntimeError: a document could not be read; the message says why.
        """
        headers = {"Authorization": f"Bearer {self.api_key}"}
        with httpx.Client(base_url=f"{self.server}/documents/v2/", headers=headers, timeout=60) as client:
            for source in map(str, self.sources):
                result = self._read(client, source)
                for trouble in result["page_errors"] + result["warnings"]:
                    log.warning("%s, page %s: %s", source, trouble["page_number"], trouble["message"])
                yield from _pieces(result, source)

    def _read(self, client: httpx.Client, source: str) -> dict[str, Any]:
        body: dict[str, Any] = {"parsing_options": self.parsing_options}
        if source.startswith(("http://", "https://")):
            body["file_url"] = source
        else:
            with Path(source).open("rb") as file:
                answer = client.put("files", files={"file": (Path(source).name, file)})
            body["file_id"] = answer.raise_for_status().json()["file_id"]
        parse_id = client.post("parse", json=body).raise_for_status().json()["parse_id"]
        result: dict[str, Any] = {}
        while result.get("status") not in ("successful", "failure"):
            time.sleep(0.5)
            result = client.get(f"parse/{parse_id}").raise_for_status().json()
        if result["status"] == "failure":
            raise RuntimeError(f"{source}: {result['error']}")
        return result


def _pieces(result: dict[str, Any], source: str) -> Iterator[Document]:
    """The chunks of a result, with what is known of the fragments that they were made of."""
    fragments = {
        fragment["ref_id"]: (page["page_number"], fragment)
        for page in result["pages"]
        for fragment in page["page_fragments"]
    }
    for chunk in result["chunks"]:
        made_of = [fragments[ref_id] for ref_id in chunk["element_ids"]]
        sure = [fragment["confidence"] for _, fragment in made_of if fragment["confidence"] is not None]
        metadata = {
            "source": source,
            "parse_id": result["parse_id"],
            "page": chunk["page_number"],
            "pages": chunk["page_numbers"],
            "heading_path": chunk["heading_path"] or [],
            "fragment_ids": chunk["element_ids"],
            "boxes": [{"page": page, **each["bbox"]} for page, each in made_of if each["bbox"]],
            "confidence": min(sure, default=None),
        }
        yield Document(page_content=chunk["content"], metadata=metadata)


if __name__ == "__main__":
    for document in OctavoLoader(sys.argv[1:]).lazy_load():
        about = document.metadata
        print(f"{about['source']}, page {about['page']}:", " / ".join(about["heading_path"]))
        print(document.page_content, end="\n\n")
