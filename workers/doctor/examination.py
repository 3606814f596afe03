"""Everything is tried, some of it at the same time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipelines.readers.libreoffice import find_soffice
from schemas.formats import FORMATS
from schemas.settings import Sandbox, Settings
from workers.doctor import elsewhere, engines, formats, machine, office, packages, stores
from workers.doctor.finding import Diagnosis, Finding


def examine(settings: Settings) -> Diagnosis:
    """Tries everything; takes some seconds."""
    with tempfile.TemporaryDirectory(prefix="octavo-doctor-") as folder, ThreadPoolExecutor(2) as pool:
        asked = pool.submit(lambda: list(elsewhere.models(settings)))
        ground = list(_machine(settings))
        soffice = find_soffice(settings.soffice)
        targets = office.conversions(soffice, Path(folder))
        held = machine.held(settings)
        must_be_held = settings.sandbox is Sandbox.REQUIRED
        extras = [office.office(soffice, targets, Path(folder))]
        if soffice is not None:
            extras += [*office.fonts()] if held.ok else [office.network(Path(folder)), *office.fonts()]
        return Diagnosis(
            machine=[*ground, *([held] if must_be_held else []), *_soffice_setting(settings, soffice)],
            engines=[engines.device(settings), *engines.engines(settings)],
            extras=[
                *stores.queues(settings),
                *([] if must_be_held else [held]),
                *extras,
                *asked.result(),
                elsewhere.traces(),
            ],
            formats=[formats.readable(known, targets) for known in FORMATS],
        )


def _machine(settings: Settings) -> Iterator[Finding]:
    yield packages.python()
    yield packages.packages()
    yield machine.memory()
    yield machine.data_folder(settings.folder)
    yield stores.blobs(settings)
    yield stores.database(settings)
    yield stores.broker(settings)
    yield machine.port(settings.host, settings.port)


def _soffice_setting(settings: Settings, soffice: Path | None) -> Iterator[Finding]:
    if settings.soffice is not None and soffice is None:
        fix = "correct OCTAVO_SOFFICE, or unset it"
        yield Finding(name="OCTAVO_SOFFICE", ok=False, detail="there is no such program", fix=fix)
