"""docs/gpu.md: what can be tried without a card is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from models.catalog import CATALOG
from models.cuda import CUDA
from models.runtime import Runtime

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gpu.md").read_text(encoding="utf-8")
WITH_CARD = {"ocr", "orientation", "tables", "regions", "signatures", "embeddings"}
WORDS = {
    "ocr": "text recognition",
    "orientation": "quarter turns",
    "tables": "structure of tables",
    "regions": "regions",
    "signatures": "signatures",
    "embeddings": "embeddings",
    "layout": "layout of pages",
    "skew": "skew",
    "barcodes": "barcodes",
    "struck": "struck words",
    "checkboxes": "check boxes",
    "charts": "charts",
}


def test_the_page_knows_every_task_and_where_it_runs() -> None:
    assert set(WORDS) == set(CATALOG)
    rows = re.findall(r"^\| (.*?) \| (yes|no)\b.*\|$", PAGE, re.MULTILINE)
    for task, words in WORDS.items():
        said = {answer for text, answer in rows if words in text}
        assert said == {"yes" if task in WITH_CARD else "no"}, task


@pytest.mark.parametrize("task", CATALOG)
def test_tasks_on_a_card_are_those_whose_models_get_a_session_of_ours(task: str) -> None:
    modules = {row.partition(":")[0] for name, row in CATALOG[task].items() if name != "tesseract"}
    sources = [(ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8") for module in modules]
    on_card = all(re.search(r"runtime\.(session|network|batching|cuda)\b", source) for source in sources)
    assert on_card == (task in WITH_CARD)


@pytest.mark.engines
def test_what_really_runs_is_told() -> None:
    block = next(one for one in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "get_providers" in one)
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(["sh", "-euc", block], env=environment, capture_output=True, text=True, check=True)
    assert yaml.safe_load(done.stdout)[0] == (CUDA if Runtime.of().cuda else "CPUExecutionProvider")


def test_the_image_and_the_page_install_the_same() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for words in ("onnxruntime-gpu[cuda,cudnn]==$version", "nvidia-ml-py", "nvidia/*/lib"):
        assert words in dockerfile
        assert words in PAGE
    extras = re.search(r"EXTRAS=(\S+) \.", PAGE)
    assert extras is not None
    assert extras[0] in dockerfile
