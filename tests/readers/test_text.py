from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers import text
from pipelines.readers.flow import fenced
from pipelines.readers.text import TextReader, decode, looks_like_text
from schemas.errors import DocumentEmpty, DocumentUnreadable, TooLarge


def read(tmp_path: Path, said: str) -> list[str]:
    path = tmp_path / "notes.txt"
    path.write_text(said, encoding="utf-8", newline="")
    return [fragment.content.content for fragment in TextReader(path).fragments()]


def test_paragraphs_are_parted_by_blank_lines_and_form_feeds(tmp_path: Path) -> None:
    assert read(tmp_path, "a\n  b\r\n \t\r\n\r\nc\fd\n\n\n") == ["a\nb", "c", "d"]


def test_columns_stay_as_they_are(tmp_path: Path) -> None:
    table = "name      price\nnails      2.50\nhammer    12.00"
    assert read(tmp_path, f"intro\n\n{table}\n\nA single    gap.") == [
        "intro",
        f"```\n{table}\n```",
        "A single    gap.",
    ]


def test_white_space_alone_gives_no_fragments(tmp_path: Path) -> None:
    assert read(tmp_path, " \n\t\n") == []


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    with pytest.raises(DocumentEmpty, match="no bytes"):
        TextReader(path)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("naïve café", "utf-8"),
        ("naïve café", "utf-8-sig"),
        ("naïve café", "utf-16"),
        ("plain words", "utf-16-le"),
        ("plain words", "utf-16-be"),
        ("naïve", "utf-32"),
        ("Café crème à la carte", "cp1252"),
        ("“curly” – it’s 5 €", "cp1252"),
        ("Zażółć gęślą jaźń, wszyscy ludzie rodzą się wolni i równi", "cp1250"),
        ("Все люди рождаются свободными и равными в своём достоинстве", "cp1251"),
        ("Все люди рождаются свободными и равными в своём достоинстве", "koi8-r"),
        ("すべての人間は、生まれながらにして自由である。", "shift_jis"),
        ("人人生而自由,在尊严和权利上一律平等。", "gb18030"),
    ],
)
def test_encodings(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_late_accent_is_found() -> None:
    text = "plain words\n" * 20_000 + "café"
    assert decode(text.encode("cp1252")) == text


def test_the_declared_charset_wins_over_a_guess_but_not_over_utf8() -> None:
    assert decode("é".encode("cp1252"), "iso-8859-1") == "é"
    assert decode("Š".encode("iso8859-2"), "iso-8859-2") == "Š"
    assert decode("é".encode(), "iso-8859-2") == "é"
    for nonsense in ("utf-16", "rot13", "unicode_escape", "hex", "no-such-charset"):
        assert decode("é".encode("cp1252"), nonsense) == "é"


@pytest.mark.parametrize("data", [b"\x7fELF\x02\x01\x01\x00\x00\x00\x00" * 20, bytes(range(32)) * 10])
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentUnreadable, match="binary"):
        decode(data)


@given(st.text(st.characters(exclude_characters="\0")))
def test_any_text_in_utf8_is_kept(text: str) -> None:
    data = text.encode("utf-8", errors="ignore")
    if looks_like_text(data):
        kept = [c for c in data.decode() if c.isprintable()]
        assert [c for c in decode(data) if c.isprintable()] == kept


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        assert "\0" not in decode(data)
    except DocumentUnreadable:
        assert not looks_like_text(data)


@given(st.text("`a\n", max_size=30))
def test_a_fence_is_longer_than_what_it_holds(text: str) -> None:
    first, *_, last = fenced(text).split("\n")
    assert first == last
    assert first not in text


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        ("朱镕基同志", "gb18030", "GB2312"),
        ("뷁 똠방각하", "cp949", "ks_c_5601-1987"),
        ("①髙橋", "cp932", "Shift_JIS"),
    ],
)
def test_supersets_of_what_is_declared_are_read(text: str, encoding: str, declared: str) -> None:
    assert decode(text.encode(encoding), declared) == text


def test_declared_encodings_of_ascii_bytes_come_before_utf_8() -> None:
    assert decode("会議の日程".encode("iso-2022-jp"), "ISO-2022-JP") == "会議の日程"


def test_a_few_stray_bytes_leave_a_text_a_text() -> None:
    words = b"These are words of a letter that somebody wrote, and most of it is still there. " * 10
    assert decode(words[:400] + b"\x00\x02\x00\x00" + words[400:]).startswith("These are words")
    with pytest.raises(DocumentUnreadable):
        decode(words[:100] + b"\x00\x02\x00\x00" * 5)


@pytest.mark.parametrize("charset", ["iso2022_jp", "cp932", "euc_jp"])
def test_japanese(charset: str) -> None:
    text = "日本国民は、正当に選挙された国会における代表者を通じて行動し、"
    assert decode(text.encode(charset)) == text


def test_text_of_a_mainframe() -> None:
    text = "THE QUICK BROWN FOX, 12345\nand a second line of it\n"
    assert decode(text.encode("cp037")) == text
    assert decode(text.replace("\n", "\x85").encode("cp1140")) == text
    assert decode("@é ".encode("cp1252") * 40) == "@é " * 40


def test_a_text_of_more_bytes_than_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "LARGEST_TEXT", 1 << 20)
    (tmp_path / "a.txt").write_bytes(b"x" * (1 << 20))
    assert text.read_text(tmp_path / "a.txt") == "x" * (1 << 20)
    (tmp_path / "a.txt").write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(TooLarge, match="more than 1 MB: send it in parts"):
        text.read_text(tmp_path / "a.txt")
