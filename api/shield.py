"""What every answer tells browsers, and whose pages may call this API at all."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import answer
from schemas.errors import ErrorCode

# No Strict-Transport-Security: TLS ends before this service, and a promise for a host's whole name and
# for years is for whoever owns the certificate.
SAID = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'; sandbox",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_METHODS = ("GET", "POST", "PUT", "DELETE")
_SENT = (
    "Accept",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "Last-Event-ID",
    "X-Api-Key",
    "traceparent",
    "tracestate",
    "X-Tensorlake-Organization-Id",
    "X-Tensorlake-Project-Id",
    "X-Forwarded-Organization-Id",
    "X-Forwarded-Project-Id",
)
_SHOWN = ("Content-Disposition", "Idempotent-Replayed", "Retry-After", "X-Trace-Id")


class Shield:
    """Adds to every answer what it does not say itself: run, frame, guess and keep nothing of it.

    Pages of ``origins`` may call the API; they are told so before they show a key. It stands around
    everything, so that errors are no exception; what streams goes on streaming.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = _named_sites(app, origins) if origins else app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAID.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, shielded)


def _named_sites(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    return _Sites(
        app, allow_origins=origins, allow_methods=_METHODS, allow_headers=_SENT, expose_headers=_SHOWN
    )


class _Sites(CORSMiddleware):
    """Refusals in the envelope of all errors. Nothing with credentials: a key is sent by hand."""

    def preflight_response(self, request_headers: Headers) -> Response:
        given = super().preflight_response(request_headers)
        if given.status_code < 400:
            return given
        return answer(
            Request({"type": "http"}),
            403,
            ErrorCode.FORBIDDEN,
            "A page of this site may not send this: OCTAVO_CORS_ORIGINS names the sites that may.",
            headers={"Vary": "Origin"},
        )
