"""Reads many files with the same options, through a dataset, with the tensorlake SDK.

    pip install tensorlake==0.5.152
    python dataset_batch.py contracts inbox/*.pdf > contracts.jsonl

The dataset keeps the options and all results under its name; run it again with more files and they join it.
It prints a line of JSON for each file, in the order in which they were named. (``octavo dataset parse`` does
this and more: it goes on after a stop, and reads nothing twice.) ``OCTAVO_SERVER`` and ``OCTAVO_API_KEY`` say
where the service is.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from tensorlake.documentai import ChunkingStrategy, DocumentAI, ParseStatus, ParsingOptions
from tensorlake.documentai.models import Dataset

OPTIONS = ParsingOptions(chunking_strategy=ChunkingStrategy.SECTION, cross_page_header_detection=True)


def main(name: str, files: Sequence[str]) -> int:
    """Submits all files, then waits for each; how many could not be read."""
    client = DocumentAI(
        api_key=os.environ.get("OCTAVO_API_KEY", "anything"),
        server_url=os.environ.get("OCTAVO_SERVER", "http://127.0.0.1:8700"),
    )
    dataset = dataset_of(client, name)
    jobs = [(file, str(client.parse_dataset_file(dataset, client.upload(file)))) for file in files]
    failed = 0
    for file, parse_id in jobs:
        result = client.wait_for_completion(parse_id)
        failed += result.status != ParseStatus.SUCCESSFUL
        chunks = [{"page": chunk.page_number, "text": chunk.content} for chunk in result.chunks or []]
        line = {"file": file, "parse_id": parse_id, "error": result.error, "chunks": chunks}
        print(json.dumps(line, ensure_ascii=False))
    return failed


def dataset_of(client: DocumentAI, name: str) -> Dataset:
    """The dataset of this name, made if there is none; ``list_datasets`` finds names that contain it, too."""
    alike = client.list_datasets(name=name, limit=100).items
    found = next((dataset for dataset in alike if dataset.name == name), None)
    return found or client.create_dataset(name=name, parsing_options=OPTIONS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]) > 0)
