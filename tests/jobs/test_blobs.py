"""One contract for every blob store, run over a folder and over a real S3 server."""

import errno
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from botocore.stub import Stubber

from schemas.settings import Settings
from workers.jobs.blobs import BlobMissing, BlobStore, BlobStoreAway, BlobStoreUnusable, open_blobs, s3
from workers.jobs.blobs.base import CHUNK_BYTES

STORES = [
    "local",
    "encrypted",
    *(pytest.param(f"{name}s3", marks=pytest.mark.services) for name in ("", "encrypted ")),
]


@pytest.fixture(params=STORES)
def blobs(request, tmp_path, monkeypatch) -> BlobStore:
    how = {"keys": ["k" * 32], "encrypt": "required"} if "encrypted" in request.param else {}
    if "s3" not in request.param:
        return open_blobs((tmp_path / "blobs").as_uri(), **how)
    server = request.getfixturevalue("s3_server")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return open_blobs(f"s3://{server.bucket}/{tmp_path.name}/kept", server.endpoint_url, **how)


def test_bytes_come_back(blobs):
    blobs.put_bytes("jobs/parse_1/result.json", b"{}")
    assert blobs.get_bytes("jobs/parse_1/result.json") == b"{}"
    assert blobs.exists("jobs/parse_1/result.json")
    assert not blobs.exists("jobs/parse_1")


