"""The playground: a page at ``/`` that shows what the API can do. Its files are served as they are."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.background import BackgroundTask

_STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Its own files alone: what a document says is shown, and does nothing."""


def install_playground(app: FastAPI) -> None:
    """Serves the page at ``/`` and its parts under ``/playground``; no key is asked for these."""

    @app.api_route("/", methods=["GET", "HEAD"], name="playground", include_in_schema=False)
    def page(request: Request) -> FileResponse:
        # Who opens it will look at pages: what draws them is ready by then. At most one such process runs.
        soon = BackgroundTask(request.app.state.drawings.prepare) if request.method == "GET" else None
        return FileResponse(
            _STATIC / "index.html",
            headers={"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY},
            background=soon,
        )

    app.mount("/playground", StaticFiles(directory=_STATIC), name="playground-files")
