"""The changes of documents, and whether a run notices what goes wrong."""

from __future__ import annotations

import io
import os
import random
import signal
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.fuzz import changes, structure
from benchmarks.fuzz.run import Bounds, Failure, file_of, fuzz, told
from benchmarks.fuzz.seeds import seeds
from benchmarks.fuzz.trial import Outcome, ReaderTrial
from pipelines.readers import host
from pipelines.readers.text import TextReader

PATIENT = Bounds(cpu_seconds=60, seconds=60)
ALL = sorted({*changes.BINARY, *changes.TEXT, *changes.PDF}, key=lambda change: change.__name__)


@pytest.mark.parametrize("change", ALL, ids=lambda change: change.__name__)
@given(data=st.binary(max_size=300), seed=st.integers(0, 1000))
def test_a_change_takes_any_bytes_and_is_the_same_again(
    change: changes.Change, data: bytes, seed: int
) -> None:
    changed = change(data, random.Random(seed))
    assert changed == change(data, random.Random(seed))
    assert len(changed) <= changes.LARGEST + 100_000


@pytest.mark.parametrize("change", ALL, ids=lambda change: change.__name__)
def test_a_change_changes(change: changes.Change) -> None:
    data = seeds()["raw.pdf"]
    assert any(change(data, random.Random(seed)) != data for seed in range(10))


def test_entries_of_archives_are_changed_and_archives_stay_whole() -> None:
    before = seeds()["sheet.ods"]
    names, contents = set(), set()
    for seed in range(60):
        data = structure._archive(before, random.Random(seed))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            names.add(tuple(archive.namelist()))
            contents.update(archive.read(entry) for entry in archive.infolist())
    assert len(names) > 5
    assert len(contents) > 30


def test_checksums_of_pictures_are_right() -> None:
    sizes = set()
    for seed in range(60):
        data = structure._png(seeds()["colours.png"], random.Random(seed))
        at = 8
        while at + 12 <= len(data):
            (size,) = struct.unpack_from(">I", data, at)
            body = data[at + 4 : at + 8 + size]
            assert struct.pack(">I", zlib.crc32(body)) == data[at + 8 + size : at + 12 + size]
            at += 12 + size
        sizes.add(data[16:24])
    assert len(sizes) > 5


def test_every_document_is_read_as_it_is(tmp_path: Path) -> None:
    trial = ReaderTrial(tmp_path, 1 << 26)
    for name, data in seeds().items():
        (tmp_path / name).write_bytes(data)
        outcome = trial.read(tmp_path / name, layout=False)
        assert (name, outcome.error, outcome.strays) == (name, "", [])


class _Failing(TextReader):
    """A reader with a defect."""

    def flow_page(self, number: int, view: object) -> object:  # type: ignore[override]
        raise KeyError("words of the document")


def test_errors_that_are_none_of_a_documents_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(host.READERS, "text", f"{__name__}:_Failing")
    (tmp_path / "a.txt").write_text("some words")
    outcome = ReaderTrial(tmp_path, 1 << 20).read(tmp_path / "a.txt", layout=False)
    assert outcome.error == ""
    assert len(outcome.strays) == 2
    assert outcome.strays[0].startswith("KeyError at ")
    assert "test_fuzz.py:" in outcome.strays[0]
    assert "words" not in outcome.strays[0]
    (tmp_path / "a.bin").write_bytes(bytes(range(256)))
    assert ReaderTrial(tmp_path, 1 << 20).read(tmp_path / "a.bin", layout=False).error == "UnsupportedFormat"


class Misbehaving:
    """A trial that does what the file's name says."""

    def __init__(self, scratch: Path, max_unpacked_bytes: int) -> None:
        pass

    def read(self, path: Path, layout: bool) -> Outcome:
        match path.stem:
            case "crash":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hang":
                time.sleep(3600)
            case "slow":
                return Outcome("", [], 1000.0, 1)
            case "large":
                return Outcome("DocumentUnreadable", [], 0.0, 5 << 30)
        return Outcome("", [], 0.5, 1 << 20)


def test_what_children_do_is_noticed() -> None:
    documents = {f"{name}.txt": b"data" for name in ("crash", "good", "large", "slow")}
    seen: list[Failure] = []
    tally = fuzz(documents, 7, iter(range(8)), bounds=PATIENT, make=Misbehaving, tell=seen.append)
    assert tally.files == 8
    assert tally.endings == {"": 4, "ReaderLost": 2, "DocumentUnreadable": 2}
    assert sorted((failure.name, failure.why) for failure in seen) == [
        ("large.txt", "it took 5120 MiB"),
        ("large.txt", "it took 5120 MiB"),
        ("slow.txt", "it took 1000 s of the processor"),
        ("slow.txt", "it took 1000 s of the processor"),
    ]
    assert seen[0].data == file_of(documents, 7, seen[0].number)[1]
    assert "8 changed files" in told(tally)[0]


def test_files_that_hang_are_failures_and_each_finds_a_new_child() -> None:
    hurried = Bounds(seconds=0.2)
    tally = fuzz({"hang.txt": b"data"}, 7, iter(range(2)), bounds=hurried, threads=1, make=Misbehaving)
    assert [(failure.name, failure.why) for failure in tally.failures] == 2 * [("hang.txt", "it hangs")]
    assert tally.endings == {"ReaderStuck": 2}
