"""Cursors: every row once, newest first, there and back, whatever is deleted meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from api.pagination import Moment, decode_cursor, encode_cursor
from schemas.errors import InvalidQueryParams
from workers.jobs.ledger.engine import Ledger, migrate, open_engine
from workers.jobs.ledger.files import Files
from workers.jobs.ledger.paging import Cursor, PageRequest

START = datetime(2026, 1, 1, tzinfo=UTC)


class Listed:
    """A ledger whose files are made at chosen times."""

    def __init__(self, folder: Path) -> None:
        engine = open_engine(f"sqlite:///{folder / 'pages.db'}")
        migrate(engine)
        self.moment = START
        self.ledger = Ledger(engine, lambda: self.moment)
        self.files = Files(self.ledger)
        self.projects = 0

    def fill(self, seconds: list[int]) -> str:
        """A new project with a file for each of ``seconds``."""
        self.projects += 1
        project = f"p/{self.projects}"
        for n, second in enumerate(seconds):
            self.moment = START + timedelta(seconds=second)
            file_id = f"file_{self.projects}_{n:03}"
            self.files.add(
                file_id, project, name="", mime_type="", size=1, checksum=str(n), labels={}, blob_key=file_id
            )
        return project


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listed]:
    listed = Listed(tmp_path_factory.mktemp("pages"))
    yield listed
    listed.ledger.close()


@settings(max_examples=40)
@given(seconds=st.lists(st.integers(0, 5), max_size=12), limit=st.integers(1, 5))
def test_there_and_back(listed: Listed, seconds: list[int], limit: int) -> None:
    project = listed.fill(seconds)
    whole = [f.id for f in listed.files.page(project, PageRequest(100)).items]
    assert len(whole) == len(seconds)
    pages, cursor = [], None
    while True:
        page = listed.files.page(project, PageRequest(limit, cursor))
        pages.append(page)
        assert (page.prev is None) == (len(pages) == 1)
        if page.next is None:
            break
        cursor = page.next
    assert [f.id for p in pages for f in p.items] == whole
    for number in range(len(pages) - 1, 0, -1):
        back = listed.files.page(project, PageRequest(limit, pages[number].prev, backward=True))
        assert [f.id for f in back.items] == [f.id for f in pages[number - 1].items]
        assert back.next is not None
        assert (back.prev is None) == (number == 1)


@settings(max_examples=30)
@given(data=st.data(), count=st.integers(2, 10), limit=st.integers(1, 4))
def test_a_cursor_outlives_its_row(listed: Listed, data: st.DataObject, count: int, limit: int) -> None:
    project = listed.fill(list(range(count)))
    whole = [f.id for f in listed.files.page(project, PageRequest(100)).items]
    first = listed.files.page(project, PageRequest(limit))
    gone = data.draw(st.sets(st.sampled_from(whole)))
    for file_id in gone:
        listed.files.delete(project, file_id)
    rest = listed.files.page(project, PageRequest(100, first.next)).items if first.next else []
    assert [f.id for f in rest] == [i for i in whole[limit:] if i not in gone]


@given(moment=st.datetimes(timezones=st.just(UTC)), row=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_cursors_come_back_as_they_were(moment: datetime, row: str) -> None:
    text = encode_cursor(Cursor(moment, row))
    assert text is not None
    assert decode_cursor(text) == Cursor(moment, row)


@given(st.text(alphabet=st.characters(exclude_characters="W"), max_size=80))
def test_what_is_no_cursor_is_told(text: str) -> None:
    # Ours begin with the base64 of '["', which has a W.
    with pytest.raises(InvalidQueryParams) as error:
        decode_cursor(text)
    assert error.value.details is not None
    assert error.value.details["property"] == "cursor"


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:00:00+00:00",
        "2026-01-01T00:00:00 00:00",
        "2026-01-01T02:00:00.000000123+02:00",
        "2025-12-31T23:00:00-0100",
        "2026-01-01T00:00:00",
        "2026-01-01t00:00:00z",
        "2016-12-31T23:59:60Z",
        "2016-12-31T23:59:60.5+00:00",
    ],
)
def test_times_in_every_spelling(client: TestClient, text: str) -> None:
    assert client.get("files", params={"created_before": text}).status_code == 200
    assert client.get(f"files?created_before={text}").status_code == 200


def test_a_leap_second_is_the_next_minutes_first() -> None:
    given = TypeAdapter(Moment).validate_python("2016-12-31T23:59:60.5Z")
    assert given == datetime(2017, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)


def test_what_has_no_value_counts_as_absent(client: TestClient) -> None:
    names = (
        "cursor",
        "direction",
        "limit",
        "status",
        "id",
        "filename",
        "created_after",
        "include_configuration",
    )
    assert client.get("parse?" + "&".join(f"{name}=" for name in names)).status_code == 200
    assert client.get("files?limit&direction").status_code == 200


@pytest.mark.parametrize("limit", ["5_0", "1.0", "-1", "+1", " 1", "٣", "1e2"])
def test_what_is_no_limit(client: TestClient, limit: str) -> None:
    assert client.get("files", params={"limit": limit}).status_code == 422


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_both_ends_lead_back(listed: Listed, limit: int) -> None:
    project = listed.fill([0, 0, 1, 2, 2])
    whole = listed.files.page(project, PageRequest(100)).items
    first, last = (Cursor(row.created_at, row.id) for row in (whole[0], whole[-1]))
    past = listed.files.page(project, PageRequest(limit, last))
    assert (past.items, past.next) == ([], None)
    back = listed.files.page(project, PageRequest(limit, past.prev, backward=True))
    assert [f.id for f in back.items] == [f.id for f in whole[-limit:]]
    before = listed.files.page(project, PageRequest(limit, first, backward=True))
    assert (before.items, before.prev) == ([], None)
    onwards = listed.files.page(project, PageRequest(limit, before.next))
    assert [f.id for f in onwards.items] == [f.id for f in whole[:limit]]
    for cursor in (past.prev, before.next):
        text = encode_cursor(cursor)
        assert text is not None
        assert decode_cursor(text) == cursor


@pytest.mark.parametrize(("asked", "given_back"), [("0", 3), ("2", 2), ("5000", 3), ("9" * 40, 3), (None, 3)])
def test_limits(client: TestClient, asked: str | None, given_back: int) -> None:
    for n in range(3):
        client.put("files", files={"file": ("a", bytes([n + 1]))})
    answer = client.get("files", params={"limit": asked} if asked else {}).json()
    assert len(answer["items"]) == given_back
    assert answer["has_more"] is (answer["next_cursor"] is not None) is (given_back < 3)


def test_pages_over_http(client: TestClient) -> None:
    made = [client.put("files", files={"file": ("a", bytes([n + 1]))}).json()["file_id"] for n in range(5)]
    one = client.get("files?limit=2").json()
    two = client.get("files", params={"limit": 2, "cursor": one["nextCursor"]}).json()
    back = client.get("files", params={"limit": 2, "cursor": two["prevCursor"], "direction": "prev"}).json()
    assert [i["id"] for i in one["items"] + two["items"]] == made[:0:-1]
    assert [i["id"] for i in back["items"]] == [i["id"] for i in one["items"]]
    assert one["prevCursor"] is None
