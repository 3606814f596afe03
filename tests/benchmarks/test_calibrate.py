from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import corpus
from benchmarks.calibrate import SET, Agreement, agreements


def test_means_are_taken_over_documents_known_on_all_sides(tmp_path: Path) -> None:
    for name in ("ground-truth", "prediction/engine", "evaluation"):
        (tmp_path / name).mkdir(parents=True)
    for number, (truth, prediction) in enumerate(
        [("# T\nabcd", "# T\nabcd"), ("abcd", "abxd"), ("lost", None)]
    ):
        (tmp_path / "ground-truth" / f"{number}.md").write_text(truth, encoding="utf-8")
        if prediction:
            (tmp_path / "prediction" / "engine" / f"{number}.md").write_text(prediction, encoding="utf-8")
    published = [
        {"document_id": str(n), "scores": {"nid": nid, "teds": None, "mhs": mhs}}
        for n, nid, mhs in [(0, 1.0, 0.9), (1, 0.7, None), (2, 0.0, 0.0), (3, 0.5, 0.5)]
    ]
    (tmp_path / "evaluation" / "engine.json").write_text(
        json.dumps({"documents": published}), encoding="utf-8"
    )
    nid, mhs = agreements(tmp_path)
    assert (nid.n, nid.ours, nid.published) == (2, pytest.approx(0.875), pytest.approx(0.85))
    assert (mhs.n, mhs.ours, mhs.published) == (1, 1.0, 0.9)
    assert not mhs.holds


def test_tolerance() -> None:
    assert Agreement("e", "nid", 1, 0.50, 0.51).holds
    assert not Agreement("e", "nid", 1, 0.50, 0.53).holds


def test_published_scores_are_reproduced() -> None:
    folder = corpus.data_folder() / SET
    if not folder.is_dir():
        pytest.skip(f"{SET} is not here; set OCTAVO_BENCH_DATA")
    found = list(agreements(folder, limit=60))
    assert {a.score for a in found} == {"nid", "teds", "mhs"}
    assert [a for a in found if not a.holds] == []
