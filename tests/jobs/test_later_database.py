"""An older version meets a database that a later one has brought to its form."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from typer.testing import CliRunner

from api.__main__ import app
from workers.jobs.ledger import engine as engine_module
from workers.jobs.ledger.engine import DatabaseNewer, is_current, migrate, open_engine, revisions


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The data folder of a later version."""
    engine = open_engine(f"sqlite:///{tmp_path / 'octavo.db'}")
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    return tmp_path


def test_it_is_left_as_it_is(later: Path) -> None:
    engine = open_engine(f"sqlite:///{later / 'octavo.db'}")
    with pytest.raises(DatabaseNewer, match="9999"):
        migrate(engine)
    assert not is_current(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


def test_commands_say_so_in_a_sentence(later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(later))
    done = CliRunner().invoke(app, ["migrate"])
    assert done.exit_code != 0
    assert "a later version of Octavo" in " ".join(done.output.split())
    assert "Traceback" not in done.output


def test_the_forms_are_those_that_alembic_walks_through() -> None:
    folder = ScriptDirectory(str(Path(engine_module.__file__).parent / "migrations"))
    assert revisions() == tuple(script.revision for script in reversed([*folder.walk_revisions()]))
