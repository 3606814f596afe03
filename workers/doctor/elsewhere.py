"""What is on other machines: language and vision models, and who gets traces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from schemas.settings import Settings, Tracing
from workers.doctor.finding import Finding
from workers.jobs.tracing import can_send
from workers.llms import Endpoint, endpoints

_SECONDS = 10.0
_NAMED = 5
"""So many of a server's models are named."""

Ask = Callable[[Endpoint], tuple[str, str]]


def asked(endpoint: Endpoint) -> tuple[str, str]:
    """What is wrong with a server of models, and what to do; empty: nothing. Only its list is asked for."""
    base = httpx.URL(endpoint.base_url)
    url = base.copy_with(path=f"{base.path.rstrip('/')}/models")
    key = endpoint.api_key.get_secret_value() if endpoint.api_key else "none"
    try:
        answer = httpx.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=_SECONDS)
        names = [str(model["id"]) for model in answer.json()["data"]] if answer.is_success else []
    except httpx.HTTPError as error:
        return f"no answer ({type(error).__name__})", f"see that it runs, and {endpoint.settings}_BASE_URL"
    except (ValueError, KeyError, TypeError):
        names = []
    if answer.status_code in (401, 403):
        return "it does not take the key", f"see {endpoint.settings}_API_KEY"
    if answer.status_code >= 500:
        return f"it answers {answer.status_code}", "see its log"
    if names and endpoint.model not in names:
        more = ", …" if len(names) > _NAMED else ""
        return (
            f"it has no such model, but {', '.join(names[:_NAMED])}{more}",
            f"see {endpoint.settings}_MODEL",
        )
    return "", ""


def models(settings: Settings, ask: Ask = asked) -> Iterator[Finding]:
    """Which models elsewhere are set up, what for, and whether their servers have them."""
    named = endpoints(settings)
    for endpoint in dict.fromkeys(named.values()):
        names = ", ".join(name for name, one in named.items() if one == endpoint)
        eyes = ", sees pictures" if endpoint.sees_pictures else ""
        yield _server(f"language model ({names})", endpoint, eyes, ask)
    if not named:
        detail = "none: extraction, classes and summaries are made without one"
        yield Finding(name="language model", ok=True, detail=detail)
    if not settings.vision_uses:
        return
    name = f"vision model ({', '.join(sorted(settings.vision_uses))})"
    if settings.vision_local_model:
        yield _checkpoint(name, settings.vision_local_model)
    else:
        base, model = settings.vision_base_url or "", settings.vision_model or ""
        endpoint = Endpoint(base, model, settings.vision_api_key, True, "OCTAVO_VISION")
        yield _server(name, endpoint, "", ask)


def _server(name: str, endpoint: Endpoint, eyes: str, ask: Ask) -> Finding:
    trouble, fix = ask(endpoint)
    where = f"{endpoint.model} at {_host(endpoint.base_url)}, {_with_key(endpoint.api_key)}{eyes}"
    return Finding(name=name, ok=not trouble, detail=f"{where}; {trouble}" if trouble else where, fix=fix)


def _with_key(key: SecretStr | None) -> str:
    return "with a key" if key else "without a key"


def _checkpoint(name: str, model: str) -> Finding:
    """Whether a checkpoint can be run here; it is not loaded: that takes minutes."""
    missing = [package for package in ("torch", "transformers") if find_spec(package) is None]
    if missing:
        detail = f"{model}; {' and '.join(missing)} missing"
        return Finding(name=name, ok=False, detail=detail, fix="pip install 'octavo[vlm]'")
    path = Path(model).expanduser()
    if path.is_absolute() and not (path / "config.json").exists():
        fix = "correct OCTAVO_VISION_LOCAL_MODEL"
        return Finding(name=name, ok=False, detail=f"{model} is no checkpoint's folder", fix=fix)
    return Finding(name=name, ok=True, detail=f"{model}, run here; not loaded now")


def _host(url: str | None) -> str:
    """Host and port of an address: what else is in one may be secret."""
    parts = urlsplit(url or "")
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def traces() -> Finding:
    """Whether traces are sent, and where to; whether somebody is there is not tried."""
    endpoint = Tracing().endpoint
    if endpoint is None:
        return Finding(name="traces", ok=True, detail="none: OTEL_EXPORTER_OTLP_ENDPOINT is not set")
    if not can_send():
        detail, fix = "wanted, but what sends them is not installed", "pip install 'octavo[otel]'"
        return Finding(name="traces", ok=False, detail=detail, fix=fix)
    return Finding(name="traces", ok=True, detail=f"sent to {_host(endpoint)}")
