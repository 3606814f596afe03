"""A real checkpoint, made and taught here, through Transformers as any other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.base import Image
from models.vlm.transformers_local import TransformersModel
from schemas.errors import VisionFailed

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.fakes.checkpoint import make_checkpoint

    folder = tmp_path_factory.mktemp("checkpoint")
    make_checkpoint(folder, "Read.")
    return folder


def picture(grey: int) -> Image:
    return np.full((40, 60, 3), grey, np.uint8)


def test_it_says_what_it_sees(checkpoint: Path) -> None:
    model = TransformersModel(str(checkpoint), "cpu", max_tokens=20)
    dark, light = (model.transcribe(picture(grey), "Read.") for grey in (0, 255))
    assert (dark.text, light.text) == ("dark", "light")
    assert dark.finished
    assert (dark.output_tokens, light.output_tokens) == (5, 6)
    assert dark.input_tokens > 0


def test_an_answer_that_is_cut_says_so(checkpoint: Path) -> None:
    cut = TransformersModel(str(checkpoint), "cpu", max_tokens=2).transcribe(picture(255), "Read.")
    assert (cut.text, cut.output_tokens, cut.finished) == ("li", 2, False)


def test_a_checkpoint_that_cannot_be_loaded_is_told_for_users(tmp_path: Path) -> None:
    with pytest.raises(VisionFailed, match="OCTAVO_VISION_LOCAL_MODEL"):
        TransformersModel(str(tmp_path)).load()


def test_code_of_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    code = f"open({str(ran)!r}, 'w').close()\nclass C: pass\n"
    (tmp_path / "code.py").write_text(code, encoding="utf-8")
    own = {"auto_map": dict.fromkeys(("AutoConfig", "AutoProcessor"), "code.C"), "model_type": "own"}
    for name in ("config.json", "processor_config.json"):
        (tmp_path / name).write_text(json.dumps(own), encoding="utf-8")
    with pytest.raises(VisionFailed):
        TransformersModel(str(tmp_path)).load()
    assert not ran.exists()