def test_what_need_not_last_is_stored_all_the_same(blobs, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    blobs.put_bytes("jobs/parse_1/windows/a", b"pages", lasting=False)
    assert blobs.get_bytes("jobs/parse_1/windows/a") == b"pages"
    assert not synced


def test_a_folder_syncs_what_lasts_and_its_name(tmp_path, monkeypatch):
    blobs = open_blobs((tmp_path / "blobs").as_uri())
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    blobs.put_bytes("jobs/parse_1/windows/a", b"pages", lasting=False)
    assert not synced
    blobs.put_bytes("jobs/parse_1/result.json", b"{}")
    assert len(synced) == 1 + 3  # the file and its folders, which the window made, up to the store's own


def test_nothing_stored_is_logged(blobs, caplog):
    caplog.set_level(logging.DEBUG)
    blobs.put_bytes("key", b"confidential")
    blobs.get_bytes("key")
    assert "confidential" not in caplog.text


def test_an_empty_blob_is_a_blob(blobs):
    blobs.put_bytes("empty", b"")
    assert blobs.exists("empty")
    assert blobs.get_bytes("empty") == b""
    assert b"".join(blobs.stream("empty")) == b""


def test_a_newer_blob_replaces_the_older(blobs, tmp_path):
    (tmp_path / "new").write_bytes(b"newer")
    blobs.put_bytes("key", b"the older and longer one")
    blobs.put_file("key", tmp_path / "new")
    assert blobs.get_bytes("key") == b"newer"
    assert (tmp_path / "new").exists()


def test_large_files_go_in_and_out_in_pieces(blobs, tmp_path):
    data = os.urandom(CHUNK_BYTES) * 9 + b"rest"
    (tmp_path / "source").write_bytes(data)
    blobs.put_file("files/large.bin", tmp_path / "source")
    pieces = list(blobs.stream("files/large.bin"))
    assert b"".join(pieces) == data
    assert max(map(len, pieces)) <= CHUNK_BYTES
    target = tmp_path / "target"
    target.write_bytes(b"x" * (len(data) + 100))
    blobs.fetch("files/large.bin", target)
    assert target.read_bytes() == data


def test_what_is_missing_is_said_at_once(blobs, tmp_path):
    for read in (blobs.get_bytes, blobs.stream, lambda key: blobs.fetch(key, tmp_path / "target")):
        with pytest.raises(BlobMissing, match="no/such"):
            read("no/such")
    assert not blobs.exists("no/such")
    assert not (tmp_path / "target").exists()


def test_a_folder_of_keys_is_no_blob(blobs):
    blobs.put_bytes("jobs/a/result", b"1")
    with pytest.raises(BlobMissing):
        blobs.get_bytes("jobs/a")
    with pytest.raises(BlobMissing):
        blobs.get_bytes("jobs/a/result/more")


def test_deleting_twice_is_as_good_as_once(blobs):
    blobs.put_bytes("key", b"1")
    blobs.delete("key")
    blobs.delete("key")
    assert not blobs.exists("key")


def test_a_prefix_goes_with_all_below_it_and_nothing_beside_it(blobs):
    inside = ["jobs/a/1", "jobs/a/2", "jobs/a/windows/3"]
    beside = ["jobs/ab", "jobs/a.json", "jobs/b/1"]
    for key in inside + beside:
        blobs.put_bytes(key, b"x")
    blobs.delete_prefix("jobs/a/")
    blobs.delete_prefix("jobs/a")
    blobs.delete_prefix("jobs/b/1")
    assert [key for key in inside + beside if blobs.exists(key)] == beside


def test_all_below_a_folder_is_listed_with_size_and_age(blobs):
    for key in ("jobs/a/1", "jobs/a/windows/2", "jobs/b/3", "jobsuite/4", "other/5"):
        blobs.put_bytes(key, b"x" * int(key[-1]))
    found = list(blobs.walk("jobs"))
    sizes = {blob.key: blob.size for blob in found}
    added = sizes["jobs/a/1"] - 1  # by encryption: the same for all that are small
    assert sizes == {"jobs/a/1": 1 + added, "jobs/a/windows/2": 2 + added, "jobs/b/3": 3 + added}
    assert 0 <= added < 100
    for blob in found:
        assert abs(datetime.now(UTC) - blob.stored_at) < timedelta(minutes=1)
    assert [blob.key for blob in blobs.walk("jobs/a/windows/")] == ["jobs/a/windows/2"]
    assert list(blobs.walk("jobs/none")) == list(blobs.walk("jobs/a/1")) == []


def test_folders_are_listed_without_what_is_in_them(blobs):
    for key in ("jobs/a/1", "jobs/a/windows/2", "jobs/b/3", "jobs/blob", "other/c/4"):
        blobs.put_bytes(key, b"x")
    assert sorted(blobs.folders("jobs")) == ["a", "b"]
    assert list(blobs.folders("jobs/a/")) == ["windows"]
    assert list(blobs.folders("none")) == []


def test_blobs_may_go_while_they_are_listed(blobs):
    for number in range(20):
        blobs.put_bytes(f"jobs/{number}/x", b"")
    for name in blobs.folders("jobs"):
        for blob in blobs.walk(f"jobs/{name}"):
            blobs.delete(blob.key)
        blobs.delete_prefix(f"jobs/{name}")
    assert list(blobs.walk("jobs")) == []


def test_no_write_that_goes_on_is_unfinished(blobs):
    blobs.put_bytes("key", b"1")
    assert blobs.drop_unfinished(timedelta(days=1)) == 0
    assert blobs.get_bytes("key") == b"1"


BAD_KEYS = [
    *("", "/", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "./a", "a/.", ".incoming/x", "a/.hidden"),
    *("a\\b", "a b", "ä", "a\0b", "a\n", "-a", "x" * 201, "/".join("a" * 17)),
]


def test_keys_that_could_mean_something_else_are_refused(blobs, tmp_path):
    calls = [
        lambda key: blobs.put_bytes(key, b""),
        lambda key: blobs.put_file(key, Path(__file__)),
        blobs.get_bytes,
        blobs.stream,
        lambda key: blobs.fetch(key, tmp_path / "target"),
        blobs.exists,
        blobs.delete,
    ]
    for key in BAD_KEYS:
        for call in calls:
            with pytest.raises(ValueError, match="not a blob key"):
                call(key)
    for prefix in ("", "/", "//", "a//", "../", "/a/", ".incoming/"):
        with pytest.raises(ValueError, match="not a blob key"):
            blobs.delete_prefix(prefix)
        for listing in (blobs.walk, blobs.folders):
            with pytest.raises(ValueError, match="not a blob key"):
                next(listing(prefix))


def test_many_threads_write_one_key_and_one_of_them_wins_whole(blobs):
    values = [bytes([letter]) * 50_000 for letter in b"abcdef"]
    threads = [threading.Thread(target=blobs.put_bytes, args=("key", value)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert blobs.get_bytes("key") in values


def test_a_usable_store_passes_its_check(blobs):
    blobs.check()


def test_a_local_write_that_fails_leaves_nothing(tmp_path):
    blobs = open_blobs((tmp_path / "blobs").as_uri())
    blobs.put_bytes("key", b"before")
    with pytest.raises(IsADirectoryError):
        blobs.put_file("key", tmp_path)
    with pytest.raises(TypeError):
        blobs.put_bytes("key", "text")
    assert blobs.get_bytes("key") == b"before"
    assert list((tmp_path / "blobs" / ".incoming").iterdir()) == []


def test_local_files_are_for_their_owner_alone(tmp_path):
    blobs = open_blobs((tmp_path / "blobs").as_uri())
    blobs.put_bytes("jobs/a/result", b"private")
    assert (tmp_path / "blobs" / "jobs" / "a" / "result").stat().st_mode & 0o077 == 0
    assert (tmp_path / "blobs").stat().st_mode & 0o777 == 0o700


def test_only_old_leftovers_of_killed_writers_are_removed(tmp_path):
    blobs = open_blobs((tmp_path / "blobs").as_uri())
    incoming = tmp_path / "blobs" / ".incoming"
    (incoming / "new").write_bytes(b"")
    (incoming / "old").write_bytes(b"")
    (incoming / "deleted").mkdir()
    (incoming / "deleted" / "half").write_bytes(b"")
    for name in ("old", "deleted"):
        os.utime(incoming / name, (0, 0))
    assert blobs.drop_unfinished(timedelta(days=1)) == 2
    assert [file.name for file in incoming.iterdir()] == ["new"]


def test_a_local_write_survives_that_its_folder_is_deleted_meanwhile(tmp_path):
    blobs = open_blobs((tmp_path / "blobs").as_uri())
    failures = []

    def write() -> None:
        try:
            for number in range(200):
                blobs.put_bytes(f"jobs/a/{number}", b"x")
        except OSError as error:
            failures.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    while thread.is_alive():
        blobs.delete_prefix("jobs/a")
    assert failures == []


@pytest.mark.parametrize("name", ["plain", "with space", "hash#and?mark", "100%25", "ümlaut"])
def test_a_file_url_may_name_any_folder(tmp_path, name):
    blobs = open_blobs(f"file://{quote(str(tmp_path / name))}")
    blobs.put_bytes("key", b"1")
    assert (tmp_path / name / "key").read_bytes() == b"1"


@pytest.mark.parametrize("name", ["plain", "with space", "hash#and?mark", "100%25", "ümlaut"])
def test_the_data_folder_may_have_any_name(tmp_path, name):
    open_blobs(Settings(data_dir=tmp_path / name).blobs).put_bytes("key", b"1")
    assert (tmp_path / name / "blobs" / "key").read_bytes() == b"1"


@pytest.mark.parametrize(
    "url", ["", "blobs", "file:blobs", "file://host/blobs", "s3://", "gs://bucket", "/tmp"]
)
def test_other_urls_are_refused(url):
    with pytest.raises(BlobStoreUnusable, match="OCTAVO_BLOB_URL"):
        open_blobs(url)


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BlobStoreUnusable, match="cannot be made"):
        open_blobs((tmp_path / "file" / "blobs").as_uri())


def test_a_folder_that_is_gone_fails_the_check(tmp_path):
    blobs = open_blobs((tmp_path / "blobs").as_uri())
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    with pytest.raises(BlobStoreUnusable, match="gone"):
        blobs.check()


@pytest.mark.services
def test_a_missing_bucket_and_an_unreachable_server_fail_the_check(s3_server, monkeypatch):
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BlobStoreUnusable, match="no-such-bucket"):
        open_blobs("s3://no-such-bucket", s3_server.endpoint_url).check()
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(BlobStoreUnusable, match="cannot be reached"):
        open_blobs("s3://bucket", "http://127.0.0.1:9").check()


def all_calls(blobs: BlobStore, folder: Path) -> list[Callable[[], object]]:
    source = folder / "source"
    source.write_bytes(b"1")
    return [
        lambda: blobs.put_bytes("key", b"1"),
        lambda: blobs.put_file("key", source),
        lambda: blobs.get_bytes("key"),
        lambda: blobs.stream("key"),
        lambda: blobs.fetch("key", folder / "target"),
        lambda: blobs.exists("key"),
        lambda: blobs.delete("key"),
        lambda: blobs.delete_prefix("jobs/a"),
    ]


def test_a_folder_that_is_gone_is_away_and_its_blobs_are_not_missing(tmp_path):
    blobs = open_blobs((tmp_path / "blobs").as_uri())
    blobs.put_bytes("key", b"1")
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    for call in all_calls(blobs, tmp_path):
        with pytest.raises(BlobStoreAway):
            call()
    (tmp_path / "elsewhere").rename(tmp_path / "blobs")
    assert blobs.get_bytes("key") == b"1"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_is_full_or_broken_is_away(tmp_path, monkeypatch, code):
    blobs = open_blobs((tmp_path / "blobs").as_uri())

    def fsync(_handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(BlobStoreAway, match=errno.errorcode[code]):
        blobs.put_bytes("key", b"1")
    assert not blobs.exists("key")
    assert list((tmp_path / "blobs" / ".incoming").iterdir()) == []


def impatient(monkeypatch, s3_server) -> None:
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


@pytest.mark.services
@pytest.mark.parametrize("bucket", ["gone", "refused"])
def test_a_server_that_does_not_answer_or_refuses_is_away(s3_server, tmp_path, monkeypatch, bucket):
    impatient(monkeypatch, s3_server)
    if bucket == "gone":
        blobs = open_blobs("s3://bucket", "http://127.0.0.1:9")
    else:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        blobs = open_blobs(f"s3://{s3_server.bucket}", s3_server.endpoint_url)
    for call in all_calls(blobs, tmp_path):
        with pytest.raises(BlobStoreAway):
            call()


@pytest.mark.services
def test_an_answer_that_breaks_off_is_away(s3_server, monkeypatch):
    """A server that dies in the middle of an object, after its headers."""
    impatient(monkeypatch, s3_server)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

        thread = threading.Thread(target=answer)
        thread.start()
        blobs = open_blobs("s3://bucket", f"http://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(BlobStoreAway):
            list(blobs.stream("key"))
        thread.join()


def stubbed(monkeypatch) -> tuple[s3.S3Blobs, Stubber]:
    """A store whose server gives the answers that it is told: what the test's own server cannot."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    blobs = s3.S3Blobs("bucket", "kept", "http://127.0.0.1:9")
    stubber = Stubber(blobs._client)
    stubber.activate()
    return blobs, stubber


def test_a_list_goes_on_with_the_next_page_of_the_server(monkeypatch):
    blobs, server = stubbed(monkeypatch)
    now = datetime.now(UTC)
    asked = {"Bucket": "bucket", "Prefix": "kept/jobs/"}
    for token, key in ((None, "kept/jobs/a/1"), ("more", "kept/jobs/b/2")):
        server.add_response(
            "list_objects_v2",
            {
                "Contents": [{"Key": key, "Size": 1, "LastModified": now}],
                "IsTruncated": token is None,
                "NextContinuationToken": "more",
            },
            {**asked, "ContinuationToken": token} if token else asked,
        )
    assert [blob.key for blob in blobs.walk("jobs")] == ["jobs/a/1", "jobs/b/2"]
    server.assert_no_pending_responses()


def test_uploads_in_parts_that_were_given_up_are_dropped(monkeypatch):
    blobs, server = stubbed(monkeypatch)
    now = datetime.now(UTC)
    server.add_response(
        "list_multipart_uploads",
        {
            "Uploads": [
                {"Key": "kept/files/new", "UploadId": "1", "Initiated": now - timedelta(hours=23)},
                {"Key": "kept/files/old", "UploadId": "2", "Initiated": now - timedelta(hours=25)},
            ]
        },
        {"Bucket": "bucket", "Prefix": "kept/"},
    )
    asked = {"Bucket": "bucket", "Key": "kept/files/old", "UploadId": "2"}
    server.add_response("abort_multipart_upload", {}, asked)
    assert blobs.drop_unfinished(timedelta(days=1)) == 1
    server.assert_no_pending_responses()


@pytest.mark.services
def test_a_server_that_is_killed_is_away_until_it_is_back(s3_server, tmp_path, monkeypatch):
    impatient(monkeypatch, s3_server)
    blobs = open_blobs(f"s3://{s3_server.bucket}/{tmp_path.name}", s3_server.endpoint_url)
    blobs.put_bytes("key", b"before")
    s3_server.stop()
    try:
        for call in all_calls(blobs, tmp_path):
            with pytest.raises(BlobStoreAway):
                call()
        with pytest.raises(BlobStoreUnusable):
            blobs.check()
    finally:
        s3_server.start()
    assert blobs.get_bytes("key") == b"before"
    blobs.check()


@pytest.mark.services
def test_a_server_that_takes_calls_and_is_silent_is_away(s3_server, monkeypatch):
    impatient(monkeypatch, s3_server)
    monkeypatch.setattr(s3, "_client", partial(s3._client, read_timeout=0.1, tries=2))
    with socket.create_server(("127.0.0.1", 0)) as server:
        blobs = open_blobs("s3://bucket", f"http://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(BlobStoreAway, match="ReadTimeout"):
            blobs.get_bytes("key")
