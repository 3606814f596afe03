"""The playground: a page at ``/`` that shows what the API can do. Its files are served as they are."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

_STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Its own files alone: what a document says is shown, and does nothing."""


def install_playground(app: FastAPI) -> None:
    """Serves the page at ``/`` and its parts under ``/playground``; no key is asked for these."""

    @app.api_route("/", methods=["GET", "HEAD"], name="playground", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(
            _STATIC / "index.html", headers={"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY}
        )

    app.mount("/playground", StaticFiles(directory=_STATIC), name="playground-files")
