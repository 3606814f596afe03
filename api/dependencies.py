"""Who is calling, with what rights: every route under the API's prefix knows before it looks at the request.

A route says in its signature which scope it asks for: ``caller: Reader``, ``Writer`` or ``Admin``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated, Any, ClassVar, get_type_hints

from fastapi import Depends, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as ConnectionScope

from api import repeats
from api.errors import trace_of
from api.limits import BoundedRequest
from schemas.errors import Forbidden, QuotaExceeded, Unauthorized
from workers.jobs.intake import Origin
from workers.jobs.ledger.audit import ANYONE, STRANGER, Action, Actor, acting
from workers.jobs.ledger.keys import Scope
from workers.jobs.services import Services
from workers.jobs.tenants import is_tenant_id, project_path

PREFIX = "/documents/v2"
CONVERT_PREFIX = "/v1"
"""Of the routes that docling-serve has, too."""

_ORGANIZATION_HEADERS = ("x-tensorlake-organization-id", "x-forwarded-organization-id")
_PROJECT_HEADERS = ("x-tensorlake-project-id", "x-forwarded-project-id")
_OF_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_LOOPBACK_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_LOOPBACK_ORIGIN = re.compile(f"https?://{_LOOPBACK_HOST.pattern}", re.IGNORECASE)

_BEARER = HTTPBearer(auto_error=False, description="An API key with the scope that is named.")
_API_KEY = APIKeyHeader(
    name="X-Api-Key", auto_error=False, description="The same key, as docling-serve takes it."
)
"""For the OpenAPI document; ``Gate`` is what reads the key."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose documents a request may touch. ``project`` is the ledger's name of the project.

    ``key_id`` is None where the service is open to everybody on its machine.
    """

    project: str
    scopes: frozenset[Scope]
    key_id: str | None = None

    def actor(self, address: str | None) -> Actor:
        """As the audit log names the caller."""
        return Actor(self.key_id or ANYONE, address)


def authenticate(services: Services, request: Request) -> Caller:
    """The caller, by the bearer key alone.

    Without any key configured, ever, everybody on this machine is let in, into the project that the id
    headers name.

    Raises:
        Unauthorized: no key, one that is not known, or an open service asked from elsewhere.
        Forbidden: the id headers of a request to an open service are of no use.
    """
    secret = bearer(request)
    grant = services.access.grant(secret) if secret else None
    if grant is not None:
        return Caller(grant.project, grant.scopes, grant.key_id)
    if not services.access.is_open():
        raise Unauthorized(
            "The API key is missing, not known, or not valid any more;"
            " send it as 'Authorization: Bearer <key>'."
        )
    if not from_this_machine(request):
        raise Unauthorized(
            "This service has no API keys, so it answers on its own machine only, under localhost;"
            " set OCTAVO_API_KEYS to open it to others."
        )
    return Caller(
        project_path(_named(request, _ORGANIZATION_HEADERS), _named(request, _PROJECT_HEADERS)),
        frozenset(Scope),
    )


def judge_headers(request: Request, caller: Caller) -> None:
    """Judges whether the id headers that were sent agree with the caller's key.

    Raises:
        Forbidden: they name another organization or project.
    """
    organization, project = caller.project.split("/")
    _agree(request, _ORGANIZATION_HEADERS, organization)
    _agree(request, _PROJECT_HEADERS, project)


def _agree(request: Request, names: tuple[str, ...], own: str) -> None:
    for name in names:
        if request.headers.get(name, own) != own:
            raise Forbidden(f"The API key does not belong to what the header {name} names.")


def _named(request: Request, names: tuple[str, ...]) -> str:
    given = {request.headers[name] for name in names if name in request.headers} or {"default"}
    if len(given) > 1 or not all(map(is_tenant_id, given)):
        raise Forbidden(f"The headers {' and '.join(names)} must name one organization or project.")
    return given.pop()


def from_this_machine(request: Request) -> bool:
    """Whether the peer is this machine, and meant it.

    A page of another site may send requests here too, and a proxy on this machine those of everybody: of
    one that does not say that it is one nothing is to be seen.
    """
    try:
        peer_is_local = request.client is None or ip_address(request.client.host).is_loopback
    except ValueError:
        peer_is_local = False
    # The headers as they came: request.url falls back on the server's own address.
    hosts, origins = request.headers.getlist("host"), request.headers.getlist("origin")
    return (
        peer_is_local
        and not any(header in request.headers for header in _OF_PROXIES)
        and len(hosts) == 1
        and _LOOPBACK_HOST.fullmatch(hosts[0]) is not None
        and all(_LOOPBACK_ORIGIN.fullmatch(origin) for origin in origins)
    )


def let_in(services: Services, request: Request) -> Caller:
    """The caller, if it may come now: who has no good key may not try often, who has one not come too often.

    Raises:
        Unauthorized, Forbidden: see ``authenticate`` and ``judge_headers``.
        QuotaExceeded: not now.
    """
    address, secret = address_of(request), bearer(request)
    with acting(Actor(STRANGER, address)):
        try:
            services.strangers.judge(address, secret)
            caller = authenticate(services, request)
        except (Unauthorized, QuotaExceeded) as error:
            services.audit.collect(Action.UNAUTHORIZED, None)
            # Without any key there is none to guess, and a site in somebody's browser could shut them out.
            if isinstance(error, Unauthorized) and not services.access.is_open():
                services.strangers.turn_away(address)
            raise
    services.strangers.welcome(address, secret)
    with acting(caller.actor(address)):
        try:
            judge_headers(request, caller)
        except Forbidden:
            services.audit.collect(Action.FORBIDDEN, caller.project)
            raise
    services.quotas.admit_request(caller.project)
    return caller


def bearer(request: Request) -> str:
    """The key that was sent; empty: none. Clients of docling-serve send it in a header of their own."""
    if "authorization" not in request.headers and _is_under(CONVERT_PREFIX, request.scope["path"]):
        return request.headers.get("x-api-key", "").strip()
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _is_under(prefix: str, path: str) -> bool:
    return f"{path}/".startswith(f"{prefix}/")


def address_of(request: Request) -> str | None:
    """Where a request comes from, in one spelling; None where that is no address."""
    try:
        return str(ip_address(request.client.host)) if request.client else None
    except ValueError:
        return None


class Gate:
    """Lets requests under the API's prefixes pass once their caller is known, wherever they lead.

    It stands around the router: what it raises is answered like any error.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: ConnectionScope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] == "http" and any(_is_under(one, scope["path"]) for one in (PREFIX, CONVERT_PREFIX)):
            request = Request(scope)
            caller = await run_in_threadpool(let_in, request.app.state.services, request)
            request.state.caller = caller
            with acting(caller.actor(address_of(request))):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class ApiRoute(APIRoute):
    """A route for callers with its ``scope``, and for nobody before that is known.

    It reads no more of a body than may be, and does a POST with an ``Idempotency-Key`` once.
    """

    answers_secrets: ClassVar[bool] = False
    repeats: ClassVar[bool] = True

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """As its base.

        Raises:
            TypeError: the endpoint does not say which scope it asks for.
        """
        self.scope = _declared_scope(endpoint)
        named = Security(_BEARER, scopes=[self.scope.value])
        options["dependencies"] = [*(options.get("dependencies") or ()), named]
        if self.repeats and "POST" in (options.get("methods") or ()):
            extra = {**(options.get("openapi_extra") or {}), "parameters": [repeats.PARAMETER]}
            options["openapi_extra"] = extra
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, given a bounded request of a caller who may make it."""
        handler = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            await _judge_scope(request, self.scope)
            bound = BoundedRequest(request.scope, request.receive)
            if self.repeats and request.method == "POST" and repeats.HEADER in request.headers:
                return await repeats.once(bound, handler, secret=self.answers_secrets)
            return await handler(bound)

        return bounded


def _declared_scope(endpoint: Callable[..., Any]) -> Scope:
    hints = get_type_hints(endpoint, include_extras=True).values()
    scopes = {part for hint in hints for part in getattr(hint, "__metadata__", ()) if isinstance(part, Scope)}
    if len(scopes) != 1:
        raise TypeError(f"{endpoint.__qualname__} must have a caller: Reader, Writer or Admin.")
    return scopes.pop()


async def _judge_scope(request: Request, scope: Scope) -> None:
    caller, services = await get_caller(request), await get_services(request)
    if scope not in caller.scopes:
        (*_, target) = (None, *request.path_params.values())
        services.audit.collect(Action.FORBIDDEN, caller.project, target)
        own = " and ".join(scope for scope in Scope if scope in caller.scopes) or "none"
        raise Forbidden(f"This needs a key with the scope {scope}, and this API key has {own}.")


class SecretRoute(ApiRoute):
    """A route whose answers may have secrets in them."""

    answers_secrets = True


class ConvertRoute(ApiRoute):
    """A route of docling-serve: without ``Idempotency-Key``, and with the key in ``X-Api-Key``, too."""

    repeats = False

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """As its base."""
        other = Security(_API_KEY, scopes=[_declared_scope(endpoint).value])
        options["dependencies"] = [*(options.get("dependencies") or ()), other]
        super().__init__(path, endpoint, **options)


# Dependencies that are not async each wait for a thread; these two only look something up.
async def get_services(request: Request) -> Services:
    """The services the app was made with."""
    services: Services = request.app.state.services
    return services


async def get_caller(request: Request) -> Caller:
    """The caller that the gate let in."""
    caller: Caller = request.state.caller
    return caller


def origin_of(request: Request) -> Origin:
    """Where a job that ``request`` makes comes from."""
    return Origin(trace_of(request), getattr(request.state, "job_id", None))


ServicesHere = Annotated[Services, Depends(get_services)]
Reader = Annotated[Caller, Depends(get_caller), Scope.READ]
Writer = Annotated[Caller, Depends(get_caller), Scope.WRITE]
Admin = Annotated[Caller, Depends(get_caller), Scope.ADMIN]
