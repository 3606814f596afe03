"""Which language model serves which name, asked from this process: it alone has keys and the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from schemas.llm import LlmName, LlmTraits
from schemas.settings import Settings
from workers.asked import AskedLlm

if TYPE_CHECKING:
    from models.llm.base import LanguageModel


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model on a server. ``settings`` is what the names of its settings begin with."""

    base_url: str
    model: str
    api_key: SecretStr | None
    sees_pictures: bool
    settings: str


def endpoints(settings: Settings) -> dict[LlmName, Endpoint]:
    """The names that have a model. A server that has an address of its own never gets another one's key."""
    found = {name: _endpoint(settings, name) for name in LlmName}
    return {name: endpoint for name, endpoint in found.items() if endpoint is not None}


def open_llms(settings: Settings) -> Mapping[LlmName, LanguageModel]:
    """The language models that the settings name, not yet asked.

    Names with the same endpoint share a model, and models on the same server its traffic.
    """
    named = endpoints(settings)
    if not named:
        return {}
    from models.chat import ChatServer, Naming, Traffic
    from models.llm.ladder import LadderedModel

    traffic = {
        endpoint.base_url: Traffic(settings.llm_parallel, settings.llm_requests_per_minute)
        for endpoint in named.values()
    }
    models = {
        endpoint: LadderedModel(
            ChatServer(
                endpoint.base_url,
                endpoint.model,
                endpoint.api_key.get_secret_value() if endpoint.api_key else None,
                Naming("The language model", endpoint.settings, limits="OCTAVO_LLM"),
                traffic[endpoint.base_url],
                timeout=settings.llm_timeout,
                max_tokens=settings.llm_max_tokens,
            ),
            LlmTraits(settings.llm_context_tokens, settings.llm_max_tokens, endpoint.sees_pictures),
        )
        for endpoint in set(named.values())
    }
    watched = {endpoint: AskedLlm(model, endpoint.model) for endpoint, model in models.items()}
    return {name: watched[endpoint] for name, endpoint in named.items()}


def _endpoint(settings: Settings, name: LlmName) -> Endpoint | None:
    """The endpoint of a name: its own settings, those of all names where it has none."""
    own = "llm" if name is LlmName.TENSORLAKE else f"llm_{name}"
    base_url, model, api_key, sees = (
        getattr(settings, f"{own}_{part}") for part in ("base_url", "model", "api_key", "vision")
    )
    prefix = own if base_url or model or api_key else "llm"
    if base_url is None:
        base_url, api_key = settings.llm_base_url, api_key or settings.llm_api_key
    model = model or settings.llm_model
    if base_url is None or model is None:
        return None
    sees = settings.llm_vision if sees is None else sees
    return Endpoint(base_url, model, api_key, bool(sees), f"OCTAVO_{prefix.upper()}")
