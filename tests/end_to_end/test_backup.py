"""The commands of docs/operations.md: a running service is backed up and restored; all is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.service import Service, ended, pdf, submit, upload

pytestmark = pytest.mark.end_to_end

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
HERE = Path(__file__).relative_to(ROOT)
BACKUP, RESTORE = re.findall(rf"<!-- run by {re.escape(str(HERE))} -->\n```sh\n(.*?)```", PAGE, re.DOTALL)


def run(block: str, folder: Path) -> None:
    commands = folder / "commands"
    commands.mkdir(exist_ok=True)
    octavo = commands / "octavo"
    octavo.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m api "$@"\n', encoding="utf-8")
    octavo.chmod(0o755)
    path = os.pathsep.join([str(commands), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["sh", "-euc", block],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_was_backed_up_while_it_ran_can_be_read_after_it_was_restored(
    service: Service, tmp_path: Path
) -> None:
    document = pdf(["The lighthouse keeper counts forty-one gulls.", "And on the second page none."])
    with service.client() as client:
        file_id = upload(client, document, "gulls.pdf")
        parse_id = submit(client, file_id=file_id)
        before = ended(client, parse_id)
        assert "forty-one gulls" in before["document_markdown"]
        webhook = client.post("webhooks", json={"url": "http://127.0.0.1:9/none", "events": []})
        webhook_id = webhook.json()["id"]
        try:
            secret = client.get(f"webhooks/{webhook_id}/secret").json()["secret"]
            (tmp_path / "octavo-data").symlink_to(service.folder / "data")
            run(BACKUP, tmp_path)
        finally:
            assert client.delete(f"webhooks/{webhook_id}").status_code == 204
    assert not (tmp_path / "backup" / "octavo.db-wal").exists()
    run(RESTORE, tmp_path)

    restored = Service(tmp_path / "again", {"OCTAVO_DATA_DIR": str(tmp_path / "restored")}).start()
    try:
        with restored.client() as client:
            after = client.get(f"parse/{parse_id}").json()
            assert {**after, "usage": None} == {**before, "usage": None}
            assert client.get(f"files/{file_id}/content").content == document
            assert client.get(f"webhooks/{webhook_id}/secret").json()["secret"] == secret
            fresh = ended(client, submit(client, raw_text="Twelve puffins.", mime_type="text/plain"))
            assert "puffins" in fresh["document_markdown"]
    finally:
        restored.stop()
    for path in (tmp_path / "restored").rglob("*"):
        assert path.is_dir() or path.is_socket() or not path.stat().st_mode & 0o077, path
