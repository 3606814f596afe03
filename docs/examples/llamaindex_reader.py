"""A LlamaIndex reader: documents read by Octavo, with the place on the page of every piece.

    pip install llama-index-core httpx
    OCTAVO_SERVER=http://127.0.0.1:8700 python llamaindex_reader.py contract.pdf

Copy this file beside your own code. It reads by itself, ``OctavoReader().load_data("contract.pdf")``, or some
kinds of files of a folder: ``SimpleDirectoryReader("inbox", file_extractor={".pdf": OctavoReader()})``.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import httpx
from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document

log = logging.getLogger(__name__)
PLACES = ["parse_id", "pages", "fragment_ids", "boxes", "confidence"]
"""Metadata for your program; what the embedding and the language model see is the rest."""


class OctavoReader(BaseReader):
    """Reads a file or a URL, and gives a ``Document`` for each piece.

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
        *,
        split: Literal["none", "page", "section", "fragment"] = "section",
        chunk_size: int | None = None,
        parsing_options: dict[str, Any] | None = None,
        server: str | None = None,
        api_key: str | None = None,
    ) -> None:
        """Nothing is read yet.

        Args:
            split: what a piece is.
            chunk_size: the tokens that a piece has at most.
            parsing_options: any others of the API. ``{"ignore_sections": ["page_header", "page_footer"]}``
                leaves out running heads and feet, and with them letterheads.
            server: its address; without it that of ``OCTAVO_SERVER``, or ``http://127.0.0.1:8700``.
            api_key: without it that of ``OCTAVO_API_KEY``.
        """
        chunking = {"chunking_strategy": split, "chunk_size": chunk_size}
        self.parsing_options = {**chunking, **(parsing_options or {})}
        self.server = server or os.environ.get("OCTAVO_SERVER", "http://127.0.0.1:8700")
        self.api_key = api_key or os.environ.get("OCTAVO_API_KEY", "anything")

    def lazy_load_data(
        self, file: str | Path, extra_info: dict[str, Any] | None = None, **_: Any
    ) -> Iterator[Document]:
        """Reads ``file``, a path or URL; ``extra_info`` is added to the metadata of every piece.

        Raises:
            httpx.HTTPStatusError: a request was refused; the text of its answer says why.
            RuntimeError: the document could not be read; the message says why.
        """
        result = self._read(str(file))
        for trouble in result["page_errors"] + result["warnings"]:
            log.warning("%s, page %s: %s", file, trouble["page_number"], trouble["message"])
        fragments = {
            fragment["ref_id"]: (page["page_number"], fragment)
            for page in result["pages"]
            for fragment in page["page_fragments"]
        }
        for chunk in result["chunks"]:
            made_of = [fragments[ref_id] for ref_id in chunk["element_ids"]]
            sure = [fragment["confidence"] for _, fragment in made_of if fragment["confidence"] is not None]
            metadata = {
                **(extra_info or {}),
                "source": str(file),
                "parse_id": result["parse_id"],
                "page": chunk["page_number"],
                "pages": chunk["page_numbers"],
                "heading_path": chunk["heading_path"] or [],
                "fragment_ids": chunk["element_ids"],
                "boxes": [{"page": page, **each["bbox"]} for page, each in made_of if each["bbox"]],
                "confidence": min(sure, default=None),
            }
            yield Document(
                text=chunk["content"],
                metadata=metadata,
                excluded_embed_metadata_keys=PLACES,
                excluded_llm_metadata_keys=PLACES,
            )

    def _read(self, source: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.api_key}"}
        body: dict[str, Any] = {"parsing_options": self.parsing_options}
        with httpx.Client(base_url=f"{self.server}/documents/v2/", headers=headers, timeout=60) as client:
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


if __name__ == "__main__":
    for name in sys.argv[1:]:
        for document in OctavoReader().lazy_load_data(name):
            about = document.metadata
            print(f"{about['source']}, page {about['page']}:", " / ".join(about["heading_path"]))
            print(document.text, end="\n\n")
